"""Reading a file: what it says is gathered, then compared with what is known, in batches.

Both in committed batches, so that progress is visible, and only once all of the files was skimmed.
A changelog is read before the file that it belongs to, so that the end of the file is the end of
the reading.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, tzinfo
from itertools import islice, repeat, takewhile
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Min
from django.db.models.functions import Coalesce

from dm_portal.people.audit import record
from dm_portal.shell.clock import now
from dm_portal.shell.log_lines import about
from engagements.models import Import, ImportChunk, ImportEvent, ImportRow, Source
from engagements.models.imports import Part
from engagements.services.imports import evidence, listings, naming, skimming, staging, statements
from engagements.services.imports.acts import delete_content
from engagements.services.imports.ahead import on_disk, one_ahead
from engagements.services.imports.attempts import Attempt
from engagements.services.imports.bounds import Bounds, add_left_out
from engagements.services.imports.states import State, change, claim, lease_end, move
from engagements.services.numbers import lock, next_number
from engagements.sources.changelog import Changelog
from engagements.sources.changes import Change
from engagements.sources.layouts import Layout
from engagements.sources.maps import FileMap, read_map
from engagements.sources.refusal import FileRefused, of_changelog
from engagements.sources.rows import Row
from engagements.sources.work_file import WorkFile
from engagements.stages import StageOf

# Rows that are held at once: so many, and not much more than so many bytes of the file.
BATCH, BATCH_BYTES = 500, 2 * 1024 * 1024
CHANGES = 2000
Verdict = ImportRow.Verdict


def read_import(*, import_id: int) -> bool:
    """Read one file if it waits for that; False where there was nothing to do.

    An error is written to the import, and raised again for whoever runs this.
    """
    file = claim(import_id, State.READING)
    if file is None:
        return False
    read(file)
    return True


def read(file: Import) -> None:
    """Read a claimed file up to its preview, or refuse it as a whole."""
    with about(file.audit_ref), Attempt(file):
        try:
            _read_all(file)
        except FileRefused as refusal:
            _refuse(file, str(refusal))


def _read_all(file: Import) -> None:
    read_at = now()
    known_at = _known_since(file) or read_at
    with on_disk(_blocks(file, Part.WORK)) as blocks:
        work = _opened(file, blocks, known_at)
        _begin(file, work, read_at)
        _skim(file, work.zone, known_at)
        bounds = Bounds(naming.known_names(file))
        latest = _read_changelog(file, work.zone, known_at, bounds) if file.changelog_size else None
        latest = _read_rows(file, work, latest, bounds)
    # These first: a change between the two is then noticed before anything is applied.
    known = {"source_version": _version_of(file), "decisions_read": evidence.decisions_of(file)}
    meant = evidence.meant_for(file)
    _date(file, _as_of(file, latest, read_at), meant.stage_of, known)
    statements.look_at_events()
    are_light = evidence.are_light(file, BATCH)
    for part in Part:
        _judge(file, part, meant, are_light=are_light)
    _preview(file)


def _opened(file: Import, blocks: Iterator[bytes], known_at: datetime) -> WorkFile:
    """The work, from its first row on, as far as this is told by it."""
    return WorkFile(
        blocks,
        zone=ZoneInfo(file.engagement.time_zone),
        now=known_at,
        by=read_map(file.mapping) if file.mapping else None,
        known=() if file.mapping else _known_maps(file),
    )


def _skim(file: Import, zone: tzinfo, known_at: datetime) -> None:
    """Look for what refuses either file up to its last line, in the order of the reading."""
    bounds = Bounds(naming.known_names(file))
    if file.changelog_size:
        changes = skimming.renewing(file, _blocks(file, Part.CHANGELOG))
        skimming.skim_changelog(changes, zone, bounds)
    work = skimming.renewing(file, _blocks(file, Part.WORK))
    skimming.skim_work(file, _opened(file, work, known_at), bounds)


def _known_maps(file: Import) -> list[FileMap]:
    """Those by which files of this engagement were applied before, the latest source first."""
    mapped = Source.objects.filter(engagement=file.engagement, kind="mapped").applied()
    return [read_map(source.mapping) for source in mapped.order_by("-number")]


def _known_since(file: Import) -> datetime | None:
    """When these bytes were first read, if they are known: what was to come then is not past."""
    same = Import.objects.of_the_same_bytes(file).applied()
    first: datetime | None = same.aggregate(at=Min("read_at"))["at"]
    return first


def _blocks(file: Import, part: Part) -> Iterator[bytes]:
    """A file's bytes. One statement each: a cursor would not outlive the batches' commits."""
    chunks = ImportChunk.objects.filter(of=file, part=part).order_by("number")
    pieces = chunks.values_list("number", "content")
    last = -1
    while piece := pieces.filter(number__gt=last).first():
        last, content = piece
        yield bytes(content)


@transaction.atomic
def _begin(file: Import, work: WorkFile, read_at: datetime) -> None:
    """Forget what an earlier attempt has read, and note what the column names told."""
    ImportRow.objects.filter(of=file).delete()
    ImportEvent.objects.filter(of=file).delete()
    source = _source(file, work.layout)
    found = {"source_id": source.pk, "unknown_columns": list(work.layout.unused)}
    counts = {
        "rows_read": 0,
        "rows_left_out": 0,
        "rows_judged": 0,
        "changes_read": 0,
        "changes_left_out": {},
    }
    change(file, read_at=read_at, as_of=None, rows_total=None, **counts, **found)
    file.source = source


def _source(file: Import, layout: Layout) -> Source:
    """The engagement's source of this kind, or of this map; the first such file makes it.

    A mere preview only names it: what is kept would keep the engagement locked to its end.
    """
    sources = Source.objects.filter(engagement=file.engagement)
    kind, by = layout.kind, layout.map
    name, mapping = (by.name, by.as_json()) if by else ("", {})
    known: Source | None = sources.filter(kind=kind, name=name).first()
    if known is not None:
        return known
    if file.number == 0:
        return Source(engagement=file.engagement, kind=kind, name=name)
    lock(file.engagement)
    source: Source
    source, created = sources.get_or_create(
        kind=kind,
        name=name,
        defaults={
            "engagement": file.engagement,
            "number": next_number(sources),
            "mapping": mapping,
        },
    )
    if created:
        record("source.added", source, by=file.uploaded_by)
    return source


def _read_changelog(
    file: Import, zone: tzinfo, known_at: datetime, bounds: Bounds
) -> datetime | None:
    """Gather the changes; returns the last instant of the past at which anything changed.

    Raises:
        FileRefused: there are too many of them, or of what they name.
    """
    latest = None
    with on_disk(_blocks(file, Part.CHANGELOG)) as blocks:
        changes = iter(Changelog(blocks, zone=zone))
        with closing(one_ahead(repeat(lambda: list(islice(changes, CHANGES))))) as batches:
            for batch in takewhile(bool, batches):
                with of_changelog():
                    bounds.take_changes(batch)
                _keep_changes(file, batch)
                past = [each.at for each in batch if each.at and each.at <= known_at]
                latest = max([*past, *([latest] if latest else [])], default=None)
    return latest


@transaction.atomic
def _keep_changes(file: Import, batch: list[Change]) -> None:
    left_out = (each.name for each in batch if not each.field and not each.reason)
    kept = [each for each in batch if each.field and each.came != each.became]
    change(
        file,
        changes_read=file.changes_read + len(kept),
        changes_left_out=add_left_out(left_out, file.changes_left_out),
        lease_until=lease_end(State.READING),
    )
    staging.add_changes(file, kept)
    staging.add_refused_changes(file, (each for each in batch if each.reason))


class Batch(NamedTuple):
    """Some rows that follow each other, and how many of the file were read up to the last."""

    rows: list[Row]
    read: int
    left_out: int


def _read_rows(
    file: Import, work: WorkFile, latest: datetime | None, bounds: Bounds
) -> datetime | None:
    """Gather the rows; returns the last instant of the past that either file names."""
    rows = iter(work)
    with closing(one_ahead(repeat(lambda: _next_batch(work, rows)))) as batches:
        for batch in takewhile(attrgetter("rows"), batches):
            bounds.take_rows(batch.rows)
            _keep(file, batch)
            named = (row.latest for row in batch.rows)
            latest = max((at for at in (latest, *named) if at), default=None)
    # with those of other teams that come last
    change(file, rows_read=work.rows_read, rows_left_out=work.other_teams)
    return latest


def _next_batch(work: WorkFile, rows: Iterator[Row]) -> Batch:
    batch: list[Row] = []
    begun = work.bytes_read
    for row in islice(rows, BATCH):
        batch.append(row)
        if work.bytes_read - begun > BATCH_BYTES:
            break
    return Batch(batch, work.rows_read, work.other_teams)


@transaction.atomic
def _keep(file: Import, batch: Batch) -> None:
    """One batch of rows, and how far the reading is."""
    change(
        file,
        rows_read=batch.read,
        rows_left_out=batch.left_out,
        lease_until=lease_end(State.READING),
    )
    named = (row.key for row in batch.rows if not row.reason)
    taken, refused = evidence.once(batch.rows, statements.first_lines(file, named))
    staging.add_seen(file, taken)
    staging.add_refused(file, refused)


def _version_of(file: Import) -> int:
    """How often the source has changed as of now; 0 for one that only a preview names."""
    version: int | None
    version = Source.objects.filter(imports=file).values_list("version", flat=True).first()
    return version or 0


def _as_of(file: Import, latest: datetime | None, read_at: datetime) -> datetime:
    """The instant that the file speaks of: the latest that it names, or when it was exported.

    Where that is not said, and it names none, or says otherwise than an earlier file of that
    instant, it was exported later, we do not know when: before it was read, and as of the same
    instant whenever it is brought again.
    """
    latest = max((at for at in (latest, file.exported_at) if at), default=None)
    if latest and (file.exported_at or not statements.is_contradicted(file, latest)):
        return latest
    same = Import.objects.of_the_same_bytes(file).filter(source=file.source_id).applied()
    told = same.order_by("applied_at", "pk").annotate(at=Coalesce("as_of", "read_at"))
    return told.values_list("at", flat=True).first() or read_at


@transaction.atomic
def _date(file: Import, as_of: datetime, stage_of: StageOf, known: dict[str, int]) -> None:
    """Say of which instant the file speaks, and so every row that does not itself."""
    change(
        file,
        as_of=as_of,
        rows_total=file.rows_read,
        undecided_states=evidence.undecided_states(file, stage_of),
        undecided_people=evidence.undecided_people(file),
        **known,
        lease_until=lease_end(State.READING),
    )
    statements.date_rows(file, as_of)
    listings.add_listings(file)


def _judge(file: Import, part: Part, meant: evidence.Meant, *, are_light: bool) -> None:
    """Compare what the items would be with what they are; each is told by one row."""
    batches = _to_judge(file, part, are_light=are_light)
    with closing(one_ahead(evidence.to_work_out(file, each, meant) for each in batches)) as judged:
        for rows in judged:
            _keep_judged(file, part, rows)


def _to_judge(file: Import, part: Part, *, are_light: bool) -> Iterator[list[evidence.Told]]:
    """The items that this part of the file tells of, as many at once as can be held."""
    last = 0
    while batch := evidence.rows_after(file, part, line=last, count=BATCH):
        if not are_light:
            batch = evidence.bearable(file, batch)
        last = batch[-1].line
        yield batch


@transaction.atomic
def _keep_judged(file: Import, part: Part, rows: list[Row]) -> None:
    judged = file.rows_judged + (len(rows) if part == Part.WORK else 0)
    change(file, rows_judged=judged, lease_until=lease_end(State.READING))
    statements.add_judged(file, part, rows)


@transaction.atomic
def _preview(file: Import) -> None:
    """The four counts, and what would be added beside the work."""
    named = naming.named_by(file)
    found = naming.standing(file, named)
    milestones, sprints = found.missing(named)
    matched = {name: named.versions[name] for name in found.planned}
    counts, is_open = count_verdicts(file), listings.open_items(file)
    move(
        file,
        State.PREVIEWED,
        rows_total=file.rows_read,
        previews=file.previews + 1,
        milestones_added=len(milestones),
        sprints_added=len(sprints),
        milestones_matched=matched,
        open_count=is_open.all,
        missing_count=is_open.missing,
        **counts,
        # a note on why it was read again stays, the error of an earlier attempt does not
        problem=file.problem if file.attempts == 1 else "",
        attempts=0,
        lease_until=None,
    )
    record("import.read", file, by=None, after=counts)


def count_verdicts(file: Import) -> dict[str, int]:
    """How many rows are new, changed, unchanged and refused, by the import's field names."""
    rows = ImportRow.objects.filter(of=file).order_by()
    found = dict(rows.values_list("verdict").annotate(Count("pk")))
    return {f"{verdict}_count": found.get(verdict, 0) for verdict in Verdict.values}


@transaction.atomic
def _refuse(file: Import, reason: str) -> None:
    """Say why the file as a whole cannot be taken; nothing of it is kept."""
    move(file, State.REFUSED, problem=reason, lease_until=None)
    delete_content(file)
    record("import.refused", file, by=None, after={"reason": reason})
