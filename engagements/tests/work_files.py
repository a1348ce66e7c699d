"""Small files for the tests of imports."""

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from dm_portal.people.models import User
from engagements.models import Engagement, Import
from engagements.services import imports
from engagements.sources.rows import Row
from engagements.sources.work_file import WorkFile

HEADER = "key,type,title,state,size,milestone,sprint,assignee,created_at,started_at,done_at\n"
BERLIN = ZoneInfo("Europe/Berlin")
READ_AT = datetime(2026, 3, 1, tzinfo=UTC)


def work_csv(*rows: str) -> bytes:
    return (HEADER + "".join(f"{row}\n" for row in rows)).encode()


def item(key: str = "A-1", title: str = "Pay by card", **cells: str) -> str:
    """A row of a work CSV; what is not named is empty, but for the date of creation."""
    given = {"key": key, "title": title, "created_at": "2026-01-05T10:00:00Z"} | cells
    return ",".join(given.get(name, "") for name in HEADER.strip().split(","))


def open_file(content: bytes, *, block: int = 7) -> WorkFile:
    """The file in blocks that break lines, characters and line endings apart."""
    pieces = (content[start : start + block] for start in range(0, len(content), block))
    return WorkFile(pieces, zone=BERLIN, now=READ_AT)


def changes(*rows: str) -> bytes:
    """A changelog of these rows: key,created,author,field,from,to."""
    return "\n".join(["key,created,author,field,from,to", *rows, ""]).encode()


def rows_of(content: bytes) -> list[Row]:
    return list(open_file(content))


def row_of(**cells: str) -> Row:
    """The only row of a work CSV with these cells."""
    (row,) = rows_of(work_csv(item(**cells)))
    return row


def jira(header: str, *rows: str) -> list[Row]:
    return rows_of("\n".join([header, *rows]).encode())


def receive(
    engagement: Engagement,
    by: User,
    content: bytes | Iterable[str],
    name: str = "work.csv",
    *,
    changelog: bytes = b"",
    export: imports.Export | None = None,
) -> Import:
    """An uploaded file; rows are put under the header of a work CSV."""
    data = content if isinstance(content, bytes) else work_csv(*content)
    attached = imports.Attached("changelog.csv", BytesIO(changelog)) if changelog else None
    return imports.receive_file(
        engagement=engagement,
        file_name=name,
        content=BytesIO(data),
        by=by,
        changelog=attached,
        export=export or imports.Export(),
    )


def preview(
    engagement: Engagement, by: User, content: bytes | Iterable[str], **more: Any
) -> Import:
    file = receive(engagement, by, content, **more)
    imports.read_import(import_id=file.pk)
    file.refresh_from_db()
    return file


def apply(engagement: Engagement, by: User, content: bytes | Iterable[str], **more: Any) -> Import:
    """A file that went all the way, whatever it loses."""
    file = preview(engagement, by, content, **more)
    imports.request_application(file=file, seen=file.previews, by=by, loses_much=True)
    imports.apply_import(import_id=file.pk)
    file.refresh_from_db()
    return file
