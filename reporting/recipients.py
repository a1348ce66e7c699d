"""Who of the customer gets a status by mail when it is published, who does not, and why."""

from dataclasses import dataclass
from typing import Any

from dm_portal.people.categories import Rhythm
from dm_portal.people.models import User
from dm_portal.people.preferences import chosen_by_row, rhythm_from
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

    @property
    def waits(self) -> bool:
        """They read of it in their next digest."""
        return self.words in (WORDS[Rhythm.DAILY], WORDS[Rhythm.WEEKLY])


def recipients_of(report: Report) -> list[Recipient]:
    """The customer's people in force, once each, by name; one statement."""
    contacts = readers_of(report.engagement.customer_id, CustomerContact.objects.all()).order_by(
        "user__name", "user"
    )
    found = {row.user.pk: row for row in contacts}
    return [recipient(report, row) for row in found.values()]


def readers_of(customer: int, contacts: Any) -> Any:
    """Those of ``contacts`` who read the statuses of a customer, with their choice."""
    in_force = contacts.holding().filter(customer=customer, user__deactivated_at__isnull=True)
    chosen = chosen_by_row(CATEGORY, person="user")
    return in_force.select_related("user").annotate(chosen_rhythm=chosen)


def recipient(report: Report, contact: Any) -> Recipient:
    """How a status reaches one of ``readers_of`` by mail."""
    person, rhythm = contact.user, rhythm_from(CATEGORY, contact.chosen_rhythm)
    if report.is_reconstructed:
        return Recipient(person, gets_mail=False, words=OF_THE_PAST)
    if not person.is_active:
        return Recipient(person, gets_mail=False, words=NOT_YET)
    return Recipient(person, gets_mail=rhythm == Rhythm.AT_ONCE, words=WORDS[rhythm])
