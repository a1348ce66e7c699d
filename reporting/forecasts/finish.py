"""When so many items will be done: the law of the finish date, and when it is not told.

Weeks are local ISO weeks; week 1 is the one after the last complete week.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import NamedTuple

from reporting.forecasts.counts import at_least
from reporting.forecasts.pace import Outlook, Pace

# No date further away than this is looked for.
FURTHEST_WEEK = 160
# From where no doubt is left, the law is not worked out any further.
CERTAIN = 0.999
MIDDLE, LIKELY, NEARLY_SURE = 0.50, 0.85, 0.95
# Of a team whose scope grows, the variance that each week adds, for each item a week.
GROWTH_NOISE = 2.5

NEEDED_WEEKS, SURER_WEEKS = 8, 12
RECENT_WEEKS, RECENT_ITEMS = 12, 5
TOO_FAR_WEEKS, TOO_FAR_TIMES = 104, 2
# The likely date is not told when it is later than so many times the middle one, and so many weeks.
TOO_WIDE_TIMES, TOO_WIDE_WEEKS = 3, 2
# A newest week is looked at item by item up to so many more than usual; from there on a quarter
# more at a time, so that a tracker that is cleaned up in one week does not take minutes.
NEAR_USUAL, STEP = 16, 1.25


class Refusal(NamedTuple):
    """Why no date is told: the name of the rule, and a sentence for the reader."""

    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The law of the finish date: ``law[t - 1]`` is the chance to be done by the end of week t.

    The law goes on only until it is as good as certain. It is there for the record even where a
    ``refusal`` says why nobody should be told a date.
    """

    law: tuple[float, ...]
    refusal: Refusal | None = None
    has_low_evidence: bool = False
    is_winding_down: bool = False

    def within(self, weeks: int) -> float:
        """The chance to be done by the end of so many weeks."""
        if weeks < 1 or not self.law:
            return 0.0
        return self.law[min(weeks, len(self.law)) - 1]

    def week(self, chance: float) -> int | None:
        """The first week by whose end the chance is reached; None if it is within none."""
        return week_of(self.law, chance)


def week_of(law: tuple[float, ...], chance: float) -> int | None:
    """The first week by whose end a law reaches this chance; None if it does within none."""
    return next((week for week, reached in enumerate(law, 1) if reached >= chance), None)


def finish(pace: Pace, remaining: int, *, growth: float = 0.0) -> Finish:
    """When ``remaining`` items, and ``growth`` new ones each week, will be done.

    Growth comes from at least eight weeks of net additions; a forecast with growth has not been
    tried on the past, and whoever shows it says so.
    """
    law = law_of(pace, remaining, growth=growth) if pace.seen else ()
    return Finish(
        law=law,
        refusal=_refusal(pace, law),
        has_low_evidence=pace.seen < SURER_WEEKS,
        is_winding_down=is_winding_down(pace),
    )


def finish_after(before: Pace, newest: int, remaining: int, *, growth: float = 0.0) -> Finish:
    """As ``finish``, when one week more is over, in which ``newest`` items were finished.

    What is shown to people is this: a better week never makes a date later. By itself the method
    takes a week far above the usual ones for noise, and now and then the dates move out by that.
    Here such a week is as good as the best lesser one: see the decision record on forecasts.
    """
    pace = before.add(newest)
    found = finish(pace, remaining, growth=growth)
    usual = before.most_usual() if before.seen else newest
    if newest <= usual:
        return found
    laws = [
        found.law if count == newest else law_of(before.add(count), remaining, growth=growth)
        for count in tried(usual, newest)
    ]
    law = best_of(laws)
    return replace(found, law=law, refusal=_refusal(pace, law))


def tried(usual: int, newest: int) -> list[int]:
    """Counts of a week from the usual one up to the newest; those of a better week contain them.

    Far above the usual one the last of them may be less than the newest.
    """
    counts = list(range(usual, min(newest, usual + NEAR_USUAL) + 1))
    further = (usual + NEAR_USUAL) * STEP
    while further <= newest:
        counts.append(ceil(further))
        further *= STEP
    return counts


