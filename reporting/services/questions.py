"""Questions about what was published: asked by the customer's people, answered by its manager."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.categories import Rhythm
from dm_portal.people.models import User
from dm_portal.people.preferences import rhythms_of
from dm_portal.people.services import write_letter
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import update_version
from dm_portal.shell.wake import wake
from engagements.services.numbers import lock, next_number
from engagements.services.owed import require_words
from reporting import policies
from reporting.models import Question, ReportRevision
from reporting.services.letters import path_of

# More than anybody asks who reads, and few enough that nobody's list is flooded.
MOST_AN_HOUR = 10
HOUR = timedelta(hours=1)


@transaction.atomic
def ask_question(
    *, revision: ReportRevision, place: str, quote: str, text: str, by: User
) -> Question:
    """Ask about one paragraph; whoever leads the engagement finds it under *Needs me*.

    Raises:
        DomainError: there are no words, they are none of the customer's people, or they have
            asked very many within the hour.
    """
    require_words(text, "Write your question.", field="text")
    if not policies.can_ask_questions(by):
        raise DomainError("Only the customer's people ask here.")
    engagement = revision.report.engagement
    lock(engagement)
    at = now()
    if Question.objects.filter(asked_by=by, asked_at__gt=at - HOUR).count() >= MOST_AN_HOUR:
        raise DomainError(f"You have asked {MOST_AN_HOUR} questions within an hour: wait a little.")
    number = next_number(Question.objects.filter(engagement=engagement))
    said = {"place": place, "quote": quote, "text": text, "asked_at": at, "asked_by": by}
    question = Question.objects.create(
        engagement=engagement, revision=revision, number=number, **said
    )
    record("question.asked", question, by=by, after={"text": text, "about": quote})
    return question


@transaction.atomic
def answer_question(*, question: Question, version: int, answer: str, by: User) -> Question:
    """Put an answer beside the paragraph, for everybody who may read it; whoever asked gets it.

    Raises:
        DomainError: there are no words, it was answered already, or they do not lead.
        Conflict: somebody else answered it first.
    """
    require_words(answer, "Write the answer.", field="answer")
    if not question.is_open:
        raise DomainError("This was answered already.")
    if not policies.can_answer_question(by, question.engagement):
        raise DomainError("This is not yours to answer.")
    update_version(question, version=version, answer=answer, answered_at=now(), answered_by=by)
    record("question.answered", question, by=by, after={"answer": answer})
    _write_to_who_asked(question, by)
    return question


def _write_to_who_asked(question: Question, by: User) -> None:
    """Unless they want no mail of what is published, or are not here any more."""
    person = question.asked_by
    rhythm = rhythms_of([person], "status")[person.pk]
    if not person.is_active or rhythm == Rhythm.NEVER:
        return
    write_letter(
        "answer",
        to=person.email,
        user=person,
        reply_to=by,
        dedup_key=f"answer:{question.pk}",
        engagements=[question.engagement_id],
        context={
            "engagement": question.engagement.name,
            "quote": question.quote,
            "question": question.text,
            "answer": question.answer,
            "answered_by": by.name,
            "url": settings.BASE_URL + path_of(question.revision),
        },
    )
    wake("reporting.tasks.send_mails")
