"""What may go wrong, what is done about it, and whether it grows."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from engagements import querysets
from engagements.models.milestones import Milestone, OfEngagement
from engagements.models.owed import Shared, at_by, open_first, shared_in_words


class Risk(Shared, OfEngagement):
    """Something that has not happened and would hurt; carried from status to status.

    ``touched_at`` is when anything of it was last said, so that a status can say its age, and
    whether it is carried unchanged. All of it is ours but ``customer_text``.
    """

    class Level(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"

    class Trend(models.TextChoices):
        RISING = "rising", "Rising"
        STEADY = "steady", "Steady"
        FALLING = "falling", "Falling"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        HAPPENED = "happened", "Happened"
        CLOSED = "closed", "Closed"

    what = models.TextField("what may happen")
    probability = models.CharField(max_length=10, choices=Level, default=Level.MEDIUM)
    impact = models.CharField(max_length=10, choices=Level, default=Level.MEDIUM)
    trend = models.CharField(max_length=10, choices=Trend, default=Trend.STEADY)
    mitigation = models.TextField("what we do about it", blank=True)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="who sees to it"
    )
    milestone = models.ForeignKey(
        Milestone, null=True, blank=True, on_delete=models.PROTECT, related_name="risks"
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    settled_reason = models.TextField("what came of it", blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    touched_at = models.DateTimeField(default=now, editable=False)
    touched_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    objects = querysets.RiskQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", open_first(), "number"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="risk_number"),
            models.CheckConstraint(condition=~Q(what=""), name="risk_says_what"),
            at_by("risk", "shared"),
            shared_in_words("risk"),
            at_by("risk", "settled"),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True, settled_reason="")
                | ~Q(state="open") & Q(settled_at__isnull=False) & ~Q(settled_reason=""),
                name="risk_settled_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Risk {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("risk_detail", kwargs={"ref": self.engagement.ref, "number": self.number})

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
