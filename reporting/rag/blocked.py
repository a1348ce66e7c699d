"""How long something that belongs to a committed milestone has been blocked."""

from datetime import date
from typing import Any

from dm_portal.shell.dates import day_words
from engagements.thresholds import DEFAULTS, Thresholds
from reporting.rag.verdicts import Verdict, from_on, no_source, unknown, verdict

# Before schema 5 no figure told to which milestone belongs what is blocked.
SINCE_SCHEMA = 5


def blockers(body: dict[str, Any], thresholds: Thresholds) -> Verdict:
    """Working days since which the oldest blocker of a committed milestone is open."""
    figures = body["figures"]
    if body["schema"] < SINCE_SCHEMA or figures["blockers"] is None:
        return no_source("blockers", "what is blocked")
    names = {
        row["number"]: row["name"]
        for row in figures["milestones"]
        if row["committed_on"] and row["items"]
    }
    if not names:
        return unknown("blockers", "no committed milestone has items yet")
    mine = [row for row in figures["blockers"] if names.keys() & set(row["milestones"])]
    if not mine:
        sentence = "Nothing that belongs to a committed milestone is blocked."
        return verdict("blockers", "green", {"open": 0}, sentence, rule="none")
    oldest = mine[0]
    number = min(names.keys() & set(oldest["milestones"]))
    values = {
        "open": len(mine),
        "key": oldest["key"],
        "milestone": names[number],
        "since": oldest["since_day"],
        "working_days": oldest["working_days"],
    }
    colour = blockers_colour(oldest["working_days"], thresholds)
    today = date.fromisoformat(figures["window"]["to_day"])
    return verdict("blockers", colour, values, _blocked(values, today))


def blockers_colour(days: int, thresholds: Thresholds = DEFAULTS) -> str:
    """Of a blocker that is open for so many working days."""
    return from_on(days, thresholds.blockers_amber_days, thresholds.blockers_red_days)


def _blocked(values: dict[str, Any], today: date) -> str:
    """ "Release 2.1: A-1 has been blocked since Mon 9 Nov, for 9 working days." """
    since = day_words(date.fromisoformat(values["since"]), today=today)
    days, more = values["working_days"], values["open"] - 1
    age = f", for {days} working day{'' if days == 1 else 's'}" if days else ""
    said = f"{values['milestone']}: {values['key']} has been blocked since {since}{age}"
    if not more:
        return f"{said}."
    return f"{said}; {more} more item{' is' if more == 1 else 's are'} blocked."
