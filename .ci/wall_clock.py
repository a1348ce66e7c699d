"""An account of what is due that shares nothing with the product: it looks at the clock on the wall
every minute, and at the calendar on the wall day by day.
"""

import random
from array import array
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MINUTES_A_DAY = 24 * 60
# Three years each, with a week 53 and a 29 February where the zone's own oddity allows it: Samoa
# had no 30 December 2011, and Brazil changed its clocks at midnight until 2019.
BEGIN = {"Pacific/Apia": 2011, "America/Sao_Paulo": 2015}
ZONES = [
    *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"),
    *("Asia/Kathmandu", "Pacific/Apia", "Pacific/Honolulu", "America/Sao_Paulo"),
    *("Asia/Kolkata", "Atlantic/Azores", "Pacific/Chatham", "UTC"),
]
YEARS = 3
# Minutes are known from before the first day, and until after the last one.
BEFORE, AFTER = timedelta(days=12), timedelta(days=90)


@dataclass(frozen=True)
class Rules:
    """When an engagement reports, in plain values; ``days`` are the days of which it is asked."""

    zone: str
    weekday: int
    hour: time
    rest: frozenset[int]
    holidays: frozenset[date]
    holiday_rule: str
    review_day: int
    first: date
    days: int


@dataclass(frozen=True)
class Due:
    """What is due of one week or month, as the product's ``Span`` has it."""

    kind: str
    starts_on: date
    due_on: date
    opens_at: datetime
    due_at: datetime


@dataclass
class Walls:
    """What the clock of a zone shows in every minute of UTC from ``start`` on.

    ``shown`` is in minutes since the year 1, ``lived`` are the days that it showed.
    """

    start: datetime
    shown: array = field(default_factory=lambda: array("q"))
    lived: set[date] = field(default_factory=set)

    def at(self, index: int) -> datetime:
        return self.start + index * MINUTE


def first_day(zone: str) -> date:
    return date(BEGIN.get(zone, 2026), 1, 1)


def changes_of_clocks(zone: str) -> list[date]:
    """The days of the three years on which the zone's clocks are changed."""
    first, there = first_day(zone), ZoneInfo(zone)
    midnights = [datetime.combine(first, time(0), tzinfo=UTC) + n * DAY for n in range(YEARS * 365)]
    offsets = [each.astimezone(there).utcoffset() for each in midnights]
    pairs = zip(midnights, offsets, offsets[1:], strict=False)
    return [each.date() for each, before, after in pairs if before != after]


