"""Who reads a status of the customer's people, by which way it comes to them, and when they did.

Shown to whoever writes it; nothing here is shown to a customer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from dm_portal.people.models import User
from engagements.asking import AskedBy
from engagements.models import CustomerContact
from reporting import recipients
from reporting.models import Receipt, Report, ReportRevision


@dataclass(frozen=True, slots=True)
class Reader:
    """One of the customer's people; ``is_out`` tells whether there was anything to see yet.

    Who ``is_invited`` has not come in yet, and reads as soon as they have. ``mail`` says how it
    reaches them by mail, and ``gets_mail`` whether one goes to them when it is published.
    """

    name: str
    kind: str
    is_invited: bool
    is_out: bool
    first_seen: datetime | None
    last_seen: datetime | None
    gets_mail: bool
    mail: str


def readers_of_last(report: Report, *, user: User) -> list[Reader]:
    """Who will read it, and when each saw what the engagement published last, of any week."""
    here = {"engagement": report.engagement_id, "customer": report.engagement.customer_id}
    return _readers(report, OF_LAST.rows(user, **here))


def readers_of(report: Report, *, user: User) -> list[Reader]:
    """Who reads it, and when each saw its last revision."""
    here = {"report": report.pk or 0, "customer": report.engagement.customer_id}
    return _readers(report, OF_REPORT.rows(user, **here))


def _contacts(user: Any, customer: int, revision: QuerySet[Any]) -> QuerySet[Any]:
    """The customer's people in force, with their receipts of that one revision; those who have
    come in first.
    """
    receipts = Receipt.objects.visible_to(user).filter(
        revision=Subquery(revision), user=OuterRef("user")
    )
    return (
        recipients.readers_of(customer, CustomerContact.objects.visible_to(user))
        .annotate(
            is_out=Exists(revision),
            first_seen=Subquery(receipts.values("first_seen")),
            last_seen=Subquery(receipts.values("last_seen")),
        )
        .order_by("-user__is_active", "user__name", "user")
    )


def _of_last(user: Any, engagement: int, customer: int) -> QuerySet[Any]:
    revisions = ReportRevision.objects.filter(report__engagement=engagement)
    return _contacts(user, customer, revisions.newest_first().values("pk")[:1])


def _of_report(user: Any, report: int, customer: int) -> QuerySet[Any]:
    revisions = ReportRevision.objects.filter(report=report)
    return _contacts(user, customer, revisions.order_by("-number").values("pk")[:1])


OF_LAST = AskedBy(_of_last, engagement=int, customer=int)
OF_REPORT = AskedBy(_of_report, report=int, customer=int)


def _readers(report: Report, contacts: Sequence[Any]) -> list[Reader]:
    mails = [recipients.recipient(report, row) for row in contacts]
    return [
        Reader(
            name=row.user.name,
            kind=row.get_kind_display(),
            is_invited=row.user.is_invited,
            is_out=row.is_out,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            gets_mail=mail.gets_mail,
            mail=mail.words,
        )
        for row, mail in zip(contacts, mails, strict=True)
    ]
