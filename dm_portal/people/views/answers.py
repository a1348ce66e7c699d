"""What the views of this app have in common."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from dm_portal.shell.errors import DomainError

T = TypeVar("T")


def require(allowed: bool) -> None:
    """Answer 403 unless a policy allows it; who may not even see it had a 404 before."""
    if not allowed:
        raise PermissionDenied


def attempt(request: HttpRequest, act: Callable[[], T], done: str | Callable[[T], str]) -> None:
    """Do it, and say on the next page ``done`` (of what came of it), or why it was refused."""
    try:
        result = act()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done if isinstance(done, str) else done(result))
