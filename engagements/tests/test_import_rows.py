"""What applying does: new, changed, unchanged, refused; all of it or nothing, again and again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dm_portal.people.audit import changes_in_words, sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import today
from engagements.models import Engagement, Import, ImportRow, Milestone, Sprint, WorkItem
from engagements.services import imports
from engagements.services.imports import statements, writing
from engagements.services.milestones import create_milestone
from engagements.services.sprints import create_sprint
from engagements.tests.work_files import apply, item, preview

pytestmark = pytest.mark.django_db
State = Import.State


def counts(file: Import) -> tuple[int, int, int, int]:
    """New, changed, unchanged, refused."""
    return (file.new_count, file.changed_count, file.unchanged_count, file.refused_count)


def verdicts(file: Import) -> list[tuple[int, str]]:
    return list(ImportRow.objects.filter(of=file).values_list("line", "verdict"))


def item_of(key: str = "A-1") -> WorkItem:
    return WorkItem.objects.get(key=key)


def milestones_of(key: str = "A-1") -> list[str]:
    return sorted(item_of(key).milestones.values_list("name", flat=True))


@pytest.fixture
def planned(engagement: Engagement, manager: User) -> Callable[..., Milestone]:
    """Plan a milestone by hand."""

    def plan(name: str, tracker_name: str = "") -> Milestone:
        fields: dict[str, Any] = {"outcome": "", "planned_size": None}
        return create_milestone(
            engagement=engagement, by=manager, name=name, tracker_name=tracker_name, **fields
        )

    return plan


# Verdicts


def test_the_same_file_again_changes_nothing(engagement: Engagement, manager: User) -> None:
    rows = [
        item("A-1", milestone='"2.0,2.1"', sprint="S 1", size="3", state="Open", type="Bug"),
        item("A-2", assignee="mara", started_at="2026-01-06", done_at="2026-01-07"),
    ]
    first = apply(engagement, manager, rows)
    assert counts(first) == (2, 0, 0, 0)
    before = list(WorkItem.objects.values())
    second = apply(engagement, manager, rows)
    assert counts(second) == (0, 0, 2, 0)
    assert list(WorkItem.objects.values()) == before


CHANGES = {
    "type": ("Bug", "Story"),
    "title": ("Pay", "Pay later"),
    "state": ("In Progress", "In Review"),
    "size": ("3", "3.5"),
    "assignee": ("mara", ""),
    "sprint": ("S 1", "S 2"),
    "milestone": ("2.0", '"2.0,2.1"'),
    "created_at": ("2026-01-05T10:00:00Z", "2026-01-05T10:00:00.001Z"),
    "started_at": ("", "2026-01-06"),
    "done_at": ("2026-01-06", ""),
}


@pytest.mark.parametrize("name", CHANGES)
def test_any_cell_that_differs_changes_the_item(
    engagement: Engagement, manager: User, name: str
) -> None:
    old, new = CHANGES[name]
    other = item("A-2", done_at="2026-01-07")  # both files speak of the same day
    apply(engagement, manager, [item(**{name: old}), other])
    file = preview(engagement, manager, [item(**{name: new}), other])
    assert counts(file) == (0, 1, 1, 0)
    row = ImportRow.objects.get(of=file, key="A-1")
    field = "milestones" if name == "milestone" else name
    changed = {each for each in row.data if row.data[each] != row.before[each]}
    assert changed - {"stage"} == {field}
    apply(engagement, manager, [item(**{name: new}), other])
    assert counts(preview(engagement, manager, [item(**{name: new}), other])) == (0, 0, 2, 0)


def test_the_same_instant_in_another_zone_is_no_change(
    engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, [item(created_at="2026-01-05T10:00:00Z", size="3")])
    same = item(created_at="2026-01-05T12:00:00+02:00", size="3.0")
    assert counts(preview(engagement, manager, [same])) == (0, 0, 1, 0)


def test_a_key_twice_in_a_file_is_refused_the_second_time(
    engagement: Engagement, manager: User
) -> None:
    rows = [item("A-1"), item("A-2"), item("A-1"), item("A-1", size="x")]
    file = apply(engagement, manager, rows)
    assert verdicts(file) == [(2, "new"), (3, "new"), (4, "refused"), (5, "refused")]
    reasons = ImportRow.objects.filter(of=file).values_list("reason", flat=True)
    assert reasons[2] == "The key A-1 is in line 2 already."
    assert "is not a number" in reasons[3]


def test_a_key_twice_is_found_across_batches(engagement: Engagement, manager: User) -> None:
    rows = [item(f"A-{number}") for number in range(501)]
    file = preview(engagement, manager, [*rows, item("A-0")])
    assert counts(file) == (501, 0, 0, 1)
    refused = ImportRow.objects.get(of=file, verdict="refused")
    assert (refused.line, refused.reason) == (503, "The key A-0 is in line 2 already.")


def test_a_refused_row_does_not_take_its_key(engagement: Engagement, manager: User) -> None:
    file = apply(engagement, manager, [item("A-1", size="x"), item("A-1", title="Kept")])
    assert counts(file) == (1, 0, 0, 1)
    assert item_of().title == "Kept"


def test_what_a_later_file_leaves_out_stays(engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, [item("A-1"), item("A-2")])
    apply(engagement, manager, [item("A-2", title="Other")])
    assert list(WorkItem.objects.order_by("key").values_list("key", "title")) == [
        ("A-1", "Pay by card"),
        ("A-2", "Other"),
    ]


def test_engagements_and_sources_have_their_own_keys(
    engagement: Engagement, other_engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, [item("A-1")])
    apply(other_engagement, manager, [item("A-1", title="Theirs", milestone="2.1")])
    jira = apply(engagement, manager, b"Issue key,Summary,Created\nA-1,From Jira,2026-01-05\n")
    assert counts(jira) == (1, 0, 0, 0)
    found = WorkItem.objects.values_list("engagement__name", "source__kind", "title")
    assert set(found) == {
        ("Atlas", "work_csv", "Pay by card"),
        ("Borealis", "work_csv", "Theirs"),
        ("Atlas", "jira", "From Jira"),
    }
    assert not engagement.milestones.exists()


def test_progress_is_told_in_rows(engagement: Engagement, manager: User) -> None:
    file = preview(engagement, manager, [item(f"A-{number}") for number in range(750)])
    assert (file.rows_read, file.rows_total, file.unknown_columns) == (750, 750, [])


# Milestones and sprints


def test_unknown_versions_become_milestones_without_a_date(
    engagement: Engagement, manager: User
) -> None:
    rows = [item("A-1", milestone='"2.1, 2.0"'), item("A-2", milestone="1.0"), item("A-3")]
    assert preview(engagement, manager, rows).milestones_added == 3
    assert apply(engagement, manager, rows).milestones_added == 3
    found = Milestone.objects.order_by("number")
    assert list(found.values_list("number", "name", "tracker_name", "committed_on")) == [
        (1, "2.0", "2.0", None),
        (2, "2.1", "2.1", None),
        (3, "1.0", "1.0", None),
    ]
    assert (milestones_of("A-1"), milestones_of("A-3")) == (["2.0", "2.1"], [])


def test_a_milestone_is_known_by_its_tracker_name(
    engagement: Engagement, manager: User, planned: Callable[..., Milestone]
) -> None:
    planned("2.1"), planned("Refunds", "2.1")
    file = apply(engagement, manager, [item(milestone="2.1")])
    assert (file.milestones_added, milestones_of()) == (0, ["Refunds"])
    assert Milestone.objects.get(name="2.1").tracker_name == ""
    assert counts(preview(engagement, manager, [item(milestone="2.1")])) == (0, 0, 1, 0)


def test_a_planned_milestone_becomes_the_version_of_its_name(
    engagement: Engagement, manager: User, planned: Callable[..., Milestone]
) -> None:
    first, second, other = planned("2.1"), planned("2.1"), planned("2.1 beta")
    file = preview(engagement, manager, [item(milestone="2.1")])
    assert file.milestones_added == 0
    apply(engagement, manager, [item(milestone="2.1")])
    for milestone in (first, second, other):
        milestone.refresh_from_db()
    assert [row.tracker_name for row in (first, second, other)] == ["2.1", "", ""]
    assert [row.version for row in (first, second, other)] == [2, 1, 1]
    assert item_of().milestones.get() == first


def test_a_milestone_that_becomes_a_version_is_counted_and_on_record(
    engagement: Engagement, manager: User, planned: Callable[..., Milestone]
) -> None:
    planned("2.1"), planned("3.0"), planned("Later")
    rows = [item("A-1", milestone="2.1"), item("A-2", milestone='"2.1,3.0"'), item("A-3")]
    assert preview(engagement, manager, rows).milestones_matched == {"2.1": 2, "3.0": 1}
    assert not AuditEvent.objects.filter(verb="milestone.matched").exists()
    file = apply(engagement, manager, rows)
    assert file.milestones_matched == {"2.1": 2, "3.0": 1}
    found = AuditEvent.objects.filter(verb="milestone.matched").order_by("pk")
    said = "Mara Manager made the milestone {0} the tracker's version {0} by applying import 2; "
    assert [(event.target_ref, sentence(event)) for event in found] == [
        (f"{engagement.ref}/1", said.format("2.1") + "its items in that file: 2"),
        (f"{engagement.ref}/2", said.format("3.0") + "its items in that file: 1"),
    ]
    assert {changes_in_words(event) for event in found} == {""}
    assert apply(engagement, manager, [item("A-4", milestone="2.1")]).milestones_matched == {}


def test_a_milestone_planned_after_the_preview_is_named_before_it_becomes_a_version(
    engagement: Engagement, manager: User, planned: Callable[..., Milestone]
) -> None:
    file = preview(engagement, manager, [item(milestone="2.1")])
    milestone = planned("2.1")
    assert request(file, manager).state == State.UPLOADED
    milestone.refresh_from_db()
    assert (milestone.tracker_name, milestone.version) == ("", 1)
    imports.run_waiting()
    file.refresh_from_db()
    assert (file.milestones_added, file.milestones_matched) == (0, {"2.1": 1})
    assert request(file, manager).state == State.APPLIED
    assert milestones_of() == ["2.1"]


def test_a_milestone_that_stands_for_another_version_is_left_alone(
    engagement: Engagement, manager: User, planned: Callable[..., Milestone]
) -> None:
    planned("2.1", "R-21")
    assert apply(engagement, manager, [item(milestone="2.1")]).milestones_added == 1
    assert Milestone.objects.filter(name="2.1").count() == 2


def test_milestones_of_an_item_follow_the_file(engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, [item("A-1", milestone='"1.0,2.0"'), item("A-2", milestone="1.0")])
    file = apply(engagement, manager, [item("A-1", milestone='"2.0,3.0"')])
    assert (file.milestones_added, milestones_of("A-1")) == (1, ["2.0", "3.0"])
    assert milestones_of("A-2") == ["1.0"]


def test_numbers_go_on_after_what_is_planned(
    engagement: Engagement, manager: User, planned: Callable[..., Milestone]
) -> None:
    planned("By hand")
    apply(engagement, manager, [item(milestone="2.1", sprint="S 1")])
    assert Milestone.objects.get(name="2.1").number == 2
    assert Sprint.objects.get().number == 1


def test_sprints_are_known_by_name_and_made_without_dates(
    engagement: Engagement, manager: User
) -> None:
    dates = {"goal": "", "starts_on": today(), "ends_on": today()}
    known = create_sprint(engagement=engagement, by=manager, name="S 1", **dates)
    rows = [item("A-1", sprint="S 1"), item("A-2", sprint="S 3"), item("A-3", sprint="S 2")]
    assert preview(engagement, manager, rows).sprints_added == 2
    assert apply(engagement, manager, rows).sprints_added == 2
    assert item_of("A-1").sprint == known
    found = Sprint.objects.exclude(pk=known.pk).order_by("number")
    assert list(found.values_list("number", "name", "starts_on")) == [
        (2, "S 3", None),
        (3, "S 2", None),
    ]


def test_unchanged_rows_add_nothing(
    engagement: Engagement, manager: User, planned: Callable[..., Milestone]
) -> None:
    """A milestone that was renamed in the portal keeps the version it stands for."""
    apply(engagement, manager, [item(milestone="2.1", sprint="S 1")])
    Milestone.objects.update(name="Refunds")
    file = apply(engagement, manager, [item(milestone="2.1", sprint="S 1")])
    assert (counts(file), file.milestones_added, file.sprints_added) == ((0, 0, 1, 0), 0, 0)


# What happened between preview and apply


def request(file: Import, by: User) -> Import:
    imports.request_application(file=file, seen=file.previews, by=by)
    imports.apply_import(import_id=file.pk)
    file.refresh_from_db()
    return file


@pytest.mark.parametrize(
    ("between", "counted"),
    [
        # what was new is there; what changes was something else; what changes is so already
        ([item("A-2", title="Theirs")], (0, 2, 0, 0)),
        ([item("A-1", title="Theirs")], (1, 1, 0, 0)),
        ([item("A-1", title="Ours")], (1, 0, 1, 0)),
    ],
)
def test_a_stale_preview_is_read_again(
    engagement: Engagement,
    manager: User,
    deputy: User,
    between: list[str],
    counted: tuple[int, int, int, int],
) -> None:
    apply(engagement, manager, [item("A-1", title="First")])
    file = preview(engagement, manager, [item("A-1", title="Ours"), item("A-2")])
    assert counts(file) == (1, 1, 0, 0)
    apply(engagement, deputy, between)
    items = list(WorkItem.objects.values())
    request(file, manager)
    assert (file.state, file.applied_by, file.attempts) == (State.UPLOADED, None, 0)
    assert list(WorkItem.objects.values()) == items
    imports.run_waiting()
    file.refresh_from_db()
    assert (file.state, file.problem[:21]) == (State.PREVIEWED, "Something else change")
    assert counts(file) == counted
    request(file, manager)
    assert (file.state, file.problem) == (State.APPLIED, "")
    assert item_of("A-1").title == "Ours"


def test_another_import_that_touches_other_work_does_not_matter(
    engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, [item("A-1")])
    apply(engagement, manager, [item("B-1", milestone="2.1")])
    assert request(file, manager).state == State.APPLIED


def test_a_preview_tells_what_is_true_when_it_is_applied(
    engagement: Engagement, manager: User
) -> None:
    """Two files would add the same milestone: the second one finds it."""
    file = preview(engagement, manager, [item("A-1", milestone="2.1")])
    apply(engagement, manager, [item("B-1", milestone="2.1")])
    assert file.milestones_added == 1
    assert request(file, manager).milestones_added == 0


# Statements


def statements_of(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        act()
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_statements_do_not_grow_with_the_rows(engagement: Engagement, manager: User) -> None:
    def whole(rows: int) -> Callable[[], Any]:
        lines = [item(f"A-{number}", milestone=f"v{number}") for number in range(rows)]
        return lambda: apply(engagement, manager, lines)

    whole(1)()
    assert statements_of(whole(2)) == statements_of(whole(400))


@pytest.mark.parametrize(
    "statement",
    [statements.ADD_JUDGED, statements.IS_STALE, writing.DROP_LINKS, writing.ADD_LINKS],
    ids=["ADD_JUDGED", "IS_STALE", "DROP_LINKS", "ADD_LINKS"],
)
def test_items_are_found_by_key_whatever_the_statistics_know(
    engagement: Engagement, other_engagement: Engagement, manager: User, statement: str
) -> None:
    """Where PostgreSQL knows only of others, it must not compare each row with every item."""
    apply(other_engagement, manager, [item(f"A-{number}") for number in range(2000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    file = preview(engagement, manager, [item("A-1")])
    values = {"file": file.pk, "engagement": engagement.pk, "source": file.source_id}
    values |= {"part": "work", "rows": "[]", "instant": "", "now": None}
    values |= {"milestones": [], "milestone_ids": []}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    _, lookup = plan.split("using work_item_key_once on engagements_workitem stored")
    condition = lookup.split("Index Cond:")[1].split("\n")[0]
    assert "(key)::text =" in condition
