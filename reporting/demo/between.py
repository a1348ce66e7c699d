"""Between two statuses of the demo world: private notes, questions, and an update today."""

from typing import Any

from dm_portal.people.models import User
from engagements.models import Engagement
from reporting import questions, statuses
from reporting.demo.people import Cast
from reporting.models import Note, ReportRevision
from reporting.services.notes import write_note
from reporting.services.publishing import finish_publication, publish_report
from reporting.services.questions import answer_question, ask_question
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

# By whom, about which paragraph of the last status, what, and the answer; one waits for it.
QUESTIONS = (
    (
        "delegate",
        "our_move",
        "Which of our test accounts do you need on Monday?",
        "The four that you opened for checkout; we need no new ones.",
    ),
    (
        "lead",
        "headline",
        "If the date slips, do shops get whole refunds on the agreed day all the same?",
        "",
    ),
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


def inquire(engagement: Engagement, cast: Cast, *, by: User) -> None:
    """Two of the customer's people ask about the last status; ``by`` has answered the first."""
    revision = _last_status(engagement)
    for who, place, text, answer in QUESTIONS:
        quote = questions.quote_at(revision, place)
        asked = ask_question(revision=revision, place=place, quote=quote, text=text, by=cast[who])
        if answer:
            answer_question(question=asked, version=asked.version, answer=answer, by=by)


def _last_status(engagement: Engagement) -> ReportRevision:
    said = ReportRevision.objects.filter(report__engagement=engagement).in_force()
    return said.filter(report__period__isnull=False).last_said_first()[0]
