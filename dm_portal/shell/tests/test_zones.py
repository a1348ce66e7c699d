"""A zone that a view activates is gone with its request."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dm_portal.shell.zones import ZoneMiddleware


def test_a_zone_ends_with_its_request() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        seen.append(timezone.get_current_timezone_name())
        timezone.activate(ZoneInfo("Asia/Kathmandu"))
        return HttpResponse()

    seen: list[str] = []
    for _ in range(2):
        ZoneMiddleware(view)(HttpRequest())
    assert seen == ["UTC", "UTC"]
    assert timezone.get_current_timezone_name() == "UTC"
