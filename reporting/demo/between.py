"""What happens between two statuses of the demo world: private notes, and an update today."""

from typing import Any

from dm_portal.people.models import User
from engagements.models import Engagement
from reporting import statuses
from reporting.models import Note, ReportRevision
from reporting.services.notes import write_note
from reporting.services.publishing import finish_publication, publish_report
from reporting.services.updates import begin_update

NOTES = (
    (Note.Purpose.FRIDAY, "Ask Priya whether their fraud team can test on Monday."),
    (Note.Purpose.FRIDAY, "Thank them for the quick answer about the refund limits."),
    (Note.Purpose.RETRO, "The review queue was empty all week: why?"),
)
PARAGRAPH = (
    "Your payment partner has moved our test slot to Thursday morning. Until then we test what "
    "does not need it; the dates in the last status stand."
)


def note_down(engagement: Engagement, *, by: User) -> None:
    """Notes of the DM that wait beside the draft, and one for the retro."""
    for purpose, text in NOTES:
        write_note(engagement=engagement, text=text, purpose=purpose, by=by)


def tell_today(engagement: Engagement, *, by: User) -> ReportRevision | None:
    """An update that keeps the colour of the last status."""
    said: Any = statuses.last_said_of(engagement)  # four months of them are out
    report = begin_update(
        engagement=engagement,
        paragraph=PARAGRAPH,
        colour=said.colour,
        colour_reason=said.colour_reason or "What is open past the date is small and in test.",
        by=by,
    )
    publish_report(report=report, by=by, delay=0)
    return finish_publication(report_id=report.pk)
