"""The dates of engagements as ``ahead`` tells of them: read for many people in as many statements
as for one.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from dm_portal.people.schedules import schedules_of
from engagements.calendars import calendar_of
from engagements.models import Engagement, EngagementFunction, Milestone
from pods.models import Membership
from reporting.ahead import Absence, Commitment, Leading, Plan, last_day
from reporting.needs import LEADERS, left_words


def plans_of(users: Iterable[int], *, day: date) -> dict[int, list[Plan]]:
    """The plans of the engagements of which these people are DM, by person; from ``day`` on."""
    rows = EngagementFunction.objects.holding().filter(
        user__in=list(users), function="dm", engagement__state=Engagement.State.ACTIVE
    )
    led = list(rows.order_by("engagement__name", "engagement").values_list("user", "engagement"))
    plans = _plans({engagement for _, engagement in led}, day) if led else {}
    found: dict[int, list[Plan]] = defaultdict(list)
    for user, engagement in dict.fromkeys(led):
        found[user].append(plans[engagement])
    return found


def _plans(keys: set[int], day: date) -> dict[int, Plan]:
    milestones, absences = _milestones(keys, day), _absences(keys, day)
    leaders = _leaders(keys, day)
    rows = Engagement.objects.filter(pk__in=keys).select_related("calendar")
    return {
        row.pk: Plan(
            key=row.pk,
            name=row.name,
            url=settings.BASE_URL + row.get_absolute_url(),
            settings_url=settings.BASE_URL + reverse("engagement_settings", args=[row.ref]),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            calendar=calendar_of(row),
            milestones=milestones[row.pk],
            absences=absences[row.pk],
            leaders=leaders[row.pk],
        )
        for row in rows
    }


def _milestones(keys: set[int], day: date) -> dict[int, list[Commitment]]:
    found: dict[int, list[Commitment]] = defaultdict(list)
    near = Milestone.objects.filter(engagement__in=keys, committed_on__range=(day, last_day(day)))
    for row in near.unfinished().with_progress().select_related("engagement"):
        url = settings.BASE_URL + row.get_absolute_url()
        found[row.engagement_id].append(
            Commitment(row.name, row.committed_on, left_words(row), url)
        )
    return found


def _absences(keys: set[int], day: date) -> dict[int, list[Absence]]:
    """Leave of whoever is in a pod of each engagement on a day of it, each entry once."""
    held = Membership.objects.not_over(day).filter(
        pod__engagements__in=keys, starts_on__lte=last_day(day)
    )
    rows = list(held.select_related("specialist").annotate(of=F("pod__engagements")))
    schedules = schedules_of([row.specialist for row in rows], days=(day, last_day(day)))
    found: dict[int, dict[Any, Absence]] = defaultdict(dict)
    for row in rows:
        for leave in schedules[row.specialist_id].leave:
            is_member = row.starts_on <= leave.last and not _is_over(row, leave.first)
            if row.of in keys and is_member:
                key = (row.specialist_id, leave)
                found[row.of][key] = Absence(row.specialist.name, leave)
    return defaultdict(list, {pk: list(rows.values()) for pk, rows in found.items()})


def _is_over(row: Membership, day: date) -> bool:
    return row.ends_on is not None and row.ends_on <= day


def _leaders(keys: set[int], day: date) -> dict[int, list[Leading]]:
    held = EngagementFunction.objects.not_over(day).filter(
        engagement__in=keys,
        function__in=LEADERS,
        starts_on__lte=last_day(day),
        user__is_active=True,
    )
    rows = list(held.select_related("user"))
    schedules = schedules_of([row.user for row in rows], days=(day, last_day(day)))
    found: dict[int, list[Leading]] = defaultdict(list)
    for row in rows:
        leading = Leading(row.starts_on, row.ends_on, schedules[row.user_id])
        found[row.engagement_id].append(leading)
    return found
