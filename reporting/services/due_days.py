"""Another due day for one week, such as the day before a bridge day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import dateformat

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from reporting import periods
from reporting.models import Period, Report
from reporting.services.drafts import require_draft
from reporting.services.states import change, require_version


@transaction.atomic
def move_due_day(
    *, report: Report, due_on: date, reason: str, version: int | None, by: User
) -> Report:
    """Let a status that is still to come be due on another day of its week, at the usual hour.

    Nothing else moves: it speaks of what happened since the last one, whenever it is published,
    and the next week has the engagement's own day. ``reason`` may be empty.

    Raises:
        DomainError: it is no draft of a status that is still to come, or not on such a day.
        Conflict: somebody else changed the report since ``version``.
    """
    require_version(report, version)
    require_draft(report)
    if not can_move(report, at=now()):
        raise DomainError(f"{report} was due already, or is out: its due day stays as it was.")
    if due_on not in days_left(report, at=now()):
        raise DomainError("Choose another day of its week, which is still to come.", field="due_on")
    period, moved = report.period, {"due_on": due_on, "due_at": _instant(report, due_on)}
    change(report)
    Period.objects.filter(pk=period.pk).update(**moved)
    why = {"reason": reason.strip()} if reason.strip() else {}
    record(  # under the name that it had: from its due day it may get another
        "report.due_day_moved",
        report,
        by=by,
        before={"due_on": _words(period.due_on)},
        after={"due_on": _words(due_on), **why},
    )
    period.due_on, period.due_at = moved["due_on"], moved["due_at"]
    return report


def can_move(report: Report, *, at: datetime) -> bool:
    """Whether it is a draft of a status that is still to come, and not said before."""
    is_to_come = report.period.due_at > at and not report.period.is_reconstructed
    return report.state == Report.State.DRAFT and not report.correction_reason and is_to_come


def days_left(report: Report, *, at: datetime) -> list[date]:
    """The other days of its week on which it could be due after ``at``."""
    week = [report.period.starts_on + number * periods.DAY for number in range(7)]
    others = [day for day in week if day != report.period.due_on]
    return [day for day in others if _instant(report, day) > at]


def _instant(report: Report, day: date) -> datetime:
    engagement = report.engagement
    return periods.instant_of(day, engagement.status_hour, ZoneInfo(engagement.time_zone))


def _words(day: date) -> str:
    return dateformat.format(day, "D j M Y")
