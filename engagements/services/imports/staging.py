"""What was read of a file, written down in batches until it is applied or discarded."""

import csv
import json
from collections.abc import Iterable, Mapping
from io import BytesIO, StringIO
from struct import pack
from typing import Any

from django.db import connection

from engagements.models import Import, ImportRow
from engagements.models.imports import Part
from engagements.sources.changes import Change
from engagements.sources.rows import Row

Verdict = ImportRow.Verdict

# Texts that are empty stay texts; an instant that is empty is none.
ADD_REFUSED = """
COPY engagements_importrow (of_id, part, line, key, verdict, reason, note, data, before)
FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (key, reason, note))
"""

ADD_SAID = """
COPY engagements_importevent
     (of_id, part, line, key, field, came, became, occurred_at, place, note)
FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (key, came, became, note))
"""


ADD_PIECE = """
COPY engagements_importchunk (of_id, part, number, content) FROM STDIN WITH (FORMAT binary)
"""
# How COPY's binary format begins and ends.
BEGINS, ENDS = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"


def add_piece(import_id: int, part: Part, number: int, content: bytes) -> None:
    """Keep a piece of a file as it is. As a value of INSERT it would be spelt out first."""
    fields = (pack(">q", import_id), part.encode(), pack(">i", number), content)
    row = pack(">h", len(fields)) + b"".join(pack(">i", len(each)) + each for each in fields)
    with connection.cursor() as cursor:
        cursor.copy_expert(ADD_PIECE, BytesIO(BEGINS + row + ENDS))


def add_seen(file: Import, rows: Iterable[Row]) -> None:
    """Keep what these rows say of their items. COPY takes a quarter of the time of INSERT."""
    of = (file.pk, Part.WORK)
    _copy(
        ADD_SAID,
        (
            (*of, row.line, row.key, "seen", "", canonical(row.data), row.updated_at, 0, row.note)
            for row in rows
        ),
    )


def add_changes(file: Import, changes: Iterable[Change]) -> None:
    """Keep what these rows of a changelog say of their items."""
    of = (file.pk, Part.CHANGELOG)
    _copy(
        ADD_SAID,
        (
            (*of, each.line, each.key, each.field, each.came, each.became, each.at, each.place, "")
            for each in changes
        ),
    )


def add_refused(file: Import, rows: Iterable[Row]) -> None:
    """Keep why these rows cannot be taken."""
    _copy(ADD_REFUSED, (_refused(file, Part.WORK, row) for row in rows))


def add_refused_changes(file: Import, changes: Iterable[Change]) -> None:
    """Keep why these rows of a changelog cannot be taken."""
    rows = (Row(each.line, each.key, {}, reason=each.reason) for each in changes)
    _copy(ADD_REFUSED, (_refused(file, Part.CHANGELOG, row) for row in rows))


def _refused(file: Import, part: Part, row: Row) -> tuple[Any, ...]:
    data = json.dumps(row.data, ensure_ascii=False)
    return (file.pk, part, row.line, row.key, Verdict.REFUSED, row.reason, row.note, data, "{}")


def _copy(statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows as CSV, which Python writes in a fifth of the time of COPY's own text format."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    if text.tell():
        text.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(statement, text)


def canonical(cells: Mapping[str, object]) -> str:
    """A row's cells as one text: the same cells are the same text."""
    return json.dumps(cells, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
