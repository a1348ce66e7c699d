"""What we need from the customer, and what they answered."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from engagements import querysets
from engagements.models.milestones import OfEngagement
from engagements.models.owed import Shared, at_by, open_first, shared_in_words


class Ask(Shared, OfEngagement):
    """A question to one of the customer's people, with a day by which the answer is needed.

    ``question`` is ours; once it is shared the customer reads ``customer_text`` in its place, and
    the options, our recommendation, the day and what happens without an answer. Answered or
    withdrawn it never changes again: a trigger holds that.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        WITHDRAWN = "withdrawn", "Withdrawn"

    question = models.TextField("what we need")
    options = models.TextField(blank=True)
    recommendation = models.TextField("what we recommend", blank=True)
    without_answer = models.TextField("what happens without an answer")
    asked_of = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="from whom"
    )
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="who of us sees to it"
    )
    needed_by = models.DateField("needed by")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawal_reason = models.TextField("why it is withdrawn", blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    objects = querysets.AskQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", open_first(), "needed_by", "number"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="ask_number"),
            models.CheckConstraint(condition=~Q(question=""), name="ask_has_a_question"),
            models.CheckConstraint(condition=~Q(without_answer=""), name="ask_says_what_follows"),
            at_by("ask", "shared"),
            shared_in_words("ask"),
            at_by("ask", "answered"),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False) & ~Q(answer="")
                | ~Q(state="answered") & Q(answered_at__isnull=True, answer=""),
                name="ask_answered_with_an_answer",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(shared_at__isnull=False),
                name="ask_answered_when_shared",
            ),
            at_by("ask", "withdrawn"),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                & ~Q(withdrawal_reason="")
                | ~Q(state="withdrawn") & Q(withdrawn_at__isnull=True, withdrawal_reason=""),
                name="ask_withdrawn_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Ask {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("ask_detail", kwargs={"ref": self.engagement.ref, "number": self.number})

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def is_overdue(self, today: date) -> bool:
        """Still open after the day by which the answer was needed."""
        return self.is_open and self.needed_by < today
