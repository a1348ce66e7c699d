"""Work that tests make by hand, told as an import would have told it; and what was told."""

import json
from typing import Any

from dm_portal.shell.clock import now
from engagements.models import Blocker, Engagement, Import, Source, WorkEvent, WorkItem
from engagements.sources.rows import written


def tell(*items: WorkItem) -> None:
    """Say of these items that they were seen now as they are stored.

    Told again at one instant, the last holds: of rows that contradict each other the text decides,
    and so it begins with a number.
    """
    for item in items:
        item.refresh_from_db()
        before = WorkEvent.objects.filter(source=item.source, key=item.key).count()
        WorkEvent.objects.create(
            source=item.source,
            key=item.key,
            field="seen",
            became=json.dumps({"": f"{before:04}"} | cells(item)),
            occurred_at=now(),
            recorded_at=now(),
            of=item.last_import,
        )


def cells(item: WorkItem) -> dict[str, object]:
    """The row of an export that would bring this item."""
    milestones = item.milestones.values_list("tracker_name", "name")
    return {
        "type": item.type,
        "title": item.title,
        "state": item.state,
        "size": str(item.size) if item.size is not None else None,
        "milestones": sorted(tracker_name or name for tracker_name, name in milestones),
        "sprint": item.sprint.name if item.sprint else "",
        "assignee": item.assignee,
        "created_at": written(item.created_at),
        "started_at": written(item.started_at),
        "done_at": written(item.done_at),
    }


def told(engagement: Engagement) -> dict[str, list[Any]]:
    """All that follows from the files, by names: numbers are given in the order of imports."""
    of = {"source__engagement": engagement}
    names = ("key", "type", "title", "state", "stage", "size", "sprint__name", "assignee")
    dates = ("created_at", "started_at", "done_at", "blocked_at", "gone_at", "milestones__name")
    items = WorkItem.objects.filter(engagement=engagement).values_list(*names, *dates)
    said = ("key", "field", "came", "became", "occurred_at", "place")
    blockers = Blocker.objects.filter(engagement=engagement)
    return {
        "items": sorted(items, key=str),
        "events": sorted(WorkEvent.objects.filter(**of).values_list(*said)),
        "blockers": sorted(blockers.values_list("key", "opened_at", "closed_at"), key=str),
    }


def import_of(source: Source) -> Import:
    """Another applied file of this source, of which events made by hand can be."""
    file: Import = Import.objects.filter(engagement=source.engagement).latest("number")
    file.pk, file.source, file.number = None, source, file.number + 1
    file.save(force_insert=True)
    return file
