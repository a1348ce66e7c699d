"""How old the newest file of each source may become: promised by the DM."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dm_portal.shell.components import Crumb
from dm_portal.shell.forms import render_form
from engagements import policies
from engagements.forms.freshness import FreshnessForm
from engagements.services.freshness import promise_freshness
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import engagement_page
from engagements.views.saving import saved


@require_http_methods(["GET", "POST"])
def import_freshness(request: HttpRequest, ref: str) -> HttpResponse:
    """Every source, and how many days old it may become."""
    engagement = find_engagement(request, ref)
    require(policies.can_import_work(request.user, engagement))
    form = FreshnessForm(posted(request), engagement=engagement)

    def theirs() -> dict[str, Any]:
        return FreshnessForm(engagement=engagement).stored()

    kept = saved(form, promise_freshness, theirs=theirs, engagement=engagement, by=request.user)
    if kept is not None:
        messages.success(request, "Kept.")
        return redirect("import_list", ref=ref)
    crumb = Crumb("Imports", reverse("import_list", kwargs={"ref": ref}))
    page = engagement_page(request, engagement, "imports", crumb)
    return render_form(request, "engagements/imports/freshness.html", form, **page)
