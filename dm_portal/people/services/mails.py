"""Letters, written in the transaction that causes them; ``sending`` sends them afterwards.

The row is the promise: whoever commits it can count on at least one letter.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.validators import validate_email
from django.db import transaction

from dm_portal.people import composing, letters
from dm_portal.people.audit import record, record_each
from dm_portal.people.models import OutgoingMail, User
from dm_portal.people.services.preferences import ending_url
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict
from dm_portal.shell.refs import new_ref
from dm_portal.shell.wake import wake

SEND = "reporting.tasks.send_mails"
# Their text lets whoever reads it act as the person it was written to.
WITH_PERSONAL_LINK = frozenset({"invitation", "password_link", "email_link"})


def queue_mail(
    *,
    kind: str,
    recipient: str,
    subject: str,
    text: str,
    dedup_key: str,
    html: str = "",
    user: User | None = None,
    reply_to: User | None = None,
) -> OutgoingMail:
    """Write one letter; the same ``dedup_key`` again is the letter that is there already.

    ``reply_to`` is the person who stands behind it, if one does.

    Raises:
        ValidationError: ``recipient`` is no address, so it could smuggle a header in.
    """
    words = composing.Written(composing.one_line(subject), text, html)
    people = {"user": user, "reply_to": reply_to}
    letter = _letter(words, kind=kind, recipient=recipient, dedup_key=dedup_key, **people)
    return queue_letters([letter])[0]


def queue_letters(letters: Sequence[OutgoingMail]) -> list[OutgoingMail]:
    """Write letters that are composed, in two statements for any number.

    Returns them as they are stored, in their order: of the same ``dedup_key`` that which is there
    already.
    """
    OutgoingMail.objects.bulk_create(letters, ignore_conflicts=True)
    keys = [letter.dedup_key for letter in letters]
    stored = {row.dedup_key: row for row in OutgoingMail.objects.filter(dedup_key__in=keys)}
    return [stored[key] for key in keys]


def _letter(words: composing.Written, *, recipient: str, **fields: Any) -> OutgoingMail:
    validate_email(recipient)
    ref = new_ref()
    return OutgoingMail(
        ref=ref,
        recipient=recipient,
        message_id=f"<{ref}@{urlsplit(settings.BASE_URL).hostname}>",
        subject=words.subject,
        text=words.text,
        html=words.html,
        next_attempt_at=now(),
        **fields,
    )


def write_letter(
    kind: str,
    *,
    to: str,
    context: Mapping[str, Any],
    user: User | None = None,
    reply_to: User | None = None,
    dedup_key: str = "",
    engagements: Iterable[int] = (),
) -> OutgoingMail:
    """Queue ``templates/mail/<kind>``, as text and as HTML.

    Without a ``dedup_key`` every call is a letter of its own. Of letters that always come the
    workers are told at once: somebody waits for them.
    """
    category = letters.category_of(kind)
    if category is None or category.always_comes:
        wake(SEND)
    letter = compose_letter(
        kind,
        to=to,
        context=context,
        user=user,
        reply_to=reply_to,
        dedup_key=dedup_key,
        engagements=engagements,
    )
    return queue_letters([letter])[0]


def compose_letter(
    kind: str,
    *,
    to: str,
    context: Mapping[str, Any],
    user: User | None = None,
    reply_to: User | None = None,
    dedup_key: str = "",
    engagements: Iterable[int] = (),
) -> OutgoingMail:
    """The letter that ``write_letter`` queues, not stored yet.

    ``engagements`` are those (primary keys) of which it tells: it leaves only while its reader sees
    all of them.

    Raises:
        ValidationError: ``to`` is no address.
    """
    values = {
        "recipient": to,
        "person": user,
        "category": letters.category_of(kind),
        "unsubscribe_url": ending_url(kind, user),
        **context,
    }
    return _letter(
        composing.compose(kind, values),
        kind=kind,
        recipient=to,
        user=user,
        reply_to=reply_to,
        dedup_key=dedup_key or f"{kind}:{new_ref()}",
        engagements=sorted(set(engagements)),
    )


@transaction.atomic
def retry_mail(*, mail: OutgoingMail, by: User) -> None:
    """Send a letter again that failed; it is tried as often and as long as a new one.

    Raises:
        Conflict: it is not parked any more.
    """
    if not _send_again(OutgoingMail.objects.filter(pk=mail.pk)):
        raise Conflict("This mail is already on its way.")
    record("mail.retried", mail, by=by)


@transaction.atomic
def retry_mails(*, problem: str, by: User) -> int:
    """Send all parked letters again that failed alike; how many they are.

    ``problem`` is the first word of what went wrong, as ``OutgoingMail.objects.problems`` names it.

    Raises:
        Conflict: none of them is parked any more.
    """
    # not asked of the database, which takes no NUL that somebody may send
    if problem not in dict(OutgoingMail.objects.problems()):
        raise Conflict("These mails are on their way already.")
    alike = OutgoingMail.objects.parked().filter(problem=problem)
    mails = list(alike.defer("text", "html").select_for_update())
    _send_again(OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails]))
    record_each("mail.retried", mails, by=by)
    return len(mails)


def _send_again(mails: Any) -> int:
    at = now()
    parked: int = mails.filter(state=OutgoingMail.State.PARKED).update(
        state=OutgoingMail.State.QUEUED,
        attempts=0,
        trying_since=at,
        next_attempt_at=at,
        finished_at=None,
    )
    return parked
