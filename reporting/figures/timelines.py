"""One item over time, as schemas 4 to 6 store it, and how it stood at an instant."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Self

from engagements.histories import Span, blocked_spans

Row = dict[str, Any]

# An item begins, and all that it holds: one instant is read often, as it is written, see dated.
instant = lru_cache(maxsize=4096)(datetime.fromisoformat)

BLOCKED, DONE, WITHDRAWN = "blocked", "done", "withdrawn"
AT_WORK = ("in_progress", BLOCKED)


class Entry(NamedTuple):
    """From ``at`` on something held; what is at an instant itself is not before it."""

    at: datetime
    value: Any


class Timeline(NamedTuple):
    """An item: its stages, its milestones by number, its sprints by name, its flags.

    Each list begins when the item did. From schema 6 on: since when whole exports lacked it, and
    the milestones that it came to or left before the last status, which did not know it. From
    schema 7 on ``is_undated``: no file says when it was created, it began when first told of.
    """

    key: str
    created_at: datetime
    started_at: datetime | None
    stages: list[Entry]
    milestones: list[Entry]
    sprints: list[Entry]
    flags: list[Entry]
    late: frozenset[str]
    missing: frozenset[datetime]
    late_in: frozenset[int]
    late_out: frozenset[int]
    is_undated: bool = False

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            key=row["key"],
            created_at=instant(row["created_at"]),
            started_at=instant(row["started_at"]) if row["started_at"] else None,
            stages=[Entry(instant(at), stage) for at, stage, _ in row["steps"]],
            milestones=[Entry(instant(at), frozenset(names)) for at, names in row["milestones"]],
            sprints=[Entry(instant(at), name) for at, name in row["sprints"]],
            flags=[Entry(instant(at), text) for at, text in row["flags"]],
            late=frozenset(row["late"]),
            missing=frozenset(map(instant, row.get("missing", ()))),
            late_in=frozenset(row.get("late_in", ())),
            late_out=frozenset(row.get("late_out", ())),
            is_undated=row.get("is_undated", False),
        )

    def stage(self, at: datetime) -> str:
        found: str = before(self.stages, at)
        return found

    def changed_since(self, at: datetime) -> bool:
        """Whether a stage began then or later: most items rest, and nothing else is to be asked."""
        return self.stages[-1].at >= at

    def is_there(self, at: datetime) -> bool:
        """Whether it counts: it existed, and was not withdrawn."""
        return self.created_at < at and self.stage(at) != WITHDRAWN

    def is_gone(self, at: datetime) -> bool:
        """Whether it was withdrawn because whole exports did not name it any more."""
        gone_at = self.since(lambda stage: stage == WITHDRAWN, at)
        return gone_at is not None and gone_at in self.missing

    def done_at(self, at: datetime) -> datetime | None:
        """When it was finished for the last time before ``at``; None if it was open then."""
        return self.since(lambda stage: stage == DONE, at)

    def since(self, is_so: Callable[[str], bool], at: datetime) -> datetime | None:
        """The beginning of the last run of such stages, if one lasted just before ``at``."""
        found = None
        for entry in reversed(past(self.stages, at)):
            if not is_so(entry.value):
                break
            found = entry.at
        return found

    def begun_at(self, at: datetime) -> datetime | None:
        """When work on it began, if it had by then."""
        if self.started_at is not None and self.started_at < at:
            return self.started_at
        return None

    def blocked_at(self, at: datetime) -> datetime | None:
        """Since when it was blocked by its state or flagged; None if it was not, or was over.

        By schema 4; a flag and a state that hand over to each other are two times here.
        """
        if self.stage(at) in (DONE, WITHDRAWN):
            return None
        since = [entry.at for entry in past(self.flags, at)[-1:] if entry.value]
        for entry in reversed(past(self.stages, at)):
            if entry.value != BLOCKED:
                break
            since.append(entry.at)
        return min(since, default=None)

    def blocked(self, at: datetime) -> list[Span]:
        """The times before ``at`` in which it was blocked or flagged; by schema 5."""
        return blocked_spans(past(self.stages, at), past(self.flags, at))

    def is_in(self, milestone: int, at: datetime) -> bool:
        return milestone in before(self.milestones, at)

    def was_ever_in(self, milestone: int) -> bool:
        return any(milestone in entry.value for entry in self.milestones)

    def was_reopened(self, *, since: datetime, at: datetime) -> bool:
        """Whether it was done and ceased to be so in this window."""
        return any(
            earlier.value == DONE and later.value != DONE
            for earlier, later in zip(self.stages, self.stages[1:], strict=False)
            if since <= later.at < at
        )


def past(entries: Sequence[Entry], at: datetime) -> Sequence[Entry]:
    """What there was before an instant."""
    if entries[-1].at < at:  # as mostly, and soon told
        return entries
    return entries[: _place(entries, at)]


def before(entries: Sequence[Entry], at: datetime) -> Any:
    """What held just before an instant; before the first entry, the first."""
    if entries[-1].at < at:  # as mostly, and soon told
        return entries[-1].value
    return entries[max(_place(entries, at) - 1, 0)].value


def _place(entries: Sequence[Entry], at: datetime) -> int:
    # A shorter tuple is before a longer one that begins with it: no value is ever compared.
    return bisect_left(entries, (at,))
