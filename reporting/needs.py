"""What needs whom, now: one ranked list, each line with its reason and its one action."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse

from dm_portal.people import standing
from dm_portal.people.models import OutgoingMail
from dm_portal.shell import dates
from dm_portal.shell.components import Shape
from dm_portal.shell.wording import count
from engagements.freshness import stale_sources
from engagements.models import Blocker, Engagement, Import, Milestone, thresholds_of
from engagements.querysets import held_by
from reporting import rag, reds
from reporting.customer import week_words
from reporting.models import Report

OVERDUE, TODAY, THIS_WEEK, NO_HURRY = "overdue", "today", "this week", "no hurry"
GROUPS = (OVERDUE, TODAY, THIS_WEEK, NO_HURRY)
WEEK = timedelta(days=7)
LEADERS = ("dm", "deputy")


@dataclass(frozen=True, slots=True)
class Need:
    """One line: how it stands, what, where, why now, and the one thing to do about it.

    ``leads``: before all others of its group, for they may rest on what it speaks of.
    """

    group: str
    due: datetime
    shape: str
    what: str
    where: str
    why: str
    url: str
    action: str
    retry_url: str = ""
    not_now_url: str = ""
    leads: bool = False
    engagement_id: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one urgency."""

    name: str
    needs: tuple[Need, ...]


def groups(needs: Sequence[Need]) -> list[Group]:
    """The lines by urgency: those that lead, then the longest waiting; no group without lines."""
    ranked = sorted(needs, key=lambda need: (not need.leads, need.due, need.where, need.what))
    found = [Group(name, tuple(each for each in ranked if each.group == name)) for name in GROUPS]
    return [group for group in found if group.needs]


def summary(groups: Sequence[Group]) -> str:
    """The list in one line: "2 overdue, 1 due today, 3 this week."; of what has no day, nothing."""
    words = {OVERDUE: "overdue", TODAY: "due today", THIS_WEEK: "this week"}
    dated = [group for group in groups if group.name in words]
    said = ", ".join(f"{len(group.needs)} {words[group.name]}" for group in dated)
    return f"{said}." if said else ""


def needs_of(user: Any, *, at: datetime) -> list[Need]:
    """Everything that waits for this person at ``at``; as many statements, whatever the rows."""
    led = _active(user, *LEADERS)
    planned = _active(user, *LEADERS, "architect")
    return [
        *_reports(user, led, at),
        *_imports(user, led),
        *_sources(led, at),
        *_reds(Milestone.objects.visible_to(user), led, at),
        *_milestones(Milestone.objects.visible_to(user), planned, at),
        *_blockers(Blocker.objects.visible_to(user), planned, at),
        *_letters(user, at),
    ]


def needs_of_engagements(led: Any, planned: Any, *, at: datetime) -> tuple[list[Need], list[Need]]:
    """What waits at ``at`` for whoever leads engagements, and for whoever plans them.

    For many people at once: as many statements, however many engagements. Who may know of it is
    decided by who holds a function there, as ``needs_of`` does for one person.
    """
    drafts = Report.objects.filter(engagement__in=led, state="draft").not_left_out()
    waiting = Import.objects.filter(engagement__in=led, state=Import.State.PREVIEWED)
    rows = drafts.select_related("engagement__customer", "period")
    owed = [_draft(report, at) for report in rows if not _is_past(report, at)]
    files = [_import(file) for file in waiting.select_related("engagement__customer")]
    turned_red = _reds(Milestone.objects.all(), led, at)
    for_leaders = [*owed, *files, *_sources(led, at), *turned_red]
    for_planners = [
        *_milestones(Milestone.objects.all(), planned, at),
        *_blockers(Blocker.objects.all(), planned, at),
    ]
    return for_leaders, for_planners


def _active(user: Any, *functions: str) -> Any:
    """Active engagements in which this person holds one of the functions today."""
    held = {engagement for engagement, function in held_by(user) if function in functions}
    return Engagement.objects.visible_to(user).reporting().filter(pk__in=held)


