"""What is to be expected of a milestone or a sprint, told by whoever forecasts it.

The app that forecasts lies above this one in the order of imports, so it comes here at start and
says what the pages of milestones and sprints show, as it does of how engagements stand.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

Tell = Callable[[Any, Any], Any]
Chance = Callable[[Any, Any, date], Decimal | None]


def _nothing(_user: Any, _row: Any) -> None:
    return None


def _no_chance(_user: Any, _milestone: Any, _day: date) -> None:
    return None


_tell: dict[str, Tell] = {"milestone": _nothing, "sprint": _nothing}
_chance: list[Chance] = [_no_chance]


def told_by(*, milestone: Tell, sprint: Tell, chance: Chance) -> None:
    """Register what tells a reader what to expect of a row: a value for the template, or None;
    and the chance that a milestone is done by a day.
    """
    _tell["milestone"], _tell["sprint"], _chance[0] = milestone, sprint, chance


def of_milestone(user: Any, milestone: Any) -> Any:
    """What this person may read of when the milestone will be done."""
    return _tell["milestone"](user, milestone)


def of_sprint(user: Any, sprint: Any) -> Any:
    """What this person may read of what the sprint will deliver."""
    return _tell["sprint"](user, sprint)


def chance_by(user: Any, milestone: Any, day: date) -> Decimal | None:
    """The chance from 0 to 1 that the milestone is done by the end of this day, if one is known."""
    return _chance[0](user, milestone, day)
