"""What a person does with an import."""

import hashlib
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from django.db import connection, transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict, DomainError
from dm_portal.shell.wake import wake
from engagements.assignees import people_of_map
from engagements.models import Engagement, Import, ImportChunk, ImportEvent, ImportRow
from engagements.models.imports import Part
from engagements.services.imports import staging
from engagements.services.imports.states import MAX_BYTES, TOO_LARGE, State, move
from engagements.services.numbers import lock, next_number
from engagements.sources.maps import FileMap
from engagements.sources.rows import written

CHUNK = 256 * 1024
EARLIEST = 1970  # no tracker is older
NEXT_ID = "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"
# How a form calls the files of an import.
FIELDS = {Part.WORK: "file", Part.CHANGELOG: "changelog"}
READ_AGAIN = (
    "This file was read again after the preview that you saw. Look at the counts below, then apply."
)


class Attached(NamedTuple):
    """A changelog that belongs to a file."""

    name: str
    content: BinaryIO


class Export(NamedTuple):
    """What whoever brings a file knows of it: when it was exported, and whether it is whole.

    A whole export holds all that its tracker has, so that what it lacks is gone.
    """

    at: datetime | None = None
    is_whole: bool = False


UNKNOWN = Export()


class Kept(NamedTuple):
    """What is stored of an import that is yet to be written: its id, and what its files are."""

    pk: int
    file_name: str
    changelog_name: str
    size: int
    changelog_size: int
    sha256: str


@transaction.atomic
def receive_file(
    *,
    engagement: Engagement,
    file_name: str,
    content: BinaryIO,
    by: User,
    changelog: Attached | None = None,
    by_map: FileMap | None = None,
    export: Export = UNKNOWN,
) -> Import:
    """Take a tracker's file in, piece by piece; it is read as soon as a worker has time.

    Its bytes are stored before the engagement is locked: others wait only for its number.
    ``by_map`` tells how it is written; without one, a map that the engagement knows, or its
    columns.

    Raises:
        DomainError: one of the files is empty or too large; it was exported in the future, or is
            whole as of no instant; or the map names somebody unknown.
    """
    require_sense(export)
    kept = keep_pieces(Attached(file_name, content), changelog)
    lock(engagement)
    number = next_number(Import.objects.filter(engagement=engagement))
    file = keep_file(engagement, number, kept, by_map, export, by)
    told: dict[str, Any] = {"size": file.size, "sha256": file.sha256}
    if export.at:
        told |= {"exported_at": written(export.at.astimezone(UTC)), "is_whole": export.is_whole}
    record("import.uploaded", file, by=by, after=told)
    wake("engagements.tasks.read_import", file.pk)
    return file


def require_sense(export: Export) -> None:
    """What is said of an export can be so.

    Raises:
        DomainError: it was exported in the future or before there were trackers, or is whole as of
            no instant.
    """
    if export.at and export.at.year < EARLIEST:
        raise DomainError(f"It cannot have been exported before {EARLIEST}.", field="exported_at")
    if export.at and export.at > now():
        raise DomainError("It cannot have been exported in the future.", field="exported_at")
    if export.is_whole and not export.at:
        raise DomainError(
            "Say when it was exported: only then can what it lacks be told as gone since.",
            field="exported_at",
        )


def keep_file(
    engagement: Engagement,
    number: int,
    kept: Kept,
    by_map: FileMap | None,
    export: Export,
    by: User,
) -> Import:
    """The import to which the pieces belong, under a number that the caller answers for.

    Raises:
        DomainError: the map names somebody unknown.
    """
    if by_map is not None:
        people_of_map(by_map.people, engagement)
    file: Import = Import.objects.create(
        **kept._asdict(),
        engagement=engagement,
        number=number,
        mapping=by_map.as_json() if by_map else {},
        exported_at=export.at,
        is_whole=export.is_whole,
        uploaded_at=now(),
        uploaded_by=by,
    )
    return file


