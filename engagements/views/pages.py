"""What every page of an engagement shows around its own content."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from dm_portal.shell.components import Crumb, Tab
from engagements import policies
from engagements.freshness import freshness_of
from engagements.models import Engagement
from engagements.standing import shape_of

# Name of the tab, its label, its route.
TABS = (
    ("overview", "Overview", "engagement_detail"),
    ("milestones", "Milestones", "milestone_list"),
    ("sprints", "Sprints", "sprint_list"),
    ("work", "Work", "work_list"),
    ("blockers", "Blockers", "blocker_list"),
    ("owed", "Owed", "ask_list"),
    ("figures", "Figures", "figures_detail"),
    ("reports", "Weekly status", "report_list"),
    ("imports", "Imports", "import_list"),
    ("history", "History", "engagement_history"),
    ("settings", "Settings", "engagement_settings"),
)
SETTINGS = (
    ("agreed", "What is agreed", "engagement_settings", policies.can_edit_engagement),
    ("state", "State", "engagement_state", policies.can_edit_engagement),
    ("colours", "Colours", "engagement_colours", policies.can_set_colours),
    ("functions", "Who works on it", "engagement_functions", policies.can_change_functions),
    ("contacts", "The customer's people", "engagement_contacts", policies.can_invite_contacts),
)


def engagement_page(
    request: HttpRequest, engagement: Engagement, tab: str, *crumbs: Crumb
) -> dict[str, Any]:
    """The context of ``engagements/base.html``; ``tab`` names the one that is open.

    ``engagement`` comes from ``find_engagement``, which reads what the header says of it.
    """
    return {
        "engagement": engagement,
        "shape": shape_of(engagement),
        "tabs": _tabs(request.user, engagement, tab),
        "crumbs": [Crumb("Engagements", reverse("engagement_list")), *crumbs],
    }


def sources_page(request: HttpRequest, engagement: Engagement, *, at: datetime) -> dict[str, Any]:
    """What the figures of a page rest on, as of ``at``: how old it is, what it is called by the
    number of its source, what is left out, and what nobody has decided.
    """
    may_import = policies.can_import_work(request.user, engagement)
    sources = freshness_of(engagement, at=at, may_import=may_import)
    return {
        "sources": sources,
        "source_names": {each.number: each.name for each in sources},
        "basis_lines": [each.basis for each in sources],
        "undecided": [each.undecided for each in sources],
    }


def settings_page(request: HttpRequest, engagement: Engagement, section: str) -> dict[str, Any]:
    """The context of ``engagements/settings_base.html``: the tabs within the settings, too."""
    return engagement_page(request, engagement, "settings") | {
        "sections": [
            Tab(label, url_of(engagement, route), name == section)
            for name, label, route, may in SETTINGS
            if may(request.user, engagement)
        ]
    }


def _tabs(user: Any, engagement: Engagement, tab: str) -> list[Tab]:
    hidden = set()
    if not policies.can_read_history(user, engagement):
        hidden.add("history")
    routes = {name: route for name, _, route in TABS}
    if settings_route := _first_settings(user, engagement):
        routes["settings"] = settings_route
    else:
        hidden.add("settings")
    return [
        Tab(label, url_of(engagement, routes[name]), name == tab)
        for name, label, _ in TABS
        if name not in hidden
    ]


def _first_settings(user: Any, engagement: Engagement) -> str:
    """The first page of the settings that this person may open, if any."""
    return next((route for _, _, route, may in SETTINGS if may(user, engagement)), "")


def url_of(engagement: Engagement, route: str, child: Any = None) -> str:
    """The URL of a page of an engagement, or of a numbered row of it."""
    numbered = {} if child is None else {"number": child.number}
    return reverse(route, kwargs={"ref": engagement.ref, **numbered})
