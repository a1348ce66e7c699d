"""What comes of a revision that is out: who saw it, who reads it later, that it is withdrawn."""

from django.db import models
from django.db.models import F, Q

from dm_portal.people.models import OutgoingMail, User
from reporting import querysets


class Retraction(models.Model):
    """That a published revision is withdrawn: readers see why in its place, and nothing rests on it
    any more. Written once; a correction, published as the next revision, takes it back.
    """

    revision = models.OneToOneField(
        "reporting.ReportRevision", on_delete=models.PROTECT, related_name="retraction"
    )
    reason = models.TextField()
    retracted_at = models.DateTimeField()
    retracted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = querysets.RetractionQuerySet.as_manager()

    class Meta:
        ordering = ["revision"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="retraction_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.revision}, withdrawn"


class Receipt(models.Model):
    """That one of the customer's people opened a revision: seen by whom, first and last."""

    revision = models.ForeignKey(
        "reporting.ReportRevision", on_delete=models.PROTECT, related_name="receipts"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="receipts")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    objects = querysets.ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["revision", "first_seen"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "user"], name="receipt_once"),
            models.CheckConstraint(
                condition=Q(last_seen__gte=F("first_seen")), name="receipt_last_after_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision} seen by {self.user}"


class WaitingStatus(models.Model):
    """A published status that one of the customer's people reads of in their next digest.

    Written with the revision, for whoever wants no mail at once; ``mail`` is the digest.
    """

    revision = models.ForeignKey(
        "reporting.ReportRevision", on_delete=models.PROTECT, related_name="waiting"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="waiting_statuses")
    mail = models.ForeignKey(
        OutgoingMail, null=True, blank=True, on_delete=models.PROTECT, related_name="statuses"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.WaitingStatusQuerySet.as_manager()

    class Meta:
        ordering = ["user", "created_at", "pk"]
        indexes = [
            # each person's digest: what waits
            models.Index(
                fields=["user"], condition=Q(mail__isnull=True), name="waiting_status_waits"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["revision", "user"], name="waiting_status_once"),
        ]

    def __str__(self) -> str:
        return f"{self.revision} for {self.user}"