def _reports(user: Any, led: Any, at: datetime) -> Iterator[Need]:
    """Drafts to be published by whoever leads the engagement; failed ones, by an admin.

    Weeks that are told again are one line for each engagement: there may be years of them.
    """
    own = Q(engagement__in=led, state__in=["draft", "parked"])
    mine = Report.objects.visible_to(user).filter(own).not_left_out()
    rows = (mine | Report.objects.retryable_by(user)).distinct()
    past: dict[Engagement, list[Report]] = {}
    for report in rows.select_related("engagement__customer", "period"):
        if report.state == "parked":
            yield _parked_report(report, user, at)
        elif _is_past(report, at):
            past.setdefault(report.engagement, []).append(report)
        else:
            yield _draft(report, at)
    for engagement, reports in past.items():
        yield _past_weeks(engagement, reports)


def _draft(report: Report, at: datetime) -> Need:
    if report.is_update:
        return _begun(report)
    due_at, engagement = report.period.due_at, report.engagement
    group = _group(due_at, at, engagement)
    words = _instant(due_at, at, engagement)
    why = f"was due {words}" if group == OVERDUE else f"due {words}"
    what = f"Publish the status of {_week(report, at)}"
    if report.correction_reason:
        group, what = TODAY, f"Finish the correction of {_week(report, at)}"
        why = f"opened again: {report.correction_reason}"
    return Need(
        group=group,
        due=due_at,
        shape="",
        what=what,
        where=_where(engagement),
        why=why,
        url=report.get_absolute_url(),
        action="Write",
        engagement_id=report.engagement_id,
    )


def _begun(report: Report) -> Need:
    """An update that somebody began, or that is being corrected: nothing else makes it due."""
    is_open = bool(report.correction_reason)
    return Need(
        group=TODAY,
        due=report.created_at,
        shape="",
        what="Finish the correction of an update"
        if is_open
        else "Publish the update that is begun",
        where=_where(report.engagement),
        why=f"opened again: {report.correction_reason}" if is_open else report.paragraph[:80],
        url=report.get_absolute_url(),
        action="Write",
        engagement_id=report.engagement_id,
    )


def _is_past(report: Report, at: datetime) -> bool:
    """Whether its week is told again, and so was never owed to anybody; a correction is."""
    is_over = report.is_reconstructed and report.period.due_at <= at
    return is_over and not report.correction_reason


def _past_weeks(engagement: Engagement, reports: Sequence[Report]) -> Need:
    """The weeks of an engagement that are drafted again, the newest first among ``reports``."""
    newest, number = reports[0], len(reports)
    is_one = number == 1
    listed = reverse("report_list", args=[engagement.ref])
    return Need(
        group=NO_HURRY,
        due=newest.period.due_at,
        shape="",
        what=f"{count(number, 'past week')} {'is' if is_one else 'are'} drafted and not published",
        where=_where(engagement),
        why=(
            f"over before {'it' if is_one else 'they'} could be told here: "
            "publish what the customer should read"
        ),
        url=newest.get_absolute_url() if is_one else f"{listed}?state=draft",
        action="See",
    )


def _parked_report(report: Report, user: Any, at: datetime) -> Need:
    """To the DM it says that an admin is asked; to the admin it offers the retry."""
    is_admin = standing.is_admin(user)
    is_update, ref = report.is_update, report.engagement.ref
    route = "update_retry" if is_update else "report_retry"
    name = "An update" if is_update else f"The status of {_week(report, at)}"
    address = [ref, report.update_number if is_update else report.period.week]
    return Need(
        group=OVERDUE,
        due=report.created_at if is_update else report.period.opens_at,
        shape=Shape.OFF_TRACK,
        what=f"{name} failed, needs an admin",
        where=_where(report.engagement),
        why=report.last_error.strip().splitlines()[-1][:200] if report.last_error else "",
        url="" if is_admin else report.get_absolute_url(),
        action="Try again" if is_admin else "See",
        retry_url=reverse(route, args=address) if is_admin else "",
    )


