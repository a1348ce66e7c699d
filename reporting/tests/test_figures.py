"""The arithmetic of the figures, on rows written by hand: no database, no clock."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import facts
from reporting.tests.inputs import (
    AS_OF,
    SINCE,
    criterion,
    followed,
    imported,
    inputs,
    item,
    milestone,
    revision,
    text,
)

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def figures(**rows: object) -> dict:
    return facts.figures_from(followed(inputs(**rows)))


def one_milestone(**rows: object) -> dict:
    [found] = figures(milestones=[milestone(1)], **rows)["milestones"]
    return found


def test_an_unknown_schema_is_refused() -> None:
    with pytest.raises(KeyError):
        facts.figures_from(followed(inputs()), schema=99)


def test_without_an_import_nothing_is_known() -> None:
    found = figures(imports=[], milestones=[milestone(1)], revisions=[revision(1, "2026-12-04")])
    assert found["total"] is found["promised"] is found["beyond"] is found["left_out"] is None
    [row] = found["milestones"]
    assert [row[name] for name in ("items", "done", "open", "finished", "created")] == [None] * 5
    assert row["days_past"] is None
    assert found["window"]["is_known"] is False


@pytest.mark.parametrize(
    ("done", "finished"),
    [
        (SINCE - SECOND, False),
        (SINCE, True),
        (AS_OF - SECOND, True),
        (AS_OF, False),
        (None, False),
    ],
)
def test_the_window_holds_its_start_and_not_its_end(done: datetime | None, finished: bool) -> None:
    total = figures(items=[item("A-1", created=SINCE - DAY, done=done)])["total"]
    assert total["finished"] == (["A-1"] if finished else [])


def test_what_is_finished_later_is_open() -> None:
    total = figures(items=[item("A-1", done=AS_OF)])["total"]
    assert (total["items"], total["done"], total["open"]) == (1, 0, 1)


def test_the_first_window_has_no_start() -> None:
    found = figures(since=None, items=[item("A-1", created=SINCE - 99 * DAY, done=SINCE - DAY)])
    assert found["total"]["finished"] == found["total"]["created"] == ["A-1"]
    assert found["window"]["from_day"] is None
    assert found["window"]["is_known"] is True


@pytest.mark.parametrize(
    ("applied", "is_known"), [(SINCE, False), (SINCE + SECOND, True), (AS_OF + DAY, True)]
)
def test_a_window_after_the_last_import_is_not_known(applied: datetime, is_known: bool) -> None:
    window = figures(imports=[imported(applied)])["window"]
    assert window["is_known"] is is_known
    assert window["known_until"] == text(applied)


def test_the_latest_of_two_sources_tells_how_far_one_knows() -> None:
    window = figures(imports=[imported(SINCE - DAY), imported(AS_OF - DAY)])["window"]
    assert window["known_until_day"] == "2026-11-19"


def test_an_item_of_two_milestones_counts_in_both_and_once_in_the_total() -> None:
    found = figures(
        items=[item("A-1", 1, 2)],
        milestones=[milestone(1), milestone(2)],
        revisions=[revision(1, "2026-12-04"), revision(2, "2026-12-11")],
    )
    assert [row["items"] for row in found["milestones"]] == [1, 1]
    assert found["total"]["items"] == found["promised"]["items"] == 1
    assert found["beyond"]["items"] == 0


def test_beyond_is_what_no_committed_milestone_holds() -> None:
    found = figures(
        items=[item("A-1", 1), item("A-2", 2), item("A-3")],
        milestones=[milestone(1), milestone(2)],
        revisions=[revision(1, "2026-12-04")],
    )
    assert found["promised"]["items"] == 1
    assert found["beyond"]["items"] == 2
    assert found["left_out"] == {
        "no_milestone": 1,
        "refused": 0,
        "undecided": 0,
        "undated": 0,
    }


def test_refused_rows_of_all_sources_are_left_out() -> None:
    found = figures(imports=[imported(refused=2), imported(refused=3)])
    assert found["left_out"]["refused"] == 5


def test_a_milestone_is_done_on_the_local_day_of_its_last_item() -> None:
    late = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    row = one_milestone(items=[item("A-1", 1, done=SINCE), item("A-2", 1, done=late)])
    assert row["done_on"] == "2026-11-18"


@pytest.mark.parametrize(("committed_on", "days"), [("2026-11-12", 1), ("2026-11-13", 0)])
def test_days_late_of_what_is_done(committed_on: str, days: int) -> None:
    rows = {"revisions": [revision(1, committed_on)]}
    assert one_milestone(items=[item("A-1", 1, done=SINCE)], **rows)["days_late"] == days
    assert one_milestone(items=[item("A-1", 1)], **rows)["days_late"] is None
    assert one_milestone(items=[item("A-1", 1, done=SINCE)])["days_late"] is None


def test_a_milestone_with_an_open_item_is_not_done() -> None:
    row = one_milestone(items=[item("A-1", 1, done=SINCE), item("A-2", 1)])
    assert row["done_on"] is None


def test_a_milestone_without_items_is_not_done() -> None:
    assert one_milestone()["done_on"] is None


@pytest.mark.parametrize(
    ("done", "met", "days", "late"),
    [
        (SINCE, [SINCE + DAY, SINCE - DAY], ("2026-11-13", "2026-11-14", "2026-11-14"), 2),
        (SINCE, [SINCE - DAY], ("2026-11-13", "2026-11-12", "2026-11-13"), 1),
        (SINCE, [SINCE, None], ("2026-11-13", None, None), None),
        (SINCE, [AS_OF], ("2026-11-13", None, None), None),
        (AS_OF, [SINCE], (None, "2026-11-13", None), None),
        (None, [SINCE], (None, "2026-11-13", "2026-11-13"), 1),
        (None, [None], (None, None, None), None),
    ],
)
def test_a_milestone_is_done_with_the_later_of_items_and_criteria(
    done: datetime | None, met: list[datetime | None], days: tuple, late: int | None
) -> None:
    row = one_milestone(
        items=[item("A-1", 1, done=done)] if done else [],
        criteria=[criterion(1, n, met=at) for n, at in enumerate(met)],
        revisions=[revision(1, "2026-11-12")],
    )
    assert (row["items_done_on"], row["criteria_met_on"], row["done_on"]) == days
    assert row["days_late"] == late
    assert row["is_done"] is (row["done_on"] is not None)


def test_a_criterion_is_met_on_the_local_day() -> None:
    late = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    assert one_milestone(criteria=[criterion(1, met=late)])["done_on"] == "2026-11-18"


def test_what_was_never_imported_is_not_done_by_its_criteria() -> None:
    row = one_milestone(imports=[], criteria=[criterion(1, met=SINCE)])
    assert (row["is_done"], row["done_on"], row["days_late"]) == (None, None, None)
    assert row["criteria_met_on"] == "2026-11-13"


def test_schema_1_goes_on_to_look_at_items_alone() -> None:
    rows = inputs(
        milestones=[milestone(1)],
        items=[item("A-1", 1, done=SINCE)],
        criteria=[criterion(1, met=SINCE + DAY)],
        revisions=[revision(1, "2026-11-13")],
    )
    [first], [second] = (facts.figures_from(rows, schema=n)["milestones"] for n in (1, 2))
    assert (first["is_done"], first["done_on"], first["days_late"]) == (True, "2026-11-13", 0)
    assert set(second) - set(first) == {"items_done_on", "criteria_met_on"}


def test_criteria_count_by_the_instant() -> None:
    criteria = [criterion(1, 1, met=SINCE), criterion(1, 2, met=AS_OF), criterion(1, 3)]
    row = one_milestone(criteria=[*criteria, criterion(2, 1, met=SINCE)])
    assert (row["criteria"], row["criteria_met"]) == (3, 1)
    assert [(each["number"], each["met_on"]) for each in row["criteria_met_lately"]] == [
        (1, "2026-11-13")
    ]


@pytest.mark.parametrize(("known_from", "counted"), [(SINCE, 1), (AS_OF, 1), (AS_OF + SECOND, 3)])
def test_a_criterion_counts_from_when_it_was_agreed(known_from: datetime, counted: int) -> None:
    """But in a status of a time before the engagement was known here each one counts."""
    agreed = (AS_OF - SECOND, AS_OF, AS_OF + DAY)
    rows = [criterion(1, number, created=at) for number, at in enumerate(agreed, start=1)]
    assert one_milestone(criteria=rows, known_from=text(known_from))["criteria"] == counted


def test_the_committed_date_is_the_one_of_the_instant() -> None:
    row = one_milestone(
        revisions=[
            revision(1, "2026-11-27"),
            revision(1, "2026-12-04", number=2, old_on="2026-11-27", at=SINCE + DAY),
            revision(1, "2026-12-11", number=3, old_on="2026-12-04", at=AS_OF),
        ]
    )
    assert row["committed_on"] == "2026-12-04"
    assert row["first_committed_on"] == "2026-11-27"
    assert row["recorded_later"] is None


MISTYPED = (
    revision(1, "1999-01-01", at=AS_OF + DAY),
    revision(1, "2026-12-04", number=2, old_on="1999-01-01", at=AS_OF + 2 * DAY),
)


def test_a_promise_recorded_afterwards_is_taken_as_the_record_stands_and_said_so() -> None:
    row = one_milestone(revisions=[*MISTYPED])
    assert row["committed_on"] == row["first_committed_on"] == "2026-12-04"
    assert row["recorded_later"] == "2026-11-22"


def test_a_promise_recorded_afterwards_and_withdrawn_is_none() -> None:
    gone = revision(1, None, number=3, old_on="2026-12-04", at=AS_OF + 3 * DAY)
    row = one_milestone(revisions=[*MISTYPED, gone], items=[item("A-1", 1)])
    assert (row["committed_on"], row["first_committed_on"]) == (None, None)


def test_each_milestone_has_a_record_of_its_own() -> None:
    """What was promised at the instant stays so, whatever was recorded later of another."""
    then = [revision(2, "2026-11-27"), revision(2, "2026-12-11", number=2, at=AS_OF + DAY)]
    found = figures(milestones=[milestone(1), milestone(2)], revisions=[*MISTYPED, *then])
    assert [row["committed_on"] for row in found["milestones"]] == ["2026-12-04", "2026-11-27"]


def test_schema_1_took_it_as_first_written() -> None:
    given = inputs(milestones=[milestone(1)], revisions=[*MISTYPED])
    [row] = facts.figures_from(given, schema=1)["milestones"]
    assert row["committed_on"] == row["first_committed_on"] == "1999-01-01"


@pytest.mark.parametrize(("known_from", "is_taken"), [(AS_OF + SECOND, True), (AS_OF, False)])
def test_once_the_engagement_is_known_a_later_promise_is_none(
    known_from: datetime, is_taken: bool
) -> None:
    rows = {"revisions": [revision(1, "2026-11-27", at=AS_OF + DAY)]}
    row = one_milestone(known_from=text(known_from), items=[item("A-1", 1)], **rows)
    assert (row["committed_on"] is not None) is is_taken
    assert (row["recorded_later"] is not None) is is_taken


def test_a_withdrawn_date_is_no_commitment() -> None:
    row = one_milestone(
        revisions=[revision(1, "2026-11-27"), revision(1, None, number=2, old_on="2026-11-27")]
    )
    assert row["committed_on"] is None
    assert row["first_committed_on"] == "2026-11-27"


def test_a_milestone_of_later_is_not_there_yet() -> None:
    later = milestone(1, created=AS_OF)
    assert figures(milestones=[later])["milestones"] == []
    assert len(figures(milestones=[later], items=[item("A-1", 1)])["milestones"]) == 1
    dated = figures(milestones=[later], revisions=[revision(1, "2026-12-04")])
    assert len(dated["milestones"]) == 1


@pytest.mark.parametrize(
    ("committed_on", "days"), [("2026-11-21", 0), ("2026-11-20", 0), ("2026-11-19", 1)]
)
def test_days_past_the_committed_date(committed_on: str, days: int) -> None:
    revisions = [revision(1, committed_on)]
    assert one_milestone(items=[item("A-1", 1)], revisions=revisions)["days_past"] == days
    done = one_milestone(items=[item("A-1", 1, done=SINCE)], revisions=revisions)
    assert done["days_past"] == 0


def test_days_past_are_days_of_the_engagements_zone() -> None:
    """14:00 in UTC on the 20th is already the 21st on Kiritimati."""
    row = figures(
        zone="Pacific/Kiritimati",
        items=[item("A-1", 1)],
        milestones=[milestone(1)],
        revisions=[revision(1, "2026-11-20")],
    )["milestones"][0]
    assert row["days_past"] == 1


def test_moved_dates_of_the_window_in_the_order_of_time() -> None:
    found = figures(
        milestones=[milestone(1, "Checkout"), milestone(2)],
        revisions=[
            revision(1, "2026-12-04", at=SINCE + 2 * DAY),
            revision(2, "2026-12-04", at=SINCE + DAY),
            revision(2, "2026-12-11", number=2, old_on="2026-12-04", at=AS_OF),
        ],
    )
    assert [(row["milestone"], row["number"]) for row in found["moved"]] == [(2, 1), (1, 1)]
    assert found["moved"][1]["name"] == "Checkout"
    assert found["moved"][1]["changed_on"] == "2026-11-15"


def test_next_is_the_first_commitment_that_is_open() -> None:
    rows = {
        "milestones": [milestone(1), milestone(2), milestone(3)],
        "revisions": [revision(n, f"2026-12-0{n}") for n in (1, 2, 3)],
    }
    items = [item("A-1", 1, done=SINCE), item("A-2", 2), item("A-3", 3)]
    assert figures(items=items, **rows)["next"] == 2
    done = [item(f"A-{n}", n, done=SINCE) for n in (1, 2, 3)]
    assert figures(items=done, **rows)["next"] == 3
    assert figures(**rows)["next"] is None


def test_burn_up_counts_at_the_end_of_complete_local_weeks() -> None:
    sunday_night = datetime(2026, 11, 8, 22, 59, 59, tzinfo=UTC)  # 23:59:59 in Berlin
    found = figures(
        items=[
            item("A-1", created=sunday_night),
            item("A-2", created=sunday_night + SECOND, done=sunday_night + 2 * SECOND),
        ]
    )
    assert found["burnup"] == [
        {"week": "2026-W45", "ends_on": "2026-11-08", "scope": 1, "done": 0},
        {"week": "2026-W46", "ends_on": "2026-11-15", "scope": 2, "done": 1},
    ]


def test_a_week_that_ends_with_the_instant_is_complete() -> None:
    monday = datetime(2026, 11, 15, 23, 0, tzinfo=UTC)  # midnight in Berlin
    rows = [item("A-1", created=monday - 3 * DAY)]
    assert len(figures(items=rows, as_of=text(monday))["burnup"]) == 1
    assert figures(items=rows, as_of=text(monday - SECOND))["burnup"] == []


MIDNIGHT = datetime(2026, 11, 8, 23, 0, tzinfo=UTC)  # between Sunday and Monday in Berlin


@pytest.mark.parametrize(("last", "weeks"), [(MIDNIGHT, 2), (MIDNIGHT - SECOND, 1)])
def test_burn_up_ends_at_the_last_import(last: datetime, weeks: int) -> None:
    """Three weeks have ended; what happened after the import is not known."""
    found = figures(
        items=[item("A-1", 1, created=AS_OF - 20 * DAY)],
        milestones=[milestone(1)],
        revisions=[revision(1, "2026-12-04")],
        imports=[imported(last)],
    )
    assert len(found["burnup"]) == len(found["burnup_next"]) == weeks


def test_work_is_known_until_its_file_was_handed_over() -> None:
    """Applied a week later it knows no more; schemas 1 and 2 took it for that new."""
    old = imported(SINCE - DAY, applied=AS_OF - DAY)
    [second, third] = [facts.figures_from(inputs(imports=[old]), schema=n) for n in (2, 3)]
    assert (second["window"]["is_known"], third["window"]["is_known"]) == (True, False)
    assert third["window"]["known_until_day"] == "2026-11-12"


def test_work_is_known_until_what_its_file_tells_of() -> None:
    """Handed over an hour before the status it tells no more; schema 6 took it for that new."""
    old = imported(told=SINCE)
    [sixth, seventh] = [
        facts.figures_from(inputs(imports=[old]), schema=n)["window"] for n in (6, 7)
    ]
    assert (sixth["is_known"], seventh["is_known"]) == (True, False)
    assert (sixth["known_until_day"], seventh["known_until_day"]) == ("2026-11-20", "2026-11-13")
    assert seventh["imported_on"] == "2026-11-20"


def test_what_was_never_imported_has_no_burn_up() -> None:
    found = figures(items=[item("A-1", 1, created=AS_OF - 20 * DAY)], imports=[])
    assert found["burnup"] == found["burnup_next"] == []


def test_schema_2_went_on_to_the_instant_and_named_no_criterion() -> None:
    rows = inputs(
        items=[item("A-1", 1, created=AS_OF - 20 * DAY)],
        milestones=[milestone(1)],
        criteria=[criterion(1, met=SINCE), criterion(1, 2)],
        imports=[imported(AS_OF - 19 * DAY)],
    )
    second, third = (facts.figures_from(rows, schema=n) for n in (2, 3))
    assert (len(second["burnup"]), len(third["burnup"])) == (3, 0)
    [before], [after] = second["milestones"], third["milestones"]
    assert set(after) - set(before) == {"criteria_unmet"}


def test_criteria_that_are_not_met_are_named() -> None:
    criteria = [criterion(1, 1, met=SINCE), criterion(1, 2, met=AS_OF), criterion(1, 3)]
    row = one_milestone(criteria=[*criteria, criterion(2, 1)])
    assert row["criteria_unmet"] == [
        {"number": 2, "statement": "Statement 2"},
        {"number": 3, "statement": "Statement 3"},
    ]


def test_burn_up_of_the_next_milestone_alone() -> None:
    early = SINCE - 7 * DAY
    found = figures(
        items=[item("A-1", 1, created=early), item("A-2", created=early)],
        milestones=[milestone(1)],
        revisions=[revision(1, "2026-12-04")],
    )
    assert [row["scope"] for row in found["burnup_next"]] == [1, 1]
    assert [row["scope"] for row in found["burnup"]] == [2, 2]


def test_burn_up_without_items() -> None:
    assert figures()["burnup"] == figures()["burnup_next"] == []


ZONES = st.sampled_from(["Europe/Berlin", "Pacific/Chatham", "America/New_York", "UTC"])
HOURS = st.integers(min_value=0, max_value=24 * 7 * 60)


@given(ZONES, st.lists(st.tuples(HOURS, st.none() | HOURS), min_size=1, max_size=20))
def test_burn_up_never_misses_a_week_and_ends_at_what_is_known(
    zone: str, rows: list[tuple[int, int | None]]
) -> None:
    """Sixty weeks across both changes of the clocks, counted again in the plainest way."""
    start = AS_OF - timedelta(weeks=60)
    hour = timedelta(hours=1)
    items = [
        item(f"A-{n}", created=start + c * hour, done=None if d is None else start + (c + d) * hour)
        for n, (c, d) in enumerate(rows)
    ]
    points = figures(items=items, zone=zone)["burnup"]
    days = [date.fromisoformat(point["ends_on"]) for point in points]
    assert all(after - before == 7 * DAY for before, after in pairwise(days))
    assert all(day.isoweekday() == 7 for day in days)
    scopes = [point["scope"] for point in points]
    assert scopes == sorted(scopes)
    assert all(point["done"] <= len(rows) for point in points)
