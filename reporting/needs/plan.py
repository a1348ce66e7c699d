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


def reds(rows: Any, at: datetime) -> Iterator[Need]:
    """Milestones that turned red since the customer was told anything: can that wait?

    ``rows`` are those of ``reds.untold``.
    """
    for red in turned_red.turned_of(rows, at=at):
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


def open_until(milestones: Any, planned: Any, near: date) -> Any:
    """Those with a committed date up to a day that are not done or of which nothing tells."""
    rows = milestones.filter(engagement__in=planned, committed_on__lte=near)
    still_open = rows.unfinished().with_progress()
    return still_open.select_related("engagement__customer", "engagement__thresholds")


def near(at: datetime) -> date:
    """The last day that comes near, in whatever zone."""
    return at.date() + WEEK + timedelta(days=1)


def milestones(rows: Any, at: datetime) -> Iterator[Need]:
    """Committed dates that are near or past; ``rows`` are those ``open_until`` a day."""
    for milestone in rows:
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


def unexplained(blockers: Any, planned: Any) -> Any:
    """Those of which it was never said what they hold up or who must act."""
    rows = blockers.filter(engagement__in=planned).open().without_words()
    related = rows.select_related(
        "engagement__customer", "engagement__calendar", "engagement__thresholds"
    )
    return related.order_by("engagement", "opened_at")


def blockers(rows: Any, at: datetime) -> Iterator[Need]:
    """Those of them that are old; ``rows`` are ``unexplained``.

    One line for each engagement: a tracker may block many items at once.
    """
    for _, found in groupby(rows, key=attrgetter("engagement_id")):
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
