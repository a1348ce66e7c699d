"""Schema 10, see ``agreed``: the figures of schema 9 in the engagement's own working days."""

from datetime import date
from typing import Any

from reporting.figures import owed
from reporting.figures.agreed import Agreed
from reporting.figures.timelines import Timeline

Row = dict[str, Any]


def version_10(inputs: Row) -> Row:
    """The figures of schema 10; see ``agreed`` for what is different."""
    agreed = Agreed.of(inputs)
    return _blocked(owed.figures_of(inputs, agreed), agreed)


def rules_look_at(inputs: Row, lines: list[Timeline]) -> Row:
    """Of the figures of schema 10 what the rules look at, of items that are read already."""
    agreed = Agreed.of(inputs)
    return _blocked(owed.rules_look_at(inputs, lines, agreed), agreed)


def _blocked(found: Row, agreed: Agreed) -> Row:
    """The same, with the age of what is blocked in those working days."""
    today = date.fromisoformat(found["window"]["to_day"])
    for row in found["blockers"] or ():
        row["working_days"] = agreed.days(row["since_day"], today)
    return found
