"""What every request passes on its way in: who is asking, from where, and through which door.

``LoginRequiredMiddleware`` of Django stands before these: a view is open to the anonymous only if
it says so (``@login_not_required``).
"""

import re
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control

from dm_portal.people import audit

# Routes that a customer's people may use, by the beginning of their names; the rest is not there.
FOR_CUSTOMERS = (
    "status_",
    "account_",
    "mfa_",
    "usersessions_",
    "invitation_accept",
    "healthz",
    "readyz",
)
START = "needs_me"
SESSION_KEY = re.compile("[a-z0-9]{32}")  # as Django draws them
CUSTOMERS_START = "status_index"


class SessionKeyMiddleware:
    """A session cookie that this portal cannot have set is none.

    A NUL in it reached the database, which takes none: whoever liked could fill the log.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = settings.SESSION_COOKIE_NAME
        if not SESSION_KEY.fullmatch(request.COOKIES.get(name, "")):
            request.COOKIES.pop(name, None)
        return self.get_response(request)


class NoStoreMiddleware:
    """No browser and no proxy keeps a page, unless the answer itself says how long.

    Whoever asks: so nobody has to look up who it is, and links in letters are meant too. Static
    files are answered before this, and say that they may be kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class OriginMiddleware:
    """Whatever is recorded while this request is answered says where it came from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with audit.coming_from(f"web {get_adapter(request).get_client_ip(request)}"):
            return self.get_response(request)


class CustomerDoorMiddleware:
    """For a customer's people our own pages do not exist; their start page is their status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or user.is_internal:
            return None
        match = request.resolver_match
        # the admin site's routes have a namespace, and may be called anything
        route = (match and match.view_name) or ""
        if route == START:
            return redirect(CUSTOMERS_START)
        if not route.startswith(FOR_CUSTOMERS):
            raise Http404
        return None
