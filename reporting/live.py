"""What stands beside the last status on the customer's page: rows that are shared with them as
they are now, and what is new to this reader.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell import dates
from dm_portal.shell.clock import now, today
from dm_portal.shell.wording import lines
from engagements.asking import AskedBy
from engagements.models import Ask, Engagement, Escalation
from reporting import shared, since
from reporting.models import Receipt, ReportRevision
from reporting.querysets import ReportRevisionQuerySet
from reporting.shared import SharedRow
from reporting.since import SinceLine


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a day on which this reader read, or on which a status was published."""

    title: str
    lines: tuple[SinceLine, ...]


@dataclass(frozen=True, slots=True)
class Needed:
    """An open ask; ``may_answer``: this reader may; ``version`` is that of what they read."""

    number: int
    url: str
    version: int
    text: str
    from_whom: str
    by: str
    by_iso: str
    late: str  # "overdue", empty where it is not
    options: tuple[str, ...]
    recommendation: str
    without_answer: str
    may_answer: bool


@dataclass(frozen=True, slots=True)
class Raised:
    """An escalation as the customer reads it: to whom it was raised, and by when it is decided."""

    text: str
    raised_to: str
    by: str
    by_iso: str
    late: str
    state: str


@dataclass(frozen=True, slots=True)
class Live:
    """What is needed, what is new, and what concerns them; each empty where there is none."""

    needed: tuple[Needed, ...]
    since: Since | None
    risks: tuple[str, ...]
    raised: tuple[Raised, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """What a reader may have seen before: the last status before this one that stands, and if they
    read anything, the status and what was said last by then, and when they saw it first.

    ``week_before`` is where their page leads back to, withdrawn or not; letters lead nowhere.
    """

    earlier: ReportRevision | None
    status: ReportRevision | None = None
    said: ReportRevision | None = None
    seen_at: datetime | None = None
    week_before: ReportRevision | None = field(default=None, compare=False)


def live_of(
    revision: ReportRevision, updates: Sequence[ReportRevision], before: Before, *, user: Any
) -> Live:
    """What stands beside a status and what was said since it, for one reader. One statement."""
    engagement = revision.report.engagement
    here = today(engagement.time_zone)
    rows = shared.rows_of(engagement, user)
    still = [row for row in rows if row.is_open]
    return Live(
        needed=tuple(_needed(row, engagement, here) for row in still if row.kind == "ask"),
        # of what is withdrawn no figures are compared
        since=None if hasattr(revision, "retraction") else _since(before, revision, updates, rows),
        risks=tuple(row.text for row in still if row.kind == "risk"),
        raised=tuple(_raised(row, here) for row in still if row.kind == "escalation"),
    )


@dataclass(frozen=True, slots=True)
class First:
    """What a letter says of it to one reader: what is needed, and what is new to them."""

    needed: tuple[Needed, ...] = ()
    since: Since | None = None


def first_of(revision: ReportRevision, people: Sequence[User]) -> dict[int, First]:
    """By reader, all of them one customer's, what stands on their first screen as of now.

    As many statements for all of them as for one.
    """
    if not people or revision.report.is_update:
        return {}
    engagement = revision.report.engagement
    here = today(engagement.time_zone)
    rows = shared.rows_of(engagement, people[0])
    asks = [row for row in rows if row.is_open and row.kind == "ask"]
    needed = tuple(_needed(row, engagement, here) for row in asks)
    return {
        pk: First(needed, _since(before, revision, (), rows))
        for pk, before in before_each(revision, people).items()
    }


def needed_of(engagements: Iterable[Engagement]) -> dict[int, tuple[Needed, ...]]:
    """By engagement, what is needed from its customer now, as letters to those say who are its
    people today, so that whatever is shared is theirs to read. One statement.
    """
    found: dict[int, list[Needed]] = {}
    rows = Ask.objects.shared().open().filter(engagement__in={each.pk for each in engagements})
    rows = rows.select_related("engagement", "asked_of").order_by("needed_by", "number")
    for row in rows:
        here = today(row.engagement.time_zone)
        found.setdefault(row.engagement_id, []).append(_needed(_shared(row), row.engagement, here))
    return {pk: tuple(needed) for pk, needed in found.items()}


def _shared(ask: Ask) -> SharedRow:
    """An open ask as its page shows it; a letter has no buttons."""
    return SharedRow(
        kind="ask",
        number=ask.number,
        text=ask.customer_text,
        state=ask.state,
        shared_at=cast("datetime", ask.shared_at),
        ended_at=None,
        taken_at=None,
        due_on=ask.needed_by,
        person=ask.asked_of.name,
        is_theirs=True,
        version=ask.version,
        options=ask.options,
        recommendation=ask.recommendation,
        without_answer=ask.without_answer,
        may_answer=False,
        earlier=[],
    )


def _needed(row: SharedRow, engagement: Engagement, here: date) -> Needed:
    by, by_iso, late = _day(row, here)
    return Needed(
        number=row.number,
        url=reverse("status_ask", args=[engagement.ref, row.number]),
        version=row.version,
        text=row.text,
        from_whom=row.person,
        by=by,
        by_iso=by_iso,
        late=late,
        options=lines(row.options),
        recommendation=row.recommendation,
        without_answer=row.without_answer,
        may_answer=row.may_answer,
    )


def _raised(row: SharedRow, here: date) -> Raised:
    by, by_iso, late = _day(row, here)
    raised_to = "you" if row.is_theirs else f"you and {row.person}"
    state = Escalation.State(row.state).label
    return Raised(row.text, raised_to, by, by_iso, late, state)


def _day(row: SharedRow, here: date) -> tuple[str, str, str]:
    """The day of an ask or an escalation, in words and for machines, and whether it is past."""
    day: Any = row.due_on  # of these two kinds it is never empty
    late = "overdue" if day < here else ""
    return dates.day_words(day, today=here), day.isoformat(), late


# Since you last read


def before(shown: Sequence[ReportRevision], *, user: Any) -> Before:
    """What this reader had before them when the first of ``shown`` came; the last is a status.

    Ours leave no receipt, and so have read nothing. One statement.
    """
    status = shown[-1]
    found = SHOWN_BEFORE.rows(
        user,
        engagement=status.report.engagement_id,
        first=shown[0].pk,
        starts_on=status.report.period.starts_on,
    )
    return _sorted_out(found, status)


def _shown_before(
    user: Any, engagement: int, first: int, starts_on: date
) -> ReportRevisionQuerySet:
    mine = Receipt.objects.filter(user=user.pk)
    first_seen = mine.filter(revision=first).values("first_seen")[:1]
    of_mine = Subquery(mine.filter(revision=OuterRef("pk")).values("first_seen")[:1])
    said_here = ReportRevision.objects.visible_to(user).filter(report__engagement=engagement)
    said_here = said_here.annotate(seen_at=of_mine)
    was_read = Q(seen_at__lt=Coalesce(Subquery(first_seen), now()))
    read = said_here.filter(was_read).last_said_first()
    weeks = said_here.filter(report__period__starts_on__lt=starts_on)
    wanted = (
        read.values("pk")[:1],
        read.filter(report__period__isnull=False).values("pk")[:1],
        weeks.last_of_each_week().values("pk")[:1],
    )
    stands = Q(pk=Subquery(weeks.in_force().last_of_each_week().values("pk")[:1]))
    rows = said_here.filter(
        Q(pk=Subquery(wanted[0])) | Q(pk=Subquery(wanted[1])) | Q(pk=Subquery(wanted[2])) | stands
    )
    rows = rows.annotate(
        was_read=ExpressionWrapper(was_read, BooleanField()),
        stands=ExpressionWrapper(stands, BooleanField()),
    )
    return _with_report(rows.last_said_first())


SHOWN_BEFORE = AskedBy(_shown_before, engagement=int, first=int, starts_on=date)


def _sorted_out(rows: Sequence[Any], status: ReportRevision) -> Before:
    """Which of these at most four revisions is which; what was said last comes first."""
    weeks = [row for row in rows if not row.report.is_update]
    earlier = next((row for row in weeks if row.stands), None)
    starts_on = status.report.period.starts_on
    week_before = max(
        (row for row in weeks if row.report.period.starts_on < starts_on),
        key=lambda row: (row.report.period.starts_on, row.number),
        default=None,
    )
    read = [row for row in weeks if row.was_read]
    if not read:
        return Before(earlier, week_before=week_before)
    said = next(row for row in rows if row.was_read)
    return Before(earlier, read[0], said, said.seen_at, week_before)


def before_each(status: ReportRevision, people: Sequence[User]) -> dict[int, Before]:
    """By reader, all of them one customer's, what each had before them when ``status`` came: what
    ``before`` tells of one of them, in four statements.
    """
    here = {"report__engagement": status.report.engagement_id}
    said_here = ReportRevision.objects.visible_to(people[0]).filter(**here)
    weeks = said_here.filter(report__period__starts_on__lt=status.report.period.starts_on)
    earlier = _with_report(weeks.in_force().last_of_each_week()).first()
    of_theirs = Receipt.objects.filter(
        user__in=people, revision__in=said_here, first_seen__lt=now()
    ).exclude(revision=status)
    said = of_theirs.last_said()
    of_weeks = of_theirs.filter(revision__report__period__isnull=False).last_said()
    read = _with_report(said_here).in_bulk({pk for pk, _ in (*said.values(), *of_weeks.values())})

    def found(pk: int) -> Before:
        if pk not in of_weeks:
            return Before(earlier)
        return Before(earlier, read[of_weeks[pk][0]], read[said[pk][0]], said[pk][1])

    return {person.pk: found(person.pk) for person in people}


def _with_report(rows: ReportRevisionQuerySet) -> ReportRevisionQuerySet:
    return rows.select_related("report__engagement", "report__period").defer("html")


def _since(
    before: Before,
    revision: ReportRevision,
    updates: Sequence[ReportRevision],
    rows: Sequence[SharedRow],
) -> Since | None:
    """None where nothing was said before, or where it was kept without its plan."""
    status = before.status or before.earlier
    if status is None or "plan" not in status.text or "plan" not in revision.text:
        return None
    zone = ZoneInfo(revision.report.engagement.time_zone)
    here, at = today(zone.key), before.seen_at or status.published_at
    said = before.said or status
    last = next((each for each in updates if not hasattr(each, "retraction")), revision)
    seen = since.reading(said.colour, status.text["plan"], shared.at(rows, at))
    new = since.reading(last.colour, revision.text["plan"], shared.at(rows, now()))
    day = dates.day_words(at.astimezone(zone).date(), today=here)
    title = f"Since {'you read' if before.seen_at else 'the last status'} ({day})"
    return Since(title, since.lines(since.difference(seen, new), today=here))
