"""Withdrawing what was published: it stays as it was, and readers see why it no longer holds."""

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from engagements.services.numbers import lock
from reporting.models import Report, Retraction
from reporting.services.letters import write_retraction_letters
from reporting.services.states import State, change, require_state


@transaction.atomic
def retract_report(*, report: Report, reason: str, by: User) -> Retraction:
    """Withdraw what is out of ``report``, a status or an update.

    Nothing rests on it from then on: not the colour of its engagement, nor the window of the next
    status, which tells what this one told. Its readers get a mail. It comes back as a correction.

    Raises:
        DomainError: there is no reason, it is not published, or withdrawn already.
        Conflict: somebody else changed the report first.
    """
    reason = reason.strip()
    if not reason:
        raise DomainError("Say why it is withdrawn: the customer reads it in its place.")
    require_state(report, State.PUBLISHED)
    lock(report.engagement)
    if is_withdrawn(report):
        raise DomainError(f"{report} is withdrawn already.")
    change(report)
    revision = report.revisions.latest("number")
    revision.report = report
    retraction = Retraction.objects.create(
        revision=revision, reason=reason, retracted_at=now(), retracted_by=by
    )
    said = {"revision": revision.number, "reason": reason}
    record("report.retracted", report, by=by, after=said)
    write_retraction_letters(retraction)
    return retraction


def is_withdrawn(report: Report) -> bool:
    """Whether the last that is out of it is no longer said."""
    return Retraction.objects.that_hold().filter(revision__report=report).exists()
