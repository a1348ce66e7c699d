"""What must be mentioned and is not, as it stands beside a draft; never shown to customers."""

from dataclasses import dataclass

from dm_portal.people.models import User
from reporting import policies
from reporting.drafting import Draft, unmentioned
from reporting.models import Report


@dataclass(frozen=True, slots=True)
class MentionLine:
    """What must be mentioned, by its ``key``, and the sentence ``text`` that would mention it."""

    key: str
    what: str
    about: str
    text: str


def mentions_of(report: Report, draft: Draft, *, user: User) -> list[MentionLine]:
    """What must be mentioned and is not, for whoever may write it."""
    if not policies.can_write_report(user, report.engagement):
        return []
    return [
        MentionLine(matter.key, matter.what, row["about"], row["text"])
        for matter, row in unmentioned(report, draft)
    ]
