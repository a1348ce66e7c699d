"""Pictures: what they say in words, and that nothing in them lies on anything else."""

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from dm_portal.shell.components import Shape
from dm_portal.shell.pictures import Bars, BarWeek, BurnUp, BurnUpWeek, Timeline, TimelineMilestone
from dm_portal.shell.pictures.scale import NumberScale, TimeScale, nice_step
from dm_portal.shell.pictures.text import first_fitting, fit, width_of

AS_OF = date(2026, 11, 23)
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


def render(tag: str, picture: object) -> str:
    source = f"{{% load portal %}}{{% {tag} picture %}}"
    return Template(source).render(Context({"picture": picture}))


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def timeline(*milestones: TimelineMilestone) -> Timeline:
    return Timeline("refunds", "Milestones of Refund service", AS_OF, milestones)


def burn_up(*states: tuple[int, int], committed_on: date | None = None) -> BurnUp:
    weeks = [
        BurnUpWeek(AS_OF - timedelta(weeks=len(states) - 1 - n), scope, done)
        for n, (scope, done) in enumerate(states)
    ]
    return BurnUp("burn", "Items of Refund service", "items", AS_OF, weeks, committed_on)


DELIVERED = TimelineMilestone(
    "2.0 Checkout", Shape.ON_TRACK, date(2026, 10, 30), done_on=date(2026, 10, 29)
)
LATE = TimelineMilestone("1.9 Cards", Shape.OFF_TRACK, date(2026, 10, 1), done_on=date(2026, 10, 9))
MOVED = TimelineMilestone(
    "2.1 Refunds", Shape.OFF_TRACK, date(2026, 11, 30), original_on=date(2026, 11, 16)
)
OPEN = TimelineMilestone("3.0 Reporting", Shape.AT_RISK, date(2027, 1, 29))
UNDATED = TimelineMilestone("3.1 Archive", Shape.NOT_KNOWN)


@pytest.mark.parametrize(
    ("milestone", "words"),
    [
        (DELIVERED, "Done 29 Oct · committed 30 Oct"),
        (LATE, "Done 9 Oct, 8 days late · committed 1 Oct"),
        (MOVED, "Off track · committed 30 Nov, moved from 16 Nov"),
        (OPEN, "At risk · committed 29 Jan 2027"),
        (UNDATED, "Not known · no date committed"),
    ],
)
def test_a_milestone_says_in_words_what_is_drawn(milestone: TimelineMilestone, words: str) -> None:
    assert milestone.words(AS_OF) == words


def test_a_timeline_has_a_title_a_description_and_its_table() -> None:
    html = render("timeline", timeline(DELIVERED, MOVED))
    assert html.count("<title ") == html.count("<desc ") == 2  # wide and narrow
    assert "2.1 Refunds: Off track · committed 30 Nov, moved from 16 Nov." in html
    assert 'aria-labelledby="refunds-wide-title refunds-wide-desc"' in html
    assert html.count('<th scope="row" role="rowheader">') == 2


def test_the_legend_explains_only_what_is_there() -> None:
    assert "first committed date" not in render("timeline", timeline(OPEN))
    assert "delivered" not in render("timeline", timeline(OPEN)).lower().split("<details")[0]
    assert "first committed date" in render("timeline", timeline(MOVED))


def test_the_legend_explains_every_form_the_worst_first() -> None:
    todo = TimelineMilestone("4.0", Shape.NOT_KNOWN, AS_OF)
    assert timeline(DELIVERED, UNDATED, todo, MOVED).forms == [
        Shape.OFF_TRACK,
        Shape.ON_TRACK,
        Shape.NOT_KNOWN,
    ]
    legend = render("timeline", timeline(DELIVERED, todo)).split("<figcaption")[1]
    assert "done in time</span>" in legend
    assert "on track" not in legend
    in_time = TimelineMilestone("5.0", Shape.ON_TRACK, AS_OF)
    assert "done in time, or on track" in render("timeline", timeline(DELIVERED, in_time))
    assert "not finished, not known whether in time" in legend
    assert "at risk" not in legend
    assert "off track, or done late" in render("timeline", timeline(LATE)).split("<figcaption")[1]
    assert "committed date:" not in render("timeline", timeline(UNDATED))


