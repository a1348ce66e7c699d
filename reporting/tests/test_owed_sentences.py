"""What the rules write of asks, escalations, risks, promises, ranges and the next week."""

from datetime import timedelta
from typing import Any

import pytest

from reporting import sentences
from reporting.editor import LABELS
from reporting.tests.inputs import (
    AS_OF,
    SINCE,
    ask,
    body,
    escalation,
    forecast,
    item,
    milestone,
    over_time,
    promise,
    revision,
    risk,
    sprint,
    text,
)
from reporting.tests.test_sentences import numbers_in, numbers_of
from reporting.truth import examine, known_of

DAY = timedelta(days=1)
LATELY = text(SINCE + DAY)


def told(**rows: Any) -> list[dict[str, Any]]:
    given = body(known_from=text(AS_OF - 90 * DAY), **rows)
    known = known_of(given, declared="green", previous="", more_days=frozenset())
    found = sentences.write(given)
    for row in found:
        assert numbers_in(row["text"]) <= numbers_of(row["facts"]), row
        assert {fact["name"].rsplit(".", 1)[-1] for fact in row["facts"]} <= set(LABELS)
        assert not any(each.contradicts for each in examine(row["text"], known, about=row["about"]))
    return found


def said(key: str, **rows: Any) -> str:
    """The sentence under a key, with what it is about in front; empty where there is none."""
    found = [f"{row['about']}: {row['text']}" for row in told(**rows) if row["key"] == key]
    return "".join(found).removeprefix(": ")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            ask(),
            (
                "Needed from Lena Lead by Tue 24 Nov: "
                "“Which bank do we test with? We need its name”. "
                "Without an answer: Refunds wait."
            ),
        ),
        (
            ask(text="Which bank?\nWe need it.", needed_by="2026-11-17"),
            (
                "Needed from Lena Lead by Tue 17 Nov, 3 working days ago: “Which bank?”. "
                "Without an answer: Refunds wait."
            ),
        ),
    ],
)
def test_asks_with_their_day_and_what_follows(row: dict[str, Any], words: str) -> None:
    assert said("ask.1", asks=[row]) == words


def test_answers_are_news() -> None:
    rows = [ask(1, text="Which bank?", state="answered", ended_at=LATELY)]
    rows += [ask(2, text="Which day?", state="withdrawn", ended_at=LATELY)]
    assert said("answered.1", asks=rows) == "“Which bank?” was answered on Sat 14 Nov."
    assert said("answered.2", asks=rows) == "“Which day?” has not been needed since Sat 14 Nov."


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            escalation(),
            (
                "Raised to Erik Executive on Tue 10 Nov, an answer is needed by Tue 24 Nov: "
                "Who pays for the second bank?"
            ),
        ),
        (
            escalation(answer_by="2026-11-19"),
            (
                "Raised to Erik Executive on Tue 10 Nov, an answer is needed by Thu 19 Nov, "
                "1 working day ago: Who pays for the second bank?"
            ),
        ),
    ],
)
def test_escalations_say_to_whom_and_never_the_level(row: dict[str, Any], words: str) -> None:
    assert said("escalation.1", escalations=[row]) == words


def test_a_decision_is_news() -> None:
    assert said("resolved.1", escalations=[escalation(ended_at=LATELY)]) == (
        "What was raised was decided on Sat 14 Nov: Who pays for the second bank?"
    )


