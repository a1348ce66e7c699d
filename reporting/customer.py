"""What a customer reads: frozen values of what was published, and the page made of them.

Nothing here reads the database but ``compose``, which puts the DM's words and the rules'
sentences together once, at the moment of publishing. What is rendered then is stored, and is
what every later reader gets; templates of ``templates/status/`` receive these dataclasses only.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
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
from dm_portal.shell.wording import count
from reporting import editing, rag, sentences, wording
from reporting.calls import reason_kept, start_of
from reporting.drafting import Draft, known_to
from reporting.figures import days_after
from reporting.models import Period, Report, ReportRevision

# Half a year: what a picture of weeks can hold on a phone and on one printed sheet.
BURN_UP_WEEKS = 26
DONE_ON_TIMELINE = 2


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


def compose(*, report: Report, draft: Draft) -> Text:
    """The text of ``report`` as it would be published with the facts of ``draft``."""
    known = known_to(report, draft)
    return Text(
        headline=report.headline,
        our_move=report.our_move,
        own_words=report.own_words,
        paragraph=report.paragraph,
        colour=report.colour or draft.overall["colour"],
        colour_reason=report.colour_reason,
        computed=draft.overall,
        sentences=[] if report.is_update else editing.said(draft.sentences, report.edits, known),
        previous_colour=known.previous,
        correction_reason=report.correction_reason,
    )


def headline_of(text: Text) -> str:
    """The DM's own, or the first sentence of an update's paragraph."""
    return text["headline"] or wording.first_sentence(text.get("paragraph", ""))


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
    """The colour by the rules, where the one that is said is kinder or rests on none."""

    shape: str
    sentence: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Sentences about one thing; ``about`` is a milestone's name or empty."""

    about: str
    texts: tuple[str, ...]
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """One published status, whole, or an update, of which ``paragraph`` is all that is told; texts
    are as the customer reads them.
    """

    engagement: str
    week: str
    number: int
    shape: str
    word: str
    previous_word: str
    headline: str
    paragraph: str
    next_name: str
    next_on: Day | None
    next_past: str  # "7 days past", empty for a date to come
    rules: Rules | None
    reason: str
    our_move: str
    own_words: tuple[str, ...]  # paragraphs, of whoever speaks
    speaks_for: str
    correction_reason: str
    changed: tuple[Line, ...]
    milestones: tuple[Line, ...]
    done_earlier: tuple[Line, ...]
    timeline: Timeline | None
    burn_up: BurnUp | None
    delivered: tuple[Line, ...]
    rests_on: str
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


def article_of(status: Status) -> str:
    """The HTML that is stored with a revision."""
    template = "status/update.html" if status.paragraph else "status/report.html"
    return render_to_string(template, {"status": status})


def status_of(*, report: Report, body: dict[str, Any], text: Text, saying: Saying) -> Status:
    """The frozen values of one revision, from its own facts and text."""
    previous = text["previous_colour"]
    speaker = saying.published_for or saying.published_by
    page = _Page(body, text, speaker=speaker.name)
    return Status(
        engagement=report.engagement.name,
        week="update" if report.is_update else week_words(report.period),
        number=saying.number,
        shape=Shape(text["colour"]).value,
        word=Shape(text["colour"]).word,
        previous_word=Shape(previous).word if previous else "",
        headline=headline_of(text),
        paragraph=text.get("paragraph", ""),
        next_name=page.following["name"] if page.following else "",
        next_on=page.next_on(),
        next_past=page.next_past(),
        rules=page.rules(),
        reason=page.reason(),
        our_move=text["our_move"],
        own_words=wording.paragraphs(text.get("own_words", "")),
        speaks_for=speaker.name,
        correction_reason=text["correction_reason"],
        changed=page.lines(*sentences.CHANGED),
        milestones=page.milestones(),
        done_earlier=page.done_earlier(),
        timeline=page.timeline(),
        burn_up=page.burn_up(),
        delivered=page.lines("finished", "late.finished", "met.", "delivered."),
        rests_on=" ".join(page.texts("freshness", "left_out.", "recorded")),
        zone=page.zone.key,
        as_of=page.moment(datetime.fromisoformat(body["as_of"])),
        published=page.moment(saying.published_at),
        published_by=saying.published_by.name,
        published_for=saying.published_for.name if saying.published_for else "",
        reconstructed_on=page.day(saying.reconstructed_on),
    )


