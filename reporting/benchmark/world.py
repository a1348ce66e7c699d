"""A portal of a given size: one engagement made by the portal's own services, and its likes."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection

from dm_portal.people.models import User
from dm_portal.people.services import (
    accept_invitation,
    invite_first_admin,
    invite_internal,
    renew_invitation,
)
from dm_portal.shell.clock import now
from engagements.models import (
    AcceptanceCriterion,
    Customer,
    Engagement,
    EngagementFunction,
    Import,
    Milestone,
    MilestoneRevision,
    Source,
    Sprint,
    WorkEvent,
    WorkItem,
)
from engagements.services.engagements import PlannedMilestone, create_engagement
from engagements.services.imports import Export, import_file
from engagements.services.people import invite_contact
from engagements.services.sprints import create_sprint
from reporting.benchmark.copies import Kind, among, multiply
from reporting.models import Facts, Period, Report, ReportRevision
from reporting.services.compiling import compile_report
from reporting.services.drafts import save_draft
from reporting.services.publishing import finish_publication, publish_report
from reporting.services.ticks import open_periods

MILESTONES, SPRINTS = 5, 6
REVISION = "reporting_reportrevision"


@dataclass(frozen=True)
class Size:
    """How many engagements; of each the items and the published weeks. The one that is looked at
    always has ``probe_items`` and ``probe_weeks``.
    """

    engagements: int
    items: int
    weeks: int
    probe_items: int = 500
    probe_weeks: int = 104


@dataclass(frozen=True)
class World:
    """The engagement that is looked at, its manager and its reader, and a week of each kind."""

    engagement: Engagement
    manager: User
    lead: User
    draft_week: str
    published_week: str


def fill(size: Size) -> World:
    """Fill an empty database. Everything but the first engagement is copied by the database."""
    encoded = make_password(None)
    admin = _come_in(invite_first_admin(email="admin@example.com", name="Ada").token, encoded)
    manager, other = (
        _come_in(
            invite_internal(
                email=f"{name}@example.com", name=name, by=admin, grade="delivery_manager"
            ).token,
            encoded,
        )
        for name in ("Mara", "Otto")
    )
    engagement = _begin(manager)
    lead = _invite_lead(engagement, manager, encoded)
    _import(engagement, manager, size.probe_items)
    published, draft = _report(engagement, manager)
    multiply(_weeks(published), size.probe_weeks - 1)
    if size.engagements > 1:
        multiply(_engagements(engagement, other, size), size.engagements - 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return World(engagement, manager, lead, draft.period.week, published.period.week)


def _come_in(token: str, encoded: str) -> User:
    return accept_invitation(token=token, encoded=encoded)


def _invite_lead(engagement: Engagement, manager: User, encoded: str) -> User:
    contact = invite_contact(
        customer=engagement.customer, email="lead@example.com", name="Lena", kind="lead", by=manager
    )
    invitation = renew_invitation(invitation=contact.user.invitations.get(), by=manager)
    return _come_in(invitation.token, encoded)


def _begin(manager: User) -> Engagement:
    """It owes its status today, began on a Monday three weeks ago, and has promised five dates."""
    today = now().date()
    first = today - timedelta(days=today.weekday(), weeks=3)
    engagement = create_engagement(
        customer="Northwind",
        milestones=[_milestone(number, first) for number in range(1, MILESTONES + 1)],
        by=manager,
        name="Atlas",
        outcome="Customers pay without calling.",
        in_scope="Payments.",
        out_of_scope="Cards.",
        depends_on="The bank.",
        unit=Engagement.Unit.ITEMS,
        sprint_days=14,
        time_zone="UTC",
        calendar=None,
        status_weekday=today.isoweekday(),
        status_hour=now().replace(hour=23, minute=0).time(),
        starts_on=first,
        ends_on=None,
        reporting_from=first + timedelta(weeks=2),
    )
    for number in range(SPRINTS):
        starts_on = first + timedelta(days=14 * number)
        create_sprint(
            engagement=engagement,
            name=f"Sprint {number + 1}",
            goal="",
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=13),
            by=manager,
        )
    return engagement


def _milestone(number: int, first: date) -> PlannedMilestone:
    return PlannedMilestone(
        name=f"Release {number}.0",
        outcome="What it lets people do.",
        committed_on=first + timedelta(days=60 * number),
        reason="Agreed at the start.",
        criteria=(("It works.", "Shown to the customer."),),
    )


def _import(engagement: Engagement, manager: User, items: int) -> None:
    """A file of so many items, two of three done over the last weeks."""
    text, at = io.StringIO(), now()
    rows = [_row(number, items, at) for number in range(1, items + 1)]
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    content = io.BytesIO(text.getvalue().encode())
    import_file(
        engagement=engagement,
        file_name="work.csv",
        content=content,
        by=manager,
        export=Export(at),
    )


def _row(number: int, items: int, at: datetime) -> dict[str, str]:
    created = at - timedelta(days=120 - 110 * number / items)
    is_done = number % 3 > 0
    return {
        "key": f"A-{number}",
        "type": "Story",
        "title": f"As a visitor I pay invoice {number}",
        "state": "Done" if is_done else "In progress",
        "size": str(number % 8 + 1),
        "milestone": f"Release {number % MILESTONES + 1}.0",
        "sprint": f"Sprint {number % 3 + 1}",
        "assignee": f"Person {number % 6}",
        "created_at": created.isoformat(),
        "started_at": (created + timedelta(days=3)).isoformat(),
        "done_at": (created + timedelta(days=8)).isoformat() if is_done else "",
    }


def _report(engagement: Engagement, manager: User) -> tuple[Report, Report]:
    """The status of a week that is over, published, and the draft of this one."""
    open_periods(at=now())
    rows = Report.objects.filter(engagement=engagement, period__kind="weekly")
    *_, last, this = rows.order_by("period__starts_on")
    for report in (last, this):
        compile_report(report_id=report.pk)
    published = Report.objects.select_related("engagement__customer", "period").get(pk=last.pk)
    colour = published.drafted["overall"]["colour"]
    save_draft(
        report=published,
        headline="Payments keep their pace.",
        our_move="" if colour in ("green", "unknown") else "We finish what is open first.",
        colour="green" if colour == "unknown" else colour,
        colour_reason="",
        version=published.version,
        by=manager,
    )
    publish_report(report=published, by=manager, delay=0)
    finish_publication(report_id=published.pk)
    return published, Report.objects.select_related("period").get(pk=this.pk)


def _weeks(report: Report) -> list[Kind]:
    """The same status in every week before."""
    back = "- n * interval '7 days'"
    days = {name: f"(t.{name} {back})::date" for name in ("starts_on", "due_on")}
    times = {name: f"t.{name} {back}" for name in ("opens_at", "due_at")}
    said = f"report_id = {report.pk}"
    return [
        Kind(Period, f"t.id = {report.period_id}", days | times),
        Kind(Report, f"t.id = {report.pk}"),
        Kind(Facts, among("id", REVISION, said, "facts_id"), {"as_of": f"t.as_of {back}"}),
        Kind(ReportRevision, f"t.{said}", {"published_at": f"t.published_at {back}"}),
    ]


def _engagements(engagement: Engagement, other: User, size: Size) -> list[Kind]:
    """The same engagement for other customers, run by somebody else."""
    ours = f"engagement_id = {engagement.pk}"
    few = f"substr(t.key, 3)::int <= {size.items}"
    some = f"{ours} AND substr(key, 3)::int <= {size.items}"
    here, of_milestones = f"t.{ours}", among("milestone_id", "engagements_milestone", ours)
    return [
        Kind(
            Customer,
            f"t.id = {engagement.customer_id}",
            {"name": "'Customer ' || n", "ref": _ref("c")},
        ),
        Kind(
            Engagement,
            f"t.id = {engagement.pk}",
            {"name": "'Engagement ' || n", "ref": _ref("e")},
        ),
        Kind(EngagementFunction, here, {"user_id": str(other.pk)}),
        *(Kind(model, here) for model in (Sprint, Milestone, Source, Import)),
        *(Kind(model, of_milestones) for model in (MilestoneRevision, AcceptanceCriterion)),
        Kind(WorkItem, f"{here} AND {few}"),
        Kind(WorkItem.milestones.through, among("workitem_id", "engagements_workitem", some)),
        Kind(WorkEvent, f"{among('source_id', 'engagements_source', ours)} AND {few}"),
        *_statuses(engagement, size.weeks),
    ]


def _ref(begins: str) -> str:
    """Ten letters that tell the copies apart."""
    return f"'{begins}' || translate(lpad(n::text, 9, '0'), '0123456789', 'abcdefghij')"


def _statuses(engagement: Engagement, weeks: int) -> list[Kind]:
    """The last of what it published, and its draft."""
    ours = Report.objects.filter(engagement=engagement).order_by("-period__starts_on")
    rows = list(ours.values_list("pk", "period_id", "revisions__facts_id")[: weeks + 1])
    reports, periods, facts = (_keys(row[at] for row in rows) for at in range(3))
    return [
        Kind(Period, f"t.id IN ({periods})"),
        Kind(Report, f"t.id IN ({reports})"),
        Kind(Facts, f"t.id IN ({facts})"),
        Kind(ReportRevision, f"t.report_id IN ({reports})"),
    ]


def _keys(found: Iterable[int | None]) -> str:
    return ", ".join(str(key) for key in found if key is not None)
