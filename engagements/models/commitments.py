"""What was promised to whom for when, and what came of it. Nothing edits a past one."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dm_portal.people.models import User
from engagements import querysets
from engagements.models.asks import Ask
from engagements.models.milestones import MilestoneRevision, OfEngagement


class Commitment(OfEngagement):
    """One promise of one day, as it was said: written once, never changed.

    A promise that moves is a further one that ``supersedes`` it; one that is taken back is a
    further one without a day. ``said_on`` is the local day on which the customer was told,
    ``probability`` what was known then of the day being kept, from 0 to 1, if anything was. How
    one stands is worked out, see ``CommitmentQuerySet.with_standing``.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        KEPT = "kept", "Kept"
        MOVED = "moved", "Moved with notice"
        MOVED_LATE = "moved_late", "Moved late"
        MISSED = "missed", "Missed"
        WITHDRAWN = "withdrawn", "Taken back"
        TAKING_BACK = "taking_back", "Takes one back"

    promise = models.TextField("what was promised")
    made_to = models.CharField("to whom", max_length=200)
    said_on = models.DateField("said on")
    due_on = models.DateField("due", null=True, blank=True)
    probability = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    supersedes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
        verbose_name="instead of",
    )
    revision = models.OneToOneField(
        MilestoneRevision,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="commitment",
    )
    ask = models.ForeignKey(
        Ask, null=True, blank=True, on_delete=models.PROTECT, related_name="commitments"
    )
    week = models.CharField("status of the week", max_length=8, blank=True)
    said_in = models.CharField("where it was said", max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = querysets.CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", F("due_on").desc(nulls_last=True), "-number"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="commitment_number"),
            models.CheckConstraint(condition=~Q(promise=""), name="commitment_says_what"),
            models.CheckConstraint(condition=~Q(made_to=""), name="commitment_made_to_somebody"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False) | Q(supersedes__isnull=False),
                name="commitment_due_or_taken_back",
            ),
            # The date of a milestone is written down as it is committed, whatever day that is.
            models.CheckConstraint(
                condition=Q(due_on__isnull=True)
                | Q(due_on__gte=F("said_on"))
                | Q(revision__isnull=False),
                name="commitment_due_after_it_was_said",
            ),
            models.CheckConstraint(
                condition=Q(probability__isnull=True)
                | Q(probability__gte=0) & Q(probability__lte=1),
                name="commitment_probability_0_to_1",
            ),
            models.CheckConstraint(
                condition=Q(revision__isnull=False)
                | Q(ask__isnull=False)
                | ~Q(week="")
                | ~Q(said_in=""),
                name="commitment_said_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"Commitment {self.number}"

    def get_absolute_url(self) -> str:
        place = {"ref": self.engagement.ref, "number": self.number}
        return reverse("commitment_detail", kwargs=place)


class Fulfilment(models.Model):
    """That a promise was fulfilled on a day, or (without one) that it is not after all.

    The last one counts. Of a milestone's date nobody need say it: its criteria and items tell.
    """

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="fulfilments")
    fulfilled_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = querysets.OfCommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["commitment", "pk"]

    def __str__(self) -> str:
        return f"What came of {self.commitment}"
