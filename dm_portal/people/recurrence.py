"""The days of a repeated event, by the part of RFC 5545 that calendars of people use.

Pure. Days are tried one after another between two ends, so that no rule, however it is written,
takes longer than its window has days.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
UNDERSTOOD = {
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "WKST"),
}
DAY = timedelta(days=1)


class NotUnderstood(ValueError):
    """A rule that this module does not follow."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How an event that starts on ``start`` is repeated; ``until`` is the last day that can be.

    ``weekdays`` are pairs of an ordinal within the month (0: each) and a weekday from Monday 0.
    """

    start: date
    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    weekdays: tuple[tuple[int, int], ...] = ()
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    week_start: int = 0

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days from ``first`` to ``last`` on which it takes place."""
        # without a count there is nothing to count before the window
        day = self.start if self.count is not None else max(self.start, first)
        end = min(last, self.until or last)
        left = self.count
        while day <= end and left != 0:
            if self._holds(day):
                left = None if left is None else left - 1
                if day >= first:
                    yield day
            day += DAY

    def _holds(self, day: date) -> bool:
        return (
            self._periods(day) % self.interval == 0
            and (not self.months or day.month in self.months)
            and self._is_one_of_the_month_days(day)
            and self._is_one_of_the_weekdays(day)
        )

    def _periods(self, day: date) -> int:
        """How many days, weeks, months or years after that of ``start``."""
        if self.frequency == "DAILY":
            return (day - self.start).days
        if self.frequency == "WEEKLY":
            return (self._week(day) - self._week(self.start)).days // 7
        years = day.year - self.start.year
        return years if self.frequency == "YEARLY" else 12 * years + day.month - self.start.month

    def _week(self, day: date) -> date:
        return day - (day.weekday() - self.week_start) % 7 * DAY

    def _is_one_of_the_month_days(self, day: date) -> bool:
        if self.month_days:
            return bool({day.day, day.day - _length(day) - 1} & set(self.month_days))
        if self.weekdays or self.frequency in ("DAILY", "WEEKLY"):
            return True
        if self.frequency == "YEARLY" and not self.months and day.month != self.start.month:
            return False
        return day.day == self.start.day

    def _is_one_of_the_weekdays(self, day: date) -> bool:
        if not self.weekdays:
            return self.frequency != "WEEKLY" or day.weekday() == self.start.weekday()
        from_end = -((_length(day) - day.day) // 7 + 1)
        ordinals = {0, (day.day - 1) // 7 + 1, from_end}
        return any(each == day.weekday() and n in ordinals for n, each in self.weekdays)


def _length(day: date) -> int:
    """How many days the month of ``day`` has."""
    return monthrange(day.year, day.month)[1]


def rule_of(parts: Mapping[str, Sequence[Any]], start: date, until: date | None) -> Rule:
    """The rule whose parts a calendar file names; ``until`` is its UNTIL as a day.

    Raises:
        NotUnderstood: it repeats in a way that is not followed here.
    """
    named = {name.upper(): [str(value) for value in values] for name, values in parts.items()}
    frequency = named.get("FREQ", [""])[0].upper()
    if frequency not in FREQUENCIES or not set(named) <= UNDERSTOOD:
        raise NotUnderstood
    interval, count = _number(named, "INTERVAL", 1), _number(named, "COUNT", 0)
    rule = Rule(
        start,
        frequency,
        interval=interval,
        count=count or None,
        until=until,
        weekdays=tuple(_weekday(text) for text in named.get("BYDAY", [])),
        months=_numbers(named, "BYMONTH", range(1, 13)),
        month_days=_numbers(named, "BYMONTHDAY", [*range(-31, 0), *range(1, 32)]),
        week_start=_weekday(named.get("WKST", ["MO"])[0])[1],
    )
    _require_meaning(rule)
    return rule


def _require_meaning(rule: Rule) -> None:
    """Refuse what the standard does not allow, or means by the year."""
    ordinals = any(ordinal for ordinal, _ in rule.weekdays)
    by_month = rule.frequency == "MONTHLY" or (rule.frequency == "YEARLY" and rule.months)
    if ordinals and not by_month:
        raise NotUnderstood
    if rule.month_days and rule.frequency == "WEEKLY":
        raise NotUnderstood


def _number(named: Mapping[str, list[str]], name: str, least: int) -> int:
    """One number, which is ``least`` where it is not named."""
    text = named.get(name, [str(least)])[0]
    if not text.isdecimal() or len(text) > 4 or int(text) < 1 <= least:
        raise NotUnderstood
    return int(text)


def _numbers(named: Mapping[str, list[str]], name: str, allowed: Sequence[int]) -> tuple[int, ...]:
    known = {str(number): number for number in allowed}
    texts = [text.removeprefix("+") for text in named.get(name, [])]
    if not set(texts) <= set(known):
        raise NotUnderstood
    return tuple(known[text] for text in texts)


def _weekday(text: str) -> tuple[int, int]:
    """ "2TU", the second Tuesday, as (2, 1); "FR" as (0, 4)."""
    ordinal, name = text[:-2].removeprefix("+"), text[-2:].upper()
    if name not in WEEKDAYS or ordinal not in {"", *map(str, range(1, 6)), *map(str, range(-5, 0))}:
        raise NotUnderstood
    return int(ordinal or 0), WEEKDAYS.index(name)
