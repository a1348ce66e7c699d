"""The facts of an engagement at an instant: the rows, and the figures that follow from them.

A body holds ``schema``, ``engagement`` (its ref), ``as_of``, ``since``, ``inputs`` and
``figures``. Its canonical form is what is frozen and hashed; rebuilding runs the function of its
own schema over its own inputs, so a later schema never changes what was said.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import JSONObject

from engagements.models import (
    AcceptanceCriterion,
    Engagement,
    Import,
    Milestone,
    MilestoneRevision,
    WorkItem,
)
from reporting import figures
from reporting.figures import text_instant
from reporting.models import Facts

SCHEMA_VERSION = 3

# Old functions stay importable for ever: a stored body names the one that made it.
SCHEMAS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: figures.version_1,
    2: figures.version_2,
    3: figures.version_3,
}


def collect(engagement: Engagement, *, since: datetime | None, as_of: datetime) -> dict[str, Any]:
    """What is known at ``as_of``, and what happened from ``since`` (the previous ``as_of``) on.

    JSON-ready. Three statements, four with a status before, whatever the number of rows.
    """
    inputs = read_inputs(engagement, since=since, as_of=as_of)
    return {
        "schema": SCHEMA_VERSION,
        "engagement": engagement.ref,
        "since": inputs["since"],
        "as_of": inputs["as_of"],
        "inputs": inputs,
        "figures": figures_from(inputs),
    }


def figures_from(inputs: dict[str, Any], *, schema: int = SCHEMA_VERSION) -> dict[str, Any]:
    """The figures that these rows give by the rules of ``schema``.

    Raises:
        KeyError: there is no such schema.
    """
    return SCHEMAS[schema](inputs)


def rebuild(body: str) -> str:
    """The canonical body again, its figures worked out anew from its own inputs."""
    stored = json.loads(body)
    again = figures_from(stored["inputs"], schema=stored["schema"])
    return canonical({**stored, "figures": again})


def canonical(body: dict[str, Any]) -> str:
    """One text for one meaning: sorted keys, instants in UTC with ``Z``, decimals as strings.

    Raises:
        TypeError: the body holds a float or something that is not JSON.
    """
    return json.dumps(_plain(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(body: str) -> str:
    """SHA-256 of the canonical text (UTF-8), in hexadecimal."""
    return hashlib.sha256(body.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return text_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, str | bool | int):
        return value
    # A float has no one text: its digits depend on who prints it.
    raise TypeError(f"{value!r} has no canonical form")


def read_inputs(
    engagement: Engagement, *, since: datetime | None, as_of: datetime
) -> dict[str, Any]:
    """The rows that the figures of schemas 1 to 3 are worked out from.

    ``items`` that existed at the instant, by the tracker's own dates, ``late`` naming what the
    last status could not know of them yet; ``milestones``; ``criteria``; ``revisions`` of
    committed dates; ``imports``: the last applied one of each source. Rows later than the instant
    are there where the figures need to say so.
    """
    told = _told(engagement, since)
    return {
        "since": text_instant(since),
        "as_of": text_instant(as_of),
        "zone": engagement.time_zone,
        "known_from": text_instant(engagement.created_at),
        "items": _items(engagement, as_of, told),
        **_plan(engagement),
        "imports": _imports(engagement),
    }


@dataclass(frozen=True)
class Told:
    """What the last status knew: which items there were, and which of them were done."""

    since: datetime
    items: frozenset[tuple[int, str]]
    done: frozenset[tuple[int, str]]

    def late(
        self, item: tuple[int, str], created_at: datetime, done_at: datetime | None
    ) -> list[str]:
        """What happened to ``item`` before that status and was imported only after it."""
        created = created_at < self.since and item not in self.items
        done = done_at is not None and done_at < self.since and item not in self.done
        return [*(["created"] if created else []), *(["done"] if done else [])]


def _told(engagement: Engagement, since: datetime | None) -> Told | None:
    """Read from the facts frozen with the status that ended at ``since``, as last corrected."""
    if since is None:
        return None
    frozen = Facts.objects.filter(engagement=engagement, as_of=since).order_by("-pk")
    body = frozen.values_list("body", flat=True).first()
    if body is None:
        return None
    rows = json.loads(body)["inputs"]["items"]
    return Told(
        since=since,
        items=frozenset((row["source"], row["key"]) for row in rows),
        done=frozenset((row["source"], row["key"]) for row in rows if _was_done(row, since)),
    )


def _was_done(row: dict[str, Any], since: datetime) -> bool:
    done_at = figures.instant(row["done_at"])
    return done_at is not None and done_at < since


def _items(engagement: Engagement, as_of: datetime, told: Told | None) -> list[dict[str, Any]]:
    rows = (
        WorkItem.objects.filter(engagement=engagement, created_at__lt=as_of)
        .annotate(
            source_number=F("source__number"),
            in_milestones=ArrayAgg(
                "milestones__number",
                filter=Q(milestones__isnull=False),
                order_by="milestones__number",
                default=Value([]),
            ),
        )
        .order_by("source_number", "key")
        .values_list("source_number", "key", "title", "created_at", "done_at", "in_milestones")
    )
    return [
        {
            "source": source,
            "key": key,
            "title": title,
            "created_at": text_instant(created_at),
            "done_at": text_instant(done_at),
            "milestones": milestones,
            "late": told.late((source, key), created_at, done_at) if told else [],
        }
        for source, key, title, created_at, done_at, milestones in rows
    ]


def _plan(engagement: Engagement) -> dict[str, list[dict[str, Any]]]:
    """Milestones with their criteria and the revisions of their dates, of one statement."""
    criteria = AcceptanceCriterion.objects.filter(milestone=OuterRef("pk")).order_by("number")
    revisions = MilestoneRevision.objects.filter(milestone=OuterRef("pk")).order_by("number")
    rows = (
        Milestone.objects.filter(engagement=engagement)
        .annotate(
            its_criteria=ArraySubquery(
                criteria.values_list(_as_json("number", "statement", "met_at", "created_at"))
            ),
            its_revisions=ArraySubquery(
                revisions.values_list(
                    _as_json("number", "old_on", "new_on", "reason", "changed_at", by="changed_by")
                )
            ),
        )
        .order_by("number")
    )
    plan: dict[str, list[dict[str, Any]]] = {"milestones": [], "criteria": [], "revisions": []}
    for row in rows:
        plan["milestones"].append(
            {
                "number": row.number,
                "name": row.name,
                "outcome": row.outcome,
                "created_at": text_instant(row.created_at),
            }
        )
        plan["criteria"] += [
            _dated(row.number, each, "met_at", "created_at") for each in row.its_criteria
        ]
        plan["revisions"] += [_dated(row.number, each, "changed_at") for each in row.its_revisions]
    return plan


def _as_json(*fields: str, by: str = "") -> JSONObject:
    """The columns of a row as one value; ``by`` is a person, of whom the name is taken."""
    names = {field: F(field) for field in fields}
    return JSONObject(**names, **({by: F(f"{by}__name")} if by else {}))


def _dated(milestone: int, row: dict[str, Any], *instants: str) -> dict[str, Any]:
    """A row of a milestone, its instants as every other instant is written."""
    return {**row, "milestone": milestone} | {
        at: text_instant(figures.instant(row[at])) for at in instants
    }


def _imports(engagement: Engagement) -> list[dict[str, Any]]:
    """The last applied file of each source."""
    rows = Import.objects.filter(engagement=engagement, state=Import.State.APPLIED)
    found = (
        rows.order_by("source__number", "-applied_at", "-number")
        .distinct("source__number")
        .values_list(
            *("source__number", "number", "file_name"),
            *("uploaded_at", "applied_at", "refused_count"),
        )
    )
    return [
        {
            "source": source,
            "number": number,
            "file": file_name,
            "uploaded_at": text_instant(uploaded_at),
            "applied_at": text_instant(applied_at),
            "refused": refused,
        }
        for source, number, file_name, uploaded_at, applied_at, refused in found
    ]
