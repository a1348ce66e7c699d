"""While a file comes in or is applied everybody else goes on: the lock is taken at the end."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import today
from dm_portal.shell.errors import DomainError
from dm_portal.tests.locks import NEVER, ends_without_waiting
from engagements.models import Engagement, Import, ImportChunk, Milestone, Sprint, WorkItem
from engagements.services import imports
from engagements.services.milestones import (
    add_criterion,
    change_milestone,
    commit_date,
    create_milestone,
)
from engagements.services.numbers import lock
from engagements.services.sprints import change_sprint, create_sprint
from engagements.tests.work_files import apply, changes, item, preview, receive, work_csv

pytestmark = pytest.mark.django_db(transaction=True)
State = Import.State
PLAN: dict[str, Any] = {"outcome": "", "tracker_name": "", "planned_size": None}
SPRINT: dict[str, Any] = {"goal": "", "starts_on": None, "ends_on": None}
LOCK = "FOR NO KEY UPDATE"
# The last thing before the lock where a file is applied.
ALL_WRITTEN = "SET CONSTRAINTS ALL IMMEDIATE"


@contextmanager
def once_it_says(words: str, *acts: Callable[[], object]) -> Iterator[None]:
    """Somebody else does these, none of which waits, before the first statement of these words."""
    done: list[object] = []

    def elsewhere() -> None:
        try:
            done.extend(act() for act in acts)
        finally:
            connection.close()

    def interrupt(execute: Any, sql: str, *arguments: Any) -> Any:
        if words in sql and not done:
            with ThreadPoolExecutor(1) as pool:
                ends_without_waiting(pool.submit(elsewhere))
        return execute(sql, *arguments)

    with connection.execute_wrapper(interrupt):
        yield
    assert len(done) == len(acts)


def request(engagement: Engagement, by: User, *rows: str) -> Import:
    file = preview(engagement, by, rows)
    imports.request_application(file=file, seen=file.previews, by=by)
    return file


def state_of(file: Import) -> str:
    file.refresh_from_db()
    return file.state


def test_nobody_waits_for_the_rows_of_an_import(engagement: Engagement, manager: User) -> None:
    """Neither for the engagement nor for the milestones and sprints that the rows refer to."""
    apply(engagement, manager, [item("A-1", milestone="2.1", sprint="S 1")])
    rows = [item(f"A-{n}", milestone=f'"2.1,3.{n}"', sprint=f"S {n}") for n in range(1, 4)]
    file = request(engagement, manager, *rows)
    milestone, sprint = Milestone.objects.get(), Sprint.objects.get()
    edited = PLAN | {"name": "2.1", "tracker_name": "2.1", "outcome": "Live"}
    own = PLAN | {"name": "By hand"}
    with once_it_says(
        ALL_WRITTEN,
        lambda: receive(engagement, manager, [item()]),
        lambda: change_milestone(milestone=milestone, version=1, by=manager, **edited),
        lambda: commit_date(
            milestone=milestone, version=2, committed_on=today(), reason="Agreed", by=manager
        ),
        lambda: add_criterion(
            milestone=milestone, statement="It pays", verification="", by=manager
        ),
        lambda: create_milestone(engagement=engagement, by=manager, **own),
        lambda: create_sprint(engagement=engagement, by=manager, name="S 9", **SPRINT),
    ):
        assert imports.apply_import(import_id=file.pk)
    assert state_of(file) == State.APPLIED
    numbers = Milestone.objects.order_by("number").values_list("number", "name")
    assert list(numbers) == [(1, "2.1"), (2, "By hand"), (3, "3.1"), (4, "3.2"), (5, "3.3")]
    sprints = Sprint.objects.order_by("number").values_list("number", "name")
    assert list(sprints) == [(1, "S 1"), (2, "S 9"), (3, "S 2"), (4, "S 3")]
    assert WorkItem.objects.get(key="A-1").sprint == sprint


def test_nobody_waits_for_the_bytes_of_a_file(engagement: Engagement, manager: User) -> None:
    """They are stored before the lock; whoever was faster has the number before."""
    rows = [item(f"A-{number}", title="x" * 100_000) for number in range(6)]
    log = changes("A-1,2026-01-05,x,status,Open,Closed")
    with once_it_says(
        LOCK,
        lambda: receive(engagement, manager, [item("B-1")]),
        lambda: create_sprint(engagement=engagement, by=manager, name="S 9", **SPRINT),
    ):
        file = receive(engagement, manager, rows, changelog=log)
    assert list(Import.objects.values_list("number", flat=True)) == [2, 1]
    assert (file.number, file.size) == (2, len(work_csv(*rows)))
    assert imports.read_import(import_id=file.pk)
    assert state_of(file) == State.PREVIEWED


def test_nothing_is_left_of_a_file_that_waited_in_vain(
    engagement: Engagement, manager: User
) -> None:
    def impatient() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
                receive(engagement, manager, [item()])
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        lock(engagement)
        with pytest.raises(OperationalError, match="lock timeout"):
            pool.submit(impatient).result(timeout=NEVER)
    assert not Import.objects.exists()
    assert not ImportChunk.objects.exists()


def test_nothing_is_left_of_a_file_whose_changelog_is_refused(
    engagement: Engagement, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engagements.services.imports.acts.MAX_BYTES", 200)
    with pytest.raises(DomainError, match="larger than"):
        receive(engagement, manager, [item()], changelog=b"x" * 201)
    assert not ImportChunk.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_sprint_is_renamed_while_its_work_is_imported(
    engagement: Engagement, manager: User
) -> None:
    """What the file names is no longer what it was: the preview is stale, and nobody has waited."""
    sprint = create_sprint(engagement=engagement, by=manager, name="S 1", **SPRINT)
    file = request(engagement, manager, item("A-2", sprint="S 1"))
    with once_it_says(
        ALL_WRITTEN,
        lambda: change_sprint(sprint=sprint, version=1, by=manager, name="S 0", **SPRINT),
    ):
        assert imports.apply_import(import_id=file.pk)
    assert state_of(file) == State.UPLOADED
    assert not WorkItem.objects.exists()
    assert set(Sprint.objects.values_list("name", flat=True)) == {"S 0"}


@pytest.mark.parametrize("name", ["2.1", "Later"])
def test_what_is_planned_meanwhile_is_matched_only_if_it_was_foretold(
    engagement: Engagement, manager: User, name: str
) -> None:
    file = request(engagement, manager, item(milestone="2.1", sprint="S 1"))
    planned = PLAN | {"name": name}
    with once_it_says(
        ALL_WRITTEN, lambda: create_milestone(engagement=engagement, by=manager, **planned)
    ):
        assert imports.apply_import(import_id=file.pk)
    is_stale = name == "2.1"
    assert state_of(file) == (State.UPLOADED if is_stale else State.APPLIED)
    assert WorkItem.objects.count() == (0 if is_stale else 1)
    assert AuditEvent.objects.filter(verb="import.applied").count() == (0 if is_stale else 1)


def test_more_names_than_anybody_could_choose_from_are_refused(
    engagement: Engagement, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engagements.services.imports.naming.MAX_NAMES", 1)
    file = preview(engagement, manager, [item("A-1", sprint="S1"), item("A-2", sprint="S2")])
    assert file.state == Import.State.REFUSED
    assert file.problem.startswith("The file names more than 1 sprints")


@pytest.mark.parametrize(("field", "noun"), [("milestone", "milestones"), ("sprint", "sprints")])
def test_more_new_names_than_anybody_could_choose_from_are_refused_while_it_is_read(
    engagement: Engagement,
    manager: User,
    monkeypatch: pytest.MonkeyPatch,
    field: str,
    noun: str,
) -> None:
    apply(engagement, manager, [item("A-1", **{field: "N 1"}), item("A-2", **{field: "N 2"})])
    monkeypatch.setattr("engagements.services.imports.bounds.MAX_NAMES", 1)
    rows = [item(f"A-{number}", **{field: f"N {number}"}) for number in range(1, 5)]
    assert preview(engagement, manager, rows[:3]).state == Import.State.PREVIEWED
    file = preview(engagement, manager, rows)
    assert file.state == Import.State.REFUSED
    assert file.problem.startswith(f"Up to line 5 the file names more than 1 new {noun}, which")
    assert (file.rows_read, file.rows_judged) == (0, 0)
