"""The rules as our own people read them: shape, sentence, values and limits of each dimension."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.components import Shape
from dm_portal.shell.dates import day_words
from engagements.health import Dimension, Health
from engagements.models import Engagement
from reporting import policies, rag
from reporting.models import Report

# What a value's name says to people.
VALUES = {
    "added": "added after the start",
    "committed": "committed",
    "committed_on": "committed for",
    "criteria_open": "criteria not met",
    "days_past": "days past the date",
    "filled": "days filled",
    "finished": "finished",
    "from_day": "from",
    "items": "items",
    "key": "the oldest",
    "milestone": "milestone",
    "milestones": "committed milestones",
    "needed_by": "needed by",
    "on_time": "chance to be in time",
    "open": "open",
    "overdue": "overdue",
    "planned": "days planned",
    "reopened": "reopened",
    "scope_changes": "sprints with a recorded change of scope",
    "since": "blocked since",
    "sprints": "sprints",
    "title": "the oldest",
    "to_day": "up to",
    "working_days": "working days",
}
DAYS = ("committed_on", "needed_by", "since", "from_day", "to_day")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One dimension by the rules; ``values`` are what its fact holds."""

    name: str
    shape: str
    sentence: str
    rule: str
    values: tuple[str, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """Every dimension, the worst first, what is not known last; and what they come to."""

    overall: RuleLine
    lines: list[RuleLine]


def rules_of(verdicts: list[rag.Verdict], body: dict[str, Any], overall: rag.Verdict) -> Rules:
    """By the thresholds that are frozen with these facts; ``overall`` may be of an older day."""
    by = rag.thresholds_of(body)
    today = date.fromisoformat(body["figures"]["window"]["to_day"])
    lines = [_line(each, rag.limits(each["dimension"], by), today) for each in verdicts]
    lines.sort(key=lambda line: -Shape(line.shape).rank)
    return Rules(_line(overall, [], today), lines)


def _line(verdict: rag.Verdict, limits: list[str], today: date) -> RuleLine:
    values = [_value(name, value, today) for name, value in verdict["values"].items()]
    return RuleLine(
        name=verdict["dimension"].capitalize(),
        shape=Shape(verdict["colour"]).value,
        sentence=verdict["sentence"],
        rule=verdict["rule"],
        values=tuple(each for each in values if each),
        limits=tuple(limits),
    )


def _value(name: str, value: Any, today: date) -> str:
    """ "days past the date: 3"; empty where there is nothing to say."""
    if value is None or value == []:
        return ""
    if name in DAYS:
        value = day_words(date.fromisoformat(value), today=today)
    elif name == "on_time":
        value = f"{int(Decimal(value) * 100)} %"
    elif isinstance(value, list):
        value = ", ".join(map(str, value))
    return f"{VALUES[name]}: {value}"


def health_of(engagement: Engagement, user: User) -> Health | None:
    """As the newest draft or status saw it; of whoever may not read drafts, the newest status.

    One statement. None before the first.
    """
    reports = Report.objects.listed_for(user).filter(
        engagement=engagement, drafted__has_key="rules", compiled_as_of__isnull=False
    )
    reads_drafts = policies.can_read_drafts(user, engagement)
    if not reads_drafts:
        reports = reports.filter(state=Report.State.PUBLISHED)
    newest = reports.order_by("-compiled_as_of", "-pk")
    found: Any = newest.values_list("compiled_as_of", "drafted__rules").first()
    if found is None:
        return None
    as_of, verdicts = found
    worst_first = sorted(verdicts, key=lambda each: -Shape(each["colour"]).rank)
    return Health(
        as_of=as_of,
        dimensions=tuple(
            Dimension(each["dimension"].capitalize(), Shape(each["colour"]).value, each["sentence"])
            for each in worst_first
        ),
        url=reverse("rules_detail", args=[engagement.ref]) if reads_drafts else "",
    )
