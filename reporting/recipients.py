"""Who of the customer gets a status by mail when it is published, who does not, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from dm_portal.people.categories import Rhythm
from dm_portal.people.models import User
from dm_portal.people.preferences import rhythms_of
from engagements.models import CustomerContact
from reporting.models import Report

CATEGORY = "status"

WORDS = {
    Rhythm.AT_ONCE: "by mail as soon as it is out",
    Rhythm.DAILY: "no mail of its own: it stands in the next daily one",
    Rhythm.WEEKLY: "no mail of its own: it stands in the next weekly one",
    Rhythm.NEVER: "no mail: switched off by themselves",
}
NOT_YET = "no mail: invited, has not come yet"
OF_THE_PAST = "no mail: a week of the past, told again"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One of the customer's people; ``words`` say how the status reaches them by mail."""

    user: User
    gets_mail: bool
    words: str


def recipients_of(report: Report) -> list[Recipient]:
    """The customer's people in force, once each, by name; two statements."""
    contacts = CustomerContact.objects.holding().filter(
        customer=report.engagement.customer_id, user__deactivated_at__isnull=True
    )
    rows = contacts.select_related("user").order_by("user__name", "user")
    return told(report, {row.user.pk: row.user for row in rows}.values())


def told(report: Report, people: Iterable[User]) -> list[Recipient]:
    """How a status reaches each of these people by mail; one statement."""
    people = list(people)
    rhythms = rhythms_of(people, CATEGORY)
    return [_recipient(report, person, rhythms[person.pk]) for person in people]


def _recipient(report: Report, person: User, rhythm: Rhythm) -> Recipient:
    if report.period.is_reconstructed:
        return Recipient(person, gets_mail=False, words=OF_THE_PAST)
    if not person.is_active:
        return Recipient(person, gets_mail=False, words=NOT_YET)
    return Recipient(person, gets_mail=rhythm == Rhythm.AT_ONCE, words=WORDS[rhythm])
