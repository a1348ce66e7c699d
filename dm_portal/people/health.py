"""What probes and admins are told: is the process alive, and can the portal do its work?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.timesince import timesince
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from dm_portal.people.mail_server import away_since
from dm_portal.people.models import OutgoingMail, WorkCalendar
from dm_portal.shell import leases
from dm_portal.shell.clock import now
from dm_portal.shell.relations import related
from dm_portal.shell.wording import count
from dm_portal.shell.zones import is_known

# Tick and canary are due every minute; five missed in a row are no hiccup of a restart.
MAY_BE_OLD = timedelta(minutes=5)
# A letter whose turn it is for so long is one that nobody sends. One that waits for its next
# attempt is not: that its addressee's server is away is no trouble of ours. That our own takes
# nothing for so long is more than its restart.
MAIL_MAY_WAIT = timedelta(minutes=15)
BROKER_TIMEOUT = 2  # seconds
NOT_RUNNING = "is the clock (or worker and beat) running?"
NO_MAIL = "does the mail server answer, and is the clock (or worker and beat) running?"
NO_SERVER = "does it answer, and is EMAIL_URL right?"
NOT_KNOWN = "not known without the database"


@dataclass(frozen=True, slots=True)
class Check:
    """One part of the portal: how it is in words, and whether that keeps it from its work."""

    name: str
    is_well: bool
    words: str

    def line(self) -> str:
        ok = "ok, " if self.is_well and self.words != "ok" else ""
        return f"{self.name}: {ok}{self.words}\n"


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
    """200 when all parts are well, 503 saying what is not.

    It names parts and ages, never addresses, versions or errors: anybody may ask.
    """
    checks = all_checks()
    status = 200 if all(check.is_well for check in checks) else 503
    lines = [check.line() for check in checks]
    return HttpResponse(lines, status=status, content_type="text/plain")


def all_checks() -> list[Check]:
    """Database, broker, tick, digests, canary and mail, each looked at now."""
    looks: dict[str, Callable[[], tuple[bool, str]]] = {
        "database": database,
        "broker": broker,
        "tick": lambda: _beaten("tick"),
        "digests": digests,
        "canary": lambda: _beaten("canary"),
        "mail": mail,
    }
    return [Check(name, *_known(look)) for name, look in looks.items()]


def _known(look: Callable[[], tuple[bool, str]]) -> tuple[bool, str]:
    """What a look finds; that it found nothing where the database does not answer."""
    try:
        return look()
    except DatabaseError:
        return False, NOT_KNOWN


def database() -> tuple[bool, str]:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False, "does not answer"
    return True, "ok"


def broker() -> tuple[bool, str]:
    """Whether the broker answers, where there is one."""
    if not settings.REDIS_URL:
        return True, "none is needed"
    timeouts = {"socket_timeout": BROKER_TIMEOUT, "socket_connect_timeout": BROKER_TIMEOUT}
    try:
        with Redis.from_url(settings.REDIS_URL, **timeouts) as redis:
            redis.ping()
    except RedisError:
        return False, "does not answer"
    return True, "ok"


def digests() -> tuple[bool, str]:
    """Whether reminders and digests are put together; and how many they must leave out."""
    is_well, words = _beaten("digests")
    return is_well, f"{words}{_left_out()}" if is_well else words


def _left_out() -> str:
    """How many are told nothing since no clock of this machine shows their time."""
    engagements = related(WorkCalendar, "engagements").objects.reporting()
    found = [
        count(number, noun)
        for noun, rows in (("engagement", engagements), ("calendar", WorkCalendar.objects))
        if (number := sum(not is_known(name) for name in rows.values_list("time_zone", flat=True)))
    ]
    if not found:
        return ""
    return f"; {' and '.join(found)} left out, of no time zone that is known here: see the log"


def mail() -> tuple[bool, str]:
    """Whether letters leave when it is their turn; and since when the oldest unsent one waits.

    A mail server that is away keeps nothing back while nothing waits.
    """
    at = now()
    found = OutgoingMail.objects.unsent_since()
    if found["written"] is None or found["turn"] is None:
        return True, "nothing is unsent"
    words = f"the oldest unsent was written {age(found['written'], at)} ago"
    if since := away_since():
        words = f"the mail server has taken none for {age(since, at)}, and {words}"
        is_well = at - since <= MAIL_MAY_WAIT
        return is_well, words if is_well else f"{words}: {NO_SERVER}"
    if at - found["turn"] > MAIL_MAY_WAIT:
        waits = age(found["turn"], at)
        return False, f"{words}, and one has waited for its turn for {waits}: {NO_MAIL}"
    return True, words


def _beaten(name: str) -> tuple[bool, str]:
    """Whether this, which is due every minute, was done lately; and how long ago."""
    beaten_at = leases.since(name)
    if beaten_at is None:
        return False, f"never happened: {NOT_RUNNING}"
    at = now()
    words = f"last happened {age(beaten_at, at)} ago"
    if at - beaten_at > MAY_BE_OLD:
        return False, f"{words}: {NOT_RUNNING}"
    return True, words


def age(since: datetime, at: datetime) -> str:
    """ "less than a minute", "7 minutes", "3 hours", "2 days": rounded down."""
    if at - since < timedelta(minutes=1):
        return "less than a minute"
    return timesince(since, at, depth=1).replace("\N{NO-BREAK SPACE}", " ")
