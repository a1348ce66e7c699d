"""When so many items were done, against what was foretold from the weeks before."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from reporting.forecasts.finish import NEEDED_WEEKS, Finish, finish_after
from reporting.forecasts.pace import Pace

CHANCES = (0.50, 0.70, 0.85, 0.95)
# A forecast is asked of as many items as so many weeks bring, at the pace that is known then.
SPANS = (4, 8, 12)


class Try(NamedTuple):
    """One forecast and what became of it: ``took`` so many weeks, or more than the ``left`` ones
    that are known by now (None).
    """

    found: Finish
    took: int | None
    left: int

    def is_over(self, chance: float) -> bool:
        """Whether the date of this chance has passed by now."""
        foretold = self.found.week(chance)
        return foretold is not None and foretold <= self.left

    def held(self, chance: float) -> bool | None:
        """Whether it was done by the date of this chance; None where that date is still to come.

        Also of what is done already: of forecasts whose date is to come only those that turn out
        well are known, and all would seem better than they are.
        """
        if not self.is_over(chance):
            return None
        return self.took is not None and self.took <= _week(self, chance)

    @property
    def missed_by(self) -> int:
        """How many weeks the middle date was wrong; at least so many where it is not done yet."""
        took = self.left if self.took is None else self.took
        return abs(took - _week(self, 0.50))


class Score(NamedTuple):
    """How the forecasts of some history held.

    ``coverage`` by chance is the share that was done by that date, of those whose date is over;
    ``width`` is the mean number of weeks from the middle date to the 85 % date, ``error`` the mean
    number of weeks by which the middle date was wrong, of those whose 85 % date is over. None where
    there is nothing to count.
    """

    tried: int
    refused: int
    coverage: dict[float, float | None]
    width: float | None
    error: float | None


def walk(weeks: Sequence[int]) -> Iterator[Try]:
    """From the eighth week on a forecast after each week, for amounts of 4, 8 and 12 weeks."""
    pace = Pace()
    for place, count in enumerate(weeks, 1):
        before, pace = pace, pace.add(count)
        if pace.seen < NEEDED_WEEKS:
            continue
        done = list(accumulate(weeks[place:]))
        for need in sorted({round(pace.middle() * span) for span in SPANS} - {0}):
            took = next((week for week, sum_ in enumerate(done, 1) if sum_ >= need), None)
            yield Try(finish_after(before, count, need), took, len(done))


def score(tries: Iterable[Try]) -> Score:
    """What these forecasts come to together; what was refused counts as refused only."""
    every = list(tries)
    told = [each for each in every if each.found.refusal is None]
    return Score(
        tried=len(told),
        refused=len(every) - len(told),
        coverage={chance: _share(each.held(chance) for each in told) for chance in CHANCES},
        width=mean([_week(each, 0.85) - _week(each, 0.50) for each in told]),
        error=mean([each.missed_by for each in told if each.is_over(0.85)]),
    )


def _week(each: Try, chance: float) -> int:
    """What is told is told with both dates: what has none is refused."""
    return each.found.week(chance) or 0


def _share(held: Iterable[bool | None]) -> float | None:
    return mean([float(each) for each in held if each is not None])


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
