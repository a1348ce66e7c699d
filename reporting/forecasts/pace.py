"""How fast items are finished: what is remembered of the past weeks, and what it says of the next.

The method "pace, noise, drift". A pace is a weighted mean of past weeks, in three versions that
remember 6, 16 and 45 weeks; how well each would have foretold the team's own past decides which
counts most. Everything is a recursive sum: a week more is added to what is kept, and what is kept
can be stored as JSON.

Source of formulae and constants: developed on real weekly series and sprint boards, in time order.
"""

from collections.abc import Iterable
from functools import lru_cache
from math import ceil, exp, lgamma, log, log1p, sqrt
from typing import NamedTuple, Self

# Half-lives, in weeks: of the three paces, of the long pace, of how well each pace foretold.
MEMORIES = (6, 16, 45)
LONG_MEMORY = 40
SCORE_MEMORY = 60
LEAST_PACE = 0.02
# What a young team borrows from others: the noise of real teams, and for how many weeks it counts.
USUAL_NOISE, USUAL_NOISE_WEEKS = 2.5, 8
LEAST_NOISE, MOST_NOISE = 1.05, 20
# A pace is tried on the past at these distances, from the fifth week on.
TRIED_WEEKS = (1, 2, 4, 8, 16)
FIRST_TRIED = 4
TRIED_WEIGHT = 0.4
WORST_SCORE = -12.0
# A pace that differs from the long one comes back to it over so many weeks.
RETURN_WEEKS = 26


class Sums(NamedTuple):
    """Weighted sums over past weeks, the newest of weight one: of weights, counts, squares."""

    weights: float = 0.0
    counts: float = 0.0
    squares: float = 0.0
    square_weights: float = 0.0

    def add(self, count: int, kept: float) -> "Sums":
        return Sums(
            self.weights * kept + 1.0,
            self.counts * kept + count,
            self.squares * kept + count * count,
            self.square_weights * kept * kept + 1.0,
        )

    @property
    def weeks(self) -> float:
        """How many equal weeks tell as much."""
        return self.weights * self.weights / self.square_weights


class Version(NamedTuple):
    """One version of the pace: items a week, and by how many weeks it is borne out."""

    pace: float
    weeks: float


class Outlook(NamedTuple):
    """What the weeks up to some instant say of those to come.

    ``noise`` is the variance of a week's count over its mean.
    """

    long_pace: float
    noise: float
    versions: tuple[Version, ...]

    def law(self, version: int, weeks: int) -> tuple[float, float]:
        """Of what is finished in the next so many weeks, by one version: mean and excess."""
        pace, borne_out = self.versions[version]
        kept, drift = _ahead(weeks)
        mean = (self.long_pace + (pace - self.long_pace) * kept) * weeks
        # ordinary noise, not knowing the pace exactly, and the pace itself wandering
        return mean, self.noise - 1.0 + self.noise * weeks / borne_out + mean * drift

    def foretold(self, finished: int, weeks: int) -> list[float]:
        """How likely each version made what was finished in the next so many weeks: logarithms.

        By the ``law`` of each, never less than the worst score. A forecast from nothing asks it
        many hundred times: what all three share is worked out once.
        """
        long_pace, noise, versions = self
        kept, drift = _ahead(weeks)
        arrangements, more_noise = lgamma(finished + 1), noise * weeks
        found = []
        for pace, borne_out in versions:
            mean = (long_pace + (pace - long_pace) * kept) * weeks
            excess = noise - 1.0 + more_noise / borne_out + mean * drift
            spread, more = mean / excess, log1p(excess)
            likely = (
                lgamma(finished + spread)
                - lgamma(spread)
                - arrangements
                - spread * more
                + finished * (log(excess) - more)
            )
            found.append(max(WORST_SCORE, likely))
        return found


@lru_cache(maxsize=512)
def _ahead(weeks: int) -> tuple[float, float]:
    """For so many weeks ahead: how much of a pace is kept, and by how much it wanders."""
    kept = RETURN_WEEKS * (1 - exp(-weeks / RETURN_WEEKS)) / weeks
    return kept, 0.015 + 0.01 * min(weeks, 30) / 3


