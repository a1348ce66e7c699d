"""The facts of an engagement at an instant: the rows, and the figures that follow from them.

A body holds ``schema``, ``engagement`` (its ref), ``as_of``, ``since``, ``inputs`` and
``figures``. Its canonical form is what is frozen and hashed; rebuilding runs the function of its
own schema over its own inputs, so a later schema never changes what was said.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from dm_portal.people.models import WorkCalendar
from dm_portal.people.models.working_time import WEEKDAYS
from dm_portal.people.schedules import NOBODYS
from dm_portal.shell.compiled import Compiled
from engagements.calendars import working_days_by
from engagements.histories import History
from engagements.models import (
    Engagement,
    Import,
    Sprint,
    StateMeaning,
    VersionMeaning,
)
from engagements.stages import stage_of_word
from engagements.thresholds import DEFAULTS
from engagements.work_events import Meanings, Name, histories
from reporting import figures, forecasting
from reporting.figures import text_instant
from reporting.figures.agreed import as_stored as as_agreed
from reporting.last_status import NOTHING_LATE, Told, told_by_last_of
from reporting.stored_items import stored
from reporting.stored_owed import OWED, as_stored, owed
from reporting.stored_plans import Plan, as_json, plans_of, stored_instant
from reporting.stored_roster import roster, roster_at

SCHEMA_VERSION = 10

# Old functions stay importable for ever: a stored body names the one that made it.
SCHEMAS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: figures.version_1,
    2: figures.version_2,
    3: figures.version_3,
    4: figures.version_4,
    5: figures.version_5,
    6: figures.version_6,
    7: figures.version_7,
    8: figures.version_8,
    9: figures.version_9,
    10: figures.version_10,
}


def collect(
    engagement: Engagement,
    *,
    since: datetime | None,
    as_of: datetime,
    thresholds: dict[str, int] | None = None,
) -> dict[str, Any]:
    """What is known at ``as_of``, and what happened from ``since`` (the previous ``as_of``) on.

    JSON-ready. Three statements, four with a status before, whatever the number of rows. A draft
    keeps the ``thresholds`` with which it opened; without them those that hold now are stored.
    """
    inputs = read_inputs(engagement, since=since, as_of=as_of)
    return body_of(engagement, inputs | ({"thresholds": thresholds} if thresholds else {}))


def body_of(engagement: Engagement, inputs: dict[str, Any]) -> dict[str, Any]:
    """The facts that ``inputs_of`` an engagement make."""
    inputs["forecasts"] = forecasting.stored(inputs)
    return {
        "schema": SCHEMA_VERSION,
        "engagement": engagement.ref,
        "since": inputs["since"],
        "as_of": inputs["as_of"],
        "inputs": inputs,
        "figures": figures_from(inputs, schema=SCHEMA_VERSION),
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
    """The rows that the figures of schema 10 are worked out from.

    ``items`` that existed at the instant, each with what became of it up to then; ``late``,
    ``late_in`` and ``late_out`` name what the last status could not know of them yet, see
    ``Told.late_of``; ``decided`` when people decided on which of its states, ``is_undecided`` that
    nobody has said what that of now means, ``is_undated`` that no file says when it was created;
    ``milestones``; ``criteria``; ``revisions`` of
    committed dates; ``sprints``; ``imports``: the last applied one of each source, and until when
    any file of most of its open items tells of it; ``working_days`` by the calendar;
    ``thresholds`` of the colours, and
    ``rules_before``: how the rules saw the last status, and ``grave_before`` what it had
    to mention; what is owed, see ``stored_owed``; and ``roster``: who is there, in the two weeks
    from then on, see ``stored_roster``.
    Rows later than the instant are there where the figures need to say so.
    """
    [(_, inputs)] = inputs_of([Asked(engagement, since, as_of)])
    return inputs


# When each state was decided on, by engagement and number of the source.
Decided = dict[tuple[int, int], dict[str, str]]


class Asked(NamedTuple):
    """Of which engagement the facts are wanted, from when (None: the beginning) to when."""

    engagement: Engagement
    since: datetime | None
    as_of: datetime


def inputs_of(asked: Sequence[Asked]) -> Iterator[tuple[Engagement, dict[str, Any]]]:
    """What ``read_inputs`` gives, of one engagement after the other."""
    ids = [each.engagement.pk for each in asked]
    told = told_by_last_of((each.engagement, each.since) for each in asked)
    plans = plans_of(ids)
    days = {each.engagement.pk: each.engagement.day_of(each.as_of) for each in asked}
    around, meanings, decided_at = _around(days)
    for each, items in _items(asked, told, plans, meanings, decided_at):
        engagement, since, as_of = each
        inputs = {
            "since": text_instant(since),
            "as_of": text_instant(as_of),
            "zone": engagement.time_zone,
            "known_from": text_instant(engagement.created_at),
            "items": items,
            **plans[engagement.pk].rows,
            **around[engagement.pk],
            "roster": roster_at(
                around[engagement.pk]["roster"], as_of, ZoneInfo(engagement.time_zone)
            ),
            "rules_before": knew.rules if (knew := told.get(engagement.pk)) else {},
            "grave_before": knew.grave if knew else {},
        }
        yield engagement, inputs


def _items(
    asked: Sequence[Asked],
    told: dict[int, Told],
    plans: dict[int, Plan],
    meanings: Meanings,
    decided_at: Decided,
) -> Iterator[tuple[Asked, list[dict[str, Any]]]]:
    """What became of every item up to the instant, from everything that was ever said of it."""
    waiting = sorted(asked, key=lambda each: each.engagement.pk)
    items = histories([each.engagement.pk for each in waiting], meanings)
    following = next(items, None)
    for each in waiting:
        pk, mine = each.engagement.pk, []
        knew = told.get(pk)
        while following is not None and following[0][0] == pk:
            name, history = following
            if history.created_at < each.as_of:
                row = _row(name, history, each.as_of, plans[pk].numbers)
                row |= _meant(row, decided_at.get(name[:2], {}))
                mine.append(row | (knew.late_of(row) if knew else NOTHING_LATE))
            following = next(items, None)
        yield each, mine


def _row(name: Name, history: History, until: datetime, numbers: dict[str, int]) -> dict[str, Any]:
    _, source, key = name
    return {"source": source, "key": key, **stored(history, until, numbers)}


def _meant(row: dict[str, Any], decided_at: Mapping[str, str]) -> dict[str, Any]:
    """When people decided on which of its states; and whether nobody has on that of now."""
    last = row["steps"][-1][2]
    is_undecided = last and last not in decided_at and stage_of_word(last) is None
    decided = {state: decided_at[state] for _, _, state in row["steps"] if state in decided_at}
    return {
        **({"decided": decided} if decided else {}),
        **({"is_undecided": True} if is_undecided else {}),
    }


def _around(days: Mapping[int, date]) -> tuple[dict[int, dict[str, Any]], Meanings, Decided]:
    """Sprints with dates, the last applied file of each source, the thresholds of the colours, and
    on which days is worked, of engagements as of a day of each; what states and versions mean, and
    when the states were decided on.

    Of one statement.
    """
    around: dict[int, dict[str, Any]] = {}
    states: dict[tuple[int, int], dict[str, str]] = {}
    versions: dict[int, dict[str, str | None]] = {}
    decided_at: Decided = {}
    for row in AROUND.rows(list(days)):
        pk = row["id"]
        around[pk] = {
            "sprints": row["its_sprints"],
            "imports": [_file(each) for each in row["its_files"]],
            "thresholds": _thresholds(row),
            "working_days": _working_days(row, days[pk]),
            **{name: as_stored(row[f"its_{name}"]) for name in OWED},
            "roster": row["its_roster"],
        }
        for each in row["its_meanings"]:
            of = pk, each["source"]
            states.setdefault(of, {})[each["state"]] = each["stage"]
            decided_at.setdefault(of, {})[each["state"]] = stored_instant(each["at"]) or ""
        versions[pk] = {each["version"]: each["milestone"] for each in row["its_versions"]}
    return around, Meanings(states, versions), decided_at


def _rows_around(engagements: Any) -> QuerySet[Any, dict[str, Any]]:
    mine = {"engagement": OuterRef("pk")}
    sprints = Sprint.objects.filter(starts_on__isnull=False, **mine).order_by("number")
    applied = Import.objects.filter(engagement=OuterRef(OuterRef("pk"))).applied()
    last = applied.order_by("source__number", "-applied_at", "-number").distinct("source__number")
    files = Import.objects.filter(pk__in=last.values("pk")).order_by("source__number")
    files = files.annotate(told_until=_told_until())
    decided = StateMeaning.objects.filter(source__engagement=OuterRef("pk"))
    meaning = JSONObject(source="source__number", state="state", stage="stage", at="decided_at")
    moved = VersionMeaning.objects.filter(**mine)
    version = JSONObject(version="version", milestone="milestone__tracker_name")
    return Engagement.objects.filter(pk__in=engagements).values(
        "id",
        "starts_on",
        *(f"calendar__{name}" for name in OF_A_CALENDAR),
        *(f"thresholds__{name}" for name in DEFAULTS.stored),
        its_sprints=ArraySubquery(
            sprints.values_list(as_json("number", "name", "starts_on", "ends_on", "goal"))
        ),
        its_files=ArraySubquery(files.values_list(JSONObject(**OF_A_FILE))),
        its_meanings=ArraySubquery(decided.values_list(meaning)),
        its_versions=ArraySubquery(moved.values_list(version)),
        **{f"its_{name}": rows for name, rows in owed().items()},
        its_roster=roster(),
    )


AROUND = Compiled(_rows_around)


def _thresholds(row: dict[str, Any]) -> dict[str, int]:
    """Those that an engagement has, else the defaults."""
    own = {name: row[f"thresholds__{name}"] for name in DEFAULTS.stored}
    return DEFAULTS.stored if None in own.values() else own


OF_A_CALENDAR = (*WEEKDAYS, "country", "region")


def _working_days(row: dict[str, Any], today: date) -> dict[str, Any]:
    """On which days is worked by the engagement's calendar."""
    own = {name: row[f"calendar__{name}"] for name in OF_A_CALENDAR}
    calendar = NOBODYS if None in own.values() else WorkCalendar(**own).calendar()
    starts_on = date.fromisoformat(row["starts_on"])
    return as_agreed(working_days_by(calendar, starts_on=starts_on, today=today))


def _told_until() -> Subquery:
    """The latest instant that a file of most open items of the same source tells of."""
    same = Import.objects.filter(source=OuterRef("source")).of_most_open_items()
    return Subquery(same.order_by("-speaks_of").values("speaks_of")[:1])


OF_A_FILE = {
    "source": "source__number",
    "kind": "source__kind",
    "number": "number",
    "file": "file_name",
    "uploaded_at": "uploaded_at",
    "applied_at": "applied_at",
    "told_until": "told_until",
    "refused": "refused_count",
}


def _file(row: dict[str, Any]) -> dict[str, Any]:
    """Its instants as every other instant is written."""
    instants = ("uploaded_at", "applied_at", "told_until")
    return row | {at: stored_instant(row[at]) for at in instants}
