"""The digest of what needs somebody, and the mail of their next ten days, as letters that list."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from dm_portal.people.letters import Group, Line
from dm_portal.shell.dates import range_words
from dm_portal.shell.wording import count, ended
from reporting import needs
from reporting.ahead import last_day
from reporting.needs import Need


def dated(found: Sequence[Need], *, but: Collection[str] = ()) -> list[Need]:
    """What is overdue or due within the week; without what leads ``but`` to one of these pages."""
    return [each for each in found if each.group != needs.NO_HURRY and each.url not in but]


def digest(found: Sequence[Need], reminders: Sequence[Group]) -> Mapping[str, Any]:
    """What the templates of the digest get: reminders first, then the rest by urgency."""
    by_urgency = needs.groups(found)
    total = len(found) + sum(len(group.lines) for group in reminders)
    said = needs.summary(by_urgency)
    return {
        "title": f"What needs you: {count(total, 'thing')}",
        "lead": f"Besides the statuses: {said}" if reminders else said,
        "groups": [*reminders, *(_group(each) for each in by_urgency)],
    }


def ahead(groups: Sequence[Group], day: date) -> Mapping[str, Any]:
    """What the templates of the next ten days get."""
    days = range_words(day, last_day(day), today=day)
    total = sum(len(group.lines) for group in groups)
    return {
        "title": f"The next ten days: {count(total, 'date')}",
        "lead": f"What the dates of your engagements say of {days}.",
        "groups": groups,
    }


def _group(group: needs.Group) -> Group:
    return Group(group.name.capitalize(), tuple(_line(each) for each in group.needs))


def _line(need: Need) -> Line:
    words = f"{need.what}: {need.why}" if need.why else need.what
    return Line(need.where, ended(words), need.action, settings.BASE_URL + need.url)
