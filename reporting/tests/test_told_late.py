"""What a status told, and what the next one tells, sum up to what counts now."""

import json
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dm_portal.people.models import User
from engagements.models import Engagement
from engagements.tests.trackers import files_of, lives
from engagements.tests.work_files import apply
from reporting.models import ReportRevision
from reporting.stored_items import NOWHERE, Stood, late_kinds
from reporting.tests.reports import FRIDAY, WEEK, open_reports, publish

OPEN, DONE = Stood(True, True, False), Stood(True, True, True)
WITHDRAWN, GONE = Stood(True, False, False), Stood(True, False, False, is_gone=True)


@pytest.mark.parametrize(
    ("known", "now", "kinds"),
    [
        (NOWHERE, OPEN, ["created"]),
        (NOWHERE, DONE, ["created", "done"]),
        (NOWHERE, WITHDRAWN, []),
        (OPEN, DONE, ["done"]),
        (OPEN, OPEN, []),
        (DONE, OPEN, ["reopened"]),
        (OPEN, WITHDRAWN, ["removed"]),
        (DONE, GONE, ["gone"]),
        (OPEN, NOWHERE, ["redated"]),
        (WITHDRAWN, OPEN, ["back"]),
        (GONE, DONE, ["back", "done"]),
    ],
)
def test_what_had_become_of_an_item(known: Stood, now: Stood, kinds: list[str]) -> None:
    assert late_kinds(known, now) == kinds


IN_REVIEW = OPEN._replace(state="Verified")
COUNTED = DONE._replace(state="Verified")


@pytest.mark.parametrize(
    ("known", "now", "decided", "kinds"),
    [
        (IN_REVIEW, COUNTED, ["Verified"], ["done", "decided"]),
        (COUNTED, IN_REVIEW, ["Verified"], ["reopened", "decided"]),
        (IN_REVIEW, COUNTED, [], ["done"]),
        (OPEN._replace(state="Open"), COUNTED, ["Verified"], ["done"]),
        (IN_REVIEW, IN_REVIEW, ["Verified"], []),
        (NOWHERE, COUNTED, ["Verified"], ["created", "done"]),
        (GONE._replace(state="Verified"), COUNTED, ["Verified"], ["back", "done"]),
        (IN_REVIEW, GONE._replace(state="Verified"), ["Verified"], ["gone"]),
    ],
)
def test_what_was_decided_since_came_not_late(
    known: Stood, now: Stood, decided: list[str], kinds: list[str]
) -> None:
    assert late_kinds(known, now, decided) == kinds


CAME = ("created", "created_late", "back", "back_late")
WENT = ("removed", "removed_late", "gone", "gone_late", "redated_late")


@pytest.mark.django_db
@pytest.mark.no_cover
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lives, st.randoms(use_true_random=False))
def test_two_statuses_sum_up(
    friday: time_machine.Traveller, engagement: Engagement, manager: User, life: Any, chance: Any
) -> None:
    """Files in any order, some before the first status and some after it."""
    files = list(files_of(life))
    chance.shuffle(files)
    known = chance.randrange(1, len(files))
    savepoint = transaction.savepoint()
    for each in files[:known]:
        apply(engagement, manager, each.content, changelog=each.changelog, export=each.export)
    first, second = open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    before = publish(first, manager)
    for each in files[known:]:
        apply(engagement, manager, each.content, changelog=each.changelog, export=each.export)
    friday.move_to(FRIDAY + WEEK, tick=False)
    told, now = (figures(each) for each in (before, publish(second, manager)))
    total = now["total"]
    came, went = (sum(len(total[name]) for name in names) for names in (CAME, WENT))
    assert not any(total["decided"].values())
    assert total["items"] == told["total"]["items"] + came - went
    were = {row["number"]: row["items"] for row in told["milestones"]}
    for row in now["milestones"]:
        came = sum(len(row[name]) for name in ("created", "back", "moved_in", "late_in"))
        went = sum(len(row[name]) for name in ("removed", "gone", "moved_out", "late_out"))
        assert row["items"] == were.get(row["number"], 0) + came - went
    transaction.savepoint_rollback(savepoint)
    friday.move_to(FRIDAY, tick=False)


def figures(revision: ReportRevision) -> Any:
    return json.loads(revision.facts.body)["figures"]
