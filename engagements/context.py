"""The rail: where one of us can go, and the engagements that are theirs."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from dm_portal.people import policies as people_policies
from dm_portal.people import standing
from dm_portal.shell.components import Rail, RailItem
from engagements.headers import in_rail_of
from engagements.standing import shape_of

PLACES = (
    ("Needs me", "needs_me", "inbox"),
    ("Engagements", "engagement_list", "layers"),
    ("Pods", "pod_list", "people"),
)
# `g` and this letter lead there.
KEYS = {"needs_me": "h", "engagement_list": "e", "pod_list": "p"}
ADMIN = (
    ("People", "people_list", "person", people_policies.can_list_people),
    ("Working hours", "calendar_list", "clock", people_policies.can_keep_calendars),
    ("Leave", "time_off_list", "away", people_policies.can_read_all_time_off),
    ("Outbox", "outbox_list", "mail", people_policies.can_read_outbox),
    ("Health", "health_detail", "pulse", people_policies.can_see_health),
    ("Record", "audit_list", "book", people_policies.can_read_audit),
    ("Rosters and templates", "admin:index", "gear", people_policies.can_use_admin_site),
    ("Components", "gallery", "grid", people_policies.can_see_gallery),
)


def rail(request: HttpRequest) -> dict[str, Any]:
    """``rail`` for our own people, read only where a page shows it; nothing for anybody else."""
    user: Any = getattr(request, "user", None)
    if not standing.is_present(user) or not user.is_internal:
        return {"rail": None}
    return {"rail": SimpleLazyObject(lambda: _rail(request))}


def _rail(request: HttpRequest) -> Rail:
    path, user = request.path, request.user
    return Rail(
        places=[_place(path, label, route, icon) for label, route, icon in PLACES],
        admin=[_place(path, label, route, icon) for label, route, icon, may in ADMIN if may(user)],
        engagements=[_engagement(path, row) for row in in_rail_of(user)],
    )


def _place(path: str, label: str, route: str, icon: str) -> RailItem:
    url = reverse(route)
    # an engagement's own pages are under its own line, not under the list's
    return RailItem(label, url, current=path == url, icon=icon, key=KEYS.get(route, ""))


def _engagement(path: str, engagement: Any) -> RailItem:
    url = engagement.get_absolute_url()
    shape = shape_of(engagement)
    return RailItem(engagement.name, url, current=path.startswith(url), shape=shape)
