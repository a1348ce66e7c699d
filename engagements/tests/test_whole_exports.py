"""What a whole export lacks is gone from its tracker: told as such, and back once it is named."""

import json
from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.errors import DomainError
from engagements.histories import Evidence, history_of
from engagements.models import Blocker, Engagement, Import, ImportRow, WorkEvent, WorkItem
from engagements.services import imports
from engagements.services.imports import Export
from engagements.services.rebuilding import rebuild_work
from engagements.stages import decided_by
from engagements.tests.exports import items, on, whole
from engagements.tests.work_files import apply, changes, item, preview, receive

pytestmark = pytest.mark.django_db


def stages() -> dict[str, tuple[str, int | None]]:
    """Stage, and the day of February since when it is gone."""
    rows = WorkItem.objects.order_by("key").values_list("key", "stage", "gone_at__day")
    return {key: (stage, day) for key, stage, day in rows}


OPEN, GONE = ("not_started", None), "withdrawn"


@pytest.fixture
def known(engagement: Engagement, manager: User) -> Import:
    return apply(engagement, manager, items("A-1", "A-2", "A-3", "A-4"), export=whole(1))


def test_what_it_lacks_is_withdrawn_as_of_then(
    known: Import, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, items("A-1", "A-2", "A-4"), export=whole(5))
    assert (file.missing_count, file.open_count, file.changed_count) == (1, 4, 1)
    row = ImportRow.objects.get(of=file, key="A-3")
    assert (row.part, row.place, row.note) == ("missing", "", "No row of the file tells how it is.")
    imports.request_application(file=file, seen=file.previews, by=manager)
    imports.apply_import(import_id=file.pk)
    assert stages() == {"A-1": OPEN, "A-2": OPEN, "A-3": (GONE, 5), "A-4": OPEN}
    assert WorkItem.objects.get(key="A-3").state == "Open"  # its tracker's last word


def test_named_again_it_is_what_it_was(
    known: Import, engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, items("A-1", "A-2", "A-4"), export=whole(5))
    apply(engagement, manager, items("A-3"), export=Export(on(7)))
    assert stages()["A-3"] == OPEN


@pytest.mark.parametrize("order", list(permutations([0, 1, 2])))
def test_named_again_without_a_change_that_is_dated(
    engagement: Engagement, manager: User, order: tuple[int, ...]
) -> None:
    """Rows that say since when they are so are no new events: that they are listed is."""
    head = "key,state,created_at,updated_at\n"
    row = "A-{},Open,2026-01-05,2026-01-06\n".format
    both, one = (f"{head}{row(1)}{more}".encode() for more in (row(2), ""))
    files = [(both, 1), (one, 5), (both, 9)]
    for number in order:
        content, day = files[number]
        apply(engagement, manager, content, export=whole(day))
    assert stages() == {"A-1": OPEN, "A-2": OPEN}
    listed = WorkEvent.objects.filter(field="listed").order_by("occurred_at")
    assert list(listed.values_list("key", "became", "occurred_at__day")) == [
        ("A-2", "yes", 1),
        ("A-2", "no", 5),
        ("A-2", "yes", 9),
    ]


def test_what_is_done_stays_done(known: Import, engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, [item("A-1", state="Closed")], export=Export(on(3)))
    apply(engagement, manager, items("A-2", "A-3", "A-4"), export=whole(5))
    assert stages()["A-1"] == ("done", 5)


def test_a_blocker_of_what_is_gone_is_over(engagement: Engagement, manager: User) -> None:
    rows = [*items("A-1", "A-2"), item("A-3", state="Blocked")]
    apply(engagement, manager, rows, export=Export(on(2)))
    apply(engagement, manager, items("A-1", "A-2"), export=whole(5))
    assert Blocker.objects.get().closed_at == on(5)


def test_what_an_older_file_brings_later_is_gone_as_well(
    engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, items("A-1", "A-2"), export=whole(5))
    apply(engagement, manager, items("A-1", "A-2", "A-3"), export=Export(on(1)))
    assert stages() == {"A-1": OPEN, "A-2": OPEN, "A-3": (GONE, 5)}


def test_what_begins_after_it_is_not_gone(engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, items("A-1"), export=whole(5))
    apply(engagement, manager, items("A-1", "A-2"), export=Export(on(6)))
    assert stages() == {"A-1": OPEN, "A-2": OPEN}
    assert not WorkEvent.objects.filter(field="listed").exists()  # else they grow with every export


