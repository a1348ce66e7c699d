"""Work on an import that may die at any moment: five attempts, then an admin is asked."""

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.shell import attempts
from dm_portal.shell.attempts import DIED, MAX_ATTEMPTS, next_attempt_at
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict
from engagements.models import Import
from engagements.services.imports.states import State, change, move, with_names


class Attempt(attempts.Attempt):
    """One attempt at a claimed import."""

    def __init__(self, file: Import) -> None:
        self.file = file
        self.number = file.attempts

    def give_back(self, error: str) -> None:
        # Read again: what the work wrote on its own row was rolled back with its transaction.
        mine = with_names().filter(state__in=Import.WORKING, attempts=self.number)
        if (file := mine.filter(pk=self.file.pk).first()) is not None:
            give_back(file, error)


@transaction.atomic
def give_back(file: Import, problem: str) -> bool:
    """Keep the error; the next attempt waits 2, 4, 8, 16 s, the fifth parks. True if parked."""
    try:
        if file.attempts < MAX_ATTEMPTS:
            change(file, problem=problem, lease_until=next_attempt_at(file.attempts))
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
