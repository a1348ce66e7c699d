"""Open items, exported on days of February 2026."""

from datetime import UTC, datetime

from engagements.services.imports import Export
from engagements.tests.work_files import item


def on(day: int) -> datetime:
    return datetime(2026, 2, day, 12, tzinfo=UTC)


def whole(day: int) -> Export:
    return Export(on(day), is_whole=True)


def items(*keys: str, **cells: str) -> list[str]:
    return [item(key, state="Open", **cells) for key in keys]
