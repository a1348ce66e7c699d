"""A milestone that turned red, and a customer who need not hear of it at once."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from dm_portal.shell.clock import now
from dm_portal.shell.forms import render_form
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import engagement_page
from engagements.views.saving import saved
from reporting import policies
from reporting.note_forms import NotNowForm
from reporting.reds import turned_red_on, with_forecasts
from reporting.services.notes import leave_red_untold


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_not_now(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Why it is not told now; the question then leaves "needs me"."""
    engagement = find_engagement(request, ref)
    milestones = with_forecasts(engagement.milestones.with_progress())
    milestone = get_object_or_404(milestones, number=number)
    require(policies.can_write_report(request.user, engagement))
    turned_on = turned_red_on(milestone, day=engagement.day_of(now()))
    if turned_on is None:
        raise Http404
    form = NotNowForm(posted(request))
    what = {"milestone": milestone, "turned_on": turned_on, "by": request.user}
    if saved(form, leave_red_untold, **what):
        messages.success(request, "Left for the next status.")
        return redirect("needs_me")
    page = engagement_page(request, engagement, "milestones")
    return render_form(
        request,
        "reporting/milestone_not_now.html",
        form,
        milestone=milestone,
        turned_on=turned_on,
        **page,
    )
