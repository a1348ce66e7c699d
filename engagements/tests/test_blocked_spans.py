"""When an item was blocked: by hand, and against a telling that looks at each instant."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagements.histories import Span, blocked_spans
from engagements.stages import Stage

START = datetime(2026, 1, 5, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAST = 30

Entries = list[tuple[datetime, Any]]


def entries(*said: tuple[int, Any]) -> Entries:
    return [(START + number * HOUR, value) for number, value in said]


def spans(stages: Entries, flags: Entries) -> list[tuple[int, int | None]]:
    return [(hours(since) or 0, hours(until)) for since, until in blocked_spans(stages, flags)]


def hours(at: datetime | None) -> int | None:
    return None if at is None else int((at - START) / HOUR)


CASES: list[Any] = [
    ([(0, "not_started")], [(0, "")], []),
    ([(0, "not_started"), (2, "blocked")], [(0, "")], [(2, None)]),
    ([(0, "not_started"), (2, "blocked"), (5, "done")], [(0, "")], [(2, 5)]),
    ([(0, "not_started"), (2, "blocked"), (5, "blocked")], [(0, "")], [(2, None)]),
    (
        [(0, "in_progress")],
        [(0, ""), (3, "Impediment"), (4, ""), (8, "On hold")],
        [(3, 4), (8, None)],
    ),
    ([(0, "in_progress")], [(0, ""), (3, "Impediment"), (4, "On hold")], [(3, None)]),
    # the flag hands over to the state
    (
        [(0, "in_progress"), (4, "blocked"), (9, "in_progress")],
        [(0, ""), (1, "x"), (6, "")],
        [(1, 9)],
    ),
    # one ends as the other begins
    ([(0, "blocked"), (4, "in_progress")], [(0, ""), (4, "x")], [(0, None)]),
    # what is done is blocked by nothing; a flag that stays begins again
    (
        [(0, "in_progress"), (4, "done"), (7, "in_progress")],
        [(0, ""), (1, "x")],
        [(1, 4), (7, None)],
    ),
    ([(0, "in_progress"), (4, "withdrawn")], [(0, "x")], [(0, 4)]),
    ([(0, "done")], [(0, ""), (3, "x")], []),
    # of one instant the last holds
    ([(0, "not_started"), (2, "blocked"), (2, "in_progress")], [(0, "")], []),
    ([], [], []),
]


@pytest.mark.parametrize(("stages", "flags", "found"), CASES)
def test_when_it_was_blocked(stages: Any, flags: Any, found: Any) -> None:
    assert spans(entries(*stages), entries(*flags)) == found


def stands(said: Entries, at: datetime, otherwise: str) -> Any:
    past = [value for when, value in said if when <= at]
    return past[-1] if past else otherwise


def slowly(stages: Entries, flags: Entries) -> list[Span]:
    """Hour by hour: nothing changes in between."""
    found: list[Span] = []
    for hour in range(LAST + 1):
        at = START + hour * HOUR
        stage, flag = stands(stages, at, "not_started"), stands(flags, at, "")
        was_open = bool(found) and found[-1].until is None
        if stage not in ("done", "withdrawn") and (stage == "blocked" or flag):
            if not was_open:
                found.append(Span(at, None))
        elif was_open:
            found[-1] = Span(found[-1].since, at)
    return found


def walks(values: list[Any]) -> Any:
    return st.lists(st.tuples(st.integers(0, LAST), st.sampled_from(values)), max_size=10)


@given(walks(list(Stage)), walks(["", "Impediment", "On hold"]))
def test_as_told_hour_by_hour(stages: Any, flags: Any) -> None:
    first, second = (entries(*sorted(drawn, key=lambda each: each[0])) for drawn in (stages, flags))
    assert blocked_spans(first, second) == slowly(first, second)
