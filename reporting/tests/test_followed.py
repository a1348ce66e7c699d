"""The figures of schema 4: by hand, and against a slow telling that looks at one item at a time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import facts
from reporting.tests.inputs import AS_OF, SINCE, imported, inputs, milestone, text

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
FIRST = AS_OF - 40 * DAY


def line(
    key: str,
    *steps: tuple[float, str],
    created: float = 0,
    milestones: tuple[tuple[float, list[int]], ...] = (),
    sprints: tuple[tuple[float, str], ...] = (),
    flags: tuple[tuple[float, str], ...] = (),
    late: tuple[str, ...] = (),
) -> dict[str, Any]:
    """An item as schema 4 stores it; days count from 40 days before the status."""
    begun = next((at for at, stage in steps if stage in ("in_progress", "blocked")), None)
    begins = on(min([created, *(at for at, _ in steps)]))
    return {
        "source": 1,
        "key": key,
        "title": f"Title of {key}",
        "created_at": on(created),
        "started_at": on(begun) if begun is not None else None,
        "steps": [[begins, "not_started", "Open"], *([on(at), stage, ""] for at, stage in steps)],
        "milestones": [[begins, []], *([on(at), held] for at, held in milestones)],
        "sprints": [[begins, ""], *([on(at), name] for at, name in sprints)],
        "flags": [[begins, ""], *([on(at), flag] for at, flag in flags)],
        "late": list(late),
    }


def on(number: float) -> str | None:
    return text(FIRST + number * DAY)


def figures(*items: dict[str, Any], **rows: Any) -> dict[str, Any]:
    return facts.figures_from(inputs(items=list(items), **rows), schema=4)


def test_what_was_reopened_is_open_and_told() -> None:
    total = figures(line("A-1", (30, "done"), (36, "in_progress")))["total"]
    assert (total["done"], total["open"], total["reopened"]) == (0, 1, ["A-1"])
    assert total["finished"] == []


def test_reopened_and_finished_again_is_finished() -> None:
    total = figures(line("A-1", (30, "done"), (36, "in_progress"), (38, "done")))["total"]
    assert (total["finished"], total["reopened"]) == (["A-1"], [])


def test_what_was_withdrawn_is_no_item_any_more() -> None:
    total = figures(line("A-1", (36, "withdrawn")), line("A-2", (3, "withdrawn")))["total"]
    assert (total["items"], total["removed"]) == (0, ["A-1"])


def test_what_moved_from_one_milestone_to_another() -> None:
    found = figures(
        line("A-1", milestones=((1, [1]), (36, [2]))),
        milestones=[milestone(1), milestone(2)],
    )
    one, two = found["milestones"]
    assert (one["items"], one["moved_out"], one["moved_in"]) == (0, ["A-1"], [])
    assert (two["items"], two["moved_out"], two["moved_in"]) == (1, [], ["A-1"])


def test_blockers_by_age() -> None:
    found = figures(
        line("A-1", (30, "blocked")),
        line("A-2", (10, "in_progress"), flags=((20, "Impediment"),)),
        line("A-3", (10, "blocked"), (39, "done")),
    )
    assert [(row["key"], row["days"]) for row in found["blockers"]] == [("A-2", 20), ("A-1", 10)]


def test_cycle_times_count_both_days_and_leave_out_the_impossible() -> None:
    possible = [line(f"A-{n}", (10, "in_progress"), (10 + n, "done")) for n in range(1, 11)]
    never_started = line("B-1", (20, "done"))
    impossible = line("B-2", (3, "done"), created=5)
    found = figures(*possible, never_started, impossible)["flow"]["cycle_times"]
    assert found == {
        "items": 10,
        "p50": 6,
        "p85": 10,
        "without_start": 1,
        "impossible": ["B-2"],
    }


def test_cycle_times_of_few_items_are_not_known() -> None:
    found = figures(line("A-1", (10, "in_progress"), (11, "done")))["flow"]["cycle_times"]
    assert (found["items"], found["p50"], found["p85"]) == (1, None, None)


def test_the_oldest_three() -> None:
    found = figures(*(line(f"A-{n}", (n, "in_progress")) for n in range(1, 6)))["flow"]
    assert (found["wip"], [row["key"] for row in found["oldest"]]) == (5, ["A-1", "A-2", "A-3"])
    assert found["oldest"][0]["days"] == 40


def test_silent_weeks_are_zero() -> None:
    """The first day is a Sunday, the last a Friday."""
    found = figures(line("A-1", (1, "done")), line("A-2"))["flow"]["throughput"]
    assert [row["finished"] for row in found] == [0, 1, 0, 0, 0, 0]


SPRINTS = [{"number": 1, "name": "S 1", "starts_on": "2026-11-09", "ends_on": "2026-11-22"}]


def test_the_running_sprint() -> None:
    """It began 29 days after the first day, and is planned on that day."""
    found = figures(
        line("A-1", sprints=((20, "S 0"), (29.2, "S 1"))),
        line("A-2", (35, "done"), sprints=((25, "S 1"),)),
        line("A-3", sprints=((33, "S 1"),)),
        line("A-4", sprints=((25, "S 1"), (33, "S 2"))),
        line("A-5", (20, "done"), sprints=((15, "S 1"),)),
        sprints=SPRINTS,
    )["sprint"]
    assert found["committed"] == ["A-1", "A-2", "A-4"]
    assert (found["added"], found["removed"]) == (["A-3"], ["A-4"])
    assert (found["carried"], found["done"]) == (["A-1"], ["A-2"])


def test_without_a_sprint_with_dates_there_is_none() -> None:
    assert figures(line("A-1"))["sprint"] is None


def test_what_is_told_late_is_dated() -> None:
    found = figures(
        line("A-1", (30, "done"), late=("done",)), line("A-2", (31, "done"), late=("done",))
    )
    assert found["total"]["finished_late"] == ["A-1", "A-2"]
    assert found["late_days"] == {"first": "2026-11-10", "last": "2026-11-11"}


def test_without_an_import_nothing_is_known() -> None:
    found = figures(imports=[])
    assert (found["flow"], found["blockers"], found["sprint"]) == (None, None, None)


# Against a slow telling: one item, one instant at a time.

STAGES = ["not_started", "in_progress", "blocked", "done", "withdrawn"]
steps = st.lists(st.tuples(st.integers(1, 39), st.sampled_from(STAGES)), max_size=6)
moves = st.lists(st.tuples(st.integers(1, 39), st.sampled_from([[], [1], [2], [1, 2]])), max_size=4)


@st.composite
def lines(draw: Any) -> list[dict[str, Any]]:
    """Up to five items with any walk through stages and milestones."""
    return [
        line(
            f"A-{number}",
            *sorted(dict(draw(steps)).items()),
            created=draw(st.integers(0, 39)),
            milestones=tuple(sorted(dict(draw(moves)).items())),
        )
        for number in range(draw(st.integers(0, 5)))
    ]


def stands(row: dict[str, Any], at: datetime) -> str | None:
    """The stage just before an instant; None where the item does not count."""
    if datetime.fromisoformat(row["created_at"]) >= at:
        return None
    past = [stage for when, stage, _ in row["steps"] if datetime.fromisoformat(when) < at]
    stage = past[-1] if past else row["steps"][0][1]
    return None if stage == "withdrawn" else stage


def held(row: dict[str, Any], at: datetime) -> list[int]:
    past = [numbers for when, numbers in row["milestones"] if datetime.fromisoformat(when) < at]
    return past[-1] if past else row["milestones"][0][1]


def finished_at(row: dict[str, Any], at: datetime) -> datetime | None:
    """The step since which it is done without a break."""
    found = None
    for when, stage, _ in row["steps"]:
        if datetime.fromisoformat(when) < at:
            found = (found or datetime.fromisoformat(when)) if stage == "done" else None
    return found if stands(row, at) == "done" else None


@given(lines())
def test_what_there_is_and_what_is_done(rows: list[dict[str, Any]]) -> None:
    found = figures(*rows, milestones=[milestone(1), milestone(2)])
    there = [row for row in rows if stands(row, AS_OF)]
    done = [row for row in there if stands(row, AS_OF) == "done"]
    total = found["total"]
    assert (total["items"], total["done"]) == (len(there), len(done))
    lately = [row["key"] for row in done if (finished_at(row, AS_OF) or SINCE) >= SINCE]
    assert total["finished"] == lately
    at_work = [row for row in there if stands(row, AS_OF) in ("in_progress", "blocked")]
    assert found["flow"]["wip"] == len(at_work)
    for told in found["milestones"]:
        mine = [row for row in there if told["number"] in held(row, AS_OF)]
        assert told["items"] == len(mine)
        assert told["done"] == sum(stands(row, AS_OF) == "done" for row in mine)
        assert sum(told["stages"].values()) == len(mine)


@given(lines())
def test_what_came_back_went_or_moved(rows: list[dict[str, Any]]) -> None:
    found = figures(*rows, milestones=[milestone(1)])
    were = {row["key"]: stands(row, SINCE) for row in rows}
    are = {row["key"]: stands(row, AS_OF) for row in rows}
    removed = [key for key in were if were[key] and not are[key]]
    assert found["total"]["removed"] == removed
    both = [row for row in rows if were[row["key"]] and are[row["key"]]]
    [told] = found["milestones"]
    ins, outs = ([1 in held(row, at) for row in both] for at in (AS_OF, SINCE))
    pairs = list(zip(both, ins, outs, strict=True))
    assert told["moved_in"] == [row["key"] for row, now, then in pairs if now and not then]
    assert told["moved_out"] == [row["key"] for row, now, then in pairs if then and not now]


@given(lines())
def test_the_burn_up_and_the_throughput(rows: list[dict[str, Any]]) -> None:
    found = figures(*rows, imports=[imported(AS_OF)])
    for point in found["burnup"]:
        sunday = date.fromisoformat(point["ends_on"])
        ends = datetime(sunday.year, sunday.month, sunday.day, tzinfo=BERLIN) + DAY
        counted = [stands(row, ends) for row in rows]
        assert point["scope"] == sum(stage is not None for stage in counted)
        assert point["done"] == counted.count("done")
    finished = [at for row in rows if (at := finished_at(row, AS_OF))]
    for week in found["flow"]["throughput"]:
        assert week["finished"] == sum(week_of(at) == week["week"] for at in finished)


def week_of(at: datetime) -> str:
    year, week, _ = at.astimezone(BERLIN).isocalendar()
    return f"{year}-W{week:02d}"


@pytest.mark.parametrize("schema", [1, 2, 3, 4, 5, 6])
def test_old_schemas_stay(schema: int) -> None:
    assert facts.figures_from(inputs(), schema=schema)["milestones"] == []


def test_nothing_of_the_future_is_told() -> None:
    later = (AS_OF - FIRST) / DAY + 1
    total = figures(line("A-1", (later, "done")), line("A-2", created=later))["total"]
    assert (total["items"], total["done"]) == (1, 0)
    assert datetime.fromisoformat(on(later) or "") > AS_OF.astimezone(UTC)
