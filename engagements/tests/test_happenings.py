"""What happened to an item, told at its instants, from what was said of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagements.histories import Evidence, history_of
from engagements.histories.happenings import File, Happening, Said, happenings
from engagements.sources.rows import written
from engagements.stages import decided_by

DAY = timedelta(days=1)
START = datetime(2026, 1, 5, 10, tzinfo=UTC)
STATES = {
    "Open": "not_started",
    "Doing": "in_progress",
    "Stuck": "blocked",
    "Closed": "done",
    "Dropped": "withdrawn",
}
ROWS, LOG = File(1, "work.csv"), File(2, "log.csv")


def day(number: float) -> datetime:
    return START + number * DAY


def seen(on: float, *, done: float | None = None, begun: float | None = None, **cells: Any) -> Said:
    dated = {
        "created_at": written(START),
        "done_at": written(day(done)) if done is not None else None,
        "started_at": written(day(begun)) if begun is not None else None,
    }
    return Said(Evidence(day(on), "seen", 0, "", json.dumps(dated | cells)), day(on), ROWS)


def changed(on: float, field: str, came: str, became: str) -> Said:
    return Said(Evidence(day(on), field, 0, came, became), day(30), LOG)


def tell(*said: Said, names: dict[str, str] | None = None) -> list[Happening]:
    ordered = sorted(said, key=lambda each: each.evidence.at)
    history = history_of((each.evidence for each in ordered), decided_by(STATES))
    assert history is not None
    return happenings(history, ordered, decided_by(STATES), names or {})


def told(*said: Said, **more: Any) -> list[tuple[float, str, str]]:
    """Days from the start, the headline, and what changed."""
    return [
        ((each.at - START) / DAY, each.headline, "; ".join(each.changes))
        for each in tell(*said, **more)
    ]


def test_what_no_file_says_to_be_created_is_first_told_of() -> None:
    assert told(seen(3, created_at=None)) == [(3, "First told of", "")]
    # what was done on a day was there by then, and is not done before it was there
    assert told(seen(3, created_at=None, done=1)) == [(1, "First told of, done", "")]
    begun = seen(3, created_at=None, begun=1, done=2)
    assert told(begun) == [(1, "First told of, started", ""), (2, "Done", "")]
    # a later file may know
    assert told(seen(3, created_at=None), seen(4)) == [(0, "Created", "")]


def test_created_started_and_done_by_the_dates_of_a_row() -> None:
    assert told(seen(9, begun=2, done=5, state="Closed", sprint="S1", size="3.00")) == [
        (0, "Created", "Sprint: S1; Size: 3"),
        (2, "Started", ""),
        (5, "Done", "State: Closed"),
    ]


def test_everything_that_states_tell() -> None:
    moves = ["Open", "Doing", "Open", "Doing", "Closed", "Doing", "Dropped", "Open", "Doing"]
    log = [changed(day, "state", *moves[day - 1 : day + 1]) for day in range(1, len(moves))]
    headlines = ["Created", "Started", "Put back", "Started again", "Done", "Reopened"]
    headlines += ["Withdrawn", "No longer withdrawn", "Started again"]
    found = told(seen(20, state="Doing"), *log)
    assert [headline for _, headline, _ in found] == headlines
    assert [words for _, _, words in found[:2]] == ["State: Open", "State: Open → Doing"]


def test_blocked_by_a_state_then_by_a_flag() -> None:
    found = told(
        seen(20, state="Doing"),
        changed(1, "state", "Doing", "Stuck"),
        changed(2, "flag", "", "Impediment"),
        changed(3, "state", "Stuck", "Doing"),
        changed(4, "flag", "Impediment", ""),
    )
    assert found == [
        (0, "Created, started", "State: Doing"),
        (1, "Blocked", "State: Doing → Stuck"),
        (2, "", "Flag: Impediment"),
        (3, "", "State: Stuck → Doing"),
        (4, "Unblocked", "Flag: Impediment → none"),
    ]


def test_what_is_done_is_not_told_as_unblocked() -> None:
    log = [changed(1, "state", "Open", "Stuck"), changed(2, "state", "Stuck", "Closed")]
    found = told(seen(20, state="Closed"), *log)
    assert [headline for _, headline, _ in found] == ["Created", "Started, blocked", "Done"]


def test_milestones_come_and_go_by_the_names_that_we_give_them() -> None:
    log = [changed(1, "milestone", "2.1", ""), changed(2, "milestone", "", "3.0")]
    assert told(seen(20, milestones=["3.0"]), *log, names={"2.1": "Refunds"}) == [
        (0, "Created", "In Refunds"),
        (1, "", "Taken out of Refunds"),
        (2, "", "Put into 3.0"),
    ]


@pytest.mark.parametrize(
    ("field", "came", "became", "words"),
    [
        ("sprint", "S1", "S2", "Sprint: S1 → S2"),
        ("sprint", "S1", "", "Sprint: S1 → none"),
        ("assignee", "", "Sami", "Assignee: Sami"),
        ("size", "3.00", "100.00", "Size: 3 → 100"),
        ("flag", "", "Impediment", "Flag: Impediment"),
        ("due", "2026-11-30", "2026-12-04", "Due date: 2026-11-30 → 2026-12-04"),
    ],
)
def test_each_field_is_told(field: str, came: str, became: str, words: str) -> None:
    assert told(seen(20), changed(1, field, came, became))[1][2] == words


def test_a_size_that_is_only_written_otherwise_is_no_change() -> None:
    assert told(seen(20), changed(1, "size", "3", "3.00")) == [(0, "Created", "Size: 3")]


def test_a_state_that_nobody_has_decided_on() -> None:
    found = tell(
        seen(20, state="Peer QA"),
        changed(1, "state", "Open", "Doing"),
        changed(2, "state", "Doing", "Peer QA"),
    )
    assert [each.undecided for each in found] == [[], [], [("Peer QA", "in_progress")]]


def test_done_before_it_was_created_is_told_first() -> None:
    found = told(seen(3, done=-2, state="Closed"))
    assert [(on, headline) for on, headline, _ in found] == [(-2, "Done"), (0, "Created")]


def test_started_after_it_was_done_is_told_too() -> None:
    found = told(seen(9, begun=6, done=5, state="Closed"))
    assert [(on, headline) for on, headline, _ in found][1:] == [(5, "Done"), (6, "Started")]


def test_each_is_told_by_the_file_that_said_it() -> None:
    found = tell(seen(9, done=5, state="Closed"), changed(2, "sprint", "", "S1"))
    assert [each.file for each in found] == [ROWS, LOG, ROWS]


def test_what_two_files_tell_of_one_instant_stands_apart() -> None:
    found = tell(seen(9, done=5, state="Closed"), changed(5, "sprint", "", "S1"))
    assert [(each.headline, each.file) for each in found][1:] == [("Done", ROWS), ("", LOG)]


def test_gone_from_the_tracker_and_back() -> None:
    def listed(on: float, became: str) -> Said:
        return Said(Evidence(day(on), "listed", 0, "", became), day(on), ROWS)

    found = told(seen(2, state="Open"), listed(4, "no"), listed(6, "yes"), listed(8, "no"))
    assert [(on, headline) for on, headline, _ in found][2:] == [
        (4, "Withdrawn, gone from the tracker"),
        (6, "No longer withdrawn, back in the tracker"),
        (8, "Withdrawn, gone from the tracker"),
    ]


DAYS = st.integers(-3, 12)
SEEN = st.builds(
    seen,
    DAYS,
    done=st.none() | DAYS,
    begun=st.none() | DAYS,
    state=st.sampled_from([*STATES, "", "Peer QA"]),
    flag=st.sampled_from(["", "Impediment"]),
    milestones=st.lists(st.sampled_from(["2.1", "3.0"]), unique=True),
)
CHANGED = st.builds(
    lambda on, field, values: changed(on, field, *values),
    DAYS,
    st.sampled_from(["state", "milestone", "flag", "sprint"]),
    st.lists(st.sampled_from([*STATES, ""]), min_size=2, max_size=2, unique=True),
)


LISTED = st.builds(
    lambda on, became: Said(Evidence(day(on), "listed", 0, "", became), day(on), ROWS),
    DAYS,
    st.sampled_from(["yes", "no"]),
)


@given(st.lists(SEEN, min_size=1, max_size=4), st.lists(CHANGED | LISTED, max_size=8))
def test_whatever_was_said_is_told_in_the_order_of_time(rows: Any, log: Any) -> None:
    """Each by a file, the item's end as its last word, and nothing said twice."""
    found = tell(*rows, *log)
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert len({(each.at, each.file) for each in found}) == len(found)
    assert sum("Created" in each.headlines for each in found) == 1
    assert all(each.headlines or each.changes for each in found)


