"""What needs an admin: letters that failed, people who have not come, a clock that stands still."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse

from dm_portal.people import standing
from dm_portal.people.health import MAY_BE_OLD, age
from dm_portal.people.models import Invitation, OutgoingMail, User
from dm_portal.shell import leases
from dm_portal.shell.components import Shape
from dm_portal.shell.wording import count
from reporting.needs.lines import OVERDUE, THIS_WEEK, TODAY, Need

COMES_WITHIN = timedelta(days=7)


def lines(user: Any, at: datetime) -> Iterator[Need]:
    """Of the portal itself; nothing for anybody else, and then without a statement."""
    if standing.is_admin(user):
        yield from _clock(at)
        yield from _letters(user, at)
        yield from _invitations(user, at)


def _clock(at: datetime) -> Iterator[Need]:
    """A tick is due every minute: without it nothing is drafted, mailed or reminded."""
    ticked_at = leases.since("tick")
    if ticked_at is None or at - ticked_at > MAY_BE_OLD:
        yield Need(
            group=OVERDUE,
            due=ticked_at or at,
            shape=Shape.OFF_TRACK,
            what=f"The clock has stood still for {age(ticked_at, at)}"
            if ticked_at
            else "The clock has never run",
            where="Health",
            why="nothing is drafted, mailed or reminded until it runs",
            url=reverse("health_detail"),
            action="See",
            leads=True,
        )


def _letters(user: Any, at: datetime) -> Iterator[Need]:
    """Mails that could not be sent: one line for all of them."""
    parked = OutgoingMail.objects.visible_to(user).filter(state=OutgoingMail.State.PARKED)
    if number := parked.count():
        yield Need(
            group=OVERDUE,
            due=at,
            shape=Shape.OFF_TRACK,
            what=f"{count(number, 'mail')} failed, needs an admin",
            where="Outbox",
            why="the mail server refused them, or did not take them for five days",
            url=f"{reverse('outbox_list')}?state=parked",
            action="See",
        )


def _invitations(user: Any, at: datetime) -> Iterator[Need]:
    """People who were invited and have not come: one line; urgent where a letter expired."""
    rows = Invitation.objects.visible_to(user).filter(
        accepted_at__isnull=True,
        revoked_at__isnull=True,
        user__in=User.objects.in_state("invited"),
    )
    found = rows.aggregate(
        people=Count("user", distinct=True),
        expired=Count("user", filter=Q(expires_at__lte=at), distinct=True),
        oldest=Min("invited_at"),
    )
    if not found["people"]:
        return
    expired, oldest = found["expired"], found["oldest"]
    who = f"{count(found['people'], 'person')} {'has' if found['people'] == 1 else 'have'}"
    late = f"; {count(expired, 'letter')} expired" if expired else ""
    yield Need(
        group=TODAY if expired or at - oldest > COMES_WITHIN else THIS_WEEK,
        due=oldest,
        shape=Shape.AT_RISK if expired else "",
        what=f"{who} not come yet",
        where="People",
        why=f"invited {age(oldest, at)} ago{late}",
        url=f"{reverse('people_list')}?state=invited",
        action="See",
    )
