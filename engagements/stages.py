"""What a tracker's own states mean: how far an item is."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from django.db import models

from engagements.sources.cells import plain


class Stage(models.TextChoices):
    """How far an item is, whatever its tracker calls that."""

    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    BLOCKED = "blocked", "Blocked"
    DONE = "done", "Done"
    WITHDRAWN = "withdrawn", "Withdrawn"


# None: nobody has said yet what that state means.
StageOf = Callable[[str], Stage | None]

# States that trackers mean alike, in the form that ``plain`` gives them; what else a customer's
# tracker says is decided once, for its source.
KNOWN: Mapping[Stage, tuple[str, ...]] = {
    Stage.NOT_STARTED: (
        *("open", "reopened", "new", "to_do", "todo", "backlog", "planned"),
        *("ready", "ready_for_development", "selected_for_development"),
    ),
    Stage.IN_PROGRESS: (
        *("in_progress", "in_development", "in_review", "code_review", "in_peer_review"),
        *("in_testing", "testing", "in_test", "in_qa", "doing", "started", "review"),
    ),
    Stage.BLOCKED: ("blocked", "on_hold", "impeded"),
    Stage.DONE: ("closed", "done", "resolved", "completed", "finished", "released"),
    Stage.WITHDRAWN: ("withdrawn", "cancelled", "canceled", "rejected", "won_t_do", "won_t_fix"),
}
OF_WORD = {word: stage for stage, words in KNOWN.items() for word in words}


@lru_cache(maxsize=1000)
def stage_of_word(state: str) -> Stage | None:
    """What every tracker means by this state; None where each means its own.

    Remembered, for a file names the same few over and over.
    """
    return OF_WORD.get(plain(state))


def decided_by(decisions: Mapping[str, str]) -> StageOf:
    """Stages by what was decided for the states of one source, then by what all mean alike."""
    known: dict[str, Stage | None] = {state: Stage(stage) for state, stage in decisions.items()}

    def stage_of(state: str) -> Stage | None:
        if state not in known:
            known[state] = stage_of_word(state)
        return known[state]

    return stage_of
