"""How a page opens: whoever cannot see it gets 404, whoever may not act 403."""

from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone

from engagements.headers import with_header
from engagements.models import Engagement


def find_engagement(request: HttpRequest, ref: str) -> Engagement:
    """The engagement with what its header says, in one statement; 404 if the reader sees none.

    Its pages are read by its own clock.
    """
    found = get_object_or_404(with_header().visible_to(request.user), ref=ref)
    timezone.activate(ZoneInfo(found.time_zone))
    return found


def require(allowed: bool) -> None:
    """403 unless a policy said yes. Whether the page exists was decided before."""
    if not allowed:
        raise PermissionDenied


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent with POST, also when that is nothing; None for GET."""
    return request.POST if request.method == "POST" else None
