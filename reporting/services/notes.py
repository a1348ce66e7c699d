"""Notes: written, changed, taken back, sorted into a status. The record holds no word of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Engagement, Milestone
from reporting.editing import Wanted
from reporting.models import Note, Report, UntoldRed
from reporting.note_places import Place
from reporting.services.drafts import save_draft
from reporting.wording import OWN_WORDS_LENGTH, SENTENCE_LENGTH

Outcome = Note.Outcome


@transaction.atomic
def write_note(
    *, engagement: Engagement, text: str, purpose: str, by: User, about: str = ""
) -> Note:
    """Keep a note; ``about`` is what the page was about on which it was written."""
    said = {"text": text, "purpose": purpose, "about": about}
    note = Note.objects.create(engagement=engagement, written_at=now(), written_by=by, **said)
    record("note.written", note, by=by, after={"purpose": purpose})
    return note


@transaction.atomic
def change_note(*, note: Note, text: str, purpose: str, version: int, by: User) -> None:
    """Other words, or for something else.

    Raises:
        DomainError: it is settled.
        Conflict: somebody changed it since ``version``.
    """
    _require_open(note)
    before = {"purpose": note.purpose} if note.purpose != purpose else {}
    _change(note, version, text=text, purpose=purpose)
    record("note.changed", note, by=by, before=before, after={"purpose": purpose} if before else {})


@transaction.atomic
def take_back_note(*, note: Note, version: int, by: User) -> None:
    """Nobody reads it any more.

    Raises:
        DomainError: it is settled.
        Conflict: somebody changed it since ``version``.
    """
    _settle(note, version, Outcome.TAKEN_BACK, by)


@transaction.atomic
def place_note(
    *,
    note: Note,
    act: str,
    report: Report,
    version: int,
    by: User,
    place: Place | None = None,
    **words: Any,
) -> Note:
    """Save a draft, and with it what becomes of a note that waits for it.

    ``act`` is "insert" (it becomes the end of the group of its ``place``, or a paragraph of the
    DM's own words where it has none), "carry" (not this week) or "done". ``words`` are those of
    ``save_draft``.

    Raises:
        DomainError: it is no draft, the note is settled, or there is no room for it.
        Conflict: somebody else saved the draft since ``version``, or changed the note.
    """
    if act == "insert" and place:
        words["sentences"] = _at_end(words.get("sentences") or {}, place, note)
    elif act == "insert":
        words["own_words"] = _with_note(words["own_words"], note)
    save_draft(report=report, version=version, by=by, **words)
    if act == "carry":
        _require_open(note)
        _change(note, note.version, carried_past=report)
        record("note.carried", note, by=by)
    else:
        _settle(note, note.version, Outcome.USED if act == "insert" else Outcome.DONE, by)
    return note


def _at_end(sentences: Mapping[str, Wanted], place: Place, note: Note) -> dict[str, Wanted]:
    """The sentences that are changed with the draft, and the note as the end of its group."""
    typed = sentences.get(place.key)
    text = f"{typed['text'] if typed else place.text} {note.text}"
    if len(text) > SENTENCE_LENGTH:
        raise DomainError(
            f"There is no room for this note: {SENTENCE_LENGTH} characters at most.",
            field=f"text-{place.key}",
        )
    return {**sentences, place.key: Wanted(text=text, left_out="")}


def _with_note(own_words: str, note: Note) -> str:
    """The DM's own words, and the note as their last paragraph."""
    words = "\n\n".join(filter(None, [own_words.strip(), note.text]))
    if len(words) > OWN_WORDS_LENGTH:
        raise DomainError(
            f"There is no room for this note: {OWN_WORDS_LENGTH} characters at most.",
            field="own_words",
        )
    return words


@transaction.atomic
def leave_red_untold(*, milestone: Milestone, turned_on: date, reason: str, by: User) -> UntoldRed:
    """Not now: the customer is not told at once that a milestone turned red.

    Raises:
        DomainError: there is no reason.
    """
    reason = reason.strip()
    if not reason:
        raise DomainError("Say why the customer need not hear of it now.")
    said = {"reason": reason, "left_at": now(), "left_by": by}
    left, _ = UntoldRed.objects.update_or_create(
        milestone=milestone, turned_on=turned_on, defaults=said
    )
    after = {"turned_on": turned_on, "reason": reason}
    record("milestone.red_left_untold", milestone, by=by, after=after)
    return left


def _settle(note: Note, version: int, outcome: str, by: User) -> None:
    _require_open(note)
    _change(note, version, outcome=outcome, settled_at=now(), settled_by=by)
    record(f"note.{outcome}", note, by=by)


def _require_open(note: Note) -> None:
    if not note.is_open:
        raise DomainError(f"This note is settled: {note.get_outcome_display().lower()}.")


def _change(note: Note, version: int, **values: Any) -> None:
    """Write ``values`` if the note is as it was at ``version``, and still open."""
    unchanged = Note.objects.filter(pk=note.pk, version=version, outcome="")
    if not unchanged.update(**values, version=F("version") + 1):
        raise Conflict("This note was changed meanwhile.")
    for name, value in values.items():
        setattr(note, name, value)
    note.version = version + 1
