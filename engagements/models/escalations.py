"""What somebody above must decide, by when, and what was decided."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from engagements import querysets
from engagements.models.milestones import OfEngagement
from engagements.models.owed import Shared, at_by, shared_in_words


class Escalation(Shared, OfEngagement):
    """One sentence that crosses its owner's authority, with one named person who decides.

    What stays among us (L0 and L1) is never shared; of the rest the customer reads that it was
    raised to them and to whom, in ``customer_text``.
    """

    class Level(models.IntegerChoices):
        L0 = 0, "L0, among peers"
        L1 = 1, "L1, delivery manager"
        L2 = 2, "L2, architect and customer lead"
        L3 = 3, "L3, director and customer executive"

    class State(models.TextChoices):
        RAISED = "raised", "Raised"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        RESOLVED = "resolved", "Resolved"

    level = models.PositiveSmallIntegerField(choices=Level, default=Level.L1)
    what = models.CharField("what it is, in one sentence", max_length=300)
    decider = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="who decides"
    )
    answer_by = models.DateField("answer needed by")
    state = models.CharField(max_length=12, choices=State, default=State.RAISED)
    raised_at = models.DateTimeField(default=now, editable=False)
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resolution = models.TextField("what was decided", blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = querysets.EscalationQuerySet.as_manager()

    class Meta:
        ordering = [
            "engagement",
            F("resolved_at").desc(nulls_first=True),
            "-level",
            "answer_by",
            "number",
        ]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="escalation_number"),
            models.CheckConstraint(condition=~Q(what=""), name="escalation_says_what"),
            models.CheckConstraint(
                condition=Q(level__gte=0, level__lte=3), name="escalation_level_0_to_3"
            ),
            at_by("escalation", "shared"),
            shared_in_words("escalation"),
            models.CheckConstraint(
                condition=Q(shared_at__isnull=True) | Q(level__gte=2),
                name="escalation_shared_from_level_2",
                violation_error_message="What stays among us (L0 and L1) no customer reads.",
            ),
            at_by("escalation", "acknowledged"),
            at_by("escalation", "resolved"),
            models.CheckConstraint(
                condition=Q(state="raised", acknowledged_at__isnull=True, resolved_at__isnull=True)
                | Q(state="acknowledged", acknowledged_at__isnull=False, resolved_at__isnull=True)
                | Q(state="resolved", resolved_at__isnull=False),
                name="escalation_stands_as_it_says",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolution="")
                | Q(resolved_at__isnull=False) & ~Q(resolution=""),
                name="escalation_resolved_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"Escalation {self.number}"

    def get_absolute_url(self) -> str:
        place = {"ref": self.engagement.ref, "number": self.number}
        return reverse("escalation_detail", kwargs=place)

    @property
    def is_open(self) -> bool:
        return self.state != self.State.RESOLVED

    def is_overdue(self, today: date) -> bool:
        """Without an answer after the day by which it was needed."""
        return self.is_open and self.answer_by < today

    @property
    def raised_to(self) -> str:
        """To whom it was raised, as the customer reads it: never by its level."""
        return "you" if self.decider.is_customer else f"you and {self.decider.name}"
