"""From where on an engagement is at risk or off track: the bands of the colours by the rules; and
from where on what moves was moved with notice.

Source: the field's table "Computed RAG". Every number there is a default that an engagement may
set otherwise; plain values, without database or clock.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where each dimension turns amber, and red.

    ``schedule``: from so many calendar days past the committed date. ``on_time``: below so many
    per cent of being done in time, and so many points above a limit before the colour improves.
    ``scope`` and ``quality``: above so many per cent. ``team``: below so many per cent.
    ``waiting`` and ``blockers``: from so many working days on. ``notice``: so many working days
    before its day, and more, a commitment that moves is moved with notice; no colour goes by it.
    Working days are those of the engagement's calendar.
    """

    schedule_amber_days: int = 1
    schedule_red_days: int = 6
    on_time_amber_percent: int = 75
    on_time_red_percent: int = 45
    on_time_recovery_points: int = 10
    scope_amber_percent: int = 10
    scope_red_percent: int = 30
    quality_amber_percent: int = 7
    quality_red_percent: int = 15
    team_amber_percent: int = 95
    team_red_percent: int = 80
    waiting_amber_days: int = 1
    waiting_red_days: int = 6
    blockers_amber_days: int = 3
    blockers_red_days: int = 6
    notice_days: int = 10

    @classmethod
    def of(cls, stored: Mapping[str, int] | None) -> Self:
        """What was frozen with facts; facts of before thresholds could be set have the defaults."""
        return cls(**(stored or {}))

    @property
    def stored(self) -> dict[str, int]:
        """What is frozen with facts."""
        return asdict(self)


DEFAULTS = Thresholds()


@dataclass(frozen=True, slots=True)
class Band:
    """The two limits of one dimension, what they are of, and what may be entered.

    ``word`` says how a limit is meant: "from" and "above" where more is worse, "below" where less
    is.
    """

    amber: str
    red: str
    name: str
    unit: str
    word: str
    least: int
    most: int

    @property
    def rises(self) -> bool:
        return self.word != "below"

    def words(self, limits: Thresholds) -> str:
        """Both limits in a sentence of its own."""
        amber, red = getattr(limits, self.amber), getattr(limits, self.red)
        return f"At risk {self.word} {amber}, off track {self.word} {red} {self.unit}."


def _days(dimension: str, name: str, unit: str) -> Band:
    fields = f"{dimension}_amber_days", f"{dimension}_red_days"
    return Band(*fields, name, unit, "from", 1, 90)


def _percent(dimension: str, name: str, unit: str, word: str, least: int, most: int) -> Band:
    fields = f"{dimension}_amber_percent", f"{dimension}_red_percent"
    return Band(*fields, name, unit, word, least, most)


BANDS = {
    "schedule": _days("schedule", "Schedule", "days past the committed date"),
    "on_time": _percent(
        "on_time", "Schedule, once there is a forecast", "% chance to be in time", "below", 1, 100
    ),
    "scope": _percent("scope", "Scope", "% added after the sprint began", "above", 0, 300),
    "quality": _percent("quality", "Quality", "% reopened of what was finished", "above", 0, 100),
    "team": _percent("team", "Team", "% of the planned capacity there", "below", 1, 100),
    "waiting": _days(
        "waiting", "Waiting on customer", "working days past the day it was needed by"
    ),
    "blockers": _days("blockers", "Blockers", "working days blocked"),
}
RECOVERY = "on_time_recovery_points"
MOST_RECOVERY = 30
NOTICE = "notice_days"
LEAST_NOTICE, MOST_NOTICE = 1, 90


def out_of_order(values: Mapping[str, Any]) -> dict[str, str]:
    """By field, what is wrong with limits that leave no room for "at risk".

    Values that are missing are passed over: whoever asked for them says so.
    """
    found = {}
    for band in BANDS.values():
        amber, red = values.get(band.amber), values.get(band.red)
        if amber is None or red is None:
            continue
        if band.rises and red <= amber:
            found[band.red] = f"Off track comes after at risk: give more than {amber}."
        if not band.rises and red >= amber:
            found[band.red] = f"Off track comes after at risk: give less than {amber}."
    return found


def _labels() -> dict[str, str]:
    found = {
        RECOVERY: "Schedule: points above a limit before it improves",
        NOTICE: "Commitments: moved with notice from",
    }
    for band in BANDS.values():
        found[band.amber] = f"{band.name}: at risk {band.word}"
        found[band.red] = f"{band.name}: off track {band.word}"
    return found


# What each limit is called, where it stands alone.
LABELS = _labels()
