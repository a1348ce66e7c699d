"""The mails of a published status, written in the transaction that publishes it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from dm_portal.people.services import write_letter
from dm_portal.shell.components import Shape
from dm_portal.shell.wake import wake
from reporting.customer import Status
from reporting.models import ReportRevision, WaitingStatus
from reporting.recipients import recipients_of


def write_status_letters(revision: ReportRevision, status: Status) -> int:
    """One letter to each of the customer's people who gets it now; how many that are.

    For those who read of it in their next digest it is kept until then. Letters say what the
    frozen revision says, and nothing else. Whoever published it, or for whom it was published, is
    written to by an answer.
    """
    report = revision.report
    recipients = recipients_of(report)
    people = [each.user for each in recipients if each.gets_mail]
    for person in people:
        write_letter(
            "status",
            to=person.email,
            user=person,
            reply_to=revision.published_for or revision.published_by,
            dedup_key=f"status:{revision.pk}:{person.pk}",
            engagements=[report.engagement_id],
            context=letter_values(status, url=settings.BASE_URL + path_of(revision)),
        )
    WaitingStatus.objects.bulk_create(
        [WaitingStatus(revision=revision, user=each.user) for each in recipients if each.waits],
        ignore_conflicts=True,
    )
    if people:
        wake("reporting.tasks.send_mails")
    return len(people)


def letter_values(status: Status, *, url: str) -> Mapping[str, Any]:
    """What the templates of the letter get: the customer's own values, and where its page is."""
    word = Shape(status.rules.shape).word if status.rules else ""
    return {"status": status, "url": url, "rules_word": word}


def path_of(revision: ReportRevision) -> str:
    """The page of this very revision, as its reader finds it."""
    place = [revision.report.engagement.ref, revision.report.period.week]
    if revision.number == 1:
        return reverse("status_weekly", args=place)
    return reverse("status_revision", args=[*place, revision.number])
