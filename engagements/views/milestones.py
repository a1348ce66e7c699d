"""Milestones: what is promised, for when, and how one tells that it is there."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dm_portal.shell.clock import now
from dm_portal.shell.components import Crumb
from dm_portal.shell.dates import WorkingDays
from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column, render_list
from dm_portal.shell.wording import count
from engagements import outlook, policies
from engagements.calendars import working_days_of
from engagements.filters import MilestoneFilter
from engagements.forms.milestones import (
    CriterionCreateForm,
    CriterionForm,
    DateForm,
    MilestoneCreateForm,
    MilestoneForm,
    ResultForm,
)
from engagements.models import AcceptanceCriterion, Engagement, Milestone, MilestoneRevision
from engagements.services.milestones import (
    add_criterion,
    change_criterion,
    change_milestone,
    commit_date,
    create_milestone,
    judge_criterion,
)
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import engagement_page, sources_page, url_of
from engagements.views.saving import saved
from engagements.views.work import items_listing, of_all

COLUMNS = [
    Column("Milestone", "name", url=lambda row: url_of(row.engagement, "milestone_detail", row)),
    Column("Committed date", "committed_on", kind="date", missing="no date"),
    Column("Items done", lambda row: of_all(row.items_done, row.items), missing="no items"),
    Column("Criteria met", lambda row: of_all(row.criteria_met, row.criteria_total)),
    Column("In the tracker", "tracker_name"),
]


@require_safe
def milestone_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every milestone, those with a committed date first."""
    engagement = find_engagement(request, ref)
    return render_list(
        request,
        "engagements/milestone_list.html",
        engagement.milestones.listed().with_progress(),
        columns=COLUMNS,
        caption=f"Milestones of {engagement}",
        filename="milestones.csv",
        filterset_class=MilestoneFilter,
        may_plan=policies.can_edit_plan(request.user, engagement),
        **engagement_page(request, engagement, "milestones"),
        **sources_page(request, engagement, at=now()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_create(request: HttpRequest, ref: str) -> HttpResponse:
    """A new milestone, promised at once or later."""
    engagement = find_engagement(request, ref)
    require(policies.can_edit_plan(request.user, engagement))
    form = MilestoneCreateForm(posted(request))
    if milestone := saved(form, create_milestone, engagement=engagement, by=request.user):
        return redirect(milestone)
    page = engagement_page(request, engagement, "milestones", _list_crumb(engagement))
    return render_form(request, "engagements/milestone_create.html", form, **page)


@require_safe
def milestone_detail(request: HttpRequest, ref: str, number: int) -> HttpResponseBase:
    """Its date with every revision, what to expect, its criteria, and the items of it."""
    engagement = find_engagement(request, ref)
    rows = engagement.milestones.with_progress()
    milestone = get_object_or_404(rows, number=number)
    items = items_listing(request, milestone.work_items.all(), caption=f"Items of {milestone}")
    if request.GET.get("format") == "csv":
        return items.csv()
    context = engagement_page(request, engagement, "milestones", _list_crumb(engagement)) | {
        "milestone": milestone,
        "criteria": milestone.criteria.select_related("met_by"),
        "revisions": _revisions(milestone, engagement),
        "listing": items,
        "outlook": outlook.of_milestone(request.user, milestone),
        **sources_page(request, engagement, at=now()),
        "may_plan": policies.can_edit_plan(request.user, engagement),
    }
    return render(request, "engagements/milestone_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_edit(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """What a milestone is; its date has a page of its own."""
    engagement, milestone = _find(request, ref, number)
    page = _milestone_page(request, engagement, milestone)
    form = MilestoneForm(posted(request), instance=milestone)
    if saved(
        form,
        change_milestone,
        milestone=milestone,
        by=request.user,
        theirs=lambda: Milestone.objects.get(pk=milestone.pk),
    ):
        return redirect(milestone)
    return render_form(request, "engagements/milestone_edit.html", form, **page)


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_date(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Promise a date, move it or withdraw it, with the reason."""
    engagement, milestone = _find(request, ref, number)
    page = _milestone_page(request, engagement, milestone)
    form = DateForm(posted(request), milestone=milestone)
    if saved(
        form,
        _promise,
        milestone=milestone,
        by=request.user,
        theirs=lambda: _date_now(milestone),
    ):
        return redirect(milestone)
    page |= {"milestone": milestone, "revisions": _revisions(milestone, engagement)}
    return render_form(request, "engagements/milestone_date.html", form, **page)


@require_http_methods(["GET", "HEAD", "POST"])
def criterion_create(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """One more thing that must hold."""
    engagement, milestone = _find(request, ref, number)
    form = CriterionCreateForm(posted(request))
    if saved(form, add_criterion, milestone=milestone, by=request.user):
        return redirect(milestone)
    page = _milestone_page(request, engagement, milestone) | {"title": "Add a criterion"}
    return render_form(request, "engagements/criterion_form.html", form, **page)


@require_http_methods(["GET", "HEAD", "POST"])
def criterion_edit(
    request: HttpRequest, ref: str, number: int, criterion_number: int
) -> HttpResponse:
    """Reword a criterion that is not met yet."""
    engagement, milestone = _find(request, ref, number)
    criterion = get_object_or_404(milestone.criteria, number=criterion_number)
    form = CriterionForm(posted(request), instance=criterion)
    if saved(
        form,
        change_criterion,
        criterion=criterion,
        by=request.user,
        theirs=lambda: AcceptanceCriterion.objects.get(pk=criterion.pk),
    ):
        return redirect(milestone)
    title = f"Criterion {criterion.number}"
    page = _milestone_page(request, engagement, milestone) | {"title": title}
    return render_form(request, "engagements/criterion_form.html", form, **page)


@require_POST
def criterion_result(
    request: HttpRequest, ref: str, number: int, criterion_number: int
) -> HttpResponse:
    """Say that a criterion is met, or that it is not."""
    _, milestone = _find(request, ref, number)
    criterion = get_object_or_404(milestone.criteria, number=criterion_number)
    form = ResultForm(request.POST)
    if not saved(form, judge_criterion, criterion=criterion, by=request.user):
        for refused in form.errors.values():
            messages.error(request, refused[0])
    return redirect(f"{milestone.get_absolute_url()}#criterion-{criterion.number}")


def _find(request: HttpRequest, ref: str, number: int) -> tuple[Engagement, Milestone]:
    """A milestone to be changed, and its engagement."""
    engagement = find_engagement(request, ref)
    milestone = get_object_or_404(engagement.milestones, number=number)
    require(policies.can_edit_plan(request.user, engagement))
    return engagement, milestone


def _list_crumb(engagement: Engagement) -> Crumb:
    return Crumb("Milestones", url_of(engagement, "milestone_list"))


def _milestone_page(
    request: HttpRequest, engagement: Engagement, milestone: Milestone
) -> dict[str, Any]:
    url = url_of(engagement, "milestone_detail", milestone)
    crumbs = (_list_crumb(engagement), Crumb(milestone.name, url))
    return engagement_page(request, engagement, "milestones", *crumbs) | {"back": url}


def _promise(*, committed_on: date | None, **said: Any) -> MilestoneRevision:
    """The date as it is promised, with the chance of being kept that is known as one says it."""
    known = outlook.chance_by(said["by"], said["milestone"], committed_on) if committed_on else None
    return commit_date(committed_on=committed_on, probability=known, **said)


def _revisions(milestone: Milestone, engagement: Engagement) -> list[dict[str, Any]]:
    """Every change of the date, newest first, with its notice in working days."""
    worked = working_days_of(engagement, today=engagement.day_of(now()))
    rows = milestone.revisions.select_related("changed_by").order_by("-number")
    return [
        {
            "row": row,
            "changed_on": (changed_on := engagement.day_of(row.changed_at)),
            "notice": _notice_words(row.old_on, changed_on, worked) if row.old_on else "",
        }
        for row in rows
    ]


def _notice_words(old_on: date, changed_on: date, worked: WorkingDays) -> str:
    """How long before the date that was given up this was said."""
    if changed_on == old_on:
        return "on that very day"
    if changed_on > old_on:
        days = worked.count(old_on, changed_on)
        return (
            f"{count(days, 'working day')} after it had passed" if days else "after it had passed"
        )
    days = worked.count(changed_on, old_on)
    if days == 1:
        return "with 1 working day’s notice"
    return f"with {days or 'no'} working days’ notice"


def _date_now(milestone: Milestone) -> dict[str, Any]:
    """What somebody else committed meanwhile, as the form names it."""
    stored = Milestone.objects.get(pk=milestone.pk)
    last = stored.revisions.last()
    return {
        "row": stored,
        "committed_on": stored.committed_on,
        "reason": last.reason if last else "",
        "version": stored.version,
    }
