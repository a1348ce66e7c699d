"""What probes ask: is the process alive, and can it do its work?"""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from dm_portal.shell.clock import now
from dm_portal.shell.models import Lease

# The tick is due every minute; five missed in a row are no hiccup of a restart.
TICK_MAY_BE_OLD = timedelta(minutes=5)
BROKER_TIMEOUT = 2  # seconds


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all: it asks nothing of anybody else."""
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when database, broker (where there is one) and tick are well, 503 saying what is not.

    It names parts, never addresses, versions or errors: anybody may ask.
    """
    checks: dict[str, Callable[[], str]] = {"database": database, "broker": broker, "tick": tick}
    troubles = {name: trouble for name, check in checks.items() if (trouble := check())}
    lines = [f"{name}: {troubles.get(name, 'ok')}\n" for name in checks]
    status = 503 if troubles else 200
    return HttpResponse(lines, status=status, content_type="text/plain")


def database() -> str:
    """Why the database cannot be used; empty when it can."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return ""


def broker() -> str:
    """Why the broker cannot be used; empty when it can, or when none is needed (embedded)."""
    if not settings.REDIS_URL:
        return ""
    timeouts = {"socket_timeout": BROKER_TIMEOUT, "socket_connect_timeout": BROKER_TIMEOUT}
    try:
        with Redis.from_url(settings.REDIS_URL, **timeouts) as redis:
            redis.ping()
    except RedisError:
        return "does not answer"
    return ""


def tick() -> str:
    """Why nothing may be happening behind the pages; empty when the last tick is fresh."""
    try:
        beaten_at = Lease.objects.filter(name="tick").values_list("beaten_at", flat=True).first()
    except DatabaseError:
        return "not known without the database"
    if beaten_at is None:
        return "never happened: is the clock (or worker and beat) running?"
    age = now() - beaten_at
    if age > TICK_MAY_BE_OLD:
        minutes = int(age.total_seconds() // 60)
        return f"last happened {minutes} minutes ago: is the clock (or worker and beat) running?"
    return ""
