"""Letters: written in the transaction that causes them, sent afterwards, at least once.

The row is the promise. Whoever sends claims it with one conditional UPDATE, raises the attempt
counter before the work and holds a lease; a sender that dies loses it, and the next one sends.
"""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from dm_portal.people.audit import record
from dm_portal.people.models import OutgoingMail, User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict
from dm_portal.shell.refs import new_ref

# Far longer than EMAIL_TIMEOUT lets one letter take; after it the sender counts as dead.
LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
TRIED_LONG_ENOUGH = timedelta(days=5)

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
) -> OutgoingMail:
    """Write one letter; the same ``dedup_key`` again is the letter that is there already.

    Raises:
        ValidationError: ``recipient`` is no address, so it could smuggle a header in.
    """
    validate_email(recipient)
    ref = new_ref()
    letter = OutgoingMail(
        ref=ref,
        kind=kind,
        recipient=recipient,
        user=user,
        dedup_key=dedup_key,
        message_id=f"<{ref}@{urlsplit(settings.BASE_URL).hostname}>",
        subject=" ".join(subject.split())[:200],
        text=text,
        html=html,
        next_attempt_at=now(),
    )
    OutgoingMail.objects.bulk_create([letter], ignore_conflicts=True)
    return OutgoingMail.objects.get(dedup_key=dedup_key)


def write_letter(
    kind: str, *, to: str, context: Mapping[str, Any], user: User | None = None, dedup_key: str = ""
) -> OutgoingMail:
    """Queue ``templates/mail/<kind>.txt``: its first line is the subject, the rest the text.

    Without a ``dedup_key`` every call is a letter of its own.
    """
    values = {"base_url": settings.BASE_URL, "recipient": to, "person": user, **context}
    with timezone.override(UTC):  # letters say so: the page that causes one has a clock of its own
        rendered = render_to_string(f"mail/{kind}.txt", values)
    subject, _, text = rendered.strip().partition("\n")
    return queue_mail(
        kind=kind,
        recipient=to,
        user=user,
        subject=subject,
        text=f"{text.strip()}\n",
        dedup_key=dedup_key or f"{kind}:{new_ref()}",
    )


def send_due_mails(*, limit: int = 100) -> int:
    """Send what is due, oldest first; how many letters left, or were kept where nothing is sent.

    Call it outside a transaction: each letter is claimed, sent and marked on its own. When the
    mail server is away the rest waits for the next call instead of timing out one by one.
    """
    if not settings.EMAIL_SENDS:
        return _keep(limit)
    _park_lost()
    sent = 0
    due = OutgoingMail.objects.due(now()).order_by("next_attempt_at", "pk")
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        if (letter := _claim(pk)) is None:
            continue
        refusal = _transmit(letter)
        if refusal is None:
            sent += _mark_sent(letter)
        else:
            _mark_refused(letter, refusal)
            if refusal.server_away:
                break
    return sent


@transaction.atomic
def retry_mail(*, mail: OutgoingMail, by: User) -> None:
    """Send a letter again that failed; it starts with a short wait between attempts once more.

    Raises:
        Conflict: it is not parked any more.
    """
    parked = OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.PARKED)
    again = parked.update(
        state=OutgoingMail.State.QUEUED, attempts=0, next_attempt_at=now(), finished_at=None
    )
    if not again:
        raise Conflict("This mail is already on its way.")
    record("mail.retried", mail, by=by)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a letter did not leave. ``for_good``: trying again is no use."""

    words: str
    for_good: bool = False
    server_away: bool = False


def _keep(limit: int) -> int:
    """Nothing is sent here: put what is due where the admins read it."""
    at = now()
    due = OutgoingMail.objects.due(at).order_by("next_attempt_at", "pk").values("pk")[:limit]
    return OutgoingMail.objects.filter(pk__in=due).update(
        state=OutgoingMail.State.KEPT, lease_until=None, finished_at=at
    )


def _park_lost() -> None:
    """Give up on letters whose senders have kept dying for days: they may be the reason."""
    at = now()
    OutgoingMail.objects.filter(
        state=OutgoingMail.State.SENDING,
        lease_until__lte=at,
        created_at__lte=at - TRIED_LONG_ENOUGH,
    ).update(
        state=OutgoingMail.State.PARKED,
        lease_until=None,
        finished_at=at,
        last_error="Whoever sent it died each time.",
    )


def _claim(pk: int) -> OutgoingMail | None:
    """The letter, now ours for the length of a lease; None when somebody else was faster."""
    at = now()
    ours = (
        OutgoingMail.objects.due(at)
        .filter(pk=pk)
        .update(
            state=OutgoingMail.State.SENDING,
            lease_until=at + LEASE,
            attempts=F("attempts") + 1,
        )
    )
    return OutgoingMail.objects.get(pk=pk) if ours else None


def _transmit(letter: OutgoingMail) -> Refusal | None:
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[letter.recipient],
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    try:
        message.send()
    except BadHeaderError as error:
        return Refusal(str(error), for_good=True)
    except OSError as error:  # smtplib's own errors are OSErrors too
        return _refusal(error)
    return None


def _refusal(error: OSError) -> Refusal:
    """5xx on the recipient or the text is about this letter; everything else is the server's."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        [(code, words)] = error.recipients.values()
        return Refusal(f"{code} {_text(words)}", for_good=code >= 500)
    if isinstance(error, smtplib.SMTPDataError):
        return Refusal(
            f"{error.smtp_code} {_text(error.smtp_error)}", for_good=error.smtp_code >= 500
        )
    return Refusal(f"{type(error).__name__}: {error}", server_away=True)


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words


def _mark_sent(letter: OutgoingMail) -> int:
    """Note that it left; a personal link is not kept beyond that."""
    erased = {"text": "", "html": ""} if letter.kind in WITH_PERSONAL_LINK else {}
    return _ours(letter).update(
        state=OutgoingMail.State.SENT, lease_until=None, last_error="", finished_at=now(), **erased
    )


def _mark_refused(letter: OutgoingMail, refusal: Refusal) -> None:
    at = now()
    if refusal.for_good or at - letter.created_at >= TRIED_LONG_ENOUGH:
        outcome: dict[str, Any] = {"state": OutgoingMail.State.PARKED, "finished_at": at}
    else:
        wait = _wait_after(letter.attempts)
        outcome = {"state": OutgoingMail.State.QUEUED, "next_attempt_at": at + wait}
    _ours(letter).update(lease_until=None, last_error=refusal.words, **outcome)


def _wait_after(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, at most an hour."""
    # Past the tenth doubling the hour is reached; the power is not let grow with the counter.
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)


def _ours(letter: OutgoingMail) -> Any:
    """The row, if our claim still stands: a later claim has raised the counter."""
    return OutgoingMail.objects.filter(
        pk=letter.pk, state=OutgoingMail.State.SENDING, attempts=letter.attempts
    )
