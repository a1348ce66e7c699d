"""What stands in the way of the work: since when, until when, and what we say of it."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dm_portal.shell.clock import now
from engagements import querysets
from engagements.calendars import working_days_of
from engagements.models.milestones import OfEngagement


class Blocker(OfEngagement):
    """One time in which an item was blocked or flagged: opened, aged and closed by its tracker.

    ``opened_at`` and ``closed_at`` are a projection of the events, see
    ``engagements.services.blocked_times``; ``impact`` and ``owner`` are the DM's, internal, and
    stay with it. Events may come to tell that it never was (``is_told`` is false): then it is kept
    for what was said of it, and counts nowhere.
    """

    source = models.ForeignKey(
        "engagements.Source", on_delete=models.PROTECT, related_name="blockers"
    )
    key = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    is_told = models.BooleanField(default=True, db_default=True)
    impact = models.TextField(
        blank=True, help_text="What it holds up, such as a milestone, and by how much."
    )
    owner = models.CharField(
        "who must act",
        max_length=120,
        blank=True,
        help_text="A person or a team, ours, the customer's or a third party's.",
    )
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = querysets.BlockerQuerySet.as_manager()

    class Meta:
        ordering = [
            "engagement",
            "-is_told",
            F("closed_at").desc(nulls_first=True),
            "opened_at",
            "number",
        ]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="blocker_number"),
            # Also what an item's blockers are found by.
            models.UniqueConstraint(fields=["source", "key", "opened_at"], name="blocker_once"),
            models.CheckConstraint(condition=~Q(key=""), name="blocker_has_a_key"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gt=F("opened_at")),
                name="blocker_closes_after_it_opened",
            ),
        ]

    def __str__(self) -> str:
        return f"Blocker {self.number}, {self.key}"

    def get_absolute_url(self) -> str:
        return reverse("blocker_detail", kwargs={"ref": self.engagement.ref, "number": self.number})

    @property
    def is_open(self) -> bool:
        """What a tracker dates into the future has not happened yet."""
        return self.is_told and (self.closed_at is None or self.closed_at > now())

    @property
    def state(self) -> str:
        """How it stands, in a word."""
        if not self.is_told:
            return "taken back"
        return "open" if self.is_open else "closed"

    @property
    def age(self) -> int:
        """Working days from the local day on which it opened to that on which it closed, or now."""
        return self.age_at(now())

    def age_at(self, at: datetime) -> int:
        """The same as of an instant, by the engagement's calendar; the day on which it opened
        counts as 0.
        """
        day_of = self.engagement.day_of
        end = min(self.closed_at, at) if self.closed_at else at
        worked = working_days_of(self.engagement, today=day_of(at))
        return worked.count(day_of(self.opened_at), day_of(end))
