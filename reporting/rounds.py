"""What one tick knows of everybody who may be told something: read in as many statements, however
many they are.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from dm_portal.people.categories import CATEGORIES
from dm_portal.people.letters import Group
from dm_portal.people.models import User
from dm_portal.people.preferences import rhythms_of
from dm_portal.people.schedules import calendars_of, leave_of
from dm_portal.people.working_time import Calendar, Schedule
from dm_portal.shell.zones import is_known
from engagements.models import Engagement, EngagementFunction
from engagements.schedules import calendars_of_customers
from reporting import ahead, reminding
from reporting.models import Reminder, Report, WaitingStatus
from reporting.needs import LEADERS, WAITING, Need, needs_of_engagements, owed
from reporting.plans import plans_of
from reporting.reminding import Look, Owed, Person, may_look

logger = logging.getLogger(__name__)

# In the order in which they are told of a status that is owed.
LINE = ("dm", "deputy", "architect")

# What comes when its reader wants it.
GATHERED = [name for name, each in CATEGORIES.items() if not each.always_comes]

# Digests of one tick: what is left over comes with the next, so that no tick takes long. Until then
# nothing comes to those people: their digest would tell it again.
AT_MOST = 200

# On either side of an instant: the week in which it lies, and a day for clocks elsewhere.
WEEK = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder that is due: to whom, of which status and step, and what they are there."""

    user: User
    report: Report
    step: str
    function: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next ten days of somebody, and the engagements of which they tell."""

    groups: list[Group] = field(default_factory=list)
    engagements: list[int] = field(default_factory=list)


class Round:
    """The people of one tick, when their mails come, and whose digest is due.

    People and engagements whose time zone this machine does not know are left out, so that the
    others hear of theirs. The log names them: engagements where their weeks are opened.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        owed = Report.objects.owed(at).select_related("engagement__customer", "period")
        self.reports = [each for each in owed if is_known(each.engagement.time_zone)]
        self.holders = _holders(self.reports)
        in_line = {user.pk: user for user in self._in_line()}
        waiting = {user.pk: user for user in User.objects.not_digested(at).order_by("pk")}
        everybody = list((waiting | in_line).values())
        calendars = calendars_of(everybody) | calendars_of_customers(everybody)
        timed = _timed(everybody, calendars)
        heard = [
            user
            for user in timed
            if user.pk in in_line or may_look(calendars[user.pk], at, user.digested_on)
        ]
        self.people = {user.pk: user for user in _reachable(heard)}
        self.rhythms = {name: rhythms_of(heard, name) for name in GATHERED}
        leave = leave_of(heard, days=self._days())
        self.persons = {
            pk: Person(pk, Schedule(calendars[pk], leave.get(pk, ())), self.rhythms["reminder"][pk])
            for pk in self.people
        }

    @cached_property
    def looks(self) -> dict[int, Look]:
        """Whose digest is put together now, by key."""
        return dict(self._due[:AT_MOST])

    @cached_property
    def left_over(self) -> set[int]:
        """Whose digest is due and put together by a later tick, by key."""
        return {pk for pk, _ in self._due[AT_MOST:]}

    @cached_property
    def _due(self) -> list[tuple[int, Look]]:
        seen = {
            pk: reminding.look(self.persons[pk], self.at, user.digested_on)
            for pk, user in self.people.items()
        }
        return sorted((pk, look) for pk, look in seen.items() if look is not None)

    def comes_now(self, user: User, category: str) -> bool:
        """Whether what is gathered of this category goes out to them with this look."""
        return reminding.comes_now(self.rhythms[category][user.pk], self.looks.get(user.pk))

    def reminders(self) -> Iterator[Due]:
        """Who is reminded of what, the longest overdue first."""
        told = self._told()
        for report in sorted(self.reports, key=lambda each: (each.period.due_at, each.pk)):
            line = self.holders[report.engagement_id]
            ranks = [
                [self.persons[user.pk] for user in line[name] if user.pk in self.persons]
                for name in LINE
            ]
            period = report.period
            owed = Owed(report.pk, period.opens_at, period.due_at, ranks, told[report.pk])
            for person, step in reminding.reminders(
                owed, at=self.at, looks=self.looks, left_over=self.left_over
            ):
                user = self.people[person.key]
                function = next(name for name in LINE if user in line[name])
                yield Due(user, report, step, function)

    def waiting_statuses(self) -> list[WaitingStatus]:
        """What was published for those whose digest is put together now; the oldest first."""
        rows = WaitingStatus.objects.waiting_for(self._hearing("status")).order_by(
            "created_at", "pk"
        )
        report = ("revision__report__engagement", "revision__report__period")
        return list(rows.select_related(*report, "revision__retraction"))

    def needs(self) -> dict[int, list[Need]]:
        """What needs those whose digest is put together now, by key."""
        hear = self._hearing("needs")
        held = EngagementFunction.objects.holding().filter(user__in=hear, function__in=LINE)
        rows = set(held.values_list("user", "engagement", "function"))
        active = Engagement.objects.reporting().in_known_zones()
        led = active.filter(pk__in={pk for _, pk, function in rows if function in LEADERS})
        planned = active.filter(pk__in={pk for _, pk, _ in rows})
        for_leaders, for_planners = needs_of_engagements(led, planned, at=self.at)
        owes = defaultdict(list)
        for row in owed.of_engagements(led, planned, self.at):
            owes[row.engagement_id].append(row)
        found: dict[int, list[Need]] = defaultdict(list)
        for user, pk in sorted({(user, pk) for user, pk, _ in rows}):
            leads = any((user, pk, function) in rows for function in LEADERS)
            told = [*for_leaders, *for_planners] if leads else for_planners
            found[user] += [each for each in told if each.engagement_id == pk]
            mine = owed.told_to(user, owes[pk], self.at, leads=leads)
            found[user] += [each for each in mine if each.group != WAITING]
        return found

    def ahead(self) -> dict[int, Ahead]:
        """The next ten days of those who are told of them now, by key; nobody without any."""
        hear = self._hearing("ahead")
        days = {self.looks[pk].day for pk in hear}  # at one instant there are at most three
        found: dict[int, Ahead] = {}
        for day in days:
            plans = plans_of([pk for pk in hear if self.looks[pk].day == day], day=day)
            for pk, each in plans.items():
                found[pk] = Ahead(ahead.groups(each, day), [plan.key for plan in each])
        return {pk: each for pk, each in found.items() if each.groups}

    def _hearing(self, category: str) -> list[int]:
        """Those whose digest is put together now and who get mails of this category with it."""
        known = CATEGORIES[category]
        return [
            pk
            for pk in self.looks
            if known.is_for(self.people[pk]) and self.comes_now(self.people[pk], category)
        ]

    def _days(self) -> tuple[date, date]:
        """Those of which working time is asked: of this week, and around what is owed."""
        instants = [self.at, *(report.period.due_at for report in self.reports)]
        return min(instants).date() - WEEK, max(instants).date() + WEEK

    def _in_line(self) -> Iterator[User]:
        for line in self.holders.values():
            for name in LINE:
                yield from line[name]

    def _told(self) -> dict[int, dict[tuple[int, str], datetime]]:
        """Who was told of which step when, by report."""
        told: dict[int, dict[tuple[int, str], datetime]] = defaultdict(dict)
        rows = Reminder.objects.filter(report__in=self.reports)
        for report, user, step, at in rows.values_list("report", "user", "step", "created_at"):
            told[report][user, step] = at
        return told


