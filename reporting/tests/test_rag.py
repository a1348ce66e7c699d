"""The colour by the rules: every threshold at its edge, and never a colour without a fact."""

from typing import Any

import pytest

from reporting import rag
from reporting.rag import NO_FORECAST, Thresholds
from reporting.tests.inputs import SINCE, body, criterion, item, milestone, revision


def late(committed_on: str, *, done: bool = False, **rows: Any) -> dict:
    """One milestone with one item, committed for that day; the facts are of 20 November."""
    return body(
        items=[item("A-1", 1, done=SINCE if done else None)],
        milestones=[milestone(1, "Checkout")],
        revisions=[revision(1, committed_on)],
        **rows,
    )


@pytest.mark.parametrize(
    ("committed_on", "colour"),
    [
        ("2026-12-24", "green"),
        ("2026-11-20", "green"),
        ("2026-11-19", "amber"),
        ("2026-11-15", "amber"),
        ("2026-11-14", "red"),
        ("2026-10-01", "red"),
    ],
)
def test_schedule_by_days_past_the_committed_date(committed_on: str, colour: str) -> None:
    verdict = rag.overall(late(committed_on))
    assert verdict["colour"] == colour
    assert verdict["rule"] == f"schedule.{colour}"
    assert verdict["dimension"] == "overall"


@pytest.mark.parametrize(
    ("committed_on", "sentence"),
    [
        ("2026-12-24", f"Checkout is committed for Thu 24 Dec; 1 of 1 item is open. {NO_FORECAST}"),
        (
            "2026-11-20",
            f"Checkout is committed for today, Fri 20 Nov; 1 of 1 item is open. {NO_FORECAST}",
        ),
        (
            "2026-11-19",
            "Checkout is 1 day past its committed date, Thu 19 Nov: 1 of 1 item is open.",
        ),
        (
            "2026-11-10",
            "Checkout is 10 days past its committed date, Tue 10 Nov: 1 of 1 item is open.",
        ),
    ],
)
def test_schedule_says_why(committed_on: str, sentence: str) -> None:
    assert rag.overall(late(committed_on))["sentence"] == sentence


def test_schedule_holds_its_values() -> None:
    assert rag.overall(late("2026-11-19"))["values"] == {
        "milestone": "Checkout",
        "committed_on": "2026-11-19",
        "days_past": 1,
        "open": 1,
        "items": 1,
        "criteria_open": 0,
    }


def test_what_is_done_is_never_late() -> None:
    verdict = rag.overall(late("2026-01-01", done=True))
    assert (verdict["colour"], verdict["rule"]) == ("green", "schedule.all_done")
    assert verdict["sentence"] == "Checkout is done."


def test_all_of_several_milestones_are_done() -> None:
    facts = body(
        items=[item("A-1", 1, 2, done=SINCE)],
        milestones=[milestone(1), milestone(2)],
        revisions=[revision(1, "2026-11-01"), revision(2, "2026-11-02")],
    )
    assert rag.overall(facts)["sentence"] == "All 2 committed milestones are done."


def test_the_first_open_commitment_decides() -> None:
    facts = body(
        items=[item("A-1", 1, done=SINCE), item("A-2", 2), item("A-3", 3)],
        milestones=[milestone(1), milestone(2), milestone(3)],
        revisions=[
            revision(1, "2026-11-01"),
            revision(2, "2026-11-18"),
            revision(3, "2026-12-01"),
        ],
    )
    verdict = rag.overall(facts)
    assert (verdict["colour"], verdict["values"]["milestone"]) == ("amber", "Release 2")


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ({"imports": []}, "no work has been imported yet"),
        ({"milestones": [milestone(1)]}, "no milestone has a committed date"),
        (
            {"milestones": [milestone(1)], "revisions": [revision(1, "2026-12-01")]},
            "no committed milestone has items yet",
        ),
    ],
)
def test_schedule_is_not_known_without_its_facts(rows: dict, missing: str) -> None:
    [schedule, *_] = rag.dimensions(body(**rows))
    assert (schedule["colour"], schedule["rule"]) == ("unknown", "schedule.unknown")
    assert schedule["sentence"] == f"Not known: {missing}."
    assert rag.overall(body(**rows))["colour"] == "unknown"
    assert rag.overall(body(**rows))["rule"] == "overall.nothing_known"


def test_a_date_gone_past_counts_without_items_too() -> None:
    rows = {"milestones": [milestone(1, "Checkout")], "revisions": [revision(1, "2026-11-19")]}
    assert rag.overall(body(**rows))["sentence"] == (
        "Checkout is 1 day past its committed date, Thu 19 Nov: no items belong to it."
    )


def test_a_criterion_that_is_not_met_keeps_a_milestone_open() -> None:
    verdict = rag.overall(late("2026-11-10", done=True, criteria=[criterion(1)]))
    assert (verdict["colour"], verdict["rule"]) == ("red", "schedule.red")
    assert verdict["sentence"].endswith("1 of 1 criteria is not met.")


def test_what_nothing_feeds_is_not_known() -> None:
    """Of the facts of a schema that did not have them, none of the others is known either."""
    older = late("2026-11-01") | {"schema": 7}
    older["figures"] = {
        name: value
        for name, value in older["figures"].items()
        if name not in ("sprints", "rework", "asks")
    }
    verdicts = rag.dimensions(older)
    assert [verdict["dimension"] for verdict in verdicts] == [
        "schedule",
        "scope",
        "quality",
        "team",
        "waiting on customer",
        "blockers",
    ]
    assert {verdict["colour"] for verdict in verdicts[1:]} == {"unknown"}
    *others, asks, _ = (verdict["sentence"] for verdict in verdicts[1:])
    assert all("no source" in sentence for sentence in others)
    assert asks == "Not known: this rule does not count what is asked yet."


def test_thresholds_are_settings() -> None:
    patient = Thresholds(schedule_amber_days=10, schedule_red_days=20)
    assert rag.overall(late("2026-11-14"), patient)["colour"] == "green"
    assert rag.overall(late("2026-11-10"), patient)["colour"] == "amber"
    assert rag.overall(late("2026-10-31"), patient)["colour"] == "red"


@pytest.mark.parametrize(
    ("declared", "computed", "better"),
    [
        ("green", "amber", True),
        ("green", "red", True),
        ("amber", "red", True),
        ("amber", "amber", False),
        ("red", "green", False),
        ("green", "unknown", False),
        ("unknown", "red", False),
    ],
)
def test_a_kinder_colour_needs_a_reason(declared: str, computed: str, better: bool) -> None:
    assert rag.is_better(declared, computed) is better
