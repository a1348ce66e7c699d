"""The mails of a published status, written in the transaction that publishes it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from dm_portal.people.services import write_letter
from dm_portal.shell.components import Shape
from dm_portal.shell.wake import wake
from reporting.customer import Status, week_words
from reporting.live import First, first_of
from reporting.models import Report, ReportRevision, Retraction, WaitingStatus
from reporting.recipients import recipients_of


def write_status_letters(revision: ReportRevision, status: Status) -> int:
    """One letter to each of the customer's people who gets it now; how many that are. An update has
    a kind of letter of its own.

    For those who read of it in their next digest it is kept until then. Letters say what the
    frozen revision says, and what their reader finds beside it: what is needed, what is new to
    them. Whoever published it, or for whom it was published, is
    written to by an answer.
    """
    report = revision.report
    recipients = recipients_of(report)
    people = [each.user for each in recipients if each.gets_mail]
    first = first_of(revision, people)
    kind = "update" if report.is_update else "status"
    for person in people:
        write_letter(
            kind,
            to=person.email,
            user=person,
            reply_to=revision.published_for or revision.published_by,
            dedup_key=f"{kind}:{revision.pk}:{person.pk}",
            engagements=[report.engagement_id],
            context=letter_values(
                status,
                url=settings.BASE_URL + path_of(revision),
                first=first.get(person.pk, First()),
            ),
        )
    WaitingStatus.objects.bulk_create(
        [WaitingStatus(revision=revision, user=each.user) for each in recipients if each.waits],
        ignore_conflicts=True,
    )
    if people:
        wake("reporting.tasks.send_mails")
    return len(people)


def write_retraction_letters(retraction: Retraction) -> None:
    """One letter at once to each of the customer's people who reads statuses by mail, also to those
    who read them in a digest: what no longer holds does not wait.
    """
    revision = retraction.revision
    report = revision.report
    people = [each.user for each in recipients_of(report) if each.gets_mail or each.waits]
    for person in people:
        write_letter(
            "retraction",
            to=person.email,
            user=person,
            reply_to=retraction.retracted_by,
            dedup_key=f"retraction:{revision.pk}:{person.pk}",
            engagements=[report.engagement_id],
            context=retraction_values(retraction),
        )
    if people:
        wake("reporting.tasks.send_mails")


def retraction_values(retraction: Retraction) -> Mapping[str, Any]:
    """What the templates of that letter get."""
    revision = retraction.revision
    report = revision.report
    what = "update" if report.is_update else "status"
    week = "" if report.is_update else week_words(report.period)
    return {
        "engagement": report.engagement.name,
        "what": what,
        "week": week,
        "headline": revision.headline,
        "reason": retraction.reason,
        "by": retraction.retracted_by.name,
        "url": settings.BASE_URL + path_of(revision),
    }


def letter_values(status: Status, *, url: str, first: First) -> Mapping[str, Any]:
    """What the templates of the letter get: the customer's own values, and where its page is."""
    word = Shape(status.rules.shape).word if status.rules else ""
    return {"status": status, "url": url, "rules_word": word, "first": first}


def path_of(revision: ReportRevision) -> str:
    """The page of this very revision, as its reader finds it."""
    return address_of(revision.report, revision.number)


def address_of(report: Report, number: int) -> str:
    """The page of a revision for ever; the first has the address of its week or update."""
    kind, name = ("weekly", "week") if not report.is_update else ("update", "update")
    place: dict[str, Any] = {"ref": report.engagement.ref}
    place[name] = report.update_number if report.is_update else report.period.week
    if number == 1:
        return reverse(f"status_{kind}", kwargs=place)
    revision = "status_revision" if kind == "weekly" else "status_update_revision"
    return reverse(revision, kwargs=place | {"number": number})
