"""What holds of every forecast that is shown: less to do, or more done, never makes it later."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.forecasts.counts import at_least
from reporting.forecasts.finish import (
    CERTAIN,
    FURTHEST_WEEK,
    finish,
    finish_after,
    law_of,
    likely_count,
    tried,
)
from reporting.forecasts.pace import Pace

WEEKS = st.lists(st.integers(0, 12), min_size=9, max_size=60)
NEED = st.integers(1, 60)
CHANCES = (0.5, 0.85, 0.95)
LATE = FURTHEST_WEEK + 1
# Of sums of many terms in another order.
ROUNDING = 1e-8

examples = settings(max_examples=60, deadline=None)


def shown(weeks, need, growth=0.0):
    *earlier, newest = weeks
    return finish_after(Pace.of(earlier), newest, need, growth=growth)


def dates(found):
    return [found.week(chance) or LATE for chance in CHANCES]


def no_later(these, those):
    return all(one <= other for one, other in zip(these, those, strict=True))


@given(WEEKS, NEED, st.integers(0, 60), st.floats(0, 1.5))
@examples
def test_cutting_scope_never_delays(weeks, need, cut, growth):
    pace, left = Pace.of(weeks), max(need - cut, 1)
    law, less = law_of(pace, need, growth=growth), law_of(pace, left, growth=growth)

    assert all(each >= other - ROUNDING for each, other in zip(less, law, strict=False))
    assert no_later(dates(shown(weeks, left, growth)), dates(shown(weeks, need, growth)))


@given(WEEKS, NEED, st.integers(1, 60))
@examples
def test_a_better_newest_week_never_makes_a_date_later(weeks, need, more):
    better = [*weeks[:-1], weeks[-1] + more]

    assert no_later(dates(shown(better, need)), dates(shown(weeks, need)))


@given(WEEKS, NEED, st.integers(20, 4000), st.integers(1, 2000))
@settings(max_examples=10, deadline=None)
def test_nor_does_a_week_in_which_a_tracker_is_cleaned_up(weeks, need, closed, more):
    cleaned, better = [*weeks[:-1], closed], [*weeks[:-1], closed + more]

    assert no_later(dates(shown(better, need)), dates(shown(cleaned, need)))


@given(st.integers(0, 500), st.integers(0, 20_000))
@examples
def test_few_counts_are_tried_however_many_were_closed_in_a_week(usual, more):
    counts, further = tried(usual, usual + more), tried(usual, usual + more + 1)

    assert counts == further[: len(counts)]
    assert counts == sorted({*counts})
    assert counts[-1] <= usual + more
    assert len(counts) < 50


@given(WEEKS, NEED, st.integers(1, 12))
@examples
def test_more_in_every_week_never_makes_a_date_later(weeks, need, more):
    better = [each + more for each in weeks]

    assert no_later(dates(finish(Pace.of(better), need)), dates(finish(Pace.of(weeks), need)))


@given(WEEKS, NEED, st.floats(0.01, 3), st.integers(0, 2))
@examples
def test_of_the_same_noise_a_greater_pace_never_delays(weeks, need, more, version):
    """The law itself: negative binomial laws of one noise are in the order of their paces."""
    outlook = Pace.of(weeks).outlook()
    versions = [
        each._replace(pace=each.pace + more * (place == version))
        for place, each in enumerate(outlook.versions)
    ]
    faster = outlook._replace(versions=tuple(versions), long_pace=outlook.long_pace + more)
    for weeks_ahead in (1, 3, 8, 20, 60):
        slow, fast = (at_least(need, *each.law(version, weeks_ahead)) for each in (outlook, faster))
        assert fast >= slow - ROUNDING


@given(WEEKS, NEED)
@examples
def test_a_law_rises_and_ends_where_it_is_certain(weeks, need):
    law = shown(weeks, need).law

    assert list(law) == sorted(law)
    assert 0 <= law[0] <= law[-1] <= 1 + ROUNDING
    assert len(law) <= FURTHEST_WEEK
    assert all(each < CERTAIN for each in law[:-1])


@given(WEEKS, st.integers(1, 20))
@examples
def test_how_many_is_the_same_law_as_when(weeks, ahead):
    pace = Pace.of(weeks)
    counts = [likely_count(pace, ahead, chance) for chance in (0.95, 0.85, 0.5, 0.15)]

    assert counts == sorted(counts)
    assert no_later([counts[1]], [likely_count(pace, ahead + 1, 0.85) + 1])


@given(WEEKS)
@examples
def test_a_forecast_is_the_same_every_time_and_week_by_week(weeks):
    one_by_one = Pace()
    for count in weeks:
        one_by_one = one_by_one.add(count)

    assert one_by_one == Pace.of(weeks)
    assert finish(one_by_one, 9) == finish(Pace.of(list(weeks)), 9)
