"""Sprints, planned here or named by the tracker."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dm_portal.shell.clock import now
from dm_portal.shell.components import Crumb
from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column, render_list
from engagements import outlook, policies
from engagements.filters import SprintFilter
from engagements.forms.sprints import SprintCreateForm, SprintForm, next_sprint
from engagements.models import Engagement, Sprint
from engagements.services.sprints import change_sprint, create_sprint
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import engagement_page, sources_page, url_of
from engagements.views.saving import saved
from engagements.views.work import items_listing, of_all

COLUMNS = [
    Column("Sprint", "name", url=lambda row: url_of(row.engagement, "sprint_detail", row)),
    Column("First day", "starts_on", kind="date", missing="no dates"),
    Column("Last day", "ends_on", kind="date", missing="no dates"),
    Column("Items done", lambda row: of_all(row.items_done, row.items), missing="no items"),
    Column("Goal", "goal"),
]


@require_safe
def sprint_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every sprint, the latest first, those without dates last."""
    engagement = find_engagement(request, ref)
    return render_list(
        request,
        "engagements/sprint_list.html",
        engagement.sprints.with_progress(),
        columns=COLUMNS,
        caption=f"Sprints of {engagement}",
        filename="sprints.csv",
        filterset_class=SprintFilter,
        may_plan=policies.can_edit_plan(request.user, engagement),
        **engagement_page(request, engagement, "sprints"),
        **sources_page(request, engagement, at=now()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sprint_create(request: HttpRequest, ref: str) -> HttpResponse:
    """A new sprint; its days follow the last one's."""
    engagement = find_engagement(request, ref)
    require(policies.can_edit_plan(request.user, engagement))
    form = SprintCreateForm(posted(request), initial=next_sprint(engagement))
    if sprint := saved(form, create_sprint, engagement=engagement, by=request.user):
        return redirect("sprint_detail", ref=ref, number=sprint.number)
    page = engagement_page(request, engagement, "sprints", _list_crumb(engagement))
    page |= {"title": "Plan a sprint", "back": url_of(engagement, "sprint_list")}
    return render_form(request, "engagements/sprint_form.html", form, **page)


@require_safe
def sprint_detail(request: HttpRequest, ref: str, number: int) -> HttpResponseBase:
    """Its goal, its days, what to expect, and the items that are in it."""
    engagement = find_engagement(request, ref)
    sprint = get_object_or_404(engagement.sprints.with_progress(), number=number)
    items = items_listing(request, sprint.work_items.all(), caption=f"Items of {sprint}")
    if request.GET.get("format") == "csv":
        return items.csv()
    context = engagement_page(request, engagement, "sprints", _list_crumb(engagement)) | {
        "sprint": sprint,
        "listing": items,
        "outlook": outlook.of_sprint(request.user, sprint),
        **sources_page(request, engagement, at=now()),
        "may_plan": policies.can_edit_plan(request.user, engagement),
    }
    return render(request, "engagements/sprint_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sprint_edit(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Its name, goal and days."""
    engagement = find_engagement(request, ref)
    sprint = get_object_or_404(engagement.sprints, number=number)
    require(policies.can_edit_plan(request.user, engagement))
    page = _edit_page(request, engagement, sprint)
    form = SprintForm(posted(request), instance=sprint)
    if saved(
        form,
        change_sprint,
        sprint=sprint,
        by=request.user,
        theirs=lambda: Sprint.objects.get(pk=sprint.pk),
    ):
        return redirect("sprint_detail", ref=ref, number=number)
    return render_form(request, "engagements/sprint_form.html", form, **page)


def _list_crumb(engagement: Engagement) -> Crumb:
    return Crumb("Sprints", url_of(engagement, "sprint_list"))


def _edit_page(request: HttpRequest, engagement: Engagement, sprint: Sprint) -> dict[str, Any]:
    back = url_of(engagement, "sprint_detail", sprint)
    crumbs = (_list_crumb(engagement), Crumb(sprint.name, back))
    page = engagement_page(request, engagement, "sprints", *crumbs)
    return page | {"title": f"Change {sprint.name}", "back": back}
