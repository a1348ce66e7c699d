"""The digest of published statuses: the first screen of each, for who wants no mail of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from dm_portal.shell.components import Shape
from dm_portal.shell.marked import to_line
from dm_portal.shell.wording import count
from reporting.customer import week_words
from reporting.live import First, Needed
from reporting.models import ReportRevision, WaitingStatus
from reporting.services.letters import path_of


@dataclass(frozen=True, slots=True)
class Told:
    """A status or an update as its letter begins: what the frozen revision says, and beside the
    last status of an engagement what is needed. Of one that is ``withdrawn`` only the reason is
    told.
    """

    about: str
    shape: str
    word: str
    headline: str
    withdrawn: str
    corrected: str
    our_move: str
    first: First
    action: str
    url: str


def values(
    rows: Sequence[WaitingStatus], *, needed: Mapping[int, tuple[Needed, ...]]
) -> Mapping[str, Any]:
    """What the templates of the letter get; ``needed`` from its readers, by engagement."""
    last = {row.revision.report_id: row for row in rows}  # a correction stands for what it corrects
    said_last = {
        row.revision.report.engagement_id: row.revision.pk
        for row in last.values()
        if not row.revision.report.is_update
    }
    found = [
        told(row.revision, needed.get(pk, ()) if said_last.get(pk) == row.revision.pk else ())
        for row in last.values()
        for pk in [row.revision.report.engagement_id]
    ]
    updates = sum(row.revision.report.is_update for row in last.values())
    kinds = (("status", len(found) - updates), ("update", updates))
    said = " and ".join(count(number, noun) for noun, number in kinds if number)
    said = f"{said} {'was' if len(found) == 1 else 'were'} published"
    [first, *others] = found
    return {
        "title": said if others else f"{first.about}: {_stands(first)}",
        "lead": f"{said} for you since the last of these mails.",
        "told": found,
    }


def _stands(said: Told) -> str:
    return "withdrawn" if said.withdrawn else said.word.lower()


def told(revision: ReportRevision, needed: tuple[Needed, ...] = ()) -> Told:
    """How the letter of this revision would begin."""
    report, text = revision.report, revision.text
    what = "update" if report.is_update else week_words(report.period)
    shape = Shape(revision.colour)
    retraction = getattr(revision, "retraction", None)
    return Told(
        about=f"{report.engagement.name}, {what}",
        shape=shape.value,
        word=shape.word,
        headline=to_line(text.get("paragraph", "")) or revision.headline,
        withdrawn=retraction.reason if retraction else "",
        corrected=revision.correction_reason,
        our_move=text.get("our_move", ""),
        first=First(needed),
        action="Read the update" if report.is_update else "Read the status",
        url=settings.BASE_URL + path_of(revision),
    )
