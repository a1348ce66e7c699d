"""From a draft to a revision that stays for ever, with a while to think better of it."""

import json
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.attempts import MAX_ATTEMPTS
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict, DomainError
from dm_portal.shell.log_lines import about
from dm_portal.shell.wake import wake
from engagements.models import EngagementFunction
from engagements.services.numbers import lock
from reporting import customer, drafting, facts
from reporting.drafting import Draft, draft_of, window_start
from reporting.editing import Edit
from reporting.mentions import Choice
from reporting.models import Colour, Facts, Report, ReportRevision
from reporting.services.attempts import Attempt, lease_end, with_names
from reporting.services.drafts import require_draft, require_publishable
from reporting.services.forecasts import keep_forecasts_of_status
from reporting.services.letters import write_status_letters
from reporting.services.retracting import is_withdrawn
from reporting.services.sittings import RECORDED, record_sitting
from reporting.services.states import (
    THAWED,
    State,
    change,
    move,
    require_state,
    require_version,
)

# What the DM adds to a draft, in the report's columns and in what is frozen alike.
TYPED = (*Report.WORDS, "colour")
# A report of which no correction is being written.
CORRECTED = {"correction_reason": "", "corrects_figures": False}


class FrozenText(customer.Text):
    """What waits in ``Report.frozen_text`` and stays in ``ReportRevision.text``.

    ``edits`` and ``choices`` made the sentences out of those of the rules: a later correction
    begins with them, and one that is dropped leaves them as they were.
    """

    frozen_at: str
    edits: dict[str, Edit]
    choices: dict[str, Choice]


@transaction.atomic
def publish_report(
    *,
    report: Report,
    by: User,
    version: int | None = None,
    delay: int | None = None,
    draft: Draft | None = None,
) -> None:
    """Freeze text and facts as they are now; they go out when ``delay`` seconds have passed.

    ``delay`` defaults to the setting PUBLISH_DELAY; until it ends the publication can be stopped.
    Whoever publishes in the DM's place is recorded with the DM's name. ``draft`` is what the same
    transaction has just saved, if it did, holding the engagement's lock while it read: worked out
    anew only where another status of the engagement has gone out meanwhile, which ended the window
    that it tells of.

    Raises:
        DomainError: something is missing or contradicts the facts, what must be mentioned is not,
            or another status of the engagement stands before it.
        Conflict: somebody else changed the report since ``version``.
    """
    require_version(report, version)
    require_draft(report)
    _require_words(report)
    _require_turn(report)
    delay = settings.PUBLISH_DELAY if delay is None else delay
    if draft is None or draft.since != window_start(report):
        draft = draft_of(report, at=now())
    require_publishable(report, draft)
    publish_at = now() + timedelta(seconds=delay)
    record_sitting(report)
    whose = {"publishing_by": by, "publishing_for": _absent_manager(report, by)}
    frozen = _frozen(report, draft)
    move(report, State.PUBLISHING, publish_at=publish_at, **whose, **frozen, **RECORDED)
    record("report.publication_started", report, by=by, after={"publish_at": publish_at})
    wake("reporting.tasks.finish_publication", report.pk, after=delay)


def _frozen(report: Report, draft: Draft) -> dict[str, Any]:
    """The columns that hold what will be said: facts and text as they are now."""
    text = customer.compose(report=report, draft=draft)
    return {
        "frozen_facts": facts.canonical(draft.body),
        "frozen_text": FrozenText(
            **text, frozen_at=now().isoformat(), edits=_edits(report), choices=report.choices
        ),
        "drafted": draft.stored,
        "compiled_as_of": draft.as_of,
    }


def _edits(report: Report) -> dict[str, Edit]:
    """What the DM made of the rules' sentences; in a correction of words on top of what was made
    of them before.
    """
    is_of_words = report.correction_reason and not report.corrects_figures
    before = drafting.last_said(report).text.get("edits", {}) if is_of_words else {}
    return before | report.edits


@transaction.atomic
def stop_publication(*, report: Report, by: User) -> None:
    """Back to the draft, as if nothing had been published: nothing was.

    Raises:
        DomainError: it is not being published.
        Conflict: somebody else changed the report first, or it has just gone out.
    """
    require_state(report, State.PUBLISHING)
    move(report, State.DRAFT, attempts=0, last_error="", **THAWED)
    record("report.publication_stopped", report, by=by)


