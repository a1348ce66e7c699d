"""Whose clock on the wall a page is read by: its engagement's, else the portal's."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class ZoneMiddleware:
    """Each request begins in the portal's own zone; a view activates its engagement's.

    What it activated ends with the request, so that no thread carries it into the next.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(None):
            return self.get_response(request)