@pytest.mark.parametrize("order", list(permutations([0, 1, 2, 3])))
def test_an_item_that_turns_out_to_be_older_was_missing_meanwhile(
    engagement: Engagement, manager: User, order: tuple[int, ...]
) -> None:
    both = items("A-1", "A-2")
    refused = [*items("A-1"), item("A-2", size="many")]
    files = [
        (refused, Export(on(3))),
        (items("A-1"), whole(2)),
        (items("A-1"), whole(5)),
        (both, whole(8)),
    ]
    for number in order:
        content, export = files[number]
        apply(engagement, manager, content, export=export)
    listed = WorkEvent.objects.filter(field="listed").order_by("occurred_at")
    assert list(listed.values_list("key", "became", "occurred_at__day")) == [
        ("A-2", "yes", 3),
        ("A-2", "no", 5),
        ("A-2", "yes", 8),
    ]


def test_what_its_changelog_tells_later_is_back(
    known: Import, engagement: Engagement, manager: User
) -> None:
    log = changes("A-3,2026-02-09T12:00:00Z,x,status,Open,In Progress")
    file = apply(engagement, manager, items("A-1", "A-2", "A-4"), changelog=log, export=whole(9))
    assert file.changed_count == 1
    assert stages()["A-3"] == ("in_progress", None)
    apply(engagement, manager, items("A-1", "A-2", "A-4"), export=whole(12))
    assert stages()["A-3"] == (GONE, 12)


def test_a_row_that_is_refused_names_its_item(
    known: Import, engagement: Engagement, manager: User
) -> None:
    rows = [*items("A-1", "A-2", "A-4"), item("A-3", size="many")]
    file = apply(engagement, manager, rows, export=whole(5))
    assert (file.refused_count, file.missing_count) == (1, 0)
    assert stages()["A-3"] == OPEN


def test_other_sources_know_nothing_of_it(
    known: Import, engagement: Engagement, manager: User
) -> None:
    jira = b"Issue key,Status,Created\nA-1,Open,2026-01-05\n"
    apply(engagement, manager, jira, export=whole(5))
    assert all(stage == OPEN for stage in stages().values())


def test_an_export_of_a_part_changes_nothing(
    known: Import, engagement: Engagement, manager: User
) -> None:
    file = apply(engagement, manager, items("A-1"), export=Export(on(5)))
    assert (file.missing_count, file.open_count, file.loses_much) == (3, 4, False)
    assert all(stage == OPEN for stage in stages().values())


def test_what_another_has_brought_meanwhile_is_read_again(
    known: Import, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, items("A-1", "A-2", "A-3", "A-4"), export=whole(5))
    apply(engagement, manager, items("B-1"), export=Export(on(2)))
    imports.request_application(file=file, seen=file.previews, by=manager)
    imports.apply_import(import_id=file.pk)
    file.refresh_from_db()
    assert file.state == "uploaded"


def test_what_a_refused_row_names_may_have_been_brought_meanwhile(
    engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, items("A-1"), export=whole(5))
    rows = [*items("A-1"), item("A-2", size="many")]
    file = preview(engagement, manager, rows, export=Export(on(8)))
    apply(engagement, manager, items("A-2"), export=Export(on(2)))
    imports.request_application(file=file, seen=file.previews, by=manager)
    imports.apply_import(import_id=file.pk)
    file.refresh_from_db()
    assert file.state == "uploaded"


def test_what_only_its_own_changelog_names_is_lacking(
    engagement: Engagement, manager: User
) -> None:
    log = changes("A-3,2026-02-07T12:00:00Z,x,status,Open,In Progress")
    apply(engagement, manager, items("A-1", "A-2"), changelog=log, export=whole(9))
    apply(engagement, manager, items("A-1", "A-2", "A-3"), export=Export(on(5)))
    assert stages()["A-3"] == (GONE, 9)


def test_what_it_names_in_a_refused_row_is_not_lacking(
    engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, [*items("A-1"), item("A-2", size="many")], export=whole(9))
    apply(engagement, manager, items("A-1", "A-2"), export=Export(on(5)))
    assert not WorkEvent.objects.filter(field="listed").exists()


def test_a_refused_row_brings_back_what_was_gone(
    known: Import, engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, items("A-1", "A-2", "A-4"), export=whole(5))
    rows = [*items("A-1"), item("A-3", size="many")]
    apply(engagement, manager, rows, export=Export(on(8)))
    assert stages()["A-3"] == OPEN
    rebuild_work(engagement=engagement, by=manager)
    assert stages()["A-3"] == OPEN


def test_it_speaks_of_when_it_was_exported_whatever_contradicts_it(
    engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, items("A-1", "A-2"), export=Export(on(5)))
    apply(engagement, manager, items("A-1", "A-2", "A-3"), export=Export(on(8)))
    rows = [item("A-1", state="In Progress"), *items("A-2")]
    file = apply(engagement, manager, rows, export=whole(5))
    assert file.as_of == on(5)
    assert stages()["A-3"] == OPEN


