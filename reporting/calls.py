"""The manager's call beside the rules': where it starts, and how long a reason for it holds.

A call starts as by the rules. One that is better needs a reason, which the customer reads. The
reason holds for that call and for that colour by the rules, from one draft to the next; when
either is another one, it must be given anew.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple, Self

from dm_portal.shell.components import Shape
from reporting import rag
from reporting.models import Report, ReportRevision


@dataclass(frozen=True, slots=True)
class Given:
    """Why a call was better than the rules': the words, the call, and the colour by the rules."""

    text: str
    colour: str
    computed: str

    @classmethod
    def of(cls, stored: dict[str, str] | None) -> Self | None:
        """As ``Report.drafted`` keeps it."""
        return cls(**stored) if stored else None

    @classmethod
    def with_revision(cls, revision: ReportRevision) -> Self | None:
        """What was published with a better call; None with any other."""
        if not rag.is_better(revision.colour, revision.computed_colour):
            return None
        return cls(revision.colour_reason, revision.colour, revision.computed_colour)

    @property
    def stored(self) -> dict[str, str]:
        return asdict(self)

    def holds_for(self, colour: str, computed: str) -> bool:
        return (colour, computed) == (self.colour, self.computed)


def said_before(report: Report, *, since: datetime | None) -> ReportRevision | None:
    """The status, or update, that ended at ``since``, as last corrected.

    One statement, none before the first.
    """
    if since is None:
        return None
    said = ReportRevision.objects.filter(
        report__engagement=report.engagement_id, facts__as_of=since
    )
    return said.order_by("-pk").first()


def reason_kept(given: Given | None, *, colour: str, computed: str, reason: str) -> str:
    """The reason as it is saved: one that was given for a better call says nothing of a call
    that is not better.
    """
    is_idle = given is not None and reason == given.text
    return "" if is_idle and not rag.is_better(colour, computed) else reason


def lapsed_words(given: Given | None, *, colour: str, computed: str, reason: str) -> str:
    """Why these words are no reason any more; empty where they are one, or none is needed."""
    if given is None or reason != given.text or not rag.is_better(colour, computed):
        return ""
    if given.holds_for(colour, computed):
        return ""
    called, by_rules = Shape(given.colour).word.lower(), Shape(given.computed).word.lower()
    return (
        f"This was the reason to call it {called} while it was {by_rules} by the rules. "
        "Say anew why your call is better."
    )


class Start(NamedTuple):
    """Where the call of a draft starts, when its page opens.

    ``was``: the colour by the rules that was confirmed, where it is another one by now.
    ``lapsed``: a reason that does not hold any more, to be read beside the empty field.
    """

    colour: str
    reason: str
    was: str
    lapsed: str


def start_of(report: Report, *, given: Given | None, computed: str) -> Start:
    """As by the rules, unless the manager called it otherwise; who only confirmed the rules has
    not called what they say now.
    """
    confirmed = report.drafted.get("overall", {}).get("colour", computed)
    is_own = bool(report.colour) and report.colour != confirmed
    colour = report.colour if is_own or confirmed == computed else computed
    own_words = bool(report.colour_reason) and (given is None or report.colour_reason != given.text)
    holds = given is not None and given.computed == computed
    reason = report.colour_reason if own_words else given.text if given and holds else ""
    return Start(
        colour=colour or computed,
        reason=reason,
        was="" if is_own or not report.colour or confirmed == computed else confirmed,
        lapsed=given.text if given and not holds else "",
    )


def start_words(start: Start, computed: str) -> str:
    """What changed under a call that was confirmed already."""
    if not start.was:
        return ""
    was, now = Shape(start.was).word.lower(), Shape(computed).word.lower()
    return f"You confirmed “{was}”; by the rules it is {now} by now, and your call starts there."
