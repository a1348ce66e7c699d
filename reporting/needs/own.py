"""What one should know of oneself: the leave that comes near."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from dm_portal.people.models import TimeOff
from dm_portal.shell import dates
from engagements.asking import AskedBy
from reporting.needs.lines import THIS_WEEK, TODAY, WEEK, Need, end_of


def leave(user: Any, at: datetime) -> Iterator[Need]:
    """One's own days away that begin within a week, or that have begun: who stands in?"""
    today = at.date()
    for row in NEAR.rows(user, first=today, last=today + WEEK):
        days = dates.range_words(row.starts_on, row.ends_on, today=today)
        began = row.starts_on <= today
        yield Need(
            group=TODAY if began else THIS_WEEK,
            due=end_of(row.starts_on),
            shape="",
            what=f"You are away {days}",
            where=row.note or "Leave",
            why="whoever needs you meanwhile should know who stands in"
            if began
            else f"{dates.relative_words(row.starts_on, today=today)}: hand over what is open",
            url=reverse("person_calendar", args=[user.ref]),
            action="See",
        )


def _near(user: Any, first: date, last: date) -> Any:
    own = Q(user=user) | Q(specialist__user=user)
    counting = TimeOff.objects.visible_to(user).counting()
    return counting.filter(own, starts_on__lte=last, ends_on__gte=first)


NEAR = AskedBy(_near, first=date, last=date)
