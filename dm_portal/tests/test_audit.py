"""Every service leaves its row on the record, in the transaction that made the change."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection

from dm_portal.people.models import AuditEvent
from dm_portal.people.services import accounts, mails, sending
from dm_portal.tests.acts import ACTS, READY
from dm_portal.tests.source import modules
from dm_portal.tests.world import World
from dm_portal.tests.writes import WRITE, product_tables
from engagements.services import imports, milestones
from engagements.services.imports import applying, reading, statements, whole
from reporting.services import (
    attempts,
    compiling,
    digests,
    forecasts,
    publishing,
    replays,
    ticks,
)

pytestmark = pytest.mark.django_db

Service = Callable[..., Any]
RECORD = AuditEvent._meta.db_table

# Public functions of service modules that are no acts of their own, and why.
NOT_ACTS: dict[Service, str] = {
    accounts.new_address: "reads",
    mails.queue_mail: "part of the service that causes the letter",
    sending.send_due_mails: "the letter's own row says what became of it",
    sending.keep_waiting_mails: "the letter's own row says what became of it",
    whole.preview_file: "leaves nothing behind",
    milestones.write_milestone: "a part of change_milestone, and of deciding on versions",
    whole.run_waiting: "calls read_import and apply_import",
    imports.states.with_names: "reads",
    statements.look_at_events: "lets the database plan for what was just written",
    imports.attempts.park_dead: "gives back what died, as note_death does",
    digests.send_digests: "rows of their own say who was told what, when and in which letter",
    ticks.tick: "calls open_periods and sweep",
    ticks.sweep: "gives back what died, and wakes",
    forecasts.keep_forecasts: "insert-only rows of their own say what was told, when, from what",
    forecasts.keep_forecasts_of_status: "part of finish_publication",
    forecasts.engagements_to_forecast: "reads",
    replays.replay: "calls open_weeks and the services of a report",
    attempts.with_names: "reads",
    attempts.lease_end: "reads",
    attempts.park_dead: "gives back what died, as note_death does",
}
# Their claim, with lease and counter, is committed before the work and on its own, so that it
# survives the worker's death. It says nothing about the work.
CLAIM_FIRST = {
    compiling.compile_report,
    publishing.finish_publication,
    reading.read_import,
    applying.apply_import,
    whole.import_file,
}
# Asked by somebody who is not signed in: the letter is the record.
UNRECORDED = {accounts.ask_password_reset}


def services() -> Iterator[Service]:
    """Public functions of service modules that take keywords only: acts, not parts of them."""
    for module in modules():
        name = module.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        functions = vars(importlib.import_module(name)).values() if module.is_services else ()
        for function in functions:
            if inspect.isfunction(function) and function.__module__ == name and is_act(function):
                yield function


def is_act(function: Service) -> bool:
    named = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
    parameters = inspect.signature(function).parameters.values()
    return not function.__name__.startswith("_") and all(each.kind in named for each in parameters)


def label(function: Service) -> str:
    return f"{function.__module__}.{function.__name__}"


def test_every_service_is_exercised_here() -> None:
    here = {label(service) for service in (*ACTS, *NOT_ACTS)}
    assert {label(service) for service in services()} == here


@dataclass
class Recorder:
    """What an act writes: table, and the act's own transaction, the one around all its others."""

    depth: int
    written: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if write := WRITE.match(str(sql)):
            inside = connection.savepoint_ids[self.depth :]
            self.written.append((write[2], inside[0] if inside else "none"))
        return execute(sql, params, many, context)

    def transactions(self, tables: set[str]) -> set[str]:
        return {transaction for table, transaction in self.written if table in tables}


@pytest.mark.parametrize("service", ACTS, ids=label)
def test_an_act_and_its_record_are_one(world: World, service: Service) -> None:
    arguments = [READY[service](world)] if service in READY else []
    recorder = Recorder(depth=len(connection.savepoint_ids))
    with connection.execute_wrapper(recorder):
        ACTS[service](world, *arguments)
    changed = recorder.transactions(product_tables() - {RECORD})
    recorded = recorder.transactions({RECORD})
    assert bool(recorded) == (service not in UNRECORDED)
    assert changed
    if service not in CLAIM_FIRST | UNRECORDED:
        assert changed <= recorded, "a change outside the transaction that holds its record"
