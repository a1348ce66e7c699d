"""What needs somebody of the plan: dates that come near, milestones that turned red, blockers."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.urls import reverse

from dm_portal.shell import dates
from dm_portal.shell.components import Shape
from dm_portal.shell.wording import count
from engagements.models import Blocker, thresholds_of
from reporting import rag
from reporting import reds as turned_red
from reporting.needs.lines import OVERDUE, THIS_WEEK, TODAY, WEEK, Need, end_of, where


def reds(milestones: Any, led: Any, at: datetime) -> Iterator[Need]:
    """Milestones that turned red since the customer was told anything: can that wait?"""
    for red in turned_red.untold(milestones, led, at=at):
        milestone, engagement = red.milestone, red.milestone.engagement
        turned = dates.day_words(red.turned_on, today=engagement.day_of(at))
        yield Need(
            group=TODAY,
            due=datetime.combine(red.turned_on, time(0), tzinfo=UTC),
            shape=Shape.OFF_TRACK,
            what=f"{milestone.name} turned red on {turned}: tell the customer?",
            where=where(engagement),
            why=f"nothing was published since; {left_words(milestone)}",
            url=reverse("update_create", args=[engagement.ref]),
            action="Write an update",
            not_now_url=reverse("milestone_not_now", args=[engagement.ref, milestone.number]),
            engagement_id=engagement.pk,
        )


def milestones(milestones: Any, planned: Any, at: datetime) -> Iterator[Need]:
    """Committed dates that are near or past, of what is not done or of which nothing tells."""
    near = at.date() + WEEK + timedelta(days=1)
    rows = milestones.filter(engagement__in=planned, committed_on__lte=near)
    still_open = rows.unfinished().with_progress()
    for milestone in still_open.select_related("engagement__customer", "engagement__thresholds"):
        day = milestone.engagement.day_of(at)
        if milestone.committed_on <= day + WEEK:
            yield _milestone(milestone, day)


def _milestone(milestone: Any, day: date) -> Need:
    days_past = (day - milestone.committed_on).days
    group = OVERDUE if days_past > 0 else THIS_WEEK if days_past else TODAY
    committed = dates.day_words(milestone.committed_on, today=day)
    relative = dates.relative_words(milestone.committed_on, today=day)
    return Need(
        group=group,
        due=end_of(milestone.committed_on),
        shape=_past_shape(milestone, days_past) if days_past > 0 else "",
        what=f"{milestone.name} is committed for {committed}",
        where=where(milestone.engagement),
        why=f"{relative}; {left_words(milestone)}",
        url=milestone.get_absolute_url(),
        action="Open",
        engagement_id=milestone.engagement_id,
    )


def _past_shape(milestone: Any, days_past: int) -> Shape:
    """By the limits of its own engagement."""
    return Shape(rag.schedule_colour(days_past, thresholds_of(milestone.engagement)))


def left_words(milestone: Any) -> str:
    """What is missing of a milestone: its items first, as the rules say it."""
    if left := milestone.items - milestone.items_done:
        return f"{left} of {count(milestone.items, 'item')} open"
    if unmet := milestone.criteria_total - milestone.criteria_met:
        return f"{unmet} of {count(milestone.criteria_total, 'criterion')} not met"
    return "no items yet"


def blockers(blockers: Any, planned: Any, at: datetime) -> Iterator[Need]:
    """Old blockers of which it was never said what they hold up or who must act.

    One line for each engagement: a tracker may block many items at once.
    """
    rows = blockers.filter(engagement__in=planned).open().without_words()
    related = rows.select_related(
        "engagement__customer", "engagement__calendar", "engagement__thresholds"
    )
    ordered = related.order_by("engagement", "opened_at")
    for _, found in groupby(ordered, key=attrgetter("engagement_id")):
        old = [row for row in found if _age_shape(row, at) != Shape.ON_TRACK]
        if old:
            yield _silent(old, at)


def _age_shape(blocker: Blocker, at: datetime) -> Shape:
    """By the limits of its own engagement."""
    return Shape(rag.blockers_colour(blocker.age_at(at), thresholds_of(blocker.engagement)))


def _silent(blockers: Sequence[Blocker], at: datetime) -> Need:
    """Of one engagement, the oldest first."""
    oldest, number = blockers[0], len(blockers)
    age = f"for {count(oldest.age_at(at), 'working day')}"
    place = [oldest.engagement.ref]
    is_one = number == 1
    return Need(
        group=OVERDUE,
        due=oldest.opened_at,
        shape=_age_shape(oldest, at),
        what=f"Say what {oldest.key if is_one else f'{number} blockers'} "
        f"hold{'s' if is_one else ''} up, and who must act",
        where=where(oldest.engagement),
        why=f"blocked {age}" if is_one else f"{oldest.key} has been blocked {age}",
        url=reverse("blocker_edit", args=[*place, oldest.number])
        if is_one
        else f"{reverse('blocker_list', args=place)}?state=open&words=missing",
        action="Say" if is_one else "See",
        engagement_id=oldest.engagement_id,
    )
