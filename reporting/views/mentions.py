"""What must be mentioned: inserted, or left out, by one click beside the draft."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from dm_portal.shell.clock import now
from engagements.views.doors import require
from engagements.views.saving import saved
from reporting import policies
from reporting.drafting import draft_of
from reporting.forms import DraftForm
from reporting.mentions import Matter
from reporting.services.mentions import ACTS, settle_mention
from reporting.views.reports import find_report, render_editor, stored_report

WRONG = "wrong"
# Where the data of a matter is put right.
PLACES = {
    "milestone": "milestone_edit",
    "ask": "ask_edit",
    "escalation": "escalation_edit",
    "commitment": "commitment_detail",
}


@require_POST
def report_mention(request: HttpRequest, ref: str, week: str, key: str, act: str) -> HttpResponse:
    """Save the draft as it was typed, and mention what must be, or leave it out.

    Where the data is wrong, the next page is the one on which it is put right.
    """
    report = find_report(request, ref, week)
    require(policies.can_write_report(request.user, report.engagement))
    if act not in ACTS:
        raise Http404
    draft = draft_of(report, at=now())
    form = DraftForm(request.POST, draft=draft, edits=report.edits)
    what = {"key": key, "act": act, "report": report, "by": request.user}
    matter = saved(form, settle_mention, theirs=stored_report(report), **what)
    if matter is None:
        return render_editor(request, report, draft, form)
    return redirect(place_of(matter, ref) if act == WRONG else report.get_absolute_url())


def place_of(matter: Matter, ref: str) -> str:
    """The address at which the data of a matter is put right; of scope, the work itself."""
    if matter.of not in PLACES:
        return reverse("work_list", args=[ref])
    return reverse(PLACES[matter.of], args=[ref, matter.number])
