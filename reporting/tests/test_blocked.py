"""What is blocked, by schema 5: the figures, the colour, and what a draft says of it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import facts, rag, sentences
from reporting.editor import LABELS
from reporting.tests.inputs import AS_OF, body, inputs, item, milestone, revision
from reporting.tests.test_followed import BERLIN, DAY, FIRST, line
from reporting.tests.test_sentences import numbers_in, numbers_of

# Days count from FIRST, which is 40 days before the status: Sunday 11 October.
FRIDAY = 40


def figures(*items: dict[str, Any], **rows: Any) -> dict[str, Any]:
    return facts.figures_from(inputs(items=list(items), **rows), schema=5)


def blocked(key: str, since: float, *milestones: int, **more: Any) -> dict[str, Any]:
    """An item of these milestones that is blocked from that day on."""
    return line(key, (since, "blocked"), milestones=((0.5, list(milestones)),), **more)


def promised(*items: dict[str, Any]) -> dict[str, Any]:
    """A body with two milestones, of which the first is committed for a day to come."""
    return body(
        items=list(items),
        milestones=[milestone(1, "Checkout"), milestone(2)],
        revisions=[revision(1, "2026-12-04")],
    )


def test_the_oldest_first_with_age_and_milestones() -> None:
    found = figures(
        blocked("A-1", FRIDAY - 4, 1),
        line("A-2", (10, "in_progress"), flags=((FRIDAY - 11, "Impediment"),)),
        line("A-3", (10, "blocked"), (39, "done")),
    )["blockers"]
    assert [(row["key"], row["days"], row["working_days"]) for row in found] == [
        ("A-2", 11, 9),
        ("A-1", 4, 4),
    ]
    assert (found[1]["since_day"], found[1]["milestones"]) == ("2026-11-16", [1])


def test_a_flag_that_hands_over_to_a_state_is_one_time() -> None:
    """Schema 4 counted from the state alone."""
    row = line("A-1", (30, "blocked"), flags=((20, "Impediment"), (35, "")))
    assert figures(row)["blockers"][0]["days"] == 20
    assert facts.figures_from(inputs(items=[row]), schema=4)["blockers"][0]["days"] == 10


def test_where_nothing_ever_told_of_a_blocker_it_is_not_known() -> None:
    assert figures(line("A-1", (3, "in_progress")))["blockers"] is None
    assert figures(line("A-1", (3, "blocked"), (5, "done")))["blockers"] == []
    assert figures(line("A-1", (3, "blocked")), imports=[])["blockers"] is None


def test_milestones_name_what_is_blocked_of_them() -> None:
    rows = promised(blocked("A-1", 30, 1), blocked("A-2", 20, 1, 2))["figures"]["milestones"]
    assert [row["blocked"] for row in rows] == [["A-2", "A-1"], ["A-2"]]
    assert promised(line("A-1"))["figures"]["milestones"][0]["blocked"] is None


STAGES = ["not_started", "in_progress", "blocked", "done", "withdrawn"]
walks = st.lists(st.tuples(st.integers(1, 39), st.sampled_from(STAGES)), max_size=6)
flags = st.lists(st.tuples(st.integers(1, 39), st.sampled_from(["", "x", "y"])), max_size=4)


@given(st.lists(st.tuples(walks, flags), max_size=4))
def test_as_told_day_by_day(drawn: list[tuple[Any, Any]]) -> None:
    """Backwards from the status, day after day, as long as it is blocked without a break."""
    rows = [
        line(f"A-{number}", *sorted(dict(walk).items()), flags=tuple(sorted(dict(flag).items())))
        for number, (walk, flag) in enumerate(drawn)
    ]
    expected = {}
    for number, (walk, flag) in enumerate(drawn):
        day = FRIDAY
        while day > 0 and is_blocked(dict(walk), dict(flag), day - 1):
            day -= 1
        if day < FRIDAY:
            expected[f"A-{number}"] = day
    found = figures(*rows)["blockers"] or []
    assert {row["key"]: since(row) for row in found} == expected
    for row in found:
        assert row["working_days"] == weekdays_after(date.fromisoformat(row["since_day"]))


def is_blocked(walk: dict[int, str], flag: dict[int, str], day: int) -> bool:
    """Whether it is from that day up to the next."""
    stage = next((walk[on] for on in sorted(walk, reverse=True) if on <= day), "not_started")
    text = next((flag[on] for on in sorted(flag, reverse=True) if on <= day), "")
    return stage not in ("done", "withdrawn") and (stage == "blocked" or bool(text))


def since(row: dict[str, Any]) -> float:
    return (datetime.fromisoformat(row["since"]) - FIRST) / DAY


def weekdays_after(day: date) -> int:
    last, count = AS_OF.astimezone(BERLIN).date(), 0
    while day < last:
        day += timedelta(days=1)
        count += day.isoweekday() <= 5
    return count


def verdict(*items: dict[str, Any]) -> dict[str, Any]:
    return rag.dimensions(promised(*items))[-1]


@pytest.mark.parametrize(
    ("since", "colour", "age"),
    [
        (FRIDAY - 0.2, "green", " since Fri 20 Nov."),
        (FRIDAY - 1, "green", " since Thu 19 Nov, for 1 working day."),
        (FRIDAY - 2, "green", " since Wed 18 Nov, for 2 working days."),
        (FRIDAY - 3, "amber", " since Tue 17 Nov, for 3 working days."),
        (FRIDAY - 7, "amber", " since Fri 13 Nov, for 5 working days."),
        (FRIDAY - 8, "red", " since Thu 12 Nov, for 6 working days."),
    ],
)
def test_the_colour_by_the_oldest_of_a_committed_milestone(
    since: float, colour: str, age: str
) -> None:
    found = verdict(blocked("A-1", since, 1), blocked("A-2", 5, 2))
    assert (found["colour"], found["rule"]) == (colour, f"blockers.{colour}")
    assert found["sentence"] == f"Checkout: A-1 has been blocked{age}"


@pytest.mark.parametrize(
    ("others", "more"),
    [(1, "; 1 more item is blocked."), (2, "; 2 more items are blocked.")],
)
def test_the_rule_counts_the_others(others: int, more: str) -> None:
    found = verdict(*(blocked(f"A-{n}", FRIDAY - 2, 1) for n in range(others + 1)))
    assert found["sentence"].endswith(f"for 2 working days{more}")
    assert found["values"] == {
        "open": others + 1,
        "key": "A-0",
        "milestone": "Checkout",
        "since": "2026-11-18",
        "working_days": 2,
    }


def test_what_nobody_promised_colours_nothing() -> None:
    found = verdict(line("A-1", milestones=((0.5, [1]),)), blocked("A-2", 5, 2))
    assert (found["colour"], found["rule"]) == ("green", "blockers.none")
    assert found["sentence"] == "Nothing that belongs to a committed milestone is blocked."


@pytest.mark.parametrize(
    ("items", "missing"),
    [
        ([item("A-1", 1)], "no source (what is blocked)"),
        ([blocked("A-1", 5)], "no committed milestone has items yet"),
    ],
)
def test_the_colour_is_not_known_without_its_facts(items: list[Any], missing: str) -> None:
    found = verdict(*items)
    assert (found["colour"], found["sentence"]) == ("unknown", f"Not known: {missing}.")


def test_a_blocker_can_be_worse_than_the_schedule() -> None:
    assert rag.overall(promised(blocked("A-1", 5, 1)))["rule"] == "blockers.red"


def test_thresholds_are_settings() -> None:
    patient = rag.Thresholds(blockers_amber_days=10, blockers_red_days=20)
    assert rag.dimensions(promised(blocked("A-1", FRIDAY - 8, 1)), patient)[-1]["colour"] == "green"


def said(*items: dict[str, Any]) -> dict[str, str]:
    rows = sentences.write(promised(*items))
    return {row["key"]: row["text"] for row in rows if row["key"].startswith("blocked.")}


@pytest.mark.parametrize(
    ("items", "text"),
    [
        (
            [blocked("A-1", FRIDAY - 4, 1)],
            "1 item is blocked: A-1 since Mon 16 Nov, for 4 working days.",
        ),
        ([blocked("A-1", FRIDAY - 0.2, 1)], "1 item is blocked: A-1 since Fri 20 Nov."),
        (
            [blocked("A-1", FRIDAY - 1, 1), blocked("A-2", FRIDAY - 4, 1)],
            "2 items are blocked, the first of them (A-2) since Mon 16 Nov, for 4 working days.",
        ),
    ],
)
def test_a_draft_names_the_oldest_of_a_committed_milestone(items: list[Any], text: str) -> None:
    assert said(*items, blocked("A-9", 5, 2)) == {"blocked.1": text}


def test_where_nothing_is_blocked_nothing_is_said() -> None:
    assert said(line("A-1", (5, "blocked"), (6, "done"), milestones=((0.5, [1]),))) == {}


@given(st.lists(st.tuples(st.integers(1, 39), st.sampled_from([[], [1], [2], [1, 2]])), max_size=5))
def test_no_number_without_a_fact(drawn: list[tuple[int, list[int]]]) -> None:
    items = [blocked(f"A-{n}", since, *of) for n, (since, of) in enumerate(drawn)]
    for row in sentences.write(promised(*items)):
        assert numbers_in(row["text"]) <= numbers_of(row["facts"]), row
        assert {fact["name"].rsplit(".", 1)[-1] for fact in row["facts"]} <= set(LABELS)


def test_since_schema_10_its_age_is_in_the_engagements_working_days() -> None:
    rows = inputs(items=[blocked("A-1", FRIDAY - 5)])
    days = {"weekdays": [0, 1, 2, 3], "off": ["2026-11-18"]}
    [plain] = facts.figures_from(rows)["blockers"]
    [worked] = facts.figures_from(rows | {"working_days": days})["blockers"]
    assert (plain["since_day"], plain["working_days"]) == ("2026-11-15", 5)
    assert worked["working_days"] == 3
