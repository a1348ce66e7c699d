"""What to expect of a sprint, as our own pages show it; from what is kept."""

from dataclasses import dataclass
from math import floor
from typing import Any

from dm_portal.shell.clock import today
from dm_portal.shell.wording import count
from engagements.models import Sprint
from reporting.forecasts.finish import LIKELY, NEARLY_SURE, likely_count
from reporting.forecasts.pace import Pace
from reporting.models import Forecast

WEEK_DAYS = 7
# Refusals that leave open how much a week brings.
NO_PACE = ("too_young", "too_few")
# Of a sprint, the amounts between which most of its kind end.
FEWEST, LEAST, MOST = "0.05", "0.15", "0.85"


@dataclass(frozen=True, slots=True)
class SprintOutlook:
    """What is expected of the running sprint, as it stood at the last share that is kept."""

    forecast: Forecast
    is_over: bool = False

    @property
    def words(self) -> str:
        """ "Between 12 and 19 items, most likely 15", "most likely 1 item"."""
        least, most = round(self._amounts[LEAST]), round(self._amounts[MOST])
        likely = min(max(round(self.forecast.law["point"]), least), most)
        if least == most:
            return f"most likely {count(likely, 'item')}"
        return f"between {least} and {count(most, 'item')}, most likely {likely}"

    @property
    def can_be_promised(self) -> str:
        """So many, or more, of a hundred such sprints in 85 and in 95; empty where it is over."""
        if self.is_over:
            return ""
        likely, nearly_sure = floor(self._amounts[LEAST]), floor(self._amounts[FEWEST])
        if not likely:
            return "What can be committed: not a single item holds with a chance of 85 %."
        said = f"What can be committed: {count(likely, 'item')} or more with a chance of 85 %"
        return f"{said}, {nearly_sure} or more with one of 95 %." if nearly_sure else f"{said}."

    @property
    def stood(self) -> str:
        """ "12 of 22 committed items were done when 50 % of it was over"."""
        inputs, share = self.forecast.inputs, self.forecast.share
        when = f"when {share} % of it was over" if share else "at the end of its first day"
        return f"{_done(inputs['done'], inputs['committed'])} {when}"

    @property
    def earlier(self) -> str:
        """From how many sprints it follows, or that it follows from those of others."""
        known = count(len(self.forecast.inputs["earlier"]), "earlier sprint")
        if self.forecast.has_low_evidence:
            return f"only {known} of this team, so the band is from other teams"
        return f"from {known} at the same point"

    @property
    def amounts(self) -> list[tuple[str, int]]:
        """By how many in a hundred sprints end with no more."""
        return [
            (f"{float(chance) * 100:.0f} %", round(each)) for chance, each in self._amounts.items()
        ]

    @property
    def _amounts(self) -> dict[str, float]:
        found: dict[str, float] = self.forecast.law["amounts"]
        return found


def _done(done: int, committed: int) -> str:
    """ "12 of 22 committed items were done"."""
    if not committed:
        return "Nothing was committed"
    if committed == 1:
        return f"The only committed item was {'' if done else 'not '}done"
    return f"{done} of {committed} committed items {'was' if done == 1 else 'were'} done"


@dataclass(frozen=True, slots=True)
class PlannedSprint:
    """What can be committed to a sprint of so many ``weeks`` that has not begun, by the pace that
    the last ``forecast`` of a milestone rests on, as if it began now.
    """

    forecast: Forecast
    weeks: int

    @property
    def can_be_promised(self) -> str:
        """So many items, or more, with a good and with a high chance."""
        pace, weeks = Pace.of(self.forecast.inputs["weeks"]), count(self.weeks, "week")
        likely, nearly_sure = (
            likely_count(pace, self.weeks, chance) for chance in (LIKELY, NEARLY_SURE)
        )
        said = f"{count(likely, 'item')} or more in {weeks}"
        return f"{said} with a chance of 85 %, {nearly_sure} or more with one of 95 %."

    @property
    def rests_on(self) -> str:
        """The pace, and by how many weeks that is known."""
        pace = Pace.of(self.forecast.inputs["weeks"])
        return f"{pace.middle():.1f} items finished a week, by {count(pace.seen, 'whole week')}"


def of_sprint(user: Any, sprint: Sprint) -> SprintOutlook | PlannedSprint | None:
    """What is kept of it, of the last share; of one to come what can be committed. None where
    nothing is known.
    """
    found = Forecast.objects.visible_to(user).filter(sprint=sprint).newest_first().first()
    if found is None:
        return _planned(user, sprint)
    return SprintOutlook(found, is_over=_is_over(sprint))


def _is_over(sprint: Sprint) -> bool:
    return sprint.ends_on is not None and sprint.ends_on < today(sprint.engagement.time_zone)


def _planned(user: Any, sprint: Sprint) -> PlannedSprint | None:
    first, last = sprint.starts_on, sprint.ends_on
    if first is None or last is None or first <= today(sprint.engagement.time_zone):
        return None
    kept = Forecast.objects.visible_to(user).filter(
        engagement=sprint.engagement_id, milestone__isnull=False
    )
    forecast = kept.newest_first().first()
    if forecast is None or forecast.refusal in NO_PACE:
        return None
    return PlannedSprint(forecast, max(round(((last - first).days + 1) / WEEK_DAYS), 1))