def stayed(number: int, on: float, *stays: tuple[float, str]) -> Said:
    """A report of stays, in days from the start."""
    told = [[state, written(day(since))] for since, state in stays]
    cells = {"created_at": told[0][1], "state": stays[-1][1], "stays": told}
    evidence = Evidence(day(on), "seen", 0, "", json.dumps(cells))
    return Said(evidence, day(on), File(number, f"{number}.csv"))


def test_a_move_is_dated_by_the_latest_report_and_told_by_the_first_that_knew_it() -> None:
    first = stayed(1, 4, (0, "Open"), (2, "Stuck"), (3, "Doing"))
    second = stayed(2, 9, (-0.5, "Open"), (1.5, "Stuck"), (2.5, "Doing"), (8, "Closed"))
    found = [
        ((each.at - START) / DAY, each.headline, each.file.number) for each in tell(second, first)
    ]
    assert found == [
        (-0.5, "Created", 1),
        (1.5, "Started, blocked", 1),
        (2.5, "Unblocked", 1),
        (8, "Done", 2),
    ]


def test_a_report_tells_no_move_that_it_tells_otherwise() -> None:
    first = stayed(1, 4, (0, "Open"), (2, "Stuck"), (3, "Open"))
    second = stayed(2, 9, (0, "Open"), (2, "Doing"), (3, "Open"))
    assert [each.file.number for each in tell(first, second)] == [1, 2, 2]
