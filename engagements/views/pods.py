"""Pods, set beside the engagements that they work for."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dm_portal.shell.clock import today
from dm_portal.shell.components import Crumb
from dm_portal.shell.lists import Column, render_list
from engagements.filters import PodFilter
from engagements.models import Engagement
from engagements.views.doors import require
from engagements.views.tables import FROM, UNTIL, tables_by_time
from pods import policies
from pods.models import Pod, PodFunction
from pods.rosters import by_time, heads_on, span_sentence

COLUMNS = [
    Column("Pod", "name", url=lambda pod: reverse("pod_detail", kwargs={"ref": pod.ref})),
    Column("People today", "heads", kind="number"),
    Column("Led by", lambda pod: _leaders(pod.current_functions), missing="nobody"),
    Column("Engagements", lambda pod: ", ".join(each.name for each in pod.seen_engagements)),
    Column("Purpose", "purpose"),
]

MEMBERS = [
    Column("Person", "specialist.name", note=lambda row: row.specialist.get_seniority_display()),
    Column("Trade", lambda row: row.get_trade_display()),
    Column("Share", lambda row: f"{row.allocation} %", kind="number"),
    FROM,
    UNTIL,
]


@require_safe
def pod_list(request: HttpRequest) -> HttpResponseBase:
    """Pods that the reader may see: how many are in them today, who leads, what they work on."""
    require(policies.can_list_pods(request.user))
    rows = Pod.objects.visible_to(request.user).with_heads().order_by("name")
    return render_list(
        request,
        "pods/pod_list.html",
        rows.prefetch_related(_functions_today(), _engagements_of(request)),
        columns=COLUMNS,
        caption="Pods",
        filename="pods.csv",
        filterset_class=PodFilter,
        may_enter=policies.can_edit_roster(request.user),
    )


@require_safe
def pod_detail(request: HttpRequest, ref: str) -> HttpResponse:
    """Who is in a pod, was in it, and will be; who leads it; and what its size asks for."""
    rows = Pod.objects.visible_to(request.user).prefetch_related(_engagements_of(request))
    pod = get_object_or_404(rows, ref=ref)
    day = today()
    members = list(pod.memberships.select_related("specialist").order_by("starts_on", "pk"))
    functions = pod.functions.select_related("user").order_by("starts_on", "pk")
    context = {
        "pod": pod,
        "crumbs": [Crumb("Pods", reverse("pod_list"))],
        "span": span_sentence(heads_on(members, day)),
        "members": tables_by_time(by_time(members, day), MEMBERS),
        "functions": by_time(functions, day),
        "may_enter": policies.can_edit_roster(request.user),
    }
    return render(request, "pods/pod_detail.html", context)


def _functions_today() -> Prefetch:
    rows = PodFunction.objects.holding().select_related("user").order_by("function", "user__name")
    return Prefetch("functions", rows, to_attr="current_functions")


def _engagements_of(request: HttpRequest) -> Prefetch:
    """Those that the reader may see, closed ones left out."""
    open_ones = Engagement.objects.visible_to(request.user).exclude(state=Engagement.State.CLOSED)
    return Prefetch("engagements", open_ones.select_related("customer"), to_attr="seen_engagements")


def _leaders(functions: list[PodFunction]) -> str:
    return ", ".join(f"{row.user.name} ({row.get_function_display()})" for row in functions)
