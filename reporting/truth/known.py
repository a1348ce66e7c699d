"""What the facts of a draft say, by subject and meaning."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reporting import rag
from reporting.wording import percent

Row = dict[str, Any]

# Not of one milestone: what is said of all work, or of any part of it.
ANY = ""

# How the names of days end, of what is owed.
OWED_DAYS = ("_on", "_by", "_day", "moved_to")
# Of promises, said in the words that milestones' dates are said in.
PROMISED = {"due_on": "committed", "moved_to": "moved", "kept_on": "done"}

# The figures that answer to what people say of items: those that always do, and those that do
# where there are any, since the words may mean several.
ITEMS = {
    "done": (("done", "finished"), ("finished_late", "finished_again")),
    "open": (("open",), ()),
    "blocked": (("blocked",), ()),
    "added": (("created",), ("first_told", "created_late", "moved_in", "late_in")),
    "reopened": (("reopened",), ("reopened_late",)),
    "withdrawn": (("removed",), ("removed_late", "moved_out", "gone")),
    "total": (("items",), ()),
}


@dataclass(frozen=True)
class Known:
    """The facts that a text is held against.

    ``counts``  (subject, meaning) -> the numbers that are true of it; a subject is the name of a
                milestone, or ``ANY``; meanings are ``items.<state>``, ``criteria.<state>``,
                ``share.items``, ``share.criteria``, ``days.past``
    ``days``    (subject, meaning) -> the days: ``committed``, ``moved``, ``done``
    ``colours`` milestone -> its colour by the rules
    ``declared``, ``previous`` the colour of this status, and of the last; empty where there is none
    """

    today: date
    names: tuple[str, ...]
    counts: Mapping[tuple[str, str], frozenset[int]]
    days: Mapping[tuple[str, str], frozenset[date]]
    colours: Mapping[str, str]
    declared: str
    previous: str
    all_days: frozenset[date] = field(default=frozenset())


def known_of(body: Row, *, declared: str, previous: str, more_days: frozenset[date]) -> Known:
    """What the facts of ``body`` say; ``more_days`` are days that are known from elsewhere."""
    figures = body["figures"]
    told, colours = _Told(), _colours(body)
    for row in figures["milestones"]:
        told.milestone(row)
    for part in ("total", "promised", "beyond"):
        if figures[part]:
            told.items(ANY, figures[part])
    if figures["blockers"] is not None:
        told.blocked(figures["blockers"])
    for move in figures["moved"]:
        told.move(move)
    for meaning, text in _days_owed(figures):
        told.day(ANY, meaning, text)
    for name, text in figures["window"].items():
        if text and name.endswith("_day"):
            told.day(ANY, "window", text)
    return Known(
        today=date.fromisoformat(figures["window"]["to_day"]),
        names=tuple(row["name"] for row in figures["milestones"]),
        counts={key: frozenset(values) for key, values in told.counts.items()},
        days={key: frozenset(values) for key, values in told.days.items()},
        colours=colours,
        declared=declared,
        previous=previous,
        all_days=more_days.union(*told.days.values()),
    )


def _colours(body: Row) -> dict[str, str]:
    """Of each committed milestone the colour by the rule of the schedule."""
    thresholds = rag.thresholds_of(body)
    before = body["inputs"].get("rules_before", {}).get("schedule")
    return {
        row["name"]: rag.milestone_colour(row, thresholds, before)
        for row in body["figures"]["milestones"]
        if row["committed_on"]
    }


def _days_owed(figures: Row) -> Iterator[tuple[str, str]]:
    """By meaning, the days of what is asked, raised, risked, promised and planned."""
    for part in ("asks", "answered", "escalations", "resolved", "risks", "commitments"):
        for row in figures.get(part, ()):
            for name, value in row.items():
                if value and name.endswith(OWED_DAYS):
                    yield PROMISED.get(name, "owed"), value
    if ahead := figures.get("ahead"):
        yield from (("owed", ahead[name]) for name in ("starts_on", "ends_on"))


class _Told:
    """Collects; what is known of a milestone is known of ``ANY``, too."""

    def __init__(self) -> None:
        self.counts: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self.days: defaultdict[tuple[str, str], set[date]] = defaultdict(set)

    def milestone(self, row: Row) -> None:
        name = row["name"]
        for column, meaning in (
            *(("committed_on", "committed"), ("first_committed_on", "first")),
            *(("done_on", "done"), ("items_done_on", "done"), ("criteria_met_on", "done")),
            *(("expected_from", "expected"), ("expected_to", "expected")),
        ):
            if row.get(column):
                self.day(name, meaning, row[column])
        if row["items"] is not None:
            self.items(name, row)
        if row["criteria"]:
            met, total = row["criteria_met"], row["criteria"]
            self.count(name, "criteria.met", met)
            self.count(name, "criteria.open", total - met)
            self.count(name, "criteria.total", total)
            self.count(name, "share.criteria", percent(met, total))
        for late in ("days_past", "days_late"):
            if row[late]:
                self.count(name, "days.past", row[late])

    def items(self, subject: str, row: Row) -> None:
        """The counts of one part of the work, as its row holds them: numbers, or the keys."""
        for meaning, (always, where_any) in ITEMS.items():
            for column in always:
                if row.get(column) is not None:
                    self.count(subject, f"items.{meaning}", _number(row[column]))
            for column in where_any:
                if row.get(column):
                    self.count(subject, f"items.{meaning}", _number(row[column]))
        if row["items"]:
            self.count(subject, "share.items", percent(row["done"], row["items"]))

    def blocked(self, blockers: list[Row]) -> None:
        self.count(ANY, "items.blocked", len(blockers))
        for each in blockers:
            self.day(ANY, "blocked", each["since_day"])

    def move(self, move: Row) -> None:
        """A committed date that was moved since the last status."""
        for column, meaning in (("old_on", "before"), ("new_on", "moved")):
            if move[column]:
                self.day(move["name"], meaning, move[column])

    def count(self, subject: str, meaning: str, value: int) -> None:
        self.counts[subject, meaning].add(value)
        self.counts[ANY, meaning].add(value)

    def day(self, subject: str, meaning: str, text: str) -> None:
        self.days[subject, meaning].add(date.fromisoformat(text))
        self.days[ANY, meaning].add(date.fromisoformat(text))


def _number(value: int | list[str]) -> int:
    return value if isinstance(value, int) else len(value)
