"""What the record holds, as people say it: names of fields, days, and what one chose."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, time
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateField, DateTimeField, Field, TimeField
from django.utils.text import Truncator

from dm_portal.people.models import AuditEvent
from dm_portal.shell.dates import day_words

# Of what was there before, enough to know it again; the CSV has all of it.
LONGEST_BEFORE = 80
# Of one act; the CSV has all of them.
MOST_DECISIONS = 20


class Said(dict[str, Any]):
    """The values of one event for its sentence; what the row does not hold reads as 'nothing'."""

    def __init__(self, event: AuditEvent, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.event = event

    def __getitem__(self, key: str) -> str:
        return value_words(self.event, key, self.get(key))


def value_words(event: AuditEvent, name: str, value: Any) -> str:
    """A stored value in words: "Fri 27 Nov" for 2026-11-27, "Points" for points."""
    if value in (None, ""):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    field = _field(event, name)
    if field is None:
        return str(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    with suppress(ValueError):  # "further notice" stands where no day is known
        if isinstance(field, DateField) and not isinstance(field, DateTimeField):
            return day_words(date.fromisoformat(value), today=event.occurred_at.date())
        if isinstance(field, TimeField):
            return f"{time.fromisoformat(value):%H:%M}"
    return str(value)


def change_words(event: AuditEvent, name: str) -> str:
    """One field's change: "Last day: Fri 27 Nov (was Fri 13 Nov)"."""
    field = _field(event, name)
    label = str(field.verbose_name) if field else name.replace("_", " ")
    label = label[:1].upper() + label[1:]
    before, after = event.before.get(name), event.after.get(name)
    was = Truncator(value_words(event, name, before)).chars(LONGEST_BEFORE)
    if name not in event.after:
        return f"{label}: {was}"
    if before in (None, ""):
        return f"{label}: {value_words(event, name, after)}"
    now = "empty now" if after in (None, "") else value_words(event, name, after)
    return f"{label}: {now} (was {was})"


def decisions_in_words(event: AuditEvent, words: Callable[[str], str]) -> str:
    """What was decided of words that are not ours, each exactly as it is written.

    ``words`` says a stored decision: "in_QA: Done · Offen: In progress (was Not started)".
    """
    names = sorted({*event.before, *event.after})
    told = [_decision(event, name, words) for name in names[:MOST_DECISIONS]]
    more = len(names) - MOST_DECISIONS
    return " · ".join([*told, *([f"and {more} more"] if more > 0 else [])])


def _decision(event: AuditEvent, name: str, words: Callable[[str], str]) -> str:
    now = f"{name}: {words(event.after.get(name) or '')}"
    return f"{now} (was {words(event.before[name] or '')})" if name in event.before else now


def _field(event: AuditEvent, name: str) -> "Field[Any, Any] | None":
    """The field of the model that the event speaks of; None where it never was one."""
    with suppress(LookupError, ValueError, FieldDoesNotExist):
        field = apps.get_model(event.target_kind)._meta.get_field(name)
        return field if isinstance(field, Field) else None
    return None
