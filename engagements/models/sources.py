"""Where facts come from, and what was decided that a tracker's words mean."""

from django.db import models
from django.db.models import Q

from dm_portal.people.models import User
from engagements import querysets
from engagements.models.milestones import OfEngagement
from engagements.stages import Stage

# A weekly status rests on a source of the same week.
PROMISED_DAYS, MOST_DAYS = 7, 366


class Source(OfEngagement):
    """Where an engagement's facts come from: one tracker, by one kind of export.

    ``mapping`` is the map by which its files are read, see ``engagements.sources.maps``, and
    ``name`` what that calls it; both are empty where a file's columns say enough.
    """

    class Kind(models.TextChoices):
        WORK_CSV = "work_csv", "Work CSV"
        JIRA = "jira", "Jira export"
        MAPPED = "mapped", "File with a map"

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=200, blank=True, db_default="")
    mapping = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    version = models.PositiveIntegerField(
        default=1, db_default=1, editable=False, help_text="Raised by every import that is applied."
    )
    promised_days = models.PositiveSmallIntegerField(
        default=PROMISED_DAYS,
        db_default=PROMISED_DAYS,
        help_text="How many days old it may become before every page says so.",
    )
    promises_made = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="How often that was changed."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.SourceQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="source_number"),
            models.UniqueConstraint(fields=["engagement", "kind", "name"], name="source_kind_once"),
            models.CheckConstraint(
                condition=(Q(kind="mapped") & ~Q(name="") & ~Q(mapping={}))
                | (~Q(kind="mapped") & Q(name="", mapping={})),
                name="source_mapped_by_a_map",
            ),
            models.CheckConstraint(
                condition=Q(promised_days__gte=1, promised_days__lte=MOST_DAYS),
                name="source_promised_days",
                violation_error_message=f"Between 1 and {MOST_DAYS} days.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


class Decision(models.Model):
    """What a person decided that a tracker's word means."""

    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class StateMeaning(Decision):
    """What a state of a source's tracker means: decided once by a person, and remembered."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="meanings")
    state = models.CharField(max_length=100)
    stage = models.CharField(max_length=20, choices=Stage)

    objects = querysets.StateMeaningQuerySet.as_manager()

    class Meta:
        ordering = ["source", "state"]
        constraints = [
            models.UniqueConstraint(fields=["source", "state"], name="state_meaning_once"),
            models.CheckConstraint(condition=~Q(state=""), name="state_meaning_has_a_state"),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.get_stage_display().lower()}"


class VersionMeaning(Decision):
    """Whose a version of the trackers is: another milestone's than its own, or nobody's.

    Trackers rename versions and split them. A version of which nothing was decided is the
    milestone that it became when it was imported.
    """

    engagement = models.ForeignKey(
        "engagements.Engagement", on_delete=models.PROTECT, related_name="version_meanings"
    )
    version = models.CharField(max_length=200)
    milestone = models.ForeignKey(
        "engagements.Milestone",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="versions",
        help_text="Empty: its items belong to no milestone by it.",
    )

    objects = querysets.VersionMeaningQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", "version"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "version"], name="version_meaning_once"),
            models.CheckConstraint(condition=~Q(version=""), name="version_meaning_has_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.milestone or 'no milestone'}"
