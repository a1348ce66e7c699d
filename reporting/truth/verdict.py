"""A text against the facts: what contradicts them, and what none of them carries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dm_portal.shell.components import Shape
from dm_portal.shell.dates import day_words
from reporting import rag
from reporting.truth.claims import Claim, claims_in
from reporting.truth.known import ANY, Known

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim that the facts do not carry.

    ``contradicts`` says what they say instead; empty where they say nothing.
    """

    words: str
    contradicts: str


def examine(text: str, known: Known, *, about: str = "") -> list[Finding]:
    """What of ``text`` the facts do not carry, in its order, each once.

    ``about`` is the milestone that the text is written of, if any.
    """
    subject = about if about in known.names else ANY
    claims = claims_in(text, names=known.names, about=subject, today=known.today)
    found = [each for claim in claims for each in _against(claim, known)]
    return list(dict.fromkeys(found))


def _against(claim: Claim, known: Known) -> Iterator[Finding]:
    if claim.meaning and claim.subject and claim.subject not in known.names:
        names = ", ".join(known.names)
        yield Finding(claim.subject, f"no milestone is called so; there are {names}")
    elif claim.kind == "weekday" and isinstance(claim.value, date):
        day = WEEKDAYS[claim.value.weekday()]
        yield Finding(claim.words, f"{day_words(claim.value, today=known.today)} is a {day}")
    elif claim.kind == "colour":
        yield from _colour(claim, known)
    else:
        yield from _value(claim, known)


def _value(claim: Claim, known: Known) -> Iterator[Finding]:
    """Of a number or a day: one of those that are true of its subject, or of none."""
    key = claim.subject, claim.meaning
    is_day = claim.kind == "day"
    true = (known.days if is_day else known.counts).get(key, frozenset())
    if claim.value in true or (is_day and not claim.meaning and claim.value in known.all_days):
        return
    if claim.meaning and true:
        yield Finding(claim.words, _instead(claim, true, known))
    else:
        yield Finding(claim.words, "")


def _instead(claim: Claim, true: frozenset[date] | frozenset[int], known: Known) -> str:
    """ "Release 2.1: committed for Mon 30 Nov"."""
    if claim.kind == "day":
        days = sorted(each for each in true if isinstance(each, date))
        said = " or ".join(day_words(day, today=known.today) for day in days)
    else:
        said = " or ".join(str(each) for each in sorted(int(str(each)) for each in true))
    what = MEANINGS[claim.meaning].format(said)
    return f"{claim.subject}: {what}" if claim.subject else what


def _colour(claim: Claim, known: Known) -> Iterator[Finding]:
    """A colour against the DM's one, the last one, or the rules' of a milestone.

    Of a milestone only a kinder one contradicts, unless it is the DM's call of the whole: that
    needs a reason, and has it. Worse is the DM's to say.
    """
    said = str(claim.value)
    if claim.meaning == "previous":
        if known.previous and said != known.previous:
            yield Finding(claim.words, f"the last status said “{_word(known.previous)}”")
    elif claim.subject == ANY:
        if known.declared and said != known.declared:
            yield Finding(claim.words, f"your call is “{_word(known.declared)}”")
    else:
        rules = known.colours.get(claim.subject, "unknown")
        if rag.is_better(said, rules) and said != known.declared:
            yield Finding(claim.words, f"{claim.subject} is “{_word(rules)}” by the rules")


def _word(colour: str) -> str:
    return Shape(colour).word


MEANINGS = {
    "items.done": "{} done",
    "items.open": "{} open",
    "items.blocked": "{} blocked",
    "items.added": "{} added",
    "items.reopened": "{} reopened",
    "items.withdrawn": "{} withdrawn",
    "items.total": "{} in all",
    "criteria.met": "{} criteria met",
    "criteria.open": "{} criteria open",
    "criteria.total": "{} criteria in all",
    "share.items": "{} % done",
    "share.criteria": "{} % of the criteria met",
    "days.past": "{} days past",
    "committed": "committed for {}",
    "moved": "moved to {}",
    "done": "done on {}",
}