def finish_of(weeks: Sequence[int], remaining: int, *, growth: float = 0.0) -> Finish:
    """What is shown, from nothing: of all complete weeks, the oldest first."""
    if not weeks:
        return finish(Pace(), remaining, growth=growth)
    *earlier, newest = weeks
    return finish_after(Pace.of(earlier), newest, remaining, growth=growth)


def best_of(laws: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """By the end of each week the best chance of all laws, up to where one is certain."""
    weeks = range(min(len(law) for law in laws))
    return tuple(max(law[week] for law in laws) for week in weeks)


def law_of(
    pace: Pace, remaining: int, *, growth: float = 0.0, noise: float | None = None
) -> tuple[float, ...]:
    """The chance to be done by the end of each week, never less than by the week before.

    With the ``noise`` given it is that of the same pace among weeks as even as that.
    """
    outlook, weights = pace.outlook(), pace.weights()
    if noise is not None:
        outlook = outlook._replace(noise=noise)
    law: list[float] = []
    reached = 0.0
    for week in range(1, FURTHEST_WEEK + 1):
        need, more_noise = remaining, 0.0
        if growth:
            need, more_noise = ceil(remaining + growth * week), GROWTH_NOISE * growth * week
        reached = max(reached, _chance(outlook, weights, week, need, more_noise))
        law.append(reached)
        if reached >= CERTAIN:
            break
    return tuple(law)


def _chance(
    outlook: Outlook, weights: tuple[float, ...], weeks: int, need: int, noise: float
) -> float:
    """To finish so many items or more in so many weeks, by all versions of the pace together."""
    found = 0.0
    for version, weight in enumerate(weights):
        mean, excess = outlook.law(version, weeks)
        found += weight * at_least(need, mean, excess + noise / mean)
    return found


def is_winding_down(pace: Pace) -> bool:
    """Whether the pace of the last weeks is under half of that of the last year.

    Every method is late then.
    """
    if not pace.seen:
        return False
    shortest, *_, longest = pace.outlook().versions
    return shortest.pace < longest.pace / 2


def likely_count(pace: Pace, weeks: int, chance: float) -> int:
    """How many items, or more, will be finished in so many weeks with this chance.

    With a chance of 0.85 it is what can be committed. Needs one week at least.
    """
    outlook, weights = pace.outlook(), pace.weights()

    def is_likely(count: int) -> bool:
        return _chance(outlook, weights, weeks, count, 0.0) >= chance

    return _last(is_likely)


def _last(holds: Callable[[int], bool]) -> int:
    """The last number from 0 on for which something holds that holds for every one before."""
    above = 1
    while holds(above):
        above *= 2
    below = above // 2
    while above - below > 1:
        middle = (above + below) // 2
        below, above = (middle, above) if holds(middle) else (below, middle)
    return below


def _refusal(pace: Pace, law: tuple[float, ...]) -> Refusal | None:
    """The first rule by which no date is told."""
    if pace.seen < NEEDED_WEEKS:
        return Refusal("too_young", f"need {NEEDED_WEEKS} complete weeks, have {pace.seen}")
    finished = sum(pace.recent[-RECENT_WEEKS:])
    if finished < RECENT_ITEMS:
        return Refusal(
            "too_few",
            f"need {RECENT_ITEMS} items finished in the last {RECENT_WEEKS} weeks, have {finished}",
        )
    middle, likely = week_of(law, MIDDLE), week_of(law, LIKELY)
    if likely is None or likely > min(TOO_FAR_WEEKS, TOO_FAR_TIMES * pace.seen):
        return Refusal(
            "too_far", "the 85 % date is further away than twice the history (or two years)"
        )
    if middle is None or likely > TOO_WIDE_TIMES * middle + TOO_WIDE_WEEKS:
        return Refusal("too_wide", "the range is too wide to be of use")
    return None
