"""Items as lists name them: with their titles, their pages, and their sources where that tells.

Figures name items by their trackers' keys. Where two sources have an item of one key, lists are
worked out from ``Names.apart``, in which each has a name of its own.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from dm_portal.shell.wording import count

Row = dict[str, Any]
# So many items of a list stand on a page, so many more are one click away, the CSV has them all.
SHOWN, LISTED = 8, 100
# Parts a key from its source; no database keeps it in a key, and it sorts before everything.
APART = "\0"


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as a list names it.

    ``source`` is named where another has an item of the same key; ``url`` is empty where which of
    them is meant is not known.
    """

    key: str
    title: str
    url: str
    source: str = ""

    @property
    def name(self) -> str:
        """ "A-1", or "A-1 (Jira export)"."""
        return f"{self.key} ({self.source})" if self.source else self.key


@dataclass(frozen=True, slots=True)
class Items:
    """Some items under one name: those that are shown, those one click away, how many they are."""

    name: str
    number: int
    shown: tuple[ItemLine, ...]
    more: tuple[ItemLine, ...]

    @property
    def words(self) -> str:
        return count(self.number, "item")

    @property
    def more_words(self) -> str:
        """What opens the list of those that are not shown."""
        rest = self.number - len(self.shown)
        return f"{rest} more" if self.shown else self.words

    @property
    def unlisted(self) -> int:
        """How many only the CSV names."""
        return self.number - len(self.shown) - len(self.more)


class Names:
    """What the items of a body are called; ``sources`` names its sources by their numbers."""

    def __init__(self, body: Row, sources: Mapping[int, str]) -> None:
        self._ref = body["engagement"]
        self._inputs: Row = body["inputs"]
        self._sources = sources
        self._rows: dict[str, list[Row]] = defaultdict(list)
        for row in self._inputs["items"]:
            self._rows[row["key"]].append(row)

    @property
    def are_shared(self) -> bool:
        """Whether any key is that of two items."""
        return len(self._rows) < len(self._inputs["items"])

    def of(self, row: Row) -> str:
        """The name of an item: its key, and its source where another has one of that key."""
        key: str = row["key"]
        return f"{key}{APART}{row['source']}" if len(self._rows[key]) > 1 else key

    def apart(self) -> Row:
        """The inputs with the names of the items in the place of their keys."""
        if not self.are_shared:
            return self._inputs
        items = [row | {"key": self.of(row)} for row in self._inputs["items"]]
        return self._inputs | {"items": items}

    def line(self, name: str) -> ItemLine:
        """The item of this name; of a bare key that two items have, which is not known; of one that
        is not among the rows any more, its key.
        """
        key, _, source = name.partition(APART)
        rows = [row for row in self._rows[key] if source in ("", str(row["source"]))]
        title = " / ".join(row["title"] for row in rows)
        if len(rows) != 1:
            return ItemLine(key, title, "")
        [row] = rows
        return ItemLine(key, title, self._url(row), self._source(row) if source else "")

    def _source(self, row: Row) -> str:
        return self._sources.get(row["source"], f"source {row['source']}")

    def _url(self, row: Row) -> str:
        place = {"ref": self._ref, "number": row["source"], "key": row["key"]}
        return reverse("work_detail", kwargs=place)

    def items(self, name: str, names: list[str], *, shown: int = SHOWN) -> Items:
        """These items as a list of its own name."""
        lines = [self.line(each) for each in names[: shown + LISTED]]
        return Items(name, len(names), tuple(lines[:shown]), tuple(lines[shown:]))
