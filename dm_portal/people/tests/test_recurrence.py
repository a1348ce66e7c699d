"""Repeated events, against dateutil's rules where both follow them."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil import rrule

from dm_portal.people.recurrence import WEEKDAYS, NotUnderstood, Rule, rule_of

START = date(2026, 6, 8)


def parts(text: str) -> dict[str, list[str]]:
    pairs = (part.split("=") for part in text.split(";"))
    return {name: value.split(",") for name, value in pairs}


def days(text: str, start: date = START, until: date | None = None) -> list[date]:
    return list(rule_of(parts(text), start, until).days(start, start + timedelta(days=1200)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=DAILY;COUNT=2", [(6, 8), (6, 9)]),
        ("FREQ=WEEKLY;COUNT=3;INTERVAL=2", [(6, 8), (6, 22), (7, 6)]),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=MO,FR", [(6, 8), (6, 12), (6, 15)]),
        ("FREQ=MONTHLY;COUNT=2;BYDAY=-1FR", [(6, 26), (7, 31)]),
        ("FREQ=MONTHLY;COUNT=2;BYMONTHDAY=-1", [(6, 30), (7, 31)]),
        ("FREQ=YEARLY;COUNT=1;BYMONTH=12;BYMONTHDAY=24", [(12, 24)]),
        ("freq=DAILY;COUNT=1;WKST=SU", [(6, 8)]),
    ],
)
def test_a_rule_names_its_days(text: str, expected: list[tuple[int, int]]) -> None:
    assert days(text) == [date(2026, month, day) for month, day in expected]


def test_a_rule_ends_with_its_last_day() -> None:
    assert days("FREQ=DAILY", until=date(2026, 6, 9)) == [START, date(2026, 6, 9)]


def test_a_window_has_only_its_own_days() -> None:
    rule = Rule(date(2020, 1, 1), "DAILY", count=3)
    assert list(rule.days(date(2020, 1, 3), date(2020, 1, 9))) == [date(2020, 1, 3)]
    assert list(Rule(date(2020, 1, 1), "DAILY", interval=7).days(START, START)) == []


@pytest.mark.parametrize(
    "text",
    [
        *("FREQ=SECONDLY", "FREQ=FOO", "COUNT=3", "FREQ=DAILY;BYSETPOS=1", "FREQ=DAILY;BYHOUR=1"),
        *("FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=x", "FREQ=DAILY;INTERVAL=99999"),
        *("FREQ=WEEKLY;BYDAY=1MO", "FREQ=YEARLY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=9MO"),
        *("FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYMONTHDAY=32"),
        *("FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=YEARLY;BYMONTH=13", "FREQ=DAILY;WKST=X"),
    ],
)
def test_what_is_not_followed_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        days(text)


def chosen(chance: random.Random) -> dict[str, Any]:
    """The parts of a random rule."""
    frequency = chance.choice(("DAILY", "WEEKLY", "MONTHLY", "YEARLY"))
    rule: dict[str, Any] = {"FREQ": [frequency], "INTERVAL": [str(chance.randrange(1, 4))]}
    if chance.random() < 0.4:
        rule["COUNT"] = [str(chance.randrange(1, 12))]
    if chance.random() < 0.4:
        rule["BYMONTH"] = [str(each) for each in chance.sample(range(1, 13), 3)]
    by_month = frequency == "MONTHLY" or (frequency == "YEARLY" and "BYMONTH" in rule)
    if frequency != "WEEKLY" and chance.random() < 0.3:
        rule["BYMONTHDAY"] = [str(each) for each in chance.sample((1, 2, 15, 29, 31, -1, -5), 2)]
    elif chance.random() < 0.6:
        ordinal = chance.choice(("", "1", "-1", "3")) if by_month else ""
        rule["BYDAY"] = [ordinal + each for each in chance.sample(WEEKDAYS, 2)]
    if frequency == "WEEKLY":
        rule["WKST"] = [chance.choice(("MO", "SU"))]
    return rule


def test_rules_name_the_days_that_dateutil_names() -> None:
    chance = random.Random(5545)
    last = START + timedelta(days=1500)
    for _ in range(300):
        start, rule = START + timedelta(days=chance.randrange(400)), chosen(chance)
        text = ";".join(f"{name}={','.join(values)}" for name, values in rule.items())
        at = datetime(start.year, start.month, start.day)  # noqa: DTZ001 (as dateutil wants it)
        known = rrule.rrulestr(text, dtstart=at)
        end = datetime(last.year, last.month, last.day)  # noqa: DTZ001
        expected = [each.date() for each in known.between(at, end, inc=True)]
        assert list(rule_of(rule, start, None).days(start, last)) == expected, (text, start)