def keep_pieces(work: Attached, changelog: Attached | None) -> Kept:
    """Store both files under the id of an import that the caller writes in the same transaction.

    Only at its end does the database ask whether there is such an import.

    Raises:
        DomainError: one of the files is empty or too large.
    """
    pk, digest, changelog_size = _next_id(), hashlib.sha256(), 0
    size = _keep_pieces(pk, Part.WORK, work.content, digest)
    if not size:
        raise DomainError("The file is empty.", field="file")
    if changelog is not None:
        changelog_size = _keep_pieces(pk, Part.CHANGELOG, changelog.content, digest)
        if not changelog_size:
            raise DomainError("The changelog is empty.", field="changelog")
    names = (work.name[-255:], changelog.name[-255:] if changelog else "")
    return Kept(pk, *names, size, changelog_size, digest.hexdigest())


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_ID, [Import._meta.db_table])
        return int(cursor.fetchone()[0])


def _keep_pieces(pk: int, part: Part, content: BinaryIO, digest: Any) -> int:
    """Store one of the files; returns its bytes.

    Raises:
        DomainError: it is too large.
    """
    size = 0
    for place, block in enumerate(iter(partial(content.read, CHUNK), b"")):
        size += len(block)
        if size > MAX_BYTES:
            raise DomainError(TOO_LARGE, field=FIELDS[part])
        digest.update(block)
        staging.add_piece(pk, part, place, block)
    return size


@transaction.atomic
def request_application(*, file: Import, seen: int, by: User, loses_much: bool = False) -> None:
    """Ask for a previewed import to be applied; ``seen`` is the number of the preview read.

    ``loses_much``: that over a third of the open items is gone by it is meant so.

    Raises:
        DomainError: it is not previewed, no row of it can be taken, or it loses that much and
            nobody has said that this is meant.
        Conflict: somebody else was faster, or there is another preview by now.
    """
    if file.state == State.PREVIEWED:  # in other states move says why not: counts are of no use
        _require_seen(file, seen)
        if file.loses_much and not loses_much:
            raise DomainError(
                f"{file.missing_count} of {file.open_count} open items are not in this file. Say "
                "that they are gone, or discard it and export without a filter.",
                field="loses_much",
            )
    move(file, State.REQUESTED, applied_by=by, attempts=0, problem="")
    told = {"missing": file.missing_count, "open": file.open_count} if file.loses_much else {}
    record("import.requested", file, by=by, after=told)
    wake("engagements.tasks.apply_import", file.pk)


def _require_seen(file: Import, seen: int) -> None:
    """The preview that was read is the latest one, and there is something in it to apply."""
    if seen != file.previews:
        raise Conflict(READ_AGAIN)
    if not file.new_count + file.changed_count + file.unchanged_count:
        raise DomainError("Every row of this file is refused: there is nothing to apply.")


@transaction.atomic
def discard_import(*, file: Import, by: User) -> None:
    """Leave an import out; its bytes and rows are deleted, that it was there stays on record.

    Raises:
        DomainError: it is being worked on, or it is over.
        Conflict: somebody else was faster.
    """
    move(file, State.DISCARDED, applied_by=None)
    delete_content(file)
    record("import.discarded", file, by=by)


@transaction.atomic
def retry_import(*, file: Import, by: User) -> None:
    """Let an import that failed be read again, with five new attempts.

    Raises:
        DomainError: it has not failed.
        Conflict: somebody else was faster.
    """
    problem = file.problem
    move(file, State.UPLOADED, applied_by=None, attempts=0, problem="")
    record("import.retried", file, by=by, before={"problem": problem})
    wake("engagements.tasks.read_import", file.pk)


def delete_content(file: Import) -> None:
    """Free the space of a file that nobody will read again."""
    ImportRow.objects.filter(of=file).delete()
    ImportEvent.objects.filter(of=file).delete()
    ImportChunk.objects.filter(of=file).delete()
