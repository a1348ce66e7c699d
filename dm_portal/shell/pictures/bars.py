"""One number for each week as a bar: a week without any stands there as 0, not as a gap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import dateformat

from dm_portal.shell.dates import day_words
from dm_portal.shell.pictures.scale import Frame, NumberScale, Tick
from dm_portal.shell.pictures.text import width_of

TEXT_SIZE = 12
FULL = 0.72  # of its place is a bar, the rest is air
LEAST_GAP = 58
AIR = 20  # half of the words below the last bar


@dataclass(frozen=True, slots=True)
class BarWeek:
    """How many in the week that begins on a Monday."""

    on: date
    value: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``label`` is its number, empty where there is no room for all of them."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawing(Frame):
    """One of the two sizes, ready for the template."""

    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Bars:
    """The picture: ``weeks`` in order of time, ``unit`` such as "items"; ``name`` makes the ids.

    ``verb`` says what happened to them: "finished".
    """

    name: str
    title: str
    unit: str
    verb: str
    as_of: date
    weeks: Sequence[BarWeek]

    @property
    def description(self) -> str:
        """What the picture shows, for those who do not see it."""
        if not self.weeks:
            return "No whole week is known yet."
        values = [week.value for week in self.weeks]
        first = day_words(self.weeks[0].on, today=self.as_of)
        weeks = "week" if len(values) == 1 else "weeks"
        least, most = min(values), max(values)
        each = f"{most}" if least == most else f"{least} to {most}"
        return f"{each} {self.unit} {self.verb} a week, in {len(values)} {weeks} from {first} on."

    @property
    def drawings(self) -> list[Drawing]:
        """None without weeks: there is nothing to draw."""
        return [self._draw("wide", 800, 220), self._draw("narrow", 340, 200)] if self.weeks else []

    def _draw(self, size: str, width: int, height: int) -> Drawing:
        left, right, top, bottom = 36, width - AIR, 22, height - 24
        most = max(week.value for week in self.weeks)
        up = NumberScale.up_to(most, bottom=bottom, ceiling=top)
        place = (right - left) / max(len(self.weeks), 8)
        has_room = place >= width_of(f"{most}", size=TEXT_SIZE) + 4
        bars = [
            self._bar(week, left + place * number, place, up, has_room)
            for number, week in enumerate(self.weeks)
        ]
        return Drawing(
            size=size,
            width=width,
            height=height,
            left=left,
            right=right,
            bottom=bottom,
            x_ticks=self._ticks(bars, place),
            y_ticks=up.ticks(),
            bars=bars,
        )

    def _bar(
        self, week: BarWeek, start: float, place: float, up: NumberScale, has_room: bool
    ) -> Bar:
        y, width = up.y(week.value), round(place * FULL, 1)
        return Bar(
            x=round(start + (place - width) / 2, 1),
            y=y,
            width=width,
            height=round(up.bottom - y, 1),
            middle=round(start + place / 2, 1),
            label=f"{week.value}" if has_room else "",
        )

    def _ticks(self, bars: list[Bar], place: float) -> list[Tick]:
        """The Mondays of as many weeks as have room for theirs, counted from the last one."""
        step = max(1, -int(-LEAST_GAP // place))
        last = len(bars) - 1
        return [
            Tick(bar.middle, dateformat.format(week.on, "j M"))
            for number, (bar, week) in enumerate(zip(bars, self.weeks, strict=True))
            if (last - number) % step == 0
        ]
