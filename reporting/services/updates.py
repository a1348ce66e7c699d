"""Updates between two statuses: begun as a draft, and out or thrown away like no week ever is.

They are published, stopped and corrected by the services of statuses.
"""

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from engagements.models import Engagement
from engagements.services.numbers import lock, next_number
from reporting.drafting import draft_of
from reporting.models import Report
from reporting.services.attempts import with_names
from reporting.services.drafts import require_draft, with_call
from reporting.services.sittings import record_sitting
from reporting.services.states import require_version


@transaction.atomic
def begin_update(
    *, engagement: Engagement, paragraph: str, colour: str, colour_reason: str, by: User
) -> Report:
    """Keep the draft of a new update; nobody outside reads it before it is published.

    Raises:
        DomainError: the colour is better than the rules' and nobody says why.
    """
    lock(engagement)
    report = Report(
        engagement=engagement,
        update_number=_next_number(engagement),
        state=Report.State.DRAFT,
        paragraph=paragraph.strip(),
        colour=colour,
    )
    draft = draft_of(report, at=now())
    draft, report.colour_reason = with_call(draft, colour, colour_reason.strip())
    report.drafted, report.compiled_as_of = draft.stored, draft.as_of
    report.save(force_insert=True)
    words = {"paragraph": report.paragraph, "colour": colour, "colour_reason": report.colour_reason}
    record("report.update_begun", report, by=by, after=words)
    return report


@transaction.atomic
def discard_update(*, report: Report, version: int, by: User) -> None:
    """Throw away an update that was never published; only the record keeps its words.

    Raises:
        DomainError: it is no draft, or was published before.
        Conflict: somebody else changed it since ``version``.
    """
    lock(report.engagement)
    report = with_names().select_for_update(of=["self"]).get(pk=report.pk)
    require_version(report, version)
    require_draft(report)
    if not report.is_update or report.correction_reason:
        raise DomainError("What was published stays: drop the correction instead.")
    record_sitting(report)
    record("report.update_discarded", report, by=by, before={"paragraph": report.paragraph})
    report.delete()


def _next_number(engagement: Engagement) -> int:
    """One that no update ever had, none that was thrown away either: whoever still has its page
    open would write over the words of another. Needs the engagement's lock.
    """
    updates = Report.objects.updates().filter(engagement=engagement)
    begun = AuditEvent.objects.of_engagement(engagement.ref).filter(verb="report.update_begun")
    return max(next_number(updates, "update_number"), begun.count() + 1)
