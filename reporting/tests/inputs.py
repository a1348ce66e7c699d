"""The rows that facts store, by hand: what figures, rules and sentences start from.

Items are written as schemas 1 to 3 store them; ``followed`` makes rows of schema 4 of them.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from reporting import facts

# Friday of ISO week 47 in 2026, at 15:00 in Berlin, and the Friday before.
AS_OF = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
SINCE = AS_OF - timedelta(days=7)


def text(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def item(
    key: str,
    *milestones: int,
    created: datetime = SINCE,
    done: datetime | None = None,
    late: tuple[str, ...] = (),
) -> dict[str, Any]:
    return {
        "source": 1,
        "key": key,
        "title": f"Title of {key}",
        "created_at": text(created),
        "done_at": text(done),
        "milestones": list(milestones),
        "late": list(late),
    }


def milestone(number: int, name: str = "", *, created: datetime = SINCE) -> dict[str, Any]:
    return {
        "number": number,
        "name": name or f"Release {number}",
        "outcome": f"Outcome {number}",
        "created_at": text(created),
    }


def revision(
    milestone: int,
    new_on: str | None,
    *,
    number: int = 1,
    old_on: str | None = None,
    at: datetime = SINCE - timedelta(days=30),
    reason: str = "As agreed.",
) -> dict[str, Any]:
    return {
        "milestone": milestone,
        "number": number,
        "old_on": old_on,
        "new_on": new_on,
        "reason": reason,
        "changed_at": text(at),
        "changed_by": "Mara Manager",
    }


def criterion(
    milestone: int, number: int = 1, met: datetime | None = None, created: datetime = SINCE
) -> dict[str, Any]:
    return {
        "milestone": milestone,
        "number": number,
        "statement": f"Statement {number}",
        "met_at": text(met),
        "created_at": text(created),
    }


def imported(
    at: datetime = AS_OF - timedelta(hours=1),
    refused: int = 0,
    *,
    applied: datetime | None = None,
    told: datetime | None = None,
) -> dict[str, Any]:
    """A file that was handed over then; applied at once, and telling until then, unless
    ``applied`` and ``told`` say otherwise.
    """
    return {
        "source": 1,
        "number": 1,
        "file": "work.csv",
        "uploaded_at": text(at),
        "applied_at": text(applied or at),
        "told_until": text(told or at),
        "refused": refused,
    }


def inputs(**rows: Any) -> dict[str, Any]:
    """Everything empty but what is given; one import unless ``imports`` says otherwise.

    The engagement is known a year later, so that the status is a reconstructed one.
    """
    given = {
        "since": text(SINCE),
        "as_of": text(AS_OF),
        "zone": "Europe/Berlin",
        "known_from": text(AS_OF + timedelta(days=365)),
        "items": [],
        "milestones": [],
        "criteria": [],
        "revisions": [],
        "sprints": [],
        "imports": [imported()],
        "working_days": {"weekdays": [0, 1, 2, 3, 4], "off": []},
    }
    return given | rows


def followed(given: dict[str, Any]) -> dict[str, Any]:
    """The same as schema 4 stores it: what has no history of its own has that of its dates."""
    return given | {"items": [row if "steps" in row else over_time(row) for row in given["items"]]}


def over_time(row: dict[str, Any]) -> dict[str, Any]:
    """What became of an item, as far as its dates tell."""
    begins = min(row["created_at"], row["done_at"] or row["created_at"])
    steps = [[begins, "not_started", "To do"]]
    if row["done_at"]:
        steps.append([row["done_at"], "done", "Done"])
    plain = {name: value for name, value in row.items() if name != "done_at"}
    return plain | {
        "started_at": None,
        "steps": steps,
        "milestones": [[begins, row["milestones"]]],
        "sprints": [[begins, ""]],
        "flags": [[begins, ""]],
    }


def body(**rows: Any) -> dict[str, Any]:
    """A facts body over these rows."""
    given = followed(inputs(**rows))
    return {
        "schema": facts.SCHEMA_VERSION,
        "engagement": "abcdefghij",
        "since": given["since"],
        "as_of": given["as_of"],
        "inputs": given,
        "figures": facts.figures_from(given),
    }


def ask(number: int = 1, **fields: Any) -> dict[str, Any]:
    """Shared ten days before the status, needed on Tuesday 24 Nov unless told otherwise."""
    plain = {
        "text": "Which bank do we test with? We need its name.",
        "to": "Lena Lead",
        "needed_by": "2026-11-24",
        "without_answer": "Refunds wait.",
        "state": "open",
        "asked_at": text(AS_OF - timedelta(days=10)),
        "ended_at": None,
    }
    return {"number": number} | plain | fields


def escalation(number: int = 1, **fields: Any) -> dict[str, Any]:
    """Raised ten days before the status, an answer needed on Tuesday 24 Nov."""
    plain = {
        "text": "Who pays for the second bank?",
        "level": 2,
        "to": "Erik Executive",
        "to_kind": "customer",
        "answer_by": "2026-11-24",
        "raised_at": text(AS_OF - timedelta(days=10)),
        "shared_at": text(AS_OF - timedelta(days=10)),
        "ended_at": None,
    }
    return {"number": number} | plain | fields


def risk(number: int = 1, **fields: Any) -> dict[str, Any]:
    plain = {
        "text": "The bank may change its interface.",
        "milestone": None,
        "state": "open",
        "shared_at": text(AS_OF - timedelta(days=10)),
        "ended_at": None,
    }
    return {"number": number} | plain | fields


def promise(number: int = 1, due_on: str | None = "2026-11-18", **fields: Any) -> dict[str, Any]:
    """Of a day, by hand; of a milestone's date with ``milestone``; written when it was said."""
    said_on = fields.get("said_on", "2026-11-02")
    plain = {
        "promise": "A stand-in for tests",
        "made_to": "Larkfield",
        "said_on": said_on,
        "supersedes": None,
        "milestone": None,
        "recorded_at": f"{said_on}T09:00:00Z",
        "fulfilled": [],
    }
    return {"number": number, "due_on": due_on} | plain | fields


def sprint(number: int, starts_on: str, ends_on: str, goal: str = "") -> dict[str, Any]:
    name = f"Sprint {number}"
    return {
        "number": number,
        "name": name,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "goal": goal,
    }


def forecast(milestone: int = 1, *law: str, refusal: str = "") -> dict[str, Any]:
    """By the end of each week from Monday 23 Nov on."""
    return {
        "milestone": milestone,
        "starts_on": "2026-11-23",
        "law": list(law),
        "refusal": "too_young" if refusal else "",
        "refusal_words": refusal,
        "has_low_evidence": False,
    }
