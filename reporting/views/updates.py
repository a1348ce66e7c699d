"""Updates: what the DM tells between two statuses, from its first word to its correction."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.components import Crumb
from dm_portal.shell.errors import DomainError
from dm_portal.shell.forms import VERSION_LOST, VersionedForm, render_form
from engagements.models import Engagement
from engagements.policies import can_set_colours
from engagements.services.numbers import lock
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import engagement_page
from engagements.views.saving import saved
from reporting import customer, editor, policies, rag, readers, statuses
from reporting.drafting import Draft, draft_of
from reporting.forms import RetractionForm, TypedUpdateForm, UpdateCorrectionForm, UpdateForm
from reporting.models import Report
from reporting.rule_lines import rules_of
from reporting.services.drafts import save_update
from reporting.services.publishing import publish_report
from reporting.services.updates import begin_update, discard_update
from reporting.views.autosaves import KEYS, answer_typing, is_typing, stored_report
from reporting.views.publication import correct, drop, retract, retry, stop
from reporting.views.reports import withdrawal_in

PAGES = {
    Report.State.DUE: "reporting/update_waiting.html",
    Report.State.COMPILING: "reporting/update_waiting.html",
    Report.State.PUBLISHING: "reporting/update_publishing.html",
    Report.State.PUBLISHED: "reporting/update_published.html",
    Report.State.PARKED: "reporting/update_parked.html",
}


@require_http_methods(["GET", "HEAD", "POST"])
def update_create(request: HttpRequest, ref: str) -> HttpResponse:
    """A new update; it is kept as a draft, or published at once."""
    engagement = find_engagement(request, ref)
    require(policies.can_write_report(request.user, engagement))
    report = Report(engagement=engagement)
    draft = draft_of(report, at=now())
    initial = None if request.method == "POST" else _start(engagement, draft)
    form = UpdateForm(posted(request), draft=draft, initial=initial)
    service = _begin_and_publish if "publish" in request.POST else _begin
    if begun := saved(form, service, engagement=engagement, by=request.user):
        return redirect(begun)
    return _render_draft(request, report, draft, form)


def _start(engagement: Engagement, draft: Draft) -> dict[str, Any]:
    """The colour that was said last, with its reason; by the rules where nothing was."""
    said = statuses.last_said_of(engagement)
    computed = draft.overall["colour"]
    if said is None or "unknown" in (said.colour, computed):
        return {"version": 0, "colour": computed}
    reason = said.colour_reason if rag.is_better(said.colour, computed) else ""
    return {"version": 0, "colour": said.colour, "colour_reason": reason}


def _begin(*, version: int, **words: Any) -> Report:
    """``version`` is of no row yet: the form has it for those that are stored."""
    return begin_update(**words)


@transaction.atomic
def _begin_and_publish(*, version: int, by: User, **words: Any) -> Report:
    report = begin_update(by=by, **words)
    publish_report(report=report, by=by)
    return report


@require_http_methods(["GET", "HEAD", "POST"])
def update_detail(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """An update in whatever state it is; as a draft it can be written."""
    report = find_update(request, ref, number)
    if request.method == "POST":
        return _save(request, report, save_update, may_be_typing=True)
    if report.state == Report.State.DRAFT:
        draft = draft_of(report, at=now())
        fields = ("version", "paragraph", "colour", "colour_reason")
        initial = {name: getattr(report, name) for name in fields}
        form = UpdateForm(draft=draft, initial=initial)
        return _render_draft(request, report, draft, form)
    return render(request, PAGES[report.state], _state_page(request, report))


@require_POST
def update_publication(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Save what was typed and publish it; it can be stopped for a while."""
    return _save(request, find_update(request, ref, number), _save_and_publish)


def _save(
    request: HttpRequest, report: Report, service: Any, *, may_be_typing: bool = False
) -> HttpResponse:
    require(policies.can_write_report(request.user, report.engagement))
    draft = draft_of(report, at=now())
    if may_be_typing and is_typing(request):
        typed = TypedUpdateForm(request.POST, draft=draft, report=report)
        return answer_typing(request, typed, service, report)
    form = UpdateForm(request.POST, draft=draft)
    stored = stored_report(report)
    if saved(form, service, theirs=stored, report=report, by=request.user) is None:
        return _render_draft(request, report, draft, form)
    return redirect(report)


