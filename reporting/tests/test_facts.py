"""What is frozen with a status: the figures, the rows they came from, and the hash of both."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dm_portal.people.models import User
from engagements.models import (
    AcceptanceCriterion,
    Engagement,
    Import,
    Milestone,
    MilestoneRevision,
    Source,
    WorkItem,
)
from engagements.tests.events import tell
from reporting import facts
from reporting.models import Report
from reporting.tests.inputs import item as dated_item
from reporting.tests.reports import FRIDAY, WEEK, open_reports, publish

pytestmark = [pytest.mark.django_db, pytest.mark.every_zone]

AS_OF = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
SINCE = AS_OF - timedelta(days=7)
DAY = timedelta(days=1)


def add_file(engagement: Engagement, by: User, number: int = 1, **fields: Any) -> Import:
    """An applied import; the source is the first one unless told otherwise."""
    source = (
        fields.pop("source", None)
        or Source.objects.get_or_create(engagement=engagement, number=1, kind="work_csv")[0]
    )
    values = {
        "file_name": f"work-{number}.csv",
        "sha256": "0" * 64,
        "size": 1,
        "state": "applied",
        "uploaded_at": AS_OF - DAY,
        "uploaded_by": by,
        "applied_at": AS_OF - DAY,
        "applied_by": by,
    }
    return Import.objects.create(
        engagement=engagement, number=number, source=source, **values | fields
    )


@pytest.fixture
def file(engagement: Engagement, manager: User) -> Import:
    return add_file(engagement, manager, refused_count=2)


def add_item(
    file: Import,
    key: str,
    *,
    created: datetime,
    done: datetime | None = None,
    milestone: Milestone | None = None,
) -> WorkItem:
    item = WorkItem.objects.create(
        engagement=file.engagement,
        source=file.source,
        last_import=file,
        key=key,
        title=f"Title of {key}",
        created_at=created,
        done_at=done,
    )
    if milestone:
        item.milestones.add(milestone)
    tell(item)
    return item


def change_item(key: str, **fields: Any) -> None:
    """What a later export says of it."""
    WorkItem.objects.filter(key=key).update(**fields)
    tell(WorkItem.objects.get(key=key))


def test_nothing_imported_is_not_known(engagement: Engagement) -> None:
    figures = facts.collect(engagement, since=None, as_of=AS_OF)["figures"]
    assert (figures["total"], figures["promised"], figures["left_out"]) == (None, None, None)
    assert figures["burnup"] == []


def test_finished_in_the_window(file: Import) -> None:
    long_ago = AS_OF - timedelta(days=30)
    add_item(file, "A-1", created=long_ago, done=SINCE)
    add_item(file, "A-2", created=long_ago, done=AS_OF)
    add_item(file, "A-3", created=long_ago, done=SINCE - timedelta(seconds=1))
    total = facts.collect(file.engagement, since=SINCE, as_of=AS_OF)["figures"]["total"]
    assert (total["items"], total["done"], total["open"]) == (3, 2, 1)
    assert (total["finished"], total["created"]) == (["A-1"], [])


def test_rebuilding_gives_the_same_bytes(file: Import) -> None:
    add_item(file, "A-1", created=SINCE, done=SINCE + timedelta(days=1, microseconds=5))
    body = facts.canonical(facts.collect(file.engagement, since=SINCE, as_of=AS_OF))
    assert facts.rebuild(body) == body
    assert facts.digest(facts.rebuild(body)) == facts.digest(body)


def test_what_schema_1_stored_rebuilds_by_schema_1(inputs: dict[str, Any]) -> None:
    inputs["items"] = [dated_item("A-1", 3, created=SINCE)]
    figures = facts.figures_from(inputs, schema=1)
    body = facts.canonical({"schema": 1, "inputs": inputs, "figures": figures})
    assert facts.rebuild(body) == body
    assert '"items_done_on"' not in body


def test_canonical_is_one_text_for_one_meaning() -> None:
    body = {"b": Decimal("1.50"), "a": AS_OF, "c": [AS_OF.date(), None, True]}
    expected = '{"a":"2026-11-20T14:00:00Z","b":"1.50","c":["2026-11-20",null,true]}'
    assert facts.canonical(body) == expected


def test_canonical_refuses_a_float() -> None:
    with pytest.raises(TypeError, match="canonical"):
        facts.canonical({"a": 0.1})


@pytest.fixture
def inputs(file: Import, manager: User) -> dict[str, Any]:
    """One milestone with a date, a met criterion, one that is not, and one of two items."""
    milestone = Milestone.objects.create(
        engagement=file.engagement, number=3, name="Checkout", outcome="Customers pay."
    )
    MilestoneRevision.objects.create(
        milestone=milestone,
        number=1,
        new_on=date(2026, 12, 4),
        reason="As agreed.",
        changed_at=SINCE,
        changed_by=manager,
    )
    milestone.criteria.create(number=1, statement="It works.", met_at=SINCE, met_by=manager)
    milestone.criteria.create(number=2, statement="It lasts.")
    add_item(file, "A-1", created=SINCE, milestone=milestone)
    add_item(file, "A-2", created=AS_OF)
    return facts.collect(file.engagement, since=SINCE, as_of=AS_OF)["inputs"]


def test_items_that_existed_at_the_instant(inputs: dict[str, Any]) -> None:
    assert inputs["zone"] == "Europe/Berlin"
    assert inputs["items"] == [
        {
            "source": 1,
            "key": "A-1",
            "title": "Title of A-1",
            "created_at": "2026-11-13T14:00:00Z",
            "started_at": None,
            "steps": [["2026-11-13T14:00:00Z", "not_started", ""]],
            "milestones": [["2026-11-13T14:00:00Z", [3]]],
            "sprints": [["2026-11-13T14:00:00Z", ""]],
            "flags": [["2026-11-13T14:00:00Z", ""]],
            "missing": [],
            "late": [],
            "late_in": [],
            "late_out": [],
        }
    ]


def test_milestones_with_their_criteria(inputs: dict[str, Any]) -> None:
    [row] = inputs["milestones"]
    assert (row["number"], row["name"], row["outcome"]) == (3, "Checkout", "Customers pay.")
    met = "2026-11-13T14:00:00Z"
    created = [facts.text_instant(each.created_at) for each in AcceptanceCriterion.objects.all()]
    assert inputs["criteria"] == [
        {
            "milestone": 3,
            "number": number,
            "statement": statement,
            "met_at": met_at,
            "created_at": created[number - 1],
        }
        for number, statement, met_at in ((1, "It works.", met), (2, "It lasts.", None))
    ]


def test_revisions_of_dates_with_name_and_reason(inputs: dict[str, Any]) -> None:
    assert inputs["revisions"] == [
        {
            "milestone": 3,
            "number": 1,
            "old_on": None,
            "new_on": "2026-12-04",
            "reason": "As agreed.",
            "changed_at": "2026-11-13T14:00:00Z",
            "changed_by": "Mara Manager",
        }
    ]


def test_the_last_applied_file_of_each_source(engagement: Engagement, manager: User) -> None:
    other = Source.objects.create(engagement=engagement, number=2, kind="jira")
    add_file(engagement, manager, 1, applied_at=AS_OF - 3 * DAY, as_of=AS_OF - 4 * DAY)
    part = {"open_count": 3, "missing_count": 2}
    older = {"applied_at": AS_OF - 2 * DAY, "as_of": AS_OF - 9 * DAY}
    add_file(engagement, manager, 2, **older, refused_count=4)
    add_file(engagement, manager, 5, applied_at=AS_OF - 4 * DAY, as_of=AS_OF - DAY, **part)
    add_file(engagement, manager, 3, source=other, applied_at=AS_OF - 5 * DAY)
    waiting = {"applied_at": None, "applied_by": None, "state": "previewed"}
    add_file(engagement, manager, 4, **waiting)
    found = facts.collect(engagement, since=None, as_of=AS_OF)["inputs"]["imports"]
    assert found == [
        {
            "source": 1,
            "kind": "work_csv",
            "number": 2,
            "file": "work-2.csv",
            "uploaded_at": "2026-11-19T14:00:00Z",
            "applied_at": "2026-11-18T14:00:00Z",
            "told_until": "2026-11-16T14:00:00Z",  # by an earlier file of most open items
            "refused": 4,
        },
        {
            "source": 2,
            "kind": "jira",
            "number": 3,
            "file": "work-3.csv",
            "uploaded_at": "2026-11-19T14:00:00Z",
            "applied_at": "2026-11-15T14:00:00Z",
            "told_until": "2026-11-19T14:00:00Z",
            "refused": 0,
        },
    ]


def test_another_engagements_rows_stay_there(
    file: Import, other_engagement: Engagement, other_manager: User
) -> None:
    add_item(add_file(other_engagement, other_manager), "B-1", created=SINCE)
    inputs = facts.collect(file.engagement, since=None, as_of=AS_OF)["inputs"]
    assert inputs["items"] == []
    assert [row["file"] for row in inputs["imports"]] == ["work-1.csv"]


# What came in late: the next status tells it, as the last one could not.


@pytest.fixture
def two_weeks(
    engagement: Engagement, manager: User, friday: time_machine.Traveller
) -> tuple[Report, Report]:
    """A known item was told a week ago; the second report is the one under test."""
    first, second = open_reports(engagement, weeks=2)
    file = add_file(engagement, manager, applied_at=FRIDAY - 9 * DAY)
    add_item(file, "A-1", created=FRIDAY - 30 * DAY)
    friday.move_to(FRIDAY - WEEK, tick=False)
    publish(first, manager)
    friday.move_to(FRIDAY, tick=False)
    return first, second


def late_rows(engagement: Engagement) -> dict[str, list[str]]:
    inputs = facts.collect(engagement, since=FRIDAY - WEEK, as_of=FRIDAY)["inputs"]
    return {row["key"]: row["late"] for row in inputs["items"]}


def test_an_item_finished_before_the_last_status_and_imported_after_it(
    two_weeks: tuple[Report, Report],
) -> None:
    change_item("A-1", done_at=FRIDAY - 8 * DAY)
    assert late_rows(two_weeks[0].engagement) == {"A-1": ["done"]}


def test_an_item_that_was_not_there_yet(two_weeks: tuple[Report, Report]) -> None:
    engagement = two_weeks[0].engagement
    file = Import.objects.get()
    add_item(file, "A-2", created=FRIDAY - 8 * DAY, done=FRIDAY - 8 * DAY)
    add_item(file, "A-3", created=FRIDAY - 8 * DAY, done=FRIDAY - DAY)
    add_item(file, "A-4", created=FRIDAY - 6 * DAY)
    assert late_rows(engagement) == {
        "A-1": [],
        "A-2": ["created", "done"],
        "A-3": ["created"],
        "A-4": [],
    }


def test_what_was_told_is_not_late(two_weeks: tuple[Report, Report], manager: User) -> None:
    change_item("A-1", done_at=FRIDAY - DAY)
    engagement = two_weeks[0].engagement
    publish(two_weeks[1], manager)
    inputs = facts.collect(engagement, since=FRIDAY, as_of=FRIDAY + WEEK)["inputs"]
    assert [row["late"] for row in inputs["items"]] == [[]]


def test_what_a_later_status_told_is_not_what_the_last_one_knew(
    two_weeks: tuple[Report, Report], manager: User
) -> None:
    """A correction of the second week asks again what the first one knew."""
    change_item("A-1", done_at=FRIDAY - 8 * DAY)
    publish(two_weeks[1], manager)
    assert late_rows(two_weeks[0].engagement) == {"A-1": ["done"]}


def test_a_window_that_no_status_ended_knows_nothing_late(file: Import) -> None:
    add_item(file, "A-1", created=SINCE - DAY, done=SINCE - DAY)
    inputs = facts.collect(file.engagement, since=SINCE, as_of=AS_OF)["inputs"]
    assert [row["late"] for row in inputs["items"]] == [[]]


@pytest.mark.parametrize("number", [1, 40])
def test_statements(file: Import, manager: User, number: int) -> None:
    for n in range(number):
        milestone = Milestone.objects.create(
            engagement=file.engagement, number=n + 1, name=f"Release {n}"
        )
        milestone.criteria.create(number=1, statement="It works.")
        add_item(file, f"A-{n}", created=SINCE, milestone=milestone)
    with CaptureQueriesContext(connection) as found:
        facts.collect(file.engagement, since=SINCE, as_of=AS_OF)
    assert len(found) == 4


def test_of_many_engagements_as_of_each_alone(
    file: Import, manager: User, other_engagement: Engagement, other_manager: User
) -> None:
    """In as many statements."""
    add_item(file, "A-1", created=SINCE)
    add_item(add_file(other_engagement, other_manager), "B-1", created=SINCE, done=SINCE + DAY)
    asked = [facts.Asked(each, SINCE, AS_OF) for each in (file.engagement, other_engagement)]
    with CaptureQueriesContext(connection) as of_one:
        alone = facts.collect(file.engagement, since=SINCE, as_of=AS_OF)
    with CaptureQueriesContext(connection) as of_both:
        together = [facts.body_of(*each) for each in facts.inputs_of(asked)]
    assert len(of_both) == len(of_one)
    assert together[0] == alone
    assert together[1]["figures"]["total"]["finished"] == ["B-1"]
