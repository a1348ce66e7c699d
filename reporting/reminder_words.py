"""What a reminder says: which status, when it is or was due, how it stands, and who is asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from dm_portal.people.letters import Group, Line
from dm_portal.shell.dates import instant_words
from dm_portal.shell.wording import count
from reporting.customer import week_words
from reporting.models import Report
from reporting.reminding import OVERDUE
from reporting.rounds import Due

BEING_DRAFTED = "It is being drafted."
STANDS = {
    Report.State.DUE: BEING_DRAFTED,
    Report.State.COMPILING: BEING_DRAFTED,
    Report.State.DRAFT: "The draft is there and waits for a headline and a colour.",
    Report.State.PARKED: "It failed, and an admin is asked.",
}
WHY = {
    "dm": "You are its delivery manager.",
    "deputy": "You are its deputy: its delivery manager has not published it, or is away.",
    "architect": "You are its architect: neither delivery manager nor deputy has published it, "
    "or they are away.",
}
WRITE, SEE = "Write the status", "See the draft"


def one(due: Due, *, at: datetime) -> Mapping[str, Any]:
    """What the letter of one reminder gets."""
    return {
        "engagement": due.report.engagement.name,
        "week": week_words(due.report.period),
        "due": _instant(due.report, at),
        "is_late": due.step == OVERDUE,
        "stands": _stands(due.report),
        "action": _action(due),
        "url": _url(due.report),
        "why": WHY[due.function],
    }


def line(due: Due, *, at: datetime) -> Line:
    """One reminder among others."""
    was = "It was due" if due.step == OVERDUE else "It is due"
    return Line(
        about=f"{due.report.engagement.name}, status of {week_words(due.report.period)}",
        words=f"{was} {_instant(due.report, at)}. {_stands(due.report)} {WHY[due.function]}",
        action=_action(due),
        url=_url(due.report),
    )


def group(reminders: Sequence[Due], *, at: datetime) -> Group:
    """All reminders of one letter."""
    return Group("Statuses", tuple(line(due, at=at) for due in reminders))


def summary(reminders: Sequence[Due]) -> str:
    """ "2 statuses are overdue, 1 is due soon", or one of these."""
    late = sum(due.step == OVERDUE for due in reminders)
    soon = len(reminders) - late
    verb = "is" if late == 1 else "are"
    said = [f"{count(late, 'status')} {verb} overdue"] if late else []
    if soon:
        what = str(soon) if late else count(soon, "status")
        said.append(f"{what} {'is' if soon == 1 else 'are'} due soon")
    return ", ".join(said)


def _stands(report: Report) -> str:
    if report.state == Report.State.DRAFT and report.headline and report.colour:
        return "It is written, and waits to be published."
    return STANDS[Report.State(report.state)]


def _action(due: Due) -> str:
    """An architect reads drafts and writes none."""
    return SEE if due.function == "architect" else WRITE


def _url(report: Report) -> str:
    return settings.BASE_URL + report.get_absolute_url()


def _instant(report: Report, at: datetime) -> str:
    """ "Fri 20 Nov, 15:00 (Europe/Berlin)": on the engagement's own clock."""
    zone = ZoneInfo(report.engagement.time_zone)
    today = at.astimezone(zone).date()
    return f"{instant_words(report.period.due_at, zone=zone, today=today)} ({zone.key})"
