"""Milestones and their dates: nothing moves without a reason and a name."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import today
from dm_portal.shell.dates import day_words
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import (
    AcceptanceCriterion,
    Engagement,
    Milestone,
    MilestoneRevision,
    WorkItem,
)
from engagements.services.milestones import (
    add_criterion,
    change_criterion,
    change_milestone,
    commit_date,
    create_milestone,
    judge_criterion,
)
from engagements.services.rebuilding import rebuild_work
from engagements.tests.work_files import apply, item

pytestmark = pytest.mark.django_db

NOV_30, DEC_11 = date(2026, 11, 30), date(2026, 12, 11)
PLAIN: dict[str, Any] = {"name": "2.1", "outcome": "", "tracker_name": "", "planned_size": None}


@pytest.fixture
def milestone(engagement: Engagement, manager: User) -> Milestone:
    return create_milestone(engagement=engagement, by=manager, **PLAIN)


@pytest.fixture
def criterion(milestone: Milestone, manager: User) -> AcceptanceCriterion:
    return add_criterion(milestone=milestone, statement="It runs", verification="demo", by=manager)


def commit(milestone: Milestone, day: date | None, by: User, **fields: Any) -> MilestoneRevision:
    values = {"version": milestone.version, "reason": "agreed"} | fields
    return commit_date(milestone=milestone, committed_on=day, by=by, **values)


def told() -> str:
    return sentence(AuditEvent.objects.latest("pk"))


def test_numbers_count_within_the_engagement(
    milestone: Milestone, other_engagement: Engagement, manager: User
) -> None:
    second = create_milestone(engagement=milestone.engagement, by=manager, **PLAIN)
    foreign = create_milestone(engagement=other_engagement, by=manager, **PLAIN)
    assert [row.number for row in (milestone, second, foreign)] == [1, 2, 1]
    assert told() == "Mara Manager planned the milestone 2.1"


def test_a_milestone_may_be_promised_at_once(engagement: Engagement, manager: User) -> None:
    milestone = create_milestone(
        engagement=engagement, committed_on=NOV_30, reason="contract", by=manager, **PLAIN
    )
    assert (milestone.committed_on, milestone.version) == (NOV_30, 2)
    [revision] = milestone.revisions.all()
    assert (revision.old_on, revision.new_on, revision.reason) == (None, NOV_30, "contract")


def test_one_milestone_per_name_in_the_tracker(engagement: Engagement, manager: User) -> None:
    named = PLAIN | {"tracker_name": "2.1"}
    create_milestone(engagement=engagement, by=manager, **named)
    with pytest.raises(DomainError, match=r"2\.1 already stands for that name") as refused:
        create_milestone(engagement=engagement, by=manager, **named)
    assert refused.value.field == "tracker_name"


def test_another_engagements_version_may_have_that_name(
    engagement: Engagement, other_engagement: Engagement, manager: User
) -> None:
    for each in (engagement, other_engagement):
        made = create_milestone(engagement=each, by=manager, **PLAIN | {"tracker_name": "2.1"})
        assert made.tracker_name == "2.1"


def test_change_milestone(milestone: Milestone, manager: User) -> None:
    values = PLAIN | {"name": "Release 2.1", "planned_size": Decimal("12.5")}
    change_milestone(milestone=milestone, version=1, by=manager, **values)
    event = AuditEvent.objects.latest("pk")
    assert event.before == {"name": "2.1", "planned_size": None}
    assert event.after == {"name": "Release 2.1", "planned_size": "12.5"}
    assert sentence(event) == "Mara Manager changed the milestone Release 2.1"


def test_no_change_leaves_no_record(milestone: Milestone, manager: User) -> None:
    events = AuditEvent.objects.count()
    change_milestone(milestone=milestone, version=1, by=manager, **PLAIN)
    assert AuditEvent.objects.count() == events


def test_a_name_in_the_tracker_is_not_taken_over(milestone: Milestone, manager: User) -> None:
    named = PLAIN | {"tracker_name": "3.x"}
    create_milestone(engagement=milestone.engagement, by=manager, **named)
    with pytest.raises(DomainError, match="already stands for that name"):
        change_milestone(milestone=milestone, version=1, by=manager, **named)


def test_the_second_editor_is_told(milestone: Milestone, manager: User) -> None:
    change_milestone(milestone=milestone, version=1, by=manager, **PLAIN | {"name": "One"})
    with pytest.raises(Conflict):
        change_milestone(milestone=milestone, version=1, by=manager, **PLAIN | {"name": "Two"})
    assert Milestone.objects.get().name == "One"


def test_each_change_of_a_date_is_a_revision(milestone: Milestone, manager: User) -> None:
    commit(milestone, NOV_30, manager)
    commit(milestone, DEC_11, manager, reason="the bank's test system is down")
    commit(milestone, None, manager, reason="out of scope")
    rows = milestone.revisions.values_list("number", "old_on", "new_on", "reason")
    assert list(rows) == [
        (1, None, NOV_30, "agreed"),
        (2, NOV_30, DEC_11, "the bank's test system is down"),
        (3, DEC_11, None, "out of scope"),
    ]
    assert set(milestone.revisions.values_list("changed_by__name", flat=True)) == {"Mara Manager"}


def test_each_change_of_a_date_is_on_record(milestone: Milestone, manager: User) -> None:
    said = []
    for day in (NOV_30, DEC_11, None):
        commit(milestone, day, manager)
        said.append(told())
    first, second = (day_words(day, today=today()) for day in (NOV_30, DEC_11))
    assert said == [
        f"Mara Manager committed to {first} for 2.1: agreed",
        f"Mara Manager moved the date of 2.1 from {first} to {second}: agreed",
        f"Mara Manager withdrew the date {second} of 2.1: agreed",
    ]


def test_no_date_without_a_reason(milestone: Milestone, manager: User) -> None:
    with pytest.raises(DomainError, match="never moves without a reason") as refused:
        commit(milestone, NOV_30, manager, reason=" ")
    assert refused.value.field == "reason"
    assert Milestone.objects.get().committed_on is None


def test_no_date_that_cannot_be_meant(milestone: Milestone, manager: User) -> None:
    with pytest.raises(DomainError, match="from 1970 to 2199") as refused:
        commit(milestone, date(12, 8, 10), manager)
    assert refused.value.field == "committed_on"


def test_the_same_date_is_no_change(milestone: Milestone, manager: User) -> None:
    commit(milestone, NOV_30, manager)
    with pytest.raises(DomainError, match="the date already committed") as refused:
        commit(milestone, NOV_30, manager)
    assert refused.value.field == "committed_on"


def test_two_who_move_the_date_at_once(milestone: Milestone, manager: User) -> None:
    commit(milestone, NOV_30, manager, version=1)
    with pytest.raises(Conflict):
        commit(milestone, DEC_11, manager, version=1)
    assert Milestone.objects.get().committed_on == NOV_30
    assert MilestoneRevision.objects.count() == 1


@pytest.mark.parametrize("sql", ["UPDATE {} SET reason = 'other'", "DELETE FROM {}"])
def test_a_revision_is_never_changed(milestone: Milestone, manager: User, sql: str) -> None:
    from django.db import connection

    commit(milestone, NOV_30, manager)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        connection.cursor().execute(sql.format(MilestoneRevision._meta.db_table))


def test_add_and_reword_a_criterion(criterion: AcceptanceCriterion, manager: User) -> None:
    assert told() == "Mara Manager added criterion 1 of 2.1: It runs"
    change_criterion(
        criterion=criterion, version=1, statement="It runs", verification="log", by=manager
    )
    assert told() == "Mara Manager reworded criterion 1 of 2.1"
    change_criterion(
        criterion=criterion, version=2, statement="It runs", verification="log", by=manager
    )
    assert AuditEvent.objects.filter(verb="criterion.changed").count() == 1
    assert AcceptanceCriterion.objects.get().verification == "log"


def test_met_and_not_met_after_all(criterion: AcceptanceCriterion, manager: User) -> None:
    judge_criterion(criterion=criterion, version=1, is_met=True, by=manager)
    assert AcceptanceCriterion.objects.get().met_by == manager
    assert told() == "Mara Manager found criterion 1 of 2.1 met"
    judge_criterion(criterion=criterion, version=2, is_met=False, by=manager)
    stored = AcceptanceCriterion.objects.get()
    assert (stored.met_at, stored.met_by) == (None, None)
    assert told() == "Mara Manager found criterion 1 of 2.1 not met after all"


@pytest.mark.parametrize("is_met", [True, False])
def test_the_same_judgement_twice_is_one(
    criterion: AcceptanceCriterion, manager: User, is_met: bool
) -> None:
    if is_met:
        judge_criterion(criterion=criterion, version=1, is_met=True, by=manager)
    events = AuditEvent.objects.count()
    judge_criterion(criterion=criterion, version=1, is_met=is_met, by=manager)
    assert AuditEvent.objects.count() == events


def test_two_who_judge_at_once(criterion: AcceptanceCriterion, manager: User) -> None:
    AcceptanceCriterion.objects.update(version=2)
    with pytest.raises(Conflict):
        judge_criterion(criterion=criterion, version=1, is_met=True, by=manager)


def test_what_is_met_is_not_reworded(criterion: AcceptanceCriterion, manager: User) -> None:
    judge_criterion(criterion=criterion, version=1, is_met=True, by=manager)
    with pytest.raises(DomainError, match="first say that it is not"):
        change_criterion(
            criterion=criterion, version=2, statement="Less", verification="", by=manager
        )


def test_its_items_follow_the_name_in_the_tracker(engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, [item("A-1", milestone="2.1"), item("A-2", milestone="2.2")])
    first = Milestone.objects.get(name="2.1")
    other = Milestone.objects.get(name="2.2")
    values = PLAIN | {"name": "Two", "tracker_name": "gone"}
    change_milestone(milestone=other, version=other.version, by=manager, **values)
    assert not other.work_items.exists()
    values = PLAIN | {"name": "One", "tracker_name": "2.2"}
    change_milestone(milestone=first, version=first.version, by=manager, **values)
    assert [each.key for each in first.work_items.all()] == ["A-2"]
    before = sorted(WorkItem.milestones.through.objects.values_list("workitem", "milestone"))
    rebuild_work(engagement=engagement, by=manager)
    after = sorted(WorkItem.milestones.through.objects.values_list("workitem", "milestone"))
    assert after == before
