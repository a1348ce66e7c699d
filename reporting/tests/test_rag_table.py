"""Each dimension of the table at its edges; facts that nothing tells yet are made up."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from reporting import rag
from reporting.rag import DEFAULTS, Thresholds
from reporting.tests.inputs import AS_OF, SINCE, body, item, milestone, revision, text

DAY = timedelta(days=1)


def told(**figures: Any) -> dict[str, Any]:
    """A body in which only these figures say anything."""
    made = body()
    made["figures"] |= figures
    return made


def said(name: str, facts: dict[str, Any], thresholds: Thresholds | None = None) -> dict[str, Any]:
    [found] = [each for each in rag.dimensions(facts, thresholds) if each["dimension"] == name]
    return found


def sprint(number: int, added: int, committed: int) -> dict[str, Any]:
    named = {"number": number, "name": f"Sprint {number}", "starts_on": f"2026-11-{number:02}"}
    return named | {"added": added, "committed": committed}


def grown(*sprints: tuple[int, int], **more: Any) -> dict[str, Any]:
    rows = [sprint(9 - number, *each) for number, each in enumerate(sprints)]
    return told(sprints=rows, **more)


@pytest.mark.parametrize(
    ("sprints", "colour"),
    [
        ([(0, 10), (0, 10)], "green"),
        ([(2, 10), (0, 10)], "green"),
        ([(3, 10), (0, 10)], "amber"),
        ([(9, 10), (3, 10)], "amber"),
        ([(4, 10), (4, 10)], "red"),
        ([(31, 100), (30, 100)], "amber"),
        ([(31, 100), (31, 100)], "red"),
    ],
)
def test_scope_by_what_was_added(sprints: list[tuple[int, int]], colour: str) -> None:
    assert said("scope", grown(*sprints))["colour"] == colour


def test_scope_says_what_was_added() -> None:
    verdict = said("scope", grown((1, 10), (0, 10)))
    assert verdict["sentence"] == (
        "1 item was added to Sprint 8 and Sprint 9 after they began, beside 20 committed (5 %)."
    )
    assert said("scope", grown((0, 10), (0, 10)))["sentence"] == (
        "Nothing was added to Sprint 8 and Sprint 9 after they began."
    )
    assert said("scope", grown((4, 10), (5, 10)))["sentence"] == (
        "9 items were added to Sprint 8 and Sprint 9 after they began, beside 20 committed "
        "(45 %), and no change of scope is recorded."
    )


def test_a_recorded_change_of_scope_is_no_drift() -> None:
    assert said("scope", grown((4, 10), (4, 10), scope_changes=[8]))["colour"] == "amber"
    assert said("scope", grown((4, 10), (4, 10), scope_changes=[7]))["colour"] == "red"


def test_scope_takes_two_sprints() -> None:
    verdict = said("scope", grown((0, 10)))
    assert (verdict["colour"], verdict["sentence"]) == (
        "unknown",
        "Not known: fewer than two sprints with dates have begun.",
    )


@pytest.mark.parametrize("sprints", [[(3, 4), (0, 10)], [(0, 10), (3, 4)]])
def test_of_few_items_a_share_says_nothing(sprints: list[tuple[int, int]]) -> None:
    assert said("scope", grown(*sprints))["sentence"] == (
        "Not known: fewer than 5 items were committed to one of the last two sprints."
    )
    assert said("scope", grown((0, 5), (0, 5)))["colour"] == "green"


def reworked(reopened: int, finished: int) -> dict[str, Any]:
    days = {"from_day": "2026-10-23", "to_day": "2026-11-20"}
    return told(rework={"finished": finished, "reopened": reopened, **days})


@pytest.mark.parametrize(
    ("reopened", "finished", "colour"),
    [
        (0, 10, "green"),
        (7, 100, "green"),
        (8, 100, "amber"),
        (15, 100, "amber"),
        (16, 100, "red"),
        (9, 9, "unknown"),
    ],
)
def test_quality_by_what_was_reopened(reopened: int, finished: int, colour: str) -> None:
    assert said("quality", reworked(reopened, finished))["colour"] == colour


def test_quality_says_how_much_and_tells_no_customer() -> None:
    verdict = said("quality", reworked(1, 12))
    assert verdict["sentence"] == (
        "In the four weeks up to Fri 20 Nov 12 items were finished, and 1 item was reopened (9 %)."
    )
    assert verdict["for_customer"] == (
        "Of what was finished in the four weeks up to Fri 20 Nov, more had to be reopened."
    )
    calm = said("quality", reworked(0, 12))
    assert calm["sentence"].endswith("12 items were finished, and 0 items were reopened.")
    assert "little had to be reopened" in calm["for_customer"]
    assert said("quality", reworked(0, 3))["sentence"] == (
        "Not known: fewer than 10 items were finished in four weeks (3)."
    )


@pytest.mark.parametrize(
    ("filled", "colour"),
    [("10", "green"), ("9.5", "green"), ("9.4", "amber"), ("8.0", "amber"), ("7.9", "red")],
)
def test_team_by_what_is_filled(filled: str, colour: str) -> None:
    facts = told(capacity={"planned": "10", "filled": filled})
    assert said("team", facts)["colour"] == colour


def test_team_says_days_to_us_alone() -> None:
    verdict = said("team", told(capacity={"planned": "40", "filled": "30.50"}))
    assert verdict["sentence"] == (
        "In the next two weeks 30.5 of 40 planned days are filled (76 %)."
    )
    assert verdict["for_customer"] == (
        "Not all of the planned capacity is there in the next two weeks."
    )
    full = said("team", told(capacity={"planned": "40", "filled": "40"}))
    assert full["for_customer"] == "The planned capacity is there in the next two weeks."
    none = said("team", told(capacity={"planned": "0", "filled": "0"}))
    assert none["sentence"] == "Not known: no capacity is planned for the next two weeks."


def ask(days: int, title: str = "Which bank?") -> dict[str, Any]:
    return {"title": title, "needed_by": "2026-11-17", "working_days_past": days}


@pytest.mark.parametrize(("days", "colour"), [(0, "green"), (1, "amber"), (5, "amber"), (6, "red")])
def test_waiting_by_the_oldest_overdue(days: int, colour: str) -> None:
    assert said("waiting on customer", told(asks=[ask(0), ask(days)]))["colour"] == colour


@pytest.mark.parametrize(
    ("asks", "sentence"),
    [
        ([], "Nothing is asked of the customer."),
        ([ask(0)], "1 ask open, not overdue."),
        ([ask(3)], "“Which bank?” was needed by Tue 17 Nov, 3 working days ago."),
        (
            [ask(1, "Whose?"), ask(3)],
            "“Which bank?” was needed by Tue 17 Nov, 3 working days ago; 1 more is overdue.",
        ),
        (
            [ask(1), ask(2), ask(3)],
            "“Which bank?” was needed by Tue 17 Nov, 3 working days ago; 2 more are overdue.",
        ),
    ],
)
def test_waiting_says_on_what(asks: list[dict[str, Any]], sentence: str) -> None:
    assert said("waiting on customer", told(asks=asks))["sentence"] == sentence


def promised(on_time: str | None, committed_on: str = "2026-11-30", **before: Any) -> dict:
    made = body(
        items=[item("A-1", 1), item("A-2", 1, done=SINCE)],
        milestones=[milestone(1, "Checkout")],
        revisions=[revision(1, committed_on)],
        **({"rules_before": {"schedule": before}} if before else {}),
    )
    made["figures"]["milestones"][0]["on_time"] = on_time
    return made


@pytest.mark.parametrize(
    ("on_time", "colour"),
    [
        ("1", "green"),
        ("0.75", "green"),
        ("0.7499", "amber"),
        ("0.45", "amber"),
        ("0.4499", "red"),
        ("0", "red"),
    ],
)
def test_schedule_by_the_chance_where_there_is_one(on_time: str, colour: str) -> None:
    verdict = said("schedule", promised(on_time))
    assert (verdict["colour"], verdict["rule"]) == (colour, f"schedule.forecast_{colour}")


def test_a_chance_is_said_to_us_and_words_to_the_customer() -> None:
    verdict = said("schedule", promised("0.625"))
    assert verdict["sentence"] == (
        "Checkout may be late: a chance of 62 % to be done by Mon 30 Nov; 1 of 2 items is open."
    )
    assert verdict["for_customer"] == (
        "Checkout, committed for Mon 30 Nov, may be late; 1 of 2 items is open."
    )


def test_without_a_chance_or_past_the_date_days_count() -> None:
    assert said("schedule", promised(None))["rule"] == "schedule.green"
    assert said("schedule", promised("0.9", "2026-11-19"))["rule"] == "schedule.amber"


FORECAST = {"rule": "schedule.forecast_red", "milestone": "Checkout"}


@pytest.mark.parametrize(
    ("before", "on_time", "colour"),
    [
        ({**FORECAST, "colour": "red"}, "0.54", "red"),
        ({**FORECAST, "colour": "red"}, "0.55", "amber"),
        ({**FORECAST, "colour": "red"}, "0.84", "amber"),
        ({**FORECAST, "colour": "red"}, "0.85", "green"),
        ({**FORECAST, "colour": "amber"}, "0.84", "amber"),
        ({**FORECAST, "colour": "amber"}, "0.85", "green"),
        ({**FORECAST, "colour": "green"}, "0.75", "green"),
        ({**FORECAST, "colour": "green"}, "0.44", "red"),
        ({**FORECAST, "colour": "red", "milestone": "Another"}, "0.75", "green"),
        ({**FORECAST, "colour": "red", "rule": "schedule.red"}, "0.75", "green"),
    ],
)
def test_a_colour_recovers_clearly_or_not_at_all(before: dict, on_time: str, colour: str) -> None:
    assert said("schedule", promised(on_time, **before))["colour"] == colour


def moves(key: str, *sprints: tuple[datetime, str], stages: Any = None) -> dict[str, Any]:
    """An item that was in these sprints; to do unless ``stages`` say otherwise."""
    made = body(items=[item(key, created=sprints[0][0])])["inputs"]["items"][0]
    made["sprints"] = [[text(at), name] for at, name in sprints]
    if stages:
        made["steps"] = [[text(at), stage, stage] for at, stage in stages]
    return made


def sprints_of(*days: int) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "name": f"S{number}",
            "starts_on": (AS_OF - days * DAY).date().isoformat(),
            "ends_on": (AS_OF - (days - 13) * DAY).date().isoformat(),
        }
        for number, days in enumerate(days, start=1)
    ]


def test_the_last_two_sprints_are_counted_from_the_work() -> None:
    before, long_ago = AS_OF - 12 * DAY, AS_OF - 60 * DAY
    made = body(
        items=[
            moves("A-1", (long_ago, "S1")),
            moves("A-2", (long_ago, "S2"), (before, "S3")),
            moves("A-3", (long_ago, "S3")),
            moves("A-4", (before, "S2")),
        ],
        sprints=sprints_of(42, 28, 14, -1),
    )
    assert made["figures"]["sprints"] == [
        {
            "number": 3,
            "name": "S3",
            "starts_on": "2026-11-06",
            "committed": 1,
            "added": 1,
        },
        {"number": 2, "name": "S2", "starts_on": "2026-10-23", "committed": 1, "added": 0},
    ]


def test_rework_counts_four_weeks_and_each_item_once() -> None:
    then, old = AS_OF - 5 * DAY, AS_OF - 40 * DAY
    steps = {
        "finished": [(old, "not_started"), (then, "done")],
        "reopened": [(old, "done"), (then, "in_progress")],
        "both": [(old, "not_started"), (then - DAY, "done"), (then, "in_progress")],
        "earlier": [(old, "done")],
        "withdrawn": [(old, "not_started"), (then, "done"), (then + DAY, "withdrawn")],
    }
    made = body(items=[moves(key, (old, ""), stages=stages) for key, stages in steps.items()])
    assert made["figures"]["rework"] == {
        "from_day": "2026-10-23",
        "to_day": "2026-11-20",
        "finished": 2,
        "reopened": 2,
    }


def test_rework_ends_where_the_files_do() -> None:
    assert body()["figures"]["rework"]["to_day"] == "2026-11-20"
    late = body(imports=[])
    assert (late["figures"]["rework"], late["figures"]["sprints"]) == (None, None)


def test_the_frozen_thresholds_colour() -> None:
    patient = Thresholds(schedule_amber_days=20, schedule_red_days=30)
    facts = body(
        items=[item("A-1", 1)],
        milestones=[milestone(1)],
        revisions=[revision(1, "2026-11-10")],
        thresholds=patient.stored,
    )
    assert rag.overall(facts)["colour"] == "green"
    assert rag.overall(facts, DEFAULTS)["colour"] == "red"


@pytest.mark.parametrize("name", list(rag.RULES))
def test_every_dimension_says_its_limits(name: str) -> None:
    assert all(each.startswith("At risk ") for each in rag.limits(name, DEFAULTS))


def test_limits_are_sentences() -> None:
    assert rag.limits("schedule", DEFAULTS) == [
        "At risk from 1, off track from 6 days past the committed date.",
        "At risk below 75, off track below 45 % chance to be in time.",
    ]


def test_facts_of_an_early_schema_tell_no_blockers() -> None:
    early = body() | {"schema": 4}
    early["figures"]["blockers"] = [{"key": "A-1", "since": text(SINCE), "days": 7}]
    assert said("blockers", early)["sentence"] == "Not known: no source (what is blocked)."