def test_without_milestones_or_weeks_there_is_a_sentence() -> None:
    assert "No milestones yet." in render("timeline", timeline())
    assert "No week is recorded yet." in render("burn_up", burn_up())
    assert "<svg" not in render("timeline", timeline()) + render("burn_up", burn_up())


def test_each_status_has_its_own_form_on_the_line() -> None:
    drawn = [render("timeline", timeline(TimelineMilestone("x", s, AS_OF))) for s in Shape]
    assert len({re.sub(r"shape--\w+", "", html) for html in drawn}) == len(Shape)


def test_rows_never_meet_however_many() -> None:
    many = timeline(*[TimelineMilestone(f"{n}", Shape.AT_RISK, AS_OF) for n in range(40)])
    for drawing in many.drawings:
        gaps = [after.name_y - before.words_y for before, after in pairwise(drawing.rows)]
        assert min(gaps) > 14  # the height of a name
        assert drawing.rows[-1].track_y < drawing.bottom < drawing.height


def test_long_names_are_shortened_in_the_picture_and_whole_in_the_table() -> None:
    name = "Disputes that the bank's own staff can answer without asking anybody of us"
    html = render("timeline", timeline(TimelineMilestone(name, Shape.AT_RISK, AS_OF)))
    escaped = name.replace("'", "&#x27;")
    assert f'<th scope="row" role="rowheader">{escaped}</th>' in html
    assert [text for text in texts(html) if "…" in text]


def test_too_long_words_drop_the_first_date_before_they_are_cut() -> None:
    moved = TimelineMilestone(
        "x", Shape.NOT_KNOWN, date(2027, 11, 30), original_on=date(2025, 11, 16)
    )
    narrow = timeline(moved).narrow().rows[0]
    assert narrow.words == "Not known · committed 30 Nov 2027, moved"


@pytest.mark.parametrize(
    ("as_of", "anchor"),
    [(date(2026, 1, 1), "start"), (date(2026, 7, 1), "middle"), (date(2026, 12, 31), "end")],
)
def test_the_words_of_today_stay_inside(as_of: date, anchor: str) -> None:
    ends = [TimelineMilestone("x", Shape.ON_TRACK, date(2026, month, 15)) for month in (1, 12)]
    assert Timeline("t", "T", as_of, ends).wide().as_of_anchor == anchor


@given(st.lists(DAYS, min_size=1, max_size=6), st.sampled_from([(352, 790), (8, 330)]))
def test_every_date_is_inside_and_ticks_keep_their_distance(
    days: list[date], ends: tuple[int, int]
) -> None:
    left, right = ends
    scale = TimeScale.around(days, left=left, right=right)
    assert all(left <= scale.x(day) <= right for day in days)
    places = [tick.at for tick in scale.ticks(least_gap=58)]
    assert all(after - before >= 58 for before, after in pairwise(places))
    assert all(left <= place <= right for place in places)


def test_ticks_are_mondays_then_months_then_years() -> None:
    def labels(days: int) -> list[str]:
        scale = TimeScale.around([AS_OF, AS_OF + timedelta(days=days)], left=0, right=440)
        return [tick.label for tick in scale.ticks(least_gap=58)]

    assert labels(28) == ["23 Nov", "30 Nov", "7 Dec", "14 Dec", "21 Dec"]
    assert labels(200) == ["2027", "Mar", "May"]
    assert labels(3000) == ["2028", "2030", "2032", "2034"]


@given(st.integers(0, 10_000_000))
def test_numbers_have_a_handful_of_round_ticks(most: int) -> None:
    scale = NumberScale.up_to(most, bottom=100, ceiling=0)
    assert scale.top >= most
    assert 0 <= scale.y(most) <= 100
    assert 2 <= len(scale.ticks()) <= 6


