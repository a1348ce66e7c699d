"""What sprints delivered, against what was to be expected from those before them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reporting.backtests.dates import CHANCES, mean
from reporting.forecasts.sprint import NEEDED_SPRINTS, Delivery, Snapshot, deliveries


class Try(NamedTuple):
    """What was expected of a sprint, and what it delivered."""

    expected: Delivery
    delivered: float

    def held(self, chance: float) -> bool:
        """Whether it delivered at least what was told with this chance."""
        return self.delivered >= self.expected.at(1 - chance)

    def is_within(self, share: float) -> bool:
        """Whether it ended in the band in the middle that holds this share."""
        outside = (1 - share) / 2
        return self.expected.at(outside) <= self.delivered <= self.expected.at(1 - outside)

    @property
    def width(self) -> float:
        return self.expected.at(0.85) - self.expected.at(0.15)


class Score(NamedTuple):
    """How the forecasts of some sprints held.

    ``coverage`` by chance is the share that delivered at least what was told with it; ``within``
    the share that ended in the bands of 70 and 90 %; ``width`` the mean width of the former, and
    ``error`` the mean difference to what was expected. None where there is nothing to count.
    """

    tried: int
    coverage: dict[float, float | None]
    within: dict[float, float | None]
    width: float | None
    error: float | None


def walk(sprints: Iterable[Snapshot], *, share: int) -> Iterator[Try]:
    """The sprints of one board in order of time, from the sixth on."""
    ordered = list(sprints)
    for each, found in zip(ordered, deliveries(ordered, share=share), strict=True):
        if found.sprints >= NEEDED_SPRINTS:
            yield Try(found, each.delivered)


def score(tries: Sequence[Try]) -> Score:
    """What these forecasts come to together."""
    return Score(
        tried=len(tries),
        coverage={chance: mean([each.held(chance) for each in tries]) for chance in CHANCES},
        within={share: mean([each.is_within(share) for each in tries]) for share in (0.70, 0.90)},
        width=mean([each.width for each in tries]),
        error=mean([abs(each.expected.point - each.delivered) for each in tries]),
    )
