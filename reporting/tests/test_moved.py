"""The figures of schema 6: what moved sums up, by hand and against a slow telling."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import facts, sentences
from reporting.tests.inputs import AS_OF, SINCE, inputs, milestone, revision
from reporting.tests.test_followed import held, line, lines, on, stands

DAY = timedelta(days=1)
PROMISED = {"milestones": [milestone(1, "Checkout")], "revisions": [revision(1, "2026-12-04")]}


def figures(*items: dict[str, Any], **rows: Any) -> dict[str, Any]:
    return facts.figures_from(inputs(items=list(items), **rows), schema=6)


def said(*items: dict[str, Any], **rows: Any) -> dict[str, str]:
    given = inputs(items=list(items), **rows)
    found = sentences.write({"inputs": given, "figures": facts.figures_from(given)})
    return {row["key"]: f"{row['about']}: {row['text']}".lstrip(": ") for row in found}


def gone(key: str, *spans: tuple[float, float | None], **more: Any) -> dict[str, Any]:
    """An open item that whole exports did not name from one day to another."""
    steps = [
        (at, stage)
        for since, until in spans
        for at, stage in ((since, "withdrawn"), (until, "not_started"))
        if at is not None
    ]
    return line(key, *steps, **more) | {"missing": [on(since) for since, _ in spans]}


def test_gone_is_not_withdrawn() -> None:
    rows = [gone("A-1", (36, None)), line("A-2", (37, "withdrawn"))]
    total = figures(*rows)["total"]
    assert (total["gone"], total["removed"], total["items"]) == (["A-1"], ["A-2"], 0)
    found = said(*rows)
    assert found["gone"] == "1 item was gone from the tracker between 13 and 20 Nov."
    assert found["removed"] == "1 item was withdrawn between 13 and 20 Nov."


def test_what_went_says_from_which_milestone() -> None:
    """So that a promise that became smaller says by what."""
    mine = {"milestones": ((1, [1]),)}
    rows = [
        line("A-1", (37, "withdrawn"), **mine),
        line("A-2", (37, "withdrawn"), **mine),
        line("A-3", (37, "withdrawn")),
        line("A-4", (30, "done"), (37, "in_progress"), **mine),
        gone("A-5", (36, None), **mine),
    ]
    found = said(*rows, **PROMISED)
    assert found["removed"] == (
        "3 items were withdrawn between 13 and 20 Nov: 2 in Checkout, "
        "1 outside the committed milestones."
    )
    assert found["reopened"] == "1 item was reopened between 13 and 20 Nov, in Checkout."
    assert found["gone"].endswith("between 13 and 20 Nov, in Checkout.")


def test_what_came_back_is_added_back() -> None:
    row = gone("A-1", (20, 36), milestones=((1, [1]),))
    found = figures(row, **PROMISED)
    assert (found["total"]["back"], found["milestones"][0]["back"]) == (["A-1"], ["A-1"])
    assert found["total"]["created"] == []
    assert said(row, **PROMISED)["back"] == (
        "1 item was added back, no longer withdrawn or gone from the tracker, "
        "between 13 and 20 Nov, to Checkout."
    )


@pytest.mark.parametrize(
    ("kind", "row", "words"),
    [
        ("removed", line("A-1", (32, "withdrawn")), "1 item withdrawn before the last status"),
        ("gone", gone("A-1", (32, None)), "1 item gone from the tracker before the last status"),
        ("back", gone("A-1", (20, 32)), "1 item added back before the last status"),
    ],
)
def test_what_became_known_late_is_dated(kind: str, row: dict[str, Any], words: str) -> None:
    found = said(row | {"late": [kind]})[f"late.{kind}"]
    assert found.startswith(f"{words}, on 12 Nov, was ")


def test_what_is_created_later_by_now_is_said() -> None:
    row = line("A-1", created=36) | {"late": ["redated"]}
    assert said(row)["late.redated"] == (
        "1 item that the last status counted is by now said to be created later."
    )


def test_a_milestone_says_what_moved_its_counts() -> None:
    row = line("A-1", (31, "done"), created=30, milestones=((30, [1]),), late=("created", "done"))
    found = said(row | {"late_in": [1]}, **PROMISED)
    assert found["late.scope.1"] == (
        "Checkout: 1 item came to it, 1 item of it was finished before the last status, "
        "which could not know it yet."
    )
    left = said(line("A-2", created=1) | {"late_out": [1]}, **PROMISED)
    assert left["late.scope.1"].startswith("Checkout: 1 item left it before the last status")


@pytest.mark.parametrize(("days", "is_said"), [(8, False), (14, True)])
def test_since_which_status_it_tells(days: int, is_said: bool) -> None:
    since = (AS_OF - days * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = said(since=since).get("since", "")
    assert found == ("This tells what happened since the status of Fri 6 Nov." * is_said)


keys = st.booleans()


@given(lines(), keys)
def test_everything_that_moved_sums_up(rows: list[dict[str, Any]], is_shared: bool) -> None:
    """In all and in a milestone; also where two sources have items of one key."""
    if is_shared:
        rows = [row | {"key": "A-0", "source": n} for n, row in enumerate(rows)]
    found = figures(*rows, milestones=[milestone(1)])
    were = [row for row in rows if stands(row, SINCE)]
    are = [row for row in rows if stands(row, AS_OF)]
    assert len(are) == len(were) + balance(found["total"])
    [mine] = found["milestones"]
    was_in = sum(1 in held(row, SINCE) for row in were)
    moves = len(mine["moved_in"]) - len(mine["moved_out"])
    assert mine["items"] == was_in + balance(mine) + moves


def balance(told: dict[str, Any]) -> int:
    came = len(told["created"]) + len(told["back"])
    return came - len(told["removed"]) - len(told["gone"])


@given(lines())
def test_what_went_and_came_back(rows: list[dict[str, Any]]) -> None:
    """Each as a slow telling finds it; every second item was missing whenever it was withdrawn."""
    for row in rows[::2]:
        row["missing"] = [at for at, stage, _ in row["steps"] if stage == "withdrawn"]
    total = figures(*rows)["total"]
    went = [row for row in rows if stands(row, SINCE) and not stands(row, AS_OF)]
    assert total["gone"] == [row["key"] for row in went if "missing" in row]
    assert total["removed"] == [row["key"] for row in went if "missing" not in row]
    old = [row for row in rows if row["created_at"] < SINCE.strftime("%Y-%m-%dT%H:%M:%SZ")]
    came = [row["key"] for row in old if not stands(row, SINCE) and stands(row, AS_OF)]
    assert total["back"] == came
