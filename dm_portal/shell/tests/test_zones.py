"""A zone that a view activates is gone with its request."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dm_portal.shell.clock import now, today
from dm_portal.shell.zones import ZoneMiddleware, find, is_known


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


@pytest.mark.every_zone
def test_the_zone_of_the_process_is_nobodys(zone_of_process: str) -> None:
    """It is as the marker says, and no clock of the portal goes by it."""
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    offset = noon.astimezone(ZoneInfo(zone_of_process)).utcoffset()
    assert time.localtime(noon.timestamp()).tm_gmtoff == (offset.total_seconds() if offset else 0)
    with time_machine.travel(noon, tick=False):
        assert (now(), now().tzinfo, today()) == (noon, UTC, noon.date())
        assert today("Pacific/Kiritimati") > today("Pacific/Honolulu")


@pytest.mark.parametrize("name", ["Mars/Olympus_Mons", "Europe", "../etc/passwd", "", "a\0b"])
def test_what_is_no_zone_here_is_unknown(name: str) -> None:
    assert find(name) is None
    assert not is_known(name)


def test_a_zone_is_found_by_its_name() -> None:
    assert find("Asia/Kathmandu") == ZoneInfo("Asia/Kathmandu")
    assert is_known("UTC")
