"""What one row says, in the portal's words, or why it cannot be taken."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from dm_portal.shell.wording import abridged
from engagements.sources import cells
from engagements.sources.layouts import FIELDS, Layout
from engagements.sources.maps import FileMap
from engagements.stages import Stage, stage_of_word

T = TypeVar("T")
Filled = Mapping[str, Sequence[str]]

DATES = ("created_at", "started_at", "done_at", "updated_at", "seen_at")
# How many characters a field holds.
LIMITS = {
    "key": 200,
    "type": 100,
    "title": 2000,
    "state": 100,
    "sprint": 120,
    "assignee": 200,
    "flag": 100,
}
MAX_MILESTONE = 120
# More than any item belongs to, or sprints that it was in: a page shows them all.
MAX_MILESTONES = 50
CENT = Decimal("0.01")
# How reasons and notes call the fields.
WORDS = {
    "milestones": "milestone",
    "created_at": "created date",
    "started_at": "started date",
    "done_at": "done date",
    "updated_at": "updated date",
    "seen_at": "date on which it was seen",
    "due": "due date",
}
# How files are written that say themselves what they are.
AS_IS = FileMap(name="", columns={})
# Said for good, so of the day on which it was true.
DONE_LATER = "Its done date lay in the future when the file was read: it is open until then."


class Row(NamedTuple):
    """One row of a file.

    ``line`` is where it starts. Where ``reason`` is empty, ``data`` holds what the file has a
    column for, but the key, as JSON: texts, sorted milestones, the size as "3.00", instants as
    "2012-08-06T10:00:00.000000Z", None for what is empty. Otherwise it holds the texts of
    the cells, for whoever corrects them. ``note`` says what is odd and kept. ``updated_at`` is
    when the row was as it says, if that is told, ``latest`` the last instant of the past that it
    names. Where several lines of the file tell of one item, its ``stays`` are in ``data``: pairs of
    a state and the instant since when, in order.
    """

    line: int
    key: str
    data: dict[str, Any]
    reason: str = ""
    note: str = ""
    updated_at: datetime | None = None
    latest: datetime | None = None


def read_row(layout: Layout, line: int, row: Sequence[str], *, zone: tzinfo, now: datetime) -> Row:
    """The row that starts on ``line``; never raises, whatever its cells hold."""
    filled = _filled(layout, row)
    if len(row) != layout.width:
        reason = f"The row has {len(row)} cells, the header {layout.width}."
        return _refused(line, filled, [reason])
    reader = _Reader(filled, zone, now, layout.map or AS_IS)
    data = reader.data()
    if reader.faults:
        return _refused(line, filled, reader.faults)
    told = {name: value for name, value in data.items() if name in layout.places}
    if reader.map.state:  # that of every row
        told["state"] = data["state"]
    return Row(
        line,
        reader.key,
        told,
        note=" ".join(reader.notes),
        updated_at=reader.dates["updated_at"] or reader.dates["seen_at"],
        latest=max((at for at in reader.dates.values() if at and at <= now), default=None),
    )


def _refused(line: int, filled: Filled, reasons: list[str]) -> Row:
    raw = {name: _shown(filled.get(name, ())) for name in FIELDS}
    return Row(line, raw["key"][: LIMITS["key"]], raw, reason=" ".join(reasons))


def _filled(layout: Layout, row: Sequence[str]) -> Filled:
    """The cells of each field that hold something; in a title, blanks are something."""
    width = len(row)
    return {
        name: [
            row[place]
            for place in places
            if place < width and row[place] and (name == "title" or not row[place].isspace())
        ]
        for name, places in layout.places.items()
    }


def _shown(texts: Sequence[str]) -> str:
    """Cells as text that the database keeps: it has no NUL."""
    return ", ".join(texts).replace("\0", "\N{SYMBOL FOR NULL}")


@dataclass(slots=True)
class _Reader:
    """Reads one row, gathering what is wrong and what is odd."""

    filled: Filled
    zone: tzinfo
    now: datetime
    map: FileMap
    key: str = ""
    dates: dict[str, datetime | None] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        self._refuse_nul()
        self.key = self._text("key")
        if not self.key:
            self.faults.append("The key is empty.")
        if not self._cells("created_at") and not self._is_never_told("created_at"):
            self.faults.append("The created date is empty.")
        self.dates = {name: self._instant(name) for name in DATES}
        created, started, done, *_ = self.dates.values()
        state = self._text("state") or self.map.state
        if not self.faults:  # of what is refused nobody reads the notes
            self._note_dates(created, started, done)
            self._note_state(state, done)
        return {
            "type": self._text("type"),
            "title": self._within("title", self._one("title"), LIMITS["title"]),  # as in the file
            "state": state,
            "size": self._size(),
            "milestones": self._milestones(),
            "sprint": self._sprint(),
            "assignee": self._text("assignee"),
            "created_at": written(created),
            "started_at": written(started),
            "done_at": written(done),
            "flag": self._flag(),
            "due": self._one("due").strip(),
        }

    def _cells(self, name: str) -> Sequence[str]:
        return self.filled.get(name, ())

    def _refuse_nul(self) -> None:
        for name, found in self.filled.items():
            if "\0" in "".join(found):
                self.faults.append(
                    f"The {_words(name)} holds a NUL character, which cannot be kept."
                )

    def _one(self, name: str) -> str:
        """The first cell that is filled in; a tracker may give several columns for one field."""
        found = self._cells(name)
        if len(found) > 1 and (rest := [text for text in dict.fromkeys(found) if text != found[0]]):
            kept, left_out = abridged(found[0]), abridged(", ".join(rest))
            self.notes.append(f"The {_words(name)} is kept as {kept}; left out: {left_out}.")
        return found[0] if found else ""

    def _text(self, name: str) -> str:
        return self._within(name, self._one(name).strip(), LIMITS[name])

    def _sprint(self) -> str:
        """Trackers list an item's sprints in the order in which it was in them."""
        found = [cell.strip() for cell in self._cells("sprint")]
        earlier = found[:-1]
        if len(earlier) > MAX_MILESTONES or any(len(each) > LIMITS["sprint"] for each in earlier):
            self.notes.append(f"Earlier in {len(earlier)} other sprints.")
        elif earlier:
            self.notes.append(f"Earlier in {', '.join(earlier)}.")
        return self._within("sprint", found[-1] if found else "", LIMITS["sprint"])

    def _flag(self) -> str:
        found = ", ".join(cell.strip() for cell in self._cells("flag"))
        return self._within("flag", found, LIMITS["flag"])

    def _milestones(self) -> list[str]:
        found = cells.names(self._cells("milestones"))
        if len(found) > MAX_MILESTONES:
            self.faults.append(f"It names {len(found)} milestones; {MAX_MILESTONES} are enough.")
            return []
        return [self._within("milestones", name, MAX_MILESTONE) for name in found]

    def _within(self, name: str, text: str, limit: int) -> str:
        if len(text) > limit:
            self.faults.append(f"The {_words(name)} is longer than {limit} characters.")
        return text

    def _parsed(self, name: str, parse: Callable[[str], T]) -> T | None:
        text = self._one(name).strip()
        if not text:
            return None
        try:
            return parse(text)
        except cells.BadCell as error:
            self.faults.append(f"The {_words(name)} “{_shown([text[:60]])}” {error}.")
            return None

    def _instant(self, name: str) -> datetime | None:
        return self._parsed(name, lambda text: cells.instant(text, self.zone, dates=self.map.dates))

    def _is_never_told(self, name: str) -> bool:
        """Whether files of this map have no such column: then it is not missing in a row."""
        return bool(self.map.columns) and name not in self.map.columns

    def _size(self) -> str | None:
        found = self._parsed("size", lambda text: cells.size(text, decimal=self.map.decimal))
        if found is None:
            return None
        kept = found.quantize(CENT)
        if kept != found:
            self.notes.append(f"The size {found} is kept as {kept}.")
        return str(kept)

    def _note_dates(
        self, created: datetime | None, started: datetime | None, done: datetime | None
    ) -> None:
        if created and done and done < created:
            self.notes.append("Done before it was created.")
        if started and done and done < started:
            self.notes.append("Done before it was started.")
        if done and done > self.now:
            self.notes.append(DONE_LATER)

    def _note_state(self, state: str, done: datetime | None) -> None:
        stage = stage_of_word(state)
        if done and stage not in (Stage.DONE, None):
            self.notes.append(f"Has a done date, and its state is {state}.")
        if not done and stage == Stage.DONE and not self._is_never_told("done_at"):
            self.notes.append(f"Its state is {state}, without a done date.")


def _words(name: str) -> str:
    return WORDS.get(name, name)


def written(at: datetime | None) -> str | None:
    """An instant in UTC as ``Row.data`` holds it: always as long, so that texts sort as time."""
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None
