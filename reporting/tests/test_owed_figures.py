"""Schema 9: what is asked, raised, risked, promised, expected and planned."""

from datetime import timedelta
from typing import Any

import pytest

from dm_portal.people.models import User
from engagements.models import Engagement
from engagements.tests.owed import owe
from engagements.tests.owed import promise as promised
from reporting import facts
from reporting.figures import version_9
from reporting.forecasting import stored
from reporting.tests.inputs import (
    AS_OF,
    SINCE,
    ask,
    body,
    criterion,
    escalation,
    followed,
    forecast,
    inputs,
    item,
    milestone,
    over_time,
    promise,
    revision,
    risk,
    sprint,
    text,
)

DAY = timedelta(days=1)
IN_WINDOW, BEFORE, AFTER = text(SINCE + DAY), text(SINCE - DAY), text(AS_OF + DAY)


def figures(**rows: Any) -> dict[str, Any]:
    """Of an engagement that was known here all the while."""
    found: dict[str, Any] = body(known_from=text(AS_OF - 90 * DAY), **rows)["figures"]
    return found


def test_an_older_body_has_none_of_it() -> None:
    found = body()["figures"]
    assert (found["asks"], found["risks"], found["commitments"]) == ([], [], [])
    assert found["ahead"] is None


def test_asks_are_open_until_they_are_answered() -> None:
    rows = [ask(1, needed_by="2026-11-17"), ask(2, ended_at=AFTER, state="answered")]
    rows += [ask(3, asked_at=AFTER), ask(4, ended_at=BEFORE, state="withdrawn")]
    late, open_then = figures(asks=rows)["asks"]
    assert (late["number"], late["working_days_past"], late["is_new"]) == (1, 3, False)
    assert late["title"] == "Which bank do we test with? We need its name"
    assert (open_then["number"], open_then["working_days_past"]) == (2, 0)


def test_answers_are_those_of_the_window() -> None:
    rows = [ask(1, ended_at=IN_WINDOW, state="answered"), ask(2, ended_at=IN_WINDOW)]
    rows += [ask(3, ended_at=BEFORE, state="answered"), ask(4)]
    found = figures(asks=rows)["answered"]
    assert [(row["number"], row["is_answered"]) for row in found] == [(1, True), (2, False)]
    assert found[0]["ended_on"] == "2026-11-14"


def test_escalations_are_open_or_were_resolved_in_the_window() -> None:
    rows = [escalation(1, shared_at=IN_WINDOW), escalation(2, answer_by="2026-11-17")]
    rows += [escalation(3, ended_at=IN_WINDOW), escalation(4, ended_at=BEFORE)]
    found = figures(escalations=rows)
    late, fresh = found["escalations"]
    assert (late["number"], late["working_days_past"], late["is_new"]) == (2, 3, False)
    assert (fresh["number"], fresh["working_days_open"], fresh["is_new"]) == (1, 8, True)
    assert [(row["number"], row["resolved_on"]) for row in found["resolved"]] == [(3, "2026-11-14")]


def test_risks_have_an_age() -> None:
    rows = [risk(1, shared_at=IN_WINDOW), risk(2), risk(3, ended_at=BEFORE)]
    old, fresh = figures(risks=rows)["risks"]
    assert (old["number"], old["since_day"], old["working_days"]) == (2, "2026-11-10", 8)
    assert (fresh["number"], fresh["is_new"]) == (1, True)


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (promise(fulfilled=[["2026-11-17T09:00:00Z", "2026-11-17"]]), "kept"),
        (promise(due_on="2026-12-01", fulfilled=[["2026-11-17T09:00:00Z", "2026-11-17"]]), "kept"),
        (promise(), "missed"),
        (promise(fulfilled=[["2026-11-19T09:00:00Z", "2026-11-19"]]), "missed"),
        (promise(fulfilled=[["2026-11-30T09:00:00Z", "2026-11-17"]]), "missed"),
        (promise(due_on="2026-11-20"), None),
        (promise(due_on="2026-10-18"), None),
        (promise(due_on="2026-11-18", recorded_at=AFTER), None),
        (promise(due_on=None, supersedes=9), None),
    ],
)
def test_a_promise_is_told_when_something_came_of_it(row: Any, state: str | None) -> None:
    assert [each["state"] for each in figures(commitments=[row])["commitments"]] == (
        [state] if state else []
    )


@pytest.mark.parametrize(
    ("said_on", "moved_to", "off", "state", "notice"),
    [
        ("2026-11-13", "2026-12-04", [], "moved", 10),
        ("2026-11-13", "2026-12-04", ["2026-11-26"], "moved_late", 9),
        ("2026-11-16", "2026-12-04", [], "moved_late", 9),
        ("2026-11-13", None, [], "withdrawn", 10),
    ],
)
def test_a_promise_that_moved_says_with_how_much_notice(
    said_on: str, moved_to: str | None, off: list[str], state: str, notice: int
) -> None:
    at = f"{said_on}T15:00:00Z"
    moved = promise(2, moved_to, supersedes=1, said_on=said_on, recorded_at=at)
    days = {"weekdays": [0, 1, 2, 3, 4], "off": off}
    rows = figures(commitments=[promise(1, "2026-11-27"), moved], working_days=days)
    [found] = rows["commitments"]
    assert (found["state"], found["moved_to"], found["notice"]) == (state, moved_to, notice)


