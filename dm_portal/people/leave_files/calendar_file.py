"""One person's leave as a calendar file (ICS): whole days, timed events, and what repeats.

Titles are not kept: a calendar says more of a person than when they are away. Time zones are
taken by their names; what a file says of a zone itself is not followed, so that no rule in it can
keep us busy.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component
from icalendar.prop import vDDDLists, vDDDTypes, vRecur

from dm_portal.people.leave_files.told import MAX_LINES, LeaveFileRefused, Span, Told
from dm_portal.people.recurrence import NotUnderstood, rule_of
from dm_portal.people.working_time import FIRST_YEAR, LAST_YEAR

BOM = b"\xef\xbb\xbf"
DAY = timedelta(days=1)
MAX_EVENTS, MAX_REPEATED = MAX_LINES, 100
BEFORE, AFTER = timedelta(days=366), timedelta(days=731)
# the longest that a count is followed, so that a file's days can be counted
LONGEST_COUNT = timedelta(days=3660)
TITLE = 60


class _Refused(ValueError):
    """One event cannot be read; the message says why."""


def is_calendar(content: bytes) -> bool:
    """Whether the file begins as a calendar does."""
    return content.removeprefix(BOM).lstrip()[:15].upper() == b"BEGIN:VCALENDAR"


def read_calendar(content: bytes, *, zone: str, today: date, only: str = "") -> list[Told]:
    """What each event says, on the clock of ``zone``; of those that repeat, the days around today.

    Raises:
        LeaveFileRefused: it is broken, or holds too much.
    """
    if b"\0" in content:
        raise LeaveFileRefused("The file holds NUL characters, so it is no calendar.")
    if content.upper().count(b"BEGIN:") > 4 * MAX_EVENTS:
        raise LeaveFileRefused(f"The file has more than {MAX_EVENTS} events: export fewer.")
    events = _events(_without_zones(content.removeprefix(BOM)))
    if len(events) > MAX_EVENTS:
        raise LeaveFileRefused(f"The file has more than {MAX_EVENTS} events: export fewer.")
    if sum("RRULE" in event for event in events) > MAX_REPEATED:
        raise LeaveFileRefused(f"More than {MAX_REPEATED} events repeat: export fewer.")
    moved = _moved(events)
    told = [
        _told(number, event, moved, ZoneInfo(zone), today)
        for number, event in enumerate(events, start=1)
        if only.casefold() in str(event.get("SUMMARY", "")).casefold()
    ]
    if sum(len(each.spans) for each in told) > MAX_LINES:
        raise LeaveFileRefused(f"The file has more than {MAX_LINES} times of leave: export fewer.")
    return told


def _without_zones(content: bytes) -> bytes:
    """The file without what it says of zones."""
    kept, inside = [], False
    for line in content.splitlines(keepends=True):
        name = line.strip().upper()
        inside = inside or name == b"BEGIN:VTIMEZONE"
        if not inside:
            kept.append(line)
        inside = inside and name != b"END:VTIMEZONE"
    return b"".join(kept)


def _events(content: bytes) -> list[Component]:
    try:
        found = Calendar.from_ical(content, multiple=True)
    except (ValueError, OSError) as error:  # a name of a zone is looked for among files
        raise LeaveFileRefused(
            "The calendar is broken: one of its lines cannot be read. Export it again."
        ) from error
    events = [event for calendar in found for event in calendar.walk("VEVENT")]
    if not events:
        raise LeaveFileRefused("The calendar holds no events.")
    return events


def _moved(events: Sequence[Component]) -> dict[str, set[date | datetime]]:
    """By the UID of what repeats: the times of which another event says otherwise."""
    moved: dict[str, set[date | datetime]] = {}
    for event in events:
        said = event.get("RECURRENCE-ID")
        if isinstance(said, vDDDTypes) and isinstance(said.dt, date):
            moved.setdefault(str(event.get("UID")), set()).add(said.dt)
    return moved


def _told(
    number: int,
    event: Component,
    moved: dict[str, set[date | datetime]],
    zone: ZoneInfo,
    today: date,
) -> Told:
    title = str(event.get("SUMMARY", "")).strip()
    where = f"Event {number}, “{title[:TITLE]}”" if title else f"Event {number}"
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return Told(where, reason="It is cancelled.", left_out=True)
    is_base = "RECURRENCE-ID" not in event
    without = moved.get(str(event.get("UID")), set()) if is_base else set()
    try:
        start, end = _start(event), _end(event)
        starts = _starts(event, start, without, today)
        spans = [span for at in starts for span in _spans(at, at + (end - start), zone)]
    except (_Refused, OverflowError) as error:
        return Told(where, reason=str(error) if isinstance(error, _Refused) else TOO_FAR)
    if not spans:
        return Told(where, reason="It takes place at no time around today.", left_out=True)
    return Told(where, spans=tuple(spans))


TOO_FAR = f"It reaches beyond the years {FIRST_YEAR} to {LAST_YEAR - 1}."


def _start(event: Component) -> date | datetime:
    start = _moment(event, "DTSTART")
    if start is None:
        raise _Refused("It does not say when it begins.")
    if not FIRST_YEAR <= start.year < LAST_YEAR:
        raise _Refused(TOO_FAR)
    return start


def _end(event: Component) -> date | datetime:
    """The end, which is no part of it; a day without an end is one day."""
    start, end = _start(event), _moment(event, "DTEND")
    if end is None:
        end = start + _length(event, start)
    if isinstance(end, datetime) != isinstance(start, datetime):
        raise _Refused("It begins on a day and ends at a time, or the other way round.")
    if isinstance(start, datetime) and isinstance(end, datetime):
        if (start.tzinfo is None) != (end.tzinfo is None):
            raise _Refused("Only one of its times has a zone.")
    elif end == start:
        return start + DAY  # as some programs write a single day
    if end <= start:
        raise _Refused("It ends before it has begun.")
    return end


def _length(event: Component, start: date | datetime) -> timedelta:
    said = event.get("DURATION")
    if isinstance(said, vDDDTypes) and isinstance(said.dt, timedelta):
        return said.dt
    if said is not None or isinstance(start, datetime):
        raise _Refused("It does not say when it ends.")
    return DAY


def _moment(event: Component, name: str) -> date | datetime | None:
    """A day, or an instant; one without a zone is read on the clock of whoever is away."""
    said = event.get(name)
    if said is None:
        return None
    if not isinstance(said, vDDDTypes) or not isinstance(said.dt, date):
        raise _Refused(f"Its {name} cannot be read.")
    named = said.params.get("TZID")
    if named and isinstance(said.dt, datetime) and said.dt.tzinfo is None:
        raise _Refused(f"Its time zone “{str(named)[:TITLE]}” is not known.")
    return said.dt


def _starts(
    event: Component, start: date | datetime, without: set[date | datetime], today: date
) -> list[date | datetime]:
    """When it begins: once, or as often as it repeats around today."""
    days = [start]
    if "RRULE" in event:
        days = [_on(start, day) for day in _repeated(event, start, today)]
    days += [at for at in _listed(event, "RDATE") if _kind(at) == _kind(start)]
    gone = {*_listed(event, "EXDATE"), *without}
    return sorted({at for at in days if at not in gone})


def _kind(at: date | datetime) -> str:
    """Only what is of one kind can be compared."""
    if not isinstance(at, datetime):
        return "day"
    return "time on the wall" if at.tzinfo is None else "instant"


def _on(start: date | datetime, day: date) -> date | datetime:
    """The same time on another day, on the clock of its own zone."""
    if isinstance(start, datetime):
        return datetime.combine(day, start.timetz())
    return day


def _repeated(event: Component, start: date | datetime, today: date) -> Iterator[date]:
    said = event.get("RRULE")
    if not isinstance(said, vRecur):
        raise _Refused("It repeats in a way that is not followed here: enter it by hand.")
    first = start.date() if isinstance(start, datetime) else start
    if "COUNT" in said and first < today - LONGEST_COUNT:
        raise _Refused("It began to repeat more than ten years ago: enter it by hand.")
    try:
        rule = rule_of(said, first, _last_day(said, start))
    except NotUnderstood as error:
        raise _Refused(
            "It repeats in a way that is not followed here: enter it by hand."
        ) from error
    return rule.days(today - BEFORE, today + AFTER)


def _last_day(said: vRecur, start: date | datetime) -> date | None:
    """The last day on which it can begin: that of UNTIL, if its hour is not over by then."""
    until = (said.get("UNTIL") or [None])[0]
    if until is None:
        return None
    if not isinstance(until, date):
        raise NotUnderstood
    if not isinstance(until, datetime):
        return until
    if not isinstance(start, datetime):
        return until.date()
    if until.tzinfo is not None and start.tzinfo is not None:
        until = until.astimezone(start.tzinfo)
    return until.date() if until.time() >= start.time() else until.date() - DAY


def _listed(event: Component, name: str) -> list[date | datetime]:
    """The times that RDATE or EXDATE name, however often it is there."""
    said = event.get(name, [])
    lists = said if isinstance(said, list) else [said]
    return [
        each.dt
        for one in lists
        if isinstance(one, vDDDLists)
        for each in one.dts
        if isinstance(each.dt, date)
    ]


# From an event to days of leave


def _spans(start: date | datetime, end: date | datetime, zone: ZoneInfo) -> list[Span]:
    """Whole days, or an event of some hours split at midnight on the clock of ``zone``."""
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return [Span(start, end - DAY)]
    first, last = sorted((_wall(start, zone), _wall(end, zone)))
    if first.date() == last.date():
        return [Span(first.date(), first.date(), _clock(first), _clock(last))]
    spans = []
    if first.time() != time(0):
        spans.append(Span(first.date(), first.date(), _clock(first)))
    whole = first.date() if first.time() == time(0) else first.date() + DAY
    if whole < last.date():
        spans.append(Span(whole, last.date() - DAY))
    if last.time() != time(0):
        spans.append(Span(last.date(), last.date(), None, _clock(last)))
    return spans


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clock of ``zone`` shows, to the minute."""
    local = at if at.tzinfo is None else at.astimezone(UTC).astimezone(zone)
    return local.replace(second=0, microsecond=0, tzinfo=None, fold=0)


def _clock(at: datetime) -> time | None:
    """The time of a part of a day; None at midnight, its beginning."""
    return at.time() if at.time() != time(0) else None
