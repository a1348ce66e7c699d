"""From dates and numbers to pixels, and where an axis has its ticks. Lengths are SVG units (px)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil, floor, log10

from django.utils import dateformat

WEEK_STEPS = (1, 2, 4)
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 600)
LEAST_DAYS = 28


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The measures of a drawing in one of its two sizes, and its axes."""

    size: str
    width: int
    height: int
    left: int
    right: int
    bottom: int
    x_ticks: list[Tick]
    y_ticks: list[Tick]


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Maps [first, last] onto [left, right]; at least four weeks, so that one date is a point."""

    first: date
    last: date
    left: float
    right: float

    @classmethod
    def around(cls, days: Sequence[date], *, left: float, right: float) -> "TimeScale":
        """All ``days`` with a little air on both sides."""
        first, last = min(days), max(days)
        span = max((last - first).days, LEAST_DAYS)
        air = timedelta(days=max(2, round(span * 0.04)))
        missing = timedelta(days=span - (last - first).days)
        return cls(first - missing / 2 - air, last + missing / 2 + air, left, right)

    def x(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return round(self.left + share * (self.right - self.left), 1)

    def ticks(self, *, least_gap: float) -> list[Tick]:
        """Mondays or first days of months: the densest that keep ``least_gap`` between them."""
        densest = next(ticks for ticks in self._candidates() if self._gap(ticks) >= least_gap)
        room = least_gap / 3
        return [tick for tick in densest if self.left + room <= tick.at <= self.right - room]

    def _gap(self, ticks: Sequence[Tick]) -> float:
        gaps = (after.at - before.at for before, after in pairwise(ticks))
        return min(gaps, default=float("inf"))

    def _candidates(self) -> Iterator[list[Tick]]:
        for weeks in WEEK_STEPS:
            yield [self._tick(day, "j M") for day in self._mondays(weeks)]
        for months in MONTH_STEPS:
            yield [self._tick(day, "Y" if months >= 12 else "M") for day in self._months(months)]

    def _tick(self, day: date, pattern: str) -> Tick:
        """Among months, January says its year instead."""
        named = dateformat.format(day, pattern)
        return Tick(self.x(day), f"{day.year}" if pattern == "M" and day.month == 1 else named)

    def _mondays(self, weeks: int) -> Iterator[date]:
        day = self.first + timedelta(days=-self.first.weekday() % 7)
        while day <= self.last:
            yield day
            day += timedelta(weeks=weeks)

    def _months(self, step: int) -> Iterator[date]:
        month = (
            ceil((self.first.year * 12 + self.first.month - (self.first.day == 1)) / step) * step
        )
        while (day := date(month // 12, month % 12 + 1, 1)) <= self.last:
            yield day
            month += step


@dataclass(frozen=True, slots=True)
class NumberScale:
    """Maps [0, top] onto [bottom, ceiling]: more is higher."""

    top: float
    bottom: float
    ceiling: float

    @classmethod
    def up_to(cls, most: float, *, bottom: float, ceiling: float) -> "NumberScale":
        """0 to a round number above ``most``."""
        step = nice_step(max(most, 1), parts=4)
        return cls(ceil(max(most, 1) / step) * step, bottom, ceiling)

    def y(self, value: float) -> float:
        return round(self.bottom - value / self.top * (self.bottom - self.ceiling), 1)

    def ticks(self) -> list[Tick]:
        step = nice_step(self.top, parts=4)
        return [Tick(self.y(step * n), f"{step * n:g}") for n in range(floor(self.top / step) + 1)]


def nice_step(most: float, *, parts: int) -> float:
    """1, 2 or 5 times a power of ten, so that about ``parts`` of them reach ``most``."""
    rough = most / parts
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return max(step, 1)