def test_risks_are_carried_with_their_age() -> None:
    rows = {"milestones": [milestone(1, "Checkout")], "revisions": [revision(1, "2026-12-04")]}
    carried = said("risk.1", risks=[risk(milestone=1)], **rows)
    assert carried == (
        "Checkout: Risk since Tue 10 Nov, for 8 working days: The bank may change its interface."
    )
    fresh = risk(shared_at=text(AS_OF - timedelta(hours=1)))
    assert said("risk.1", risks=[fresh]) == (
        "New risk, since today, Fri 20 Nov: The bank may change its interface."
    ).replace("today, ", "")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [promise(fulfilled=[[LATELY, "2026-11-17"]])],
            "We kept what we promised for Wed 18 Nov: A stand-in for tests, done on Tue 17 Nov.",
        ),
        ([promise()], "We missed what we promised for Wed 18 Nov: A stand-in for tests."),
        (
            [promise(fulfilled=[[LATELY, "2026-11-19"]])],
            "We missed what we promised for Wed 18 Nov: A stand-in for tests, done on Thu 19 Nov.",
        ),
        (
            [promise(), promise(2, "2026-12-04", supersedes=1, said_on="2026-11-16")],
            (
                "What we promised for Wed 18 Nov moved to Fri 4 Dec, told only 2 working days "
                "before: A stand-in for tests."
            ),
        ),
        (
            [
                promise(due_on="2026-12-04"),
                promise(2, "2026-12-18", supersedes=1, said_on="2026-11-16"),
            ],
            (
                "What we promised for Fri 4 Dec moved to Fri 18 Dec, told 14 working days before: "
                "A stand-in for tests."
            ),
        ),
        (
            [
                promise(due_on="2026-11-15"),
                promise(2, "2026-12-04", supersedes=1, said_on="2026-11-14"),
            ],
            (
                "What we promised for Sun 15 Nov moved to Fri 4 Dec, with no working day left: "
                "A stand-in for tests."
            ),
        ),
        (
            [promise(), promise(2, None, supersedes=1, said_on="2026-11-17")],
            (
                "We took back what we promised for Wed 18 Nov, told 1 working day before: "
                "A stand-in for tests."
            ),
        ),
        (
            [
                promise(),
                promise(
                    2,
                    "2026-12-04",
                    supersedes=1,
                    said_on="2026-11-16",
                    recorded_at="2026-11-19T09:00:00Z",
                ),
            ],
            "We missed what we promised for Wed 18 Nov: A stand-in for tests.",
        ),
        ([promise(milestone=1)], ""),
    ],
)
def test_what_came_of_promises(rows: list[dict[str, Any]], words: str) -> None:
    assert said("promise.1", commitments=rows) == words


@pytest.mark.parametrize(
    ("committed_on", "likely"),
    [
        ("2026-12-18", "Expected 1–10 Dec: it will probably be in time."),
        ("2026-12-04", "Expected 1–10 Dec: it may be late."),
        ("2026-11-27", "Expected 1–10 Dec: it will probably be late."),
        ("2026-11-17", "Expected 1–10 Dec."),
    ],
)
def test_a_range_in_words_and_no_chance(committed_on: str, likely: str) -> None:
    rows = {
        "milestones": [milestone(1, "Checkout")],
        "revisions": [revision(1, committed_on)],
        "items": [item("A-1", 1)],
        "forecasts": [forecast(1, "0.400000", "0.700000", "0.900000")],
    }
    assert said("expected.1", **rows) == f"Checkout: {likely}"
    told_of_it = [row["key"] for row in told(**rows) if row["about"] == "Checkout"]
    assert told_of_it[:2] == ["milestone.1", "expected.1"]


def test_what_was_red_is_told_as_the_rule_calls_it_until_it_has_recovered() -> None:
    rows = {
        "milestones": [milestone(1, "Checkout")],
        "revisions": [revision(1, "2026-12-04")],
        "items": [item("A-1", 1)],
        "forecasts": [forecast(1, "0.400000", "0.500000", "0.900000")],
    }
    red = {"rule": "schedule.forecast_red", "colour": "red", "milestone": "Checkout"}
    assert "it may be late" in said("expected.1", **rows)
    told_before = said("expected.1", **rows, rules_before={"schedule": red})
    assert "it will probably be late" in told_before


def test_nothing_is_expected_of_what_is_done() -> None:
    done = [item("A-1", 1, done=SINCE + DAY)]
    rows = {"milestones": [milestone(1, "Checkout")], "revisions": [revision(1, "2026-12-04")]}
    assert said("expected.1", items=done, forecasts=[forecast(1, "0.9")], **rows) == ""


def in_sprint(key: str, *milestones: int) -> dict[str, Any]:
    row = over_time(item(key, *milestones, created=SINCE))
    return row | {"sprints": [[row["created_at"], "Sprint 2"]]}


@pytest.mark.parametrize(
    ("ends_on", "how"),
    [
        ("2026-12-04", "are planned in the sprint to Fri 4 Dec."),
        ("2026-11-20", "remain in the sprint that ends on Fri 20 Nov."),
    ],
)
def test_the_next_week_by_milestone(ends_on: str, how: str) -> None:
    rows = {
        "milestones": [milestone(1, "Checkout"), milestone(2, "Search")],
        "revisions": [revision(1, "2026-12-04"), revision(2, "2026-12-18")],
        "sprints": [sprint(2, "2026-11-16", ends_on)],
        "items": [in_sprint("A-1", 1), in_sprint("A-2", 1), in_sprint("A-3")],
    }
    assert said("next.1", **rows) == f"Checkout: 2 items {how}"
    assert said("next.2", **rows) == ""
    assert said("next.beyond", **rows).startswith("Other work: 1 item ")
