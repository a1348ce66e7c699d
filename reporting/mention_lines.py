"""What must be mentioned and is not, as it stands beside a draft; never shown to customers."""

from dataclasses import dataclass

from dm_portal.people.models import User
from reporting import policies
from reporting.drafting import Draft, unmentioned
from reporting.models import Report

# What a matter is, by the first part of its key.
KINDS = {
    "red": "Off track",
    "date": "A date moved",
    "created": "Scope was added",
    "moved_in": "Scope was added",
    "late_in": "Scope was added",
    "ask": "An ask is overdue",
    "escalation": "Raised, and not decided",
    "promise": "A commitment was missed",
}


@dataclass(frozen=True, slots=True)
class MentionLine:
    """What must be mentioned, by its ``key``, and the sentence ``text`` that would mention it;
    ``kind`` says in a few words what it is, ``what`` which one.
    """

    key: str
    kind: str
    what: str
    about: str
    text: str


def mentions_of(report: Report, draft: Draft, *, user: User) -> list[MentionLine]:
    """What must be mentioned and is not, for whoever may write it."""
    if not policies.can_write_report(user, report.engagement):
        return []
    return [
        MentionLine(
            key=matter.key,
            kind=KINDS[matter.key.partition(".")[0]],
            what=matter.what,
            about=row["about"],
            text=row["text"],
        )
        for matter, row in unmentioned(report, draft)
    ]
