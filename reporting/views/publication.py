"""What turns a draft into a published status, and back: each action is a POST to a noun."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from dm_portal.shell.forms import VERSION_LOST, PortalForm, VersionedForm, render_form
from engagements.services.numbers import lock
from engagements.views.doors import require
from engagements.views.saving import saved
from reporting import policies
from reporting.drafting import draft_of, known_to, unmentioned
from reporting.forms import CorrectionForm, PublicationForm, RetractionForm
from reporting.models import Report
from reporting.services.attempts import retry_report
from reporting.services.drafts import save_draft
from reporting.services.publishing import (
    drop_correction,
    publish_report,
    start_correction,
    stop_publication,
)
from reporting.services.retracting import retract_report
from reporting.views.autosaves import stored_report
from reporting.views.reports import (
    find_report,
    render_editor,
    state_page,
    week_starts,
)


@require_POST
def report_publication(request: HttpRequest, ref: str, week: str) -> HttpResponse:
    """Save what was typed and publish it; it can be stopped for a while."""
    report = find_report(request, ref, week)
    require(policies.can_write_report(request.user, report.engagement))
    draft = draft_of(report, at=now())
    form = PublicationForm(
        request.POST,
        draft=draft,
        edits=report.edits,
        known=lambda colour: known_to(report, draft, declared=colour),
        unmentioned=partial(unmentioned, report, draft),
    )
    stored = stored_report(report)
    if saved(form, _save_and_publish, theirs=stored, report=report, by=request.user) is None:
        return render_editor(request, report, draft, form)
    return redirect(report)


@transaction.atomic
def _save_and_publish(*, report: Report, by: User, version: int, **words: Any) -> Report:
    """Both or neither, so that nothing goes out that was not saved.

    What is saved is frozen as it was read: no import is applied between one row and another.
    """
    lock(report.engagement)
    draft = save_draft(report=report, by=by, version=version, **words)
    publish_report(report=report, by=by, version=report.version, draft=draft)
    return report


@require_POST
def report_stop(request: HttpRequest, ref: str, week: str) -> HttpResponse:
    """Back to the draft before anybody has read it."""
    return stop(request, find_report(request, ref, week))


@require_POST
def report_correction(request: HttpRequest, ref: str, week: str) -> HttpResponse:
    """Open a published status again; what was said stays, and the next is its correction."""
    report = find_report(request, ref, week)
    require(policies.can_write_report(request.user, report.engagement))
    form = CorrectionForm(request.POST)
    if (answer := correct(request, report, form)) is not None:
        return answer
    context = state_page(request, report)
    return render_form(request, "reporting/report_published.html", **context | {"form": form})


@require_POST
def report_correction_removal(request: HttpRequest, ref: str, week: str) -> HttpResponse:
    """A correction opened by mistake: what is out stays as it is, what was typed is discarded."""
    return drop(request, find_report(request, ref, week))


@require_POST
def report_retraction(request: HttpRequest, ref: str, week: str) -> HttpResponse:
    """Withdraw a published status: its readers see why in its place."""
    report = find_report(request, ref, week)
    form = RetractionForm(request.POST)
    if (answer := retract(request, report, form)) is not None:
        return answer
    context = state_page(request, report) | {"retraction_form": form}
    return render(request, "reporting/report_published.html", context, status=422)


@require_POST
def report_retry(request: HttpRequest, ref: str, week: str) -> HttpResponse:
    """An admin sends a report that failed five times round again; they do not read it."""
    return retry(request, engagement__ref=ref, period__starts_on=week_starts(week))


def stop(request: HttpRequest, report: Report) -> HttpResponse:
    """Stop what is on its way out, a status or an update."""
    require(policies.can_write_report(request.user, report.engagement))
    try:
        stop_publication(report=report, by=request.user)
        messages.success(request, "Stopped. Nothing was published.")
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(report)


def correct(request: HttpRequest, report: Report, form: PortalForm) -> HttpResponse | None:
    """Open it for what ``form`` says was wrong; None where the form has to be shown again."""
    if not form.is_valid():
        return None
    try:
        start_correction(report=report, by=request.user, **form.changes())
        return redirect(report)
    except DomainError as error:
        if report.state != Report.State.PUBLISHED:
            messages.error(request, str(error))
            return redirect(report)
        form.add_error(None, str(error))
    return None


def retract(request: HttpRequest, report: Report, form: PortalForm) -> HttpResponse | None:
    """Withdraw it for the reason in ``form``; None where the form has to be shown again."""
    require(policies.can_retract_report(request.user, report.engagement))
    if not form.is_valid():
        return None
    try:
        retract_report(report=report, by=request.user, **form.changes())
        messages.success(request, "Withdrawn. Its readers see why in its place.")
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(report)


def drop(request: HttpRequest, report: Report) -> HttpResponse:
    """Take back the correction that is being written."""
    require(policies.can_write_report(request.user, report.engagement))
    form = VersionedForm(request.POST)
    if not form.is_valid():
        messages.error(request, VERSION_LOST)
        return redirect(report)
    try:
        drop_correction(report=report, by=request.user, **form.changes())
        messages.success(request, "The correction is dropped. What was published stays as it was.")
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(report)


def retry(request: HttpRequest, **which: Any) -> HttpResponse:
    """Send the one report round again that ``which`` names, if it failed."""
    reports = Report.objects.visible_to(request.user) | Report.objects.retryable_by(request.user)
    found = reports.select_related("engagement__customer", "period")
    report = get_object_or_404(found, **which)
    require(policies.can_retry_parked(request.user))
    try:
        retry_report(report=report, by=request.user)
        messages.success(request, f"{report} is being drafted again.")
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("needs_me")
