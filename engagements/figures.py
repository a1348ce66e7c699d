"""Figures of an engagement as it is now, each from one statement or from none.

Counts are items of the tracker, each once. What was never imported is not known, not zero.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Window

from dm_portal.shell.kept import Kept
from engagements.counting import counts_now, done_by_now, open_now
from engagements.histories import STARTED_STAGES
from engagements.models import (
    Action,
    Ask,
    Blocker,
    Engagement,
    Escalation,
    Sprint,
    WorkItem,
)
from engagements.querysets import BlockerQuerySet, SprintQuerySet, number_of

# How many blockers an overview names.
OLDEST = 5


@dataclass(frozen=True, slots=True)
class Work:
    """Items of an engagement: all, done, and in progress, blocked ones too."""

    items: int
    done: int
    in_progress: int

    @property
    def open(self) -> int:
        """Not done, whether started or not."""
        return self.items - self.done


def work_of(engagement: Engagement) -> Work:
    """What the last imports say of the engagement's items; what is withdrawn does not count, and
    what was begun and put back is not in progress, as in the figures.
    """
    return Work(*WORK.first(engagement=engagement.pk) or (0, 0, 0))


def _work(engagement: int) -> QuerySet[Any, Any]:
    items = WorkItem.objects.filter(counts_now(), engagement=engagement).order_by()
    counted = items.values("engagement").annotate(
        items=Count("pk"),
        done=Count("pk", filter=done_by_now()),
        in_progress=Count("pk", filter=open_now() & Q(stage__in=STARTED_STAGES)),
    )
    return counted.values_list("items", "done", "in_progress")


WORK = Kept(_work, engagement=int)


@dataclass(frozen=True, slots=True)
class Blockers:
    """How many blockers are open, and some of them, the oldest first."""

    open: int
    oldest: list[Blocker]


def blockers_of(engagement: Engagement) -> Blockers:
    """What is blocked now, by what the last imports say."""
    oldest = OLDEST_BLOCKERS.rows(engagement=engagement.pk)
    return Blockers(oldest[0].counted if oldest else 0, oldest)


def _oldest_blockers(engagement: int) -> BlockerQuerySet:
    found = Blocker.objects.filter(engagement=engagement).open()
    counted = found.annotate(counted=Window(Count("pk"))).with_titles()
    return counted.order_by("opened_at", "number")[:OLDEST]


OLDEST_BLOCKERS = Kept(_oldest_blockers, engagement=int)


@dataclass(frozen=True, slots=True)
class Owed:
    """What is open between us and the customer, and how much of it is late."""

    asks: int
    asks_overdue: int
    actions: int
    actions_overdue: int
    escalations: int
    escalations_overdue: int


def owed_of(engagement: Engagement, today: date) -> Owed:
    """What is open as of a day of the engagement's zone. One statement."""
    [numbers] = OWED.rows(engagement=engagement.pk, today=today)
    return Owed(*numbers)


def _owed(engagement: int, today: date) -> QuerySet[Any, Any]:
    kinds = (Ask.objects, Action.objects, Escalation.objects)
    here = [kind.filter(engagement=OuterRef("pk")) for kind in kinds]
    rows = [each for kind in here for each in (kind.open(), kind.overdue(today))]
    numbers = [number_of(each, "engagement") for each in rows]
    return Engagement.objects.order_by().filter(pk=engagement).values_list(*numbers)


OWED = Kept(_owed, engagement=int, today=date)


def is_done(milestone: Any) -> bool:
    """Whether all items are done and all criteria met, of at least one of either.

    Needs the columns of ``with_progress``; ``unfinished`` picks the others.
    """
    counted = milestone.items + milestone.criteria_total
    met: int = milestone.items_done + milestone.criteria_met
    return counted > 0 and counted == met


def sprint_on(engagement: Engagement, day: date) -> Sprint | None:
    """The sprint that holds ``day``, with its progress; of several the one that began last."""
    found: Sprint | None = SPRINT_ON.first(engagement=engagement.pk, day=day)
    return found


def _sprint_on(engagement: int, day: date) -> SprintQuerySet:
    here = Sprint.objects.filter(engagement=engagement)
    running = here.filter(starts_on__lte=day, ends_on__gte=day).with_progress()
    return running.order_by("-starts_on", "-number")[:1]


SPRINT_ON = Kept(_sprint_on, engagement=int, day=date)
