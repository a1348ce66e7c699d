"""What a source said of one item, sorted by kind."""

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any, NamedTuple, Self

SEEN, LISTED, MISSING = "seen", "listed", "no"
STATE, STAYS = "state", "stays"
# A tracker stamps a row some milliseconds before the change of it that it logs last.
SKEW = timedelta(seconds=1)


class Evidence(NamedTuple):
    """One thing that a source said of an item.

    ``field`` is "seen", and ``became`` then a row's cells as canonical JSON; "listed", and then
    "yes" or, of a whole export that lacks it, "no"; or the field that changed, from ``came`` to
    ``became``. Milestones come and go one by one. ``place`` is that among the changes of the field
    at this instant, as the changelog lists them.
    """

    at: datetime
    field: str
    place: int
    came: str
    became: str


class Seen(NamedTuple):
    """How the item stood at an instant, as far as that export told."""

    at: datetime
    cells: dict[str, Any]


class Stay(NamedTuple):
    """From ``at`` on the item was in this state, by a report of its stays."""

    at: datetime
    state: str


@dataclass(slots=True)
class Told:
    """Evidence, sorted by kind."""

    seen: list[Seen] = field(default_factory=list)
    changes: dict[str, list[Evidence]] = field(default_factory=dict)
    latest: dict[str, Any] = field(default_factory=dict)
    listed_at: list[datetime] = field(default_factory=list)
    missing_at: list[datetime] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    stayed_at: datetime | None = None  # as of when the latest report tells them

    @classmethod
    def of(cls, evidence: Iterable[Evidence]) -> Self:
        """All of it, in any order, and however often it was said.

        Nothing but what was said decides what comes after what: of one instant, changes follow from
        each other as far as they can; rows, of which none is known to be newer, go by their cells.
        """
        told = cls()
        for each, _ in groupby(sorted(evidence)):
            if each.field == SEEN:
                told._see(each)
            elif each.field == LISTED:
                is_missing = each.became == MISSING
                (told.missing_at if is_missing else told.listed_at).append(each.at)
            else:
                told.changes.setdefault(each.field, []).append(each)
        told.changes = {name: _followed(changes) for name, changes in told.changes.items()}
        told._take_stays()
        return told

    def _see(self, row: Evidence) -> None:
        cells = json.loads(row.became)
        self.seen.append(Seen(row.at, cells))
        if STAYS in cells:
            self.stayed_at = row.at
        self.latest = self.latest | cells if self.latest else cells

    def _take_stays(self) -> None:
        """Its stays by the latest report of them alone, where no changelog tells its states: an
        earlier report dates the same moves from another day.
        """
        if STAYS in self.latest and STATE not in self.changes:
            self.stays = [
                Stay(datetime.fromisoformat(at), state) for state, at in self.latest[STAYS]
            ]
            moves = [
                Evidence(now.at, STATE, 0, before.state, now.state)
                for before, now in pairwise(self.stays)
                if before.state != now.state
            ]
            if moves:
                self.changes[STATE] = moves

    @property
    def alive(self) -> Iterator[datetime]:
        """Whenever it was there: seen, changed, or named by an export; in no order."""
        yield from (seen.at for seen in self.seen)
        yield from (change.at for changes in self.changes.values() for change in changes)
        yield from self.listed_at

    @property
    def first(self) -> datetime:
        """When anything was first told of it."""
        changed = (changes[0].at for changes in self.changes.values())
        return min((self.seen[0].at, *changed))

    @property
    def last(self) -> datetime:
        """When anything was last said, also that it is missing."""
        changed = (changes[-1].at for changes in self.changes.values())
        listed = (each[-1] for each in (self.listed_at, self.missing_at) if each)
        return max((self.seen[-1].at, *changed, *listed))

    def apart(self, name: str) -> tuple[list[Seen], list[Evidence], list[Seen]]:
        """What was seen before any change of this field was told, the changes, what was seen
        after. What was seen in between says nothing that they do not tell better. Stays tell the
        states from the beginning on.
        """
        changes = self.changes.get(name, [])
        if name == STATE and self.stays:
            return [], changes, self._since_stays()
        if not changes:
            return self.seen, [], []
        first, last = changes[0].at, changes[-1].at
        before = [seen for seen in self.seen if seen.at < min(first, last - SKEW)]
        after = [seen for seen in self.seen if seen.at >= last - SKEW]
        return before, changes, [Seen(max(seen.at, last), seen.cells) for seen in after]

    def _since_stays(self) -> list[Seen]:
        """The report that tells the stays, and what was seen after it."""
        place = bisect_left(self.seen, self.stayed_at, key=attrgetter("at"))
        last, since = self.stays[-1].at, self.seen[place:]
        return [Seen(max(seen.at, last), seen.cells) for seen in since]


def _followed(changes: list[Evidence]) -> list[Evidence]:
    """Changes of a field in the order of time, those of one instant as they follow each other."""
    if all(one.at != other.at for one, other in pairwise(changes)):
        return changes  # as nearly always
    instants = groupby(changes, key=attrgetter("at"))
    return [each for _, together in instants for each in _chained(list(together))]


def _chained(changes: list[Evidence]) -> list[Evidence]:
    """Changes of a field at one instant: none before another that leads to it, if there is a way.

    Where they go round in a circle they keep their places.
    """
    ordered = []
    while len(changes) > 1:
        led_to = Counter(each.became for each in changes)
        free = (each for each in changes if not led_to[each.came])
        first = next(free, changes[0])
        ordered.append(first)
        changes.remove(first)
    return ordered + changes


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
