"""What was forecast, from what, and when: kept for ever, so that it can be held against the end."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Q

from engagements.models import Engagement, Milestone, Sprint
from reporting import querysets_forecasts
from reporting.forecasts.days import chance_by, day_of

SHARES = (0, 30, 50, 80)


class Forecast(models.Model):
    """When a milestone will be done, or what a sprint will deliver, as it was told at an instant.

    Written once. ``inputs`` is what it rests on, and ``law`` what follows: of a milestone the
    chance to be done by the end of each week, the first of which begins on ``starts_on``; of a
    sprint, which begins then, the ``point`` and the amounts that are not exceeded, by chance. A
    ``refusal`` names the rule by which nobody is told a date, and says so in a sentence. The
    database holds that its milestone or its sprint is of its engagement.
    """

    class Occasion(models.TextChoices):
        WEEK = "week", "A week is over"
        STATUS = "status", "A status is published"
        CHANGE = "change", "A file was applied, or a promise moved"
        SHARE = "share", "A part of the sprint is over"

    class Method(models.TextChoices):
        PACE = "pace", "Pace, noise, drift"
        RATIO = "ratio", "Earlier sprints at the same share"

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="forecasts")
    milestone = models.ForeignKey(
        Milestone, null=True, blank=True, on_delete=models.PROTECT, related_name="forecasts"
    )
    sprint = models.ForeignKey(
        Sprint, null=True, blank=True, on_delete=models.PROTECT, related_name="forecasts"
    )
    occasion = models.CharField(max_length=10, choices=Occasion)
    as_of = models.DateTimeField()
    starts_on = models.DateField()
    share = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How much of the sprint was over, in per cent."
    )
    method = models.CharField(max_length=10, choices=Method)
    method_version = models.PositiveSmallIntegerField()
    inputs = models.JSONField()
    law = models.JSONField()
    refusal = models.CharField(max_length=20, blank=True)
    refusal_words = models.CharField(max_length=200, blank=True)
    has_low_evidence = models.BooleanField()
    is_winding_down = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets_forecasts.ForecastQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", "-as_of", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    milestone__isnull=False,
                    sprint__isnull=True,
                    share__isnull=True,
                    occasion__in=["week", "status", "change"],
                    method="pace",
                )
                | Q(
                    milestone__isnull=True,
                    sprint__isnull=False,
                    share__in=SHARES,
                    occasion="share",
                    method="ratio",
                ),
                name="forecast_of_a_milestone_or_a_sprint",
            ),
            models.CheckConstraint(
                condition=Q(milestone__isnull=True) | Q(starts_on__iso_week_day=1),
                name="forecast_week_starts_on_monday",
            ),
            models.CheckConstraint(
                condition=Q(refusal="", refusal_words="") | (~Q(refusal="") & ~Q(refusal_words="")),
                name="forecast_refusal_in_words",
            ),
            models.UniqueConstraint(
                fields=["milestone", "starts_on"],
                condition=Q(occasion="week"),
                name="forecast_once_a_week",
            ),
            models.UniqueConstraint(fields=["sprint", "share"], name="forecast_once_a_share"),
        ]
        indexes = [
            # newest_first() and newest() of milestones
            models.Index(
                fields=["milestone", "-as_of", "-id"],
                condition=Q(milestone__isnull=False),
                name="forecast_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"Forecast of {self.milestone or self.sprint} as of {self.as_of:%Y-%m-%d %H:%M}Z"

    def day(self, chance: float) -> date | None:
        """The day by which the milestone is done with this chance; None where none is told."""
        if self.refusal:
            return None
        return day_of(self.law, chance, monday=self.starts_on)

    def chance_by(self, day: date) -> float | None:
        """The chance that the milestone is done by the end of this day; None where none is told."""
        if self.refusal:
            return None
        return chance_by(self.law, day, monday=self.starts_on)

    @property
    def told_until(self) -> date:
        """The last day of the last complete week that it rests on."""
        return self.starts_on - timedelta(days=1)
