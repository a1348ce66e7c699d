"""When items will be done, by "pace, noise, drift": against reference values, and its refusals."""

import json
from math import exp, lgamma, log
from pathlib import Path

import pytest

from reporting.forecasts.counts import at_least
from reporting.forecasts.finish import finish, likely_count
from reporting.forecasts.pace import Pace

# Worked out by whoever developed the method, with a program of their own.
REFERENCE = json.loads((Path(__file__).parent / "data" / "forecast_reference.json").read_text())
STEADY = [3, 5, 4, 6, 2, 5, 4, 3, 6, 5, 4, 4]


@pytest.mark.parametrize("given", REFERENCE)
def test_the_law_is_that_of_the_reference(given):
    found = finish(Pace.of(given["weeks"]), given["remaining"], growth=given["growth_per_week"])

    assert [found.within(weeks) for weeks in (4, 8, 12, 20)] == pytest.approx(
        given["within"], abs=1e-6
    )
    assert [found.week(chance) for chance in (0.5, 0.85, 0.95)] == [
        given["P50"],
        given["P85"],
        given["P95"],
    ]
    assert (found.refusal and found.refusal.sentence) == given["refused"]


@pytest.mark.parametrize("given", REFERENCE)
def test_a_week_more_is_added_to_what_is_known(given):
    *before, last = given["weeks"]

    assert Pace.of(before).add(last) == Pace.of(given["weeks"])


@pytest.mark.parametrize(
    ("weeks", "remaining", "rule"),
    [
        ([], 10, "too_young"),
        (STEADY[:7], 10, "too_young"),
        ([4] * 20 + [0] * 11 + [4], 10, "too_few"),
        ([1, 0, 2, 0, 1, 1, 0, 2], 10, "too_far"),
        (STEADY, 1000, "too_far"),
        ([0] * 15 + [1, 1] + [0] * 8 + [26, 1, 0], 9, "too_wide"),
        (STEADY, 30, None),
        (STEADY[:8], 8, None),
    ],
)
def test_no_date_is_told_where_a_rule_says_so(weeks, remaining, rule):
    refusal = finish(Pace.of(weeks), remaining).refusal

    assert (refusal.rule if refusal else None) == rule


def test_a_refusal_says_what_is_missing():
    refusals = [finish(Pace.of(weeks), 10).refusal for weeks in (STEADY[:3], [0] * 12)]

    assert [refusal.sentence for refusal in refusals] == [
        "need 8 complete weeks, have 3",
        "need 5 items finished in the last 12 weeks, have 0",
    ]


def test_a_law_of_no_week_tells_nothing():
    nothing = finish(Pace(), 10)

    assert (nothing.law, nothing.within(9), nothing.week(0.5)) == ((), 0.0, None)


def test_nobody_is_done_before_the_first_week_and_a_law_ends_where_it_is_certain():
    found = finish(Pace.of(STEADY), 8)

    assert found.within(0) == 0.0
    assert found.within(500) == found.law[-1] >= 0.999
    assert found.week(0.9999999) is None


def test_what_is_done_already_is_certain():
    assert finish(Pace.of(STEADY), 0).law == (1.0,)


@pytest.mark.parametrize(("weeks", "is_low"), [(STEADY[:11], True), (STEADY, False)])
def test_a_young_team_gives_low_evidence(weeks, is_low):
    assert finish(Pace.of(weeks), 8).has_low_evidence == is_low


@pytest.mark.parametrize(
    ("weeks", "is_winding_down"),
    [(STEADY * 3, False), (STEADY * 3 + [0] * 12, True), ([], False)],
)
def test_a_team_that_winds_down_is_said_to(weeks, is_winding_down):
    assert finish(Pace.of(weeks), 8).is_winding_down == is_winding_down


def test_how_many_by_a_week_is_the_same_law():
    pace = Pace.of(STEADY)

    count = likely_count(pace, 8, 0.85)

    assert finish(pace, count).within(8) >= 0.85 > finish(pace, count + 1).within(8)
    assert likely_count(Pace.of([0] * 30), 1, 0.85) == 0


def log_chance(count, mean, excess):
    """Of exactly so many, as the negative binomial law is written in books."""
    r, p = mean / excess, 1 / (1 + excess)
    return lgamma(count + r) - lgamma(r) - lgamma(count + 1) + r * log(p) + count * log(1 - p)


@pytest.mark.parametrize(("mean", "excess"), [(30, 1.7), (4, 0.05), (60, 14), (0.5, 3)])
def test_chances_add_up(mean, excess):
    chances = [exp(log_chance(count, mean, excess)) for count in range(500)]

    for count in (0, 1, 3, 10, 40, 90):
        assert at_least(count, mean, excess) == pytest.approx(sum(chances[count:]), abs=1e-8)


@pytest.mark.parametrize("finished", [0, 3, 17])
def test_a_pace_is_tried_by_its_own_law(finished):
    outlook = Pace.of(STEADY).outlook()

    chances = [log_chance(finished, *outlook.law(version, 4)) for version in range(3)]

    assert outlook.foretold(finished, 4) == pytest.approx(chances)


def test_one_surprise_does_not_spoil_a_pace_for_ever():
    assert Pace.of(STEADY).outlook().foretold(2000, 4) == [-12.0] * 3
