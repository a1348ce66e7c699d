"""What a customer asked about what was published, and nobody has answered."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from dm_portal.shell.wording import abridged
from reporting.needs.lines import OVERDUE, TODAY, Need, instant, where

LETTERS = 140
# So many hours a question may wait and is called late after.
PATIENCE = 24


def waiting(questions: Any, led: Any) -> Any:
    """Of engagements that ``led`` holds, the longest waiting first."""
    rows = questions.open().filter(engagement__in=led)
    return rows.select_related("asked_by", "engagement__customer").order_by("asked_at")


def questions(rows: Any, at: datetime) -> Iterator[Need]:
    """Of those that are ``waiting``."""
    for row in rows:
        late = (at - row.asked_at).total_seconds() > PATIENCE * 3600
        yield Need(
            group=OVERDUE if late else TODAY,
            due=row.asked_at,
            shape="",
            what=f"Answer {row.asked_by.name}: {abridged(row.text, LETTERS)}",
            where=where(row.engagement),
            why=f"asked {instant(row.asked_at, at, row.engagement)}",
            url=row.get_absolute_url(),
            action="Answer",
            engagement_id=row.engagement_id,
        )
