"""When an item was blocked, by its state or by a flag.

What facts froze is rebuilt by this rule for ever: another rule would be another function.
"""

from collections.abc import Sequence
from datetime import datetime
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from engagements.stages import Stage

OVER = (Stage.DONE, Stage.WITHDRAWN)
STAGE, FLAG = "stage", "flag"


class Span(NamedTuple):
    """From ``since`` on, up to and not including ``until``; None: it still is."""

    since: datetime
    until: datetime | None


def blocked_spans(stages: Sequence[Any], flags: Sequence[Any]) -> list[Span]:
    """The times in which an item was blocked or flagged, and not over; in order, none touching.

    Both hold entries of an instant and what held from then on, in the order of time; of one
    instant the last holds. A flag that hands over to a state is one time. What is done or withdrawn
    is blocked by nothing; a flag that is still there when it is reopened begins another time.
    """
    if all(each[1] != Stage.BLOCKED for each in stages) and not any(each[1] for each in flags):
        return []  # as most items, and soon told
    turns = merge(
        ((each[0], STAGE, each[1]) for each in stages),
        ((each[0], FLAG, each[1]) for each in flags),
        key=itemgetter(0),
    )
    spans: list[Span] = []
    held: dict[str, Any] = {STAGE: Stage.NOT_STARTED, FLAG: ""}
    since = None
    for at, together in groupby(turns, key=itemgetter(0)):
        held |= {name: value for _, name, value in together}
        is_blocked = held[STAGE] not in OVER and bool(held[FLAG] or held[STAGE] == Stage.BLOCKED)
        if is_blocked and since is None:
            since = at
        elif since is not None and not is_blocked:
            spans.append(Span(since, at))
            since = None
    return [*spans, Span(since, None)] if since else spans