@pytest.mark.parametrize(("most", "step"), [(1, 1), (9, 5), (52, 20), (739, 200), (4000, 1000)])
def test_steps_are_round(most: int, step: int) -> None:
    assert nice_step(most, parts=4) == step


def test_a_burn_up_says_in_words_what_is_drawn() -> None:
    picture = burn_up((38, 0), (48, 21), (52, 41), committed_on=date(2026, 11, 30))
    assert picture.description == (
        "41 of 52 items done by Mon 23 Nov; on Mon 9 Nov it was 0 of 38. Committed for Mon 30 Nov."
    )
    assert burn_up((38, 3)).description == "3 of 38 items done by Mon 23 Nov."


def test_a_burn_up_has_its_table() -> None:
    html = render("burn_up", burn_up((38, 0), (48, 21)))
    assert html.count('<th scope="row">') == 2
    assert '<td class="number">48</td><td class="number">21</td>' in html


@pytest.mark.parametrize("state", [(0, 0), (5, 5), (5, 4), (50, 0), (3, 7)])
def test_the_last_values_never_lie_on_each_other(state: tuple[int, int]) -> None:
    for drawing in burn_up((38, 0), state).drawings:
        scope, done = drawing.labels
        assert abs(done.y - scope.y) >= 15
        assert max(scope.y, done.y) < drawing.bottom + 15


@pytest.mark.parametrize("days", [-60, -3, 0, 1, 2, 9, 21, 30, 400])
@pytest.mark.parametrize("last", [(48, 9), (12345, 12345)])
def test_no_line_crosses_the_last_values(days: int, last: tuple[int, int]) -> None:
    for drawing in burn_up((38, 0), last, committed_on=AS_OF + timedelta(days)).drawings:
        assert drawing.committed is not None
        for label in drawing.labels:
            room = width_of(label.text, size=12)
            assert not label.x < drawing.committed.x < label.x + room
            assert label.x + room <= drawing.width


@pytest.mark.parametrize("days", [-60, -3, 0, 2, 30, 400])
def test_the_words_of_the_two_lines_never_meet(days: int) -> None:
    for drawing in burn_up((38, 0), (48, 9), committed_on=AS_OF + timedelta(days)).drawings:
        assert drawing.committed is not None
        assert drawing.committed.y != drawing.as_of.y
        for label in (drawing.as_of, drawing.committed):
            room = width_of(label.text, size=12)
            start = label.x - room if label.anchor == "end" else label.x
            assert start >= 0
            assert start + room <= drawing.width


def test_a_burn_up_without_a_promise_has_one_line() -> None:
    html = render("burn_up", burn_up((38, 0), (40, 9)))
    assert "drawing__committed" not in html
    assert all(drawing.committed is None for drawing in burn_up((38, 0)).drawings)


