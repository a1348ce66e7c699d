"""The picture of a law: what it says in words, and that it stays within its frame."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from dm_portal.shell.pictures import Law, LawWeek

AS_OF = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)


def law(*chances: float, first: int = 0, last: int = 7, committed: int | None = None) -> Law:
    weeks = [LawWeek(FRIDAY + timedelta(weeks=n), chance) for n, chance in enumerate(chances)]
    committed_on = FRIDAY + timedelta(days=committed) if committed is not None else None
    day = timedelta(days=1)
    return Law(
        "x",
        "When 2.1 will be done",
        AS_OF,
        weeks,
        FRIDAY + first * day,
        FRIDAY + last * day,
        committed_on,
    )


def test_it_says_in_words_what_is_drawn() -> None:
    assert law(0.2, 0.9, 0.999).description == (
        "Expected 27 Nov – 4 Dec. The chance to be done rises from 20 % by Fri 27 Nov to 99 % by "
        "Fri 11 Dec."
    )
    assert "Committed for Mon 30 Nov. The" in law(0.2, 0.9, committed=3).description


@pytest.mark.parametrize(
    ("chance", "percent"), [(0.0, 0), (0.0001, 1), (0.5, 50), (0.9999, 99), (1.0, 100)]
)
def test_nothing_and_all_are_kept_for_what_is_so(chance: float, percent: int) -> None:
    assert LawWeek(FRIDAY, chance).percent == percent


def test_the_line_rises_on_working_days_alone() -> None:
    wide, _ = law(0.5, 0.9).drawings
    xs, ys = zip(*(map(float, each.split(",")) for each in wide.line.split()), strict=True)

    assert (ys[0], ys[1] == ys[2]) == (wide.bottom, True)
    day = (xs[-1] - xs[0]) / 12
    assert [round((after - before) / day) for before, after in pairwise(xs)] == [5, 2, 5]


def test_the_table_has_each_week() -> None:
    source = "{% load portal %}{% law picture %}"
    page = Template(source).render(Context({"picture": law(0.2, 0.9, committed=40)}))
    assert page.count('<td class="number">') == 2
    assert page.count("<svg") == 2
    assert page.count('class="drawing__committed"') == 2


def test_without_a_committed_date_none_is_drawn() -> None:
    assert [drawing.committed for drawing in law(0.2, 0.9).drawings] == [None, None]


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=160).map(sorted),
    st.integers(-30, 900),
    st.integers(-500, 900) | st.none(),
)
def test_everything_is_within_the_frame(
    chances: list[float], first: int, committed: int | None
) -> None:
    for drawing in law(*chances, first=first, last=first + 9, committed=committed).drawings:
        places = [tuple(map(float, each.split(","))) for each in drawing.line.split()]
        assert all(drawing.left <= x <= drawing.right for x, _ in places)
        assert all(drawing.top <= y <= drawing.bottom for _, y in places)
        assert drawing.left <= drawing.band[0] < drawing.band[0] + drawing.band_width
        assert drawing.band[1] <= drawing.right
