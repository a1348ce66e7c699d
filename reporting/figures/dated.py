"""Schemas 1 to 3: the figures of a status from the dates of the rows that were known.

Nothing here reads the database or a clock: the same inputs give the same figures, to the byte.
A figure that cannot be told is ``None``, never 0. Counts are items of the tracker; days are
calendar days in the engagement's zone; instants are ISO 8601 in UTC with ``Z``.

What a version takes is documented at ``reporting.facts.read_inputs``; what it gives:

``window``      since, as_of, from_day, to_day, known_until (the last import; since schema 3 when
                its file was handed over), until_day (the earlier of both), is_known
``total``       items, done, open: each item once; finished and created: keys, in the window;
                finished_late and created_late: before it, and imported only after the last status
``promised``    the same of items in committed milestones, each once; ``beyond`` of all others
``milestones``  one row each, see ``_milestone``; an item in several counts in each
``moved``       committed dates that were given, moved or withdrawn in the window
``burnup``      scope and done at the end of each complete local ISO week; ``burnup_next`` the
                same of the next committed milestone alone
``next``        the number of that milestone: the first that is not done, else the last
``left_out``    items in no milestone, rows that the last imports refused

Schema 1 took a milestone as done on the day of its last item, whatever its criteria; schema 2
differs in that, see ``version_2``. Schema 3 names the criteria that are not met, and its burn-up
ends where what is known ends, see ``version_3``.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from reporting.periods import week_name

Row = dict[str, Any]


class Item(NamedTuple):
    """An item as it stood at the instant: finished later is still open."""

    key: str
    created_at: datetime
    done_at: datetime | None
    milestones: frozenset[int]
    late: frozenset[str]


@dataclass(frozen=True)
class Window:
    """From the last status (None: there was none) up to, not including, this one."""

    since: datetime | None
    as_of: datetime
    zone: ZoneInfo

    @classmethod
    def of(cls, inputs: Row) -> Self:
        return cls(instant(inputs["since"]), _known(inputs["as_of"]), ZoneInfo(inputs["zone"]))

    def holds(self, at: datetime | None) -> bool:
        return at is not None and at < self.as_of and (self.since is None or at >= self.since)

    def day(self, at: datetime | None) -> date | None:
        return at.astimezone(self.zone).date() if at else None


def version_1(inputs: Row, items: list[Item] | None = None) -> Row:
    """The figures of schema 1, as they were, see the module; of ``items`` that are read already."""
    window = Window.of(inputs)
    imported = bool(inputs["imports"])
    if items is None:
        items = [_item(row, window) for row in inputs["items"]]
    milestones = [_milestone(row, inputs, items, window, imported) for row in inputs["milestones"]]
    milestones = [row for row in milestones if row.pop("is_there")]
    committed = {row["number"] for row in milestones if row["committed_on"]}
    promised = [item for item in items if item.milestones & committed]
    beyond = [item for item in items if not item.milestones & committed]
    following = _next(milestones)
    return {
        "window": _window(inputs, window),
        "total": _totals(items, window) if imported else None,
        "promised": _totals(promised, window) if imported else None,
        "beyond": _totals(beyond, window) if imported else None,
        "milestones": milestones,
        "moved": _moved(inputs, window),
        "burnup": burnup(items, window),
        "next": following,
        "burnup_next": burnup([each for each in items if following in each.milestones], window),
        "left_out": _left_out(inputs, items) if imported else None,
    }


def version_2(inputs: Row, items: list[Item] | None = None) -> Row:
    """The figures of schema 2: a milestone is done, and late, by its items and its criteria; a
    date that was recorded only afterwards is taken as the record stands; a criterion counts from
    the instant at which it was agreed.
    """
    inputs = inputs | {"revisions": _as_recorded(inputs), "criteria": as_agreed(inputs)}
    found = version_1(inputs, items)
    window = Window.of(inputs)
    for row in found["milestones"]:
        criteria = [each for each in inputs["criteria"] if each["milestone"] == row["number"]]
        row.update(_done(row, criteria, window))
    return found


def version_3(inputs: Row, items: list[Item] | None = None) -> Row:
    """The figures of schema 3: each milestone's ``criteria_unmet``; work is known until a file was
    handed over, however much later it was applied; and the burn-up ends with the last week that
    it could speak of. A line drawn on would say that nothing happened, where nothing is known.
    """
    handed_over = [{**row, "applied_at": row["uploaded_at"]} for row in inputs["imports"]]
    found = version_2(inputs | {"imports": handed_over}, items)
    window = Window.of(inputs)
    agreed = as_agreed(inputs)
    for row in found["milestones"]:
        mine = [each for each in agreed if each["milestone"] == row["number"]]
        row["criteria_unmet"] = [
            {"number": each["number"], "statement": each["statement"]}
            for each in mine
            if not _before(each["met_at"], window)
        ]
    known_until = instant(found["window"]["known_until"])
    for name in ("burnup", "burnup_next"):
        found[name] = [point for point in found[name] if _is_over(point, window, known_until)]
    return found


def _is_over(week: Row, window: Window, known_until: datetime | None) -> bool:
    """Whether a week of the burn-up had ended when the last import was read."""
    following = date.fromisoformat(week["ends_on"]) + timedelta(days=1)
    return known_until is not None and _midnight(following, window.zone) <= known_until


def _as_recorded(inputs: Row) -> list[Row]:
    """The revisions, and of a date that nobody had recorded here by the instant only the last.

    A status of a time before the engagement was known here rests on what is written down for it
    today. A slip of the pen that was put right is nothing that anybody was ever promised.
    """
    revisions = inputs["revisions"]
    as_of = _known(inputs["as_of"])
    if as_of >= _known(inputs["known_from"]):
        return revisions
    told = {row["milestone"] for row in revisions if _known(row["changed_at"]) < as_of}
    last = {row["milestone"]: row["number"] for row in revisions}
    return [
        row
        for row in revisions
        if row["milestone"] in told or row["number"] == last[row["milestone"]]
    ]


def as_agreed(inputs: Row) -> list[Row]:
    """The criteria that were agreed by the instant: what is added later changes nothing that was
    said. All of them in a status of a time before the engagement was known here.
    """
    as_of = _known(inputs["as_of"])
    if as_of < _known(inputs["known_from"]):
        return inputs["criteria"]
    return [row for row in inputs["criteria"] if _known(row["created_at"]) < as_of]


def _done(row: Row, criteria: list[Row], window: Window) -> Row:
    """The local days on which a milestone of schema 1 was complete, and how late that was.

    ``items_done_on`` and ``criteria_met_on``: of the last item and of the last criterion; None
    while one is missing, and where there is none. ``done_on``: the later of both; None unless the
    milestone is done.
    """
    met = [_known(each["met_at"]) for each in criteria if _before(each["met_at"], window)]
    met_on = window.day(max(met)) if met and len(met) == len(criteria) else None
    days = [day for day in (row["done_on"], text_day(met_on)) if day]
    done_on = max(days) if row["is_done"] else None
    return {
        "items_done_on": row["done_on"],
        "criteria_met_on": text_day(met_on),
        "done_on": done_on,
        "days_late": _days_late(row["committed_on"], date.fromisoformat(done_on))
        if done_on
        else None,
    }


def _window(inputs: Row, window: Window) -> Row:
    """The window in days, and how far into it the last import can speak."""
    applied = [_known(row["applied_at"]) for row in inputs["imports"]]
    known_until = max(applied, default=None)
    return {
        "since": inputs["since"],
        "as_of": inputs["as_of"],
        "from_day": text_day(window.day(window.since)),
        "to_day": text_day(window.day(window.as_of)),
        # how far work can be told: nothing is known of what was not imported yet
        "until_day": text_day(window.day(min(known_until or window.as_of, window.as_of))),
        "known_until": text_instant(known_until),
        "known_until_day": text_day(window.day(known_until)),
        # a window that began after the last import is unknown, not empty
        "is_known": known_until is not None
        and (window.since is None or known_until >= window.since),
    }


def _item(row: Row, window: Window) -> Item:
    done_at = instant(row["done_at"])
    return Item(
        key=row["key"],
        created_at=_known(row["created_at"]),
        done_at=done_at if done_at and done_at < window.as_of else None,
        milestones=frozenset(row["milestones"]),
        late=frozenset(row["late"]),
    )


def _totals(items: list[Item], window: Window) -> Row:
    done = sum(item.done_at is not None for item in items)
    return {
        "items": len(items),
        "done": done,
        "open": len(items) - done,
        "finished": [item.key for item in items if window.holds(item.done_at)],
        "created": [item.key for item in items if window.holds(item.created_at)],
        "finished_late": [item.key for item in items if "done" in item.late],
        "created_late": [item.key for item in items if "created" in item.late],
    }


def _milestone(row: Row, inputs: Row, items: list[Item], window: Window, imported: bool) -> Row:
    """What is known of one milestone; ``is_there`` tells whether it existed at the instant."""
    number = row["number"]
    mine = [item for item in items if number in item.milestones]
    criteria = [each for each in inputs["criteria"] if each["milestone"] == number]
    totals = _totals(mine, window) if imported else dict.fromkeys(UNKNOWN_TOTALS)
    promised = commitment(inputs, number, window)
    done_on = _done_on(mine, window)
    met = sum(_before(each["met_at"], window) for each in criteria)
    # What has neither items nor criteria cannot be told to be done.
    is_done = bool(mine or criteria) and not totals["open"] and met == len(criteria)
    return {
        "number": number,
        "name": row["name"],
        "outcome": row["outcome"],
        **promised,
        **totals,
        "done_on": text_day(done_on),
        "is_done": is_done if imported else None,
        "days_late": _days_late(promised["committed_on"], done_on),
        "days_past": _days_past(promised["committed_on"], is_done, window) if imported else None,
        "criteria": len(criteria),
        "criteria_met": met,
        "criteria_met_lately": [
            {**each, "met_on": text_day(window.day(instant(each["met_at"])))}
            for each in criteria
            if window.holds(instant(each["met_at"]))
        ],
        "is_there": bool(mine or promised["committed_on"] or _before(row["created_at"], window)),
    }


UNKNOWN_TOTALS = (
    *("items", "done", "open"),
    *("finished", "created", "finished_late", "created_late"),
)


def _next(milestones: list[Row]) -> int | None:
    """The committed milestone that everybody looks at; None where nothing can be told."""
    counted = [row for row in milestones if row["committed_on"] and can_be_told(row)]
    counted.sort(key=lambda row: (row["committed_on"], row["number"]))
    still_open = [row for row in counted if not row["is_done"]]
    found = still_open[:1] or counted[-1:]
    return found[0]["number"] if found else None


def can_be_told(row: Row) -> bool:
    """Whether a milestone says how it stands: by its items or criteria, or by a date gone past."""
    return bool(row["items"] or row["criteria"] or row["days_past"])


def commitment(inputs: Row, number: int, window: Window) -> Row:
    """The date promised at the instant, and the first that ever was.

    A status of a time before the engagement was known here rests on the first date that was
    recorded afterwards, and ``recorded_later`` says so. Later on, what was not recorded by the
    instant was not promised.
    """
    mine = [row for row in inputs["revisions"] if row["milestone"] == number]
    then = [row for row in mine if _before(row["changed_at"], window)]
    known = then or (mine[:1] if window.as_of < _known(inputs["known_from"]) else [])
    first = next((row["new_on"] for row in known if row["new_on"]), None)
    return {
        "committed_on": known[-1]["new_on"] if known else None,
        "first_committed_on": first,
        "recorded_later": text_day(window.day(instant(mine[0]["changed_at"])))
        if known and not then
        else None,
    }


def _done_on(items: list[Item], window: Window) -> date | None:
    """The local day on which the last of all items was finished; None while one is open."""
    finished = [item.done_at for item in items if item.done_at]
    return window.day(max(finished)) if finished and len(finished) == len(items) else None


def _days_late(committed_on: str | None, done_on: date | None) -> int | None:
    """Calendar days from the committed date to the day on which all was done; 0: in time."""
    if committed_on is None or done_on is None:
        return None
    return days_after(committed_on, done_on)


def _days_past(committed_on: str | None, is_done: bool, window: Window) -> int | None:
    """Calendar days since the committed date while it is not done; None without such a date."""
    if committed_on is None:
        return None
    return 0 if is_done else days_after(committed_on, window.as_of.astimezone(window.zone).date())


def days_after(committed_on: str, day: date) -> int:
    """Calendar days by which ``day`` lies after a committed date; 0 up to it."""
    return max((day - date.fromisoformat(committed_on)).days, 0)


def _moved(inputs: Row, window: Window) -> list[Row]:
    """Promises changed in the window, in the order in which it happened."""
    names = {row["number"]: row["name"] for row in inputs["milestones"]}
    rows = [row for row in inputs["revisions"] if window.holds(instant(row["changed_at"]))]
    rows.sort(key=lambda row: (row["changed_at"], row["milestone"], row["number"]))
    return [
        {
            **row,
            "name": names[row["milestone"]],
            "changed_on": text_day(window.day(instant(row["changed_at"]))),
        }
        for row in rows
    ]


def burnup(items: list[Item], window: Window) -> list[Row]:
    """Scope and done at the end of each complete week, from the first item's week on.

    Weeks are local ISO weeks: they end on Monday at midnight in the engagement's zone, whatever
    the clocks did in between.
    """
    created = sorted(item.created_at for item in items)
    done = sorted(item.done_at for item in items if item.done_at)
    if not created:
        return []
    first = created[0].astimezone(window.zone).date()
    monday = first - timedelta(days=first.weekday())
    points = []
    while (ends := _midnight(monday := monday + timedelta(days=7), window.zone)) <= window.as_of:
        sunday = monday - timedelta(days=1)
        points.append(
            {
                "week": week_name(sunday),
                "ends_on": sunday.isoformat(),
                "scope": bisect_left(created, ends),
                "done": bisect_left(done, ends),
            }
        )
    return points


def _left_out(inputs: Row, items: list[Item]) -> Row:
    """What the figures by milestone do not hold."""
    return {
        "no_milestone": sum(not item.milestones for item in items),
        "refused": sum(row["refused"] for row in inputs["imports"]),
    }


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _known(text: str) -> datetime:
    return datetime.fromisoformat(text)


@lru_cache(maxsize=4096)  # an item begins, and all that it holds: one instant is written often
def text_instant(at: datetime | None) -> str | None:
    """UTC with ``Z``; microseconds only where there are any."""
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z" if at else None


def text_day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _before(text: str | None, window: Window) -> bool:
    at = instant(text)
    return at is not None and at < window.as_of


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone)