def finish_publication(*, report_id: int) -> ReportRevision | None:
    """Write the revision of a report whose stop window has ended; None where there is none to.

    An error is written to the report, and raised again for whoever runs this.
    """
    report = _claim(report_id)
    if report is None:
        return None
    with about(report.audit_ref), Attempt(report):
        return _write_revision(report)


@transaction.atomic
def start_correction(
    *, report: Report, reason: str, by: User, corrects_figures: bool = False
) -> None:
    """Open a published report again: what is published next is its next revision.

    It speaks of the same instant as the first; the customer reads the reason. Its figures stay as
    they were published, or are those that are known by now (``corrects_figures``), beside what
    they were; then no later status may be out, which has told what became known since. Newer
    sentences stay as the DM had them, or left out. Of a schema that cannot be edited any more the
    figures are always those of now. An update is one paragraph of words: what its figures became is
    told by the next status.

    Raises:
        DomainError: there is no reason, it is not published, a later status is out that tells what
            it told, or figures of an update are to be corrected.
    """
    reason = reason.strip()
    if not reason:
        raise DomainError("Say what was wrong: the customer reads it beside the correction.")
    require_state(report, State.PUBLISHED)
    _require_untold(report)
    said_last = drafting.last_said(report)
    if report.is_update:
        _refuse_figures(corrects_figures)
    else:
        corrects_figures |= said_last.facts.schema_version < drafting.EDITABLE
    if corrects_figures:
        _require_figures_are_last(report)
    said = {"reason": reason, "corrects_figures": corrects_figures}
    move(
        report,
        State.DRAFT,
        correction_reason=reason,
        corrects_figures=corrects_figures,
        # where words alone change, what was said is what one starts from
        edits=said_last.text.get("edits", report.edits) if corrects_figures else {},
    )
    record("report.correction_started", report, by=by, after=said)


@transaction.atomic
def drop_correction(*, report: Report, version: int, by: User) -> None:
    """Take back a correction that is being written: the report is published, as it was before.

    What was typed for it is discarded; only the record keeps it. ``version`` says which reading
    of it was dropped, so that nobody discards words that they have not seen.

    Raises:
        DomainError: no correction of it is being written.
        Conflict: somebody else changed the report since ``version``.
    """
    if report.state != State.DRAFT or not report.correction_reason:
        raise DomainError(f"No correction of {report} is being written.")
    require_version(report, version)
    revision = report.revisions.select_related("facts").latest("number")
    said = {name: revision.text.get(name, "") for name in TYPED}
    typed = {name: getattr(report, name) for name in TYPED if getattr(report, name) != said[name]}
    typed["reason"] = report.correction_reason
    record_sitting(report)
    drafted = drafting.said_again(revision).stored
    move(
        report,
        State.PUBLISHED,
        **CORRECTED,
        **RECORDED,
        edits=revision.text.get("edits", {}),
        choices=revision.text.get("choices", {}),
        drafted=drafted,
        compiled_as_of=revision.facts.as_of,
        **said,
    )
    record("report.correction_dropped", report, by=by, before=typed)


def _refuse_figures(are_corrected: bool) -> None:
    if are_corrected:
        raise DomainError("An update is corrected in its words: the next status tells the figures.")


def _require_words(report: Report) -> None:
    """Raises DomainError, naming the first thing that only the DM can say and has not."""
    if report.is_update and not report.paragraph:
        raise DomainError("Write the paragraph first: the answer in front.")
    if not report.is_update and not report.headline:
        raise DomainError("Write the headline first: one sentence, the answer in front.")
    if not report.colour:
        raise DomainError("Confirm the colour first.")
    if not report.is_update and report.colour != Colour.GREEN and not report.our_move:
        raise DomainError("Say what our move is: it is not on track.")


def _require_turn(report: Report) -> None:
    """One status of an engagement at a time, none before an earlier week's that is out.

    So their windows follow each other without gap or overlap. Holds the engagement's row until
    the end of the transaction, so that two people cannot both be let through, and that no import
    is applied while the facts are read.

    Raises:
        DomainError: naming what stands in the way.
    """
    lock(report.engagement)
    others = with_names().filter(engagement=report.engagement_id).exclude(pk=report.pk)
    in_between = others.filter(state=State.PUBLISHING).first()
    if in_between is not None:
        raise DomainError(f"{in_between} is being published: wait until it is out, or stop it.")
    if report.corrects_figures:
        _require_figures_are_last(report)
    later = _later_one_out(report)
    if later is not None and not report.correction_reason:
        raise DomainError(f"{later} is already out, and tells what happened since the last.")
    _require_untold(report)


