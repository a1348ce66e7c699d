"""How an engagement stands by the rules: a table of facts and thresholds, never a feeling.

Each rule returns colour, rule id, values and a sentence; pure functions of the facts' body. The
overall colour is the worst of the known; with nothing known it is not known. Source: the field's
table "Computed RAG"; every threshold is a default, not a law.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from dm_portal.shell.components import Shape
from dm_portal.shell.dates import day_words
from reporting.figures import can_be_told

Verdict = dict[str, Any]


@dataclass(frozen=True)
class Thresholds:
    """From how many days on a dimension is amber, and red.

    Schedule: calendar days past the committed date. Blockers: working days, Monday to Friday.
    """

    schedule_amber_days: int = 1
    schedule_red_days: int = 6
    blockers_amber_days: int = 3
    blockers_red_days: int = 6


DEFAULTS = Thresholds()
NO_FORECAST = "There is no forecast yet, so this rule counts only the days past the date."


def overall(body: dict[str, Any], thresholds: Thresholds = DEFAULTS) -> Verdict:
    """The worst of the known dimensions, with the rule and the sentence that made it so."""
    known = [verdict for verdict in dimensions(body, thresholds) if verdict["colour"] != "unknown"]
    if not known:
        sentence = "Not known: no rule has the facts that it needs yet."
        return _verdict("overall", "unknown", "overall.nothing_known", {}, sentence)
    worst = max(known, key=lambda verdict: Shape(verdict["colour"]).rank)
    return {**worst, "dimension": "overall"}


def dimensions(body: dict[str, Any], thresholds: Thresholds = DEFAULTS) -> list[Verdict]:
    """Every dimension of the table, in its order, known or not."""
    return [RULES[name](body, thresholds) for name in RULES]


def is_better(declared: str, computed: str) -> bool:
    """Whether the declared colour is kinder than the rules: then it needs a reason.

    Not known is no mismatch, on either side.
    """
    if "unknown" in (declared, computed):
        return False
    return Shape(declared).rank < Shape(computed).rank


def schedule(body: dict[str, Any], thresholds: Thresholds) -> Verdict:
    """Days past the committed date of the next milestone that is not done.

    Done is: all items done and all criteria met, of at least one of either. Days are calendar
    days in the engagement's zone.
    """
    figures = body["figures"]
    committed = [row for row in figures["milestones"] if row["committed_on"]]
    if figures["total"] is None:
        return _unknown("schedule", "no work has been imported yet")
    if not committed:
        return _unknown("schedule", "no milestone has a committed date")
    counted = [row for row in committed if can_be_told(row)]
    if not counted:
        return _unknown("schedule", "no committed milestone has items yet")
    still_open = [row for row in counted if not row["is_done"]]
    if not still_open:
        return _all_done(counted)
    behind = min(still_open, key=lambda row: (row["committed_on"], row["number"]))
    values = {
        "milestone": behind["name"],
        "committed_on": behind["committed_on"],
        "days_past": behind["days_past"],
        "open": behind["open"],
        "items": behind["items"],
        "criteria_open": behind["criteria"] - behind["criteria_met"],
    }
    colour = schedule_colour(behind["days_past"], thresholds)
    today = date.fromisoformat(figures["window"]["to_day"])
    return _verdict("schedule", colour, f"schedule.{colour}", values, _said(behind, today))


def _all_done(counted: list[dict[str, Any]]) -> Verdict:
    items = sum(row["items"] for row in counted)
    sentence = (
        f"{counted[0]['name']} is done."
        if len(counted) == 1
        else f"All {len(counted)} committed milestones are done."
    )
    values = {"milestones": len(counted), "items": items, "open": 0, "days_past": 0}
    return _verdict("schedule", "green", "schedule.all_done", values, sentence)


def schedule_colour(days: int, thresholds: Thresholds = DEFAULTS) -> str:
    """Of a milestone with open items, so many days past its committed date."""
    if days >= thresholds.schedule_red_days:
        return "red"
    return "amber" if days >= thresholds.schedule_amber_days else "green"


def _said(row: dict[str, Any], today: date) -> str:
    days, committed = row["days_past"], date.fromisoformat(row["committed_on"])
    left = _left(row)
    due = day_words(committed, today=today)
    if days > 0:
        past = f"{days} day{'' if days == 1 else 's'} past its committed date, {due}"
        return f"{row['name']} is {past}: {left}."
    when = f"today, {due}" if committed == today else due
    # Whether it will be kept takes a forecast. The rule says what it looks at, so that a green
    # on the eve of a date is not read as one.
    return f"{row['name']} is committed for {when}; {left}. {NO_FORECAST}"


def _left(row: dict[str, Any]) -> str:
    """What is missing of a milestone that is not done."""
    if row["open"]:
        of = f"{row['open']} of {row['items']} item{'' if row['items'] == 1 else 's'}"
        return f"{of} {'is' if row['open'] == 1 else 'are'} open"
    unmet = row["criteria"] - row["criteria_met"]
    if unmet:
        return f"{unmet} of {row['criteria']} criteria {'is' if unmet == 1 else 'are'} not met"
    return "no items belong to it"


def blockers(body: dict[str, Any], thresholds: Thresholds) -> Verdict:
    """Working days since which the oldest blocker of a committed milestone is open."""
    figures = body["figures"]
    if figures["blockers"] is None:
        return _unknown("blockers", "no source (what is blocked)")
    names = {
        row["number"]: row["name"]
        for row in figures["milestones"]
        if row["committed_on"] and row["items"]
    }
    if not names:
        return _unknown("blockers", "no committed milestone has items yet")
    mine = [row for row in figures["blockers"] if names.keys() & set(row["milestones"])]
    if not mine:
        sentence = "Nothing that belongs to a committed milestone is blocked."
        return _verdict("blockers", "green", "blockers.none", {"open": 0}, sentence)
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
    return _verdict("blockers", colour, f"blockers.{colour}", values, _blocked(values, today))


def blockers_colour(days: int, thresholds: Thresholds = DEFAULTS) -> str:
    """Of a blocker that is open for so many working days."""
    if days >= thresholds.blockers_red_days:
        return "red"
    return "amber" if days >= thresholds.blockers_amber_days else "green"


def _blocked(values: dict[str, Any], today: date) -> str:
    """ "Release 2.1: A-1 has been blocked since Mon 9 Nov, for 9 working days." """
    since = day_words(date.fromisoformat(values["since"]), today=today)
    days, more = values["working_days"], values["open"] - 1
    age = f", for {days} working day{'' if days == 1 else 's'}" if days else ""
    said = f"{values['milestone']}: {values['key']} has been blocked since {since}{age}"
    if not more:
        return f"{said}."
    return f"{said}; {more} more item{' is' if more == 1 else 's are'} blocked."


def _no_source(dimension: str, missing: str) -> Callable[[dict[str, Any], Thresholds], Verdict]:
    """A dimension that nothing feeds yet: not known, whatever else is."""

    def rule(body: dict[str, Any], thresholds: Thresholds) -> Verdict:
        return _unknown(dimension, f"no source ({missing})")

    return rule


def _unknown(dimension: str, missing: str) -> Verdict:
    sentence = f"Not known: {missing}."
    return _verdict(dimension, "unknown", f"{dimension}.unknown", {}, sentence)


def _verdict(
    dimension: str, colour: str, rule: str, values: dict[str, Any], sentence: str
) -> Verdict:
    return {
        "dimension": dimension,
        "colour": colour,
        "rule": rule,
        "values": values,
        "sentence": sentence,
    }


RULES: dict[str, Callable[[dict[str, Any], Thresholds], Verdict]] = {
    "schedule": schedule,
    "scope": _no_source("scope", "what entered a sprint after its start"),
    "quality": _no_source("quality", "what was reopened or rejected"),
    "team": _no_source("team", "planned capacity"),
    "waiting on customer": _no_source("waiting on customer", "what was asked of the customer"),
    "blockers": blockers,
}
