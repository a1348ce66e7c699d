"""`/`: what needs whom."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from dm_portal.shell.clock import now
from reporting import needs


@require_safe
def needs_me(request: HttpRequest) -> HttpResponse:
    """One ranked list for us; a customer's people were led to what they read before this.

    What is done from here leads back here; htmx then takes the list alone.
    """
    page = needs.page_of(request.user, at=now())
    context = {"groups": page.groups, "summary": page.summary}
    response = render(request, "reporting/needs_me.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
