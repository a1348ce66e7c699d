"""How a page opens: whoever cannot see it gets 404, whoever may not act 403."""

from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone

from engagements.headers import with_header_for
from engagements.models import Engagement


def find_engagement(request: HttpRequest, ref: str) -> Engagement:
    """The engagement with what its header says, in one statement; 404 if the reader sees none.

    Its pages are read by its own clock.
    """
    found = with_header_for(request.user, ref)
    if found is None:
        raise Http404
    timezone.activate(ZoneInfo(found.time_zone))
    return found


def require(allowed: bool) -> None:
    """403 unless a policy said yes. Whether the page exists was decided before."""
    if not allowed:
        raise PermissionDenied


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent with POST, also when that is nothing; None for GET."""
    return request.POST if request.method == "POST" else None
