"""Seen by whom: the one thing that reading a page writes."""

from django.db import transaction
from django.db.models.functions import Greatest

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from reporting import policies
from reporting.models import Receipt, ReportRevision


@transaction.atomic
def record_receipt(*, revision: ReportRevision, user: User) -> None:
    """Note that one of the customer's people has this revision before them.

    The first time is on the audit record, the last time in the row. Looking in from our side
    leaves nothing.
    """
    if not policies.leaves_receipt(user):
        return
    at = now()
    mine = Receipt.objects.filter(revision=revision, user=user)
    # hosts' clocks differ a little: the last time is never before the first
    if mine.update(last_seen=Greatest("last_seen", at)):
        return
    _, is_first = Receipt.objects.get_or_create(
        revision=revision, user=user, defaults={"first_seen": at, "last_seen": at}
    )
    if is_first:
        record("report.seen", revision.report, by=user, after={"revision": revision.number})
