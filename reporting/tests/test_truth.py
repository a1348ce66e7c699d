"""What people wrote, held against what is known."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dm_portal.shell.components import Shape
from engagements.thresholds import DEFAULTS
from reporting import sentences
from reporting.editing import contradictions
from reporting.tests.inputs import (
    AS_OF,
    SINCE,
    body,
    criterion,
    forecast,
    item,
    milestone,
    revision,
)
from reporting.truth import Finding, examine, known_of
from reporting.truth.days import days_in

HOUR = (AS_OF - SINCE) / 168
TODAY = date(2026, 11, 20)


def facts(**rows: Any) -> dict[str, Any]:
    """Release 2.1: 5 of 8 items done, 2 of 3 criteria met, committed for 16 Nov; 2.0 is done."""
    items = [item(f"A-{n}", 1, done=SINCE + HOUR if n < 5 else None) for n in range(8)]
    items += [item(f"B-{n}", 2, done=SINCE - HOUR, created=SINCE - 9 * HOUR) for n in range(4)]
    return body(
        milestones=[milestone(1, "Release 2.1"), milestone(2, "Release 2.0")],
        items=items,
        criteria=[criterion(1, n, SINCE + HOUR if n < 3 else None) for n in (1, 2, 3)],
        revisions=[
            revision(1, "2026-11-09"),
            revision(1, "2026-11-16", number=2, old_on="2026-11-09", at=SINCE + HOUR),
            revision(2, "2026-10-30"),
        ],
        **rows,
    )


def found(text: str, *, declared: str = "amber", previous: str = "green", about: str = "") -> Any:
    known = known_of(facts(), declared=declared, previous=previous, more_days=frozenset())
    return examine(text, known, about=about)


TRUE = [
    "5 of 8 items of Release 2.1 are done.",
    "Release 2.1: 5 of 8 items (63 %) are done, 3 are open.",
    "Release 2.1 moved from 9 to 16 Nov. It is 4 days past its date.",
    "Release 2.1 is committed for Monday, 16 November 2026.",
    "Three items are open and 5 items were finished.",
    "All 4 items of 2.0 are done.",
    "None of the 4 items of 2.0 is open.",
    "Both criteria are met.",
    "2 of 3 criteria of Release 2.1 are met.",
    "At risk (last week: on track).",
    "Release 2.1 is no longer on track.",
    "Release 2.1 is at risk, since the bank has not answered.",
    "63 % of it is done.",
]


@pytest.mark.parametrize("text", TRUE)
def test_what_the_facts_carry_is_no_finding(text: str) -> None:
    assert found(text) == []


FALSE = [
    ("6 of 8 items of Release 2.1 are done.", "Release 2.1: 5 done"),
    ("5 of 9 items of Release 2.1 are done.", "Release 2.1: 8 in all"),
    ("Of Release 2.1, 5 of 8 items are done, 4 are open.", "Release 2.1: 3 open"),
    ("64 % of the items of Release 2.1 are done.", "Release 2.1: 63 % done"),
    ("Release 2.1 is committed for 17 Nov.", "Release 2.1: committed for Mon 16 Nov"),
    ("Release 2.1 moved to 18 Nov.", "Release 2.1: moved to Mon 16 Nov"),
    ("The deadline of 2.0 was 29 October.", "Release 2.0: committed for Fri 30 Oct"),
    ("Release 2.1 is committed for Tue 16 Nov.", "Mon 16 Nov is a Monday"),
    ("Release 2.1 is 5 days past its date.", "Release 2.1: 4 days past"),
    ("3 of 3 criteria are met.", "Release 2.1: 2 criteria met"),
    ("2 of 4 acceptance criteria are met.", "Release 2.1: 3 criteria in all"),
    ("12 items were added.", "0 or 8 added"),
    ("On track, as planned.", "your call is “At risk”"),
    ("Last week: off track.", "the last status said “On track”"),
    ("Release 2.1 is on track.", "Release 2.1 is “At risk” by the rules"),
    (
        "Release 2.2 is on track.",
        "no milestone is called so; there are Release 2.1, Release 2.0",
    ),
]


@pytest.mark.parametrize(("text", "why"), FALSE, ids=[text for text, _ in FALSE])
def test_what_contradicts_a_fact_is_told_with_the_fact(text: str, why: str) -> None:
    about = "Release 2.1" if "criteria" in text else ""
    assert [each.contradicts for each in found(text, about=about)] == [why]


NO_SOURCE = [
    ("We will move Release 2.1 to 4 Dec.", "4 Dec"),
    ("It is expected between 2 and 8 Dec.", "2"),
    ("3 people work on a stand-in.", "3"),
    ("If 9 items are added, we need a week more.", "9 items are added"),
    ("3 of the 5 items for the bank’s tests are done.", "3 of the 5 items"),
    ("About 70 % of it is done.", "70 % of it is done"),
    ("Release 2.2 comes on 12 Jan.", "12 Jan"),
    ("9 of them are done by now.", "9"),
    ("We are probably 9 days late.", "9 days late"),
]


@pytest.mark.parametrize(("text", "words"), NO_SOURCE, ids=[text for text, _ in NO_SOURCE])
def test_what_no_fact_carries_is_said_by_whoever_wrote_it(text: str, words: str) -> None:
    assert found(text)[0] == Finding(words, "")


def test_a_milestone_has_its_colour_by_the_limits_of_its_engagement() -> None:
    given = facts()
    given["inputs"]["thresholds"] = replace(DEFAULTS, schedule_red_days=4).stored
    known = known_of(given, declared="green", previous="", more_days=frozenset())
    [found] = examine("Release 2.1 is at risk.", known)
    assert found.contradicts == "Release 2.1 is “Off track” by the rules"


def test_what_is_blocked() -> None:
    given = facts()
    given["figures"]["blockers"] = [{"since_day": "2026-11-12"}]
    known = known_of(given, declared="", previous="", more_days=frozenset())
    assert examine("One item has been blocked since 12 Nov.", known) == []
    assert examine("No item is blocked.", known) == [Finding("No item is blocked", "1 blocked")]


def test_a_milestone_may_begin_with_its_version() -> None:
    given = facts()
    for row, name in zip(given["figures"]["milestones"], ("2.1 Refunds", "Checkout"), strict=True):
        row["name"] = name
    known = known_of(given, declared="", previous="", more_days=frozenset())
    assert examine("5 of 8 items of 2.1 are done, 2.1 Refunds comes first.", known) == []
    assert [each.contradicts for each in examine("2.1: 6 items are done.", known)] == [
        "2.1 Refunds: 5 done"
    ]


def test_nothing_is_held_against_what_is_not_known() -> None:
    known = known_of(
        body(imports=[], milestones=[milestone(1, "Release 2.1")]),
        declared="",
        previous="",
        more_days=frozenset({date(2026, 12, 1)}),
    )
    told = "On track. Last week: red. 5 of 8 items of Release 2.1 are done. Ready on 1 Dec."
    assert {each.contradicts for each in examine(told, known)} == {""}


@pytest.mark.parametrize(
    ("rows", "colour"),
    [
        # by its chance before its date, whatever day it is
        (
            {
                "items": [item("A-1", 1)],
                "revisions": [revision(1, "2026-11-27")],
                "forecasts": [forecast(1, "0.100000", "0.900000")],
            },
            "red",
        ),
        # by days past with criteria alone
        ({"criteria": [criterion(1)], "revisions": [revision(1, "2026-11-10")]}, "red"),
        ({"criteria": [criterion(1)], "revisions": [revision(1, "2026-11-19")]}, "amber"),
        ({"revisions": [revision(1, "2026-11-27")]}, "unknown"),
        # nobody has promised it
        ({"items": [item("A-1", 1)]}, None),
    ],
)
def test_a_milestone_has_the_colour_of_the_rule_of_the_schedule(
    rows: dict[str, Any], colour: str | None
) -> None:
    given = body(milestones=[milestone(1, "Checkout")], **rows)
    known = known_of(given, declared="red", previous="", more_days=frozenset())
    assert known.colours.get("Checkout") == colour
    told = [each.contradicts for each in examine("Checkout is on track.", known)]
    is_worse = colour in ("amber", "red")
    assert told == ([f"Checkout is “{Shape(colour).word}” by the rules"] if is_worse else [])


def test_a_better_call_of_the_whole_may_be_said_of_a_milestone() -> None:
    assert found("Release 2.1 is on track.", declared="green") == []


@pytest.mark.parametrize(
    ("text", "day", "weekday"),
    [
        ("Fri 13 Nov", date(2026, 11, 13), 4),
        ("the 1st of Feb", date(2027, 2, 1), None),
        ("Nov. 13, 2025", date(2025, 11, 13), None),
        ("on Tuesday 3 June", date(2026, 6, 3), 1),
        ("2026-12-31", date(2026, 12, 31), None),
        ("29 Feb", date(2028, 2, 29), None),
    ],
)
def test_days_as_people_write_them(text: str, day: date, weekday: int | None) -> None:
    today = date(2027, 11, 20) if "Feb" in text and "29" in text else TODAY
    [named] = days_in(text, today=today)
    assert (named.day, named.weekday) == (day, weekday)


@pytest.mark.parametrize("text", ["31 Jun", "0 May", "2026-13-01", "May 4 %", "30 Feb 2026", "may"])
def test_what_no_calendar_has_is_no_day(text: str) -> None:
    assert list(days_in(text, today=TODAY)) == []


def test_the_rules_contradict_nothing_of_their_own() -> None:
    given = facts()
    known = known_of(given, declared="amber", previous="green", more_days=frozenset())
    told = [(row["text"], row["about"]) for row in sentences.write(given)]
    wrong = [
        (text, each)
        for text, about in told
        for each in examine(text, known, about=about if about in known.names else "")
        if each.contradicts
    ]
    assert wrong == []


def test_markdown_hides_nothing_and_an_address_is_no_figure() -> None:
    known = known_of(facts(), declared="amber", previous="green", more_days=frozenset())
    text = "**6** of [8](https://x.example/9-items) items of Release 2.1 are *done*."
    words = {"own_words": text, "headline": "5 of 8 items of Release 2.1 are done."}
    found = contradictions(words, [], {}, known)
    assert {name: [each.contradicts for each in said] for name, said in found.items()} == {
        "own_words": ["Release 2.1: 5 done"]
    }
