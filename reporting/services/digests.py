"""Reminders and digests: whoever is to be told something gets one letter, in their working hours.

The letter and the rows that say what it told are written in one transaction: nobody is told twice,
and nothing that waits is lost.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from dm_portal.people.models import OutgoingMail, User
from dm_portal.people.services import compose_letter, queue_letters
from dm_portal.shell import leases
from dm_portal.shell.wake import wake
from reporting import digest_lines, reminder_words, status_lines
from reporting.live import Needed, needed_of
from reporting.models import Reminder, WaitingStatus
from reporting.needs import Need
from reporting.rounds import Ahead, Due, Round


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
    needed: Mapping[int, tuple[Needed, ...]] = field(default_factory=dict)
    needs: list[Need] = field(default_factory=list)
    ahead: Ahead = field(default_factory=Ahead)

    @property
    def engagements(self) -> list[int]:
        """Those of which reminders and needs tell."""
        needs = [each.engagement_id for each in self.needs if each.engagement_id]
        return [*needs, *(due.report.engagement_id for due in self.reminders)]


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
    leases.beat("digests")
    if parcels:
        wake("reporting.tasks.send_mails")
    return len(parcels)


def _parcels(now: Round) -> Iterator[Parcel]:
    """The letters of each who is told something."""
    for found in _gathered(now).values():
        yield from (write(found, now) for write in _letters_for(found))


def _gathered(now: Round) -> Mapping[int, ForOne]:
    found: dict[int, ForOne] = {}

    def of(pk: int) -> ForOne:
        return found.setdefault(pk, ForOne(now.people[pk]))

    for due in now.reminders():
        of(due.user.pk).reminders.append(due)
    waiting = now.waiting_statuses()
    needed = needed_of(row.revision.report.engagement for row in waiting)
    for row in waiting:
        of(row.user_id).statuses.append(row)
        of(row.user_id).needed = needed
    for pk, needs in now.needs().items():
        of(pk).needs = digest_lines.dated(needs, but=_urls(of(pk).reminders))
    for pk, ahead in now.ahead().items():
        of(pk).ahead = ahead
    return found


def _urls(reminders: Sequence[Due]) -> set[str]:
    """The pages to which these lead."""
    return {due.report.get_absolute_url() for due in reminders}


def _letters_for(found: ForOne) -> Iterator[Callable[[ForOne, Round], Parcel]]:
    """What writes the letters that somebody gets: one, and that of the next ten days."""
    if found.statuses:
        yield _of_statuses
    if found.needs:
        yield _of_needs
    elif found.reminders:
        yield _of_reminders
    if found.ahead.groups:
        yield _of_ahead


def _of_needs(found: ForOne, now: Round) -> Parcel:
    """The digest; what they are reminded of at the same time stands in it."""
    told = [reminder_words.group(found.reminders, at=now.at)] if found.reminders else []
    values = digest_lines.digest(found.needs, told)
    letter = _letter(found.user, "digest", values, now, found.engagements)
    return Parcel(letter, reminders=_told(found.reminders, now.at))


def _of_ahead(found: ForOne, now: Round) -> Parcel:
    day = now.looks[found.user.pk].day
    values = digest_lines.ahead(found.ahead.groups, day)
    key = f"ahead:{found.user.pk}:{day}"
    letter = _letter(found.user, "ahead", values, now, found.ahead.engagements, key=key)
    return Parcel(letter)


def _of_statuses(found: ForOne, now: Round) -> Parcel:
    """A customer's digest."""
    values = status_lines.values(found.statuses, needed=found.needed)
    told = [row.revision.report.engagement_id for row in found.statuses]
    letter = _letter(found.user, "statuses", values, now, told)
    return Parcel(letter, statuses=found.statuses)


def _of_reminders(found: ForOne, now: Round) -> Parcel:
    """One reminder is a letter of its own kind; several are listed."""
    user, reminders = found.user, found.reminders
    key = f"reminder:{reminders[0].report.pk}:{reminders[0].step}:{user.pk}"
    if len(reminders) == 1:
        values = reminder_words.one(reminders[0], at=now.at)
        letter = _letter(user, "reminder", values, now, found.engagements, key=key)
    else:
        groups = [reminder_words.group(reminders, at=now.at)]
        summary = reminder_words.summary(reminders)
        values = {"title": summary, "lead": f"{summary}.", "groups": groups}
        letter = _letter(user, "reminders", values, now, found.engagements, key=key)
    return Parcel(letter, reminders=_told(reminders, now.at))


def _letter(
    user: User,
    kind: str,
    values: Mapping[str, Any],
    now: Round,
    engagements: Iterable[int],
    *,
    key: str = "",
) -> OutgoingMail:
    """A letter that tells of these engagements; its ``key`` is that of the digest of this local
    day, unless it has its own.
    """
    day = now.persons[user.pk].day_of(now.at)
    return compose_letter(
        kind,
        to=user.email,
        user=user,
        context=values,
        dedup_key=key or f"digest:{user.pk}:{day}",
        engagements=engagements,
    )


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
