"""What the states of an engagement's trackers mean: seen by all who see it, decided by its DM."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dm_portal.shell.components import Crumb
from dm_portal.shell.forms import render_form
from engagements import policies
from engagements.forms.meanings import StatesForm
from engagements.models import Engagement
from engagements.services.meanings import decide_states
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import engagement_page
from engagements.views.saving import saved


@require_http_methods(["GET", "POST"])
def import_states(request: HttpRequest, ref: str) -> HttpResponse:
    """Every state that items were ever in, and what it means."""
    engagement = find_engagement(request, ref)
    require(policies.can_import_work(request.user, engagement))
    form = StatesForm(posted(request), engagement=engagement)
    theirs = partial(_stored, engagement)
    if (
        saved(form, decide_states, theirs=theirs, engagement=engagement, by=request.user)
        is not None
    ):
        messages.success(request, "Kept. The work follows it.")
        return redirect("import_states", ref=ref)
    crumb = Crumb("Imports", reverse("import_list", kwargs={"ref": ref}))
    page = engagement_page(request, engagement, "imports", crumb)
    return render_form(request, "engagements/imports/states.html", form, **page)


def _stored(engagement: Engagement) -> dict[str, Any]:
    return StatesForm(engagement=engagement).stored()
