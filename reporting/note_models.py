"""What people note for themselves, and what is not told at once. None of it is for customers."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.refs import new_ref
from engagements.models import Engagement, Milestone
from reporting import note_querysets


class Note(models.Model):
    """A few private words, written in ten seconds: for the next status, or for the retro.

    Read by its writer, and where it is for Friday by those who write the status; the record of
    acts holds none of its words. A note that is settled was taken into the DM's words, is done, or
    was taken back. ``carried_past`` is the status in whose draft somebody said "not this week".
    ``about`` is what the page was about on which it was written, such as "milestone.2"; empty
    where that was of no such thing.
    """

    class Purpose(models.TextChoices):
        FRIDAY = "friday", "Friday"
        RETRO = "retro", "The retro"

    class Outcome(models.TextChoices):
        USED = "used", "In the status"
        DONE = "done", "Done"
        TAKEN_BACK = "taken_back", "Taken back"

    ref = models.CharField(max_length=10, unique=True, default=new_ref, editable=False)
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="notes")
    text = models.CharField(max_length=1000)
    purpose = models.CharField("for", max_length=10, choices=Purpose, default=Purpose.FRIDAY)
    about = models.CharField(max_length=30, blank=True, default="", db_default="")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notes")
    version = models.PositiveIntegerField(default=1, editable=False)
    carried_past = models.ForeignKey(
        "reporting.Report", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = note_querysets.NoteQuerySet.as_manager()

    class Meta:
        ordering = ["engagement__name", "engagement", "-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="note_has_a_text"),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at__isnull=True, settled_by__isnull=True)
                | (~Q(outcome="") & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="note_settled_at_by",
            ),
        ]
        indexes = [
            # each draft: the notes that are still open
            models.Index(fields=["engagement"], condition=Q(outcome=""), name="note_open"),
        ]

    def __str__(self) -> str:
        return f"Note for {self.engagement}"

    def get_absolute_url(self) -> str:
        return reverse("note_edit", kwargs={"ref": self.ref})

    @property
    def is_open(self) -> bool:
        return not self.outcome

    @property
    def engagement_ref(self) -> str:
        return self.engagement.ref

    @property
    def customer_ref(self) -> str:
        return self.engagement.customer.ref


class UntoldRed(models.Model):
    """That whoever leads an engagement will not tell at once that a milestone turned red, and why.

    The next status tells it in any case.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="untold_reds")
    turned_on = models.DateField(help_text="The day on which it turned red by the rules.")
    reason = models.CharField(max_length=300)
    left_at = models.DateTimeField()
    left_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = note_querysets.UntoldRedQuerySet.as_manager()

    class Meta:
        ordering = ["milestone", "-turned_on"]
        constraints = [
            models.UniqueConstraint(fields=["milestone", "turned_on"], name="untold_red_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="untold_red_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}, red since {self.turned_on}"
