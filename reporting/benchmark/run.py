"""Fill a world and measure its pages."""

from django.urls import reverse

from reporting.benchmark.pages import Cost, cost_of, signed_in
from reporting.benchmark.verdict import BARE, PUBLISHED
from reporting.benchmark.world import Size, World, fill

ITEMS, WEEKS = 100_000, 20_000


def size_of(engagements: int) -> Size:
    """100,000 items and 20,000 statuses in all, at most 500 and 104 for each engagement."""
    items = min(500, max(50, ITEMS // engagements))
    return Size(engagements, items, weeks=min(104, max(10, WEEKS // engagements)))


def measure(size: Size, *, requests: int, seconds: float) -> list[Cost]:
    """The bare page first, then each page that is looked at most."""
    world = fill(size)
    ours, theirs = signed_in(world.manager), signed_in(world.lead)
    asked = [(BARE, ours, "/bare/")]
    asked += [(name, ours, url) for name, url in _ours(world).items()]
    asked += [(name, theirs, url) for name, url in _theirs(world).items()]
    return [
        cost_of(name, client, url, requests=requests, seconds=seconds)
        for name, client, url in asked
    ]


def _ours(world: World) -> dict[str, str]:
    place, week = [world.engagement.ref], world.draft_week
    lists = {
        "engagements": "engagement_list",
        "an engagement": "engagement_detail",
        "its work": "work_list",
        "its milestones": "milestone_list",
        "its statuses": "report_list",
        "its asks": "ask_list",
    }
    pages = {"needs me": reverse("needs_me")}
    for name, route in lists.items():
        pages[name] = reverse(route, args=[] if route == "engagement_list" else place)
    return pages | {"the editor": reverse("report_edit", args=[*place, week])}


def _theirs(world: World) -> dict[str, str]:
    place = [world.engagement.ref]
    return {
        "the customer's page": reverse("status_detail", args=place),
        PUBLISHED: reverse("status_weekly", args=[*place, world.published_week]),
    }
