"""The audit record: every service leaves a row in the transaction that made the change."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from string import Formatter
from typing import Any

from dm_portal.people.audit_words import Said, change_words, decisions_in_words
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import now

# Where what is being done comes from. Set by ``coming_from``; in a process of its own, once.
origin: ContextVar[str] = ContextVar("audit_origin", default="")

_sentences: dict[str, str] = {}
_common: dict[str, str] = {}
_decisions: dict[str, Callable[[str], str]] = {}

# Told by the verb itself: "paused", "resumed", "closed".
TOLD = {"state"}

PORTAL = "The portal"


def register(
    sentences: Mapping[str, str],
    *,
    common: Mapping[str, str] | None = None,
    decisions: Mapping[str, Callable[[str], str]] | None = None,
) -> None:
    """Name an app's verbs: verb -> the rest of a sentence after the actor's name.

    The sentence may use ``{target}`` and, as ``{before[...]}`` and ``{after[...]}``, what changed.
    ``common`` are the kinds of targets whose name begins with a common noun, each with what
    stands before it in a sentence: "the weekly status of …", "import 3". ``decisions`` are the
    verbs whose changes are of others' words, not of our fields, each with what says a decision.

    Raises:
        ValueError: a verb is already registered with another sentence.
    """
    for verb, sentence in sentences.items():
        if _sentences.setdefault(verb, sentence) != sentence:
            raise ValueError(f"The audit verb {verb} is registered twice.")
    _common.update(common or {})
    _decisions.update(decisions or {})


@contextmanager
def coming_from(name: str) -> Iterator[None]:
    """Whatever is recorded inside says that it came from there.

    The middleware says "web 10.0.0.7", a command "command import_work", the clock what it does.
    """
    token = origin.set(name)
    try:
        yield
    finally:
        origin.reset(token)


def registered() -> Mapping[str, str]:
    return dict(_sentences)


def sentence(event: AuditEvent) -> str:
    """What happened, in words: ``Ada Byron moved the date of Release 2.1 from … to …``."""
    words = _sentences[event.verb].format(
        target=_target(event), before=Said(event, event.before), after=Said(event, event.after)
    )
    return f"{event.actor_name} {words}"


def _target(event: AuditEvent) -> str:
    label = event.target_label
    if event.target_kind not in _common:
        return label
    return f"{_common[event.target_kind]}{label[:1].lower()}{label[1:]}"


def changes_in_words(event: AuditEvent) -> str:
    """What was changed and is not in the sentence: "Name: Atlas 2 (was Atlas)". Often nothing."""
    if event.verb in _decisions:
        return decisions_in_words(event, _decisions[event.verb])
    told = TOLD | _named_in(_sentences[event.verb])
    fields = [*event.before, *(name for name in event.after if name not in event.before)]
    return " · ".join(change_words(event, name) for name in fields if name not in told)


def changes(event: AuditEvent) -> str:
    """Field by field what was before and after, as it is stored: for the CSV."""
    fields = [*event.before, *(name for name in event.after if name not in event.before)]
    is_ours = event.verb not in _decisions
    return "; ".join(_change(name, event.before, event.after, is_ours) for name in fields)


def _change(name: str, before: dict[str, Any], after: dict[str, Any], is_ours: bool) -> str:
    label = name.replace("_", " ") if is_ours else name
    if name not in before:
        return f"{label}: {_said(after[name])}"
    if name not in after:
        return f"{label}: {_said(before[name])}"
    return f"{label}: {_said(before[name])} → {_said(after[name])}"


def _said(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)


def note(event: AuditEvent) -> str:
    """What was decided, or changed where something was there before: all of it is in the CSV."""
    return changes_in_words(event) if event.before or event.verb in _decisions else ""


def _named_in(words: str) -> set[str]:
    """The fields that a sentence names itself: ``{after[reason]}`` names the reason."""
    named = (name for _, name, _, _ in Formatter().parse(words) if name and "[" in name)
    return {name.partition("[")[2].rstrip("]") for name in named}


def record(
    verb: str,
    target: Any,
    *,
    by: User | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> AuditEvent:
    """Write the audit row of one act. ``by=None``: the portal itself (the clock, a command).

    ``at``: when it was done, where that was before now.

    A target names itself by ``str()``; ``audit_ref``, ``customer_ref`` and ``engagement_ref``
    are read from it where it has them.

    Raises:
        KeyError: the verb is not registered.
    """
    event = _event(verb, target, by=by, before=before, after=after)
    event.occurred_at = at or event.occurred_at
    event.save(force_insert=True)
    return event


def record_each(verb: str, targets: Iterable[Any], *, by: User | None) -> None:
    """Write one audit row for each target of one act, in one statement.

    Raises:
        KeyError: the verb is not registered.
    """
    AuditEvent.objects.bulk_create([_event(verb, target, by=by) for target in targets])


def _event(
    verb: str,
    target: Any,
    *,
    by: User | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """The row of one act, not written yet."""
    if verb not in _sentences:
        raise KeyError(f"The audit verb {verb} is not registered.")
    return AuditEvent(
        occurred_at=now(),
        actor_ref=by.ref if by else "",
        actor_name=by.name if by else PORTAL,
        verb=verb,
        target_kind=target._meta.label_lower,
        target_ref=str(getattr(target, "audit_ref", None) or getattr(target, "ref", "")),
        target_label=str(target)[:300],
        customer_ref=getattr(target, "customer_ref", ""),
        engagement_ref=getattr(target, "engagement_ref", ""),
        before=_plain(before),
        after=_plain(after),
        origin=origin.get()[:80],
    )


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: _word(value) for key, value in (values or {}).items()}


def _word(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) else str(value)
