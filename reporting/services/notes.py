"""Notes: written, changed, taken back, sorted into a status. The record holds no word of them."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Engagement, Milestone
from reporting.models import Note, Report, UntoldRed
from reporting.services.drafts import save_draft
from reporting.wording import OWN_WORDS_LENGTH

Outcome = Note.Outcome


@transaction.atomic
def write_note(*, engagement: Engagement, text: str, purpose: str, by: User) -> Note:
    """Keep a note."""
    note = Note.objects.create(
        engagement=engagement, text=text, purpose=purpose, written_at=now(), written_by=by
    )
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
    *, note: Note, act: str, report: Report, version: int, by: User, **words: Any
) -> Note:
    """Save a draft, and with it what becomes of a note that waits for it.

    ``act`` is "insert" (it becomes a paragraph of the DM's own words), "carry" (not this week) or
    "done". ``words`` are those of ``save_draft``.

    Raises:
        DomainError: it is no draft, the note is settled, or there is no room for it.
        Conflict: somebody else saved the draft since ``version``, or changed the note.
    """
    if act == "insert":
        words["own_words"] = _with_note(words["own_words"], note)
    save_draft(report=report, version=version, by=by, **words)
    if act == "carry":
        _require_open(note)
        _change(note, note.version, carried_past=report)
        record("note.carried", note, by=by)
    else:
        _settle(note, note.version, Outcome.USED if act == "insert" else Outcome.DONE, by)
    return note


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
