"""Work on an import that may die at any moment: five attempts, then an admin is asked."""

import traceback
from datetime import timedelta
from types import TracebackType

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict
from engagements.models import Import
from engagements.services.imports.states import (
    MAX_ATTEMPTS,
    State,
    change,
    move,
    with_names,
)

# Characters kept of an error: its end says what happened.
ERROR_LENGTH = 4000
DIED = "The process at work ended without a word: it was killed, or out of memory or time."


class Attempt:
    """One attempt at a claimed import. An error is written to the import, and goes on."""

    def __init__(self, file: Import) -> None:
        self.file = file
        self.number = file.attempts

    def __enter__(self) -> Import:
        return self.file

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            # Read again: what the work wrote on its own row was rolled back with its transaction.
            mine = with_names().filter(state__in=Import.WORKING, attempts=self.number)
            if (file := mine.filter(pk=self.file.pk).first()) is not None:
                give_back(file, "".join(traceback.format_exception(error))[-ERROR_LENGTH:])


@transaction.atomic
def give_back(file: Import, problem: str) -> bool:
    """Keep the error; the next attempt waits 2, 4, 8, 16 s, the fifth parks. True if parked."""
    try:
        if file.attempts < MAX_ATTEMPTS:
            again_at = now() + timedelta(seconds=2**file.attempts)
            change(file, problem=problem, lease_until=again_at)
            return False
        move(file, State.PARKED, problem=problem, lease_until=None)
    except Conflict:  # another process has it by now
        return False
    record("import.parked", file, by=None, after={"problem": problem.strip().splitlines()[-1]})
    return True


def park_dead() -> int:
    """Give up on imports whose fifth process died. Returns how many were parked."""
    dead = with_names().filter(
        state__in=Import.WORKING, lease_until__lte=now(), attempts__gte=MAX_ATTEMPTS
    )
    return sum(give_back(file, DIED) for file in dead)
