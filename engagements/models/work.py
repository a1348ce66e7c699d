"""The work itself, as the tracker tells it."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5

from dm_portal.shell.clock import now
from dm_portal.shell.wording import plain
from engagements import querysets
from engagements.models.engagements import Engagement
from engagements.models.milestones import Milestone, OfEngagement
from engagements.stages import Stage


class Sprint(OfEngagement):
    """A short stretch of work with a goal; one that a tracker names may have no dates yet.

    ``ends_on`` is its last day.
    """

    name = models.CharField(max_length=120)
    goal = models.TextField(blank=True)
    starts_on = models.DateField("first day", null=True, blank=True)
    ends_on = models.DateField("last day", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.SprintQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", F("starts_on").desc(nulls_last=True), "-number"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="sprint_number"),
            # With a condition, which always holds, the name is no key that work could refer to:
            # so that a sprint can be renamed while its work is being imported.
            models.UniqueConstraint(
                fields=["engagement", "name"],
                condition=~Q(name=""),
                name="sprint_name_once",
                violation_error_message="Another sprint of this engagement has this name.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="sprint_has_a_name"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True, ends_on__isnull=True)
                | Q(starts_on__lte=F("ends_on")),
                name="sprint_ends_after_start",
                violation_error_message="The last day cannot be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkItem(models.Model):
    """One item of a tracker, as its events leave it. The portal never edits it.

    ``created_at``, ``started_at`` and ``done_at`` are the tracker's own instants; ``state`` is
    the tracker's own word, and ``stage`` what that means; ``blocked_at`` is since when it is
    blocked. Items belong to every milestone that the tracker names for them. What was true at an
    earlier instant is in the events alone.
    """

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="work_items")
    source = models.ForeignKey(
        "engagements.Source", on_delete=models.PROTECT, related_name="work_items"
    )
    key = models.CharField(max_length=200)
    type = models.CharField(max_length=100, blank=True)
    title = models.TextField(blank=True)
    state = models.CharField(max_length=100, blank=True)
    stage = models.CharField(
        max_length=20, choices=Stage, default=Stage.NOT_STARTED, db_default=Stage.NOT_STARTED
    )
    size = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    milestones = models.ManyToManyField(Milestone, blank=True, related_name="work_items")
    sprint = models.ForeignKey(
        Sprint, null=True, blank=True, on_delete=models.PROTECT, related_name="work_items"
    )
    assignee = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when whole exports no longer name it."
    )
    last_import = models.ForeignKey(
        "engagements.Import", on_delete=models.PROTECT, related_name="+"
    )

    objects = querysets.WorkItemQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", "-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "source", "key"], name="work_item_key_once"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="work_item_has_a_key"),
            models.CheckConstraint(
                condition=Q(size__isnull=True) | Q(size__gte=0), name="work_item_size_not_negative"
            ),
        ]
        indexes = [
            # what was open or finished at an instant, and the work list's default order
            models.Index(fields=["engagement", "-created_at", "-id"], name="work_item_created"),
            models.Index(fields=["engagement", "done_at"], name="work_item_done"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.title}".strip()

    @property
    def is_to_be_done(self) -> bool:
        """Whether the tracker dates its end into the future: until then it is open."""
        return self.done_at is not None and self.done_at > now()

    @property
    def size_words(self) -> str:
        """ "5 points"; an engagement that counts items has no unit of size. Empty: not said."""
        if self.size is None:
            return ""
        unit = self.engagement.unit
        words = "" if unit == Engagement.Unit.ITEMS else self.engagement.get_unit_display().lower()
        return f"{plain(self.size)} {words}".strip()

    @property
    def engagement_ref(self) -> str:
        return self.engagement.ref

    @property
    def customer_ref(self) -> str:
        return self.engagement.customer.ref


class WorkEvent(models.Model):
    """One thing that a source said of an item, for ever: a change, or how it was when it was seen.

    ``field`` is what changed, from ``came`` to ``became``; or "seen", where ``became`` holds the
    cells of a row of an export as canonical JSON, with all its stays where a report tells them; or
    "listed", and then "no" where a whole export lacks an item that began before it, "yes" where an
    export names one that any of them lacks.
    ``occurred_at`` is the tracker's instant, ``place`` the order of what changed at one instant,
    ``recorded_at`` when the portal learned of it. What became of an item follows from these alone,
    see ``engagements.histories``; they may be there before any export has named the item.
    """

    class Field(models.TextChoices):
        SEEN = "seen", "How it stood"
        STATE = "state", "State"
        MILESTONE = "milestone", "Milestone"
        SPRINT = "sprint", "Sprint"
        SIZE = "size", "Size"
        ASSIGNEE = "assignee", "Assignee"
        FLAG = "flag", "Flag"
        DUE = "due", "Due date"
        LISTED = "listed", "In the tracker"

    # No index of its own: that of what was said once begins with it. That there is such a source is
    # told by the import, which is of this source: the database looks for both at once.
    source = models.ForeignKey(
        "engagements.Source",
        on_delete=models.PROTECT,
        related_name="events",
        db_index=False,
        db_constraint=False,
    )
    key = models.CharField(max_length=200)
    field = models.CharField(max_length=10, choices=Field)
    came = models.TextField(blank=True)
    became = models.TextField(blank=True)
    occurred_at = models.DateTimeField()
    place = models.PositiveSmallIntegerField(default=0)
    recorded_at = models.DateTimeField()
    of = models.ForeignKey(
        "engagements.Import",
        on_delete=models.PROTECT,
        related_name="events",
        db_index=False,
        db_constraint=False,
    )

    objects = querysets.WorkEventQuerySet.as_manager()

    class Meta:
        ordering = ["source", "key", "occurred_at", "place", "pk"]
        constraints = [
            # The same said again is the same: imports may overlap and be repeated. Also what the
            # facts of an item are read by.
            models.UniqueConstraint(
                F("source"),
                F("key"),
                F("occurred_at"),
                F("field"),
                F("place"),
                MD5("came"),
                MD5("became"),
                name="work_event_once",
            ),
            models.CheckConstraint(condition=~Q(key=""), name="work_event_has_a_key"),
            models.CheckConstraint(
                condition=Q(field="seen", came="") | ~(Q(field="seen") | Q(came=F("became"))),
                name="work_event_changes_something",
            ),
        ]
        # What an import said was written in one go, so that it lies together.
        indexes = [BrinIndex(fields=["of"], autosummarize=True, name="work_event_of")]

    def __str__(self) -> str:
        return f"{self.key}, {self.get_field_display().lower()}"
