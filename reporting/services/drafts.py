"""What the DM adds to a draft: a headline, the next move, one colour."""

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from reporting import rag
from reporting.drafting import Draft, draft_of
from reporting.models import Colour, Report
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
) -> Draft:
    """Keep what the DM wrote; the figures and sentences are brought up to now with it.

    ``colour`` may still be empty: not confirmed yet. ``report`` is brought up to date.

    Raises:
        DomainError: it is no draft, or the colour is better than the rules' and nobody says why.
        Conflict: somebody else saved since ``version``.
    """
    require_version(report, version)
    require_draft(report)
    draft = draft_of(report, at=now())
    words = {
        "headline": headline.strip(),
        "our_move": our_move.strip(),
        "colour": colour,
        "colour_reason": colour_reason.strip(),
    }
    if colour:
        require_honest_colour(colour, words["colour_reason"], draft)
    changed = [name for name in words if getattr(report, name) != words[name]]
    before = {name: getattr(report, name) for name in changed}
    change(report, **words, drafted=draft.stored, compiled_as_of=draft.as_of)
    record(
        "report.saved", report, by=by, before=before, after={name: words[name] for name in before}
    )
    return draft


def require_draft(report: Report) -> None:
    """Raises DomainError unless the DM may still write."""
    if report.state != State.DRAFT:
        raise DomainError(f"{report} is no draft: {report.get_state_display().lower()}.")


def require_honest_colour(colour: str, reason: str, draft: Draft) -> None:
    """One colour of four; a kinder one than the rules' is explained to the customer.

    Raises:
        DomainError: with what is missing.
    """
    computed = draft.overall["colour"]
    by_the_rules = Colour(computed).label.lower()
    if colour == Colour.UNKNOWN and computed != Colour.UNKNOWN:
        raise DomainError(f"By the rules it is {by_the_rules}: your call must be one of the known.")
    if rag.is_better(colour, computed) and not reason:
        raise DomainError(
            f"By the rules it is {by_the_rules}. "
            "Say why your call is better; the customer reads it."
        )
