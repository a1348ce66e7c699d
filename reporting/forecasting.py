"""What is forecast of an engagement at an instant, from the rows that its facts rest on.

Nothing here reads the database or a clock, and nothing is written: the same rows give the same
forecasts. What is kept of them is what ``services.forecasts`` keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from reporting.figures import expected
from reporting.figures.expected import Known, Promise
from reporting.forecasts.finish import Finish, Refusal, finish_of
from reporting.forecasts.pace import Pace
from reporting.forecasts.sprint import delivery

Row = dict[str, Any]

# A chance is kept to so many places: what is shown has two.
PLACES = 6
# Of a sprint: at which chances its amounts are kept, besides the point.
KEPT = (0.05, 0.15, 0.5, 0.85, 0.95)


@dataclass(frozen=True, slots=True)
class MilestoneForecast:
    """When a promised milestone will be done. ``starts_on`` is the Monday of the law's week 1.

    ``inputs`` are ``weeks``: items that the engagement finished in each complete week; ``open``:
    items of the milestone that are open; ``before``: open items of milestones that are due
    earlier; ``items``: items of all of these, open and done; ``growth``: by which they grow a week.
    """

    number: int
    starts_on: date
    inputs: Row
    law: tuple[float, ...]
    refusal: Refusal | None
    has_low_evidence: bool
    is_winding_down: bool


@dataclass(frozen=True, slots=True)
class SprintForecast:
    """What the running sprint will deliver, at one share of its length.

    ``inputs`` are ``committed``, ``done`` and ``earlier``: of each sprint before, the same and
    what it delivered. ``law`` is ``point``, and by chance the amounts that are not exceeded.
    """

    number: int
    starts_on: date
    share: int
    inputs: Row
    law: Row
    is_of_others: bool


def milestones_ahead(inputs: Row) -> list[MilestoneForecast]:
    """A forecast of every milestone that is promised and not done, the first due first.

    A team works off what it promised in the order of the dates: what remains of a milestone is
    what is open of it and of those that are due before it, and it waits for what these grow by.
    """
    known = Known.of(inputs)
    weeks = expected.weekly(known)
    starts_on = expected.first_week_ahead(known)
    promises = expected.promises(known, inputs)
    grown = accumulate(_growth(known, each) for each in promises)
    return [
        _forecast(known, promises[:place], weeks, starts_on, growth)
        for place, growth in enumerate(grown, 1)
    ]


def _growth(known: Known, promise: Promise) -> float:
    """Of a milestone of which nothing is open nothing is added before the next is done."""
    if not promise.open:
        return 0.0
    return expected.growth(known, promise.number, promised_at=promise.promised_at)


def _forecast(
    known: Known, queue: Sequence[Promise], weeks: list[int], starts_on: date, growth: float
) -> MilestoneForecast:
    mine, numbers = queue[-1], [each.number for each in queue]
    need = expected.remaining(known, numbers)
    found = finish_of(weeks, need, growth=growth)
    return MilestoneForecast(
        number=mine.number,
        starts_on=starts_on,
        inputs={
            "weeks": weeks,
            "open": mine.open,
            "before": need - mine.open,
            "items": len(expected.held(known, numbers)),
            "growth": round(growth, PLACES),
        },
        law=tuple(round(chance, PLACES) for chance in found.law) if mine.open else (),
        refusal=_nothing_open(mine) or _outgrown(found, weeks, growth) or found.refusal,
        has_low_evidence=found.has_low_evidence,
        is_winding_down=found.is_winding_down,
    )


def _outgrown(found: Finish, weeks: list[int], growth: float) -> Refusal | None:
    """Where it is the growth that puts the date out of sight, that is what has to be said."""
    if not growth or found.refusal is None or found.refusal.rule != "too_far":
        return None
    pace = Pace.of(weeks).middle()
    return Refusal(
        "outgrown", f"{growth:.1f} items a week are being added, and {pace:.1f} are finished"
    )


def _nothing_open(mine: Promise) -> Refusal | None:
    if mine.open:
        return None
    if mine.items:
        return Refusal("nothing_open", "all its items are done, criteria are not met")
    return Refusal("no_items", "no item belongs to it yet")


def sprint_ahead(inputs: Row) -> SprintForecast | None:
    """A forecast of the sprint that runs at the end of what is known; None where none does."""
    running = expected.running_sprint(Known.of(inputs), inputs["sprints"])
    if running is None:
        return None
    found = delivery(running.earlier, running.now, share=running.share)
    return SprintForecast(
        number=running.number,
        starts_on=running.starts_on,
        share=running.share,
        inputs={
            "committed": running.now.committed,
            "done": running.now.done,
            "earlier": [list(each) for each in running.earlier],
        },
        law={
            "point": round(found.point, PLACES),
            "amounts": {f"{chance:g}": round(found.at(chance), PLACES) for chance in KEPT},
        },
        is_of_others=found.is_of_others,
    )


def stored(inputs: Row) -> list[Row]:
    """What facts keep of the forecast of every promised milestone: the law, or why none is told.

    Nothing before the first file; chances are decimals as text.
    """
    if not inputs["imports"]:
        return []
    return [
        {
            "milestone": each.number,
            "starts_on": each.starts_on.isoformat(),
            "law": [] if each.refusal else [f"{chance:.{PLACES}f}" for chance in each.law],
            "refusal": each.refusal.rule if each.refusal else "",
            "refusal_words": each.refusal.sentence if each.refusal else "",
            "has_low_evidence": each.has_low_evidence,
        }
        for each in milestones_ahead(inputs)
    ]
