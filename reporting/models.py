"""What is said about an engagement: when it is due, its draft, and what was published."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dm_portal.people.models import OutgoingMail, User
from engagements.models import Engagement
from reporting import querysets
from reporting.models_forecasts import Forecast as Forecast  # Django finds models here
from reporting.models_readers import Receipt, Retraction, WaitingStatus
from reporting.note_models import Note, UntoldRed
from reporting.periods import week_name
from reporting.question_models import Question
from reporting.wording import week_words

__all__ = [
    "Colour",
    "Facts",
    "Note",
    "Period",
    "Question",
    "Receipt",
    "Reminder",
    "Report",
    "ReportRevision",
    "Retraction",
    "UntoldRed",
    "WaitingStatus",
]


class Colour(models.TextChoices):
    """How an engagement, or one of its dimensions, stands."""

    GREEN = "green", "On track"
    AMBER = "amber", "At risk"
    RED = "red", "Off track"
    UNKNOWN = "unknown", "Not known"


class Period(models.Model):
    """One local week for which an engagement owes a status, or one month for which it owes a
    review: exactly one row, whoever ticks.

    ``starts_on`` is the week's Monday, or the first of the month, and ``due_on`` the day of
    ``due_at``, both by the zone and due day that the engagement had when it was opened: a week
    keeps its name when these change; only its own due day can be moved, until its status is out. A
    reconstructed period was past before the portal knew the engagement, or was opened for a chosen
    instant. Months are kept so that none is missing; nothing is written for them yet.
    """

    class Kind(models.TextChoices):
        WEEKLY = "weekly", "Weekly status"
        MONTHLY = "monthly", "Monthly review"

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="periods")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.WEEKLY)
    starts_on = models.DateField()
    due_on = models.DateField()
    opens_at = models.DateTimeField(help_text="The draft appears.")
    due_at = models.DateTimeField(help_text="The publication deadline.")
    is_reconstructed = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", "-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "kind", "starts_on"], name="period_once"),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("due_at")), name="period_opens_before_due"
            ),
            models.CheckConstraint(
                condition=~Q(kind="weekly") | Q(starts_on__iso_week_day=1),
                name="period_week_starts_on_monday",
            ),
            models.CheckConstraint(
                condition=~Q(kind="weekly")
                | Q(due_on__gte=F("starts_on"), due_on__lt=F("starts_on") + timedelta(days=7)),
                name="period_due_in_its_week",
            ),
            models.CheckConstraint(
                condition=~Q(kind="monthly") | Q(starts_on__day=1),
                name="period_month_starts_on_its_first",
            ),
            models.CheckConstraint(
                condition=~Q(kind="monthly")
                | Q(
                    due_on__gte=F("starts_on") + timedelta(days=28),
                    due_on__lt=F("starts_on") + timedelta(days=62),
                ),
                name="period_month_due_in_the_next",
            ),
        ]

    def __str__(self) -> str:
        is_month = self.kind == self.Kind.MONTHLY
        return f"{self.engagement}, {f'{self.starts_on:%Y-%m}' if is_month else self.week}"

    @property
    def week(self) -> str:
        """The ISO week, such as ``2026-W47``."""
        return week_name(self.starts_on)


class Report(models.Model):
    """The work of writing one period's status, from due to published; or an update between two
    statuses, which has a number instead of a period and one ``paragraph`` of the DM's.

    ``drafted`` is what the rules wrote when it was compiled; the DM adds ``headline``,
    ``our_move`` and one ``colour``. While publishing, ``frozen_facts`` (canonical JSON) and
    ``frozen_text`` hold what will be said, until ``publish_at`` or until it is stopped. Until
    ``lease_until`` it is left to the process that drafts it or writes its revision.
    ``correction_reason`` is filled while a published report is open again; its figures stay as
    they were published unless it ``corrects_figures``. ``edits`` are what the DM made of the
    rules' sentences, by their keys, see ``reporting.editing``; ``choices`` why what must be
    mentioned is not, see ``reporting.mentions``. ``saved_at`` and ``saved_by`` are of the last save
    of its words, and ``unrecorded`` holds what stood before those that were saved as they were
    typed and are not on the record yet, see ``reporting.services.sittings``.
    """

    # What the DM says in words of their own; with the colour, all that is the DM's.
    WORDS = ("headline", "our_move", "own_words", "paragraph", "colour_reason")

    class State(models.TextChoices):
        DUE = "due", "Waiting to be drafted"
        COMPILING = "compiling", "Being drafted"
        DRAFT = "draft", "Draft"
        PUBLISHING = "publishing", "Being published"
        PUBLISHED = "published", "Published"
        PARKED = "parked", "Failed, needs an admin"

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="reports")
    # None for an update (see ``is_update``); whatever speaks of weeks asks for reports with one.
    period: "models.OneToOneField[Any, Any]" = models.OneToOneField(
        Period, null=True, blank=True, on_delete=models.PROTECT, related_name="report"
    )
    update_number = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    version = models.PositiveIntegerField(default=1, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    compiled_as_of = models.DateTimeField(null=True, blank=True)
    drafted = models.JSONField(default=dict)
    edits = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    choices = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    headline = models.CharField(max_length=200, blank=True)
    our_move = models.TextField(blank=True)
    own_words = models.TextField(blank=True, default="", db_default="")
    paragraph = models.CharField(max_length=600, blank=True, default="", db_default="")
    colour = models.CharField("your call", max_length=10, choices=Colour, blank=True)
    colour_reason = models.TextField(blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unrecorded = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    correction_reason = models.TextField(blank=True)
    corrects_figures = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether the correction that is being written brings its figures up to date.",
    )
    publish_at = models.DateTimeField(null=True, blank=True)
    publishing_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    publishing_for = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    frozen_facts = models.TextField(blank=True)
    frozen_text = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.ReportQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", "-period__starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="publishing")
                | Q(state="compiling", lease_until__isnull=False)
                | (~Q(state="compiling") & Q(lease_until__isnull=True)),
                name="report_leased_while_at_work",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="publishing",
                    publish_at__isnull=False,
                    publishing_by__isnull=False,
                    frozen_text__isnull=False,
                )
                & ~Q(frozen_facts="")
                | (
                    ~Q(state="publishing")
                    & Q(
                        publish_at__isnull=True,
                        publishing_by__isnull=True,
                        publishing_for__isnull=True,
                        frozen_text__isnull=True,
                        frozen_facts="",
                    )
                ),
                name="report_frozen_while_publishing",
            ),
            models.UniqueConstraint(
                fields=["engagement", "update_number"], name="report_update_number"
            ),
            models.CheckConstraint(
                condition=Q(period__isnull=False, update_number__isnull=True, paragraph="")
                | Q(period__isnull=True, update_number__isnull=False),
                name="report_of_a_period_or_an_update",
            ),
            models.CheckConstraint(
                condition=Q(corrects_figures=False) | ~Q(correction_reason=""),
                name="report_corrects_figures_in_a_correction",
            ),
            models.CheckConstraint(
                condition=Q(corrects_figures=False) | Q(period__isnull=False),
                name="report_update_keeps_its_figures",
            ),
            models.CheckConstraint(
                condition=Q(saved_at__isnull=True, saved_by__isnull=True)
                | Q(saved_at__isnull=False, saved_by__isnull=False),
                name="report_saved_at_by",
            ),
            models.CheckConstraint(
                condition=Q(unrecorded={}) | Q(state="draft", saved_by__isnull=False),
                name="report_typed_as_a_draft",
            ),
        ]
        indexes = [
            # the sweeper: what was typed and nobody goes on with
            models.Index(
                fields=["saved_at"], condition=~Q(unrecorded={}), name="report_unrecorded"
            ),
            # the sweeper: work that waits, died, or is ready to go out
            models.Index(
                fields=["state", "lease_until"],
                condition=Q(state__in=["due", "compiling", "publishing"]),
                name="report_in_progress",
            ),
        ]

    def __str__(self) -> str:
        if self.is_update:
            return f"Update no. {self.update_number} for {self.engagement}"
        week = week_words(self.period.starts_on, due_on=self.period.due_on)
        return f"Status of {week} for {self.engagement}"

    def get_absolute_url(self) -> str:
        if self.is_update:
            place = {"ref": self.engagement.ref, "number": self.update_number}
            return reverse("update_detail", kwargs=place)
        return reverse("report_edit", kwargs={"ref": self.engagement.ref, "week": self.period.week})

    @property
    def is_update(self) -> bool:
        """One paragraph between two statuses; it ends no window and is owed to nobody."""
        return self.period_id is None

    @property
    def is_reconstructed(self) -> bool:
        """Of a week that was over before it could be told here; no update ever is."""
        return not self.is_update and self.period.is_reconstructed

    @property
    def audit_ref(self) -> str:
        place = f"updates/{self.update_number}" if self.is_update else self.period.week
        return f"{self.engagement.ref}/{place}"

    @property
    def engagement_ref(self) -> str:
        return self.engagement.ref

    @property
    def customer_ref(self) -> str:
        return self.engagement.customer.ref


class Facts(models.Model):
    """The figures of one published revision and the rows they came from, frozen.

    ``body`` is canonical JSON: sorted keys, instants in UTC with ``Z``, decimals as strings.
    ``sha256`` is of exactly these bytes (UTF-8).
    """

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="facts")
    schema_version = models.PositiveSmallIntegerField()
    as_of = models.DateTimeField()
    frozen_at = models.DateTimeField()
    body = models.TextField()
    sha256 = models.CharField(max_length=64)

    objects = querysets.FactsQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", "-as_of"]
        verbose_name_plural = "facts"

    def __str__(self) -> str:
        return f"Facts of {self.engagement} as of {self.as_of:%Y-%m-%d %H:%M}Z"


class ReportRevision(models.Model):
    """What was said, exactly as it was said. Written once; a mistake gets the next number.

    ``html`` is what the customer's page shows; ``text`` the same as structured paragraphs.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    facts = models.OneToOneField(Facts, on_delete=models.PROTECT, related_name="revision")
    headline = models.CharField(max_length=200)
    text = models.JSONField()
    html = models.TextField()
    colour = models.CharField(max_length=10, choices=Colour)
    colour_reason = models.TextField(blank=True)
    computed_colour = models.CharField(max_length=10, choices=Colour)
    correction_reason = models.TextField(blank=True)
    reconstructed_on = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_for = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = querysets.ReportRevisionQuerySet.as_manager()

    class Meta:
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="revision_number"),
            models.CheckConstraint(
                condition=Q(number=1, correction_reason="")
                | (Q(number__gt=1) & ~Q(correction_reason="")),
                name="revision_correction_has_a_reason",
            ),
            models.CheckConstraint(condition=~Q(headline=""), name="revision_has_a_headline"),
        ]

    def __str__(self) -> str:
        return f"{self.report}, revision {self.number}"


class Reminder(models.Model):
    """That somebody was told, once, that a status will soon be due or is overdue."""

    class Step(models.TextChoices):
        SOON = "soon", "Soon due"
        OVERDUE = "overdue", "Overdue"

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="reminders")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reminders")
    step = models.CharField(max_length=10, choices=Step)
    mail = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, related_name="reminders")
    created_at = models.DateTimeField(help_text="The tick that told them.")

    objects = querysets.ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["report", "created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "user", "step"], name="reminder_once"),
            models.CheckConstraint(
                condition=Q(step__in=["soon", "overdue"]), name="reminder_step_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.user} told, {self.get_step_display().lower()}"
