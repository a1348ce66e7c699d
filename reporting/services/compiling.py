"""Drafting reports: claimed under a lease, never twice at once, whoever dies on the way."""

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.shell.attempts import MAX_ATTEMPTS
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict
from dm_portal.shell.log_lines import about
from reporting.drafting import draft_of
from reporting.models import Report
from reporting.services.attempts import Attempt, lease_end, with_names
from reporting.services.states import State, move


def compile_report(*, report_id: int) -> bool:
    """Draft one report if it waits for that; False where there was nothing to do.

    An error is written to the report, and raised again for whoever runs this.
    """
    report = _claim(report_id)
    if report is None:
        return False
    with about(report.audit_ref), Attempt(report):
        return _draft(report)


def _claim(report_id: int) -> Report | None:
    """Take a report that waits, or whose drafter died, for the length of one lease."""
    waiting = with_names().filter(attempts__lt=MAX_ATTEMPTS)
    report = waiting.to_compile(now()).filter(pk=report_id).first()
    if report is None:
        return None
    try:
        move(report, State.COMPILING, attempts=report.attempts + 1, lease_until=lease_end())
    except Conflict:  # another process was faster
        return None
    return report


@transaction.atomic
def _draft(report: Report) -> bool:
    """The work itself. False where the lease ran out meanwhile and another process took over."""
    draft = draft_of(report, at=now())
    done = {"lease_until": None, "attempts": 0, "last_error": ""}
    try:
        move(report, State.DRAFT, drafted=draft.stored, compiled_as_of=draft.as_of, **done)
    except Conflict:
        return False
    record("report.drafted", report, by=None)
    return True
