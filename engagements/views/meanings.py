"""What the words of an engagement's trackers mean: its states, versions and names of people."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dm_portal.shell.components import Crumb
from dm_portal.shell.forms import render_form
from engagements import policies
from engagements.forms.assignees import AssigneesForm
from engagements.forms.meanings import StatesForm
from engagements.forms.versions import VersionsForm
from engagements.services.meanings import decide_people, decide_states, decide_versions
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import engagement_page
from engagements.views.saving import saved


@require_http_methods(["GET", "POST"])
def import_states(request: HttpRequest, ref: str) -> HttpResponse:
    """Every state that items were ever in, and what it means."""
    return _decided(request, ref, StatesForm, decide_states, "states")


@require_http_methods(["GET", "POST"])
def import_versions(request: HttpRequest, ref: str) -> HttpResponse:
    """Every version that became a milestone, and whose it is."""
    return _decided(request, ref, VersionsForm, decide_versions, "versions")


@require_http_methods(["GET", "POST"])
def import_people(request: HttpRequest, ref: str) -> HttpResponse:
    """Everybody whom items were ever assigned to, and who that is."""
    return _decided(request, ref, AssigneesForm, decide_people, "people")


def _decided(
    request: HttpRequest,
    ref: str,
    form_class: type[StatesForm | VersionsForm | AssigneesForm],
    decide: Callable[..., int],
    page: str,
) -> HttpResponse:
    """One page of decisions: those that are new are kept, and the work follows them."""
    engagement = find_engagement(request, ref)
    require(policies.can_import_work(request.user, engagement))
    form = form_class(posted(request), engagement=engagement)

    def theirs() -> dict[str, Any]:
        return form_class(engagement=engagement).stored()

    kept = saved(form, decide, theirs=theirs, engagement=engagement, by=request.user)
    if kept is not None:
        messages.success(request, "Kept. The work follows it.")
        return redirect(f"import_{page}", ref=ref)
    crumb = Crumb("Imports", reverse("import_list", kwargs={"ref": ref}))
    around = engagement_page(request, engagement, "imports", crumb)
    return render_form(request, f"engagements/imports/{page}.html", form, **around)
