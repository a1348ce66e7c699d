"""Since you last read: the difference between two readings, and how it is told."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import since
from reporting.since import COLOUR, KINDS, SinceLine, Thing

TODAY = date(2026, 11, 20)
REFUNDS = {
    "number": 1,
    "name": "2.1 Refunds",
    "committed_on": "2026-12-04",
    "is_done": False,
    "items": 17,
    "done": 10,
    "criteria": 8,
    "criteria_met": 4,
}
THINGS = st.builds(Thing, st.sampled_from(KINDS), st.integers(0, 4))
ROWS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), max_size=3)
READINGS = st.dictionaries(THINGS, ROWS, max_size=8)


@given(READINGS, READINGS)
def test_the_difference_makes_what_they_saw_what_they_see(
    seen: since.Reading, now: since.Reading
) -> None:
    changes = since.difference(seen, now)
    assert since.apply(seen, changes) == now
    assert all(each.before != each.after for each in changes)


@given(READINGS)
def test_nothing_is_new_to_who_saw_it_all(seen: since.Reading) -> None:
    assert since.difference(seen, dict(seen)) == ()


def told(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What is told of a milestone that was as REFUNDS with ``before``."""
    seen = since.reading("green", [REFUNDS | before] if before is not None else [], {})
    now = since.reading("green", [REFUNDS | after], {})
    return [line.text for line in since.lines(since.difference(seen, now), today=TODAY)]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ({}, {"committed_on": "2026-12-11"}, "committed for Fri 11 Dec, before for Fri 4 Dec"),
        ({}, {"is_done": True}, "done"),
        ({"is_done": True}, {}, "open again"),
        ({}, {"criteria_met": 6}, "2 criteria met (6 of 8)"),
        ({}, {"criteria_met": 3}, "3 of 8 criteria met, before 4"),
        ({}, {"criteria": 9}, "9 criteria, before 8"),
        ({}, {"done": 11}, "1 item finished (11 of 17)"),
        ({}, {"done": 9}, "9 of 17 items done, before 10"),
        ({}, {"items": 20}, "3 items more"),
        ({}, {"items": 16, "done": 11}, "1 item finished (11 of 16); 1 item fewer"),
    ],
)
def test_what_changed_of_a_milestone(
    before: dict[str, Any], after: dict[str, Any], text: str
) -> None:
    assert told(before, after) == [text]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"items": None}, {}),
        ({}, {"items": None, "is_done": None}),
        ({"criteria": None, "criteria_met": None}, {}),
        ({}, {"criteria": None, "criteria_met": None}),
        ({}, {"name": "2.1 Refunds and returns"}),
    ],
)
def test_what_was_not_known_then_or_now_is_no_change(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert told(before, after) == []


def test_milestones_come_and_go() -> None:
    none, one = since.reading("green", [], {}), since.reading("amber", [REFUNDS], {})
    assert since.lines(since.difference(none, one), today=TODAY) == (
        SinceLine("", "On track → at risk"),
        SinceLine("2.1 Refunds", "new, committed for Fri 4 Dec"),
    )
    gone = since.lines(since.difference(one, none), today=TODAY)
    assert gone[1] == SinceLine("2.1 Refunds", "no longer committed")


def test_shared_rows_are_told_when_they_are_new_and_when_they_end() -> None:
    ask, risk = Thing("ask", 1), Thing("risk", 1)
    seen = {ask: {"text": "Which bank?", "state": ""}}
    now = {
        risk: {"text": "Rates rise.", "state": ""},
        ask: {"text": "Which bank?", "state": "answered"},
    }
    assert since.lines(since.difference(seen, now), today=TODAY) == (
        SinceLine("Answered", "Which bank?"),
        SinceLine("A risk", "Rates rise."),
    )
    assert since.lines(since.difference(seen, {}), today=TODAY) == ()


ASK = {
    "text": "Which bank?",
    "state": "",
    "due_on": "2026-11-27",
    "person": "Lena",
    "options": "Ours",
    "recommendation": "Ours",
    "without_answer": "It waits.",
}


@pytest.mark.parametrize(
    ("after", "text"),
    [
        ({"text": "Which bank is it"}, "Which bank is it. Changed: the words."),
        (
            {"due_on": "2026-12-04", "recommendation": "Theirs"},
            "Which bank? Changed: needed by Fri 4 Dec, before by Fri 27 Nov; what we recommend.",
        ),
        (
            {"person": "Dan", "without_answer": "No."},
            "Which bank? Changed: Dan in place of Lena; what happens without an answer.",
        ),
        ({"options": ""}, "Which bank? Changed: the options."),
        ({"text": "It was.", "state": "answered"}, "It was."),
    ],
)
def test_a_shared_row_that_says_something_else_says_what(after: dict[str, str], text: str) -> None:
    thing = Thing("ask", 1)
    changes = since.difference({thing: ASK}, {thing: ASK | after})
    [line] = since.lines(changes, today=TODAY)
    assert line.text == text


def test_criteria_are_kept_only_where_a_sentence_tells_them() -> None:
    figures = {"milestones": [REFUNDS | {"number": n} for n in (1, 2)]}
    figures["milestones"].append(REFUNDS | {"number": 3, "committed_on": None})
    first, second = since.plan_of(figures, [{"key": "criteria.2"}])
    assert (first["criteria"], first["criteria_met"]) == (None, None)
    assert second == REFUNDS | {"number": 2}


def test_a_reading_holds_the_colour_and_every_thing() -> None:
    assert since.reading("red", [REFUNDS], {Thing("ask", 2): {"text": "?"}}) == {
        COLOUR: {"colour": "red"},
        Thing("milestone", 1): REFUNDS,
        Thing("ask", 2): {"text": "?"},
    }
