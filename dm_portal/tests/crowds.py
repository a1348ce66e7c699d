"""Many rows of one kind in a world, each as the product would write it, in few statements."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import models

from dm_portal.people.models import (
    AuditEvent,
    Invitation,
    OutgoingMail,
    PortalFunction,
    TimeOff,
    User,
    WorkCalendar,
)
from dm_portal.shell.clock import now, today
from dm_portal.shell.refs import new_ref
from dm_portal.tests.world import DAY, LONG_AGO, World
from engagements.models import (
    AcceptanceCriterion,
    Blocker,
    CustomerContact,
    Engagement,
    EngagementFunction,
    EngagementTemplate,
    Import,
    ImportRow,
    Milestone,
    MilestoneRevision,
    PersonMeaning,
    Source,
    Sprint,
    StateMeaning,
    TemplateMilestone,
    VersionMeaning,
    WorkEvent,
    WorkItem,
)
from pods.models import Membership, Pod, PodFunction, Specialist
from reporting.models import Facts, Note, Period, Question, Receipt, Report, ReportRevision

Change = Callable[[int], dict[str, Any]]


def twins(row: models.Model, count: int, change: Change) -> list[Any]:
    """``count`` copies of a row, each with its own reference and what ``change`` says."""
    model = type(row)
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    values = {name: getattr(row, name) for name in names}
    own = {"ref"} & set(names)
    made = [model(**values | {name: new_ref() for name in own} | change(n)) for n in range(count)]
    return model._default_manager.bulk_create(made)


def numbered(number: int) -> dict[str, Any]:
    return {"number": 1000 + number}


def named(number: int) -> dict[str, Any]:
    return {"name": f"Row {number}"}


def users(count: int, *, kind: str = "internal") -> list[User]:
    return User.objects.bulk_create(
        User(name=f"Person {n}", email=f"{new_ref()}@many.example", kind=kind, is_active=True)
        for n in range(count)
    )


def people(world: World, count: int) -> None:
    PortalFunction.objects.bulk_create(
        PortalFunction(user=user, function="auditor", starts_on=LONG_AGO) for user in users(count)
    )


def calendars(world: World, count: int) -> None:
    """Calendars, and people and engagements that have the first."""
    row = world.nobody.one(WorkCalendar)
    twins(row, count, named)
    User.objects.filter(pk__in=[user.pk for user in users(count)]).update(calendar=row)
    Engagement.objects.update(calendar=row)


def leave(world: World, count: int) -> None:
    row, manager = world.ours.one(TimeOff), world.actors["manager"]
    twins(row, count, lambda n: {"user_id": manager.pk, "ends_on": row.ends_on + (n + 1) * DAY})


def mails(world: World, count: int) -> None:
    row = world.ours.one(OutgoingMail)
    twins(row, count, lambda n: {"dedup_key": f"many:{n}", "message_id": f"<{n}@many.example>"})


def notes(world: World, count: int) -> None:
    """Of the DM, open, for the next status."""
    kept = {"engagement": world.ours.engagement, "written_by": world.actors["manager"]}
    Note.objects.bulk_create(
        Note(text=f"Note {number}", written_at=now(), **kept) for number in range(count)
    )


def questions(world: World, count: int) -> None:
    """Without an answer, beside the same paragraph."""
    twins(world.ours.one(Question, number=1), count, numbered)


def events(world: World, count: int) -> None:
    row = AuditEvent.objects.filter(engagement_ref=world.ours.engagement.ref).first()
    twins(row, count, lambda n: {})


def invitations(world: World, count: int) -> None:
    twins(
        world.ours.one(Invitation),
        count,
        lambda n: {"user_id": world.actors["manager"].pk, "token_hash": f"many {n}"},
    )
    person = world.actors["manager"]
    PortalFunction.objects.bulk_create(
        PortalFunction(user=person, function="auditor", starts_on=LONG_AGO, ends_on=today())
        for n in range(count)
    )


def engagements(world: World, count: int) -> None:
    """Each with its DM, a committed milestone, and a pod."""
    made = twins(world.ours.engagement, count, named)
    manager = world.actors["manager"]
    EngagementFunction.objects.bulk_create(
        EngagementFunction(engagement=each, user=manager, function="dm", starts_on=LONG_AGO)
        for each in made
    )
    Milestone.objects.bulk_create(
        Milestone(engagement=each, number=1, name="Release", committed_on=today()) for each in made
    )
    Engagement.pods.through.objects.bulk_create(
        Engagement.pods.through(engagement=each, pod=world.ours.one(Pod)) for each in made
    )


def customers(world: World, count: int) -> None:
    twins(world.ours.engagement.customer, count, named)


def templates(world: World, count: int) -> None:
    twins(EngagementTemplate.objects.get(), count, named)


def template_milestones(world: World, count: int) -> None:
    twins(TemplateMilestone.objects.get(), count, numbered)


def pods(world: World, count: int) -> None:
    """Each led by the DM, with a specialist, and at work on an engagement."""
    made = twins(world.ours.one(Pod), count, lambda n: {"name": f"Pod {n}"})
    manager = world.actors["manager"]
    PodFunction.objects.bulk_create(
        PodFunction(pod=each, user=manager, function="dm", starts_on=LONG_AGO) for each in made
    )
    Membership.objects.bulk_create(
        Membership(pod=each, specialist=world.ours.one(Specialist), trade="qa", starts_on=LONG_AGO)
        for each in made
    )
    Engagement.pods.through.objects.bulk_create(
        Engagement.pods.through(engagement=world.ours.engagement, pod=each) for each in made
    )


def pod_members(world: World, count: int) -> None:
    pod = world.ours.one(Pod)
    made = Specialist.objects.bulk_create(Specialist(name=f"Sam {n}") for n in range(count))
    Membership.objects.bulk_create(
        Membership(pod=pod, specialist=each, trade="qa", starts_on=LONG_AGO) for each in made
    )
    PodFunction.objects.bulk_create(
        PodFunction(pod=pod, user=each, function="deputy", starts_on=LONG_AGO)
        for each in users(count)
    )


def milestones(world: World, count: int) -> None:
    twins(
        world.ours.one(Milestone),
        count,
        lambda n: numbered(n) | {"tracker_name": f"v{n}", "committed_on": today()},
    )


def sprints(world: World, count: int) -> None:
    twins(world.ours.one(Sprint), count, lambda n: numbered(n) | named(n))


def items(world: World, count: int) -> None:
    """In the first milestone and the first sprint, half of them done."""
    made = twins(
        world.ours.one(WorkItem),
        count,
        lambda n: {"key": f"X-{n}", "done_at": now() if n % 2 else None},
    )
    through = WorkItem.milestones.through
    for milestone in Milestone.objects.filter(engagement=world.ours.engagement)[:2]:
        through.objects.bulk_create(through(workitem=each, milestone=milestone) for each in made)


def blockers(world: World, count: int) -> None:
    """Of one item, none closed and of none anything said; the first is older."""
    twins(
        world.ours.one(Blocker),
        count,
        lambda n: numbered(n) | {"opened_at": now() - timedelta(minutes=n), "owner": ""},
    )


def told_items(world: World, count: int) -> None:
    """The same, each as an export told of it: what figures are counted from."""
    items(world, count)
    event = WorkEvent.objects.filter(source=world.ours.one(Source), field="seen")[0]
    twins(event, count, lambda n: {"key": f"X-{n}"})


def states(world: World, count: int) -> None:
    """Items that were in many states, each of its own."""
    event = WorkEvent.objects.filter(source=world.ours.one(Source), field="assignee")[0]
    twins(event, count, lambda n: {"field": "state", "became": f"State {n}", "place": n})


def meanings(world: World, count: int) -> None:
    """Many states, versions and names that were decided on."""
    twins(world.ours.one(StateMeaning), count, lambda n: {"state": f"State {n}"})
    twins(world.ours.one(VersionMeaning), count, lambda n: {"version": f"Version {n}"})
    twins(world.ours.one(PersonMeaning, kind="bot"), count, lambda n: {"name": f"Person {n}"})


def people_named(world: World, count: int) -> None:
    """Items that were assigned to many people, some of them decided on; and many specialists."""
    source = world.ours.one(Source)
    event = WorkEvent.objects.filter(source=source, field="assignee")[0]
    twins(event, count, lambda n: {"became": f"Person {n}", "place": n})
    twins(world.ours.one(PersonMeaning), count, lambda n: {"name": f"Person {2 * n}"})
    pod_members(world, count)


def sources(world: World, count: int) -> None:
    twins(world.ours.one(Source), count, lambda n: numbered(n) | {"name": f"Sheet {n}"})


def plan(world: World, count: int) -> None:
    """A milestone with many criteria and revisions, and with many items."""
    twins(world.ours.one(AcceptanceCriterion), count, numbered)
    twins(world.ours.one(MilestoneRevision), count, numbered)
    items(world, count)


def imports(world: World, count: int) -> None:
    twins(world.ours.one(Import), count, numbered)


def import_rows(world: World, count: int) -> None:
    file = world.ours.one(Import, state="previewed")
    ImportRow.objects.bulk_create(
        ImportRow(of=file, line=100 + n, key=f"X-{n}", verdict="new", data={"title": "It breaks"})
        for n in range(count)
    )


def staff(world: World, count: int) -> None:
    engagement = world.ours.engagement
    EngagementFunction.objects.bulk_create(
        EngagementFunction(engagement=engagement, user=each, function="dm", starts_on=LONG_AGO)
        for each in users(count)
    )
    CustomerContact.objects.bulk_create(
        CustomerContact(customer=engagement.customer, user=each, kind="lead", starts_on=LONG_AGO)
        for each in users(count, kind="customer")
    )


def statuses(world: World, count: int) -> None:
    """Published weeks before the first, each read by the lead."""
    ours = Period.objects.filter(engagement=world.ours.engagement, kind="weekly")
    first = ours.earliest("starts_on")
    weeks = twins(first, count, lambda n: _earlier(first, n + 1))
    made = [Report(engagement=each.engagement, period=each, state="published") for each in weeks]
    reports = Report.objects.bulk_create(made)
    facts = twins(Facts.objects.first(), count, lambda n: {})
    said = world.ours.one(ReportRevision, number=1)
    revisions = twins(said, count, lambda n: {"report_id": reports[n].pk, "facts_id": facts[n].pk})
    lead = world.actors["lead"]
    Receipt.objects.bulk_create(
        Receipt(revision=each, user=lead, first_seen=now(), last_seen=now()) for each in revisions
    )


def _earlier(first: Period, weeks: int) -> dict[str, Any]:
    back = timedelta(weeks=weeks)
    names = ("starts_on", "due_on", "opens_at", "due_at")
    return {name: getattr(first, name) - back for name in names}
