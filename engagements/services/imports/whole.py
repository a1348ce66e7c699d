"""From the bytes to the end in one go, and whatever waits, for commands, clock and sweep."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from django.db import transaction

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict
from engagements.models import Engagement, Import
from engagements.services.imports.acts import (
    UNKNOWN,
    Attached,
    Export,
    keep_file,
    keep_pieces,
    receive_file,
    request_application,
    require_sense,
)
from engagements.services.imports.applying import apply, apply_import
from engagements.services.imports.attempts import park_dead
from engagements.services.imports.reading import read, read_import
from engagements.services.imports.states import NEXT, State, claimed, waiting
from engagements.sources.maps import FileMap

logger = logging.getLogger(__name__)
WORK = {State.READING: read_import, State.APPLYING: apply_import}


def import_file(
    *,
    engagement: Engagement,
    file_name: str,
    content: BinaryIO,
    by: User,
    changelog: Attached | None = None,
    by_map: FileMap | None = None,
    export: Export = UNKNOWN,
    loses_much: bool = False,
) -> Import:
    """Receive, read and apply a file at once. Look at its state for how it ended.

    ``loses_much``: that over a third of the open items is gone by it is meant so.

    Raises:
        DomainError: the file is empty or too large, every row of it is refused, or it loses much.
    """
    with transaction.atomic():  # claimed before anybody can see it
        file = receive_file(
            engagement=engagement,
            file_name=file_name,
            content=content,
            changelog=changelog,
            by_map=by_map,
            export=export,
            by=by,
        )
        file = claimed(file.pk, State.READING)
    read(file)
    if file.state == State.PREVIEWED:
        with transaction.atomic():
            request_application(file=file, seen=file.previews, by=by, loses_much=loses_much)
            file = claimed(file.pk, State.APPLYING)
        apply(file)
    return file


@contextmanager
def preview_file(
    *,
    engagement: Engagement,
    file_name: str,
    content: BinaryIO,
    by: User,
    changelog: Attached | None = None,
    by_map: FileMap | None = None,
    export: Export = UNKNOWN,
) -> Iterator[Import]:
    """A file read as an import would be, and forgotten at the end: nothing is written.

    It has the number 0, which no import has, and a source that is kept nowhere. So it neither
    takes nor awaits the engagement's lock; only two previews of one engagement take turns.

    Raises:
        DomainError: as ``receive_file`` does, so that what cannot be applied is no preview.
    """
    require_sense(export)
    with transaction.atomic():
        kept = keep_pieces(Attached(file_name, content), changelog)
        file = keep_file(engagement, 0, kept, by_map, export, by)
        file = claimed(file.pk, State.READING)
        read(file)
        yield file
        transaction.set_rollback(True)


def run_waiting(*, limit: int = 10) -> int:
    """Read and apply what waits, the oldest first; returns how many were worked on.

    Several processes may do so at once. An error is written to its import and raised: the rest
    waits for the next call.
    """
    park_dead()
    waits = Import.objects.filter(waiting(now())).order_by("uploaded_at", "pk")
    return sum(_work_on(pk, state) for pk, state in waits.values_list("pk", "state")[:limit])


def _work_on(import_id: int, state: str) -> bool:
    try:
        return WORK[NEXT[State(state)]](import_id=import_id)
    except Conflict as conflict:  # another process took it over, and goes on with it
        logger.info("%s", conflict)
        return False
