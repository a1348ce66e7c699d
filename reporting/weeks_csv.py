"""The figures of a week as a table: every figure, and every item behind it."""

from collections.abc import Iterator
from datetime import datetime

from engagements.stages import Stage
from reporting.weeks import MOVED, MOVED_RARELY, SPRINT, Week

HEADER = ["Figure", "Of", "Title", "Value", "Unit", "As of"]
Line = list[object]


def rows(week: Week) -> Iterator[Line]:
    """Figure, the item, week or milestone that it is of, a title, the value, its unit, as of."""
    as_of = datetime.fromisoformat(week.window["as_of"])
    if week.is_imported:
        for part in (_moved(week), _ages(week), _flow(week), _scope(week)):
            for row in part:
                yield [*row, as_of]


def _moved(week: Week) -> Iterator[Line]:
    """Each item that was finished, added and so on, by what happened to it."""
    known = week.listed["total"] if week.is_known else {}
    moved = MOVED | MOVED_RARELY
    for names, found in ((moved, known), (SPRINT, week.listed["sprint"] or {})):
        for name, what in names.items():
            if what in found:
                yield [name, "", "", len(found[what]), "items"]
                lines = (week.line(each) for each in found[what])
                yield from ([name, line.name, line.title, 1, "items"] for line in lines)


def _ages(week: Week) -> Iterator[Line]:
    for name, aged, unit in (
        ("Blocked", week.blockers(), "working days"),
        ("In progress", week.at_work, "days"),
    ):
        for each in aged:
            yield [name, each.item.name, each.item.title, each.days, unit]


def _flow(week: Week) -> Iterator[Line]:
    taken = week.figures["flow"]["cycle_times"]
    yield ["Cycle time, half took at most", "", "", taken["p50"], "days"]
    yield ["Cycle time, 85 % took at most", "", "", taken["p85"], "days"]
    for row in week.finished:
        yield ["Finished by week", row["week"], "", row["finished"], "items"]


def _scope(week: Week) -> Iterator[Line]:
    for plan in [week.by_stage(), *week.plans()]:
        for stage in (Stage.NOT_STARTED, Stage.IN_PROGRESS, Stage.BLOCKED, Stage.DONE):
            yield [stage.label, plan.name, "", plan.stages.get(stage, 0), "items"]
    for row in week.figures["burnup"]:
        yield ["In scope by week", row["week"], "", row["scope"], "items"]
        yield ["Done by week", row["week"], "", row["done"], "items"]
