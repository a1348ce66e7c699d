"""`/`: what needs whom."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dm_portal.shell.clock import now
from reporting import needs


@require_safe
def needs_me(request: HttpRequest) -> HttpResponse:
    """One ranked list for us; a customer's people were led to what they read before this."""
    groups = needs.groups(needs.needs_of(request.user, at=now()))
    summary = needs.summary(groups)
    return render(request, "reporting/needs_me.html", {"groups": groups, "summary": summary})
