"""Play the demo world's story through the portal's own services, at the instants it happened."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from dm_portal.people.models import User
from dm_portal.people.services.sending import keep_waiting_mails
from dm_portal.shell.clock import now, pretending
from dm_portal.shell.errors import DomainError
from engagements.models import Customer, CustomerContact, Engagement, Import, Milestone
from engagements.services.engagements import PlannedMilestone, change_state, create_engagement
from engagements.services.freshness import promise_freshness
from engagements.services.imports import Export, import_file
from engagements.services.milestones import commit_date
from engagements.services.people import end_function, give_function
from engagements.services.sprints import create_sprint
from engagements.services.templates import add_default_templates
from reporting import rag
from reporting.demo import plans
from reporting.demo.between import inquire, note_down, tell_today
from reporting.demo.hours import keep_hours, next_monday, send_away
from reporting.demo.judged import describe_blockers, judge_criteria
from reporting.demo.owed import Desk
from reporting.demo.owed_plans import STORIES
from reporting.demo.people import (
    Cast,
    invite_contacts,
    invite_everybody,
    keep_pod,
    let_go,
    say_who,
)
from reporting.demo.rest import few_collections
from reporting.demo.story import SPRINT_DAYS, EngagementPlan, Item, items_of, sprint_name
from reporting.drafting import Draft
from reporting.models import Report, ReportRevision
from reporting.services.compiling import compile_report
from reporting.services.drafts import save_draft
from reporting.services.forecasts import keep_forecasts
from reporting.services.publishing import finish_publication, publish_report, start_correction
from reporting.services.receipts import record_receipts
from reporting.services.ticks import open_periods

STATUS_HOUR = time(15)
LATER = timedelta(minutes=6)


@dataclass
class Stage:
    """One engagement while its story is played."""

    plan: EngagementPlan
    engagement: Engagement
    items: list[Item]
    dm: User
    deputy: User
    cast: Cast

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.engagement.time_zone)

    def local(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), tzinfo=self.zone)

    def day(self, number: int) -> date:
        return self.engagement.starts_on + timedelta(days=number)


def is_here() -> bool:
    """Whether the demo world has been made in this database."""
    return User.objects.filter(email=plans.INTERNAL[0].email).exists()


def is_empty() -> bool:
    """Whether nobody and nothing is in this database yet."""
    return not (User.objects.exists() or Customer.objects.exists())


def seed(*, password: str) -> None:
    """Make the whole world, or nothing of it.

    Raises:
        DomainError: this database holds people or customers already.
    """
    if not is_empty():
        raise DomainError(
            "There are real customers or people here: the demo world is not for this database."
        )
    today = now().date()
    monday = today - timedelta(days=today.weekday())
    with few_collections(), transaction.atomic():
        with pretending(_at_seven(monday - timedelta(weeks=plans.PLANS[0].began))):
            cast = _set_the_stage(password, today)
        stages = {stage.plan.name: stage for stage in _play(cast, monday)}
        atlas, harbour = (stages[plan.name] for plan in (plans.ATLAS, plans.HARBOUR))
        _leave_the_past(stages[plans.KESTREL.name], atlas.dm)
        _promise_daily(harbour)
        say_who(atlas.engagement, atlas.plan, by=atlas.dm)
        note_down(atlas.engagement, by=atlas.dm)
        inquire(atlas.engagement, cast, by=atlas.dm)
        tell_today(harbour.engagement, by=harbour.dm)
        keep_waiting_mails()  # nobody of the demo world has a mailbox


def _at_seven(monday: date) -> datetime:
    """The hour at which things begin."""
    return datetime.combine(monday, time(7), tzinfo=ZoneInfo("UTC"))


def _set_the_stage(password: str, present: date) -> Cast:
    cast = invite_everybody(password, present)
    cast.calendars = keep_hours(cast)
    add_default_templates(by=cast["admin"])
    return cast


def _working_day_before(day: date) -> int:
    """ISO weekday of the last working day before ``day``."""
    before = day - timedelta(days=1)
    while before.isoweekday() > 5:
        before -= timedelta(days=1)
    return before.isoweekday()


def _begin(plan: EngagementPlan, cast: Cast, first: date) -> Stage:
    """An engagement on its first Monday. Atlas owes a status today, the others owed theirs on the
    last working day.
    """
    team, today = plans.TEAMS[plan.name], cast.present
    weekday = today.isoweekday() if plan is plans.ATLAS else _working_day_before(today)
    dm = cast[team.dm]
    pod = keep_pod(cast, team.pod, plan.outcome, team.roster, led_by=dm)
    engagement = create_engagement(
        customer=Customer.objects.filter(name=plan.customer).first() or plan.customer,
        pods=[pod],
        milestones=[_promise(milestone, first) for milestone in plan.milestones],
        by=User.objects.get(pk=dm.pk),  # who knows what they hold by now
        name=plan.name,
        outcome=plan.outcome,
        in_scope=plan.in_scope,
        out_of_scope=plan.out_of_scope,
        depends_on=plan.depends_on,
        unit=Engagement.Unit.ITEMS,
        sprint_days=SPRINT_DAYS,
        time_zone=plan.time_zone,
        calendar=cast.calendars[plan.time_zone],
        status_weekday=weekday,
        status_hour=STATUS_HOUR,
        starts_on=first,
        ends_on=None,
        reporting_from=first,
    )
    _staff(engagement, cast, team)
    if not engagement.customer.contacts.exists():
        invite_contacts(cast, engagement.customer, by=dm)
    _plan_sprints(engagement, plan, dm)
    start = datetime.combine(first, time(), tzinfo=ZoneInfo(plan.time_zone))
    return Stage(plan, engagement, items_of(plan, start), dm, cast["deputy"], cast)


def _promise(milestone: plans.MilestonePlan, first: date) -> PlannedMilestone:
    return PlannedMilestone(
        name=milestone.name,
        outcome=milestone.outcome,
        committed_on=first + timedelta(days=milestone.committed_day),
        reason="Agreed at the start.",
        criteria=milestone.criteria,
    )


def _staff(engagement: Engagement, cast: Cast, team: plans.Team) -> None:
    for key, function in team.held.items():
        give_function(
            engagement=engagement,
            user=cast[key],
            function=function,
            starts_on=engagement.starts_on,
            by=cast["director"],
        )


def _plan_sprints(engagement: Engagement, plan: EngagementPlan, dm: User) -> None:
    for number in range(0, plan.weeks * 7 + SPRINT_DAYS, SPRINT_DAYS):
        starts_on = engagement.starts_on + timedelta(days=number)
        create_sprint(
            engagement=engagement,
            name=sprint_name(number),
            goal="",
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=SPRINT_DAYS - 1),
            by=dm,
        )


def _promise_daily(stage: Stage) -> None:
    """A tracker that is to be read every day and was not: a red line, whatever day it is."""
    sources = stage.engagement.sources
    promise_freshness(
        engagement=stage.engagement,
        promises=dict.fromkeys(sources.all(), 1),
        version=sources.promises_version(),
        by=stage.dm,
    )


def _play(cast: Cast, monday: date) -> list[Stage]:
    """Week after week, whatever begins and happens in it; the last status of Atlas is left to the
    DM.
    """
    present = now()
    stages: list[Stage] = []
    for ago in range(plans.PLANS[0].began, -1, -1):
        first = monday - timedelta(weeks=ago)
        for plan in plans.PLANS:
            if plan.began == ago:
                with pretending(_at_seven(first)):
                    stages.append(_begin(plan, cast, first))
        for stage in stages:
            _play_week(stage, stage.plan.began - ago, until=present)
    with pretending(present - timedelta(days=30)):
        let_go(cast)
    with pretending(present):
        send_away(cast, "Leila Haddad", first=next_monday())
        open_periods(at=present)
        for report in Report.objects.to_compile(present):
            compile_report(report_id=report.pk)
    return stages


def _leave_the_past(stage: Stage, deputy: User) -> None:
    """Who stood in for the DM of what is finished does so no more."""
    for row in stage.engagement.functions.filter(user=deputy):
        end_function(row=row, ends_on=now().date(), by=stage.cast["director"])


def _close(stage: Stage) -> None:
    """The engagement ends, with everything delivered."""
    with pretending(stage.local(stage.day(7 * stage.plan.weeks), 10)):
        change_state(
            engagement=stage.engagement,
            version=stage.engagement.version,
            state=Engagement.State.CLOSED,
            reason="Both releases are accepted, and the bank's own people run them.",
            by=stage.dm,
        )


def _play_week(stage: Stage, week: int, *, until: datetime) -> None:
    if week >= stage.plan.weeks and stage.plan.is_closed:
        if week == stage.plan.weeks:
            _close(stage)
        return
    day = stage.day(7 * week + stage.engagement.status_weekday - 1)
    morning = stage.local(day, 9)
    for move in stage.plan.moves:
        if 7 * week <= move.day < 7 * week + 7:
            _move_date(stage, move.milestone, stage.day(move.day), stage.day(move.to_day), move)
    _owe(stage, week, until=until)
    if morning < until:
        with pretending(morning):
            if week % stage.plan.import_every == 0:
                _import(stage, morning)
            describe_blockers(stage)
            judge_criteria(stage, day)
            keep_forecasts(engagement=stage.engagement, at=now())
    if day < until.astimezone(stage.zone).date():
        _report(stage, week, stage.local(day, 14))


def _owe(stage: Stage, week: int, *, until: datetime) -> None:
    """What is asked, promised, risked and raised in a week, each on its day, before noon."""
    desk = Desk(stage.engagement, stage.dm, stage.cast)
    for day, act in STORIES[stage.plan.name]:
        at = stage.local(stage.day(day), 11)
        if 7 * week <= day < 7 * week + 7 and at < until:
            with pretending(at):
                act.play(desk)


def _move_date(stage: Stage, name: str, on: date, to: date, move: plans.DateMove) -> None:
    with pretending(stage.local(on, 11)):
        milestone = Milestone.objects.get(engagement=stage.engagement, name=name)
        commit_date(
            milestone=milestone,
            version=milestone.version,
            committed_on=to,
            reason=move.reason,
            by=stage.dm,
        )


def _import(stage: Stage, at: datetime) -> None:
    rows = [item.as_of(at) for item in stage.items if item.created_at <= at]
    if not rows:
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    name = f"{stage.plan.prefix.lower()}-{at:%Y-%m-%d}.csv"
    content = io.BytesIO(text.getvalue().encode())
    file = import_file(
        engagement=stage.engagement,
        file_name=name,
        content=content,
        by=stage.dm,
        export=Export(at if stage.plan.says_when else None),
    )
    if file.state != Import.State.APPLIED:
        raise DomainError(f"The demo world's own file was not applied: {file.problem}")


def _report(stage: Stage, week: int, at: datetime) -> None:
    """Open, draft, write, publish and, a week in two, be read."""
    with pretending(at):
        open_periods(at=now())
        report = _draft_of_week(stage, week)
        written = stage.plan.told.get(week)
        by = stage.deputy if written and written.by_deputy else stage.dm
        with transaction.atomic():
            publish_report(report=report, by=by, draft=_write(stage, report, week, by))
    with pretending(at + LATER):
        finish_publication(report_id=report.pk)
    _read(stage, report, at + timedelta(hours=18))
    if week in stage.plan.corrections:
        _correct(stage, report, week, at + timedelta(hours=20))


def _draft_of_week(stage: Stage, week: int) -> Report:
    report = Report.objects.get(engagement=stage.engagement, period__starts_on=stage.day(7 * week))
    compile_report(report_id=report.pk)
    return Report.objects.select_related("engagement__customer", "period").get(pk=report.pk)


def _write(stage: Stage, report: Report, week: int, by: User) -> Draft:
    """The DM's sentence and colour: the plan's where it has one, else as by the rules."""
    written = stage.plan.told.get(week)
    computed = report.drafted["overall"]["colour"]
    colour = written.colour if written and written.colour else computed
    if colour == "unknown":
        colour = "green"
    ordinary = stage.plan.headlines[week]
    move = written.our_move if written else ""
    if colour != "green" and not move:
        move = "We finish what is open before we start anything new, and tell you on Monday."
    reason = written.reason if written else ""
    if rag.is_better(colour, computed) and not reason:
        reason = "What is open past the date is small and in test."
    return save_draft(
        report=report,
        headline=written.headline if written else ordinary,
        our_move=move,
        colour=colour,
        colour_reason=reason,
        version=report.version,
        by=by,
    )


def _read(stage: Stage, report: Report, at: datetime) -> None:
    if at > now():
        return
    revision = ReportRevision.objects.filter(report=report).order_by("-number")[0]
    customer = stage.engagement.customer
    contacts = CustomerContact.objects.filter(customer=customer).select_related("user")
    with pretending(at):
        for contact in contacts.filter(kind=CustomerContact.Kind.LEAD):
            record_receipts(revisions=[revision], user=contact.user)


def _correct(stage: Stage, report: Report, week: int, at: datetime) -> None:
    reason, headline = stage.plan.corrections[week]
    with pretending(at):
        report.refresh_from_db()
        start_correction(report=report, reason=reason, by=stage.dm)
        save_draft(
            report=report,
            headline=headline,
            our_move=report.our_move,
            colour=report.colour,
            colour_reason=report.colour_reason,
            version=report.version,
            by=stage.dm,
        )
        publish_report(report=report, by=stage.dm)
    with pretending(at + LATER):
        finish_publication(report_id=report.pk)
