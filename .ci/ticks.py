"""Let one to three clocks tick at random in twelve zones, over three years with outages.

Each zone has an engagement whose periods are known beforehand by an account that shares nothing
with the product (wall_clock.py), and one whose due day its manager keeps changing. 2,000 times in
each zone one, two or three clocks tick at once and disagree by up to a minute and a half: often
around changes of clocks and openings, else at random, and not at all during outages of a minute to
60 days. Works on a PostgreSQL of its own. Prints one line of figures; exits 1 where any week or
month has no period, two, or another one than it should.
"""

import argparse
import random
import sys
import threading
import time as clock
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from harness import migrate, own_database, set_up_django
from wall_clock import (
    DAY,
    MINUTE,
    ZONES,
    Due,
    Rules,
    any_rules,
    changes_of_clocks,
    everything_due,
    first_day,
    watch,
)

COUNTRIES = ["", "DE", "US", "AU", "IN", "BR", "PT"]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
OUTAGES = 8
LONGEST_OUTAGE = 60 * 24 * 60  # minutes
DISAGREEMENT = 90  # seconds
CHANGES = 40  # of the due day of the restless engagement, in each zone


@dataclass
class Figures:
    """What the run came to."""

    seed: int
    zones: int = 0
    ticks: int = 0
    askings: int = 0
    together: int = 0
    outages: list[timedelta] = field(default_factory=list)
    weeks: int = 0
    months: int = 0
    changes: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def line(self) -> str:
        longest = max(self.outages, default=timedelta(0))
        verdict = f"{len(self.wrong)} wrong" if self.wrong else "each week and month exactly once"
        return (
            f"seed {self.seed}: {self.zones} zones, {self.ticks:,} ticks by {self.askings:,} "
            f"clocks ({self.together:,} several at once), {len(self.outages)} outages of up to "
            f"{longest / DAY:.0f} days, {self.changes} new due days, {self.weeks:,} weeks and "
            f"{self.months:,} months: {verdict} ({self.seconds:.0f} s)"
        )


def main() -> int:
    arguments = parse()
    figures = Figures(arguments.seed)
    started = clock.monotonic()
    own_database("ticks")
    set_up_django()
    migrate()
    with clocks(3) as tick_at_once:
        for zone in arguments.zones:
            chance = random.Random(f"{arguments.seed} {zone}")
            live_in(zone, arguments, chance, tick_at_once, figures)
    figures.seconds = clock.monotonic() - started
    for sentence in figures.wrong[:20]:
        print(sentence)
    print(figures.line(), flush=True)
    return 1 if figures.wrong else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ticks", type=int, default=2000, help="in each zone")
    parser.add_argument("--days", type=int, default=3 * 365 + 1)
    parser.add_argument("--zones", nargs="+", default=ZONES, choices=ZONES, metavar="ZONE")
    return parser.parse_args()


# The clocks


@contextmanager
def clocks(number: int) -> Iterator[Any]:
    """Threads, each with a connection of its own; several are released at the same moment."""
    from django.db import connection

    from reporting.services.ticks import open_periods

    def tick(at: datetime, together: threading.Barrier) -> int:
        together.wait(timeout=60)
        return open_periods(at=at)

    with ThreadPoolExecutor(number) as pool:

        def tick_at_once(instants: list[datetime]) -> int:
            together = threading.Barrier(len(instants))
            ticking = [pool.submit(tick, at, together) for at in instants]
            return sum(each.result() for each in ticking)

        yield tick_at_once
        closing = threading.Barrier(number)
        for _ in range(number):
            pool.submit(lambda: (closing.wait(timeout=60), connection.close()))


