"""The work of an engagement anew from its events, as if nothing but these had been kept."""

from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Max

from dm_portal.people.audit import record
from dm_portal.people.models import User
from engagements.histories import History, Span
from engagements.models import Engagement, Milestone, Source, Sprint, WorkEvent, WorkItem
from engagements.services.blocked_times import write_all
from engagements.services.numbers import lock
from engagements.work_events import Name, histories, meanings_of

BATCH = 1000
FIELDS = [
    *("type", "title", "state", "stage", "size", "sprint", "assignee"),
    *("created_at", "started_at", "done_at", "blocked_at", "gone_at"),
]


@transaction.atomic
def rebuild_work(*, engagement: Engagement, by: User | None) -> int:
    """Write every item anew as its events leave it; returns how many items there are.

    Items that no event speaks of are not there any more. No import is applied meanwhile.
    """
    known = Known(engagement, hold_work(engagement))
    told, kept = histories([engagement.pk], meanings_of([engagement.pk])), set()
    times: dict[tuple[int, str], list[Span]] = {}
    while batch := list(islice(told, BATCH)):
        kept |= {item.pk for item in _write(known, batch)}
        times |= _blocked(known, batch)
    gone = WorkItem.objects.filter(engagement=engagement).exclude(pk__in=kept)
    WorkItem.milestones.through.objects.filter(workitem__in=gone).delete()
    gone.delete()
    write_all(engagement, times)
    record("work.rebuilt", engagement, by=by, after={"items": len(kept)})
    return len(kept)


def hold_work(engagement: Engagement) -> dict[int, Source]:
    """Keep imports off its work until the transaction ends; its sources by their numbers.

    Sources first, then the engagement: in the order in which an import takes both.
    """
    held = hold_sources(engagement)
    lock(engagement)
    return held


def hold_sources(engagement: Engagement) -> dict[int, Source]:
    """Keep imports off its work until the transaction ends, but nobody off its plan."""
    sources = Source.objects.filter(engagement=engagement).order_by("pk")
    return {source.number: source for source in sources.select_for_update(no_key=True)}


class Known:
    """What items refer to: the engagement's sources, sprints and milestones."""

    def __init__(self, engagement: Engagement, sources: dict[int, Source]) -> None:
        self.engagement, self.sources = engagement, sources
        self.sprints = {row.name: row for row in Sprint.objects.filter(engagement=engagement)}
        # By hand first, so that the tracker's own of a name comes last and counts.
        milestones = Milestone.objects.filter(engagement=engagement)
        self.milestones = {
            row.tracker_name or row.name: row
            for row in milestones.order_by("tracker_name", "-number")
        }


def _write(known: Known, batch: list[tuple[Name, History]]) -> list[WorkItem]:
    """Some items, each with its milestones."""
    last = _last_imports(known.sources, [key for (_, _, key), _ in batch])
    items = [
        WorkItem(
            engagement=known.engagement,
            source=known.sources[source],
            key=key,
            last_import_id=last[known.sources[source].pk, key],
            **_fields(history, known.sprints),
        )
        for (_, source, key), history in batch
    ]
    unique = ["engagement", "source", "key"]
    made = WorkItem.objects.bulk_create(
        items, update_conflicts=True, unique_fields=unique, update_fields=FIELDS
    )
    _link(known, made, [history for _, history in batch])
    return made


def _blocked(known: Known, batch: list[tuple[Name, History]]) -> dict[tuple[int, str], list[Span]]:
    """When these items were blocked; those that never were are left out."""
    return {
        (known.sources[source].pk, key): spans
        for (_, source, key), history in batch
        if (spans := history.blocked)
    }


def _fields(history: History, sprints: dict[str, Sprint]) -> dict[str, Any]:
    data = history.data()
    del data["milestones"], data["blocked"]
    instants = ("created_at", "started_at", "done_at", "blocked_at", "gone_at")
    dates = {name: data[name] and datetime.fromisoformat(data[name]) for name in instants}
    return data | dates | {"sprint": sprints.get(data["sprint"])}


def _last_imports(sources: dict[int, Source], keys: list[str]) -> dict[tuple[int, str], int]:
    """The import that last said something new of each item: of those that are not there yet."""
    events = WorkEvent.objects.filter(source__in=sources.values(), key__in=keys).order_by()
    found = events.values_list("source", "key").annotate(Max("of"))
    return {(source, key): file for source, key, file in found}


def _link(known: Known, items: list[WorkItem], told: list[History]) -> None:
    """The milestones that the tracker names for these items, and no others."""
    through = WorkItem.milestones.through
    through.objects.filter(workitem__in=items).delete()
    through.objects.bulk_create(
        through(workitem=item, milestone=known.milestones[name])
        for item, history in zip(items, told, strict=True)
        for name in sorted(history.milestones[-1].value)
        if name in known.milestones
    )
