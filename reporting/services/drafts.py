"""What the DM adds to a draft: a headline, the next move, one colour."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from reporting import calls, rag
from reporting.drafting import Draft, draft_of, known_to, unmentioned
from reporting.editing import Wanted, contradictions, finding_words, told, with_changes
from reporting.mentions import choices_after, unmentioned_words
from reporting.models import Colour, Report
from reporting.services.sittings import begin_or_go_on, going_on, words_of
from reporting.services.states import State, change, require_version


@transaction.atomic
def save_draft(
    *,
    report: Report,
    headline: str,
    our_move: str,
    colour: str,
    colour_reason: str,
    version: int,
    by: User,
    sentences: Mapping[str, Wanted] | None = None,
    own_words: str | None = None,
    goes_on: bool = False,
) -> Draft:
    """Keep what the DM wrote; the figures and sentences are brought up to now with it.

    ``colour`` may still be empty: not confirmed yet. ``sentences`` are those of the rules that the
    DM changed or left out, by their keys; ``own_words`` stay where none are given. ``report`` is
    brought up to date. ``goes_on``: it is saved while it is being typed; the record gets a row when
    that ends, see ``sittings``.

    Raises:
        DomainError: it is no draft, or the colour is better than the rules' and nobody says why,
            or says only why another colour was.
        Conflict: somebody else saved since ``version``.
    """
    words = {"headline": headline, "our_move": our_move}
    return _keep(
        report,
        words | {"own_words": report.own_words if own_words is None else own_words},
        colour=(colour, colour_reason),
        version=version,
        by=by,
        sentences=sentences or {},
        goes_on=goes_on,
    )


@transaction.atomic
def save_update(
    *,
    report: Report,
    paragraph: str,
    colour: str,
    colour_reason: str,
    version: int,
    by: User,
    goes_on: bool = False,
) -> Draft:
    """Keep an update's paragraph and colour, as ``save_draft`` does.

    Raises:
        DomainError: it is no draft, or the colour is better than the rules' and nobody says why.
        Conflict: somebody else saved since ``version``.
    """
    return _keep(
        report,
        {"paragraph": paragraph},
        colour=(colour, colour_reason),
        version=version,
        by=by,
        sentences={},
        goes_on=goes_on,
    )


def _keep(
    report: Report,
    words: dict[str, str],
    *,
    colour: tuple[str, str],
    version: int,
    by: User,
    sentences: Mapping[str, Wanted],
    goes_on: bool,
) -> Draft:
    """``words``, the colour with its reason, and what was made of the rules' sentences, where
    somebody may still write them.
    """
    require_version(report, version)
    require_draft(report)
    draft = draft_of(report, at=now())
    words = {name: text.strip() for name, text in words.items()}
    call = colour[0]
    draft, reason = with_call(draft, call, colour[1].strip())
    words |= {"colour": call, "colour_reason": reason}
    edits = with_changes(draft.sentences, report.edits, sentences)
    choices = choices_after(draft.body, draft.sentences, edits, report.choices, sentences.keys())
    changes = words | {"edits": edits, "choices": choices}
    changes |= {"drafted": draft.stored, "compiled_as_of": draft.as_of}
    _write(report, changes, by=by, goes_on=goes_on)
    return draft


def _write(report: Report, changes: dict[str, Any], *, by: User, goes_on: bool) -> None:
    """Store what was typed, and record it unless more is to come."""
    at, was = now(), words_of(report)
    typed = {name: changes[name] for name in was if name in changes}
    typed["sentences"] = told(changes["edits"])
    changed = {name: was[name] for name in typed if typed[name] != was[name]}
    if goes_on and not changed:
        return
    before = changed | begin_or_go_on(report, by=by, at=at)
    unrecorded = going_on(before) if goes_on else {}
    change(report, **changes, saved_at=at, saved_by=by, unrecorded=unrecorded)
    if not goes_on:
        before = {name: text for name, text in before.items() if text != typed[name]}
        after = {name: typed[name] for name in before}
        record("report.saved", report, by=by, before=before, after=after)


def with_call(draft: Draft, colour: str, reason: str) -> tuple[Draft, str]:
    """The draft with the DM's call, which may be open yet, and the reason to keep for it.

    Raises:
        DomainError: as ``require_honest_colour``.
    """
    if colour:
        require_honest_colour(colour, reason, draft)
    draft = _with_reason(draft, colour, reason)
    given, computed = draft.given, draft.computed
    return draft, calls.reason_kept(given, colour=colour, computed=computed, reason=reason)


def _with_reason(draft: Draft, colour: str, reason: str) -> Draft:
    """The draft, remembering what a better call was given as its reason."""
    if not rag.is_better(colour or draft.computed, draft.computed):
        return draft
    return replace(draft, given=calls.Given(reason, colour, draft.computed))


def require_draft(report: Report) -> None:
    """Raises DomainError unless the DM may still write."""
    if report.state != State.DRAFT:
        raise DomainError(f"{report} is no draft: {report.get_state_display().lower()}.")


def require_honest_colour(colour: str, reason: str, draft: Draft) -> None:
    """One colour of four; a kinder one than the rules' is explained to the customer.

    Raises:
        DomainError: with what is missing.
    """
    computed = draft.computed
    by_the_rules = Colour(computed).label.lower()
    if colour == Colour.UNKNOWN and computed != Colour.UNKNOWN:
        raise DomainError(f"By the rules it is {by_the_rules}: your call must be one of the known.")
    if rag.is_better(colour, computed) and not reason:
        raise DomainError(
            f"By the rules it is {by_the_rules}. "
            "Say why your call is better; the customer reads it."
        )
    lapsed = calls.lapsed_words(draft.given, colour=colour, computed=computed, reason=reason)
    if lapsed:
        raise DomainError(lapsed, field="colour_reason")


def require_publishable(report: Report, draft: Draft) -> None:
    """An honest colour, nothing untrue, and nothing grave left out.

    Raises:
        DomainError: naming the first that is missing.
    """
    require_honest_colour(report.colour, report.colour_reason, draft)
    require_true(report, draft)
    require_mentioned(report, draft)


def require_true(report: Report, draft: Draft) -> None:
    """Nothing that contradicts a fact goes out, whoever wrote it.

    Raises:
        DomainError: naming the words and the fact.
    """
    words = {name: getattr(report, name) for name in Report.WORDS}
    known = known_to(report, draft)
    for name, findings in contradictions(words, draft.sentences, report.edits, known).items():
        said = " ".join(finding_words(each) for each in findings)
        raise DomainError(said, field=name)


def require_mentioned(report: Report, draft: Draft) -> None:
    """Nothing grave that is new, or worse, is passed over in silence.

    Raises:
        DomainError: naming what, and the sentence that the rules wrote of it.
    """
    found = unmentioned(report, draft)
    if found:
        said = " ".join(unmentioned_words(matter, row) for matter, row in found)
        raise DomainError(said, field=f"text-{found[0][1]['key']}")
