"""Whether a letter may still go to whom it was written for: asked right before it leaves.

Between the writing and the sending lie minutes, or days where an admin sends it again. People are
deactivated meanwhile, and their place with a customer or in an engagement ends.
"""

from dm_portal.people.models import Invitation, OutgoingMail, User, WorkCalendar
from dm_portal.shell.clock import now
from dm_portal.shell.relations import related

# The first word says it to ``mail_words``.
DEACTIVATED = "Deactivated: the person was deactivated"
INVITATION_GONE = "Invitation: it was used or taken back, or has expired"
NOT_THEIRS = "Ended: it tells of an engagement that the person does not see any more"


def why_withheld(letter: OutgoingMail) -> str:
    """Why it may not go out; empty where it may."""
    person = letter.user
    if letter.kind == "invitation" and not _is_open_invitation(letter):
        return INVITATION_GONE
    if person is None:
        return ""
    if person.deactivated_at is not None:
        return DEACTIVATED
    return NOT_THEIRS if _tells_too_much(letter, person) else ""


def _is_open_invitation(letter: OutgoingMail) -> bool:
    ref = letter.dedup_key.removeprefix("invitation:")
    return Invitation.objects.open(now()).filter(ref=ref).exists()


def _tells_too_much(letter: OutgoingMail, person: User) -> bool:
    """Whether it tells of an engagement whose page they would not find, were they to look now."""
    if not letter.engagements:
        return False
    every = related(WorkCalendar, "engagements").objects
    seen = every.of_contact(person) if person.is_customer else every.visible_to(person)
    return seen.filter(pk__in=letter.engagements).count() < len(set(letter.engagements))
