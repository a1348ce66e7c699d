"""What a sprint will deliver: by hand where that can be done, and on real sprints."""

import json
from pathlib import Path

import pytest

from reporting.forecasts.error_pool import ERROR_POOL
from reporting.forecasts.sprint import Snapshot, delivery, weighted_quantile

POOL = Path(__file__).parent / "data" / "sprint_error_pool.json"


def test_the_errors_of_other_teams_are_those_that_were_found():
    assert {str(share): list(errors) for share, errors in ERROR_POOL.items()} == json.loads(
        POOL.read_text()
    )


def test_of_a_first_sprint_what_other_teams_deliver_is_to_be_expected():
    found = delivery([], Snapshot(committed=20, done=0), share=0)

    # 70 % of 20 items, and the scale of an error 0.5 x 14 + 0.5 x 14 + 1
    assert found.point == pytest.approx(14 + 15 * weighted_quantile(_pool(0), 0.5))
    assert found.at(0.85) == pytest.approx(14 + 15 * weighted_quantile(_pool(0), 0.85))
    assert found.at(0.01) == 0.0
    assert (found.sprints, found.is_of_others) == (0, True)


def _pool(share):
    return [(error, 1) for error in ERROR_POOL[share]]


def test_a_team_that_always_delivers_what_it_commits_is_expected_to():
    earlier = [Snapshot(20, 0, 20)] * 30

    found = delivery(earlier, Snapshot(20, 0), share=0)

    assert found.point == pytest.approx(20, abs=1)
    assert found.at(0.15) <= found.point <= found.at(0.85)
    assert not found.is_of_others


def test_what_is_done_already_is_expected():
    found = delivery([Snapshot(20, 15, 20)] * 8, Snapshot(20, 20), share=80)

    assert found.point == pytest.approx(20, abs=0.5)


def test_sprints_that_held_nothing_are_no_reason_to_fail():
    found = delivery([Snapshot(0, 0, 0)] * 6, Snapshot(0, 0), share=30)

    assert found.point == 0.0


def test_more_than_three_times_what_remains_is_never_expected_of_a_habit():
    found = delivery([Snapshot(1, 0, 100)] * 6, Snapshot(10, 0), share=50)

    # a ratio of three, and a twentieth of the mean that was delivered
    assert found.amounts[0][1] > 0
    assert found.point < 0.95 * 30 + 0.05 * 100 + 70


@pytest.mark.parametrize(
    ("share", "found"), [(0.0, 1), (0.25, 1), (0.26, 2), (0.5, 2), (0.51, 9), (1.0, 9)]
)
def test_a_weighted_quantile_is_the_first_value_that_reaches_its_share(share, found):
    assert weighted_quantile([(9, 2), (1, 1), (2, 1)], share) == found
