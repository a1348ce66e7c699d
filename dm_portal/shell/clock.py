"""The one place where the portal asks what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_pretended: ContextVar[datetime | None] = ContextVar("pretended_now", default=None)


def now() -> datetime:
    """The current instant, in UTC."""
    return _pretended.get() or datetime.now(tz=UTC)


def today(zone: str = "UTC") -> date:
    """The local calendar date in ``zone`` (an IANA name). Rights are dated in UTC."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def pretending(instant: datetime) -> Iterator[None]:
    """Within the block it is ``instant``. For the demo world's past, and while a kept queryset is
    built, only: a test holds that.
    """
    token = _pretended.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _pretended.reset(token)
