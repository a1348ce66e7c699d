"""What became of an item, from what was said of it: by hand, and against a slower telling."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagements.histories import Evidence, History, at, history_of
from engagements.sources.rows import written
from engagements.stages import Stage, decided_by

DAY = timedelta(days=1)
START = datetime(2026, 1, 5, 10, tzinfo=UTC)
STATES = {"Open": "not_started", "Doing": "in_progress", "Stuck": "blocked", "Closed": "done"}


def day(number: float) -> datetime:
    return START + number * DAY


def seen(on: float, *, done: float | None = None, begun: float | None = None, **cells: Any) -> Any:
    dated = {
        "created_at": written(START),
        "done_at": written(day(done)) if done is not None else None,
        "started_at": written(day(begun)) if begun is not None else None,
    }
    return Evidence(day(on), "seen", 0, "", json.dumps(dated | cells))


def changed(on: float, field: str, came: str, became: str) -> Evidence:
    return Evidence(day(on), field, 0, came, became)


def history(*evidence: Evidence) -> History:
    found = history_of(evidence, decided_by(STATES))
    assert found is not None
    return found


def stages(found: History) -> list[tuple[float, str]]:
    return [((step.at - START) / DAY, str(step.stage)) for step in found.steps]


def test_what_no_export_has_named_is_no_item_yet() -> None:
    assert history_of([changed(1, "state", "Open", "Closed")], decided_by(STATES)) is None


def test_without_a_created_date_it_began_when_it_was_first_told_of() -> None:
    rows = [Evidence(day(on), "seen", 0, "", '{"state": "Open"}') for on in (9, 6)]
    moves = [changed(4, "state", "Open", "Doing"), changed(5, "state", "Doing", "Open")]
    assert history(*rows).created_at == day(6)
    assert history(*rows, *moves).created_at == day(4)


def test_the_dates_of_a_row_date_its_stages() -> None:
    found = history(seen(9, begun=2, done=5, state="Closed"))
    assert stages(found) == [(0, "not_started"), (2, "in_progress"), (5, "done")]
    assert (found.started_at, found.done_at) == (day(2), day(5))


def test_a_state_without_a_date_counts_from_the_day_on_which_it_was_seen() -> None:
    found = history(seen(3, state="Open"), seen(9, state="Closed"))
    assert found.done_at == day(9)


def test_what_an_export_no_longer_calls_done_is_open_again() -> None:
    found = history(seen(6, done=5, state="Closed"), seen(9, state="Open"))
    assert stages(found) == [(0, "not_started"), (5, "done"), (9, "not_started")]
    assert found.done_at is None


def test_a_date_that_is_put_right_replaces_the_first() -> None:
    found = history(seen(6, done=5, state="Closed"), seen(9, done=4, state="Closed"))
    assert found.done_at == day(4)


def test_a_date_that_is_put_right_to_a_later_one_leaves_nothing_of_the_first() -> None:
    found = history(seen(6, done=3, state="Closed"), seen(9, done=5, state="Closed"))
    assert stages(found) == [(0, "not_started"), (5, "done")]


@pytest.mark.parametrize(("begun", "stage"), [(2, "in_progress"), (None, "not_started")])
def test_open_again_in_a_state_that_nobody_has_decided_on(begun: float | None, stage: str) -> None:
    """It is where its dates leave it: begun, if it ever was."""
    found = history(
        seen(6, begun=begun, done=5, state="Closed"), seen(9, begun=begun, state="Peer QA")
    )
    assert stages(found)[-2:] == [(5, "done"), (9, stage)]


@pytest.mark.parametrize("state", ["Closed", "Peer QA", ""])
def test_what_a_later_export_dates_before_an_earlier_one_was_done_by_then(state: str) -> None:
    """Its tracker was told late: nobody reopened it."""
    found = history(seen(6, begun=2, state="In progress"), seen(13, begun=2, done=5, state=state))
    assert stages(found)[:3] == [(0, "not_started"), (2, "in_progress"), (5, "done")]
    assert found.done_at == day(5)
    assert {stage for at, stage in stages(found) if at >= 5} == {"done"}


def test_a_date_to_come_that_is_moved_on_was_never_reached() -> None:
    found = history(seen(3, done=9, state="Closed"), seen(5, done=12, state="Closed"))
    assert [at for at, stage in stages(found) if stage == "done"] == [12]


def test_a_done_date_that_its_tracker_keeps_closes_nothing() -> None:
    found = history(seen(6, state="In progress"), seen(13, done=5, state="Open"))
    assert found.done_at is None


def test_finished_again_later() -> None:
    told = [seen(6, done=5, state="Closed"), seen(8, state="Open"), seen(12, done=11, state="Done")]
    assert history(*told).done_at == day(11)


@pytest.mark.parametrize(("begun", "stage"), [(2, "in_progress"), (None, "not_started")])
def test_a_further_done_date_tells_that_it_was_open_again(begun: float | None, stage: str) -> None:
    """The second file says when it was finished, and it is not for us to say otherwise."""
    first, second = (seen(at, begun=begun, done=at - 1, state="Closed") for at in (6, 13))
    found = history(first, second)
    assert found.done_at == day(12)
    assert stages(found)[-3:] == [(5, "done"), (12, stage), (12, "done")]
    assert stages(history(first, second, first)) == stages(history(second, first))


def test_a_changelog_goes_before_the_dates_of_a_row() -> None:
    """A tracker keeps the date of what was done once and is open again."""
    found = history(
        seen(20, done=3, state="Open"),
        changed(3, "state", "Open", "Closed"),
        changed(7, "state", "Closed", "Open"),
    )
    assert stages(found) == [(0, "not_started"), (3, "done"), (7, "not_started")]


def test_what_is_dated_into_the_future_is_open_until_then() -> None:
    found = history(seen(3, done=9, state="Closed"))
    assert (found.done_at, found.stage) == (day(9), Stage.NOT_STARTED)


def test_what_is_dated_into_the_future_does_not_come_where_the_date_is_taken_back() -> None:
    found = history(seen(3, done=9, state="Closed"), seen(5, state="Open"))
    assert {stage for _, stage in stages(found)} == {"not_started"}


def test_done_before_it_was_created_stays_so() -> None:
    found = history(seen(3, done=-2, state="Closed"))
    assert (found.done_at, at(found.steps, START).stage) == (day(-2), Stage.DONE)


def test_started_after_it_was_done_is_no_stage() -> None:
    found = history(seen(9, begun=6, done=5, state="Closed"))
    assert stages(found) == [(0, "not_started"), (5, "done")]
    assert found.started_at == day(6)


def test_a_state_that_nobody_has_decided_on_changes_nothing() -> None:
    found = history(
        seen(20, state="Peer QA"),
        changed(2, "state", "Open", "Doing"),
        changed(4, "state", "Doing", "Peer QA"),
    )
    assert (found.stage, found.state) == (Stage.IN_PROGRESS, "Peer QA")


def test_blocked_by_a_state_or_a_flag() -> None:
    told = [changed(2, "state", "Open", "Stuck"), changed(4, "flag", "", "Impediment")]
    assert history(seen(20, state="Stuck", flag="Impediment"), *told).blocked_at == day(2)
    told.append(changed(6, "state", "Stuck", "Closed"))
    assert history(seen(20, state="Closed"), *told).blocked_at is None


def test_milestones_that_no_changelog_names_were_there_from_the_beginning() -> None:
    found = history(seen(20, milestones=["2.0", "2.1"]), changed(5, "milestone", "", "2.1"))
    assert [(each.at, sorted(each.value)) for each in found.milestones] == [
        (START, ["2.0"]),
        (day(5), ["2.0", "2.1"]),
    ]


def test_what_a_tracker_renames_without_a_word_counts_from_when_it_was_seen() -> None:
    found = history(
        seen(20, milestones=["1.2"]),
        changed(5, "milestone", "", "1.1"),
        changed(6, "milestone", "1.1", "1.1.1"),
    )
    assert sorted(at(found.milestones, day(10)).value) == ["1.1.1", "1.2"]
    assert sorted(found.milestones[-1].value) == ["1.2"]


def test_a_row_without_a_column_leaves_what_is_known() -> None:
    found = history(seen(3, assignee="mara", sprint="S 1"), seen(9, state="Open"))
    assert (found.assignees[-1].value, found.sprints[-1].value) == ("mara", "S 1")


# Against a telling that knows only the changes, one after the other.

walks = st.lists(
    st.tuples(st.integers(1, 60), st.sampled_from(list(STATES))), min_size=1, max_size=8
)


def walk_of(drawn: list[tuple[int, str]]) -> list[tuple[float, str, str]]:
    """Day, from, to: each day once, in order, and only what changes something."""
    came, walk = "Open", []
    for on, became in sorted(dict(drawn).items()):
        if became != came:
            walk.append((float(on), came, became))
            came = became
    return walk


@given(walks, st.floats(0.5, 70))
def test_any_walk_as_told_step_by_step(drawn: list[tuple[int, str]], when: float) -> None:
    walk = walk_of(drawn)
    last = walk[-1][2] if walk else "Open"
    found = history(
        seen(65, state=last), *(changed(on, "state", came, became) for on, came, became in walk)
    )
    stands, since = "Open", None
    for on, _, became in walk:
        if on <= when:
            stands = became
            since = day(on) if became == "Closed" else None
    assert at(found.steps, day(when)).stage == STATES[stands]
    past = [step for step in found.steps if step.at <= day(when)]
    assert (past[-1].at if past[-1].stage == Stage.DONE else None) == since


@given(walks, st.randoms(use_true_random=False))
def test_exports_without_a_changelog_end_where_it_ends(
    drawn: list[tuple[int, str]], chance: Any
) -> None:
    """Seen each time something had changed, in whatever order the exports came in."""
    walk = walk_of(drawn)
    told = [seen(0, state="Open"), *(seen(on, state=became) for on, _, became in walk)]
    chance.shuffle(told)
    found = history(*told)
    steps = stages(found)
    turns = [later for earlier, later in pairwise(steps) if later[1] != earlier[1]]
    assert turns == [
        (on, STATES[became]) for on, came, became in walk if STATES[became] != STATES[came]
    ]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_said_again_is_the_same(times: int) -> None:
    told = [
        seen(20, state="Closed", milestones=["2.1"]),
        changed(3, "state", "Open", "Closed"),
        changed(3, "milestone", "2.0", ""),
        changed(3, "milestone", "", "2.1"),
    ]
    once = history(*told)
    again = history(*(each for each in told for _ in range(times)))
    assert (again.steps, again.milestones) == (once.steps, once.milestones)


def test_a_flag_that_outlives_what_was_done_blocks_anew_from_when_it_is_reopened() -> None:
    found = history(
        seen(20, state="Open", flag="Impediment"),
        changed(2, "flag", "", "Impediment"),
        changed(4, "state", "Open", "Closed"),
        changed(7, "state", "Closed", "Open"),
    )
    assert found.blocked == [(day(2), day(4)), (day(7), None)]
    assert found.blocked_at == day(7)
    assert found.data()["blocked"] == [
        [written(day(2)), written(day(4))],
        [written(day(7)), None],
    ]


def test_changes_of_one_instant_follow_from_each_other() -> None:
    """However a changelog lists them, and wherever part of it begins."""
    told = [
        Evidence(day(3), "state", place, came, became)
        for place, came, became in [
            (0, "Doing", "Closed"),
            (1, "Open", "Doing"),
            (0, "Open", "Doing"),
        ]
    ]
    for order in permutations([seen(1, state="Open"), *told]):
        assert history(*order).state == "Closed"


def test_changes_that_go_round_in_a_circle_keep_their_places() -> None:
    moves = [("Open", "Stuck"), ("Stuck", "Open"), ("Open", "Stuck")]
    told = [Evidence(day(3), "state", place, *move) for place, move in enumerate(moves)]
    assert history(seen(1, state="Open"), *reversed(told)).state == "Stuck"
    assert history(seen(1, state="Open"), *told[:2]).state == "Open"


def stayed(on: float, *stays: tuple[float, str]) -> Evidence:
    """A report of stays, in days from the start."""
    told = [[state, written(day(since))] for since, state in stays]
    return seen(on, state=stays[-1][1], stays=told)


def test_the_latest_report_of_stays_alone_dates_its_moves() -> None:
    first = stayed(4, (0, "Open"), (1, "Stuck"), (2, "Doing"), (4, "Closed"))
    second = stayed(9, (-0.5, "Open"), (0.5, "Stuck"), (1.5, "Doing"), (3.5, "Closed"), (9, "Open"))
    for order in permutations([first, second, first]):
        found = history(*order)
        assert stages(found) == [
            (-0.5, "not_started"),
            (0.5, "blocked"),
            (1.5, "in_progress"),
            (3.5, "done"),
            (9, "not_started"),
        ]
        assert len(found.blocked) == 1


def test_an_earlier_report_says_nothing_of_states_whatever_it_is_as_of() -> None:
    """It is as of the beginning of the day of its last move, which the second dates within it."""
    first = stayed(2, (0, "Open"), (2, "Stuck"))
    second = stayed(7, (0.4, "Open"), (2.4, "Stuck"), (2.6, "Doing"), (7, "Closed"))
    found = history(first, second)
    assert [step.state for step in found.steps] == ["Open", "Stuck", "Doing", "Closed"]
    assert found.blocked == [(day(2.4), day(2.6))]


def test_a_changelog_dates_better_than_any_report_of_stays() -> None:
    log = [changed(1.2, "state", "Open", "Doing"), changed(3.3, "state", "Doing", "Closed")]
    found = history(stayed(3, (0, "Open"), (0.9, "Doing"), (3, "Closed")), *log)
    assert stages(found)[1:] == [(1.2, "in_progress"), (3.3, "done")]


def test_what_never_moved_was_in_its_state_from_the_beginning() -> None:
    found = history(stayed(5, (2, "Stuck")))
    assert stages(found) == [(0, "blocked")]
    assert found.steps[0].state == "Stuck"


def test_a_report_that_tells_of_fewer_stays_counts_where_it_is_the_latest() -> None:
    found = history(stayed(4, (0, "Open"), (4, "Doing")), stayed(9, (0, "Open")))
    assert stages(found) == [(0, "not_started")]


def test_what_is_seen_after_the_latest_report_of_stays_comes_on_top() -> None:
    report = stayed(4, (0, "Open"), (4, "Doing"))
    assert stages(history(report, seen(9, state="Closed"), seen(2, state="Stuck"))) == [
        (0, "not_started"),
        (4, "in_progress"),
        (9, "done"),
    ]


def test_moves_of_one_instant_follow_each_other_as_the_report_lists_them() -> None:
    report = stayed(4, (0, "Open"), (2, "Doing"), (2, "Open"), (2, "Doing"), (2, "Doing"))
    assert [step.state for step in history(report).steps] == ["Open", "Doing", "Open", "Doing"]