def week_words(period: Period, *, today: date | None = None) -> str:
    """The week of ``period`` as ``wording.week_words`` says it."""
    return wording.week_words(period.starts_on, due_on=period.due_on, today=today)


def article(revision: ReportRevision) -> SafeString:
    """The stored HTML of a revision: our own templates escaped it when it was published."""
    return SafeString(revision.html)


def preview_of(report: Report, draft: Draft, *, by: User) -> Status:
    """What the draft would say if ``by`` published it now."""
    start = start_of(report, given=draft.given, computed=draft.computed)
    text = compose(report=report, draft=draft)
    text["colour"] = start.colour
    text["colour_reason"] = reason_kept(
        draft.given, colour=start.colour, computed=draft.computed, reason=start.reason
    )
    at = now()
    saying = Saying(1, at, by, None, reconstructed_on(report, at=at))
    return status_of(report=report, body=draft.body, text=text, saying=saying)


def frozen_of(report: Report) -> Status:
    """What is about to go out: a report that is being published."""
    frozen: Any = report  # a constraint: none of these columns is empty in this state
    at = frozen.publish_at
    on = reconstructed_on(report, at=at)
    return status_of(
        report=report,
        body=json.loads(frozen.frozen_facts),
        text=frozen.frozen_text,
        saying=Saying(1, at, frozen.publishing_by, frozen.publishing_for, on),
    )


def reconstructed_on(report: Report, *, at: datetime) -> date | None:
    """The local day on which a past week is told, when published at ``at``; None for any other."""
    zone = ZoneInfo(report.engagement.time_zone)
    return at.astimezone(zone).date() if report.is_reconstructed else None


class _Page:
    """Reads one body and one text; every day is said as seen from the day of the facts."""

    def __init__(self, body: dict[str, Any], text: Text, *, speaker: str) -> None:
        self.figures = body["figures"]
        self.speaker = speaker
        self.text = text
        self.thresholds = rag.thresholds_of(body)
        self.zone = ZoneInfo(body["inputs"]["zone"])
        self.today = date.fromisoformat(self.figures["window"]["to_day"])
        self.committed = [row for row in self.figures["milestones"] if row["committed_on"]]
        self.committed.sort(key=lambda row: (row["committed_on"], row["number"]))
        number = self.figures["next"]
        self.following = next((row for row in self.committed if row["number"] == number), None)
        self.earlier = self._done_earlier()
        self.outcomes = {row["name"]: row["outcome"] for row in self.committed}

    def lines(self, *keys: str) -> tuple[Line, ...]:
        """Sentences under these keys; a key that ends in a dot stands for all that begin so."""
        return _joined(self._rows(keys), self.outcomes)

    def texts(self, *keys: str) -> list[str]:
        return [row["text"] for row in self._rows(keys)]

    def _rows(self, keys: tuple[str, ...]) -> list[dict[str, Any]]:
        """Sentences under these keys; what no fact carries is said in the speaker's name."""
        return [
            row | {"text": f"{row['text']} ({self.speaker}’s view)"} if row.get("is_view") else row
            for row in self.text["sentences"]
            if sentences.is_under(row["key"], keys)
        ]

    def rules(self) -> Rules | None:
        """Said only where the DM's colour is kinder than the rules', or rests on no rule at all."""
        declared, computed = self.text["colour"], self.text["computed"]
        is_known = computed["colour"] != "unknown"
        if declared == computed["colour"] or (
            is_known and not rag.is_better(declared, computed["colour"])
        ):
            return None
        said = computed.get("for_customer") or computed["sentence"]
        return Rules(Shape(computed["colour"]).value, said, is_known)

    def reason(self) -> str:
        """Why the DM calls it otherwise than the rules; nothing where they agree."""
        agrees = self.text["colour"] == self.text["computed"]["colour"]
        return "" if agrees else self.text["colour_reason"]

    def milestones(self) -> tuple[Line, ...]:
        """Open ones, the next first, then what was done lately; then what no date covers."""
        lately = [row for row in self.committed if row not in self.earlier]
        lately.sort(key=_is_done)
        return self._of(lately) + self.lines("beyond")

    def done_earlier(self) -> tuple[Line, ...]:
        """What was done before the last status, the last first."""
        return self._of(self.earlier[::-1])

    def _of(self, rows: list[dict[str, Any]]) -> tuple[Line, ...]:
        numbers = [row["number"] for row in rows]
        found = [
            self.lines(f"milestone.{number}", f"criteria.{number}", f"blocked.{number}")
            for number in numbers
        ]
        return tuple(line for lines in found for line in lines)

    def _done_earlier(self) -> list[dict[str, Any]]:
        """Done before the window; the last one stays in sight where nothing else is committed."""
        since = self.figures["window"]["from_day"] or ""
        done = [row for row in self.committed if _is_done(row) and row["done_on"] < since]
        return done[:-1] if len(done) == len(self.committed) else done

    def timeline(self) -> Timeline | None:
        """What is committed, and what was done last; nothing to draw without any."""
        done = [row for row in self.committed if _is_done(row)][-DONE_ON_TIMELINE:]
        drawn = [row for row in self.committed if not _is_done(row) or row in done]
        if not drawn:
            return None
        return Timeline(
            name="milestones",
            title="Committed milestones",
            as_of=self.today,
            milestones=[_on_timeline(row, self.thresholds) for row in drawn],
        )

    def burn_up(self) -> BurnUp | None:
        """Of the next committed milestone, or of all work while nothing is committed."""
        figures = self.figures
        following = self.following
        now = following or figures["total"]
        if not now or not now["items"]:
            return None
        weeks = figures["burnup_next"] if following else figures["burnup"]
        points = [
            BurnUpWeek(date.fromisoformat(row["ends_on"]), row["scope"], row["done"])
            for row in weeks[-BURN_UP_WEEKS:]
        ]
        name = following["name"] if following else "All work"
        known = date.fromisoformat(figures["window"]["until_day"])  # nothing was imported since
        return BurnUp(
            name="burn-up",
            title=f"{name}, week by week",
            unit="items",
            as_of=known,
            weeks=[*points, BurnUpWeek(known, now["items"], now["done"])],
            committed_on=date.fromisoformat(following["committed_on"]) if following else None,
        )

    def next_on(self) -> Day | None:
        """When the next committed milestone that is not done is due."""
        row = self.following
        is_open = row is not None and not row["is_done"]
        return self.day(date.fromisoformat(row["committed_on"])) if row and is_open else None

    def next_past(self) -> str:
        """How long that date has passed."""
        row = self.following
        if row is None or row["is_done"]:
            return ""
        # of work that was never imported no figure tells how late it is: the calendar does
        past = days_after(row["committed_on"], self.today)
        return f"{count(past, 'day')} past" if past else ""

    def moment(self, at: datetime) -> Moment:
        words = dateformat.format(at.astimezone(self.zone), "D j M Y, H:i")
        return Moment(words, at.isoformat(), dates.instant_title(at, zone=self.zone))

    def day(self, day: date | None) -> Day | None:
        return Day(dates.day_words(day, today=self.today), day.isoformat()) if day else None


