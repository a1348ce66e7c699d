"""What was promised, for when, and how one tells that it is there."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from engagements import querysets
from engagements.models.engagements import Engagement


class OfEngagement(models.Model):
    """A row that belongs to one engagement and is named by a number within it."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="%(class)ss")
    number = models.PositiveIntegerField()

    class Meta:
        abstract = True

    @property
    def engagement_ref(self) -> str:
        return self.engagement.ref

    @property
    def customer_ref(self) -> str:
        return self.engagement.customer.ref

    @property
    def audit_ref(self) -> str:
        return f"{self.engagement.ref}/{self.number}"


class Milestone(OfEngagement):
    """A named, evidenced deliverable with acceptance criteria and a committed date.

    An imported version becomes a milestone without a committed date: known, not promised.
    ``tracker_name`` is what the tracker calls it, ``committed_on`` changes only by a revision.
    """

    name = models.CharField(max_length=120)
    outcome = models.TextField("outcome statement", blank=True)
    tracker_name = models.CharField(
        "name in the tracker", max_length=200, blank=True, help_text="Such as a fix version."
    )
    committed_on = models.DateField("committed date", null=True, blank=True)
    planned_size = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.MilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", F("committed_on").asc(nulls_last=True), "number"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="milestone_number"),
            models.UniqueConstraint(
                fields=["engagement", "tracker_name"],
                condition=~Q(tracker_name=""),
                name="milestone_tracker_name_once",
                violation_error_message="Another milestone stands for this tracker name.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="milestone_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(
            "milestone_detail", kwargs={"ref": self.engagement.ref, "number": self.number}
        )


class MilestoneRevision(models.Model):
    """One change of a committed date: from what to what, why, and who. Never changed itself.

    Number 1 is the first commitment (``old_on`` empty); it stays visible for ever.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    old_on = models.DateField(null=True, blank=True)
    new_on = models.DateField(null=True, blank=True)
    reason = models.TextField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = querysets.OfMilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["milestone", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "number"], name="milestone_revision_number"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="milestone_revision_has_a_reason",
                violation_error_message="A date never moves without a reason.",
            ),
            models.CheckConstraint(
                condition=Q(old_on__isnull=True, new_on__isnull=False)
                | Q(old_on__isnull=False, new_on__isnull=True)
                | Q(old_on__lt=F("new_on"))
                | Q(old_on__gt=F("new_on")),
                name="milestone_revision_changes_the_date",
                violation_error_message="The new date is the one already committed.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}, revision {self.number}"


class AcceptanceCriterion(models.Model):
    """One testable statement that must hold for the milestone to be accepted."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="criteria")
    number = models.PositiveIntegerField()
    statement = models.TextField()
    verification = models.TextField("how it is verified", blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    # By the portal's clock: a status counts the criteria that were agreed by its instant.
    created_at = models.DateTimeField(default=now, editable=False)

    objects = querysets.OfMilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["milestone", "number"]
        verbose_name_plural = "acceptance criteria"
        constraints = [
            models.UniqueConstraint(fields=["milestone", "number"], name="criterion_number"),
            models.CheckConstraint(condition=~Q(statement=""), name="criterion_has_a_statement"),
            models.CheckConstraint(
                condition=Q(met_at__isnull=True, met_by__isnull=True)
                | Q(met_at__isnull=False, met_by__isnull=False),
                name="criterion_met_at_by",
            ),
        ]

    def __str__(self) -> str:
        return f"Criterion {self.number} of {self.milestone}"

    @property
    def audit_ref(self) -> str:
        return f"{self.milestone.audit_ref}/{self.number}"

    @property
    def engagement_ref(self) -> str:
        return self.milestone.engagement.ref

    @property
    def customer_ref(self) -> str:
        return self.milestone.engagement.customer.ref
