"""What is to be expected of a milestone or a sprint, told by whoever forecasts it.

The app that forecasts lies above this one in the order of imports, so it comes here at start and
says what the pages of milestones and sprints show, as it does of how engagements stand.
"""

from collections.abc import Callable
from typing import Any

Tell = Callable[[Any, Any], Any]


def _nothing(_user: Any, _row: Any) -> None:
    return None


_tell: dict[str, Tell] = {"milestone": _nothing, "sprint": _nothing}


def told_by(*, milestone: Tell, sprint: Tell) -> None:
    """Register what tells a reader what to expect of a row: a value for the template, or None."""
    _tell["milestone"], _tell["sprint"] = milestone, sprint


def of_milestone(user: Any, milestone: Any) -> Any:
    """What this person may read of when the milestone will be done."""
    return _tell["milestone"](user, milestone)


def of_sprint(user: Any, sprint: Any) -> Any:
    """What this person may read of what the sprint will deliver."""
    return _tell["sprint"](user, sprint)
