"""What stands beside the paragraphs of a stored article: questions, answers, and the way to ask."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.safestring import SafeString

from dm_portal.shell.clock import today
from dm_portal.shell.dates import instant_words
from dm_portal.shell.kept import ids_in
from dm_portal.shell.wording import abridged
from engagements.asking import AskedBy
from reporting import customer, policies
from reporting.editing import read
from reporting.models import Question, ReportRevision
from reporting.periods import monday_named
from reporting.question_querysets import QuestionQuerySet

QUOTED = 200
LONGEST = 10
# The DM's own paragraphs, by the names of their seams.
NAMED = ("headline", "our_move", "colour_reason", "own_words", "paragraph")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its answer, as everybody reads it; ``answered`` is empty before."""

    text: str
    asked: str
    answer: str
    answered: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside one paragraph; ``url`` leads to a question about it, where one may ask."""

    place: str
    about: str
    url: str
    asked: tuple[Asked, ...]


class Part(NamedTuple):
    """A stretch of an article, the seam after it, and what stands beside that paragraph."""

    html: SafeString
    seam: str
    beside: Beside | None


# By revision and by the name of a seam.
Found = Mapping[int, Mapping[str, Beside]]


def parts_of(revision: ReportRevision, found: Found) -> tuple[Part, ...]:
    """The stored article in parts, each with what was ``found`` to stand beside it."""
    mine = found.get(revision.pk, {})
    pieces = customer.pieces(customer.article(revision))
    return tuple(Part(piece.html, piece.seam, mine.get(piece.seam)) for piece in pieces)


def quotes_of(text: Mapping[str, Any]) -> dict[str, str]:
    """How each paragraph of a published text begins, by the name of its seam. Pure."""
    named = {name: read(name, text[name]) for name in NAMED if text.get(name)}
    sentences = {
        row["key"]: f"{row['about']}: {row['text']}" if row["about"] else row["text"]
        for row in text["sentences"]
    }
    return {place: abridged(said, QUOTED) for place, said in (named | sentences).items()}


def name_of(revision: ReportRevision) -> str:
    """What an address calls a revision: ``2026-W47-1``, ``update-3-1``."""
    report = revision.report
    what = f"update-{report.update_number}" if report.is_update else report.period.week
    return f"{what}-{revision.number}"


def columns_named(name: str) -> dict[str, Any]:
    """By which columns one finds the revision that an address calls so; what ``name_of`` made.

    Raises:
        ValueError: none is called so.
    """
    what, _, number = name.rpartition("-")
    kind, _, update = what.partition("-")
    if kind == "update":
        return {"report__update_number": _number(update), "number": _number(number)}
    return {"report__period__starts_on": monday_named(what), "number": _number(number)}


def _number(text: str) -> int:
    """Of a revision or an update; longer ones there are none."""
    if not (text.isascii() and text.isdecimal() and len(text) < LONGEST):
        raise ValueError(f"“{text}” is no number.")
    return int(text)


def quote_at(revision: ReportRevision, place: str) -> str:
    """How the paragraph at a seam begins; empty where there is no such paragraph."""
    seams = {piece.seam for piece in customer.pieces(customer.article(revision))}
    return quotes_of(revision.text).get(place, "") if place in seams else ""


def beside(revisions: Sequence[ReportRevision], *, user: Any) -> dict[int, dict[str, Beside]]:
    """By revision and place what stands beside its paragraphs; one statement for all of them."""
    if not revisions:
        return {}
    rows = ASKED.rows(user, revisions=[revision.pk for revision in revisions])
    may_ask = policies.can_ask_questions(user)
    return {
        revision.pk: _beside(
            revision, [row for row in rows if row.revision_id == revision.pk], may_ask
        )
        for revision in revisions
    }


def _asked(user: Any, revisions: list[int]) -> QuestionQuerySet:
    asked = Question.objects.visible_to(user).filter(revision__in=ids_in(revisions))
    return asked.select_related("asked_by", "answered_by").order_by("asked_at", "pk")


ASKED = AskedBy(_asked, revisions=list)


def _beside(revision: ReportRevision, rows: Iterable[Question], may_ask: bool) -> dict[str, Beside]:
    zone = ZoneInfo(revision.report.engagement.time_zone)
    here = today(zone.key)
    by_place: dict[str, list[Asked]] = {}
    for row in rows:
        by_place.setdefault(row.place, []).append(asked_of(row, zone=zone, here=here))
    ref, name = revision.report.engagement.ref, name_of(revision)
    return {
        place: Beside(
            place=place,
            about=quote,
            url=reverse("status_question_create", args=[ref, name, place]) if may_ask else "",
            asked=tuple(by_place.get(place, ())),
        )
        for place, quote in quotes_of(revision.text).items()
        if may_ask or place in by_place
    }


def asked_of(question: Question, *, zone: ZoneInfo, here: date) -> Asked:
    """A question of which the people are loaded, on the engagement's clock."""
    answered = ""
    if question.answered_at and question.answered_by:
        at = instant_words(question.answered_at, zone=zone, today=here)
        answered = f"{question.answered_by.name}, {at}"
    at = instant_words(question.asked_at, zone=zone, today=here)
    return Asked(question.text, f"{question.asked_by.name}, {at}", question.answer, answered)
