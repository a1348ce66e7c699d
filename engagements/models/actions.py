"""Who does what by when."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from engagements import querysets
from engagements.models.milestones import OfEngagement
from engagements.models.owed import at_by


class Action(OfEngagement):
    """One thing that one person of the engagement does by a day; a path to green is made of them.

    Internal: what of it a customer reads stands in the status that names it.
    """

    class Origin(models.TextChoices):
        STATUS = "status", "A status"
        REVIEW = "review", "A review"
        RECOVERY = "recovery", "A recovery plan"
        HAND = "hand", "Entered by hand"

    what = models.TextField("what is done")
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="who does it"
    )
    due_on = models.DateField("due")
    origin = models.CharField("comes from", max_length=10, choices=Origin, default=Origin.HAND)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawal_reason = models.TextField("why it is withdrawn", blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    objects = querysets.ActionQuerySet.as_manager()

    class Meta:
        ordering = [
            "engagement",
            F("withdrawn_at").desc(nulls_first=True),
            F("done_at").desc(nulls_first=True),
            "due_on",
            "number",
        ]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="action_number"),
            models.CheckConstraint(condition=~Q(what=""), name="action_says_what"),
            at_by("action", "done"),
            at_by("action", "withdrawn"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="action_done_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawal_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawal_reason=""),
                name="action_withdrawn_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Action {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("action_detail", kwargs={"ref": self.engagement.ref, "number": self.number})

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.withdrawn_at is None

    @property
    def state(self) -> str:
        """How it stands, in a word."""
        if self.done_at is not None:
            return "done"
        return "open" if self.withdrawn_at is None else "withdrawn"

    def is_overdue(self, today: date) -> bool:
        """Still open after its day."""
        return self.is_open and self.due_on < today
