"""When people work: calendars that many share, and the leave of one."""

from contextlib import suppress
from datetime import time
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.dateformat import format as date_format

from dm_portal.people import querysets
from dm_portal.people.holiday_names import COUNTRIES, region_code, regions
from dm_portal.people.models.people import Ref, User
from dm_portal.people.working_time import Calendar, hours_text, read_hours

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# one span or several, as hours_text writes them
STORED_HOURS = r"^(\d{2}:\d{2}-\d{2}:\d{2}(, \d{2}:\d{2}-\d{2}:\d{2})*)?$"


def validate_time_zone(name: str) -> None:
    """Accept IANA names only, such as Europe/Berlin."""
    if name not in available_timezones():
        raise ValidationError("This is not a time zone; write one such as Europe/Berlin.")


def validate_hours(text: str) -> None:
    """Accept the hours of one day, as ``read_hours`` reads them."""
    try:
        read_hours(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class Hours(models.CharField):
    """The working hours of a weekday: "09:00-12:30, 13:30-17:00"; empty for a day off."""

    def __init__(self, default: str = "") -> None:
        super().__init__(max_length=120, blank=True, default=default, validators=[validate_hours])

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        """Only the default differs from weekday to weekday."""
        name, path, _, _ = super().deconstruct()
        return name, path, [], {"default": self.default}


class WorkCalendar(models.Model):
    """The working week of a place: its hours by weekday, its time zone and public holidays.

    Many people and engagements share one. An engagement reads its hours on its own clock.
    """

    ref = Ref()
    name = models.CharField(max_length=120, unique=True)
    time_zone = models.CharField(
        max_length=60, default="Europe/Berlin", validators=[validate_time_zone]
    )
    monday = Hours(default="09:00-17:00")
    tuesday = Hours(default="09:00-17:00")
    wednesday = Hours(default="09:00-17:00")
    thursday = Hours(default="09:00-17:00")
    friday = Hours(default="09:00-17:00")
    saturday = Hours()
    sunday = Hours()
    country = models.CharField("holidays of", max_length=2, blank=True)
    region = models.CharField(
        max_length=20, blank=True, help_text="Where holidays differ: a region of the country."
    )
    days_since = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When it was last decided anew on which days nobody works.",
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.WorkCalendarQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="calendar_has_a_name"),
            models.CheckConstraint(
                condition=~Q(**dict.fromkeys(WEEKDAYS, "")),
                name="calendar_has_a_working_day",
                violation_error_message="Give at least one weekday working hours.",
            ),
            models.CheckConstraint(
                condition=Q(**{f"{day}__regex": STORED_HOURS for day in WEEKDAYS}),
                name="calendar_hours_can_be_read",
            ),
            models.CheckConstraint(
                condition=Q(region="") | ~Q(country=""),
                name="calendar_region_of_a_country",
                violation_error_message="A region needs its country.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("calendar_detail", kwargs={"ref": self.ref})

    def clean(self) -> None:
        """Hours and region are kept in one way of writing; the country is a known one."""
        for day in WEEKDAYS:
            with suppress(ValueError):  # said at its field
                setattr(self, day, hours_text(read_hours(getattr(self, day))))
        if self.country and self.country not in COUNTRIES:
            raise ValidationError({"country": "The holidays of this country are not known."})
        if not self.region:
            return
        if not self.country:
            raise ValidationError({"region": "A region needs its country."})
        code = region_code(self.country, self.region)
        if code is None:
            raise ValidationError({"region": _unknown_region(self.country, self.region)})
        self.region = code

    @property
    def holidays_words(self) -> str:
        """Whose public holidays are kept: "Germany, Bayern"; empty for nobody's."""
        country = COUNTRIES.get(self.country, "")
        region = regions(self.country).get(self.region, self.region) if self.region else ""
        return ", ".join(part for part in (country, region) if part)

    @property
    def hours_a_week(self) -> str:
        """How much is worked in a week without holidays: "37 h 30"."""
        spans = (span for day in WEEKDAYS for span in read_hours(getattr(self, day)))
        hours, minutes = divmod(sum(end - first for first, end in spans), 60)
        return f"{hours} h {minutes:02}" if minutes else f"{hours} h"

    def in_use(self) -> list[models.QuerySet[Any]]:
        """Who works by it: users, and of the apps above what points here, model by model."""
        return [
            relation.related_model._default_manager.filter(**{relation.field.name: self})
            for relation in self._meta.related_objects
        ]

    def calendar(self, *, zone: str = "") -> Calendar:
        """What counts the time; on the clock of another ``zone`` if one is given."""
        week = tuple(read_hours(getattr(self, day)) for day in WEEKDAYS)
        return Calendar(zone or self.time_zone, week, self.country, self.region)


def _unknown_region(country: str, said: str) -> str:
    known = [
        f"{name} ({code})" if name != code else code for code, name in regions(country).items()
    ]
    if not known:
        return f"No regions of {COUNTRIES[country]} are known: leave it empty."
    return f"{COUNTRIES[country]} has no region “{said}”. Its regions: {', '.join(sorted(known))}."


class TimeOff(models.Model):
    """Leave of one person: whole days with the last included, or a part of one day.

    It is a user's, or that of a specialist who does not sign in. Times are read on the clock of
    their own calendar, so that a morning off stays a morning. Taken back, it counts no more.
    """

    ref = Ref()
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="time_off"
    )
    # known by name only: supply stands above this app
    specialist = models.ForeignKey(
        "pods.Specialist", null=True, blank=True, on_delete=models.PROTECT, related_name="time_off"
    )
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day", help_text="The last day away.")
    from_time = models.TimeField("from", null=True, blank=True)
    until_time = models.TimeField("until", null=True, blank=True)
    note = models.CharField(max_length=120, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = querysets.TimeOffQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "from_time", "pk"]
        indexes = [
            # the schedules of people: their leave that counts
            models.Index(
                fields=["user"], condition=Q(withdrawn_at__isnull=True), name="time_off_of_user"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, specialist__isnull=True)
                | Q(user__isnull=True, specialist__isnull=False),
                name="time_off_of_one_person",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="time_off_ends_after_start",
                violation_error_message="The last day cannot be before the first.",
            ),
            models.CheckConstraint(
                condition=Q(from_time__isnull=True, until_time__isnull=True)
                | Q(starts_on=F("ends_on")),
                name="time_off_times_of_one_day",
                violation_error_message="Times are for a part of one day.",
            ),
            models.CheckConstraint(
                condition=Q(from_time__isnull=True)
                | Q(until_time__isnull=True)
                | Q(until_time__gt=F("from_time")),
                name="time_off_times_in_order",
                violation_error_message="It cannot end before it begins.",
            ),
            models.CheckConstraint(
                condition=~Q(until_time=time(0)),
                name="time_off_lasts_a_minute",
                violation_error_message="Leave “until” empty for the rest of the day.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="time_off_withdrawn_at_by",
            ),
            models.UniqueConstraint(
                fields=["user", "specialist", "starts_on", "ends_on", "from_time", "until_time"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="time_off_once",
                violation_error_message="This leave is entered already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.days_words}"

    @property
    def days_words(self) -> str:
        """When it is: "8 Jun – 12 Jun 2026", "8 Jun 2026 from 13:00"."""
        first, last = (date_format(day, "j M Y") for day in (self.starts_on, self.ends_on))
        words = [first if first == last else f"{first} – {last}"]
        words += [f"from {self.from_time:%H:%M}"] if self.from_time else []
        words += [f"until {self.until_time:%H:%M}"] if self.until_time else []
        return " ".join(words)

    @property
    def person(self) -> Any:
        """Whose it is: a user, or a specialist who does not sign in."""
        return self.user if self.user is not None else self.specialist

    @property
    def state(self) -> str:
        """Whether it counts, in words."""
        return "Counts" if self.withdrawn_at is None else "Taken back"
