"""Numbers within a parent, given out one at a time."""

from typing import Any

from django.db.models import Max, QuerySet

from engagements.models import Engagement


def lock(engagement: Engagement) -> None:
    """Let one transaction at a time add to this engagement; until it ends, others wait.

    Rows that only refer to the engagement, such as imported work, do not have to wait: no_key.
    """
    Engagement.objects.order_by().select_for_update(no_key=True).get(pk=engagement.pk)


def next_number(rows: QuerySet[Any], field: str = "number") -> int:
    """The number after the highest of ``rows``, from 1 on. Needs the parent's lock."""
    highest: int | None = rows.aggregate(highest=Max(field))["highest"]
    return (highest or 0) + 1
