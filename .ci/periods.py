"""Ask in every minute of three years, in twelve zones, what is due, and look at the wall clock too.

The product's pure function is asked in every minute: nothing may be due but what has just opened by
an account that shares nothing with it (wall_clock.py), and whenever something opens, the minute
before, and at every midnight, the whole list must be the same. Rules are drawn anew for each seed.
Prints one line of figures; exits 1 where an answer differs.
"""

import argparse
import functools
import os
import random
import sys
import time as clock
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from harness import ROOT  # noqa: F401 (by it the product is found)
from wall_clock import (
    DAY,
    MINUTE,
    YEARS,
    ZONES,
    Due,
    Rules,
    any_rules,
    changes_of_clocks,
    everything_due,
    first_day,
    watch,
)

from reporting import periods

# Of so many days before a minute, every minute asks anew; of all, whenever something opens.
LATELY = timedelta(days=70)
# These are pure, and asked the same in every minute of a month.
periods._week = functools.lru_cache(4096)(periods._week)
periods._month = functools.lru_cache(4096)(periods._month)


class Walk(NamedTuple):
    """What one zone's walk came to."""

    zone: str
    minutes: int
    weeks: int
    months: int
    changes: int
    wrong: list[str]


def main() -> int:
    arguments = parse()
    started = clock.monotonic()
    with ProcessPoolExecutor(arguments.jobs) as pool:
        walks = list(pool.map(functools.partial(walk, arguments.seed, arguments.days), ZONES))
    for each in walks:
        for sentence in each.wrong[:5]:
            print(f"{each.zone}: {sentence}")
    wrong = sum(len(each.wrong) for each in walks)
    print(
        f"seed {arguments.seed}: {len(walks)} zones, "
        f"{sum(each.minutes for each in walks):,} minutes, "
        f"{sum(each.weeks for each in walks):,} weeks, "
        f"{sum(each.months for each in walks):,} months, "
        f"{sum(each.changes for each in walks)} changes of clocks: "
        f"{f'{wrong} answers differ' if wrong else 'every answer is that of the wall clock'} "
        f"({clock.monotonic() - started:.0f} s)"
    )
    return 1 if wrong else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, help="only so many, around a change of clocks")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def walk(seed: int, days: int | None, zone: str) -> Walk:
    """Every minute of one zone."""
    chance = random.Random(f"{seed} {zone}")
    first, changes = first_day(zone), changes_of_clocks(zone)
    if days is None:
        days = (first.replace(year=first.year + YEARS) - first).days
    else:
        first = chance.choice(changes or [first + DAY * 90]) - DAY * (days // 2)
        changes = [day for day in changes if first <= day < first + days * DAY]
    rules = any_rules(zone, first, days, chance)
    expected = everything_due(rules, watch(zone, first, days))
    asked, wrong = ask_every_minute(rules, expected)
    kinds = [each.kind for each in asked]
    return Walk(
        zone, days * 1440, kinds.count("weekly"), kinds.count("monthly"), len(changes), wrong
    )


class Asked(periods.Rhythm):
    """The same only as itself, so that it is looked up quickly."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


def rhythm_of(rules: Rules) -> Asked:
    return Asked(
        zone=ZoneInfo(rules.zone),
        weekday=rules.weekday,
        hour=rules.hour,
        reporting_from=rules.first,
        rest_weekdays=rules.rest,
        is_holiday=rules.holidays.__contains__,
        holiday_rule=rules.holiday_rule,
        review_day=rules.review_day,
    )


def ask_every_minute(rules: Rules, expected: list[Due]) -> tuple[list[Due], list[str]]:
    """What opened in the minutes that were asked of, and every answer that differs."""
    rhythm = rhythm_of(rules)
    at = datetime.combine(rules.first, time(0), tzinfo=UTC)
    opening: dict[datetime, list[Due]] = {}
    for each in expected:
        opening.setdefault(max(each.opens_at, at), []).append(each)
    opened: list[Due] = []
    known: dict[str, set[date]] = {"weekly": set(), "monthly": set()}
    wrong: list[str] = []
    lately = rhythm
    for _ in range(rules.days * 1440):
        new = opening.get(at, [])
        if answer(lately, at, known) != told(new):
            wrong.append(f"{at}: {answer(lately, at, known)} in place of {told(new)}")
        if new or at + MINUTE in opening or at.hour == at.minute == 0:
            opened += new
            for each in new:
                known[each.kind].add(each.starts_on)
            lately = replace(rhythm, reporting_from=max(rules.first, at.date() - LATELY))
            if answer(rhythm, at, {"weekly": (), "monthly": ()}) != told(opened):
                wrong.append(f"{at}: not the same list")
        at += MINUTE
    return opened, wrong


def answer(rhythm: periods.Rhythm, at: datetime, known: Any) -> list[tuple[Any, ...]]:
    """What the product says is due, weeks before months."""
    weeks = periods.due(rhythm, at=at, known=known["weekly"])
    months = periods.due_months(rhythm, at=at, known=known["monthly"])
    return [(each.starts_on, each.due_on, each.opens_at, each.due_at) for each in [*weeks, *months]]


def told(expected: list[Due]) -> list[tuple[Any, ...]]:
    """The same of the wall clock."""
    rows = sorted(expected, key=lambda each: (each.kind == "monthly", each.starts_on))
    return [(each.starts_on, each.due_on, each.opens_at, each.due_at) for each in rows]


if __name__ == "__main__":
    sys.exit(main())
