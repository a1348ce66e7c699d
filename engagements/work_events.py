"""Reading the events of whole engagements: what became of every item."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from engagements.histories import Evidence, History, history_of
from engagements.models import WorkEvent
from engagements.stages import decided_by

# Engagement, source and item: the number of the source, and the tracker's key.
Name = tuple[int, int, str]


def histories(engagements: Sequence[int]) -> Iterator[tuple[Name, History]]:
    """Every item that an export has named, engagement by engagement, by source and key.

    One statement, whatever the number of engagements and of events.
    """
    events = (
        WorkEvent.objects.filter(source__engagement__in=engagements)
        .order_by("source__engagement", "source__number", "key", "occurred_at", "place", "pk")
        .values_list(
            *("source__engagement", "source__number", "key"),
            *("occurred_at", "field", "came", "became", "place"),
        )
    )
    stage_of = decided_by({})
    for name, told in groupby(events.iterator(chunk_size=5000), key=itemgetter(0, 1, 2)):
        history = history_of((Evidence(*row[3:]) for row in told), stage_of)
        if history is not None:
            yield name, history
