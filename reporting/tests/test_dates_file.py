"""The dates of an engagement for the reader's own calendar."""

from datetime import UTC, date, datetime
from typing import Any

from icalendar import Calendar

from reporting.dates_file import calendar_of
from reporting.shared import SharedRow
from reporting.tests.test_since import REFUNDS

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def row(kind: str, number: int, state: str) -> SharedRow:
    given: dict[str, Any] = dict.fromkeys(SharedRow._fields, "")
    given |= {"kind": kind, "number": number, "state": state, "text": "Which bank?"}
    return SharedRow(**given | {"due_on": date(2026, 11, 24), "earlier": []})


def test_what_is_open_has_its_day() -> None:
    plan = [REFUNDS, REFUNDS | {"number": 2, "is_done": True}]
    rows = [row("ask", 1, "open"), row("ask", 2, "answered"), row("escalation", 1, "raised")]
    found = Calendar.from_ical(calendar_of("Atlas", "abc", plan, rows, AT)).walk("VEVENT")
    assert [(str(each["summary"]), each["dtstart"].dt, str(each["uid"])) for each in found] == [
        ("Atlas: 2.1 Refunds is committed", date(2026, 12, 4), "milestone-1-abc@dm-portal"),
        ("Atlas: needed from you: Which bank?", date(2026, 11, 24), "ask-1-abc@dm-portal"),
    ]
