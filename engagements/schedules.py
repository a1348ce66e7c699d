"""When an engagement works: the hours and holidays of its calendar, on its own clock."""

from collections.abc import Sequence

from dm_portal.people.models import User
from dm_portal.people.working_time import Calendar, Schedule
from dm_portal.shell.zones import is_known
from engagements.calendars import calendar_of
from engagements.models import CustomerContact, Engagement


def engagement_schedule(engagement: Engagement) -> Schedule:
    """What ``working_minutes`` and ``after_working_hours`` take for an engagement."""
    return Schedule(calendar_of(engagement))


def calendars_of_customers(users: Sequence[User]) -> dict[int, Calendar]:
    """Of a customer's people, who choose no hours here: the usual ones, where their engagement is.

    Of several engagements the one that began last.
    """
    customers = [user.pk for user in users if not user.is_internal]
    rows = CustomerContact.objects.holding().filter(
        user__in=customers, customer__engagements__state=Engagement.State.ACTIVE
    )
    begun = rows.order_by("customer__engagements__starts_on", "customer__engagements")
    zones = dict(begun.values_list("user", "customer__engagements__time_zone"))
    usual = {zone: Calendar(zone) for zone in set(zones.values()) if is_known(zone)}
    return {pk: usual[zone] for pk, zone in zones.items() if zone in usual}
