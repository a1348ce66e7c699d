"""How an engagement stands by the rules: a table of facts and thresholds, never a feeling.

Each rule returns colour, rule id, values and a sentence; pure functions of the facts' body, which
holds the thresholds that it is coloured by. The overall colour is the worst of the known; with
nothing known it is not known. Source: the field's table "Computed RAG". A rule whose fact nothing
tells yet is not known, and says what is missing.

Figures that the rules take where a body carries them, from schema 9 on:

``on_time``   of each milestone: the chance that it is done by its date (0 to 1), a decimal as text
``asks``      what the customer was asked and has not answered, as they read it: ``title``,
              ``needed_by``, and ``working_days_past`` that day (0: not yet)
``capacity``  of the pods in the next two weeks: days ``planned`` and ``filled``, decimals as text

and that nothing tells yet:

``scope_changes`` numbers of the sprints of which a change of scope is recorded
"""

from collections.abc import Callable
from typing import Any

from dm_portal.shell.components import Shape
from engagements.thresholds import BANDS, DEFAULTS, Thresholds
from reporting.rag.blocked import blockers, blockers_colour
from reporting.rag.people import NOTHING_ASKED, team, waiting
from reporting.rag.schedule import (
    LIKELY,
    NO_FORECAST,
    forecast_colour,
    foretold,
    milestone_colour,
    recovered,
    schedule,
    schedule_colour,
)
from reporting.rag.verdicts import Verdict, verdict
from reporting.rag.work import quality, scope

__all__ = [
    "DEFAULTS",
    "LIKELY",
    "NO_FORECAST",
    "RULES",
    "Thresholds",
    "Verdict",
    "blockers_colour",
    "dimensions",
    "forecast_colour",
    "foretold",
    "is_better",
    "kept",
    "limits",
    "milestone_colour",
    "overall",
    "recovered",
    "schedule_colour",
    "thresholds_of",
    "worst",
]

RULES: dict[str, Callable[[dict[str, Any], Thresholds], Verdict]] = {
    "schedule": schedule,
    "scope": scope,
    "quality": quality,
    "team": team,
    "waiting on customer": waiting,
    "blockers": blockers,
}
# The thresholds of each; a schedule has two kinds.
BANDS_OF = {name: [BANDS[name]] for name in ("scope", "quality", "team", "blockers")} | {
    "schedule": [BANDS["schedule"], BANDS["on_time"]],
    "waiting on customer": [BANDS["waiting"]],
}

# What is so from the first day on, before anything is known, makes no engagement on track.
IDLE = (f"waiting on customer.{NOTHING_ASKED}", "team.green")


def thresholds_of(body: dict[str, Any]) -> Thresholds:
    """Those that were frozen with the facts."""
    return Thresholds.of(body["inputs"].get("thresholds"))


def overall(body: dict[str, Any], thresholds: Thresholds | None = None) -> Verdict:
    """The worst of the known dimensions, with the rule and the sentence that made it so."""
    return worst(dimensions(body, thresholds))


def worst(verdicts: list[Verdict]) -> Verdict:
    """The overall verdict: of several that are as bad the first."""
    known = [each for each in verdicts if each["colour"] != "unknown" and each["rule"] not in IDLE]
    if not known:
        sentence = "Not known: no rule has the facts that it needs yet."
        return verdict("overall", "unknown", {}, sentence, rule="nothing_known")
    found = max(known, key=lambda each: Shape(each["colour"]).rank)
    return {**found, "dimension": "overall"}


def dimensions(body: dict[str, Any], thresholds: Thresholds | None = None) -> list[Verdict]:
    """Every dimension of the table, in its order, known or not.

    By the ``thresholds`` given, else by those that are frozen with the facts.
    """
    by = thresholds or thresholds_of(body)
    return [RULES[name](body, by) for name in RULES]


def kept(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """How the rules see each dimension, as the next facts keep it: a colour that has to recover
    before it improves goes by it.
    """
    return {
        each["dimension"]: {
            "colour": each["colour"],
            "rule": each["rule"],
            "milestone": each["values"].get("milestone"),
        }
        for each in dimensions(body)
    }


def limits(dimension: str, thresholds: Thresholds) -> list[str]:
    """From where on a dimension turns, a sentence for each kind of fact."""
    return [band.words(thresholds) for band in BANDS_OF[dimension]]


def is_better(declared: str, computed: str) -> bool:
    """Whether the declared colour is kinder than the rules: then it needs a reason.

    Not known is no mismatch, on either side.
    """
    if "unknown" in (declared, computed):
        return False
    return Shape(declared).rank < Shape(computed).rank
