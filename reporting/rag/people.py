"""Whether enough people are there, and whether the customer has answered."""

from datetime import date
from decimal import Decimal
from typing import Any

from dm_portal.shell.dates import day_words
from dm_portal.shell.wording import count
from engagements.thresholds import Thresholds
from reporting.rag.verdicts import Verdict, from_on, no_source, unknown, verdict

NOTHING_ASKED = "nothing_asked"


def team(body: dict[str, Any], thresholds: Thresholds) -> Verdict:
    """How much of the capacity that was planned for the next two weeks is there.

    A limit itself is not below it.
    """
    capacity = body["figures"].get("capacity")
    if capacity is None:
        return no_source("team", "nobody is in a pod of it")
    planned, filled = Decimal(capacity["planned"]), Decimal(capacity["filled"])
    if not planned:
        return unknown("team", "no capacity is planned for the next two weeks")
    share = filled * 100 / planned
    colour = "green" if share >= thresholds.team_amber_percent else "amber"
    if share < thresholds.team_red_percent:
        colour = "red"
    days = f"{filled.normalize():f} of {planned.normalize():f} planned days"
    return verdict(
        "team",
        colour,
        dict(capacity),
        f"In the next two weeks {days} are filled ({int(share)} %).",
        for_customer="Not all of the planned capacity is there in the next two weeks."
        if colour != "green"
        else "The planned capacity is there in the next two weeks.",
    )


def _nothing_overdue(open_: int) -> Verdict:
    sentence = f"{count(open_, 'ask')} open, none of them overdue."
    theirs = "No answer that is needed from you is overdue."
    if not open_:
        sentence, theirs = "Nothing is asked of the customer.", "Nothing is needed from you."
    return verdict(
        "waiting on customer",
        "green",
        {"open": open_, "overdue": 0},
        sentence if open_ != 1 else "1 ask open, not overdue.",
        rule="none" if open_ else NOTHING_ASKED,
        for_customer=theirs,
    )


def waiting(body: dict[str, Any], thresholds: Thresholds) -> Verdict:
    """Working days since the customer's answer to the oldest ask was needed."""
    asks = body["figures"].get("asks")
    if asks is None:
        return unknown("waiting on customer", "this rule does not count what is asked yet")
    overdue = [row for row in asks if row["working_days_past"] > 0]
    if not overdue:
        return _nothing_overdue(len(asks))
    oldest = max(overdue, key=lambda row: (row["working_days_past"], row["title"]))
    days = oldest["working_days_past"]
    colour = from_on(days, thresholds.waiting_amber_days, thresholds.waiting_red_days)
    today = date.fromisoformat(body["figures"]["window"]["to_day"])
    needed = day_words(date.fromisoformat(oldest["needed_by"]), today=today)
    late = f"“{oldest['title']}” was needed by {needed}, {count(days, 'working day')} ago"
    more = len(overdue) - 1
    values = {
        "open": len(asks),
        "overdue": len(overdue),
        "title": oldest["title"],
        "needed_by": oldest["needed_by"],
        "working_days": days,
    }
    sentence = (
        f"{late}; {more} more {'is' if more == 1 else 'are'} overdue." if more else f"{late}."
    )
    return verdict("waiting on customer", colour, values, sentence)