def _require_untold(report: Report) -> None:
    """A status that is withdrawn ends no window: the next tells what it told, and both would.

    Raises:
        DomainError: it is withdrawn, and a later status is out.
    """
    if is_withdrawn(report) and (later := _later_one_out(report)) is not None:
        raise DomainError(f"{later} is already out, and tells what was withdrawn here.")


def _require_figures_are_last(report: Report) -> None:
    """Raises DomainError where a later status has told what became known after this one."""
    later = _later_one_out(report)
    if later is not None:
        raise DomainError(
            f"{later} is already out, and tells what became known since: the figures of this one "
            "stay as they were published. Correct its words alone."
        )


def _later_one_out(report: Report) -> Report | None:
    """A later week that is out; none for an update, which speaks of now and ends no window."""
    if report.is_update:
        return None
    others = with_names().filter(engagement=report.engagement_id)
    found: Report | None = others.filter(
        period__starts_on__gt=report.period.starts_on, revisions__isnull=False
    ).first()
    return found


def _absent_manager(report: Report, by: User) -> User | None:
    """The DM in whose place somebody else publishes; None where the DM does, or there is none.

    Whoever was deactivated keeps the function, but answers nobody any more.
    """
    held = EngagementFunction.objects.holding().filter(
        engagement=report.engagement_id,
        function=EngagementFunction.Function.DM,
        user__is_active=True,
    )
    managers = [row.user for row in held.select_related("user").order_by("starts_on", "pk")]
    return None if by in managers or not managers else managers[0]


def _claim(report_id: int) -> Report | None:
    """Take a report whose stop window has ended, for the length of one lease."""
    waiting = with_names().filter(attempts__lt=MAX_ATTEMPTS)
    report = waiting.to_publish(now()).filter(pk=report_id).first()
    if report is None:
        return None
    try:
        change(report, attempts=report.attempts + 1, lease_until=lease_end())
    except Conflict:  # another process was faster, or it was stopped
        return None
    return report


@transaction.atomic
def _write_revision(report: Report) -> ReportRevision | None:
    """Facts, revision and state, all or nothing. None where it was stopped meanwhile."""
    said = _said(report)
    text, body = cast("FrozenText", report.frozen_text), report.frozen_facts
    done = {"attempts": 0, "last_error": ""} | CORRECTED
    try:
        move(report, State.PUBLISHED, **done, **THAWED)
    except Conflict:
        return None
    status = customer.status_of(
        report=report, body=json.loads(body), text=text, saying=customer.Saying(**said)
    )
    revision = ReportRevision.objects.create(
        report=report,
        facts=_keep_facts(report, body, text["frozen_at"]),
        headline=customer.headline_of(text),
        text=text,
        html=customer.article_of(status),
        colour=text["colour"],
        colour_reason=text["colour_reason"],
        computed_colour=text["computed"]["colour"],
        correction_reason=text["correction_reason"],
        **said,
    )
    by = said["published_by"]
    record("report.published", report, by=by, after={"revision": revision.number})
    write_status_letters(revision, status)
    if revision.number == 1 and not report.is_reconstructed:
        keep_forecasts_of_status(engagement=report.engagement, inputs=json.loads(body)["inputs"])
    return revision


def _said(report: Report) -> dict[str, Any]:
    """Who says it, when, for whom, and as which revision."""
    at = now()
    return {
        "number": report.revisions.count() + 1,
        "published_at": at,
        "published_by": report.publishing_by,
        "published_for": _still_for(report),
        "reconstructed_on": customer.reconstructed_on(report, at=at),
    }


def _still_for(report: Report) -> User | None:
    """For whom it goes out: looked up again where one of those whom the customer would answer was
    deactivated since the button was pressed.
    """
    by, named = cast("User", report.publishing_by), report.publishing_for
    if by.is_active and (named is None or named.is_active):
        return named
    return _absent_manager(report, by)


def _keep_facts(report: Report, body: str, frozen_at: str) -> Facts:
    stored = json.loads(body)
    return Facts.objects.create(
        engagement=report.engagement,
        schema_version=stored["schema"],
        as_of=datetime.fromisoformat(stored["as_of"]),
        frozen_at=datetime.fromisoformat(frozen_at),
        body=body,
        sha256=facts.digest(body),
    )