def moments(
    first: date,
    arguments: argparse.Namespace,
    zone: str,
    opens: list[datetime],
    chance: random.Random,
) -> tuple[list[datetime], list[timedelta]]:
    """When clocks tick, in order, and how long the outages last."""
    start = datetime.combine(first, time(0), tzinfo=UTC)
    end = start + arguments.days * DAY
    outages = [_outage(start, arguments.days, chance) for _ in range(OUTAGES)]
    changes = [datetime.combine(day, time(0), tzinfo=UTC) for day in changes_of_clocks(zone)]
    found: set[datetime] = {end}
    while len(found) < arguments.ticks:
        at = start + chance.randrange(arguments.days * 1440) * MINUTE
        if chance.random() < 0.4:  # around an opening, to the minute
            at = chance.choice(opens) + chance.randint(-3, 3) * MINUTE
        elif changes and chance.random() < 0.4:
            at = chance.choice(changes) + chance.randint(0, 36 * 60) * MINUTE
        if start <= at < end and not any(begins <= at < ends for begins, ends in outages):
            found.add(at)
    return sorted(found), [ends - begins for begins, ends in outages]


def _outage(start: datetime, days: int, chance: random.Random) -> tuple[datetime, datetime]:
    """A minute to 60 days, the short ones as often as the long ones."""
    length = int(LONGEST_OUTAGE ** chance.random())
    begins = start + chance.randrange(days * 1440) * MINUTE
    return begins, begins + min(length, days * 1440 // 4) * MINUTE


# One zone


def live_in(
    zone: str,
    arguments: argparse.Namespace,
    chance: random.Random,
    tick_at_once: Any,
    figures: Figures,
) -> None:
    """Three years of one zone, with both of its engagements."""
    rules, country = rules_of(zone, arguments.days, chance)
    steady, restless = begin(rules, country), begin(rules, country)
    expected = everything_due(rules, watch(zone, rules.first, arguments.days))
    opens = [each.opens_at for each in expected if each.kind == "weekly"]
    ticks, outages = moments(rules.first, arguments, zone, opens, chance)
    changing = set(chance.sample(ticks, min(CHANGES, len(ticks) // 3)))
    for at in ticks:
        if at in changing:
            change_due_day(restless, at, chance)
        askings = [
            at + timedelta(seconds=chance.randint(0, DISAGREEMENT))
            for _ in range(chance.choice([1, 1, 2, 3]))
        ]
        tick_at_once(askings)
        figures.askings += len(askings)
        figures.together += len(askings) > 1
        late = what_is_late(steady, expected, max(askings))
        figures.wrong += [f"{zone}, {at}: {late}"] if late else []
    figures.zones += 1
    figures.ticks += len(ticks)
    figures.outages += outages
    figures.changes += len(changing)
    check_steady(steady, expected, max(askings), figures)
    check_restless(restless, rules, max(askings), figures)
    rest([steady, restless])


def rules_of(zone: str, days: int, chance: random.Random) -> tuple[Rules, str]:
    """As of any engagement, with the holidays of a country."""
    import holidays

    first = first_day(zone)
    rules = any_rules(zone, first, days, chance)
    country = chance.choice(COUNTRIES)
    years = range(first.year - 1, first.year + days // 365 + 2)
    kept = holidays.country_holidays(country, years=years) if country else {}
    return Rules(**{**vars(rules), "holidays": frozenset(kept)}), country


def begin(rules: Rules, country: str) -> Any:
    """An engagement that reports by these rules."""
    from harness import make_engagement

    from dm_portal.people.models import WorkCalendar
    from engagements.models import Engagement

    hours = {
        name: "" if number in rules.rest else "09:00-17:00"
        for number, name in enumerate(WEEKDAYS, start=1)
    }
    engagement = make_engagement(
        f"In {rules.zone}", begun=datetime.combine(rules.first, time(0), tzinfo=UTC) - 30 * DAY
    )
    changes = {
        "calendar": WorkCalendar.objects.get_or_create(
            name=f"Of {rules.zone}", defaults={"country": country, **hours}
        )[0],
        "time_zone": rules.zone,
        "status_weekday": rules.weekday,
        "status_hour": rules.hour,
        "holiday_rule": rules.holiday_rule,
        "review_day": rules.review_day,
        "reporting_from": rules.first,
    }
    Engagement.objects.filter(pk=engagement.pk).update(**changes)
    return Engagement.objects.get(pk=engagement.pk)


def change_due_day(engagement: Any, at: datetime, chance: random.Random) -> None:
    """As the manager does it on the page of settings, at that instant."""
    from dm_portal.people.models import User
    from dm_portal.shell.clock import pretending
    from engagements.services.engagements import EngagementFields, change_engagement

    engagement.refresh_from_db()
    fields = {name: getattr(engagement, name) for name in EngagementFields.__annotations__}
    fields |= {
        "status_weekday": chance.randint(1, 7),
        "status_hour": time(chance.randrange(24), chance.randrange(60)),
        "holiday_rule": chance.choice(["before", "after", "stays"]),
    }
    if chance.random() < 0.2:
        fields["time_zone"] = chance.choice(ZONES)
    with pretending(at):
        change_engagement(
            engagement=engagement,
            version=engagement.version,
            pods=[],
            by=User.objects.get(),
            **fields,
        )


def rest(engagements: list[Any]) -> None:
    """They report no more, so that the next zone is alone."""
    from engagements.models import Engagement

    Engagement.objects.filter(pk__in=[each.pk for each in engagements]).update(state="closed")


# The verdict


def what_is_late(engagement: Any, expected: list[Due], at: datetime) -> str:
    """Empty where as many weeks and months are there as have opened by ``at``."""
    from reporting.models import Period

    there = Period.objects.filter(engagement=engagement).count()
    wanted = sum(each.opens_at <= at for each in expected)
    return "" if there == wanted else f"{there} periods in place of {wanted}"


def check_steady(engagement: Any, expected: list[Due], at: datetime, figures: Figures) -> None:
    """Each week and month once, each as the wall clock says, each week with its one report."""
    from dm_portal.people.models import AuditEvent
    from reporting.models import Period, Report

    columns = ("kind", "starts_on", "due_on", "opens_at", "due_at")
    found = sorted(Period.objects.filter(engagement=engagement).values_list(*columns))
    wanted = sorted(
        tuple(getattr(each, name) for name in columns) for each in expected if each.opens_at <= at
    )
    figures.weeks += sum(kind == "weekly" for kind, *_ in found)
    figures.months += sum(kind == "monthly" for kind, *_ in found)
    if found != wanted:
        odd = sorted(set(found) ^ set(wanted))
        figures.wrong.append(f"{engagement}: {len(odd)} periods differ, the first is {odd[0]}")
    weeks = [day for kind, day, *_ in found if kind == "weekly"]
    reports = Report.objects.filter(engagement=engagement)
    reported = sorted(reports.values_list("period__starts_on", flat=True))
    opened = AuditEvent.objects.filter(engagement_ref=engagement.ref, verb="report.opened").count()
    if (reported, opened) != (weeks, len(weeks)):
        figures.wrong.append(
            f"{engagement}: {len(reported)} reports and {opened} records for {len(weeks)} weeks"
        )


def check_restless(engagement: Any, rules: Rules, at: datetime, figures: Figures) -> None:
    """Whatever the due day was when: week follows week and month follows month, without a hole."""
    from reporting.models import Period

    rows = Period.objects.filter(engagement=engagement).order_by("starts_on")
    weeks = list(rows.filter(kind="weekly").values_list("starts_on", flat=True))
    months = list(rows.filter(kind="monthly").values_list("starts_on", flat=True))
    figures.weeks += len(weeks)
    figures.months += len(months)
    monday = rules.first - timedelta(days=rules.first.weekday())
    is_whole = (
        weeks[0] == monday
        and all(later - earlier == 7 * DAY for earlier, later in pairwise(weeks))
        and weeks[-1] >= at.date() - 15 * DAY
        and months[0] == rules.first.replace(day=1)
        and all((earlier + 31 * DAY).replace(day=1) == later for earlier, later in pairwise(months))
    )
    if not is_whole:
        figures.wrong.append(f"{engagement}: a hole in {weeks} or {months}")


if __name__ == "__main__":
    sys.exit(main())
