"""Which forecasts a person may see, and which of them stands."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from engagements.models import Engagement

if TYPE_CHECKING:
    from reporting.models_forecasts import Forecast


class ForecastQuerySet(models.QuerySet["Forecast"]):
    def visible_to(self, user: Any) -> Self:
        """Ours who see the engagement. A customer reads a range in words where one is published."""
        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def newest_first(self) -> Self:
        return self.order_by("-as_of", "-pk")

    def set_weekly(self) -> Self:
        """Those by which colours are set: of a week that is over, or of a status. Set anew by every
        file, a colour would change with the noise of days.
        """
        return self.exclude(occasion="change")

    def newest(self) -> Self:
        """The last one kept of each milestone."""
        return self.order_by("milestone_id", "-as_of", "-pk").distinct("milestone_id")

    def weekly(self) -> Self:
        """One for each week of each milestone, the newest first."""
        return self.filter(occasion="week").order_by("milestone", "-starts_on")
