"""What needs whom, now: one ranked list, each line with its reason and its one action.

Each source of lines is a function of the module that is named after it; ``needs_of`` lists them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dm_portal.people.standing import is_director
from engagements.models import Blocker, Engagement, Import, Milestone
from engagements.querysets import held_by
from reporting.models import Question, Report
from reporting.needs import above, asked, owed, own, plan, portal, sources, standing, statuses
from reporting.needs.lines import (
    GROUPS,
    NO_HURRY,
    OVERDUE,
    THIS_WEEK,
    TODAY,
    WAITING,
    Group,
    Need,
    Red,
    groups,
    summary,
)
from reporting.needs.plan import left_words

__all__ = [
    "GROUPS",
    "LEADERS",
    "NO_HURRY",
    "OVERDUE",
    "THIS_WEEK",
    "TODAY",
    "WAITING",
    "Group",
    "Need",
    "Page",
    "Red",
    "groups",
    "left_words",
    "needs_of",
    "needs_of_engagements",
    "page_of",
    "summary",
]

LEADERS = ("dm", "deputy")


@dataclass(frozen=True, slots=True)
class Page:
    """What `/` shows: the lines by urgency, and all of it in one sentence."""

    groups: list[Group]
    summary: str


def page_of(user: Any, *, at: datetime) -> Page:
    """The page of this person at ``at``."""
    needs, reds = _look(user, at)
    by_urgency = groups(needs)
    return Page(by_urgency, summary(by_urgency, reds))


def needs_of(user: Any, *, at: datetime) -> list[Need]:
    """Everything that waits for this person at ``at``; as many statements, whatever the rows."""
    return _look(user, at)[0]


def _look(user: Any, at: datetime) -> tuple[list[Need], list[Red]]:
    """The lines, and which engagements of this person are red."""
    leads, is_above = _held(user, *LEADERS), is_director(user)
    led, planned = _active(user, *LEADERS), _active(user, *LEADERS, "architect")
    below = _everywhere(user) if is_above else _active(user, "architect")
    called = standing.called(_everywhere(user) if is_above else planned)
    needs = [
        *statuses.reports(user, led, at),
        *sources.imports(user, led),
        *sources.sources(led, at),
        *plan.reds(Milestone.objects.visible_to(user), led, at),
        *plan.milestones(Milestone.objects.visible_to(user), planned, at),
        *plan.blockers(Blocker.objects.visible_to(user), planned, at),
        *owed.lines(user, led, at),
        *asked.questions(Question.objects.visible_to(user), led, at),
        *own.leave(user, at),
        *above.unpublished(user, below.exclude(pk__in=leads), at),
        *above.kinder([each for each in called if each.pk not in leads], at),
        *above.spans(user, at),
        *portal.lines(user, at),
    ]
    return needs, list(standing.reds_of(called, at))


def needs_of_engagements(led: Any, planned: Any, *, at: datetime) -> tuple[list[Need], list[Need]]:
    """What waits at ``at`` for whoever leads engagements, and for whoever plans them.

    For many people at once: as many statements, however many engagements. Who may know of it is
    decided by who holds a function there, as ``needs_of`` does for one person.
    """
    drafts = Report.objects.filter(engagement__in=led, state="draft").not_left_out()
    waiting = Import.objects.filter(engagement__in=led, state=Import.State.PREVIEWED)
    rows = drafts.select_related("engagement__customer", "period")
    due = [statuses.draft_line(report, at) for report in rows if not statuses.is_past(report, at)]
    files = [sources.file_line(file) for file in waiting.select_related("engagement__customer")]
    turned_red = plan.reds(Milestone.objects.all(), led, at)
    questions = asked.questions(Question.objects.all(), led, at)
    for_leaders = [*due, *files, *sources.sources(led, at), *turned_red, *questions]
    for_planners = [
        *plan.milestones(Milestone.objects.all(), planned, at),
        *plan.blockers(Blocker.objects.all(), planned, at),
    ]
    return for_leaders, for_planners


def _active(user: Any, *functions: str) -> Any:
    """Active engagements in which this person holds one of the functions today."""
    return _everywhere(user).filter(pk__in=_held(user, *functions))


def _everywhere(user: Any) -> Any:
    """Active engagements that this person sees."""
    return Engagement.objects.visible_to(user).reporting()


def _held(user: Any, *functions: str) -> set[int]:
    """Engagements in which this person holds one of the functions today, by key."""
    return {engagement for engagement, function in held_by(user) if function in functions}
