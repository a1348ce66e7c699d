"""The one place where the portal asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(tz=UTC)


def today(zone: str = "UTC") -> date:
    """The local calendar date in ``zone`` (an IANA name). Rights are dated in UTC."""
    return now().astimezone(ZoneInfo(zone)).date()
