"""What needs whom, now: one ranked list, each line with its reason and its one action.

Each source of lines is a function of the module that is named after it; ``needs_of`` lists them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dm_portal.people.standing import functions_of, is_director
from dm_portal.shell.kept import ids_in
from engagements.asking import AskedBy
from engagements.freshness import newest_files
from engagements.models import Blocker, Engagement, Import, Milestone
from engagements.querysets import held_by
from reporting import reds
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
    led, planned = _held(user, *LEADERS), _held(user, *LEADERS, "architect")
    below = CALLED_ABOVE if is_director(user) else CALLED
    called = below.rows(user, here=planned)
    needs = [
        *statuses.reports(UNFINISHED.rows(user, here=led), user, at),
        *map(sources.file_line, UNDECIDED.rows(user, here=led)),
        *sources.sources(FILES.rows(user, here=led), at),
        *plan.reds(UNTOLD.rows(user, here=led), at),
        *plan.milestones(OPEN_UNTIL.rows(user, here=planned, near=plan.near(at)), at),
        *plan.blockers(UNEXPLAINED.rows(user, here=planned), at),
        *owed.lines(user, led, at),
        *asked.questions(WAITING_QUESTIONS.rows(user, here=led), at),
        *own.leave(user, at),
        *above.unpublished(_overdue(user, led, at), at),
        *above.kinder([each for each in called if each.pk not in led], at),
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
    stale = sources.sources(newest_files(led), at)
    turned_red = plan.reds(reds.untold(Milestone.objects.all(), led), at)
    questions = asked.questions(asked.waiting(Question.objects.all(), led), at)
    for_leaders = [*due, *files, *stale, *turned_red, *questions]
    near = plan.open_until(Milestone.objects.all(), planned, plan.near(at))
    unexplained = plan.unexplained(Blocker.objects.all(), planned)
    for_planners = [*plan.milestones(near, at), *plan.blockers(unexplained, at)]
    return for_leaders, for_planners


def _overdue(user: Any, led: list[int], at: datetime) -> list[Report]:
    """Statuses that somebody else has to write: for a director everywhere, for an architect there;
    no statement for others.
    """
    if is_director(user):
        return list(above.overdue(user, _everywhere(user).exclude(pk__in=led), at))
    below = [pk for pk in _held(user, "architect") if pk not in led]
    return OVERDUE_BELOW.rows(user, here=below, at=at) if below else []


def _everywhere(user: Any) -> Any:
    """Active engagements that this person sees."""
    return Engagement.objects.visible_to(user).reporting()


def _held(user: Any, *functions: str) -> list[int]:
    """Engagements in which this person holds one of the functions today, by key."""
    return sorted({engagement for engagement, function in held_by(user) if function in functions})


def _here(user: Any, here: list[int]) -> Any:
    """Those of these engagements that are active and that this person sees."""
    return _everywhere(user).filter(pk__in=ids_in(here)) if here else Engagement.objects.none()


def _of(model: Any, rows: Callable[..., Any], **kinds: type) -> "_Asked":
    """``rows`` of what this person sees of a model, and of the engagements asked for."""
    return _Asked(
        lambda user, here, **values: rows(
            model.objects.visible_to(user), _here(user, here), **values
        ),
        here=list,
        **kinds,
    )


class _Asked(AskedBy):
    """Asks nothing of whoever holds nothing; an admin may have what is nobody's."""

    def rows(self, user: Any, **values: Any) -> list[Any]:
        return super().rows(user, **values) if values["here"] or functions_of(user) else []


CALLED = _Asked(lambda user, here: standing.called(_here(user, here)), here=list)
CALLED_ABOVE = AskedBy(lambda user, here: standing.called(_everywhere(user)), here=list)
UNFINISHED = _Asked(lambda user, here: statuses.unfinished(user, _here(user, here)), here=list)
UNDECIDED = _Asked(lambda user, here: sources.undecided(user, _here(user, here)), here=list)
FILES = _Asked(lambda user, here: newest_files(_here(user, here)), here=list)
UNTOLD = _of(Milestone, reds.untold)
OPEN_UNTIL = _of(Milestone, plan.open_until, near=date)
UNEXPLAINED = _of(Blocker, plan.unexplained)
WAITING_QUESTIONS = _of(Question, asked.waiting)
OVERDUE_BELOW = _Asked(
    lambda user, here, at: above.overdue(user, _here(user, here), at), here=list, at=datetime
)
