"""The import's state machine: one table, one conditional UPDATE, one lease for whoever works."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from dm_portal.shell.attempts import MAX_ATTEMPTS
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Import

State = Import.State

MAX_BYTES = 50 * 1024 * 1024
TOO_LARGE = (
    f"The file is larger than {MAX_BYTES // 2**20} MB. Export fewer columns, or a shorter period."
)

TRANSITIONS: dict[str, frozenset[str]] = {
    State.UPLOADED: frozenset({State.READING, State.DISCARDED}),
    # To itself: claimed anew when the lease of whoever worked on it has run out.
    State.READING: frozenset({State.READING, State.PREVIEWED, State.REFUSED, State.PARKED}),
    State.PREVIEWED: frozenset({State.REQUESTED, State.DISCARDED}),
    State.REQUESTED: frozenset({State.APPLYING, State.DISCARDED}),
    # To uploaded: the preview no longer holds, so the file is read again.
    State.APPLYING: frozenset({State.APPLYING, State.APPLIED, State.UPLOADED, State.PARKED}),
    State.PARKED: frozenset({State.UPLOADED, State.DISCARDED}),
    State.APPLIED: frozenset(),
    State.DISCARDED: frozenset(),
    State.REFUSED: frozenset(),
}
# Reading renews its lease with each batch; applying is one transaction.
LEASES = {State.READING: timedelta(minutes=1), State.APPLYING: timedelta(minutes=5)}
# What waits for which work.
NEXT = {
    State.UPLOADED: State.READING,
    State.READING: State.READING,
    State.REQUESTED: State.APPLYING,
    State.APPLYING: State.APPLYING,
}


def move(file: Import, to: str, **changes: Any) -> None:
    """Bring ``file`` to another state, with what changes along with it.

    Raises:
        DomainError: the table knows no way from its state to that one.
        Conflict: somebody else changed it since it was read, or took the work over.
    """
    if to not in TRANSITIONS[file.state]:
        state, wanted = State(file.state).label.lower(), State(to).label.lower()
        raise DomainError(f"{file} is “{state}” and cannot become “{wanted}”.")
    change(file, state=to, **changes)


def change(file: Import, **changes: Any) -> None:
    """Write ``changes`` if state, lease and preview are still as they were read.

    Raises:
        Conflict: they are not.
    """
    names = ("pk", "state", "lease_until", "previews")
    same = Import.objects.filter(**{name: getattr(file, name) for name in names})
    if not same.update(**changes):
        raise Conflict(f"{file} was taken further by somebody else. Look at it again.")
    for name, value in changes.items():
        setattr(file, name, value)


def claim(import_id: int, work: str) -> Import | None:
    """Take an import that waits for ``work`` (reading or applying), or whose worker died.

    The attempt is counted before the work. None: there is nothing to take, or another was faster.
    """
    file = with_names().filter(waiting(now()), pk=import_id).first()
    if file is None or NEXT[State(file.state)] != work:
        return None
    try:
        move(file, work, attempts=file.attempts + 1, lease_until=lease_end(work))
    except Conflict:  # another process was faster
        return None
    return file


def claimed(import_id: int, work: str) -> Import:
    """Take an import that nobody else can have seen yet.

    Raises:
        Conflict: somebody has, after all.
    """
    file = claim(import_id, work)
    if file is None:
        raise Conflict("Another process has taken this import over.")
    return file


def waiting(at: datetime) -> Q:
    """What can be claimed at this instant."""
    free = Q(state__in=[State.UPLOADED, State.REQUESTED])
    left = Q(state__in=Import.WORKING, lease_until__lte=at)
    return (free | left) & Q(attempts__lt=MAX_ATTEMPTS)


def lease_end(work: str) -> datetime:
    """Until when a process that starts now, or goes on now, is left alone."""
    return now() + LEASES[State(work)]


def with_names() -> QuerySet[Import]:
    """Imports together with the rows that their words and the record name."""
    return Import.objects.select_related("engagement__customer", "uploaded_by", "applied_by")
