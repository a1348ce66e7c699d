"""The access table's part on what is owed."""

from typing import Any

from dm_portal.shell.clock import today
from dm_portal.tests.access_matrix import LEADERS, PLANNERS, Rule, form, page
from dm_portal.tests.access_rules_engagements import SEES, within
from dm_portal.tests.world import World


def asked(world: World) -> dict[str, Any]:
    people = {"asked_of": world.ours.people["lead"].ref, "owner": world.actors["manager"].ref}
    words = {"question": "Which bank?", "without_answer": "2.1 waits"}
    return {**words, **people, "needed_by": today(), "version": 1}


def words(**typed: str) -> Any:
    """A form of few words about a row as it is."""
    return lambda world: {**typed, "version": 1}


FIRST = within(number=1)
OWED: dict[str, Rule] = {
    "ask_list": page(SEES, at=within()),
    "ask_create": form(SEES, PLANNERS, at=within(), data=asked),
    "ask_detail": page(SEES, at=FIRST),
    "ask_edit": form(SEES, PLANNERS, at=FIRST, data=asked),
    "ask_sharing": form(SEES, LEADERS, at=FIRST, data=words(customer_text="Which?")),
    "ask_withdrawal": form(SEES, PLANNERS, at=FIRST, data=words(reason="Found")),
}
