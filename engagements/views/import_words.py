"""An import in words: what it would add, and what a row changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import Count, Window
from django.utils import timezone

from dm_portal.shell import dates
from dm_portal.shell.clock import today
from dm_portal.shell.wording import abridged
from engagements.models import Import, ImportRow, PersonMeaning, Source, StateMeaning
from engagements.models.imports import Part
from engagements.sources.layouts import FIELDS

# What the fields of a row are called on pages.
LABELS = {
    "milestones": "milestones",
    "created_at": "created",
    "started_at": "started",
    "done_at": "done",
    "gone_at": "gone from the tracker since",
}

# How many lines a sentence names.
NAMED = 10


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an item: what it is now, and what applying makes of it."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.label}: {self.before} → {self.after}"


def changes(row: ImportRow) -> list[Change]:
    """What a changed row changes; instants on the reader's wall clock."""
    if row.verdict != ImportRow.Verdict.CHANGED:
        return []
    zone = _readers_zone()
    found = [
        Change(LABELS.get(name, name), *_words(name, row.before.get(name), value, zone))
        for name in (*FIELDS, "gone_at")
        if (value := row.data.get(name)) != row.before.get(name)
    ]
    return [*found, *_blocked(row, zone)]


def _words(name: str, before: Any, after: Any, zone: ZoneInfo) -> Iterator[str]:
    """What a field was and what it becomes; of long titles, how they begin."""
    for value in (before, after):
        words = said(value, zone)
        yield abridged(words) if name == "title" else words


def _blocked(row: ImportRow, zone: ZoneInfo) -> Iterator[Change]:
    """The times in which the item was blocked, where they are others now."""
    before, after = row.before.get("blocked"), row.data.get("blocked")
    if before != after:
        yield Change("blocked", _times(before, zone), _times(after, zone))


def _times(spans: list[list[str | None]] | None, zone: ZoneInfo) -> str:
    """ "from Mon 5 Jan, 11:00 to Tue 6 Jan, 9:00; since …"; "never"."""
    return "; ".join(_time(since, until, zone) for since, until in spans or ()) or "never"


def _time(since: str | None, until: str | None, zone: ZoneInfo) -> str:
    begun = said(since, zone)
    return f"from {begun} to {said(until, zone)}" if until else f"since {begun}"


def additions(file: Import) -> Iterator[str]:
    """What comes along with the work: "35 milestones would be added, without a committed date"."""
    applied = file.state == Import.State.APPLIED
    for count, noun, lack in (
        (file.milestones_added, "milestone", "a committed date"),
        (file.sprints_added, "sprint", "dates"),
    ):
        if count:
            verb = ("was" if count == 1 else "were") if applied else "would be"
            yield f"{count} {noun}{'' if count == 1 else 's'} {verb} added, without {lack}."
    yield from mapped(file)
    yield from missing(file)
    yield from missing_done(file)
    yield from older(file)
    yield from matches(file)
    yield from changelog(file)


def missing(file: Import) -> Iterator[str]:
    """What it does not name: "3 of 12 open items are not in the file. They stay as they are: …"."""
    if not file.missing_count:
        return
    found = f"{file.missing_count:,} of {_count(file.open_count, 'open item')} of this source"
    place = "among the rows of your teams" if file.rows_left_out else "in the file"
    is_one = file.missing_count == 1
    lacking = f"{found} {'is' if is_one else 'are'} not {place}"
    if not file.is_whole:
        stays = "It stays as it is" if is_one else "They stay as they are"
        yield f"{lacking}. {stays}: only a whole export tells what is gone from the tracker."
        return
    applied = file.state == Import.State.APPLIED
    they = "It" if is_one else "They"
    verb = ("was" if is_one else "were") if applied else "would be"
    as_of = _instant_words(cast("datetime", file.as_of), _readers_zone())
    yield f"{lacking}. {they} {verb} withdrawn as of {as_of}, as gone from the tracker."


def missing_done(file: Import) -> Iterator[str]:
    """What a whole export lacks of what is done: "2 done items are not in the file either. …"."""
    rows = ImportRow.objects.filter(of=file, part=Part.MISSING).gone_and_done()
    if count := rows.count() if file.is_whole else 0:
        is_one = count == 1
        said = f"{_count(count, 'done item')} {'is' if is_one else 'are'} not in the file either. "
        stays = "It stays" if is_one else "They stay"
        yield f"{said}{stays} done, and {'is' if is_one else 'are'} told as gone from the tracker."


