"""What will be said: the DM's words and the rules' sentences, put together once."""

from typing import Any, TypedDict

from dm_portal.shell.marked import to_line
from reporting import editing, wording
from reporting.drafting import Draft, known_to
from reporting.models import Report
from reporting.since import plan_of


class Text(TypedDict):
    """What will be said, frozen beside the facts: the DM's words and the rules' sentences."""

    headline: str
    our_move: str
    own_words: str
    paragraph: str  # of an update
    colour: str
    colour_reason: str
    computed: dict[str, Any]
    sentences: list[dict[str, Any]]
    previous_colour: str
    correction_reason: str
    plan: list[dict[str, Any]]  # see ``since.plan_of``; of an update empty


def compose(*, report: Report, draft: Draft) -> Text:
    """The text of ``report`` as it would be published with the facts of ``draft``."""
    known = known_to(report, draft)
    told = [] if report.is_update else editing.said(draft.sentences, report.edits, known)
    return Text(
        headline=report.headline,
        our_move=report.our_move,
        own_words=report.own_words,
        paragraph=report.paragraph,
        colour=report.colour or draft.overall["colour"],
        colour_reason=report.colour_reason,
        computed=draft.overall,
        sentences=told,
        previous_colour=known.previous,
        correction_reason=report.correction_reason,
        plan=[] if report.is_update else plan_of(draft.body["figures"], told),
    )


def headline_of(text: Text) -> str:
    """The DM's own, or the first sentence of an update's paragraph."""
    return text["headline"] or wording.first_sentence(to_line(text.get("paragraph", "")))
