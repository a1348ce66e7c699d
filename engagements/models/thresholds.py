"""From where on an engagement is at risk or off track by the rules."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from engagements import querysets
from engagements.models.engagements import Engagement
from engagements.thresholds import (
    BANDS,
    DEFAULTS,
    LABELS,
    LEAST_NOTICE,
    MOST_NOTICE,
    MOST_RECOVERY,
    Thresholds,
)


def _limit(name: str) -> "models.PositiveSmallIntegerField[int, int]":
    default = getattr(DEFAULTS, name)
    return models.PositiveSmallIntegerField(LABELS[name], default=default, db_default=default)


def _in_order() -> list[models.BaseConstraint]:
    """At risk comes before off track, within what can be meant."""
    found: list[models.BaseConstraint] = []
    for name, band in BANDS.items():
        first, last = (band.amber, band.red) if band.rises else (band.red, band.amber)
        bounds = {f"{first}__gte": band.least, f"{last}__lte": band.most}
        found.append(
            models.CheckConstraint(
                condition=Q(**bounds, **{f"{first}__lt": F(last)}),
                name=f"thresholds_{name}_in_order",
            )
        )
    return found


class ColourThresholds(models.Model):
    """The limits of one engagement's colours; without a row the field's defaults hold.

    See ``engagements.thresholds.Thresholds`` for what each is a limit of. What was published was
    coloured by those of its own time, which its facts hold.
    """

    engagement = models.OneToOneField(
        Engagement, on_delete=models.PROTECT, related_name="thresholds"
    )
    schedule_amber_days = _limit("schedule_amber_days")
    schedule_red_days = _limit("schedule_red_days")
    on_time_amber_percent = _limit("on_time_amber_percent")
    on_time_red_percent = _limit("on_time_red_percent")
    on_time_recovery_points = _limit("on_time_recovery_points")
    scope_amber_percent = _limit("scope_amber_percent")
    scope_red_percent = _limit("scope_red_percent")
    quality_amber_percent = _limit("quality_amber_percent")
    quality_red_percent = _limit("quality_red_percent")
    team_amber_percent = _limit("team_amber_percent")
    team_red_percent = _limit("team_red_percent")
    waiting_amber_days = _limit("waiting_amber_days")
    waiting_red_days = _limit("waiting_red_days")
    blockers_amber_days = _limit("blockers_amber_days")
    blockers_red_days = _limit("blockers_red_days")
    notice_days = _limit("notice_days")
    version = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects = querysets.ColourThresholdsQuerySet.as_manager()

    class Meta:
        ordering = ["engagement"]
        verbose_name_plural = "colour thresholds"
        constraints = [
            *_in_order(),
            models.CheckConstraint(
                condition=Q(on_time_recovery_points__lte=MOST_RECOVERY),
                name="thresholds_recovery_at_most_30_points",
            ),
            models.CheckConstraint(
                condition=Q(notice_days__gte=LEAST_NOTICE, notice_days__lte=MOST_NOTICE),
                name="thresholds_notice_of_1_to_90_days",
            ),
        ]

    def __str__(self) -> str:
        return f"limits of the colours of {self.engagement}"

    @property
    def values(self) -> Thresholds:
        """The limits as the rules take them."""
        fields: dict[str, Any] = {name: getattr(self, name) for name in DEFAULTS.stored}
        return Thresholds(**fields)

    @property
    def audit_ref(self) -> str:
        return self.engagement.ref

    @property
    def engagement_ref(self) -> str:
        return self.engagement.ref

    @property
    def customer_ref(self) -> str:
        return self.engagement.customer.ref


def thresholds_of(engagement: Engagement) -> Thresholds:
    """The limits that hold for an engagement, its own or the defaults.

    No statement where it was read with ``select_related("thresholds")``.
    """
    own: ColourThresholds | None = getattr(engagement, "thresholds", None)
    return own.values if own else DEFAULTS
