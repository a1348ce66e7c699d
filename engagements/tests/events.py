"""Work that tests make by hand, told as an import would have told it."""

import json

from dm_portal.shell.clock import now
from engagements.models import WorkEvent, WorkItem
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
