"""Why a forecast moved: what each change alone does to the dates, one after the other."""

from collections.abc import Sequence
from datetime import date
from math import sqrt
from typing import NamedTuple

from reporting.forecasts.days import day_of
from reporting.forecasts.finish import LIKELY, MIDDLE, finish_of, law_of
from reporting.forecasts.pace import Pace


class Basis(NamedTuple):
    """What a forecast rests on: counts of whole weeks, items to do, items by which these grow a
    week, and the Monday of its week 1.
    """

    weeks: Sequence[int]
    need: int
    growth: float
    monday: date

    @property
    def pace(self) -> Pace:
        return Pace.of(self.weeks)


class Move(NamedTuple):
    """One thing that changed, from ``then`` to ``now``, and by how many days the middle and the
    likely date are later for it: earlier below 0, None where one of both is not told.

    ``what`` is ``remaining``: items to do; ``pace``: items a week; or ``spread``: by how many items
    a week mostly differs from that.
    """

    what: str
    then: float
    now: float
    middle_days: int | None
    likely_days: int | None


Dates = tuple[date | None, date | None]


def moves(before: Basis, now: Basis) -> list[Move]:
    """What is to do, at the pace of before; then the pace of now, in weeks as uneven as before;
    then as uneven as they are. Together they lead from the dates of before to those of now.
    """
    was, is_ = before.pace, now.pace
    noise = was.outlook().noise
    steps = [
        _dates(_told(before), before.monday),
        _dates(law_of(was, now.need, growth=now.growth), now.monday),
        _dates(law_of(is_, now.need, growth=now.growth, noise=noise), now.monday),
        _dates(_told(now), now.monday),
    ]
    changed = [
        ("remaining", before.need, now.need),
        ("pace", was.middle(), is_.middle()),
        ("spread", _spread(was), _spread(is_)),
    ]
    return [
        Move(*change, *_days(earlier, later))
        for change, earlier, later in zip(changed, steps, steps[1:], strict=False)
    ]


def _told(basis: Basis) -> tuple[float, ...]:
    return finish_of(basis.weeks, basis.need, growth=basis.growth).law


def _dates(law: tuple[float, ...], monday: date) -> Dates:
    return day_of(law, MIDDLE, monday=monday), day_of(law, LIKELY, monday=monday)


def _days(earlier: Dates, later: Dates) -> list[int | None]:
    return [
        (now - then).days if then and now else None
        for then, now in zip(earlier, later, strict=True)
    ]


def _spread(pace: Pace) -> float:
    return sqrt(pace.outlook().noise * pace.middle())
