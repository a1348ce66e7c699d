"""Engagements with what each page says of them: in its header, and in the rail beside it.

To build such a query takes Django longer than the database takes to answer it, and it differs by
the day alone, so it is built once a day; whoever asks narrows it to what they may see.
"""

from datetime import date
from functools import lru_cache

from dm_portal.shell.clock import today
from engagements.models import Engagement
from engagements.querysets import EngagementQuerySet


def with_header() -> EngagementQuerySet:
    """All, with their people, their next date and what was last said of them."""
    return _with_header(today()).all()


@lru_cache(maxsize=1)
def _with_header(_day: date) -> EngagementQuerySet:
    return Engagement.objects.with_people_and_date().with_standing()


def with_standing() -> EngagementQuerySet:
    """All, with what was last said of them."""
    return _with_standing(today()).all()


@lru_cache(maxsize=1)
def _with_standing(_day: date) -> EngagementQuerySet:
    return Engagement.objects.with_standing()
