"""Why a range moved: each change alone, and all of them together."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.forecasts.days import day_of
from reporting.forecasts.finish import finish_of
from reporting.forecasts.moves import Basis, moves

MONDAY = date(2026, 11, 9)
WEEK = timedelta(weeks=1)
STEADY = [3, 5, 4, 6, 2, 5, 4, 3, 6, 5, 4, 4]


def basis(weeks, need, *, growth=0.0):
    """Week 1 follows the last one; the twelve steady ones end before Monday."""
    return Basis(weeks, need, growth, MONDAY + (len(weeks) - len(STEADY)) * WEEK)


def by_what(before, now):
    return {each.what: each for each in moves(before, now)}


def test_what_is_added_makes_it_later_by_itself():
    found = by_what(basis(STEADY, 20), basis([*STEADY, 4], 26))

    assert (found["remaining"].then, found["remaining"].now) == (20, 26)
    assert found["remaining"].middle_days > 7
    assert abs(found["pace"].middle_days) <= 1


def test_a_better_pace_makes_it_earlier():
    found = by_what(basis(STEADY, 20), basis([*STEADY, 9], 20))

    assert found["pace"].now > found["pace"].then
    assert found["pace"].middle_days < 0
    assert found["pace"].likely_days < 0


def test_uneven_weeks_make_the_last_day_later():
    found = by_what(basis(STEADY, 20), basis([*STEADY, 0, 9, 0, 9], 20))

    assert found["spread"].now > found["spread"].then
    assert found["spread"].likely_days > 0


def test_growth_counts_with_what_is_to_do():
    found = by_what(basis(STEADY, 20), basis(STEADY, 20, growth=1.0))

    assert found["remaining"].middle_days > 0
    assert (found["pace"].middle_days, found["spread"].middle_days) == (0, 0)


def test_what_is_out_of_sight_moves_by_nothing_that_is_known():
    [remaining, *_] = moves(basis(STEADY, 20), basis(STEADY, 2000))

    assert (remaining.middle_days, remaining.likely_days) == (None, None)


@pytest.mark.parametrize("chance", [0.5, 0.85])
@given(
    st.lists(st.integers(1, 9), min_size=10, max_size=30), st.integers(5, 40), st.integers(5, 40)
)
@settings(max_examples=40, deadline=None)
def test_all_changes_together_lead_from_then_to_now(chance, weeks, then, now):
    before, after = basis(weeks[:-1], then), basis(weeks, now)
    was = day_of(finish_of(before.weeks, then).law, chance, monday=before.monday)
    is_ = day_of(finish_of(after.weeks, now).law, chance, monday=after.monday)

    steps = moves(before, after)

    days = [each.middle_days if chance == 0.5 else each.likely_days for each in steps]
    assert sum(days) == (is_ - was).days
