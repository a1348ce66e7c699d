"""What forecasts rest on: weekly counts, what remains, growth, and sprints at a share."""

from datetime import UTC, date, datetime, timedelta

import pytest

from reporting.figures.expected import (
    Known,
    RunningSprint,
    first_week_ahead,
    growth,
    remaining,
    running_sprint,
    weekly,
)
from reporting.forecasts.sprint import Snapshot
from reporting.tests.inputs import AS_OF, followed, imported, inputs, item, text

pytestmark = pytest.mark.every_zone

WEEK = timedelta(days=7)
# Wednesday of the running week, ISO week 47, so that so many weeks earlier is within a week.
WEDNESDAY = datetime(2026, 11, 18, 9, tzinfo=UTC)
EARLY = AS_OF - 20 * WEEK


def known(**rows):
    return Known.of(followed(inputs(since=None, **rows)))


def done(key, weeks_ago, *milestones):
    return item(key, *milestones, created=EARLY, done=WEDNESDAY - weeks_ago * WEEK)


def test_weeks_are_counted_from_the_one_after_work_began_up_to_the_last_whole_one():
    found = known(items=[done("A-1", 5), done("A-2", 4), done("A-3", 4), done("A-4", 1)])

    assert weekly(found) == [2, 0, 0, 1]
    assert first_week_ahead(found) == date(2026, 11, 16)


def test_work_begins_when_an_item_is_started():
    started = followed(inputs(items=[done("A-1", 2)]))["items"][0]
    started |= {"started_at": text(WEDNESDAY - 6 * WEEK)}

    assert weekly(known(items=[started])) == [0, 0, 0, 1, 0]


def test_weeks_of_which_no_file_tells_are_not_silent():
    told = imported(WEDNESDAY - 3 * WEEK)
    found = known(items=[done("A-1", 6), done("A-2", 5), done("A-3", 1)], imports=[told])

    assert weekly(found) == [1, 0]
    assert first_week_ahead(found) == date(2026, 10, 26)


def test_nothing_is_counted_before_anything_was_begun_or_read():
    assert weekly(known(items=[item("A-1")])) == []
    assert weekly(known()) == []
    assert weekly(known(items=[done("A-1", 3)], imports=[])) == []
    assert first_week_ahead(known(imports=[])) == date(2026, 11, 16)


def test_the_weeks_of_a_milestone_are_those_of_its_items():
    found = known(items=[done("A-1", 5, 1), done("A-2", 4, 2), done("A-3", 3, 1), done("A-4", 2)])

    assert weekly(found, milestone=1) == [0, 1, 0, 0]


def test_what_remains_counts_each_open_item_once():
    found = known(
        items=[
            item("A-1", 1, created=EARLY),
            item("A-2", 1, 2, created=EARLY),
            item("A-3", 2, created=EARLY),
            item("A-4", 3, created=EARLY),
            done("A-5", 3, 1),
        ]
    )

    assert [remaining(found, numbers) for numbers in ([1], [1, 2], [4])] == [2, 3, 0]


def test_a_milestone_grows_by_what_was_added_since_it_was_promised():
    there = [item(f"A-{n}", 1, created=EARLY) for n in range(4)]
    added = [item(f"B-{n}", 1, created=WEDNESDAY - n * WEEK) for n in range(1, 6)]
    found = known(items=[*there, *added])

    # ten whole weeks since the promise, five items more
    assert growth(found, 1, promised_at=WEDNESDAY - 11 * WEEK) == 0.5
    assert growth(found, 1, promised_at=WEDNESDAY - 8 * WEEK) == 0.0
    assert growth(found, 2, promised_at=WEDNESDAY - 11 * WEEK) == 0.0


def test_a_milestone_that_shrinks_does_not_grow():
    gone = followed(inputs(items=[item("A-1", 1, created=EARLY)]))["items"][0]
    gone["steps"].append([text(WEDNESDAY - 4 * WEEK), "withdrawn", "Won't do"])
    stays = item("A-2", 1, created=EARLY)

    assert growth(known(items=[gone, stays]), 1, promised_at=EARLY + WEEK) == 0.0


def in_sprint(key, name, *, since=EARLY, done=None):
    row = followed(inputs(items=[item(key, created=EARLY, done=done)]))["items"][0]
    return row | {"sprints": [[text(EARLY), ""], [text(since), name]]}


def sprint(number, starts_on, ends_on):
    return {"number": number, "name": f"S{number}", "starts_on": starts_on, "ends_on": ends_on}


SPRINTS = [sprint(2, "2026-11-16", "2026-11-25"), sprint(1, "2026-11-02", "2026-11-11")]
ITEMS = [
    in_sprint("A-1", "S1", done=datetime(2026, 11, 3, tzinfo=UTC)),
    in_sprint("A-2", "S1", done=datetime(2026, 11, 10, tzinfo=UTC)),
    in_sprint("A-3", "S1"),
    in_sprint("A-4", "S1", since=datetime(2026, 11, 4, tzinfo=UTC)),
    in_sprint("A-5", "S2", done=datetime(2026, 11, 17, tzinfo=UTC)),
    in_sprint("A-6", "S2"),
    in_sprint("A-7", "S1", done=datetime(2026, 10, 20, tzinfo=UTC)),
]


def test_a_sprint_stands_beside_earlier_ones_at_the_same_share():
    found = running_sprint(known(items=ITEMS), SPRINTS)

    # Friday of ten days that began on Monday: 30 % are over, 50 % are not
    assert found == RunningSprint(
        number=2,
        starts_on=date(2026, 11, 16),
        share=30,
        now=Snapshot(2, 1, 1),
        earlier=(Snapshot(4, 1, 2),),
    )


def test_a_sprint_that_has_just_begun_is_looked_at_as_it_was_planned():
    told = imported(datetime(2026, 11, 17, 12, tzinfo=UTC))

    found = running_sprint(known(items=ITEMS, imports=[told]), SPRINTS)

    assert (found.share, found.now) == (0, Snapshot(2, 0, 1))
    assert found.earlier == (Snapshot(3, 0, 2),)


@pytest.mark.parametrize(
    "sprints",
    [[], SPRINTS[1:], [sprint(3, "2026-11-20", "2026-11-29")]],
    ids=["none", "all over", "in its first day"],
)
def test_no_sprint_is_forecast_where_none_runs(sprints):
    assert running_sprint(known(items=ITEMS), sprints) is None


def test_of_no_file_no_sprint_is_forecast():
    assert running_sprint(known(items=ITEMS, imports=[]), SPRINTS) is None
