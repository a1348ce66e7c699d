"""The dates of an engagement as a file for the reader's own calendar (RFC 5545)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from reporting.shared import SharedRow

DAY = timedelta(days=1)


def calendar_of(
    name: str, ref: str, plan: Iterable[Mapping[str, Any]], rows: Iterable[SharedRow], at: datetime
) -> bytes:
    """Committed dates that are still to be kept, and days by which answers are needed. Pure.

    ``plan`` is what the last status told of milestones, see ``since.plan_of``. What is brought in
    twice replaces itself: each event keeps its name.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//dm_portal//status//EN")
    calendar.add("version", "2.0")
    for kind, number, day, words in [*_milestones(plan), *_asks(rows)]:
        calendar.add_component(_event(f"{kind}-{number}-{ref}", day, f"{name}: {words}", at))
    return bytes(calendar.to_ical())


def _milestones(plan: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, int, date, str]]:
    for row in plan:
        if not row["is_done"]:
            day = date.fromisoformat(row["committed_on"])
            yield "milestone", row["number"], day, f"{row['name']} is committed"


def _asks(rows: Iterable[SharedRow]) -> Iterator[tuple[str, int, date, str]]:
    for row in rows:
        if row.kind == "ask" and row.is_open and row.due_on:
            yield "ask", row.number, row.due_on, f"needed from you: {row.text}"


def _event(uid: str, day: date, summary: str, at: datetime) -> Event:
    """All of a day, which keeps nobody from being free."""
    event = Event()
    event.add("uid", f"{uid}@dm-portal")
    event.add("dtstamp", at)
    event.add("dtstart", day)
    event.add("dtend", day + DAY)
    event.add("summary", summary)
    event.add("transp", "TRANSPARENT")
    return event
