"""Whether the next committed milestone will be in time, or how long it is late."""

from datetime import date
from decimal import Decimal
from typing import Any

from dm_portal.shell.dates import day_words
from engagements.thresholds import DEFAULTS, Thresholds
from reporting.figures import can_be_told
from reporting.rag.verdicts import Verdict, from_on, unknown, verdict

NO_FORECAST = "This rule counts only the days past the date, and no forecast yet."
RANKS = ("green", "amber", "red")


def schedule(body: dict[str, Any], thresholds: Thresholds) -> Verdict:
    """Of the next milestone that is not done: by the chance that it is in time, where a forecast
    tells one and its date is not past; else days past its committed date.

    Done is: all items done and all criteria met, of at least one of either. Days are calendar
    days in the engagement's zone.
    """
    figures = body["figures"]
    committed = [row for row in figures["milestones"] if row["committed_on"]]
    if figures["total"] is None:
        return unknown("schedule", "no work has been imported yet")
    if not committed:
        return unknown("schedule", "no milestone has a committed date")
    counted = [row for row in committed if is_told(row)]
    if not counted:
        return unknown("schedule", "no committed milestone has items yet")
    still_open = [row for row in counted if not row["is_done"]]
    if not still_open:
        return _all_done(counted)
    behind = min(still_open, key=lambda row: (row["committed_on"], row["number"]))
    today = date.fromisoformat(figures["window"]["to_day"])
    before = body["inputs"].get("rules_before", {}).get("schedule")
    colour = milestone_colour(behind, thresholds, before)
    if _goes_by_chance(behind):
        return _forecast(behind, colour, today=today)
    values = _values(behind) | {
        "days_past": behind["days_past"],
        "criteria_open": behind["criteria"] - behind["criteria_met"],
    }
    return verdict("schedule", colour, values, _said(behind, today))


def _values(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "milestone": row["name"],
        "committed_on": row["committed_on"],
        "open": row["open"],
        "items": row["items"],
    }


def _all_done(counted: list[dict[str, Any]]) -> Verdict:
    items = sum(row["items"] for row in counted)
    sentence = (
        f"{counted[0]['name']} is done."
        if len(counted) == 1
        else f"All {len(counted)} committed milestones are done."
    )
    values = {"milestones": len(counted), "items": items, "open": 0, "days_past": 0}
    return verdict("schedule", "green", values, sentence, rule="all_done")


def schedule_colour(days: int, thresholds: Thresholds = DEFAULTS) -> str:
    """Of a milestone with open items, so many days past its committed date."""
    return from_on(days, thresholds.schedule_amber_days, thresholds.schedule_red_days)


def milestone_colour(
    row: dict[str, Any], thresholds: Thresholds, before: Verdict | None = None
) -> str:
    """Of any committed milestone, by its row of the figures: by its chance, then by days past.

    Unknown without an import, and of one that says nothing of itself before its date is past.
    """
    if not is_told(row):
        return "unknown"
    if row["is_done"]:
        return "green"
    if _goes_by_chance(row):
        return chance_colour(row, thresholds, before)
    return schedule_colour(row["days_past"], thresholds)


def is_told(row: dict[str, Any]) -> bool:
    """Whether the rule knows anything of a milestone; without an import its items are None."""
    return row["items"] is not None and can_be_told(row)


def _goes_by_chance(row: dict[str, Any]) -> bool:
    """Whether a forecast tells its chance and its date is not past."""
    return row.get("on_time") is not None and not row["days_past"]


# What the colour of a chance to be in time says.
LIKELY = {
    "green": "will probably be in time",
    "amber": "may be late",
    "red": "will probably be late",
}


def _forecast(row: dict[str, Any], colour: str, *, today: date) -> Verdict:
    chance = Decimal(row["on_time"]) * 100
    due = day_words(date.fromisoformat(row["committed_on"]), today=today)
    ours = f"{row['name']} {LIKELY[colour]}: a chance of {int(chance)} % to be done by {due}"
    values = _values(row) | {"on_time": row["on_time"]}
    return verdict(
        "schedule",
        colour,
        values,
        f"{ours}; {_left(row)}.",
        rule=f"forecast_{colour}",
        for_customer=f"{row['name']}, committed for {due}, {LIKELY[colour]}; {_left(row)}.",
    )


def chance_colour(row: dict[str, Any], thresholds: Thresholds, before: Verdict | None) -> str:
    """Of a milestone with a chance to be in time; as the last status saw it (``before``, the rule
    of the schedule), until it has clearly recovered.
    """
    chance = Decimal(row["on_time"]) * 100
    is_same = before and before["rule"].startswith("schedule.forecast_")
    if before and is_same and before["milestone"] == row["name"]:
        return recovered(chance, before["colour"], thresholds)
    return forecast_colour(chance, thresholds)


def foretold(row: dict[str, Any], colour: str) -> dict[str, str] | None:
    """What ``before`` holds of a status that gave a milestone this colour; None: no chance told."""
    if row["on_time"] is None:
        return None
    return {"rule": f"schedule.forecast_{colour}", "colour": colour, "milestone": row["name"]}


def forecast_colour(chance: Decimal, thresholds: Thresholds = DEFAULTS) -> str:
    """Of a chance in per cent to be in time; a limit itself is not below it."""
    if chance < thresholds.on_time_red_percent:
        return "red"
    return "amber" if chance < thresholds.on_time_amber_percent else "green"


def recovered(chance: Decimal, before: str, thresholds: Thresholds = DEFAULTS) -> str:
    """The colour after ``before``: a better one only so many points above its limit, so that it
    does not turn to and fro from week to week.
    """
    colour = forecast_colour(chance, thresholds)
    calm = forecast_colour(chance - thresholds.on_time_recovery_points, thresholds)
    return max(colour, min(calm, before, key=RANKS.index), key=RANKS.index)


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
    return f"{row['name']} is committed for {when}; {left}. {_no_forecast(row)}"


def _no_forecast(row: dict[str, Any]) -> str:
    why = row.get("not_told")
    return (
        f"There is no forecast yet ({why}): only days past the date count." if why else NO_FORECAST
    )


def _left(row: dict[str, Any]) -> str:
    """What is missing of a milestone that is not done."""
    if row["open"]:
        of = f"{row['open']} of {row['items']} item{'' if row['items'] == 1 else 's'}"
        return f"{of} {'is' if row['open'] == 1 else 'are'} open"
    unmet = row["criteria"] - row["criteria_met"]
    if unmet:
        return f"{unmet} of {row['criteria']} criteria {'is' if unmet == 1 else 'are'} not met"
    return "no items belong to it"
