"""The milestones of an engagement on a line of time: a row each, so that labels never meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import dateformat

from dm_portal.shell.components import Shape
from dm_portal.shell.dates import day_words
from dm_portal.shell.pictures.scale import Tick, TimeScale
from dm_portal.shell.pictures.text import first_fitting, fit

NAME_SIZE, WORDS_SIZE = 14, 12


@dataclass(frozen=True, slots=True)
class TimelineMilestone:
    """What was committed, for when, and how it stands; ``original_on`` only when it was moved.

    ``word`` says more than the shape's own: "3 of 7 items done".
    """

    name: str
    shape: Shape
    committed_on: date | None = None
    original_on: date | None = None
    done_on: date | None = None
    word: str = ""

    @property
    def moved(self) -> bool:
        return self.original_on is not None and self.original_on != self.committed_on

    @property
    def days_late(self) -> int:
        """Days from the committed date to the day on which it was done; 0 where it was in time."""
        if self.done_on is None or self.committed_on is None:
            return 0
        return max(0, (self.done_on - self.committed_on).days)

    @property
    def days(self) -> list[date]:
        return [day for day in (self.committed_on, self.original_on, self.done_on) if day]

    def words(self, as_of: date) -> str:
        """The row in words: "At risk · committed 30 Nov, moved from 16 Nov"."""
        return self.shorter_words(as_of)[0]

    def shorter_words(self, as_of: date) -> list[str]:
        """The same from long to short, for rows without room."""
        said = self.word or self.shape.word
        if self.done_on:
            late = f", {self.days_late} day{'' if self.days_late == 1 else 's'} late"
            said = f"Done {_short(self.done_on, as_of)}{late if self.days_late else ''}"
        if self.committed_on is None:
            return [f"{said} · no date committed"]
        committed = f"{said} · committed {_short(self.committed_on, as_of)}"
        shorter = [f"{said} · {_short(self.committed_on, as_of)}", said]
        if self.done_on:
            shorter = [said]
        if self.original_on is None or not self.moved:
            return [committed, *shorter]
        moved = f"{committed}, moved from {_short(self.original_on, as_of)}"
        return [moved, f"{committed}, moved", *shorter]


def _short(day: date, as_of: date) -> str:
    return dateformat.format(day, "j M" if day.year == as_of.year else "j M Y")


@dataclass(frozen=True, slots=True)
class Row:
    """One milestone's place in a drawing; an ``…_x`` of None is not drawn."""

    milestone: TimelineMilestone
    name: str
    words: str
    name_y: float
    words_y: float
    track_y: float
    committed_x: float | None
    original_x: float | None
    done_x: float | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """One of the two sizes, ready for the template."""

    size: str
    width: int
    height: int
    track_left: int
    track_right: int
    top: int
    bottom: int
    as_of_x: float
    as_of_label: str
    as_of_anchor: str
    ticks: list[Tick]
    rows: list[Row]

    @property
    def uprights(self) -> list[tuple[float, float]]:
        """From where to where vertical lines run: through all rows, or only beside the tracks."""
        if self.size == "wide":
            return [(self.top, self.bottom)]
        return [(row.track_y - 11, row.track_y + 11) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture: ``name`` is unique on its page (it makes the ids), ``as_of`` is its "today"."""

    name: str
    title: str
    as_of: date
    milestones: Sequence[TimelineMilestone]

    @property
    def description(self) -> str:
        """What the picture shows, for those who do not see it."""
        said = [f"{each.name}: {each.words(self.as_of)}." for each in self.milestones]
        return " ".join([f"As of {day_words(self.as_of, today=self.as_of)}.", *said])

    @property
    def forms(self) -> list[Shape]:
        """The forms that stand on the line, the worst first: what the legend explains."""
        drawn = {each.shape for each in self.milestones if each.committed_on}
        return sorted(drawn, key=lambda shape: -shape.rank)

    @property
    def any_moved(self) -> bool:
        return any(each.moved for each in self.milestones)

    @property
    def any_done(self) -> bool:
        return any(each.done_on for each in self.milestones)

    @property
    def any_open_on_track(self) -> bool:
        """Whether one that is not done is said to be in time: not before something forecasts it."""
        on_track = [each for each in self.milestones if each.shape == Shape.ON_TRACK]
        return any(each.done_on is None for each in on_track)

    @property
    def any_done_late(self) -> bool:
        return any(each.days_late for each in self.milestones)

    @property
    def drawings(self) -> list[Drawing]:
        return [self.wide(), self.narrow()]

    def wide(self) -> Drawing:
        """Words on the left, the line of time on the right."""
        return self._draw("wide", width=800, track_left=352, row=46, words_width=330, track=22)

    def narrow(self) -> Drawing:
        """The line of time under the words of each milestone."""
        return self._draw("narrow", width=340, track_left=8, row=80, words_width=338, track=58)

    def _draw(
        self, size: str, *, width: int, track_left: int, row: int, words_width: int, track: int
    ) -> Drawing:
        right, top = width - 10, 24
        days = [self.as_of, *(day for each in self.milestones for day in each.days)]
        scale = TimeScale.around(days, left=track_left, right=right)
        rows = [
            self._row(each, scale, top + number * row, words_width, track)
            for number, each in enumerate(self.milestones)
        ]
        bottom = top + len(rows) * row
        as_of_x = scale.x(self.as_of)
        middle = track_left + 60 < as_of_x < right - 60
        return Drawing(
            size=size,
            width=width,
            height=bottom + 22,
            track_left=track_left,
            track_right=right,
            top=top,
            bottom=bottom,
            as_of_x=as_of_x,
            as_of_label=f"as of {_short(self.as_of, self.as_of)}",
            as_of_anchor="middle" if middle else "start" if as_of_x < width / 2 else "end",
            ticks=scale.ticks(least_gap=58),
            rows=rows,
        )

    def _row(
        self, each: TimelineMilestone, scale: TimeScale, y: float, words_width: int, track: int
    ) -> Row:
        return Row(
            milestone=each,
            name=fit(each.name, size=NAME_SIZE, width=words_width, bold=True),
            words=first_fitting(each.shorter_words(self.as_of), size=WORDS_SIZE, width=words_width),
            name_y=y + 18,
            words_y=y + 35,
            track_y=y + track,
            committed_x=scale.x(each.committed_on) if each.committed_on else None,
            original_x=scale.x(each.original_on) if each.moved and each.original_on else None,
            done_x=scale.x(each.done_on) if each.done_on else None,
        )