def older(file: Import) -> Iterator[str]:
    """That a newer file of its source was applied: "The file speaks of Mon 5 Jan, 9:00, …"."""
    as_of = file.as_of
    if file.state != Import.State.PREVIEWED or as_of is None:
        return
    dated = Import.objects.filter(source=file.source_id).applied().with_speaks_of()
    newest = dated.filter(speaks_of__gt=as_of).order_by("-speaks_of").first()
    if newest is not None:
        ours, theirs = (_instant_words(at, _readers_zone()) for at in (as_of, newest.speaks_of))
        yield (
            f"The file speaks of {ours}, import {newest.number} of {theirs}: what is known since "
            "then stands. If this file is newer, discard it and say when it was exported."
        )


def mapped(file: Import) -> Iterator[str]:
    """By which map it is read: "Read by the map “Time in status”; …"."""
    if file.source is None or file.source.kind != Source.Kind.MAPPED:
        return
    count = file.rows_left_out
    left_out = f"; {_count(count, 'row')} of other teams left out" if count else ""
    yield f"Read by the map “{file.source.name}”{left_out}."


def matches(file: Import) -> Iterator[str]:
    """Which milestones planned by hand the tracker knows: "The milestone 2.1 would become …"."""
    applied = file.state == Import.State.APPLIED
    becomes, count = ("became", "came to count") if applied else ("would become", "would count")
    for name, items in sorted(file.milestones_matched.items()):
        yield (
            f"The milestone {name}, planned by hand, {becomes} the tracker's version {name}: "
            f"{items} item{'' if items == 1 else 's'} of this file {count} for it."
        )


def changelog(file: Import) -> Iterator[str]:
    """What the changelog tells: "The changelog tells 4,361 changes. Not read: …"."""
    if not file.changelog_name:
        return
    left_out = sorted(file.changes_left_out.items())
    yield f"The changelog tells {_count(file.changes_read, 'change')}."
    if left_out:
        named = ", ".join(f"{name} ({count})" for name, count in left_out[:NAMED])
        more = f" and {len(left_out) - NAMED} more" if len(left_out) > NAMED else ""
        yield f"Changes of other fields are not read: {named}{more}."


def undecided(file: Import) -> Iterator[str]:
    """States that mean nothing yet: "Nobody has decided yet what these states mean: …"."""
    if not file.undecided_states:
        return
    since = StateMeaning.objects.filter(source=file.source_id).values_list("state", flat=True)
    if states := sorted(set(file.undecided_states) - set(since)):
        more = f" and {len(states) - NAMED} more" if len(states) > NAMED else ""
        yield (
            f"Nobody has decided yet what these states mean: {', '.join(states[:NAMED])}{more}. "
            "What comes into one stays at the stage that it was at."
        )


def strangers(file: Import) -> Iterator[str]:
    """Names of people that mean nothing yet: "Nobody has decided yet who these are: …"."""
    if not file.undecided_people:
        return
    since = PersonMeaning.objects.filter(source=file.source_id).values_list("name", flat=True)
    if names := sorted(set(file.undecided_people) - set(since)):
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        yield (
            f"Nobody has decided yet who these are: {', '.join(names[:NAMED])}{more}. "
            "They stand in lists as the tracker writes them."
        )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def done_later(file: Import) -> Iterator[str]:
    """Rows that a tracker dated into the future: "When the file was read, 1 row had a done …"."""
    if file.read_at is None:
        return
    rows = ImportRow.objects.filter(of=file).done_after(file.read_at).order_by("line")
    found = rows.annotate(total=Window(Count("pk"))).values_list("line", "total")[:NAMED]
    lines, total = [line for line, _ in found], max((total for _, total in found), default=0)
    if not lines:
        return
    named = ", ".join(str(line) for line in lines)
    more = f" and {total - NAMED} more" if total > NAMED else ""
    yield (
        f"When the file was read, {total} {'row' if total == 1 else 'rows'} had a done date in "
        f"the future ({'line' if total == 1 else 'lines'} {named}{more}): open until then."
    )


def said(value: Any, zone: ZoneInfo) -> str:
    """A cell as a person reads it."""
    if isinstance(value, list):
        return ", ".join(value) or "nothing"
    if not value:
        return "nothing"
    at = _instant(value)
    return _instant_words(at, zone) if at else str(value)


def _readers_zone() -> ZoneInfo:
    return ZoneInfo(timezone.get_current_timezone_name())


def _instant_words(at: datetime, zone: ZoneInfo) -> str:
    return dates.instant_words(at, zone=zone, today=today(zone.key))


def _instant(text: str) -> datetime | None:
    """An instant as rows keep it, always with 27 characters; None for other texts."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        return None
