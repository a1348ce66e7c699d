"""What a customer's people ask about a paragraph of what was published, and what was answered."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from dm_portal.people.models import User
from engagements.models.milestones import OfEngagement
from engagements.models.owed import at_by
from reporting import question_querysets


class Question(OfEngagement):
    """A question beside one paragraph of a revision, and the delivery manager's answer beside it.

    ``place`` names the paragraph, ``quote`` is how it begins; the revision itself stays as it was.
    Everybody who may read the revision reads both. Once it is answered neither ever changes: a
    trigger holds that.
    """

    revision = models.ForeignKey(
        "reporting.ReportRevision", on_delete=models.PROTECT, related_name="questions"
    )
    place = models.CharField(max_length=60)
    quote = models.TextField("what it is about")
    text = models.CharField("question", max_length=500)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="questions")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = question_querysets.QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", models.F("answered_at").desc(nulls_first=True), "asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="question_number"),
            models.CheckConstraint(condition=~Q(text=""), name="question_has_a_text"),
            models.CheckConstraint(condition=~Q(place=""), name="question_has_a_place"),
            at_by("question", "answered"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="question_answered_with_an_answer",
            ),
        ]
        indexes = [
            # what needs whoever leads: the questions without an answer
            models.Index(
                fields=["engagement"], condition=Q(answered_at__isnull=True), name="question_open"
            ),
        ]

    def __str__(self) -> str:
        return f"Question {self.number}"

    def get_absolute_url(self) -> str:
        place = {"ref": self.engagement.ref, "number": self.number}
        return reverse("question_detail", kwargs=place)

    @property
    def is_open(self) -> bool:
        return self.answered_at is None
