"""Work on a report that may die at any moment: five attempts, each noted, then an admin is asked.

The claim, with its raised counter, is committed before the work. Until `lease_until` nobody else
claims it; when that has passed the next process takes it.
"""

from copy import copy
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell import attempts
from dm_portal.shell.attempts import DIED, ERROR_LENGTH, MAX_ATTEMPTS, next_attempt_at
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict
from dm_portal.shell.wake import wake
from reporting.models import Report
from reporting.querysets import ReportQuerySet
from reporting.services.states import THAWED, State, change, move


class Attempt(attempts.Attempt):
    """One attempt at a claimed report."""

    def __init__(self, report: Report) -> None:
        # As claimed: what the work changes on its own copy is rolled back with its transaction.
        self.claimed = copy(report)

    def give_back(self, error: str) -> None:
        give_back(self.claimed, error)


def with_names() -> ReportQuerySet:
    """Reports together with the rows that their words name."""
    return Report.objects.select_related("engagement__customer", "period")


def lease_end() -> datetime:
    """Until when a process that starts now is left alone."""
    return now() + timedelta(seconds=settings.WORK_LEASE)


@transaction.atomic
def give_back(report: Report, error: str) -> bool:
    """Keep the error; the next attempt waits 2, 4, 8, 16 s, the fifth parks. True if parked."""
    error = error[-ERROR_LENGTH:]
    try:
        if report.attempts < MAX_ATTEMPTS:
            change(report, last_error=error, lease_until=next_attempt_at(report.attempts))
            return False
        move(report, State.PARKED, last_error=error, **THAWED)
    except Conflict:  # another process has it by now
        return False
    record("report.parked", report, by=None, after={"error": error.strip().splitlines()[-1]})
    return True


def note_death(*, report_id: int, error: str) -> None:
    """Write down that whoever worked on this report ended without doing so, as its parent saw it.

    Nothing happens to a report that nobody works on.
    """
    at_work = with_names().filter(state__in=[State.COMPILING, State.PUBLISHING], attempts__gt=0)
    report = at_work.filter(pk=report_id).first()
    if report is not None:
        give_back(report, error)


def park_dead() -> int:
    """Give up on reports whose fifth process died; those that died before are claimed anew.

    Returns how many were parked.
    """
    at_work = with_names().filter(state__in=[State.COMPILING, State.PUBLISHING])
    dead = at_work.filter(attempts__gte=MAX_ATTEMPTS).exclude(lease_until__gt=now())
    return sum(give_back(report, DIED) for report in dead)


@transaction.atomic
def retry_report(*, report: Report, by: User) -> None:
    """Let a parked report be drafted again, with five new attempts.

    Raises:
        DomainError: it is not parked.
    """
    error = report.last_error
    move(report, State.DUE, attempts=0, last_error="")
    record("report.retried", report, by=by, before={"error": error})
    wake("reporting.tasks.compile_report", report.pk)
