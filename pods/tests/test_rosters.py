"""The arithmetic of rosters, without a database."""

from datetime import date, timedelta

import pytest

from pods.models import Membership
from pods.rosters import by_time, first_day_above, heads_on, share_a_day, span_sentence

MONDAY = date(2026, 11, 2)


def place(start: int, end: int | None, allocation: int = 100, who: int = 1) -> Membership:
    """A membership by days counted from a Monday; ``end`` is the first day out."""
    return Membership(
        specialist_id=who,
        allocation=allocation,
        starts_on=MONDAY + timedelta(days=start),
        ends_on=None if end is None else MONDAY + timedelta(days=end),
    )


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ((0, 5), (4, 9), True),
        ((0, 5), (5, 9), False),
        ((4, 9), (0, 5), True),
        ((5, 9), (0, 5), False),
        ((0, None), (30, None), True),
        ((0, None), (3, 4), True),
        ((3, 3), (0, None), False),
        ((0, None), (3, 3), False),
    ],
)
def test_days_in_common(
    one: tuple[int, int | None], other: tuple[int, int | None], together: bool
) -> None:
    assert share_a_day(place(*one), place(*other)) is together


def test_shares_that_follow_each_other_never_add_up() -> None:
    assert first_day_above([place(0, 5), place(5, None), place(3, 3)]) is None


def test_exactly_a_whole_person_is_allowed() -> None:
    assert first_day_above([place(0, None, 60), place(2, None, 40)]) is None


def test_the_first_day_above_names_who_adds_up() -> None:
    early, late, later = place(0, None, 60), place(2, None, 41), place(9, None, 41)
    assert first_day_above([later, late, early]) == (MONDAY + timedelta(days=2), [late, early])


def test_past_present_and_planned_are_told_apart() -> None:
    before, long_before, now, later = place(0, 5), place(0, 3), place(0, None), place(9, None)
    called_off = place(9, 9)
    seen = by_time([before, long_before, now, later, called_off], MONDAY + timedelta(days=5))
    assert (seen.now, seen.planned, seen.past) == ([now], [later], [before, long_before])


def test_heads_count_each_person_once_whatever_the_share() -> None:
    rows = [
        place(0, None, 10),
        place(0, None, 20, who=2),
        place(0, None, who=2),
        place(0, 1, who=3),
    ]
    assert heads_on(rows, MONDAY + timedelta(days=1)) == 2


@pytest.mark.parametrize(
    ("heads", "sentence"),
    [
        (0, "Nobody works in this pod today."),
        (1, "1 person: their delivery manager may run a second pod of this size."),
        (3, "3 people: their delivery manager may run a second pod of this size."),
        (4, "4 people: enough work for a full-time delivery manager."),
        (6, "6 people: enough work for a full-time delivery manager."),
        (8, "8 people: enough work for a full-time delivery manager."),
        (
            9,
            (
                "9 people: enough work for a full-time delivery manager, "
                "and an engagement architect or a second delivery manager beside them."
            ),
        ),
    ],
)
def test_span_of_control(heads: int, sentence: str) -> None:
    assert span_sentence(heads) == sentence