def _holders(reports: Sequence[Report]) -> dict[int, dict[str, list[User]]]:
    """Who runs the engagements of these reports today, by engagement and function."""
    found: dict[int, dict[str, list[User]]] = defaultdict(lambda: defaultdict(list))
    held = EngagementFunction.objects.holding().filter(
        engagement__in={report.engagement_id for report in reports},
        function__in=LINE,
        user__is_active=True,
    )
    rows = list(held.select_related("user").order_by("starts_on", "pk"))
    reachable = {user.pk for user in _reachable(row.user for row in rows)}
    for row in rows:
        # a row each for two spans that overlap
        if row.user_id in reachable and row.user not in found[row.engagement_id][row.function]:
            found[row.engagement_id][row.function].append(row.user)
    return found


def _reachable(users: Iterable[User]) -> Iterator[User]:
    """Those to whose address a letter can go: one who has none holds up nobody else."""
    for user in users:
        try:
            validate_email(user.email)
        except ValidationError:
            logger.error("%s has no address to which a letter could go", user.ref)
        else:
            yield user


def _timed(users: Iterable[User], calendars: Mapping[int, Calendar]) -> Iterator[User]:
    """Those by whose clock it can be told what time it is."""
    for user in users:
        zone = calendars[user.pk].zone
        if is_known(zone):
            yield user
        else:
            logger.error("%s is told nothing: their hours are of no known zone: %s", user.ref, zone)
