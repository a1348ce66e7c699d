"""Seen by whom: the one thing that reading a page writes."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Greatest

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from reporting import policies
from reporting.models import Receipt, ReportRevision


@transaction.atomic
def record_receipts(*, revisions: Sequence[ReportRevision], user: User) -> None:
    """Note that one of the customer's people has these revisions before them.

    The first time is on the audit record, the last time in the row. Looking in from our side
    leaves nothing.
    """
    if not policies.leaves_receipt(user):
        return
    at = now()
    mine = Receipt.objects.filter(revision__in=revisions, user=user)
    # hosts' clocks differ a little: the last time is never before the first
    if mine.update(last_seen=Greatest("last_seen", at)) == len(revisions):
        return
    # two pages that are opened at once are the first time once
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = set(mine.values_list("revision", flat=True))
    new = [each for each in revisions if each.pk not in known]
    seen = {"user": user, "first_seen": at, "last_seen": at}
    Receipt.objects.bulk_create([Receipt(revision=each, **seen) for each in new])
    for each in new:
        record("report.seen", each.report, by=user, after={"revision": each.number})
