"""What a customer reads: frozen values of what was published, and the page made of them.

Nothing here reads the database but ``compose``, which puts the DM's words and the rules'
sentences together once, at the moment of publishing. What is rendered then is stored, and is
what every later reader gets; templates of ``templates/status/`` receive these dataclasses only.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import dateformat
from django.utils.safestring import SafeString

from dm_portal.people.models import User
from dm_portal.shell import dates
from dm_portal.shell.clock import now
from dm_portal.shell.components import Shape
from dm_portal.shell.pictures import BurnUp, BurnUpWeek, Timeline, TimelineMilestone
from reporting import rag, sentences
from reporting.drafting import Draft
from reporting.models import Report, ReportRevision

# Half a year: what a picture of weeks can hold on a phone and on one printed sheet.
BURN_UP_WEEKS = 26


class Text(TypedDict):
    """What will be said, frozen beside the facts: the DM's words and the rules' sentences."""

    headline: str
    our_move: str
    colour: str
    colour_reason: str
    computed: dict[str, Any]
    sentences: list[dict[str, Any]]
    previous_colour: str
    correction_reason: str


def compose(*, report: Report, draft: Draft) -> Text:
    """The text of ``report`` as it would be published with the facts of ``draft``."""
    return Text(
        headline=report.headline,
        our_move=report.our_move,
        colour=report.colour or draft.overall["colour"],
        colour_reason=report.colour_reason,
        computed=draft.overall,
        sentences=draft.sentences,
        previous_colour=_previous_colour(report),
        correction_reason=report.correction_reason,
    )


def _previous_colour(report: Report) -> str:
    """What the last status said, as last corrected; empty before the second one."""
    earlier = ReportRevision.objects.filter(
        report__engagement=report.engagement_id,
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
    sentence: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A committed milestone as a customer reads it: its name, its outcome, how far it is."""

    name: str
    outcome: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """One published status, whole; texts are as the customer reads them."""

    engagement: str
    week: str
    number: int
    shape: str
    previous_word: str
    headline: str
    rules: Rules | None
    reason: str
    our_move: str
    speaks_for: str
    correction_reason: str
    changed: tuple[str, ...]
    milestones: tuple[MilestoneLine, ...]
    beyond: tuple[str, ...]
    timeline: Timeline | None
    burn_up: BurnUp | None
    finished: tuple[str, ...]
    delivered: tuple[MilestoneLine, ...]
    left_out: tuple[str, ...]
    freshness: str
    zone: str
    as_of: Moment
    published: Moment
    published_by: str
    published_for: str
    reconstructed_on: Day | None


@dataclass(frozen=True, slots=True)
class Saying:
    """Who says it, when, for whom, as which revision; ``reconstructed_on`` of a past week."""

    number: int
    published_at: datetime
    published_by: User
    published_for: User | None
    reconstructed_on: date | None


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
    saying = Saying(number, published_at, published_by, published_for, reconstructed_on)
    status = status_of(report=report, body=body, text=text, saying=saying)
    return render_to_string("status/report.html", {"status": status})


def status_of(*, report: Report, body: dict[str, Any], text: Text, saying: Saying) -> Status:
    """The frozen values of one revision, from its own facts and text."""
    page = _Page(body, text)
    previous = text["previous_colour"]
    speaker = saying.published_for or saying.published_by
    return Status(
        engagement=report.engagement.name,
        week=week_words(report.period.starts_on),
        number=saying.number,
        shape=Shape(text["colour"]).value,
        previous_word=Shape(previous).word if previous else "",
        headline=text["headline"],
        rules=page.rules(),
        reason=text["colour_reason"],
        our_move=text["our_move"],
        speaks_for=speaker.name,
        correction_reason=text["correction_reason"],
        changed=page.texts("date.", "dates", "created"),
        milestones=page.milestones(),
        beyond=page.texts("beyond"),
        timeline=page.timeline(),
        burn_up=page.burn_up(),
        finished=page.texts("finished"),
        delivered=page.delivered(),
        left_out=page.texts("left_out."),
        freshness=" ".join(page.texts("freshness")),
        zone=page.zone.key,
        as_of=page.moment(datetime.fromisoformat(body["as_of"])),
        published=page.moment(saying.published_at),
        published_by=saying.published_by.name,
        published_for=saying.published_for.name if saying.published_for else "",
        reconstructed_on=page.day(saying.reconstructed_on),
    )


def week_words(starts_on: date) -> str:
    """ "6–12 Aug 2012": always with the year, since what is published is read for years."""
    end = starts_on + timedelta(days=6)
    first = dateformat.format(starts_on, "j" if starts_on.month == end.month else "j M")
    if starts_on.year != end.year:
        first = dateformat.format(starts_on, "j M Y")
    join = "–" if starts_on.month == end.month else " – "
    return f"{first}{join}{dateformat.format(end, 'j M Y')}"


def article(revision: ReportRevision) -> SafeString:
    """The stored HTML of a revision: our own templates escaped it when it was published."""
    return SafeString(revision.html)


