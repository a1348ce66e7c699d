"""Reading events: what became of every item of whole engagements, or of one of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from engagements.histories import Evidence, History, history_of
from engagements.histories.fields import AS_NAMED, Versions
from engagements.histories.happenings import File, Said
from engagements.histories.told import LISTED, SEEN
from engagements.models import StateMeaning, VersionMeaning, WorkEvent, WorkItem
from engagements.stages import decided_by

# Engagement, source and item: the number of the source, and the tracker's key.
Name = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Meanings:
    """What was decided: of states by engagement and number of the source, of its versions."""

    states: Mapping[tuple[int, int], Mapping[str, str]]
    versions: Mapping[int, Versions]


def meanings_of(engagements: Sequence[int]) -> Meanings:
    """What was decided of states and versions: one statement, and one for each engagement."""
    rows = StateMeaning.objects.filter(source__engagement__in=engagements)
    found: dict[tuple[int, int], dict[str, str]] = defaultdict(dict)
    columns = ("source__engagement", "source__number", "state", "stage")
    for engagement, source, state, stage in rows.values_list(*columns):
        found[engagement, source][state] = stage
    return Meanings(found, {each: VersionMeaning.objects.by_version(each) for each in engagements})


def histories(engagements: Sequence[int], meanings: Meanings) -> Iterator[tuple[Name, History]]:
    """Every item that an export has named, engagement by engagement, by source and key.

    One statement, whatever the number of engagements and of events.
    """
    events = (
        WorkEvent.objects.filter(source__engagement__in=engagements)
        .order_by("source__engagement_id", "source__number", "key", "occurred_at")
        .values_list(
            *("source__engagement", "source__number", "key"),
            *("occurred_at", "field", "place", "came", "became"),
        )
    )
    stages = {source: decided_by(decided) for source, decided in meanings.states.items()}
    alike = decided_by({})
    for name, told in groupby(events.iterator(chunk_size=5000), key=itemgetter(0, 1, 2)):
        stage_of = stages.get(name[:2], alike)
        versions = meanings.versions.get(name[0], AS_NAMED)
        history = history_of((Evidence(*row[3:]) for row in told), stage_of, versions)
        if history is not None:
            yield name, history


def said_of(item: WorkItem) -> list[Said]:
    """All that its source ever said of one item, in the order of time; one statement."""
    events = WorkEvent.objects.filter(source=item.source_id, key=item.key)
    rows = events.order_by("occurred_at", "place", "pk").values_list(
        *("occurred_at", "field", "place", "came", "became"),
        *("recorded_at", "of__number", "of__file_name", "of__changelog_name"),
    )
    return [
        Said(
            Evidence(*told),
            recorded_at,
            File(number, work if told[1] in (SEEN, LISTED) else changelog or work),
        )
        for *told, recorded_at, number, work, changelog in rows
    ]
