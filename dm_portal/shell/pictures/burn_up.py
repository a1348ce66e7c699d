"""What is in scope and what of it is done, week by week: two lines that must meet in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dm_portal.shell.dates import day_words, range_words
from dm_portal.shell.pictures.scale import Frame, NumberScale, TimeScale
from dm_portal.shell.pictures.text import width_of

LABEL_GAP = 15
TEXT_SIZE = 12
UPPER, LOWER, LOWEST = 14, 32, 50
CEILING, LOWER_CEILING = 44, 62  # without and with words about the expected range
LEAST_BAND = 3
VALUES = 104  # room at the right for the last values
VALUE_GAP = 9


@dataclass(frozen=True, slots=True)
class BurnUpWeek:
    """The state at the end of a day: how much is in scope, how much of it is done."""

    on: date
    scope: float
    done: float


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a place; ``anchor`` is SVG's text-anchor."""

    x: float
    y: float
    anchor: str
    text: str

    @property
    def line_top(self) -> float:
        """Where a vertical line under these words begins."""
        return self.y + 4


@dataclass(frozen=True, slots=True)
class Band:
    """The days between which all is expected to be done, and the words above them."""

    x: float
    width: float
    label: Label


@dataclass(frozen=True, slots=True)
class Drawing(Frame):
    """One of the two sizes, ready for the template."""

    top: int
    band: Band | None
    scope_points: str
    done_points: str
    done_area: str
    last: tuple[float, float, float]
    as_of: Label
    committed: Label | None
    labels: list[Label]

    @property
    def band_height(self) -> int:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class BurnUp:
    """The picture: ``weeks`` in order of time, ``unit`` such as "items"; ``name`` makes the ids.

    ``expected`` are first and last day of the range in which all is expected to be done.
    """

    name: str
    title: str
    unit: str
    as_of: date
    weeks: Sequence[BurnUpWeek]
    committed_on: date | None = None
    expected: tuple[date, date] | None = None

    @property
    def expected_words(self) -> str:
        """ "Expected 4–10 Dec"; empty where no range is told."""
        if self.expected is None:
            return ""
        return f"Expected {range_words(*self.expected, today=self.as_of)}"

    @property
    def last(self) -> BurnUpWeek:
        """How it stands; needs weeks."""
        return self.weeks[-1]

    @property
    def description(self) -> str:
        """What the picture shows, for those who do not see it."""
        if not self.weeks:
            return "No week is recorded yet."
        first, last = self.weeks[0], self.last
        said = f"{last.done:g} of {last.scope:g} {self.unit} done by {self._day(last.on)}"
        if len(self.weeks) > 1:
            said += f"; on {self._day(first.on)} it was {first.done:g} of {first.scope:g}"
        due = f" Committed for {self._day(self.committed_on)}." if self.committed_on else ""
        ahead = f" {self.expected_words}." if self.expected else ""
        return f"{said}.{due}{ahead}"

    def _day(self, day: date) -> str:
        return day_words(day, today=self.as_of)

    @property
    def drawings(self) -> list[Drawing]:
        """None without weeks: there is nothing to draw."""
        return [self._draw("wide", 800, 300), self._draw("narrow", 340, 260)] if self.weeks else []

    def _draw(self, size: str, width: int, height: int) -> Drawing:
        top = LOWER_CEILING if self.expected else CEILING
        left, right, bottom = 36, width - VALUES, height - 24
        days = [self.as_of, *(week.on for week in self.weeks), *(self.expected or ())]
        days += [self.committed_on] if self.committed_on else []
        across = TimeScale.around(days, left=left, right=right)
        most = max(max(week.scope, week.done) for week in self.weeks)
        up = NumberScale.up_to(most, bottom=bottom, ceiling=top)
        xs = [across.x(week.on) for week in self.weeks]
        scope = [(x, up.y(week.scope)) for x, week in zip(xs, self.weeks, strict=True)]
        done = [(x, up.y(week.done)) for x, week in zip(xs, self.weeks, strict=True)]
        as_of, committed = self._uprights(across, width)
        return Drawing(
            size=size,
            width=width,
            height=height,
            left=left,
            right=right,
            top=top,
            bottom=bottom,
            band=self._band(across, width),
            x_ticks=across.ticks(least_gap=58),
            y_ticks=up.ticks(),
            scope_points=points(scope),
            done_points=points(done),
            done_area=points([(xs[0], bottom), *done, (xs[-1], bottom)]),
            last=(xs[-1], scope[-1][1], done[-1][1]),
            as_of=as_of,
            committed=committed,
            labels=self._labels(
                (xs[-1], scope[-1][1], done[-1][1]),
                bottom=bottom,
                line=committed.x if committed else None,
                width=width,
            ),
        )

    def _band(self, across: TimeScale, width: int) -> Band | None:
        if self.expected is None:
            return None
        first, last = (across.x(day) for day in self.expected)
        words = self.expected_words.replace("E", "e", 1)
        start = min(first, width - width_of(words, size=TEXT_SIZE))
        band = round(max(last - first, LEAST_BAND), 1)
        return Band(first, band, Label(start, LOWEST, "start", words))

    def _uprights(self, across: TimeScale, width: int) -> tuple[Label, Label | None]:
        """The words of the two vertical lines, leaning away from each other.

        Those of the right line stand higher, where the left line does not reach.
        """
        as_of_x, as_of = across.x(self.as_of), f"as of {self._day(self.as_of)}"
        if self.committed_on is None:
            return upright(as_of_x, UPPER, as_of, "end", width), None
        x, words = across.x(self.committed_on), f"committed {self._day(self.committed_on)}"
        if x < as_of_x:
            committed = upright(x, LOWER, words, "end", width)
            return upright(as_of_x, UPPER, as_of, "start", width), committed
        return (
            upright(as_of_x, LOWER, as_of, "end", width),
            upright(x, UPPER, words, "start", width),
        )

    def _labels(
        self, at: tuple[float, float, float], *, bottom: int, line: float | None, width: int
    ) -> list[Label]:
        """The last values to the right of their lines, never one over the other.

        ``line`` is where the committed date stands: words that it would cross begin behind it.
        """
        (x, scope, done), last = at, self.last
        scope_y, done_y = scope + 4, done + 4
        if abs(done_y - scope_y) < LABEL_GAP:
            scope_y = round(min((scope_y + done_y - LABEL_GAP) / 2, bottom - LABEL_GAP))
            done_y = scope_y + LABEL_GAP
        words = [f"{last.scope:g} in scope", f"{last.done:g} done"]
        room, start = max(width_of(each, size=TEXT_SIZE) for each in words), x + VALUE_GAP
        if line is not None and start - VALUE_GAP < line < start + room:
            start = min(line + VALUE_GAP, width - room)
        return [
            Label(start, y, "start", each) for y, each in zip((scope_y, done_y), words, strict=True)
        ]


def points(places: Sequence[tuple[float, float]]) -> str:
    """The points of a line or an area, as SVG has them."""
    return " ".join(f"{x:g},{y:g}" for x, y in places)


def upright(x: float, y: float, text: str, anchor: str, width: int) -> Label:
    """Words beside a vertical line, on the other side where the picture would cut them."""
    room = width_of(text, size=TEXT_SIZE)
    if anchor == "end" and x - room < 0:
        anchor = "start"
    elif anchor == "start" and x + room > width:
        anchor = "end"
    return Label(x, y, anchor, text)
