"""From the rows that facts rest on to forecasts of milestones and of the running sprint."""

from datetime import date, timedelta

import pytest

from reporting.forecasting import milestones_ahead, sprint_ahead
from reporting.forecasts.days import chance_by, day_of
from reporting.forecasts.finish import finish
from reporting.forecasts.pace import Pace
from reporting.tests.inputs import (
    AS_OF,
    criterion,
    followed,
    imported,
    inputs,
    item,
    milestone,
    revision,
    text,
)
from reporting.tests.test_expected_inputs import EARLY, ITEMS, SPRINTS, WEDNESDAY, WEEK, done

MONDAY = date(2026, 11, 16)


def promised(number, on, **values):
    return revision(number, on, at=EARLY, **values)


def rows(**given):
    return followed(inputs(since=None, known_from=text(EARLY - WEEK), **given))


def steady(weeks=12):
    """Two items finished in each of so many whole weeks, after one in which work began."""
    return [done("A-0", weeks + 1), *(done(f"A-{n}", 1 + n // 2) for n in range(1, 2 * weeks))]


def open_items(number, count):
    return [item(f"M{number}-{n}", number, created=EARLY) for n in range(count)]


def test_a_milestone_waits_for_those_that_are_due_before_it():
    found = milestones_ahead(
        rows(
            items=[*steady(), *open_items(1, 4), *open_items(2, 6), *open_items(3, 9)],
            milestones=[milestone(1), milestone(2), milestone(3)],
            revisions=[promised(1, "2027-02-01"), promised(2, "2026-12-01")],
        )
    )

    assert [(each.number, each.inputs["open"], each.inputs["before"]) for each in found] == [
        (2, 6, 0),
        (1, 4, 6),
    ]
    law = finish(Pace.of(found[0].inputs["weeks"]), 6).law
    assert found[0].law == pytest.approx(law, abs=1e-6)
    assert (found[0].starts_on, found[0].refusal) == (MONDAY, None)


def test_growth_since_the_promise_is_part_of_it():
    added = [item(f"B-{n}", 1, created=WEDNESDAY - n * WEEK) for n in range(1, 11)]
    given = {"milestones": [milestone(1)], "revisions": [promised(1, "2026-12-01")]}

    [found] = milestones_ahead(rows(items=[*steady(), *open_items(1, 4), *added], **given))

    assert 0 < found.inputs["growth"] < 1
    without = finish(Pace.of(found.inputs["weeks"]), 14).law
    assert max(found.law[:20]) < max(without[:20])


def test_a_milestone_is_never_done_before_one_that_grows_and_is_due_before_it():
    added = [item(f"B-{n}", 2, created=WEDNESDAY - n * WEEK) for n in range(1, 11)]
    found = milestones_ahead(
        rows(
            items=[*steady(), *open_items(1, 1), *open_items(2, 4), *added],
            milestones=[milestone(1), milestone(2)],
            revisions=[promised(1, "2027-02-01"), promised(2, "2026-12-01")],
        )
    )

    first, then = found
    assert (first.number, then.number) == (2, 1)
    assert then.inputs["growth"] == first.inputs["growth"] > 0
    assert all(late <= early for late, early in zip(then.law, first.law, strict=False))


def test_where_growth_puts_the_date_out_of_sight_that_is_said():
    added = [item(f"B-{n}", 1, created=WEDNESDAY - (1 + n // 2) * WEEK) for n in range(24)]
    given = {"milestones": [milestone(1)], "revisions": [promised(1, "2026-12-01")]}

    [found] = milestones_ahead(rows(items=[*steady(), *open_items(1, 4), *added], **given))

    assert found.refusal.rule == "outgrown"
    assert found.refusal.sentence == "2.0 items a week are being added, and 1.9 are finished"


@pytest.mark.parametrize(
    ("items", "criteria", "rule"),
    [
        ([], [], "no_items"),
        ([done("B-1", 2, 1)], [criterion(1)], "nothing_open"),
        ([item("B-1", 1)], [], "too_young"),
    ],
)
def test_a_milestone_without_a_date_says_why(items, criteria, rule):
    [found] = milestones_ahead(
        rows(
            items=items,
            milestones=[milestone(1)],
            criteria=criteria,
            revisions=[promised(1, "2026-12-01")],
        )
    )

    assert found.refusal.rule == rule
    assert found.law == ()


def test_what_is_done_is_not_forecast():
    kept = {
        "items": [done("B-1", 2, 1), *open_items(2, 1)],
        "milestones": [milestone(1), milestone(2)],
        "criteria": [criterion(1, met=AS_OF - timedelta(days=3))],
    }
    taken_back = revision(2, None, number=2, old_on="2026-12-01")

    assert (
        milestones_ahead(
            rows(
                **kept,
                revisions=[promised(1, "2026-12-01"), promised(2, "2026-12-01"), taken_back],
            )
        )
        == []
    )


def test_a_date_that_was_recorded_only_afterwards_has_not_grown():
    given = rows(
        items=[*steady(), *open_items(1, 4)],
        milestones=[milestone(1)],
        revisions=[revision(1, "2026-12-01", at=AS_OF + WEEK)],
    )
    given["known_from"] = text(AS_OF + WEEK)

    [found] = milestones_ahead(given)

    assert found.inputs["growth"] == 0


def test_a_sprint_is_forecast_from_those_before_it():
    found = sprint_ahead(rows(items=ITEMS, sprints=SPRINTS))

    assert (found.number, found.share, found.is_of_others) == (2, 30, True)
    assert found.inputs == {"committed": 2, "done": 1, "earlier": [[4, 1, 2]]}
    amounts = list(found.law["amounts"].values())
    assert amounts == sorted(amounts)
    assert amounts[0] <= found.law["point"] <= amounts[-1]


def test_of_no_sprint_nothing_is_forecast():
    assert sprint_ahead(rows(items=ITEMS)) is None
    assert sprint_ahead(rows(items=ITEMS, sprints=SPRINTS, imports=[imported(EARLY)])) is None


LAW = (0.0, 0.5, 0.9)


@pytest.mark.parametrize(
    ("chance", "day"),
    [
        (0.1, date(2026, 11, 23)),
        (0.2, date(2026, 11, 24)),
        (0.21, date(2026, 11, 25)),
        (0.5, date(2026, 11, 27)),
        (0.51, date(2026, 11, 30)),
        (0.9, date(2026, 12, 4)),
        (0.95, None),
        (0.0, MONDAY),
    ],
)
def test_a_day_is_within_its_week_in_step_with_the_chance(chance, day):
    assert day_of(LAW, chance, monday=MONDAY) == day


@pytest.mark.parametrize(
    ("day", "chance"),
    [
        (date(2026, 11, 15), 0.0),
        (date(2026, 11, 20), 0.0),
        (date(2026, 11, 23), 0.1),
        (date(2026, 11, 27), 0.5),
        (date(2026, 11, 29), 0.5),
        (date(2026, 12, 1), 0.66),
        (date(2027, 3, 1), 0.9),
    ],
)
def test_a_chance_grows_over_the_working_days_of_a_week(day, chance):
    assert chance_by(LAW, day, monday=MONDAY) == pytest.approx(chance)
    assert chance_by((), day, monday=MONDAY) == 0.0
