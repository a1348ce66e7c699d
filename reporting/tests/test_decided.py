"""What is told of items whose state's meaning people decided on between two statuses."""

from datetime import date
from typing import Any

import pytest
from time_machine import Traveller

from dm_portal.people.models import User
from engagements.models import Engagement, Source
from engagements.services.meanings import decide_states
from engagements.stages import Stage
from engagements.tests.work_files import apply, item
from reporting.models import ReportRevision
from reporting.tests.pages import url
from reporting.tests.reports import FRIDAY, WEEK, commit_late, draft, open_reports, publish, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]


@pytest.fixture
def first(engagement: Engagement, manager: User) -> ReportRevision:
    """Three items in a state of the tracker's own, one in progress, one done."""
    rows = [item(f"A-{number}", state="Verified") for number in (1, 2, 3)]
    rows += [item("A-4", state="In progress"), item("A-5", state="Done")]
    apply(engagement, manager, rows)
    commit_late(engagement, manager, on=date(2027, 3, 5))
    return publish(open_reports(engagement)[0], manager)


def decide(by: User, stage: Stage, state: str = "Verified") -> None:
    source = Source.objects.get()
    stages, version = {source: {state: stage}}, source.meanings.all().version()
    decide_states(engagement=source.engagement, decisions=stages, version=version, by=by)


def said(revision: ReportRevision) -> dict[str, str]:
    return {row["key"]: row["text"] for row in revision.text["sentences"]}


def following(manager: User, engagement: Engagement, friday: Traveller, weeks: int = 2) -> Any:
    at = FRIDAY + (weeks - 1) * WEEK
    friday.move_to(at, tick=False)
    *_, report = open_reports(engagement, at=at, weeks=weeks)
    return said(publish(write(draft(report), manager), manager))


BEGINS = "It was decided after the last status what states of the tracker mean: by that, "


def test_a_state_that_nobody_decided_on_is_said_to_count_as_not_finished(
    first: ReportRevision,
) -> None:
    assert said(first)["left_out.undecided"] == (
        "3 items are in states of the tracker of which nobody has decided yet what they mean, and "
        "count as not finished."
    )
    assert said(first)["left_out.undecided"] in first.html.replace("\n", " ")


def test_what_was_decided_is_told_as_that_and_not_as_late(
    first: ReportRevision, manager: User, engagement: Engagement, friday: Traveller
) -> None:
    decide(manager, Stage.DONE)
    told = following(manager, engagement, friday)
    assert told["late.decided"] == f"{BEGINS}3 items had been finished before it."
    assert not {"late.finished", "left_out.undecided"} & set(told)
    decide(manager, Stage.IN_PROGRESS)
    third = following(manager, engagement, friday, weeks=3)
    assert third["late.decided"] == f"{BEGINS}3 items had not been finished before it."
    assert "late.reopened" not in third
    decide(manager, Stage.WITHDRAWN)
    fourth = following(manager, engagement, friday, weeks=4)
    assert fourth["late.decided"] == f"{BEGINS}3 items had been withdrawn before it."
    decide(manager, Stage.NOT_STARTED)
    fifth = following(manager, engagement, friday, weeks=5)
    assert fifth["late.decided"] == f"{BEGINS}3 items had not been withdrawn before it."
    assert not {"late.removed", "late.back"} & {*fourth, *fifth}


def test_of_a_milestone_no_decision_is_told_as_late(
    first: ReportRevision, manager: User, engagement: Engagement, friday: Traveller
) -> None:
    decide(manager, Stage.DONE)
    assert "late.scope.1" not in following(manager, engagement, friday)
    decide(manager, Stage.WITHDRAWN)
    assert "late.scope.1" not in following(manager, engagement, friday, weeks=3)


def test_what_was_decided_long_ago_is_not_told_as_decided_since(
    first: ReportRevision, manager: User, engagement: Engagement, friday: Traveller
) -> None:
    """A done date that an item in a state like that gets for a day before the last status."""
    decide(manager, Stage.DONE)
    friday.shift(WEEK / 2)
    ahead = {"created_at": "2026-11-10T10:00:00Z", "state": "Verified"}
    apply(engagement, manager, [item("B-1", done_at="2026-12-30T10:00:00Z", **ahead)])
    following(manager, engagement, friday)
    friday.shift(WEEK / 2)
    apply(engagement, manager, [item("B-1", done_at="2026-11-25T10:00:00Z", **ahead)])
    told = following(manager, engagement, friday, weeks=3)
    assert told["late.finished"].startswith("1 item finished before the last status, on 25 Nov,")
    assert "late.decided" not in told


def test_what_really_came_late_is_told_beside_it(
    first: ReportRevision, manager: User, engagement: Engagement, friday: Traveller
) -> None:
    decide(manager, Stage.DONE)
    friday.shift(WEEK / 2)
    apply(engagement, manager, [item("A-6", state="Done", done_at="2026-11-18T10:00:00Z")])
    told = following(manager, engagement, friday)
    assert told["late.decided"] == f"{BEGINS}3 items had been finished before it."
    assert told["late.finished"].startswith("1 item finished before the last status, on 18 Nov,")


def test_the_draft_with_states_that_nobody_decided_on(
    engagement: Engagement, manager: User, sign_in: Any
) -> None:
    apply(engagement, manager, [item("A-1", state="Verified")])
    page = sign_in(manager).get(url(draft(open_reports(engagement)[0])))
    assert "in states not decided on" in page.content.decode()


def test_the_draft_lists_them(
    first: ReportRevision, manager: User, engagement: Engagement, friday: Traveller, sign_in: Any
) -> None:
    decide(manager, Stage.DONE)
    friday.move_to(FRIDAY + WEEK, tick=False)
    *_, report = open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    page = sign_in(manager).get(url(draft(report))).content.decode()
    assert "Otherwise since their state was decided on" in page
    assert "Finished earlier" not in page