def test_a_promise_that_moves_on_its_day_is_missed_on_that_day() -> None:
    told = {"said_on": "2026-11-20", "recorded_at": "2026-11-20T09:00:00Z"}
    rows = [promise(1, "2026-11-20"), promise(2, "2026-12-04", supersedes=1, **told)]
    [found] = figures(commitments=rows)["commitments"]
    assert (found["number"], found["state"], found["settled_on"]) == (1, "missed", "2026-11-20")
    assert version_9(followed(inputs(commitments=rows)))["commitments"] == []


def test_ages_are_counted_in_the_working_days_of_the_engagement() -> None:
    """Without Friday the 13th, and without Wednesday the 18th."""
    days = {"weekdays": [0, 1, 2, 3], "off": ["2026-11-18"]}
    rows = {"asks": [ask(1, needed_by="2026-11-12")], "risks": [risk(1)]}
    rows |= {"escalations": [escalation(1, answer_by="2026-11-17")]}
    found = figures(working_days=days, **rows)
    assert found["asks"][0]["working_days_past"] == 3
    assert found["risks"][0]["working_days"] == 5
    [raised] = found["escalations"]
    assert (raised["working_days_open"], raised["working_days_past"]) == (5, 1)


def test_a_promise_that_moved_after_its_day_is_missed() -> None:
    moved = promise(2, "2026-12-04", supersedes=1, said_on="2026-11-19")
    [found] = figures(commitments=[promise(1), moved])["commitments"]
    assert (found["number"], found["state"]) == (1, "missed")


def test_the_date_of_a_milestone_is_kept_when_it_is_done() -> None:
    met = [criterion(1, met=SINCE + DAY)]
    rows = {"milestones": [milestone(1)], "criteria": met, "revisions": [revision(1, "2026-11-18")]}
    [found] = figures(commitments=[promise(milestone=1)], **rows)["commitments"]
    assert (found["state"], found["kept_on"]) == ("kept", "2026-11-14")


def told_on(*rows: dict[str, Any], weeks: int = 4, **more: Any) -> list[tuple[str, str]]:
    """What each of the statuses from the 13th on tells of promises: its day, and the state."""
    found = []
    for week in range(weeks):
        since, as_of = SINCE + (week - 1) * 7 * DAY, SINCE + week * 7 * DAY
        given = figures(since=text(since), as_of=text(as_of), commitments=list(rows), **more)
        found += [(text(as_of)[5:10], each["state"]) for each in given["commitments"]]  # type: ignore[index]
    return found


KEPT_EARLY = [["2026-11-03T09:00:00Z", "2026-11-03"]]
ON_ITS_DAY = {"supersedes": 1, "said_on": "2026-11-13"}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([promise(1, "2026-11-12")], [("11-13", "missed")]),
        ([promise(1, "2026-11-13")], [("11-20", "missed")]),
        ([promise(1, "2027-01-29", fulfilled=KEPT_EARLY)], []),
        (
            [promise(1, "2026-11-13", fulfilled=[["2026-11-13T13:00:00Z", "2026-11-13"]])],
            [("11-13", "kept")],
        ),
        (
            [promise(1, "2027-01-29", fulfilled=[["2026-11-13T15:00:00Z", "2026-11-13"]])],
            [("11-20", "kept")],
        ),
        (
            [promise(1, "2026-11-12", fulfilled=[["2026-11-17T09:00:00Z", "2026-11-12"]])],
            [("11-13", "missed"), ("11-20", "kept")],
        ),
        (
            [
                promise(1, "2026-11-13"),
                promise(2, "2026-12-24", recorded_at="2026-11-13T13:00:00Z", **ON_ITS_DAY),
            ],
            [("11-13", "missed")],
        ),
        (
            [
                promise(1, "2026-11-27"),
                promise(2, "2026-12-24", recorded_at="2026-11-13T15:00:00Z", **ON_ITS_DAY),
            ],
            [("11-20", "moved")],
        ),
    ],
)
def test_what_came_of_a_promise_is_told_once(rows: Any, told: list[tuple[str, str]]) -> None:
    """The statuses are of Fridays, at 15:00."""
    assert told_on(*rows) == told


def test_what_was_over_before_it_was_written_down_is_no_news() -> None:
    late = {"recorded_at": IN_WINDOW}
    assert figures(commitments=[promise(1, "2026-11-11", **late)])["commitments"] == []
    [found] = figures(commitments=[promise(1, "2026-11-12", **late)])["commitments"]
    assert found["state"] == "missed"


