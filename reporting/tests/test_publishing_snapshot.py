"""What is frozen is one state of the work: an import is applied before it is read, or after."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import connection

from dm_portal.people.models import User
from dm_portal.tests.locks import NEVER, until_they_wait
from engagements.models import Engagement, Import
from engagements.services import imports
from engagements.tests.work_files import apply, item, preview
from reporting.models import Report
from reporting.services.publishing import publish_report
from reporting.tests.pages import SignIn, url
from reporting.tests.reports import FRIDAY, WEEK, draft, fresh, open_reports, write

pytestmark = pytest.mark.django_db(transaction=True)

READS_THE_IMPORTS = 'AS "its_files"'


@pytest.fixture
def report(friday: time_machine.Traveller, engagement: Engagement, manager: User) -> Report:
    """A draft of what the first file told."""
    friday.move_to(FRIDAY - WEEK)
    apply(engagement, manager, [item("A-1")])
    friday.move_to(FRIDAY)
    return draft(open_reports(engagement)[0])


@pytest.fixture
def second(report: Report, manager: User) -> Import:
    """A second file, which waits to be applied."""
    file = preview(report.engagement, manager, [item("A-1"), item("A-2")])
    imports.request_application(file=file, seen=file.previews, by=manager)
    return file


@contextmanager
def applied_while_frozen(file: Import) -> Iterator[None]:
    """Another process applies ``file`` just before the imports are read."""
    started: list[Future[bool]] = []

    def act() -> bool:
        try:
            return imports.apply_import(import_id=file.pk)
        finally:
            connection.close()

    def interrupt(execute: Any, sql: str, *arguments: Any) -> Any:
        # what is frozen is read within the transaction that freezes it
        if not started and READS_THE_IMPORTS in sql and connection.in_atomic_block:
            started.append(pool.submit(act))
            until_they_wait(*started)
        return execute(sql, *arguments)

    with ThreadPoolExecutor(1) as pool:
        with connection.execute_wrapper(interrupt):
            yield
        [applying] = started
        assert applying.result(timeout=NEVER)


def frozen(report: Report) -> tuple[list[str], list[int]]:
    """The items and the imports that will be said."""
    inputs = json.loads(fresh(report).frozen_facts)["inputs"]
    return [row["key"] for row in inputs["items"]], [row["number"] for row in inputs["imports"]]


def test_an_import_waits_until_what_was_typed_is_frozen(
    sign_in: SignIn, manager: User, report: Report, second: Import
) -> None:
    words = {"headline": "Live.", "our_move": "We test.", "colour": "amber", "colour_reason": "."}
    client = sign_in(manager)
    with applied_while_frozen(second):
        sent = words | {"version": report.version}
        assert client.post(url(report, "report_publication"), sent).status_code == 302
    assert frozen(report) == (["A-1"], [1])


def test_an_import_waits_until_a_saved_draft_is_frozen(
    manager: User, report: Report, second: Import
) -> None:
    ready = write(report, manager, colour="amber")
    with applied_while_frozen(second):
        publish_report(report=ready, by=manager)
    assert frozen(report) == (["A-1"], [1])
