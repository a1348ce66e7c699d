"""What mails are about, and when each kind may come: one table, for letters and for settings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices

if TYPE_CHECKING:
    from dm_portal.people.models import User


class Rhythm(TextChoices):
    """When the mails of a category come to a person."""

    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "Once a day"
    WEEKLY = "weekly", "Once a week"
    NEVER = "never", "Never"


@dataclass(frozen=True, slots=True)
class Category:
    """One thing that mails are about, in the words of the page where they are switched off.

    ``default`` holds until a person chooses; ``rhythms`` are what they may choose from. With one
    rhythm alone there is nothing to choose: these mails always come.
    """

    name: str
    label: str
    words: str
    default: Rhythm = Rhythm.AT_ONCE
    rhythms: tuple[Rhythm, ...] = tuple(Rhythm)
    kinds: frozenset[str] = frozenset({"internal", "customer"})

    @property
    def always_comes(self) -> bool:
        return len(self.rhythms) == 1

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(rhythm.value, str(rhythm.label)) for rhythm in self.rhythms]

    def is_for(self, person: "User") -> bool:
        return person.kind in self.kinds


OURS = frozenset({"internal"})
CUSTOMERS = frozenset({"customer"})
ALWAYS = (Rhythm.AT_ONCE,)
IN_ONE_MAIL = (Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.NEVER)

CATEGORIES = {
    category.name: category
    for category in (
        Category("status", "Published statuses", "What was published for you.", kinds=CUSTOMERS),
        Category("reminder", "Reminders", "A status is due and waits for you.", kinds=OURS),
        Category(
            "needs",
            "What needs you",
            "One mail that lists what is overdue or due, with one action each.",
            default=Rhythm.DAILY,
            rhythms=IN_ONE_MAIL,
            kinds=OURS,
        ),
        Category(
            "ahead",
            "The next ten days",
            "Milestones, leave, days without cover and engagements that end; on Mondays.",
            default=Rhythm.WEEKLY,
            rhythms=(Rhythm.WEEKLY, Rhythm.NEVER),
            kinds=OURS,
        ),
        Category("escalation", "Escalations", "From level 2 up.", rhythms=ALWAYS),
        Category(
            "security",
            "Your account",
            "Invitations, passwords, addresses and two-step sign-in.",
            rhythms=ALWAYS,
        ),
    )
}
# Nobody can switch these off; a constraint holds it.
ALWAYS_COME = tuple(name for name, each in CATEGORIES.items() if each.always_comes)