def test_schema_9_tells_what_was_kept_early_until_it_is_due() -> None:
    given = followed(inputs(commitments=[promise(1, "2027-01-29", fulfilled=KEPT_EARLY)]))
    assert [row["state"] for row in version_9(given)["commitments"]] == ["kept"]


def test_all_that_was_promised_is_told_at_first() -> None:
    [found] = figures(since=None, commitments=[promise(due_on="2026-10-18")])["commitments"]
    assert found["state"] == "missed"


def test_what_was_written_down_afterwards_is_told_of_a_time_before() -> None:
    rows = {"commitments": [promise(recorded_at=AFTER), promise(2, said_on="2026-11-21")]}
    assert [row["number"] for row in body(**rows)["figures"]["commitments"]] == [1]


def promised_for(day: str, *forecasts: dict[str, Any]) -> dict[str, Any]:
    rows = {"milestones": [milestone(1)], "revisions": [revision(1, day)]}
    [found] = figures(items=[item("A-1", 1)], forecasts=list(forecasts), **rows)["milestones"]
    return {name: found[name] for name in ("on_time", "expected_from", "expected_to", "not_told")}


def test_a_law_tells_the_chance_and_the_range() -> None:
    assert promised_for("2026-12-04", forecast(1, "0.400000", "0.700000", "0.900000")) == {
        "on_time": "0.7000",
        "expected_from": "2026-12-01",
        "expected_to": "2026-12-10",
        "not_told": None,
    }


def test_a_refusal_says_why() -> None:
    found = promised_for("2026-12-04", forecast(refusal="need 8 complete weeks, have 3"))
    assert (found["on_time"], found["not_told"]) == (None, "need 8 complete weeks, have 3")
    assert set(promised_for("2026-12-04").values()) == {None}


def in_sprint(key: str, *milestones: int, sprint: str, **fields: Any) -> dict[str, Any]:
    row = over_time(item(key, *milestones, created=SINCE, **fields))
    return row | {"sprints": [[row["created_at"], sprint]]}


def test_the_sprint_of_the_next_week_by_milestone() -> None:
    rows = {
        "milestones": [milestone(1), milestone(2)],
        "revisions": [revision(1, "2026-12-18"), revision(2, "2026-12-04")],
        "sprints": [
            sprint(1, "2026-11-09", "2026-11-22"),
            sprint(2, "2026-11-23", "2026-12-06", "Refunds"),
        ],
        "items": [
            in_sprint("A-1", 1, 2, sprint="Sprint 2"),
            in_sprint("A-2", 1, sprint="Sprint 2", done=SINCE + DAY),
            in_sprint("A-3", sprint="Sprint 2"),
            in_sprint("A-4", 1, sprint="Sprint 1"),
        ],
    }
    ahead = figures(**rows)["ahead"]
    assert (ahead["name"], ahead["goal"]) == ("Sprint 2", "Refunds")
    assert [(row["number"], row["open"], row["done"]) for row in ahead["milestones"]] == [
        (2, ["A-1"], []),
        (1, [], ["A-2"]),
    ]
    assert ahead["beyond"] == {"open": ["A-3"], "done": []}


def test_the_running_sprint_where_no_later_one_is_known() -> None:
    running = [sprint(1, "2026-11-09", "2026-11-22")]
    assert figures(sprints=running)["ahead"]["name"] == "Sprint 1"
    assert figures(sprints=[sprint(1, "2026-10-09", "2026-10-22")])["ahead"] is None


@pytest.mark.django_db
def test_only_what_is_shared_is_stored(engagement: Engagement, manager: User) -> None:
    owe(engagement, number=1)
    shared = {"shared_at": AS_OF - DAY, "shared_by": manager, "customer_text": "For you."}
    owe(engagement, number=2, **shared)
    made = promised(engagement)
    found = facts.read_inputs(engagement, since=None, as_of=AS_OF)
    for name in ("asks", "escalations", "risks"):
        assert [(row["number"], row["text"]) for row in found[name]] == [(2, "For you.")]
    assert found["asks"][0]["asked_at"] == "2026-11-19T14:00:00Z"
    assert found["escalations"][0]["to_kind"] == "internal"
    [told] = found["commitments"]
    assert (told["promise"], len(told["fulfilled"])) == (made.promise, 1)
    words = facts.canonical(facts.collect(engagement, since=None, as_of=AS_OF))
    for ours in ("Which bank?", "The bank is late", "Nobody decides"):
        assert ours not in words
    assert facts.rebuild(words) == words


def test_forecasts_are_worked_out_when_facts_are_collected() -> None:
    rows = {"milestones": [milestone(1)], "revisions": [revision(1, "2026-12-04")]}
    assert stored(inputs(imports=[])) == []
    [found] = stored(inputs(items=[over_time(item("A-1", 1))], **rows))
    assert (found["refusal"], found["law"]) == ("too_young", [])