def watch(zone: str, first: date, days: int) -> Walls:
    """Look at the clock every minute, from before the first day until after the last."""
    there = ZoneInfo(zone)
    instant = datetime.combine(first, time(0), tzinfo=UTC) - BEFORE
    walls = Walls(start=instant)
    for _ in range((timedelta(days=days) + BEFORE + AFTER) // MINUTE):
        shown = instant.astimezone(there)
        walls.shown.append(minutes(shown.date(), shown.time()))
        instant += MINUTE
    walls.lived = {date.fromordinal(day) for day in {m // MINUTES_A_DAY for m in walls.shown}}
    return walls


def minutes(day: date, hour: time) -> int:
    return day.toordinal() * MINUTES_A_DAY + hour.hour * 60 + hour.minute


def everything_due(rules: Rules, walls: Walls) -> list[Due]:
    """All weeks and months that open within the days that are asked of, and some more."""
    last = rules.first + (rules.days + 14) * DAY
    planned = [*planned_weeks(rules, walls, last), *planned_months(rules, walls, last)]
    opening = [minutes(opens_on, time(9)) for _, _, _, opens_on in planned]
    deadline = [minutes(due_on, rules.hour) for _, _, due_on, _ in planned]
    found = instants({*opening, *deadline}, walls)
    return [
        Due(kind, starts_on, due_on, found[opens], found[due])
        for (kind, starts_on, due_on, _), opens, due in zip(planned, opening, deadline, strict=True)
    ]


def instants(wanted: set[int], walls: Walls) -> dict[int, datetime]:
    """The first minute in which the clock shows each of these.

    What it jumps over is looked for as much later as it jumped.
    """
    looking = {shown: [shown] for shown in wanted}
    found: dict[int, datetime] = {}
    before = walls.shown[0] - 1
    for index, shown in enumerate(walls.shown):
        for missed in range(before + 1, shown):
            for each in looking.pop(missed, []):
                looking.setdefault(missed + shown - before - 1, []).append(each)
        for each in looking.pop(shown, []):
            found[each] = walls.at(index)
        before = shown
    return found


def planned_weeks(rules: Rules, walls: Walls, last: date) -> list[tuple[str, date, date, date]]:
    """Kind, Monday, due day and opening day of every ISO week."""
    names = {(rules.first + n * DAY).isocalendar()[:2] for n in range((last - rules.first).days)}
    planned = []
    for year, number in sorted(names):
        week = [date.fromisocalendar(year, number, weekday) for weekday in range(1, 8)]
        due_on = off_holiday(rules, walls, week, week[rules.weekday - 1])
        planned.append(("weekly", week[0], due_on, opening(rules, walls, due_on)))
    return planned


def planned_months(rules: Rules, walls: Walls, last: date) -> list[tuple[str, date, date, date]]:
    """Kind, first day, due day and opening day of every month."""
    names = {
        (day.year, day.month)
        for n in range((last - rules.first).days)
        if (day := rules.first + n * DAY)
    }
    planned = []
    for year, month in sorted(names):
        following = (year, month + 1) if month < 12 else (year + 1, 1)
        near = [date(*following, 1) + n * DAY for n in range(31)]
        days = [day for day in near if (day.year, day.month) == following]
        open_days = [day for day in days if works(rules, walls, day)]
        due_on = (open_days[: rules.review_day] or days)[-1]
        planned.append(("monthly", date(year, month, 1), due_on, opening(rules, walls, due_on)))
    return planned


def works(rules: Rules, walls: Walls, day: date) -> bool:
    return day.isoweekday() not in rules.rest and day not in rules.holidays and day in walls.lived


def off_holiday(rules: Rules, walls: Walls, week: list[date], day: date) -> date:
    if day not in rules.holidays or rules.holiday_rule == "stays":
        return day
    open_days = [each for each in week if works(rules, walls, each)]
    if not open_days:
        return day
    earlier = [each for each in open_days if each < day]
    later = [each for each in open_days if each > day]
    if rules.holiday_rule == "before":
        return max(earlier) if earlier else min(later)
    return min(later) if later else max(earlier)


def opening(rules: Rules, walls: Walls, due_on: date) -> date:
    lived = [day for n in range(1, 8) if (day := due_on - n * DAY) in walls.lived]
    return max([day for day in lived if works(rules, walls, day)] or [max(lived)])


def any_rules(zone: str, first: date, days: int, chance: random.Random) -> Rules:
    """Rules as any engagement might have them; the hours of the night are there on purpose."""
    span = [first + n * DAY for n in range(-40, days + 80)]
    holidays = {day for day in span if chance.random() < 0.04}
    if chance.random() < 0.5:  # a house that closes over the turn of the year
        holidays |= {
            day
            for day in span
            if (day.month, day.day) > (12, 20) or (day.month == 1 and day.day < 4)
        }
    hour = time(chance.choice([0, 1, 2, 2, 3, 9, 15, 15, 23]), chance.randrange(60))
    return Rules(
        zone=zone,
        weekday=chance.choice([1, 2, 3, 4, 5, 5, 6, 7, 7]),
        hour=hour,
        rest=chance.choice([frozenset({6, 7}), frozenset({6, 7}), frozenset({5, 6}), frozenset()]),
        holidays=frozenset(holidays),
        holiday_rule=chance.choice(["before", "after", "stays"]),
        review_day=chance.randint(1, 15),
        first=first,
        days=days,
    )
