"""What was raised to a customer, and the risks that concern them, as they read it."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from dm_portal.shell.lists import Column, render_list
from engagements.models import Escalation, Risk
from reporting import statuses
from reporting.filters import SharedEscalationFilter, SharedRiskFilter
from reporting.views.asks import find_readable

RAISED = [
    Column("What it is", "customer_text", is_long=True),
    Column("State", lambda row: row.get_state_display()),
    Column("Raised to", lambda row: row.raised_to),
    Column("Answer by", "answer_by", kind="date"),
    Column("Decided", lambda row: row.resolved_at, kind="instant", missing="not yet"),
]
RISKS = [
    Column("What may happen", "customer_text", is_long=True),
    Column("State", lambda row: row.get_state_display()),
    Column("Told since", "shared_at", kind="instant"),
]


@require_safe
def status_escalation_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Everything that was raised and shared with the customer, what is not decided first."""
    engagement = find_readable(request, ref)
    rows = Escalation.objects.visible_to(request.user).shared().filter(engagement=engagement)
    return render_list(
        request,
        "status/escalation_list.html",
        rows.select_related("decider"),
        columns=RAISED,
        caption="Raised",
        filename="raised.csv",
        filterset_class=SharedEscalationFilter,
        place=statuses.place_of(engagement, request.user),
    )


@require_safe
def status_risk_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """The risks that were shared with the customer, the open ones first."""
    engagement = find_readable(request, ref)
    return render_list(
        request,
        "status/risk_list.html",
        Risk.objects.visible_to(request.user).shared().filter(engagement=engagement),
        columns=RISKS,
        caption="Risks",
        filename="risks.csv",
        filterset_class=SharedRiskFilter,
        place=statuses.place_of(engagement, request.user),
    )
