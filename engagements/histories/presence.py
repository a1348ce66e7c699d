"""When an item was missing from its tracker: no whole export named it any more.

A whole export holds all that its tracker has. What one of them lacks, and the tracker has told of
before, is gone from then on, until anything is said of it again.
"""

from bisect import bisect_left
from collections.abc import Sequence

from engagements.histories.blocked import OVER, Span
from engagements.histories.stages import Step
from engagements.histories.told import Told
from engagements.stages import Stage


def absences(told: Told) -> list[Span]:
    """The times in which it was missing, in order; None at the end: it still is."""
    if not told.missing_at:
        return []
    alive = sorted(told.alive)
    found: list[Span] = []
    for since in told.missing_at:
        place = bisect_left(alive, since)
        until = alive[place] if place < len(alive) else None
        is_new = not found or (found[-1].until is not None and since >= found[-1].until)
        if place and until != since and is_new:
            found.append(Span(since, until))
    return found


def without_absences(steps: list[Step], missing: Sequence[Span]) -> list[Step]:
    """The steps, where what was open was withdrawn for as long as it was missing."""
    for since, until in missing:
        place = bisect_left(steps, since, key=lambda step: step.at)
        held = steps[max(place - 1, 0)]
        following = steps[place:]
        if held.stage in OVER or (following and following[0].at == since):
            continue
        ends = min((at for at in (until, *(step.at for step in following[:1])) if at), default=None)
        between = [Step(since, Stage.WITHDRAWN, "")]
        if ends and not (following and following[0].at == ends):
            between.append(Step(ends, held.stage, held.state))
        steps = [*steps[:place], *between, *following]
    return steps
