"""What no tracker holds more of: noticed while a file is read, before it floods the portal."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from types import MappingProxyType

from engagements.sources.changes import Change
from engagements.sources.refusal import FileRefused
from engagements.sources.rows import Row

# Somebody says of each state what it means, on one page; the others are choices of filters.
MOST = {
    "states": 1000,
    "types": 1000,
    "milestones": 10_000,
    "sprints": 10_000,
    "assignees": 10_000,
}
# Of milestones and sprints one file may add fewer: most are known from earlier files. Each would be
# a choice of every filter; a column of this many new names holds something else.
MAX_NAMES = 2000
# By the field that holds one of them.
NOUNS = {noun.removesuffix("s"): noun for noun in MOST}
# An item's history is worked out as a whole.
MAX_CHANGES = 10_000
# Only items that change as often within one batch can come to that many in a file.
OFTEN = 20
# Fields that nobody reads are named, as long as somebody may look at their names.
MAX_FIELDS = 100
FURTHER = "further fields"


class Bounds:
    """Counts over the rows and changes of one import; memory does not grow with these.

    ``known`` are the names that are there before it, of the nouns of which a file may add fewer.
    """

    def __init__(self, known: Mapping[str, Set[str]] = MappingProxyType({})) -> None:
        self._names: dict[str, set[str]] = {noun: set() for noun in MOST}
        self._known = known
        self._new: dict[str, set[str]] = {noun: set() for noun in known}
        self._changes: Counter[str] = Counter()

    def take_rows(self, rows: Iterable[Row]) -> None:
        """Count a batch of rows.

        Raises:
            FileRefused: with them there are too many names of a kind.
        """
        for row in rows:
            if not row.reason:
                for field in ("state", "type", "sprint", "assignee"):
                    self._name(row.line, NOUNS[field], row.data.get(field, ""))
                self._name(row.line, "milestones", *row.data.get("milestones", ()))
                self._name(row.line, "states", *(state for state, _ in row.data.get("stays", ())))
                self._add(row.line, "sprints", row.data.get("sprint", ""))
                self._add(row.line, "milestones", *row.data.get("milestones", ()))

    def take_changes(self, changes: Sequence[Change]) -> None:
        """Count a batch of a changelog.

        Raises:
            FileRefused: with them there are too many names of a kind, or changes of one item.
        """
        for each in changes:
            if each.field in NOUNS:
                self._name(each.line, NOUNS[each.field], each.came, each.became)
        for key, count in Counter(each.key for each in changes if each.field).items():
            if count >= OFTEN:
                self._changes[key] += count
                self._require_few(changes[-1].line, key)

    def _name(self, line: int, noun: str, *names: str) -> None:
        known = self._names[noun]
        for name in names:
            if name and name not in known:
                known.add(name)
                if len(known) > MOST[noun]:
                    raise too_many(noun, MOST[noun], f"Up to line {line} the")

    def _add(self, line: int, noun: str, *names: str) -> None:
        """Count what would be added; only rows do so, not the changes that they went through."""
        if noun in self._known:
            new = self._new[noun]
            new.update(name for name in names if name and name not in self._known[noun])
            if len(new) > MAX_NAMES:
                raise too_many(f"new {noun}", MAX_NAMES, f"Up to line {line} the")

    def _require_few(self, line: int, key: str) -> None:
        if self._changes[key] > MAX_CHANGES:
            raise FileRefused(
                f"Up to line {line} the item {key} has more than {MAX_CHANGES:,} changes, which no "
                "item has. Perhaps the column of keys holds something else."
            )


def too_many(noun: str, most: int, begins: str = "The") -> FileRefused:
    """The refusal of a file that names more than ``most`` of these."""
    return FileRefused(
        f"{begins} file names more than {most:,} {noun}, which nobody could choose from. "
        f"Perhaps its column of {noun.removeprefix('new ')} holds something else."
    )


def add_left_out(names: Iterable[str], counts: dict[str, int]) -> dict[str, int]:
    """``counts`` with these names of fields; what comes after the first ones is counted as one."""
    found = dict(counts)
    for name in names:
        known = name if name in found or len(found) < MAX_FIELDS else FURTHER
        found[known] = found.get(known, 0) + 1
    return found
