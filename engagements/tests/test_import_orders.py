"""Any order and any repetition of imports of the same files ends in the same work and events."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from engagements.models import Engagement, Import, WorkEvent, WorkItem
from engagements.services import imports
from engagements.services.rebuilding import rebuild_work
from engagements.tests.events import told
from engagements.tests.trackers import File, files_of, lives
from engagements.tests.work_files import apply, item, preview

pytestmark = pytest.mark.django_db


def on(day: int) -> datetime:
    """In February 2026, before the tests' own time."""
    return datetime(2026, 2, day, 12, tzinfo=UTC)


def brought(files: Iterable[File], engagement: Engagement, by: User) -> Any:
    """What is told after these files came in, one after the other; then it is as before."""
    savepoint = transaction.savepoint()
    for each in files:
        file = apply(engagement, by, each.content, changelog=each.changelog, export=each.export)
        assert (file.state, file.refused_count) == ("applied", 0), file.problem
    found = told(engagement)
    rebuild_work(engagement=engagement, by=by)
    assert told(engagement) == found
    transaction.savepoint_rollback(savepoint)
    return found


@pytest.mark.no_cover
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lives, st.randoms(use_true_random=False))
def test_any_order_and_any_repetition(
    engagement: Engagement, manager: User, life: Any, chance: Any
) -> None:
    files = list(files_of(life))
    shuffled = files + chance.choices(files, k=2)
    chance.shuffle(shuffled)
    assert brought(shuffled, engagement, manager) == brought(files, engagement, manager)


# Files that say otherwise of the same instant: nothing in them tells which of them is newer.


def bring(engagement: Engagement, by: User, *states: str, **cells: str) -> list[tuple[str, int]]:
    """State and events of the item after each file."""
    found = []
    for state in states:
        apply(engagement, by, [item(state=state, **cells)])
        events = WorkEvent.objects.filter(source__engagement=engagement)
        found.append((WorkItem.objects.get(engagement=engagement).state, events.count()))
    before = told(engagement)
    rebuild_work(engagement=engagement, by=by)
    assert told(engagement) == before
    return found


def test_of_two_that_contradict_each_other_the_later_holds(
    engagement: Engagement, manager: User
) -> None:
    assert bring(engagement, manager, "Blocked", "Open") == [("Blocked", 1), ("Open", 2)]


def test_one_of_them_again_says_nothing_new(engagement: Engagement, manager: User) -> None:
    states = ["Blocked", "Open", "Blocked", "Open"]
    assert bring(engagement, manager, *states) == [
        ("Blocked", 1),
        *[("Open", 2)] * 3,
    ]


def finish(file: Import, by: User) -> None:
    imports.request_application(file=file, seen=file.previews, by=by)
    imports.apply_import(import_id=file.pk)


def test_a_file_is_as_of_one_instant_whichever_of_its_imports_comes_first(
    engagement: Engagement, manager: User, time_machine: Any
) -> None:
    apply(engagement, manager, [item(state="Blocked")])
    rows = [item(state="Open")]
    waits = preview(engagement, manager, rows)
    apply(engagement, manager, rows)
    time_machine.move_to(now() + timedelta(days=1))
    finish(waits, manager)
    waits.refresh_from_db()
    assert waits.state == "uploaded"  # the other was applied meanwhile
    imports.read_import(import_id=waits.pk)
    waits.refresh_from_db()
    finish(waits, manager)
    apply(engagement, manager, rows)
    states = WorkEvent.objects.filter(field="seen").order_by("occurred_at")
    assert [json.loads(each.became)["state"] for each in states] == ["Blocked", "Open"]
    told_of = Import.objects.filter(number__gt=1).values_list("as_of", flat=True)
    assert len(set(told_of)) == 1


def test_what_was_to_come_when_a_file_was_first_read_stays_so(
    engagement: Engagement, manager: User, time_machine: Any
) -> None:
    """The date is past when the file comes again, which makes the file no younger."""
    rows = [item(state="Open", done_at=(now() + timedelta(days=2)).isoformat())]
    first = apply(engagement, manager, rows)
    time_machine.move_to(now() + timedelta(days=3))
    again = apply(engagement, manager, rows)
    assert again.as_of == first.as_of
    assert again.unchanged_count == 1
    assert WorkEvent.objects.count() == 1


def test_so_it_is_for_rows_that_name_their_instant(engagement: Engagement, manager: User) -> None:
    head = "key,state,created_at,updated_at\n"
    for state in ("Blocked", "Open", "Blocked", "Closed", "Open", "Closed"):
        apply(engagement, manager, f"{head}A-1,{state},2026-01-05,2026-01-09\n".encode())
    events = WorkEvent.objects.order_by("occurred_at").values_list("occurred_at", flat=True)
    assert [each.microsecond for each in events] == [0, 1, 2]
    assert WorkItem.objects.get().state == "Closed"


def test_columns_that_one_of_them_leaves_out_are_no_contradiction(
    engagement: Engagement, manager: User
) -> None:
    files = [
        b"key,state,created_at\nA-1,Open,2026-01-05\n",
        b"key,title,created_at\nA-1,Pay,2026-01-05\n",
    ]
    for content in files:
        apply(engagement, manager, content)
    assert set(WorkEvent.objects.values_list("occurred_at__day", flat=True)) == {4}
    assert WorkItem.objects.values_list("state", "title").get() == ("Open", "Pay")


@pytest.mark.parametrize("is_seen_first", [False, True])
def test_a_refused_row_that_came_in_meanwhile_has_the_preview_read_again(
    engagement: Engagement, manager: User, is_seen_first: bool
) -> None:
    """A whole export lacked K-1; that a row could not be read says that it is older than that."""
    apply(engagement, manager, [item("O-1")], export=imports.Export(on(10), is_whole=True))
    late = [item("K-1", created_at="2026-02-15T10:00:00Z")]
    refused = [item("O-1"), item("K-1", created_at="nonsense")]
    file = (
        preview(engagement, manager, late, export=imports.Export(on(20))) if is_seen_first else None
    )
    apply(engagement, manager, refused, export=imports.Export(on(5)))
    if file is None:
        file = preview(engagement, manager, late, export=imports.Export(on(20)))
    while file.state != "applied":
        imports.read_import(import_id=file.pk)
        file.refresh_from_db()
        imports.request_application(file=file, seen=file.previews, by=manager, loses_much=True)
        imports.apply_import(import_id=file.pk)
        file.refresh_from_db()
    assert WorkEvent.objects.filter(key="K-1", field="listed").exists()