def _imports(user: Any, led: Any) -> Iterator[Need]:
    """Files that wait for a yes or no, and those that failed."""
    waiting = Q(state=Import.State.PREVIEWED, engagement__in=led)
    if standing.is_admin(user):
        waiting |= Q(state=Import.State.PARKED)
    rows = Import.objects.visible_to(user).filter(waiting)
    for file in rows.select_related("engagement__customer"):
        yield _import(file)


def _import(file: Import) -> Need:
    failed = file.state == Import.State.PARKED
    counts = f"{file.new_count} new, {file.changed_count} changed, {file.refused_count} refused"
    return Need(
        group=OVERDUE if failed else TODAY,
        due=file.uploaded_at,
        shape=Shape.OFF_TRACK if failed else "",
        what=f"Import of {file.file_name} failed, needs an admin"
        if failed
        else f"Decide on the import of {file.file_name}",
        where=_where(file.engagement),
        why=file.problem[:200] if failed else counts,
        url=file.get_absolute_url(),
        action="See" if failed else "Decide",
        engagement_id=file.engagement_id,
    )


def _sources(led: Any, at: datetime) -> Iterator[Need]:
    """Sources that are older than promised: what is written meanwhile rests on old figures."""
    for source in stale_sources(led, at=at):
        yield Need(
            group=OVERDUE,
            due=source.as_of + timedelta(days=source.promised_days),
            shape=Shape.OFF_TRACK,
            what=source.stale_title,
            where=_where(source.engagement),
            why=source.stale_words,
            url=source.import_url,
            action="Import",
            leads=True,
            engagement_id=source.engagement.pk,
        )


def _reds(milestones: Any, led: Any, at: datetime) -> Iterator[Need]:
    """Milestones that turned red since the customer was told anything: can that wait?"""
    for red in reds.untold(milestones, led, at=at):
        milestone, engagement = red.milestone, red.milestone.engagement
        turned = dates.day_words(red.turned_on, today=engagement.day_of(at))
        yield Need(
            group=TODAY,
            due=datetime.combine(red.turned_on, time(0), tzinfo=UTC),
            shape=Shape.OFF_TRACK,
            what=f"{milestone.name} turned red on {turned}: tell the customer?",
            where=_where(engagement),
            why=f"nothing was published since; {left_words(milestone)}",
            url=reverse("update_create", args=[engagement.ref]),
            action="Write an update",
            not_now_url=reverse("milestone_not_now", args=[engagement.ref, milestone.number]),
            engagement_id=engagement.pk,
        )


def _milestones(milestones: Any, planned: Any, at: datetime) -> Iterator[Need]:
    """Committed dates that are near or past, of what is not done or of which nothing tells."""
    near = at.date() + WEEK + timedelta(days=1)
    rows = milestones.filter(engagement__in=planned, committed_on__lte=near)
    still_open = rows.unfinished().with_progress()
    for milestone in still_open.select_related("engagement__customer", "engagement__thresholds"):
        day = milestone.engagement.day_of(at)
        if milestone.committed_on <= day + WEEK:
            yield _milestone(milestone, day)


def _milestone(milestone: Any, day: date) -> Need:
    days_past = (day - milestone.committed_on).days
    group = OVERDUE if days_past > 0 else THIS_WEEK if days_past else TODAY
    committed = dates.day_words(milestone.committed_on, today=day)
    relative = dates.relative_words(milestone.committed_on, today=day)
    end = datetime.combine(milestone.committed_on, time(23, 59), tzinfo=UTC)
    return Need(
        group=group,
        due=end,
        shape=_past_shape(milestone, days_past) if days_past > 0 else "",
        what=f"{milestone.name} is committed for {committed}",
        where=_where(milestone.engagement),
        why=f"{relative}; {left_words(milestone)}",
        url=milestone.get_absolute_url(),
        action="Open",
        engagement_id=milestone.engagement_id,
    )