def _kept(half_life: int) -> float:
    return 0.5 ** (1 / half_life)


_KEPT = tuple(_kept(memory) for memory in MEMORIES)
_LONG_KEPT = _kept(LONG_MEMORY)
_SCORE_KEPT = _kept(SCORE_MEMORY)
_MOST_TRIED = max(TRIED_WEEKS)


class Pace(NamedTuple):
    """What is remembered of all complete weeks so far. ``add`` gives that of a week more.

    ``seen`` counts the weeks; ``recent`` holds the last counts, oldest first, and ``outlooks``
    what was foretold before each of them.
    """

    seen: int = 0
    long: Sums = Sums()
    sums: tuple[Sums, ...] = (Sums(),) * len(MEMORIES)
    scores: tuple[float, ...] = (0.0,) * len(MEMORIES)
    recent: tuple[int, ...] = ()
    outlooks: tuple[Outlook | None, ...] = ()

    @classmethod
    def of(cls, weeks: Iterable[int]) -> Self:
        """From nothing: the counts of complete weeks, silent ones as 0, the oldest first."""
        pace = cls()
        for count in weeks:
            pace = pace.add(count)
        return pace

    def add(self, count: int) -> Self:
        """With one complete week more."""
        recent = (*self.recent, count)[-_MOST_TRIED:]
        foretold = self.outlook() if self.seen >= FIRST_TRIED else None
        outlooks = (*self.outlooks, foretold)[-_MOST_TRIED:]
        return type(self)(
            seen=self.seen + 1,
            long=self.long.add(count, _LONG_KEPT),
            sums=tuple(each.add(count, kept) for each, kept in zip(self.sums, _KEPT, strict=True)),
            scores=self._scores(recent, outlooks),
            recent=recent,
            outlooks=outlooks,
        )

    def _scores(
        self, recent: tuple[int, ...], outlooks: tuple[Outlook | None, ...]
    ) -> tuple[float, ...]:
        """How well each version foretold, the weeks that end now included."""
        scores = [score * _SCORE_KEPT for score in self.scores]
        places = range(len(scores))
        for weeks in TRIED_WEEKS:
            if weeks > len(recent):
                break
            outlook = outlooks[-weeks]
            if outlook is None:
                break
            weight, likely = TRIED_WEIGHT / weeks, outlook.foretold(sum(recent[-weeks:]), weeks)
            for place in places:
                scores[place] += weight * likely[place]
        return tuple(scores)

    def outlook(self) -> Outlook:
        """What these weeks say of the next ones. Needs one week at least."""
        long_pace = max(self.long.counts / self.long.weights, LEAST_PACE)
        versions = [
            Version(
                max((sums.counts + 0.5 * long_pace) / (sums.weights + 0.5), LEAST_PACE),
                sums.weeks + 0.5,
            )
            for sums in self.sums
        ]
        return Outlook(long_pace, self._noise(long_pace), tuple(versions))

    def _noise(self, long_pace: float) -> float:
        """Variance over mean of a week's count, drawn to that of other teams while young."""
        weeks = self.long.weeks
        factor = weeks / max(weeks - 1, 0.5) if weeks > 1.5 else 2.0
        spread = max(self.long.squares / self.long.weights - long_pace * long_pace, 0.0) * factor
        own = weeks * spread / max(long_pace, 0.1)
        noise = (USUAL_NOISE_WEEKS * USUAL_NOISE + own) / (USUAL_NOISE_WEEKS + weeks)
        return min(max(noise, LEAST_NOISE), MOST_NOISE)

    def middle(self) -> float:
        """Items a week, as all versions together have it."""
        versions = self.outlook().versions
        return sum(
            weight * version.pace for weight, version in zip(self.weights(), versions, strict=True)
        )

    def most_usual(self) -> int:
        """As many items as a good week has, by the long pace and its noise."""
        outlook = self.outlook()
        return ceil(outlook.long_pace + sqrt(outlook.noise * outlook.long_pace))

    def weights(self) -> tuple[float, ...]:
        """How much each version counts; they add up to one."""
        best = max(self.scores)
        shares = [exp(score - best) for score in self.scores]
        return tuple(share / sum(shares) for share in shares)
