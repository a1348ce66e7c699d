"""What stands beside a draft: each sentence's facts, the rules, who reads it, what it rests on.

Read models for the DM's pages; nothing here is shown to a customer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.forms import BoundField

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from dm_portal.shell.dates import day_words, instant_words
from dm_portal.shell.wording import count
from reporting import editing, note_places, policies, sentences
from reporting.drafting import Draft
from reporting.facts import figures_from
from reporting.forms import DraftForm
from reporting.item_lines import ItemLine, Names
from reporting.models import Note, Report

# What a fact's name says to people: the last part of its path in the figures.
LABELS = {
    "answer_by": "answer needed by",
    "asked_on": "asked on",
    "back": "added back in the window",
    "back_late": "added back before, imported since",
    "blocked": "blocked",
    "changed_by": "changed by",
    "changed_on": "changed on",
    "committed_on": "committed for",
    "created": "added in the window",
    "created_late": "added before, imported since",
    "criteria": "criteria",
    "criteria_met": "criteria met",
    "criteria_met_on": "the last criterion met on",
    "criteria_share": "per cent of the criteria",
    "days": "days",
    "days_late": "days late",
    "days_past": "days past the date",
    "done": "done",
    "done_on": "done on",
    "done_share": "per cent done",
    "due_on": "promised for",
    "ended_on": "ended on",
    "ends_on": "the sprint ends on",
    "expected_from": "expected from",
    "expected_to": "expected up to",
    "finished": "finished in the window",
    "finished_again": "done at the last status, too",
    "finished_late": "finished before, imported since",
    "first": "the first on",
    "first_committed_on": "first committed for",
    "first_told": "first told of in the window",
    "first_told_late": "first told of before, imported since",
    "from_day": "from",
    "gone": "gone from the tracker in the window",
    "gone_late": "gone before, reported since",
    "imported_on": "last import",
    "items": "items",
    "items_done_on": "the last item done on",
    "kept_on": "done on",
    "key": "the oldest",
    "known_until_day": "told until",
    "last": "the last on",
    "late_in": "came before, known since",
    "late_out": "left before, known since",
    "met_on": "met on",
    "moved": "dates changed",
    "moved_in": "moved in",
    "moved_out": "moved out",
    "moved_to": "moved to",
    "needed_by": "needed by",
    "new_on": "new date",
    "no_milestone": "in no milestone",
    "notice": "working days of notice",
    "old_on": "old date",
    "open": "open",
    "promise": "what was promised",
    "raised_on": "raised on",
    "reason": "reason",
    "recorded": "dates recorded later",
    "recorded_on": "the last on",
    "redated_late": "counted before, created later",
    "refused": "rows refused",
    "removed": "withdrawn in the window",
    "removed_late": "withdrawn before, reported since",
    "reopened": "reopened in the window",
    "reopened_late": "reopened before, imported since",
    "resolved_on": "decided on",
    "since_day": "blocked since",
    "statement": "criterion",
    "text": "in the words for the customer",
    "title": "what was asked",
    "to": "of whom",
    "to_day": "up to",
    "total": "work",
    "undated": "without a created date",
    "undecided": "in states not decided on",
    "until_day": "up to",
    "without_answer": "without an answer",
    "working_days": "working days",
    "working_days_past": "working days past that day",
}
# What the part before it says of such a fact.
OF = {"before": "before this correction", "decided": "by what was decided since"}

MINUTE = 60
# Facts that are days, besides those whose names say so.
DAYS = ("first", "last", "needed_by", "answer_by", "moved_to", "expected_from", "expected_to")


@dataclass(frozen=True, slots=True)
class FactLine:
    """One value that a sentence says, and the items behind it."""

    label: str
    value: str
    items: tuple[ItemLine, ...]


@dataclass(frozen=True, slots=True)
class SentenceLine:
    """A sentence as the customer will read it, with what it rests on.

    ``late`` says as of when that is, where it is older than promised. ``rules`` are the rules'
    words where the DM wrote others, which are stale where the facts are others by now;
    ``left_out`` is why it is not said. ``words`` and ``out`` are its fields of the form.
    """

    key: str
    about: str
    text: str
    facts: tuple[FactLine, ...]
    late: str
    rules: str
    left_out: str
    is_stale: bool
    words: BoundField
    out: BoundField


@dataclass(frozen=True, slots=True)
class LastSave:
    """Who saved the report last, when, and that in words: "Saved at 16:02 by Mara Lindqvist"."""

    by: str
    at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """The sentences under one heading of the customer's page."""

    title: str
    lines: tuple[SentenceLine, ...]


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note that waits beside a draft; ``by`` is empty where the reader wrote it, ``place`` where
    it names no group of sentences.
    """

    place: str
    ref: str
    text: str
    by: str
    written_at: datetime
    is_carried: bool


# Which sentences stand under which heading: keys, or the beginning of keys up to a dot.
SECTIONS = {
    "Since the last status": sentences.CHANGED,
    "Milestones": ("milestone.", "expected.", "criteria.", "blocked.", "beyond"),
    "Delivered": sentences.DELIVERED,
    "Next week": sentences.AHEAD,
    "Open between us": sentences.OPEN,
    "What it rests on": ("freshness", "left_out.", "recorded"),
}
# What the customer's page has above them where there was no status before.
FIRST_TITLES = {"Since the last status": "What changed"}

# What people recorded here, and what is said of the files themselves: counted from no source.
RECORDED_HERE = (
    "since",
    "date.",
    "dates",
    "criteria.",
    "met.",
    "recorded",
    "freshness",
    "left_out.refused",
    "corrected",
    *("answered.", "resolved.", "promise.", "ask.", "escalation.", "risk."),
)


def sections(
    draft: Draft,
    *,
    late: str,
    sources: Mapping[int, str],
    form: DraftForm,
) -> list[Section]:
    """What the rules wrote, in the order of the customer's page, each sentence with its facts.

    ``sources`` names the engagement's sources by their numbers; ``form`` has the sentences as the
    DM made them, and their fields.
    ``late`` says as of when the oldest source is that is older than promised. What sources tell
    is one sum of all of them, so that it is said of every sentence that is counted from any.
    """
    lines = _sentence_lines(draft, late, Names(draft.body, sources), form)
    titles = {} if draft.since else FIRST_TITLES
    found = [
        Section(
            titles.get(title, title),
            tuple(line for line in lines if sentences.is_under(line.key, keys)),
        )
        for title, keys in SECTIONS.items()
    ]
    return [section for section in found if section.lines]


def _sentence_lines(draft: Draft, late: str, names: Names, form: DraftForm) -> list[SentenceLine]:
    today = date.fromisoformat(draft.body["figures"]["window"]["to_day"])
    listed: dict[str, Any] = {row["key"]: row["facts"] for row in _listed(draft, names)}
    return [
        SentenceLine(
            key=row["key"],
            about=row["about"],
            text=row["text"],
            facts=tuple(
                _fact_line(each, names, today) for each in listed.get(row["key"]) or row["facts"]
            ),
            late="" if sentences.is_under(row["key"], RECORDED_HERE) else late,
            rules=row["rules"],
            left_out=editing.LEAVE_OUT.get(row["left_out"], ""),
            is_stale=row["is_stale"],
            words=form[f"text-{row['key']}"],
            out=form[f"out-{row['key']}"],
        )
        for row in form.rows
    ]


def _listed(draft: Draft, names: Names) -> list[dict[str, Any]]:
    """The sentences, their facts naming each item by a name that no other item has."""
    if not names.are_shared:
        return draft.sentences
    figures = figures_from(names.apart(), schema=draft.body["schema"])
    return sentences.write(draft.body | {"figures": figures})


def _fact_line(fact: dict[str, Any], names: Names, today: date) -> FactLine:
    path = fact["name"].split(".")
    name, of = path[-1], OF.get(path[-2]) if len(path) > 1 else None
    label = f"{LABELS[name].removesuffix(' in the window')}, {of}" if of else LABELS[name]
    items = tuple(names.line(key) for key in fact["rows"])
    value = names.line(fact["value"]).name if name == "key" else fact["value"]
    return FactLine(label, _value_words(value, name, today), items)


def _value_words(value: object, name: str, today: date) -> str:
    if value is None:
        return "none"
    if name in DAYS or name.endswith(("_on", "_day")):
        return day_words(date.fromisoformat(str(value)), today=today)
    return str(value)


def noted(user: Any, *, led: Any) -> ArraySubquery:
    """What waits beside each report, of the notes that ``user`` may read who leads ``led``; for
    ``notes_for``.
    """
    visible = Note.objects.seen_by(user, led=led).filter(engagement=OuterRef("engagement"))
    waiting = visible.waiting().exclude(carried_past=OuterRef("pk"))
    line = JSONObject(
        ref="ref",
        text="text",
        about="about",
        by="written_by__name",
        writer="written_by",
        written_at="written_at",
        carried="carried_past",
    )
    return ArraySubquery(waiting.order_by("written_at", "pk").values(line=line))


def notes_for(report: Any, rows: Sequence[dict[str, Any]], *, user: User) -> list[NoteLine]:
    """What was ``noted`` for this status, for whoever may write it, in the order of the groups of
    sentences to which it belongs; ``rows`` are the sentences. None beside a correction.
    """
    if report.correction_reason or not policies.can_write_report(user, report.engagement):
        return []
    order = {row["key"]: number for number, row in enumerate(rows)}
    placed = [(note_places.place_of(row["text"], row["about"], rows), row) for row in report.noted]
    placed.sort(key=lambda each: order[each[0].key] if each[0] else len(order))
    return [
        NoteLine(
            place=place.title if place else "",
            ref=row["ref"],
            text=row["text"],
            by="" if row["writer"] == user.pk else row["by"],
            written_at=datetime.fromisoformat(row["written_at"]),
            is_carried=row["carried"] is not None,
        )
        for place, row in placed
    ]


def stop_words() -> str:
    """For how long what is published can be stopped: "5 minutes"; empty where it goes at once."""
    seconds = settings.PUBLISH_DELAY
    minutes, rest = divmod(seconds, 60)
    return count(seconds, "second") if rest else count(minutes, "minute") if minutes else ""


def stop_left(report: Report, *, at: datetime) -> str:
    """How long it can still be stopped: "4 minutes", "less than a minute"; empty where it is not on
    its way out, or goes at any moment.
    """
    left = (report.publish_at - at).total_seconds() if report.publish_at else 0
    if left <= 0:
        return ""
    return count(round(left / MINUTE), "minute") if left >= MINUTE else "less than a minute"


def last_save(report: Report) -> LastSave:
    """Who saved the report last, for whoever comes back to it or comes second."""
    if report.saved_by is None or report.saved_at is None:
        return LastSave("", None, "Nothing saved yet")
    zone = ZoneInfo(report.engagement.time_zone)
    local = report.saved_at.astimezone(zone)
    day = today(zone.key)
    said = instant_words(report.saved_at, zone=zone, today=day)
    at = f"at {local:%H:%M}" if local.date() == day else said
    by = report.saved_by.name
    return LastSave(by, report.saved_at, f"Saved {at} by {by}")