def _past_shape(milestone: Any, days_past: int) -> Shape:
    """By the limits of its own engagement."""
    return Shape(rag.schedule_colour(days_past, thresholds_of(milestone.engagement)))


def left_words(milestone: Any) -> str:
    """What is missing of a milestone: its items first, as the rules say it."""
    if left := milestone.items - milestone.items_done:
        return f"{left} of {count(milestone.items, 'item')} open"
    if unmet := milestone.criteria_total - milestone.criteria_met:
        return f"{unmet} of {count(milestone.criteria_total, 'criterion')} not met"
    return "no items yet"


def _blockers(blockers: Any, planned: Any, at: datetime) -> Iterator[Need]:
    """Old blockers of which it was never said what they hold up or who must act.

    One line for each engagement: a tracker may block many items at once.
    """
    rows = blockers.filter(engagement__in=planned).open().without_words()
    related = rows.select_related("engagement__customer", "engagement__thresholds")
    ordered = related.order_by("engagement", "opened_at")
    for _, found in groupby(ordered, key=attrgetter("engagement_id")):
        old = [row for row in found if _age_shape(row, at) != Shape.ON_TRACK]
        if old:
            yield _silent(old, at)


def _age_shape(blocker: Blocker, at: datetime) -> Shape:
    """By the limits of its own engagement."""
    return Shape(rag.blockers_colour(blocker.age_at(at), thresholds_of(blocker.engagement)))


def _silent(blockers: Sequence[Blocker], at: datetime) -> Need:
    """Of one engagement, the oldest first."""
    oldest, number = blockers[0], len(blockers)
    age = f"for {count(oldest.age_at(at), 'working day')}"
    place = [oldest.engagement.ref]
    is_one = number == 1
    return Need(
        group=OVERDUE,
        due=oldest.opened_at,
        shape=_age_shape(oldest, at),
        what=f"Say what {oldest.key if is_one else f'{number} blockers'} "
        f"hold{'s' if is_one else ''} up, and who must act",
        where=_where(oldest.engagement),
        why=f"blocked {age}" if is_one else f"{oldest.key} has been blocked {age}",
        url=reverse("blocker_edit", args=[*place, oldest.number])
        if is_one
        else f"{reverse('blocker_list', args=place)}?state=open&words=missing",
        action="Say" if is_one else "See",
        engagement_id=oldest.engagement_id,
    )


def _letters(user: Any, at: datetime) -> Iterator[Need]:
    """Mails that could not be sent, for admins: one line for all of them."""
    parked = OutgoingMail.objects.visible_to(user).filter(state=OutgoingMail.State.PARKED)
    number = parked.count() if standing.is_admin(user) else 0
    if number:
        yield Need(
            group=OVERDUE,
            due=at,
            shape=Shape.OFF_TRACK,
            what=f"{number} mail{'' if number == 1 else 's'} failed, needs an admin",
            where="Outbox",
            why="the mail server refused them, or did not take them for five days",
            url=f"{reverse('outbox_list')}?state=parked",
            action="See",
        )


def _group(due_at: datetime, at: datetime, engagement: Engagement) -> str:
    if due_at < at:
        return OVERDUE
    return TODAY if engagement.day_of(due_at) == engagement.day_of(at) else THIS_WEEK


def _instant(due_at: datetime, at: datetime, engagement: Engagement) -> str:
    """ "today at 15:00", "Fri 13 Nov, 15:00", on the engagement's own clock."""
    zone = ZoneInfo(engagement.time_zone)
    due, day = due_at.astimezone(zone), at.astimezone(zone).date()
    if due.date() == day:
        return f"today at {due:%H:%M}"
    return dates.instant_words(due_at, zone=zone, today=day)


def _week(report: Report, at: datetime) -> str:
    return week_words(report.period, today=at.date())


def _where(engagement: Engagement) -> str:
    return f"{engagement.name}, {engagement.customer.name}"
