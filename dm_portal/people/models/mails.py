"""What is written to people, and when they want it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dm_portal.people import querysets
from dm_portal.people.categories import ALWAYS_COME, Rhythm
from dm_portal.people.models.people import Ref, User
from dm_portal.shell.clock import now


class Preference(models.Model):
    """When the mails of one category come to a person who has chosen; others get the default."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="preferences")
    category = models.CharField(max_length=20)
    rhythm = models.CharField(max_length=10, choices=Rhythm)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = querysets.PreferenceQuerySet.as_manager()

    class Meta:
        ordering = ["user", "category"]
        constraints = [
            models.UniqueConstraint(fields=["user", "category"], name="preference_once"),
            models.CheckConstraint(
                condition=~Q(category__in=ALWAYS_COME),
                name="preference_can_be_chosen",
                violation_error_message="These mails always come.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.get_rhythm_display().lower()}"


class OutgoingMail(models.Model):
    """A letter that will leave at least once, whatever dies in between.

    ``trying_since``: when it was written, or sent again by an admin; ``engagements`` are those
    (primary keys) of which it tells.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to be sent"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        KEPT = "kept", "Kept in the outbox"
        WITHHELD = "withheld", "Not sent: not theirs to read any more"
        PARKED = "parked", "Failed, needs an admin"

    ref = Ref()
    kind = models.CharField(max_length=40)
    recipient = models.EmailField(max_length=254)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="outgoing_mails"
    )
    reply_to = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    dedup_key = models.CharField(max_length=200, unique=True)
    message_id = models.CharField(max_length=200, unique=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    engagements = models.JSONField(
        default=list, blank=True, db_default=models.Value([], models.JSONField())
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    trying_since = models.DateTimeField(default=now, db_default=Now(), editable=False)
    next_attempt_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            # the sender's claim: what is waiting, oldest first
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state__in=["queued", "sending"]),
                name="outgoing_mail_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(state="sending") & Q(lease_until__isnull=False))
                | (~Q(state="sending") & Q(lease_until__isnull=True)),
                name="outgoing_mail_leased_while_sending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.recipient}"
