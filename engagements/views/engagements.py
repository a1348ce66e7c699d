"""Engagements: the list, one of them, a new one, what is agreed, and its state."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dm_portal.shell.clock import now, today
from dm_portal.shell.components import Crumb
from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column, render_list
from engagements import policies
from engagements.figures import blockers_of, is_done, owed_of, sprint_on, work_of
from engagements.filters import EngagementFilter
from engagements.forms.engagements import (
    EngagementCreateForm,
    EngagementForm,
    StartForm,
    StateForm,
)
from engagements.health import health_of
from engagements.models import Engagement, Import
from engagements.services.engagements import change_engagement, change_state, create_engagement
from engagements.standing import shape_of
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import engagement_page, settings_page, sources_page
from engagements.views.saving import saved

COLUMNS = [
    Column("Engagement", "name", url=Engagement.get_absolute_url),
    Column("Customer", "customer.name"),
    Column("Status", shape_of, kind="shape"),
    Column("Delivery manager", lambda row: ", ".join(row.managers) or None, missing="nobody"),
    Column("Next date", "next_on", kind="date", missing="none committed"),
    Column("State", lambda row: row.get_state_display()),
]


@require_safe
def engagement_list(request: HttpRequest) -> HttpResponseBase:
    """Engagements that the reader may see."""
    require(policies.can_list_engagements(request.user))
    rows = Engagement.objects.visible_to(request.user).with_people_and_date().with_standing()
    return render_list(
        request,
        "engagements/engagement_list.html",
        rows,
        columns=COLUMNS,
        caption="Engagements",
        filename="engagements.csv",
        filterset_class=EngagementFilter,
        may_create=policies.can_create_engagement(request.user),
    )


@require_safe
def engagement_detail(request: HttpRequest, ref: str) -> HttpResponse:
    """What is open, what is promised, this sprint, the last file and the last status."""
    engagement = find_engagement(request, ref)
    imports = Import.objects.filter(engagement=engagement).applied()
    promised = list(engagement.milestones.committed().with_progress())
    context = engagement_page(request, engagement, "overview")
    context |= sources_page(request, engagement, at=now()) | {
        "unfinished": [row for row in promised if not is_done(row)],
        "finished": [row for row in promised if is_done(row)],
        "work": work_of(engagement),
        "blockers": blockers_of(engagement),
        "owed": owed_of(engagement, today(engagement.time_zone)),
        "health": health_of(engagement, request.user),
        "sprint": sprint_on(engagement, today(engagement.time_zone)),
        "last_import": imports.order_by("-applied_at").first(),
        "pods": engagement.pods.all(),
        "may_plan": policies.can_edit_plan(request.user, engagement),
        "may_import": policies.can_import_work(request.user, engagement),
    }
    return render(request, "engagements/engagement_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def engagement_create(request: HttpRequest) -> HttpResponse:
    """A new engagement, from a template or from nothing."""
    require(policies.can_create_engagement(request.user))
    start = shown = _start(request)
    form = EngagementCreateForm(posted(request), user=request.user, **start.begin())
    if "propose" in request.POST:  # nothing is begun yet, and nothing typed is lost
        shown = StartForm(request.POST, user=request.user)
        start = shown if shown.is_asked else start
        form = form.anew(start)
    elif engagement := saved(form, create_engagement, by=request.user):
        return redirect(engagement)
    elif form.is_bound:  # the template stays chosen, whether it was proposed from or not
        shown = StartForm(user=request.user, initial=request.POST.dict())
    back = reverse("engagement_list")
    page = {"start": shown, "action": start.address(), "cancel_url": back}
    page |= {"crumbs": [Crumb("Engagements", back)]}
    response = render_form(request, "engagements/engagement_create.html", form, **page)
    response.status_code = 422 if shown.errors else response.status_code
    return response


def _start(request: HttpRequest) -> StartForm:
    """What the address proposes; a senseless address proposes nothing."""
    found = StartForm(request.GET, user=request.user)
    return found if found.is_asked else StartForm(user=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def engagement_settings(request: HttpRequest, ref: str) -> HttpResponse:
    """What is agreed, and when the engagement plans and reports."""
    engagement = find_engagement(request, ref)
    require(policies.can_edit_engagement(request.user, engagement))
    page = settings_page(request, engagement, "agreed")
    stored = Engagement.objects.get(pk=engagement.pk)
    form = EngagementForm(posted(request), user=request.user, instance=stored)
    if saved(
        form,
        change_engagement,
        engagement=stored,
        by=request.user,
        theirs=lambda: Engagement.objects.get(pk=engagement.pk),
    ):
        messages.success(request, "The settings are saved.")
        return redirect("engagement_settings", ref=ref)
    return render_form(request, "engagements/engagement_settings.html", form, **page)


@require_http_methods(["GET", "HEAD", "POST"])
def engagement_state(request: HttpRequest, ref: str) -> HttpResponse:
    """Pause, resume or close an engagement."""
    engagement = find_engagement(request, ref)
    require(policies.can_edit_engagement(request.user, engagement))
    form = StateForm(posted(request), engagement=engagement)
    if saved(
        form,
        change_state,
        engagement=engagement,
        by=request.user,
        theirs=lambda: _state_now(engagement),
    ):
        return redirect(engagement)
    page = settings_page(request, engagement, "state")
    return render_form(request, "engagements/engagement_state.html", form, **page)


def _state_now(engagement: Engagement) -> dict[str, Any]:
    """The state as it is stored by now, as the form names it."""
    stored = Engagement.objects.get(pk=engagement.pk)
    return {
        "row": stored,
        "state": stored.get_state_display(),
        "reason": "",
        "version": stored.version,
    }
