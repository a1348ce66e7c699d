"""The digest of published statuses: one line for each, for who wants no mail of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from dm_portal.people.letters import Group, Line
from dm_portal.shell.marked import to_line
from dm_portal.shell.wording import count, ended
from reporting.customer import week_words
from reporting.models import ReportRevision, WaitingStatus
from reporting.services.letters import path_of


def values(rows: Sequence[WaitingStatus]) -> Mapping[str, Any]:
    """What the templates of the letter get."""
    last = {row.revision.report_id: row for row in rows}  # a correction stands for what it corrects
    lines = tuple(line(row.revision) for row in last.values())
    updates = sum(row.revision.report.is_update for row in last.values())
    kinds = (("status", len(lines) - updates), ("update", updates))
    said = " and ".join(count(number, noun) for noun, number in kinds if number)
    said = f"{said} {'was' if len(lines) == 1 else 'were'} published"
    return {
        "title": lines[0].about if len(lines) == 1 else said,
        "lead": f"{said} for you since the last of these mails.",
        "groups": [Group("Published", lines)],
    }


def line(revision: ReportRevision) -> Line:
    """What the frozen revision says, and nothing else."""
    report = revision.report
    what = "update" if report.is_update else week_words(report.period)
    said = to_line(revision.text.get("paragraph", "")) or revision.headline
    if retraction := getattr(revision, "retraction", None):
        said = f"Withdrawn since: {retraction.reason}"
    reason = revision.correction_reason
    corrected = f"Corrected: {ended(reason)} " if reason else ""
    return Line(
        about=f"{report.engagement.name}, {what}: {revision.get_colour_display().lower()}",
        words=f"{corrected}{said}",
        action="Read the update" if report.is_update else "Read the status",
        url=settings.BASE_URL + path_of(revision),
    )
