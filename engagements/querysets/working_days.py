"""Working days between two columns, counted by the database."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import DateField, Func, IntegerField, Value

from dm_portal.shell.dates import WorkingDays


class WorkingDaysBetween(Func):
    """As ``WorkingDays.count`` of two days, one by one: what is asked for lies weeks apart."""

    template = (
        "(SELECT count(*) FROM (SELECT %(expressions)s) AS asked (first, last, weekdays, off),"
        " generate_series(first + time '24:00', last::timestamp, interval '1 day') AS day"
        " WHERE extract(isodow FROM day) = ANY(weekdays) AND day::date <> ALL(off))"
    )
    output_field = IntegerField()

    def __init__(self, first: Any, last: Any, worked: WorkingDays) -> None:
        # Where Monday is 1.
        weekdays = Value([day + 1 for day in sorted(worked.weekdays)], ArrayField(IntegerField()))
        off = Value(list(worked.off), ArrayField(DateField()))
        super().__init__(first, last, weekdays, off)
