"""What needs somebody of files: those that wait for a yes or no, and sources that are old."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from dm_portal.people import standing
from dm_portal.shell.components import Shape
from engagements.freshness import stale_among
from engagements.models import Import
from reporting.needs.lines import OVERDUE, TODAY, Need, where


def undecided(user: Any, led: Any) -> Any:
    """Files that wait for a yes or no, and for an admin those that failed."""
    waiting = Q(state=Import.State.PREVIEWED, engagement__in=led)
    if standing.is_admin(user):
        waiting |= Q(state=Import.State.PARKED)
    rows = Import.objects.visible_to(user).filter(waiting)
    return rows.select_related("engagement__customer")


def file_line(file: Import) -> Need:
    failed = file.state == Import.State.PARKED
    counts = f"{file.new_count} new, {file.changed_count} changed, {file.refused_count} refused"
    return Need(
        group=OVERDUE if failed else TODAY,
        due=file.uploaded_at,
        shape=Shape.OFF_TRACK if failed else "",
        what=f"Import of {file.file_name} failed, needs an admin"
        if failed
        else f"Decide on the import of {file.file_name}",
        where=where(file.engagement),
        why=file.problem[:200] if failed else counts,
        url=file.get_absolute_url(),
        action="See" if failed else "Decide",
        engagement_id=file.engagement_id,
    )


def sources(files: Any, at: datetime) -> Iterator[Need]:
    """Sources that are older than promised: what is written meanwhile rests on old figures.

    ``files`` are the ``newest_files`` of those that somebody leads.
    """
    for source in stale_among(files, at=at):
        yield Need(
            group=OVERDUE,
            due=source.as_of + timedelta(days=source.promised_days),
            shape=Shape.OFF_TRACK,
            what=source.stale_title,
            where=where(source.engagement),
            why=source.stale_words,
            url=source.import_url,
            action="Import",
            leads=True,
            engagement_id=source.engagement.pk,
        )
