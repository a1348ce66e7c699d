"""Which time zones there are, and whose clock on the wall a page is read by: its engagement's, else
the portal's.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


def find(name: str) -> ZoneInfo | None:
    """The zone of this name; None where the machine does not know it.

    What was known when it was chosen may be unknown to another machine: its tz database is older,
    or the zone has another name by now.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the others for what is no name at all
        return None


def is_known(name: str) -> bool:
    return find(name) is not None


class ZoneMiddleware:
    """Each request begins in the portal's own zone; a view activates its engagement's.

    What it activated ends with the request, so that no thread carries it into the next.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(None):
            return self.get_response(request)
