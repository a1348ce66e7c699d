"""Reading a file into rows with verdicts: in committed batches, so that progress is visible."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count

from dm_portal.people.audit import record
from dm_portal.shell.clock import now
from engagements.models import Import, ImportChunk, ImportRow, Source
from engagements.services.imports import statements
from engagements.services.imports.acts import delete_content
from engagements.services.imports.attempts import Attempt
from engagements.services.imports.states import State, change, claim, lease_end, move
from engagements.services.numbers import lock, next_number
from engagements.sources.refusal import FileRefused
from engagements.sources.rows import Row
from engagements.sources.work_file import WorkFile

BATCH = 500
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
    with Attempt(file):
        try:
            _read_rows(file)
        except FileRefused as refusal:
            _refuse(file, str(refusal))


def _read_rows(file: Import) -> None:
    zone, read_at = ZoneInfo(file.engagement.time_zone), now()
    work = WorkFile(_blocks(file), zone=zone, now=read_at)
    _begin(file, work, read_at)
    rows = iter(work)
    while batch := list(islice(rows, BATCH)):
        _keep(file, work, batch)
    if not file.rows_read:
        raise FileRefused("The file has column names and no rows.")
    _preview(file)


def _blocks(file: Import) -> Iterator[bytes]:
    """The file's bytes. One statement each: a cursor would not outlive the batches' commits."""
    chunks = ImportChunk.objects.filter(of=file).order_by("number")
    pieces = chunks.values_list("number", "content")
    last = -1
    while piece := pieces.filter(number__gt=last).first():
        last, content = piece
        yield bytes(content)


@transaction.atomic
def _begin(file: Import, work: WorkFile, read_at: datetime) -> None:
    """Forget what an earlier attempt has read, and note what the column names told."""
    ImportRow.objects.filter(of=file).delete()
    source = _source(file, work.layout.kind)
    found = {"source_id": source.pk, "unknown_columns": list(work.layout.unused)}
    change(file, read_at=read_at, rows_read=0, rows_total=None, **found)
    file.source = source


def _source(file: Import, kind: str) -> Source:
    """The engagement's source of this kind; the first file of a kind makes it.

    A mere preview only names it: what is kept would keep the engagement locked to its end.
    """
    sources = Source.objects.filter(engagement=file.engagement)
    known: Source | None = sources.filter(kind=kind).first()
    if known is not None:
        return known
    if file.number == 0:
        return Source(engagement=file.engagement, kind=kind)
    lock(file.engagement)
    source: Source
    source, created = sources.get_or_create(
        kind=kind, defaults={"engagement": file.engagement, "number": next_number(sources)}
    )
    if created:
        record("source.added", source, by=file.uploaded_by)
    return source


@transaction.atomic
def _keep(file: Import, work: WorkFile, batch: list[Row]) -> None:
    """One batch of rows with its verdicts, and how far the reading is."""
    read_so_far = file.rows_read + len(batch)
    share = work.bytes_read / file.size
    change(
        file,
        rows_read=read_so_far,
        rows_total=max(read_so_far, round(read_so_far / share)),
        lease_until=lease_end(State.READING),
    )
    statements.add_rows(file, _judged(file, batch))
    statements.judge(file, first=batch[0].line, last=batch[-1].line)


def _judged(file: Import, batch: list[Row]) -> Iterator[Row]:
    """The rows, each key once: a later row of the same key is refused, naming the first."""
    first_lines = statements.first_lines(file, (row.key for row in batch))
    for row in batch:
        if not row.reason and (first := first_lines.setdefault(row.key, row.line)) != row.line:
            yield replace(row, reason=f"The key {row.key} is in line {first} already.")
        else:
            yield row


@transaction.atomic
def _preview(file: Import) -> None:
    """The four counts, and what would be added beside the work."""
    milestones, sprints = statements.count_additions(file)
    matched = {match.name: match.items for match in statements.matches(file)}
    counts = count_verdicts(file)
    move(
        file,
        State.PREVIEWED,
        rows_total=file.rows_read,
        previews=file.previews + 1,
        milestones_added=milestones,
        sprints_added=sprints,
        milestones_matched=matched,
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