def test_an_import_of_old_that_does_not_say_of_when_it_is(
    known: Import, engagement: Engagement, manager: User
) -> None:
    Import.objects.filter(pk=known.pk).update(as_of=None, is_whole=False, read_at=on(1))
    apply(engagement, manager, items("A-1", "A-2", "A-4"), export=whole(5))
    assert stages()["A-3"] == (GONE, 5)


# Much is missing


def test_much_must_be_meant(known: Import, engagement: Engagement, manager: User) -> None:
    file = preview(engagement, manager, items("A-1", "A-2"), export=whole(5))
    assert file.loses_much
    with pytest.raises(DomainError, match="2 of 4 open items are not in this file"):
        imports.request_application(file=file, seen=file.previews, by=manager)
    imports.request_application(file=file, seen=file.previews, by=manager, loses_much=True)
    event = AuditEvent.objects.get(verb="import.requested", after__has_key="missing")
    assert event.after == {"missing": 2, "open": 4}


@pytest.mark.parametrize(
    ("missing", "of", "is_whole", "much"),
    [
        (2, 6, True, False),
        (3, 8, True, True),
        (3, 8, False, False),
        (1, 1, True, False),
        (2, 2, True, True),
    ],
)
def test_over_a_third_is_much(missing: int, of: int, is_whole: bool, much: bool) -> None:
    file = Import(missing_count=missing, open_count=of, is_whole=is_whole)
    assert file.loses_much is much


# What cannot be


@pytest.mark.parametrize(
    ("export", "said"),
    [
        (Export(datetime(2999, 1, 1, tzinfo=UTC)), "in the future"),
        (Export(None, is_whole=True), "Say when it was exported"),
        (Export(datetime(1, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))), "before 1970"),
    ],
)
def test_what_makes_no_sense(
    engagement: Engagement, manager: User, export: Export, said: str
) -> None:
    with pytest.raises(DomainError, match=said) as refused:
        receive(engagement, manager, items("A-1"), export=export)
    assert refused.value.field == "exported_at"
    assert not Import.objects.exists()


def test_a_file_that_names_a_later_instant_is_of_that(
    engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, items("A-1", started_at="2026-02-09"), export=whole(5))
    assert file.as_of is not None
    assert (file.as_of.month, file.as_of.day) == (2, 8)  # 9 February by the engagement's clock


# The arithmetic


def listed(day: int, became: str) -> Evidence:
    return Evidence(on(day), "listed", 0, "", became)


def seen(day: int, **cells: Any) -> Evidence:
    cells = {"created_at": on(1).isoformat(), "state": "Open"} | cells
    return Evidence(on(day), "seen", 0, "", json.dumps(cells))


def spans(*told: Evidence) -> list[tuple[int, int | None]]:
    history = history_of(told, decided_by({}))
    assert history is not None
    return [(each.since.day, each.until and each.until.day) for each in history.missing]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([seen(2)], []),
        ([seen(2), listed(4, "no")], [(4, None)]),
        ([seen(2), listed(4, "no"), listed(6, "no")], [(4, None)]),
        ([seen(2), listed(4, "no"), listed(6, "no"), listed(8, "yes")], [(4, 8)]),
        ([seen(2), listed(4, "no"), seen(6), listed(8, "no")], [(4, 6), (8, None)]),
        ([seen(2), listed(1, "no")], []),
        ([seen(4), listed(4, "no")], []),
        ([seen(2), listed(4, "no"), Evidence(on(5), "size", 0, "", "3.00")], [(4, 5)]),
    ],
)
def test_when_it_was_missing(told: list[Evidence], found: list[tuple[int, int | None]]) -> None:
    assert spans(*told) == found


def test_what_its_dates_tell_of_that_time_holds() -> None:
    """Found again with a done date in between: it was open and gone until then, then done."""
    told = [seen(2), listed(4, "no"), seen(9, state="Closed", done_at=on(6).isoformat())]
    history = history_of(told, decided_by({}))
    assert history is not None
    assert [(step.at.day, str(step.stage)) for step in history.steps] == [
        (1, "not_started"),
        (2, "not_started"),  # in its tracker's word
        (4, "withdrawn"),
        (6, "done"),
    ]


def test_rebuilt_it_is_the_same(known: Import, engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, items("A-1", "A-2", "A-4"), export=whole(5))
    before = stages()
    rebuild_work(engagement=engagement, by=manager)
    assert stages() == before
