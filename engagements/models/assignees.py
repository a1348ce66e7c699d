"""Who the people are that a tracker names."""

from django.db import models
from django.db.models import Q

from engagements import querysets
from engagements.models.sources import Decision, Source
from pods.models import Specialist


class PersonMeaning(Decision):
    """Who a name in a source's tracker is: decided once by a person, and remembered.

    A specialist of ours, a bot, or ignored: then what is assigned to it is nobody's. A name of
    which nothing was decided stands as the tracker writes it. Work itself keeps the tracker's word.
    """

    class Kind(models.TextChoices):
        SPECIALIST = "specialist", "Specialist"
        BOT = "bot", "A bot"
        IGNORED = "ignored", "Nobody: ignored"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="people")
    name = models.CharField(max_length=200, help_text="As the tracker writes it.")
    kind = models.CharField(max_length=10, choices=Kind)
    specialist = models.ForeignKey(
        Specialist,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tracker_names",
    )

    objects = querysets.PersonMeaningQuerySet.as_manager()

    class Meta:
        ordering = ["source", "name"]
        constraints = [
            models.UniqueConstraint(fields=["source", "name"], name="person_meaning_once"),
            models.CheckConstraint(condition=~Q(name=""), name="person_meaning_has_a_name"),
            models.CheckConstraint(
                condition=Q(kind="specialist", specialist__isnull=False)
                | Q(kind__in=["bot", "ignored"], specialist__isnull=True),
                name="person_meaning_specialist_if_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.specialist or self.get_kind_display().lower()}"