@pytest.mark.parametrize("days", [0, 1, 9, 40, 300])
def test_the_expected_range_is_a_band_with_words_that_fit(days: int) -> None:
    expected = AS_OF + timedelta(days), AS_OF + timedelta(days + days // 2)
    for drawing in replace(burn_up((38, 0), (48, 9)), expected=expected).drawings:
        band = drawing.band
        assert drawing.left <= band.x < band.x + band.width <= drawing.width
        assert band.label.y + 6 < drawing.top
        room = width_of(band.label.text, size=12)
        assert 0 <= band.label.x <= band.label.x + room <= drawing.width


def test_the_expected_range_is_told_in_words_and_in_the_table() -> None:
    picture = replace(burn_up((38, 9)), expected=(date(2026, 12, 2), date(2026, 12, 8)))
    assert picture.description == "9 of 38 items done by Mon 23 Nov. Expected 2–8 Dec."
    html = render("burn_up", picture)
    assert '<tfoot><tr><th scope="row">Expected 2–8 Dec</th>' in html
    assert 'class="drawing__expected"' in html
    assert "drawing__expected" not in render("burn_up", burn_up((38, 9)))


@given(st.text(max_size=60), st.integers(10, 400), st.booleans())
def test_fitted_text_fits(text: str, width: int, bold: bool) -> None:
    fitted = fit(text, size=12, width=width, bold=bold)
    assert fitted in {text, "…"} or fitted.endswith("…")
    assert fitted == "…" or width_of(fitted, size=12, bold=bold) <= width


def test_where_nothing_fits_the_shortest_is_cut() -> None:
    assert first_fitting(["long long long", "short"], size=12, width=30) == "sh…"
    assert first_fitting(["long", "short"], size=12, width=100) == "long"


def test_labels_of_years_gone_by_are_shorter_rather_than_cut() -> None:
    """The committed date stands in the table; half a date says nothing."""
    late = TimelineMilestone(
        "2.2", Shape.ON_TRACK, date(2012, 10, 19), date(2012, 9, 3), done_on=date(2012, 11, 15)
    )
    ahead = TimelineMilestone("2.3", Shape.ON_TRACK, date(2012, 12, 14), word="3 of 7 items done")
    picture = Timeline("t", "Milestones", date(2014, 9, 5), [late, ahead])
    labels = [row.words for drawing in picture.drawings for row in drawing.rows]
    assert not any("…" in label for label in labels)
    assert labels[0] == "Done 15 Nov 2012, 27 days late"
    assert late.shorter_words(date(2014, 9, 5))[1].endswith("committed 19 Oct 2012, moved")
    assert ahead.shorter_words(date(2014, 9, 5))[1:] == [
        "3 of 7 items done · 14 Dec 2012",
        "3 of 7 items done",
    ]


def test_other_scripts_count_as_wide() -> None:
    assert width_of("漢", size=10) == width_of("Ж", size=10) == 11


# Bars --------------------------------------------------------------------------------------------


def weekly(*values: int) -> Bars:
    weeks = [
        BarWeek(AS_OF - timedelta(weeks=len(values) - n), value) for n, value in enumerate(values)
    ]
    return Bars("pace", "Finished items", "items", "finished", AS_OF, weeks)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((), "No whole week is known yet."),
        ((3,), "3 items finished a week, in 1 week from Mon 16 Nov on."),
        ((0, 5, 2), "0 to 5 items finished a week, in 3 weeks from Mon 2 Nov on."),
    ],
)
def test_bars_say_in_words_what_is_drawn(values: tuple[int, ...], words: str) -> None:
    assert weekly(*values).description == words


def test_a_silent_week_has_its_place_and_says_0() -> None:
    wide, _ = weekly(4, 0, 2).drawings
    assert [bar.label for bar in wide.bars] == ["4", "0", "2"]
    assert wide.bars[1].height == 0
    assert render("bars", weekly(4, 0, 2)).count('<td class="number">0</td>') == 1


def test_without_weeks_nothing_is_drawn() -> None:
    assert "<svg" not in render("bars", weekly())


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=60))
def test_bars_stand_in_order_and_inside(values: list[int]) -> None:
    for drawing in weekly(*values).drawings:
        assert all(before.x + before.width < after.x for before, after in pairwise(drawing.bars))
        assert drawing.left <= drawing.bars[0].x
        assert drawing.bars[-1].x + drawing.bars[-1].width <= drawing.right
        assert all(
            bar.height >= 0 and bar.y + bar.height == pytest.approx(drawing.bottom, abs=0.2)
            for bar in drawing.bars
        )
        assert all(after.at - before.at >= 58 for before, after in pairwise(drawing.x_ticks))
        labels = [bar.label for bar in drawing.bars if bar.label]
        assert all(width_of(label, size=12) < bar_place(drawing) for label in labels)


def bar_place(drawing: Any) -> float:
    """The width that each week has for itself."""
    return float(drawing.bars[0].width) / 0.72
