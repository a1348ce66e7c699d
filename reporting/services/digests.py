"""Reminders and digests: whoever is to be told something gets one letter, in their working hours.

The letter and the rows that say what it told are written in one transaction: nobody is told twice,
and nothing that waits is lost.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from dm_portal.people.models import OutgoingMail, User
from dm_portal.people.services import compose_letter, queue_letters
from dm_portal.shell import leases
from dm_portal.shell.wake import wake
from reporting import reminder_words, status_lines
from reporting.models import Reminder, WaitingStatus
from reporting.rounds import Due, Round

logger = logging.getLogger(__name__)


@dataclass
class Parcel:
    """One letter that is not stored yet, and the rows of what it tells."""

    letter: OutgoingMail
    reminders: Sequence[Reminder] = ()
    statuses: Sequence[WaitingStatus] = ()


@dataclass
class ForOne:
    """What one person is to be told now."""

    user: User
    reminders: list[Due] = field(default_factory=list)
    statuses: list[WaitingStatus] = field(default_factory=list)


@transaction.atomic
def send_digests(*, at: datetime) -> int:
    """Queue the reminders and digests that are due at ``at``; returns how many letters.

    While another tick does it, nothing: it tells what we would.
    """
    if not leases.take_turn("digests"):
        return 0
    now = Round(at)
    parcels = list(_parcels(now))
    _store(parcels)
    _note_looks(now)
    if parcels:
        wake("reporting.tasks.send_mails")
    return len(parcels)


def _parcels(now: Round) -> Iterator[Parcel]:
    """One letter for each who is told something; one who has no address holds up nobody else."""
    for found in _gathered(now).values():
        try:
            yield _parcel(found, now)
        except ValidationError:
            logger.error("%s has no address to which a letter could go", found.user.ref)


def _gathered(now: Round) -> Mapping[int, ForOne]:
    found: dict[int, ForOne] = {}
    for due in now.reminders():
        found.setdefault(due.user.pk, ForOne(due.user)).reminders.append(due)
    for row in now.waiting_statuses():
        user = now.people[row.user_id]
        found.setdefault(user.pk, ForOne(user)).statuses.append(row)
    return found


def _parcel(found: ForOne, now: Round) -> Parcel:
    if found.statuses:
        return _of_statuses(found, now)
    return _of_reminders(found, now)


def _of_statuses(found: ForOne, now: Round) -> Parcel:
    """A customer's digest."""
    values = status_lines.values(found.statuses)
    return Parcel(_letter(found.user, "statuses", values, now), statuses=found.statuses)


def _of_reminders(found: ForOne, now: Round) -> Parcel:
    """One reminder is a letter of its own kind; several are listed."""
    user, reminders = found.user, found.reminders
    if len(reminders) == 1:
        values = reminder_words.one(reminders[0], at=now.at)
        letter = _letter(user, "reminder", values, now, reminders)
    else:
        groups = [reminder_words.group(reminders, at=now.at)]
        summary = reminder_words.summary(reminders)
        values = {"title": summary, "lead": f"{summary}.", "groups": groups}
        letter = _letter(user, "reminders", values, now, reminders)
    return Parcel(letter, reminders=_told(reminders, now.at))


def _letter(
    user: User, kind: str, values: Mapping[str, Any], now: Round, reminders: Sequence[Due] = ()
) -> OutgoingMail:
    """With a digest the key is the day; else the first step of which it reminds."""
    key = f"digest:{user.pk}:{now.persons[user.pk].day_of(now.at)}"
    if reminders:
        key = f"reminder:{reminders[0].report.pk}:{reminders[0].step}:{user.pk}"
    return compose_letter(kind, to=user.email, user=user, context=values, dedup_key=key)


def _told(reminders: Sequence[Due], at: datetime) -> list[Reminder]:
    return [
        Reminder(report=due.report, user=due.user, step=due.step, created_at=at)
        for due in reminders
    ]


def _store(parcels: Sequence[Parcel]) -> None:
    """Queue the letters, and say of each thing in which one it was told."""
    stored = queue_letters([parcel.letter for parcel in parcels]) if parcels else []
    reminders: list[Reminder] = []
    statuses: list[WaitingStatus] = []
    for parcel, mail in zip(parcels, stored, strict=True):
        for told in parcel.reminders:
            told.mail = mail
        for status in parcel.statuses:
            status.mail = mail
        reminders += parcel.reminders
        statuses += parcel.statuses
    Reminder.objects.bulk_create(reminders)
    WaitingStatus.objects.bulk_update(statuses, ["mail"])


def _note_looks(now: Round) -> None:
    """Their digest of this day was put together, whatever was in it; a statement for each day."""
    by_day = defaultdict(list)
    for pk, look in now.looks.items():
        by_day[look.day].append(pk)
    for day, keys in by_day.items():
        User.objects.filter(pk__in=keys).update(digested_on=day)