def _is_done(row: dict[str, Any]) -> bool:
    """All items done and every criterion met; of criteria alone, schema 1 knew no day."""
    return bool(row["is_done"] and row["done_on"])


def _joined(rows: list[dict[str, Any]], outcomes: dict[str, str]) -> tuple[Line, ...]:
    """What is about the same milestone is read as one paragraph, where its first sentence was."""
    texts: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        about = row["about"]
        texts.setdefault((about, "" if about else row["key"]), []).append(row["text"])
    return tuple(
        Line(about, tuple(said), outcomes.get(about, "")) for (about, _), said in texts.items()
    )


def _on_timeline(row: dict[str, Any], thresholds: rag.Thresholds) -> TimelineMilestone:
    """Done in time or late, past its date, or else not known: nothing forecasts it yet."""
    shape, word = Shape.NOT_KNOWN, "" if row["items"] is None else "no items yet"
    if row["items"]:
        word = f"{row['done']} of {count(row['items'], 'item')} done"
    if row["is_done"]:
        shape = Shape(rag.schedule_colour(row["days_late"] or 0, thresholds))
    elif row["days_past"]:
        shape = Shape(rag.schedule_colour(row["days_past"], thresholds))
        word = f"{count(row['days_past'], 'day')} past its date"
    first = row["first_committed_on"]
    return TimelineMilestone(
        name=row["name"],
        shape=shape,
        word=word,
        committed_on=date.fromisoformat(row["committed_on"]),
        original_on=date.fromisoformat(first) if first != row["committed_on"] else None,
        done_on=date.fromisoformat(row["done_on"]) if _is_done(row) else None,
    )
