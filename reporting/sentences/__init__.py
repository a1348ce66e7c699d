"""What a status says, written from the facts by rules: one sentence per fact, as people say it.

Each sentence carries the facts it rests on, so that no number stands in the text that none of
them holds; ``about`` is the milestone that it speaks of, if any, and is read before it. The text
is what the customer reads: it names committed milestones only, since a version of the tracker
that nobody promised is nobody's promise.

Keys: ``corrected``, ``since``, ``date.<n>.<revision>``, ``dates``, ``created``, ``first_told``,
``late.<what>``, ``back``, ``reopened``, ``removed``, ``gone``, ``scope.<n>``, ``late.scope.<n>``,
``milestone.<n>``, ``criteria.<n>``, ``blocked.<n>``, ``beyond``, ``finished``,
``met.<n>.<criterion>``, ``delivered.<n>``, ``delivered.beyond``, ``left_out.<what>``,
``recorded``, ``freshness``; from schema 9 on ``answered.<n>``, ``resolved.<n>``, ``promise.<n>``,
``expected.<n>``, ``next.<n>``, ``next.beyond``, ``ask.<n>``, ``escalation.<n>``, ``risk.<n>``.
"""

from collections.abc import Iterable, Iterator

from reporting import rag
from reporting.sentences import ahead, basis, changed, delivered, owed, progress
from reporting.sentences.before import corrected
from reporting.sentences.parts import Row

__all__ = [
    "AHEAD",
    "CHANGED",
    "DELIVERED",
    "OPEN",
    "corrected",
    "is_under",
    "of_milestone",
    "write",
]

# The sentences, and families of them, on what changed since the last status.
CHANGED = (
    *("corrected", "since", "date.", "dates", "created", "late.created"),
    *("first_told", "late.first_told", "back", "late.back"),
    *("reopened", "late.reopened", "removed", "late.removed", "gone", "late.gone"),
    *("late.redated", "late.decided", "scope.", "late.scope."),
    *("answered.", "resolved.", "promise."),
)
DELIVERED = ("finished", "late.finished", "met.", "delivered.")
AHEAD = ("next.",)
# What waits for somebody, or may go wrong, as it stood with the status.
OPEN = ("ask.", "escalation.", "risk.")


def write(body: Row) -> list[Row]:
    """Every sentence of a status, in the order in which it is read: key, about, text, facts."""
    figures = body["figures"]
    return [
        *changed.since(figures),
        *changed.dates(figures),
        *changed.created(figures),
        *changed.late(figures, "created"),
        *changed.first_told(figures),
        *changed.late(figures, "first_told"),
        *changed.back(figures),
        *changed.late(figures, "back"),
        *changed.became(figures, "reopened", "reopened"),
        *changed.late(figures, "reopened"),
        *changed.became(figures, "removed", "withdrawn"),
        *changed.late(figures, "removed"),
        *changed.became(figures, "gone", "gone from the tracker"),
        *changed.late(figures, "gone"),
        *changed.late(figures, "redated"),
        *changed.decided(figures),
        *changed.moved_items(figures),
        *changed.moved_late(figures),
        *owed.answered(figures),
        *owed.resolved(figures),
        *owed.promises(figures),
        *_milestones(body),
        *progress.beyond(figures),
        *delivered.finished(figures),
        *changed.late(figures, "finished"),
        *delivered.met(figures),
        *delivered.where(figures),
        *ahead.next_week(figures),
        *owed.asks(figures),
        *owed.escalations(figures),
        *owed.risks(figures),
        *basis.left_out(figures),
        *basis.recorded(figures),
        basis.freshness(figures),
    ]


def _milestones(body: Row) -> Iterator[Row]:
    """How each milestone stands; when it is expected right after when it was promised."""
    before = body["inputs"].get("rules_before", {}).get("schedule")
    found = ahead.expected(body["figures"], rag.thresholds_of(body), before)
    expected = {row["key"]: row for row in found}
    for row in progress.milestones(body["figures"]):
        yield row
        name, _, number = row["key"].partition(".")
        if name == "milestone" and (told := expected.get(f"expected.{number}")):
            yield told


def is_under(key: str, keys: Iterable[str]) -> bool:
    """Whether a sentence's key is one of these; one that ends in a dot stands for a family."""
    return any(key.startswith(each) if each.endswith(".") else key == each for each in keys)


def of_milestone(number: int) -> tuple[str, ...]:
    """The sentences that tell how one milestone stands, in their order."""
    said = ("milestone", "expected", "criteria", "blocked")
    return tuple(f"{name}.{number}" for name in said)
