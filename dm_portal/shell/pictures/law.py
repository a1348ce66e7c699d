"""By when something will be done: a chance that rises week by week, and the dates it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dm_portal.shell.dates import day_words, range_words
from dm_portal.shell.pictures.burn_up import Label, points, upright
from dm_portal.shell.pictures.scale import Frame, NumberScale, Tick, TimeScale

UPPER, LOWER = 14, 32
WORKING_DAYS = timedelta(days=5)
AIR = 20  # half of the words below the last tick


@dataclass(frozen=True, slots=True)
class LawWeek:
    """The chance, from 0 to 1, that all is done by the end of a day."""

    on: date
    chance: float

    @property
    def percent(self) -> int:
        """Whole per cent; 0 and 100 are kept for what is out of the question and what is sure."""
        return (
            min(max(round(self.chance * 100), 1), 99)
            if 0 < self.chance < 1
            else round(self.chance * 100)
        )


@dataclass(frozen=True, slots=True)
class Drawing(Frame):
    """One of the two sizes, ready for the template."""

    top: int
    line: str
    band: tuple[float, float]
    expected: Label
    committed: Label | None

    @property
    def band_width(self) -> float:
        return round(max(self.band[1] - self.band[0], 2), 1)

    @property
    def band_height(self) -> int:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Law:
    """The picture: ``weeks`` in order of time, each as of its Friday; ``first`` and ``last`` day of
    the expected range.

    ``name`` makes the ids, ``as_of`` is its "today".
    """

    name: str
    title: str
    as_of: date
    weeks: Sequence[LawWeek]
    first: date
    last: date
    committed_on: date | None = None

    @property
    def description(self) -> str:
        """What the picture shows, for those who do not see it."""
        said = f"Expected {range_words(self.first, self.last, today=self.as_of)}."
        due = f" Committed for {self._day(self.committed_on)}." if self.committed_on else ""
        first, last = self.weeks[0], self.weeks[-1]
        return (
            f"{said}{due} The chance to be done rises from {first.percent} % by "
            f"{self._day(first.on)} to {last.percent} % by {self._day(last.on)}."
        )

    def _day(self, day: date) -> str:
        return day_words(day, today=self.as_of)

    @property
    def drawings(self) -> list[Drawing]:
        return [self._draw("wide", 800, 240), self._draw("narrow", 340, 220)]

    def _draw(self, size: str, width: int, height: int) -> Drawing:
        left, right, top, bottom = 44, width - AIR, 44, height - 24
        rise = self._rise()
        days = [self.first, self.last, *(day for day, _ in rise)]
        days += [self.committed_on] if self.committed_on else []
        across = TimeScale.around(days, left=left, right=right)
        up = NumberScale(1, bottom=bottom, ceiling=top)
        line = [(across.x(day), up.y(chance)) for day, chance in rise]
        expected, committed = self._uprights(across, width)
        return Drawing(
            size=size,
            width=width,
            height=height,
            left=left,
            right=right,
            top=top,
            bottom=bottom,
            x_ticks=across.ticks(least_gap=58),
            y_ticks=[Tick(up.y(share / 100), f"{share} %") for share in (0, 50, 100)],
            line=points(line),
            band=(across.x(self.first), across.x(self.last)),
            expected=expected,
            committed=committed,
        )

    def _rise(self) -> list[tuple[date, float]]:
        """The chance from day to day: from nothing on, it rises on working days alone."""
        rise = [(self.weeks[0].on - WORKING_DAYS, 0.0)]
        for week in self.weeks:
            if week is not self.weeks[0]:
                rise.append((week.on - WORKING_DAYS, rise[-1][1]))
            rise.append((week.on, week.chance))
        return rise

    def _uprights(self, across: TimeScale, width: int) -> tuple[Label, Label | None]:
        """The words over the range, and those of the committed date, which stand higher."""
        words = f"expected {range_words(self.first, self.last, today=self.as_of)}"
        expected = upright(across.x(self.first), LOWER, words, "start", width)
        if self.committed_on is None:
            return expected, None
        words = f"committed {self._day(self.committed_on)}"
        return expected, upright(across.x(self.committed_on), UPPER, words, "start", width)
