"""Whether the work stays what it was planned to be, and stays done."""

from datetime import date
from typing import Any

from dm_portal.shell.dates import day_words
from dm_portal.shell.wording import count
from engagements.thresholds import Thresholds
from reporting.rag.verdicts import Verdict, no_source, unknown, verdict

SPRINTS = 2
# Of less a share says nothing: one item would turn the colour.
LEAST_COMMITTED = 5
LEAST_FINISHED = 10


def scope(body: dict[str, Any], thresholds: Thresholds) -> Verdict:
    """What was added to the last two sprints after they began, beside what was committed.

    Green up to the first limit in both together; red above the second in each of them, where no
    change of scope is recorded of either. Counts are items.
    """
    sprints = body["figures"].get("sprints")
    if sprints is None:
        return no_source("scope", "what entered a sprint after its start")
    if len(sprints) < SPRINTS:
        return unknown("scope", "fewer than two sprints with dates have begun")
    if any(row["committed"] < LEAST_COMMITTED for row in sprints):
        few = f"fewer than {LEAST_COMMITTED} items were committed to one of the last two sprints"
        return unknown("scope", few)
    added, committed = (sum(row[name] for row in sprints) for name in ("added", "committed"))
    recorded = set(body["figures"].get("scope_changes") or ())
    is_recorded = any(row["number"] in recorded for row in sprints)
    grew = all(_is_above(row, thresholds.scope_red_percent) for row in sprints)
    colour = "green" if added * 100 <= thresholds.scope_amber_percent * committed else "amber"
    if grew and not is_recorded:
        colour = "red"
    values = {
        "sprints": [row["name"] for row in sprints],
        "added": added,
        "committed": committed,
        "scope_changes": sorted(recorded),
    }
    return verdict("scope", colour, values, _grown(sprints, added, committed, colour))


def _is_above(row: dict[str, Any], limit: int) -> bool:
    above: bool = row["added"] * 100 > limit * row["committed"]
    return above


def _grown(sprints: list[dict[str, Any]], added: int, committed: int, colour: str) -> str:
    names = " and ".join(row["name"] for row in reversed(sprints))
    if not added:
        return f"Nothing was added to {names} after they began."
    was = "was" if added == 1 else "were"
    said = f"{count(added, 'item')} {was} added to {names} after they began"
    share = f"beside {committed} committed ({percent(added, committed)} %)"
    more = ", and no change of scope is recorded" if colour == "red" else ""
    return f"{said}, {share}{more}."


def quality(body: dict[str, Any], thresholds: Thresholds) -> Verdict:
    """What was reopened in the last four weeks, beside what was finished in them.

    What is rejected has no source yet.
    """
    rework = body["figures"].get("rework")
    if rework is None:
        return no_source("quality", "what was reopened or rejected")
    finished, reopened = rework["finished"], rework["reopened"]
    if finished < LEAST_FINISHED:
        few = f"fewer than {LEAST_FINISHED} items were finished in four weeks ({finished})"
        return unknown("quality", few)
    share = reopened * 100
    colour = "green" if share <= thresholds.quality_amber_percent * finished else "amber"
    if share > thresholds.quality_red_percent * finished:
        colour = "red"
    today = date.fromisoformat(body["figures"]["window"]["to_day"])
    until = day_words(date.fromisoformat(rework["to_day"]), today=today)
    said = f"Of what was finished in the four weeks up to {until}"
    again = f"{count(reopened, 'item')} {'was' if reopened == 1 else 'were'} reopened"
    ours = f"In the four weeks up to {until} {count(finished, 'item')} were finished, and {again}"
    return verdict(
        "quality",
        colour,
        dict(rework),
        f"{ours} ({percent(reopened, finished)} %)." if reopened else f"{ours}.",
        for_customer=f"{said}, {'more had' if colour != 'green' else 'little had'} to be reopened.",
    )


def percent(part: int, whole: int) -> int:
    """Rounded up, so that what is above a limit never reads as if it were at it."""
    return -(-part * 100 // whole)
