"""What the next ten days hold, from dates alone."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dm_portal.people.working_time import Calendar, Leave, Schedule
from reporting.ahead import DAYS, Absence, Commitment, Leading, Plan, groups, window

MONDAY = date(2026, 11, 30)
LAST = MONDAY + timedelta(days=DAYS - 1)
DAY = timedelta(days=1)
BERLIN = Calendar("Europe/Berlin")
HERE = Leading(date(2026, 1, 1), None, Schedule(BERLIN))
ATLAS = Plan(
    key=1,
    name="Atlas",
    url="/atlas/",
    settings_url="/atlas/settings/",
    starts_on=date(2026, 1, 1),
    ends_on=None,
    calendar=BERLIN,
    leaders=(HERE,),
)


def lines(plan: Plan) -> list[tuple[str, str]]:
    """What is told on Monday, each with its heading."""
    return [(group.title, line.words) for group in groups([plan], MONDAY) for line in group.lines]


def away(*leave: Leave, **fields: date) -> Leading:
    return replace(HERE, schedule=Schedule(BERLIN, leave), **fields)


def test_of_ten_quiet_days_nothing_is_told() -> None:
    assert groups([ATLAS], MONDAY) == []


@pytest.mark.parametrize(("on", "is_told"), [(-1, False), (0, True), (9, True), (10, False)])
def test_milestones_of_ten_days(on: int, is_told: bool) -> None:
    day = MONDAY + on * DAY
    plan = replace(ATLAS, milestones=(Commitment("2.1", day, "2 of 3 items open", "/m/"),))
    assert bool(lines(plan)) is is_told


def test_a_milestone_says_when_and_what_is_left() -> None:
    later = Commitment("2.2", MONDAY + 4 * DAY, "no items yet", "/m/2/")
    sooner = Commitment("2.1", MONDAY + DAY, "2 of 3 items open", "/m/1/")
    [group] = groups([replace(ATLAS, milestones=(later, sooner))], MONDAY)
    assert [(line.about, line.words, line.action, line.url) for line in group.lines] == [
        (
            "Atlas",
            "2.1 is committed for Tue 1 Dec, tomorrow; 2 of 3 items open.",
            "See the milestone",
            "/m/1/",
        ),
        (
            "Atlas",
            "2.2 is committed for Fri 4 Dec, in 4 days; no items yet.",
            "See the milestone",
            "/m/2/",
        ),
    ]


@pytest.mark.parametrize(
    ("leave", "words"),
    [
        (Leave(MONDAY - 9 * DAY, MONDAY - DAY), None),
        (Leave(MONDAY - 9 * DAY, MONDAY), "21–30 Nov"),
        (Leave(LAST, LAST + 9 * DAY), "9–18 Dec"),
        (Leave(LAST + DAY, LAST + DAY), None),
        (Leave(MONDAY, MONDAY, time(13)), "Mon 30 Nov from 13:00"),
        (Leave(MONDAY, MONDAY, None, time(12)), "Mon 30 Nov until 12:00"),
    ],
)
def test_who_is_away(leave: Leave, words: str | None) -> None:
    told = lines(replace(ATLAS, absences=(Absence("Sami", leave),)))
    assert told == ([("Away from the pod", f"Sami is away {words}.")] if words else [])


def test_days_without_anybody_are_told_as_runs_of_working_days() -> None:
    over = away(ends_on=date(2026, 12, 2))
    back = replace(HERE, starts_on=date(2026, 12, 8))
    [(title, words)] = lines(replace(ATLAS, leaders=(over, back)))
    assert title == "Days without delivery manager or deputy"
    assert words == "Nobody leads it 2–7 Dec."
    two = away(
        Leave(date(2026, 12, 1), date(2026, 12, 1)), Leave(date(2026, 12, 3), MONDAY + 3 * DAY)
    )
    said = [words for _, words in lines(replace(ATLAS, leaders=(two,)))]
    assert said == ["Nobody leads it Tue 1 Dec.", "Nobody leads it Thu 3 Dec."]


def test_a_deputy_covers_for_who_is_away_and_half_a_day_needs_nobody() -> None:
    gone, half = away(Leave(MONDAY, LAST)), away(Leave(MONDAY, MONDAY, time(12)))
    assert lines(replace(ATLAS, leaders=(gone, HERE))) == []
    assert lines(replace(ATLAS, leaders=(half,))) == []


def test_after_the_last_day_and_before_the_first_nobody_need_lead() -> None:
    plan = replace(ATLAS, leaders=(), starts_on=MONDAY + DAY, ends_on=MONDAY + 2 * DAY)
    assert lines(plan) == [
        ("Days without delivery manager or deputy", "Nobody leads it 1–2 Dec."),
        (
            "Engagements that end",
            "Its last day is Wed 2 Dec, in 2 days; no status is due after it.",
        ),
    ]


def test_holidays_on_days_that_would_be_worked() -> None:
    spain = Calendar("Europe/Madrid", country="ES")  # 6 December 2026 is a Sunday
    told = lines(replace(ATLAS, calendar=spain))
    assert [words.partition(":")[0] for _, words in told] == ["Tue 8 Dec is a holiday"]


@given(
    st.lists(st.tuples(st.integers(-5, 15), st.integers(0, 6)), max_size=4),
    st.integers(-3, 12),
)
def test_a_day_is_told_exactly_if_nobody_leads_on_it(spans, ends: int) -> None:
    leave = [Leave(MONDAY + a * DAY, MONDAY + (a + more) * DAY) for a, more in spans]
    leader = away(*leave, ends_on=MONDAY + ends * DAY)
    plan = replace(ATLAS, leaders=(leader,))
    alone = [
        day
        for day in window(MONDAY)
        if day.weekday() < 5
        and (day >= MONDAY + ends * DAY or any(one.first <= day <= one.last for one in leave))
    ]
    told = [words for title, words in lines(plan)]
    before = [day - (3 if day.weekday() == 0 else 1) * DAY for day in alone]
    assert len(told) == sum(day not in alone for day in before)