def preview_of(report: Report, draft: Draft, *, by: User) -> Status:
    """What the draft would say if ``by`` published it now."""
    text = compose(report=report, draft=draft)
    saying = Saying(1, now(), by, None, None)
    return status_of(report=report, body=draft.body, text=text, saying=saying)


def frozen_of(report: Report) -> Status:
    """What is about to go out: a report that is being published."""
    return status_of(
        report=report,
        body=json.loads(report.frozen_facts),
        text=report.frozen_text,
        saying=Saying(1, report.publish_at, report.publishing_by, report.publishing_for, None),
    )


class _Page:
    """Reads one body and one text; every day is said as seen from the day of the facts."""

    def __init__(self, body: dict[str, Any], text: Text) -> None:
        self.figures = body["figures"]
        self.text = text
        self.zone = ZoneInfo(body["inputs"]["zone"])
        self.today = date.fromisoformat(self.figures["window"]["to_day"])
        self.committed = [row for row in self.figures["milestones"] if row["committed_on"]]
        self.committed.sort(key=lambda row: (row["committed_on"], row["number"]))

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Sentences under these keys; a key that ends in a dot stands for all that begin so."""
        return tuple(
            row["text"]
            for row in self.text["sentences"]
            if any(_is(row["key"], key) for key in keys)
        )

    def rules(self) -> Rules | None:
        """Said only where the rules say something else than the DM."""
        computed = self.text["computed"]
        if computed["colour"] == self.text["colour"]:
            return None
        shape = Shape(computed["colour"])
        return Rules(shape.value, computed["sentence"], shape is not Shape.NOT_KNOWN)

    def milestones(self) -> tuple[MilestoneLine, ...]:
        return tuple(self._line(row, "milestone", "criteria") for row in self.committed)

    def delivered(self) -> tuple[MilestoneLine, ...]:
        """What was finished, under the outcome that it serves."""
        lines = [self._line(row, "delivered") for row in self.committed]
        beyond = MilestoneLine("", "", self.texts("delivered.beyond"))
        return tuple(line for line in [*lines, beyond] if line.sentences)

    def _line(self, row: dict[str, Any], *kinds: str) -> MilestoneLine:
        texts = self.texts(*(f"{kind}.{row['number']}" for kind in kinds))
        return MilestoneLine(row["name"], row["outcome"], texts)

    def timeline(self) -> Timeline | None:
        """The committed milestones on a line of time; nothing to draw without any."""
        if not self.committed:
            return None
        return Timeline(
            name="milestones",
            title="Committed milestones",
            as_of=self.today,
            milestones=[_on_timeline(row) for row in self.committed],
        )

    def burn_up(self) -> BurnUp | None:
        """Of the committed milestones, or of all work while nothing is committed."""
        figures = self.figures
        promised = bool(self.committed and figures["promised"] and figures["promised"]["items"])
        now = figures["promised"] if promised else figures["total"]
        if not now or not now["items"]:
            return None
        weeks = figures["burnup_promised"] if promised else figures["burnup"]
        points = [_point(row["ends_on"], row) for row in weeks[-BURN_UP_WEEKS:]]
        latest = BurnUpWeek(self.today, now["items"], now["done"])
        what = "Items of the committed milestones" if promised else "All items"
        return BurnUp(
            name="burn-up",
            title=f"{what}: in scope and done",
            unit="items",
            as_of=self.today,
            weeks=[*points, latest],
            committed_on=self._next_commitment(),
        )

    def _next_commitment(self) -> date | None:
        """The first committed date of a milestone that has open items."""
        days = [row["committed_on"] for row in self.committed if row["open"]]
        return date.fromisoformat(days[0]) if days else None

    def moment(self, at: datetime) -> Moment:
        words = dates.instant_words(at, zone=self.zone, today=self.today)
        return Moment(words, at.isoformat(), dates.instant_title(at, zone=self.zone))

    def day(self, day: date | None) -> Day | None:
        return Day(dates.day_words(day, today=self.today), day.isoformat()) if day else None


def _is(key: str, wanted: str) -> bool:
    return key.startswith(wanted) if wanted.endswith(".") else key == wanted


def _on_timeline(row: dict[str, Any]) -> TimelineMilestone:
    """Done, late by the rules, or else not known: nothing forecasts it yet."""
    shape, word = Shape.NOT_KNOWN, ""
    if row["items"]:
        word = f"{row['done']} of {sentences.count(row['items'], 'item')} done"
    if row["done_on"]:
        shape = Shape.ON_TRACK
    elif row["days_past"]:
        shape = Shape(rag.schedule_colour(row["days_past"]))
        word = f"{sentences.count(row['days_past'], 'day')} past its date"
    first = row["first_committed_on"]
    return TimelineMilestone(
        name=row["name"],
        shape=shape,
        word=word,
        committed_on=date.fromisoformat(row["committed_on"]),
        original_on=date.fromisoformat(first) if first != row["committed_on"] else None,
        done_on=date.fromisoformat(row["done_on"]) if row["done_on"] else None,
    )


def _point(day: str, row: dict[str, Any]) -> BurnUpWeek:
    return BurnUpWeek(date.fromisoformat(day), row["scope"], row["done"])
