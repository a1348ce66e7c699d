"""`/health/`: how the portal itself is, in words, for admins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dm_portal.people import health, policies
from dm_portal.people.views.answers import require

# What each part is there for.
PARTS = {
    "database": ("Database", "Holds everything that the portal knows."),
    "broker": ("Broker", "Tells workers at once that something waits; without it the tick does."),
    "tick": ("Tick", "Each minute: opens what has become due, and gives up on what died."),
    "digests": ("Reminders and digests", "Each minute: whoever is to be told gets a letter."),
    "canary": ("Canary", "A task that does nothing, each minute: it shows that tasks are done."),
    "mail": ("Mail", "What is written waits here until the mail server has taken it."),
}


@require_safe
def health_detail(request: HttpRequest) -> HttpResponse:
    require(policies.can_see_health(request.user))
    checks = [(check, *PARTS[check.name]) for check in health.all_checks()]
    troubles = [label for check, label, _ in checks if not check.is_well]
    context = {"checks": checks, "troubles": troubles}
    return render(request, "people/health_detail.html", context)
