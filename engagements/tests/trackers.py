"""A small tracker that people work in for some days, and the exports that are made of it.

They overlap, some come with a changelog or with a part of it, some leave columns out, of some it is
known that they are whole. Items are deleted, and some come back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from engagements.services.imports import Export
from engagements.tests.work_files import changes

START = datetime(2026, 1, 5, 10, tzinfo=UTC)
STATES = ("Open", "Doing", "Blocked", "Closed", "Won't do")
COLUMNS = ("key", "title", "state", "milestone", "sprint", "assignee", "created_at", "updated_at")


@dataclass
class Tracker:
    """Items as they stand, and every change that was made."""

    items: dict[str, dict[str, str]] = field(default_factory=dict)
    log: list[tuple[str, datetime, str, str, str]] = field(default_factory=list)

    def change(self, at: datetime, key: str, name: str, became: str) -> None:
        blank = dict.fromkeys(COLUMNS, "") | {"key": key, "created_at": at.isoformat()}
        held = self.items.setdefault(key, blank | {"state": "Open", "title": f"Work {key}"})
        held["updated_at"] = at.isoformat()
        came = held[name]
        if came != became:
            held[name] = became
            self.log.append((key, at, {"state": "status"}.get(name, name), came, became))

    def delete(self, key: str) -> None:
        """With all that its changelog told."""
        self.items.pop(key, None)
        self.log = [each for each in self.log if each[0] != key]

    def export(self, leaves_out: str) -> bytes:
        """Everything that is there, without one of the columns."""
        names = [name for name in COLUMNS if name != leaves_out]
        rows = (",".join(held[name] for name in names) for held in self.items.values())
        return "\n".join([",".join(names), *rows, ""]).encode()

    def changelog(self, first: int) -> bytes:
        """What was changed, but for the first few changes."""
        rows = (f"{key},{at.isoformat()},x,{','.join(rest)}" for key, at, *rest in self.log[first:])
        return changes(*rows) if len(self.log) > first else b""


changed = st.tuples(
    st.sampled_from(["A-1", "A-2", "A-3"]),
    st.one_of(
        st.tuples(st.just("state"), st.sampled_from(STATES)),
        st.tuples(st.just("milestone"), st.sampled_from(["", "2.0", "2.1"])),
        st.tuples(st.just("sprint"), st.sampled_from(["", "S 1", "S 2"])),
        st.tuples(st.just("assignee"), st.sampled_from(["", "ann", "bob"])),
        st.tuples(st.just("title"), st.sampled_from(["Pay", "Pay by card"])),
        st.just(("delete", "")),
    ),
    st.integers(0, 36),  # hours since the change before: some are made at one instant
)
exported = st.tuples(
    st.sampled_from(["", "title", "assignee"]),
    st.none() | st.integers(0, 6),
    st.sampled_from(["whole", "dated", ""]),
)
# After some changes somebody exports.
worked = st.lists(changed, min_size=1, max_size=6)
lives = st.lists(st.tuples(worked, exported), min_size=2, max_size=3)


class File(NamedTuple):
    content: bytes
    changelog: bytes
    export: Export


def files_of(life: Any) -> Iterator[File]:
    """Each export with its changelog, if one came with it."""
    tracker, at = Tracker(), START
    tracker.change(at, "A-0", "title", "It stays")
    for changed_since, (leaves_out, first, known) in life:
        for key, (name, became), hours in changed_since:
            at += timedelta(hours=hours)
            if name == "delete":
                tracker.delete(key)
            else:
                tracker.change(at, key, name, became)
        at += timedelta(hours=1)
        changelog = b"" if first is None else tracker.changelog(first)
        export = Export(at if known else None, known == "whole")
        yield File(tracker.export(leaves_out), changelog, export)
