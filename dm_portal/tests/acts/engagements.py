"""Customers, engagements, their plan, their people."""

from datetime import time
from typing import Any

from dm_portal.shell.clock import today
from dm_portal.tests.world import DAY, Side, World
from engagements.models import (
    AcceptanceCriterion,
    Blocker,
    Customer,
    CustomerContact,
    EngagementFunction,
    EngagementTemplate,
    Milestone,
    Sprint,
)
from engagements.services import (
    blockers,
    customers,
    engagements,
    milestones,
    people,
    sprints,
    templates,
    thresholds,
)
from pods.models import Pod

CADENCE: dict[str, Any] = {
    "name": "Atlas",
    "outcome": "It works",
    "unit": "items",
    "sprint_days": 14,
    "time_zone": "Europe/Berlin",
    "status_weekday": 5,
    "status_hour": time(15),
}


def agreed() -> dict[str, Any]:
    texts = {"in_scope": "", "out_of_scope": "", "depends_on": ""}
    dates = {"starts_on": today(), "ends_on": None, "reporting_from": today()}
    return CADENCE | texts | dates


MILESTONE = {"name": "Release", "outcome": "", "tracker_name": "", "planned_size": None}
CRITERION = {"statement": "It works", "verification": "seen"}
SPRINT = {"name": "Sprint 9", "goal": "", "starts_on": None, "ends_on": None}


def dm(world: World) -> Any:
    return world.actors["manager"]


def template(world: World) -> EngagementTemplate:
    return EngagementTemplate.objects.get()


def another(world: World) -> EngagementTemplate:
    return templates.create_template(by=None, **CADENCE)


def open_criterion(side: Side) -> AcceptanceCriterion:
    return side.one(AcceptanceCriterion, number=2)


ACTS: dict[Any, Any] = {
    customers.create_customer: lambda w: customers.create_customer(name="Acme", by=dm(w)),
    customers.rename_customer: lambda w: customers.rename_customer(
        customer=w.ours.one(Customer), version=1, name="Acme", by=w.actors["admin"]
    ),
    engagements.create_engagement: lambda w: engagements.create_engagement(
        customer="Acme", pods=[w.ours.one(Pod)], by=dm(w), **agreed()
    ),
    engagements.change_engagement: lambda w: engagements.change_engagement(
        engagement=w.ours.engagement, version=1, pods=[], by=dm(w), **agreed()
    ),
    engagements.change_state: lambda w: engagements.change_state(
        engagement=w.ours.engagement, version=1, state="paused", reason="Holidays", by=dm(w)
    ),
    milestones.create_milestone: lambda w: milestones.create_milestone(
        engagement=w.ours.engagement, by=dm(w), **MILESTONE
    ),
    milestones.change_milestone: lambda w: milestones.change_milestone(
        milestone=w.ours.one(Milestone), version=1, by=dm(w), **MILESTONE
    ),
    milestones.commit_date: lambda w: milestones.commit_date(
        milestone=w.ours.one(Milestone),
        version=1,
        committed_on=today() + 99 * DAY,
        reason="Scope",
        by=dm(w),
    ),
    milestones.add_criterion: lambda w: milestones.add_criterion(
        milestone=w.ours.one(Milestone), by=dm(w), **CRITERION
    ),
    milestones.change_criterion: lambda w: milestones.change_criterion(
        criterion=open_criterion(w.ours), version=1, by=dm(w), **CRITERION
    ),
    milestones.judge_criterion: lambda w: milestones.judge_criterion(
        criterion=open_criterion(w.ours), version=1, is_met=True, by=dm(w)
    ),
    people.give_function: lambda w: people.give_function(
        engagement=w.ours.engagement,
        user=w.actors["stranger"],
        function="deputy",
        starts_on=today(),
        by=w.actors["director"],
    ),
    people.end_function: lambda w: people.end_function(
        row=w.ours.one(EngagementFunction, function="deputy"),
        ends_on=today(),
        by=w.actors["director"],
    ),
    people.invite_contact: lambda w: people.invite_contact(
        customer=w.ours.one(Customer),
        email="new@people.example",
        name="Nora",
        kind="lead",
        by=dm(w),
    ),
    people.end_contact: lambda w: people.end_contact(
        contact=w.ours.one(CustomerContact), ends_on=today(), by=dm(w)
    ),
    people.name_delegate: lambda w: people.name_delegate(
        engagement=w.ours.engagement,
        email="nora@customer.example",
        name="Nora",
        by=w.actors["lead"],
    ),
    people.end_delegate: lambda w: people.end_delegate(
        engagement=w.ours.engagement,
        contact=CustomerContact.objects.get(user=w.actors["delegate"]),
        by=w.actors["lead"],
    ),
    blockers.describe_blocker: lambda w: blockers.describe_blocker(
        blocker=w.ours.one(Blocker), version=1, impact="2.1 waits", owner="Ada", by=dm(w)
    ),
    sprints.create_sprint: lambda w: sprints.create_sprint(
        engagement=w.ours.engagement, by=dm(w), **SPRINT
    ),
    sprints.change_sprint: lambda w: sprints.change_sprint(
        sprint=w.ours.one(Sprint), version=1, by=dm(w), **SPRINT | {"name": w.ours.one(Sprint).name}
    ),
    thresholds.change_thresholds: lambda w: thresholds.change_thresholds(
        engagement=w.ours.engagement, version=0, by=dm(w), schedule_red_days=9
    ),
    templates.create_template: lambda w: templates.create_template(by=dm(w), **CADENCE),
    templates.change_template: lambda w: templates.change_template(
        template=template(w), version=1, by=w.actors["admin"], **CADENCE
    ),
    templates.set_outlines: lambda w: templates.set_outlines(
        template=template(w),
        milestones=[templates.Outline(name="Start", day=1)],
        by=w.actors["admin"],
    ),
    templates.remove_template: lambda w, made: templates.remove_template(
        template=made, by=w.actors["admin"]
    ),
    templates.add_default_templates: lambda w: templates.add_default_templates(by=None),
}
READY: dict[Any, Any] = {templates.remove_template: another}
