"""The colours by the rules: from where on they turn, and what other limits would change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dm_portal.shell.clock import now
from dm_portal.shell.forms import render_form
from engagements import policies
from engagements.forms.thresholds import ThresholdsForm
from engagements.models import ColourThresholds, Engagement
from engagements.services.thresholds import change_thresholds
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import engagement_page, settings_page
from engagements.views.saving import saved
from reporting import facts, rag
from reporting import policies as reporting_policies
from reporting.models import Facts
from reporting.rule_lines import rules_of
from reporting.what_if import Outlook, outlook


@require_safe
def rules_detail(request: HttpRequest, ref: str) -> HttpResponse:
    """Every dimension by the rules as of now, with its values and its limits."""
    engagement = find_engagement(request, ref)
    require(reporting_policies.can_read_drafts(request.user, engagement))
    as_of = now()
    since = Facts.objects.last_told(engagement, at=as_of)
    body = facts.collect(engagement, since=since, as_of=as_of)
    verdicts = rag.dimensions(body)
    return render(
        request,
        "reporting/rules_detail.html",
        {
            "rules": rules_of(verdicts, body, rag.worst(verdicts)),
            "as_of": as_of,
            "may_set_colours": policies.can_set_colours(request.user, engagement),
            **engagement_page(request, engagement, "overview"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def engagement_colours(request: HttpRequest, ref: str) -> HttpResponse:
    """The limits of an engagement; other ones are saved once it was seen what they change."""
    engagement = find_engagement(request, ref)
    require(policies.can_set_colours(request.user, engagement))
    stored = _stored(engagement)
    form = ThresholdsForm(posted(request), stored=stored)
    wants_saved = "save" in request.POST and form.is_valid()
    if wants_saved and form.is_seen and _save(request, form, engagement):
        messages.success(request, "Saved: the next draft that opens is coloured by it.")
        return redirect("engagement_colours", ref=ref)
    return render_form(
        request,
        "reporting/engagement_colours.html",
        form,
        outlook=_outlook(form, engagement, stored),
        is_unseen=wants_saved and not form.is_seen,
        **settings_page(request, engagement, "colours"),
    )


def _save(
    request: HttpRequest, form: ThresholdsForm, engagement: Engagement
) -> ColourThresholds | None:
    by = {"engagement": engagement, "by": request.user}
    return saved(form, change_thresholds, theirs=lambda: _theirs(engagement), **by)


def _stored(engagement: Engagement) -> ColourThresholds:
    """The limits that hold; without a row the field's."""
    found = ColourThresholds.objects.filter(engagement=engagement).first()
    return found or ColourThresholds(engagement=engagement)


def _outlook(
    form: ThresholdsForm, engagement: Engagement, stored: ColourThresholds
) -> Outlook | None:
    if not form.is_bound or not form.is_valid():
        return None
    return outlook(engagement, now=stored.values, then=form.thresholds(), at=now())


def _theirs(engagement: Engagement) -> dict[str, Any]:
    """The limits as they are stored by now, as the form names them."""
    row = _stored(engagement)
    return {"row": row, "version": row.version, **row.values.stored}
