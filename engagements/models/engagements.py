"""The engagement: the unit that a delivery manager is accountable for."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dm_portal.people.models import (
    DatedRow,
    Ref,
    User,
    WorkCalendar,
    ends_after_start,
    validate_time_zone,
)
from engagements import querysets
from engagements.models.customers import Customer
from pods.models import Pod


class Weekday(models.IntegerChoices):
    """Weekdays as ISO 8601 counts them."""

    MONDAY = 1, "Monday"
    TUESDAY = 2, "Tuesday"
    WEDNESDAY = 3, "Wednesday"
    THURSDAY = 4, "Thursday"
    FRIDAY = 5, "Friday"
    SATURDAY = 6, "Saturday"
    SUNDAY = 7, "Sunday"


class Cadence(models.Model):
    """When an engagement plans and reports, in its own zone and unit."""

    class Unit(models.TextChoices):
        ITEMS = "items", "Items"
        POINTS = "points", "Points"
        DAYS = "days", "Days"
        DU = "du", "Delivery Units (DU)"

    outcome = models.TextField("outcome statement", blank=True)
    unit = models.CharField("unit of size", max_length=10, choices=Unit, default=Unit.ITEMS)
    sprint_days = models.PositiveSmallIntegerField(
        "sprint length in days",
        default=14,
        validators=[MinValueValidator(5), MaxValueValidator(42)],
    )
    time_zone = models.CharField(
        max_length=60, default="Europe/Berlin", validators=[validate_time_zone]
    )
    status_weekday = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.FRIDAY)
    status_hour = models.TimeField(
        "status due at", default=time(15), help_text="In the engagement's own time zone."
    )

    class Meta:
        abstract = True


class Engagement(Cadence):
    """One pod's work for one customer, from a first day to a last, under one DM."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        CLOSED = "closed", "Closed"

    class HolidayRule(models.TextChoices):
        BEFORE = "before", "The working day before"
        AFTER = "after", "The working day after"
        STAYS = "stays", "The holiday itself"

    ref = Ref()
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="engagements")
    name = models.CharField(max_length=120)
    in_scope = models.TextField(blank=True)
    out_of_scope = models.TextField(blank=True)
    depends_on = models.TextField(blank=True)
    pods = models.ManyToManyField(Pod, blank=True, related_name="engagements")
    calendar = models.ForeignKey(
        WorkCalendar,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="engagements",
        verbose_name="working days and hours",
        help_text="Its hours and holidays count, on the clock of the engagement's own time zone.",
    )
    starts_on = models.DateField("first day")
    ends_on = models.DateField(
        "last day", null=True, blank=True, help_text="No status is due after it."
    )
    reporting_from = models.DateField(
        help_text="The week of this day gets the first weekly status."
    )
    holiday_rule = models.CharField(
        "status due on a holiday",
        max_length=10,
        choices=HolidayRule,
        default=HolidayRule.BEFORE,
        db_default=HolidayRule.BEFORE,
    )
    review_day = models.PositiveSmallIntegerField(
        "working day of the monthly review",
        default=5,
        db_default=5,
        validators=[MinValueValidator(1), MaxValueValidator(15)],
        help_text="Of the month after.",
    )
    rhythm_since = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When it was last decided anew on which day, at what hour, or that it reports.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = querysets.EngagementQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="engagement_has_a_name"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="engagement_ends_after_start",
                violation_error_message="The last day cannot be before the first.",
            ),
            models.CheckConstraint(
                condition=Q(status_weekday__gte=1, status_weekday__lte=7),
                name="engagement_status_weekday_1_to_7",
            ),
            models.CheckConstraint(
                condition=Q(sprint_days__gte=5, sprint_days__lte=42),
                name="engagement_sprint_5_to_42_days",
            ),
            models.CheckConstraint(
                condition=Q(review_day__gte=1, review_day__lte=15),
                name="engagement_review_day_1_to_15",
            ),
            models.CheckConstraint(
                condition=Q(holiday_rule__in=["before", "after", "stays"]),
                name="engagement_holiday_rule_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("engagement_detail", kwargs={"ref": self.ref})

    def day_of(self, at: datetime) -> date:
        """The day on which an instant falls, by the engagement's clock."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def engagement_ref(self) -> str:
        return self.ref

    @property
    def customer_ref(self) -> str:
        return self.customer.ref


class EngagementFunction(DatedRow):
    """Who is DM, deputy, architect, tech lead or specialist of an engagement, and when."""

    class Function(models.TextChoices):
        DM = "dm", "Delivery manager"
        DEPUTY = "deputy", "Deputy"
        ARCHITECT = "architect", "Engagement architect"
        TECH_LEAD = "tech_lead", "Tech lead"
        SPECIALIST = "specialist", "Specialist"

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="functions")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="engagement_functions")
    function = models.CharField(max_length=10, choices=Function)

    objects = querysets.EngagementFunctionQuerySet.as_manager()

    class Meta:
        ordering = ["engagement__name", "function", "starts_on"]
        constraints = [
            ends_after_start("engagement_function_ends_after_start"),
            models.UniqueConstraint(
                fields=["engagement", "user", "function"],
                condition=Q(ends_on__isnull=True),
                name="engagement_function_open_once",
                violation_error_message="This person already holds this function here.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_function_display().lower()} of {self.engagement}"

    @property
    def engagement_ref(self) -> str:
        return self.engagement.ref

    @property
    def customer_ref(self) -> str:
        return self.engagement.customer.ref


class EngagementTemplate(Cadence):
    """A shape to start an engagement from: its cadence, milestones and criteria, no dates."""

    ref = Ref()
    name = models.CharField(max_length=120, unique=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = querysets.EngagementTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TemplateMilestone(models.Model):
    """A milestone of a template; ``day`` counts calendar days from the engagement's first day."""

    template = models.ForeignKey(
        EngagementTemplate, on_delete=models.CASCADE, related_name="milestones"
    )
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    outcome = models.TextField(blank=True)
    day = models.PositiveSmallIntegerField(help_text="Days after the first day.")
    criteria = models.TextField(
        blank=True, help_text="One per line: the statement | how it is verified."
    )

    objects = querysets.TemplateMilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["template", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "number"], name="template_milestone_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.template})"
