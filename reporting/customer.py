"""What a customer reads: frozen values of what was published, and the page made of them.

Nothing here reads the database but ``compose``, which puts the DM's words and the rules'
sentences together once, at the moment of publishing. What is rendered then is stored, and is
what every later reader gets; templates of ``templates/status/`` receive these dataclasses only.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from dm_portal.people.models import User
from dm_portal.shell import dates
from dm_portal.shell.components import Shape
from reporting import rag, sentences
from reporting.models import Report, ReportRevision


class Text(TypedDict):
    """What will be said, frozen beside the facts: the DM's words and the rules' sentences."""

    headline: str
    our_move: str
    colour: str
    colour_reason: str
    correction_reason: str
    previous_colour: str
    sentences: list[dict[str, Any]]


def compose(*, report: Report, body: dict[str, Any]) -> Text:
    """The text of ``report`` as it would be published with these facts."""
    return Text(
        headline=report.headline,
        our_move=report.our_move,
        colour=report.colour or rag.overall(body)["colour"],
        colour_reason=report.colour_reason,
        correction_reason=report.correction_reason,
        previous_colour=_previous_colour(report),
        sentences=sentences.write(body),
    )


def _previous_colour(report: Report) -> str:
    """What the last status said, as last corrected; empty before the second one."""
    earlier = ReportRevision.objects.filter(
        report__engagement_id=report.engagement_id,
        report__period__starts_on__lt=report.period.starts_on,
    )
    latest = earlier.order_by("-report__period__starts_on", "-number")
    return latest.values_list("colour", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day: for people, and for machines."""

    words: str
    iso: str


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant on the engagement's wall clock; ``title`` is exact and names the zone."""

    words: str
    iso: str
    title: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The colour by the rules, where it differs from the one that is said."""

    shape: str
    word: str
    sentence: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A committed milestone as a customer reads it; counts are None where they are not known."""

    name: str
    outcome: str
    committed: Day
    first_committed: Day | None
    done_on: Day | None
    days_past: int
    items: int | None
    items_done: int | None
    criteria: int
    criteria_met: int


@dataclass(frozen=True, slots=True)
class Status:
    """One published status, whole."""

    engagement: str
    customer: str
    week: str
    number: int
    shape: str
    word: str
    previous_word: str
    headline: str
    rules: Rules | None
    reason: str
    our_move: str
    milestones: tuple[MilestoneLine, ...]
    delivered: tuple[str, ...]
    changed: tuple[str, ...]
    left_out: tuple[str, ...]
    freshness: str
    as_of: Moment
    published: Moment
    published_by: str
    published_for: str
    correction_reason: str
    reconstructed_on: Day | None


def render_revision(
    *,
    report: Report,
    number: int,
    body: dict[str, Any],
    text: Text,
    published_at: datetime,
    published_by: User,
    published_for: User | None,
    reconstructed_on: date | None,
) -> str:
    """The stored HTML of one revision: the article of the customer's page, without its shell."""
    status = status_of(
        report=report,
        number=number,
        body=body,
        text=text,
        published_at=published_at,
        published_by=published_by,
        published_for=published_for,
        reconstructed_on=reconstructed_on,
    )
    return render_to_string("status/report.html", {"status": status})


def status_of(
    *,
    report: Report,
    number: int,
    body: dict[str, Any],
    text: Text,
    published_at: datetime,
    published_by: User,
    published_for: User | None,
    reconstructed_on: date | None,
) -> Status:
    """The frozen values of one revision; see ``render_revision``."""
    figures = body["figures"]
    zone = ZoneInfo(body["inputs"]["zone"])
    today = date.fromisoformat(figures["window"]["to_day"])
    shape = Shape(text["colour"])
    previous = text["previous_colour"]
    return Status(
        engagement=report.engagement.name,
        customer=report.engagement.customer.name,
        week=report.period.week,
        number=number,
        shape=shape.value,
        word=shape.word,
        previous_word=Shape(previous).word if previous else "",
        headline=text["headline"],
        rules=_rules(body, text),
        reason=text["colour_reason"],
        our_move=text["our_move"],
        milestones=tuple(
            _milestone(row, today) for row in figures["milestones"] if row["committed_on"]
        ),
        delivered=_texts(text, "finished", "beyond"),
        changed=_texts(text, "date.", "dates", "created"),
        left_out=_texts(text, "left_out."),
        freshness=" ".join(_texts(text, "freshness")),
        as_of=_moment(datetime.fromisoformat(body["as_of"]), zone, today),
        published=_moment(published_at, zone, today),
        published_by=published_by.name,
        published_for=published_for.name if published_for else "",
        correction_reason=text["correction_reason"],
        reconstructed_on=_day(reconstructed_on, today) if reconstructed_on else None,
    )


def _rules(body: dict[str, Any], text: Text) -> Rules | None:
    """Said only where the rules say something else than the DM."""
    verdict = rag.overall(body)
    if verdict["colour"] == text["colour"]:
        return None
    shape = Shape(verdict["colour"])
    return Rules(shape.value, shape.word, verdict["sentence"], shape is not Shape.NOT_KNOWN)


def _milestone(row: dict[str, Any], today: date) -> MilestoneLine:
    committed = date.fromisoformat(row["committed_on"])
    moved = row["first_committed_on"] != row["committed_on"]
    late = (today - committed).days if row["open"] else 0
    return MilestoneLine(
        name=row["name"],
        outcome=row["outcome"],
        committed=_day(committed, today),
        first_committed=_iso_day(row["first_committed_on"], today) if moved else None,
        done_on=_iso_day(row["done_on"], today) if row["done_on"] else None,
        days_past=max(late, 0),
        items=row["items"],
        items_done=row["done"],
        criteria=row["criteria"],
        criteria_met=row["criteria_met"],
    )


def _texts(text: Text, *keys: str) -> tuple[str, ...]:
    """The sentences under these keys; one that ends in a dot stands for all that begin so."""
    return tuple(
        row["text"]
        for row in text["sentences"]
        if any(
            row["key"].startswith(key) if key.endswith(".") else row["key"] == key for key in keys
        )
    )


def _iso_day(text: str, today: date) -> Day:
    return _day(date.fromisoformat(text), today)


def _day(day: date, today: date) -> Day:
    return Day(dates.day_words(day, today=today), day.isoformat())


def _moment(at: datetime, zone: ZoneInfo, today: date) -> Moment:
    return Moment(
        words=dates.instant_words(at, zone=zone, today=today),
        iso=at.isoformat(),
        title=dates.instant_title(at, zone=zone),
    )