@transaction.atomic
def _save_and_publish(*, report: Report, by: User, version: int, **words: Any) -> Report:
    """Both or neither, so that nothing goes out that was not saved."""
    lock(report.engagement)
    draft = save_update(report=report, by=by, version=version, **words)
    publish_report(report=report, by=by, version=report.version, draft=draft)
    return report


@require_POST
def update_removal(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Throw away a draft that was never published."""
    report = find_update(request, ref, number)
    require(policies.can_write_report(request.user, report.engagement))
    form = VersionedForm(request.POST)
    if not form.is_valid():
        messages.error(request, VERSION_LOST)
        return redirect(report)
    try:
        discard_update(report=report, by=request.user, **form.changes())
        messages.success(request, "The update is thrown away. Nothing was published.")
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(report)
    return redirect("report_list", ref=ref)


@require_POST
def update_stop(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Back to the draft before anybody has read it."""
    return stop(request, find_update(request, ref, number))


@require_POST
def update_correction(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Open a published update again; what was said stays, and the next is its correction."""
    report = find_update(request, ref, number)
    require(policies.can_write_report(request.user, report.engagement))
    form = UpdateCorrectionForm(request.POST)
    if (answer := correct(request, report, form)) is not None:
        return answer
    context = _state_page(request, report)
    return render_form(request, "reporting/update_published.html", **context | {"form": form})


@require_POST
def update_correction_removal(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """A correction opened by mistake: what is out stays as it is, what was typed is discarded."""
    return drop(request, find_update(request, ref, number))


@require_POST
def update_retraction(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Withdraw a published update: its readers see why in its place."""
    report = find_update(request, ref, number)
    form = RetractionForm(request.POST)
    if (answer := retract(request, report, form)) is not None:
        return answer
    context = _state_page(request, report) | {"retraction_form": form}
    return render(request, "reporting/update_published.html", context, status=422)


@require_POST
def update_retry(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """An admin sends an update that failed five times round again; they do not read it."""
    return retry(request, engagement__ref=ref, update_number=number)


def find_update(request: HttpRequest, ref: str, number: int) -> Report:
    """The update with its engagement's header; 404 where one may not read it."""
    reports = Report.objects.visible_to(request.user).updates()
    found = reports.select_related("publishing_by", "publishing_for", "saved_by")
    report = get_object_or_404(found, engagement__ref=ref, update_number=number)
    report.engagement = find_engagement(request, ref)
    return report


def _render_draft(
    request: HttpRequest, report: Report, draft: Draft, form: UpdateForm
) -> HttpResponse:
    """The paragraph and the colour, beside what the rules say and who will read it."""
    return render_form(
        request,
        "reporting/update_draft.html",
        form,
        draft=draft,
        rules=rules_of(draft.rules, draft.body, draft.overall),
        may_set_colours=can_set_colours(request.user, report.engagement),
        readers=readers.readers_of_last(report, user=request.user),
        stop_words=editor.stop_words(),
        saved=editor.last_save(report),
        page_keys=KEYS,
        **_page(request, report),
    )


def _state_page(request: HttpRequest, report: Report) -> dict[str, Any]:
    """What the pages of an update that is no draft need."""
    revisions = report.revisions.select_related("retraction__retracted_by")
    revision = revisions.order_by("-number").first()
    return {
        "last_error": report.last_error.strip().splitlines()[-1] if report.last_error else "",
        "revision": revision,
        "article": customer.article(revision) if revision else "",
        "status": customer.frozen_of(report) if report.frozen_text else None,
        "stop_left": editor.stop_left(report, at=now()),
        "readers": readers.readers_of(report, user=request.user),
        "withdrawal": withdrawal_in(report, revision),
        "form": UpdateCorrectionForm(),
        "retraction_form": RetractionForm(),
        **_page(request, report),
    }


def _page(request: HttpRequest, report: Report) -> dict[str, Any]:
    """The context of ``reporting/update_base.html``."""
    crumb = Crumb("Weekly status", reverse("report_list", args=[report.engagement.ref]))
    return engagement_page(request, report.engagement, "reports", crumb) | {
        "report": report,
        "name": f"Update {report.update_number}" if report.pk else "New update",
        "can_write": policies.can_write_report(request.user, report.engagement),
    }
