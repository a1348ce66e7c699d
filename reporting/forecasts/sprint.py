"""What a running sprint will deliver, from the earlier sprints of the same board.

Each is looked at as it stood at the same share of its length. Units are the board's own: items,
or whatever it is estimated in.

Source of formulae and constants: developed on 2,593 real sprints of three organisations, in time
order.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from reporting.forecasts.error_pool import ERROR_POOL

# Of the length of a sprint, in per cent: where it is looked at.
SHARES = (0, 30, 50, 80)
# What of the remaining work is delivered, of teams in general, by share.
USUAL_RATIO = {0: 0.70, 30: 0.55, 50: 0.49, 80: 0.39}
MOST_RATIO = 3.0
# How much the team's mean counts beside what this sprint holds.
MEAN_WEIGHT = {0: 0.15, 30: 0.05, 50: 0.05, 80: 0.05}
# Half-lives, in sprints: of what was delivered, of by how much a forecast was wrong.
MEMORY, ERROR_MEMORY = 8, 12
# For how many sprints the errors of other teams count.
POOL_WEIGHT = 10.0
NEEDED_SPRINTS = 5


class Snapshot(NamedTuple):
    """A sprint as it stood at some share of its length; ``delivered`` once it has ended."""

    committed: float
    done: float
    delivered: float = 0.0

    @property
    def remaining(self) -> float:
        return max(self.committed - self.done, 0.0)


class Delivery(NamedTuple):
    """What a sprint will deliver: the ``point`` to expect, and the band.

    ``amounts`` with their weights: what it would be if the forecast erred as each one of the past
    did; ``at`` reads any chance from them. From ``sprints`` earlier ones; of fewer than five, the
    band ``is_of_others``.
    """

    point: float
    amounts: tuple[tuple[float, float], ...]
    sprints: int

    @property
    def is_of_others(self) -> bool:
        return self.sprints < NEEDED_SPRINTS

    def at(self, share: float) -> float:
        """The amount that is not exceeded with this chance."""
        return weighted_quantile(self.amounts, share)


def delivery(earlier: Sequence[Snapshot], now: Snapshot, *, share: int) -> Delivery:
    """What the running sprint will deliver; the ``earlier`` ones in order, the oldest first."""
    *_, found = deliveries([*earlier, now], share=share)
    return found


def deliveries(sprints: Iterable[Snapshot], *, share: int) -> Iterable[Delivery]:
    """Of each sprint in order, what was to be expected of it from those before it alone."""
    earlier: list[Snapshot] = []
    errors: list[float] = []
    for now in sprints:
        middle, scale = _expected(earlier, now, share)
        # A forecast of fewer sprints errs more: that widens the band, and says nothing of a habit.
        founded = _weighted(errors[NEEDED_SPRINTS:], share)
        all_known = _weighted(errors if len(errors) >= NEEDED_SPRINTS else (), share)
        yield Delivery(
            point=max(middle + scale * weighted_quantile(founded, 0.5), 0.0),
            amounts=tuple((max(middle + scale * z, 0.0), weight) for z, weight in all_known),
            sprints=len(earlier),
        )
        errors.append((now.delivered - middle) / scale)
        earlier.append(now)


def _expected(earlier: Sequence[Snapshot], now: Snapshot, share: int) -> tuple[float, float]:
    """The middle before the errors of the past are looked at, and the scale of such errors."""
    weights = [0.5 ** (age / MEMORY) for age in range(len(earlier) - 1, -1, -1)]
    ratio = (_pooled_ratio(earlier, weights, share) + _middle_ratio(earlier, weights, share)) / 2
    of_now = now.done + ratio * now.remaining
    mean = of_now
    if earlier:
        delivered = sum(w * each.delivered for w, each in zip(weights, earlier, strict=True))
        mean = delivered / sum(weights)
    counts = MEAN_WEIGHT[share]
    middle = (1 - counts) * of_now + counts * mean
    open_part = max(middle - now.done / 2, 0.0) if share else middle
    return middle, 0.5 * open_part + 0.5 * mean * (1 - share / 200) + 1


def _pooled_ratio(earlier: Sequence[Snapshot], weights: Sequence[float], share: int) -> float:
    """What was delivered of all that remained, with as much as a mean sprint of other teams."""
    usual = USUAL_RATIO[share]
    remaining = sum(w * each.remaining for w, each in zip(weights, earlier, strict=True))
    if not remaining:
        return usual
    came = sum(
        w * max(each.delivered - each.done, 0.0) for w, each in zip(weights, earlier, strict=True)
    )
    mean = remaining / sum(weights)
    return min((came + usual * mean) / (remaining + mean), MOST_RATIO)


def _middle_ratio(earlier: Sequence[Snapshot], weights: Sequence[float], share: int) -> float:
    """The middle of what was delivered of what remained, other teams counted as one sprint."""
    ratios = [
        (min(max((each.delivered - each.done) / each.remaining, 0.0), MOST_RATIO), weight)
        for weight, each in zip(weights, earlier, strict=True)
        if each.remaining > 0
    ]
    return weighted_quantile([*ratios, (USUAL_RATIO[share], 1.0)], 0.5)


def _weighted(own: Sequence[float], share: int) -> list[tuple[float, float]]:
    """Errors of the past with their weights: those of other teams, and the team's own."""
    pool = ERROR_POOL[share]
    others = [(error, POOL_WEIGHT / len(pool)) for error in pool]
    return others + [
        (error, 0.5 ** (age / ERROR_MEMORY)) for age, error in enumerate(reversed(own))
    ]


def weighted_quantile(values: Iterable[tuple[float, float]], share: float) -> float:
    """The smallest value at which the values so far have at least this share of all weight."""
    ordered = sorted(values)
    reached = list(accumulate(weight for _, weight in ordered))
    return ordered[bisect_left(reached, share * reached[-1])][0]
