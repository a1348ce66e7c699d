"""Letters leave: at least once, whatever dies in between.

Whoever sends claims a letter with one conditional UPDATE, raises the attempt counter before the
work and holds a lease; a sender that dies loses it, and the next one sends.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet

from dm_portal.people import mail_server
from dm_portal.people.models import OutgoingMail
from dm_portal.people.services.mails import WITH_PERSONAL_LINK
from dm_portal.people.services.posting import Post, Refusal
from dm_portal.people.withholding import why_withheld
from dm_portal.shell.clock import now

# Far longer than one letter may take; after it the sender counts as dead.
LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
TRIED_LONG_ENOUGH = timedelta(days=5)
# Once our mail server is back, no letter waits longer for it to be noticed.
LONGEST_AWAY = timedelta(minutes=5)
# After so long a call claims no further letter, so that no deadline hits one on its way.
LONGEST_CALL = 50  # seconds


def send_due_mails(*, limit: int = 100, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Send what is due, oldest first; how many letters left, or were kept where nothing is sent.

    Call it outside a transaction: each letter is claimed, sent and marked on its own, all over
    one connection. When the mail server is away the rest waits for the next call instead of
    timing out one by one. Between two letters it asks whether it ``goes_on``.
    """
    due = OutgoingMail.objects.due(now()).order_by("next_attempt_at", "pk")
    if not settings.EMAIL_SENDS:
        return _keep(due[:limit])
    _park_lost()
    keys = list(due.values_list("pk", flat=True)[:limit])
    ends_at = time.monotonic() + LONGEST_CALL
    with Post() as post:
        sent = 0
        for pk in keys:
            done = _send(pk, post) if goes_on() and time.monotonic() < ends_at else None
            if done is None:
                break
            sent += done
    if post.was_heard:
        mail_server.note_back()
    return sent


def _send(pk: int, post: Post) -> int | None:
    """Claim, send and mark one letter: 1 where it left, 0 where not, None where no other would.

    Whether it may still go to whom it was written for is asked last: much may have happened since.
    """
    letter = _claim(pk)
    if letter is None:
        return 0
    if why := why_withheld(letter):
        return _withhold(letter, why)
    refusal = post.send(letter)
    if refusal is None:
        return _mark_sent(letter)
    _mark_refused(letter, refusal)
    if refusal.server_away:
        _note_away(refusal)
    return None if refusal.server_away else 0


def _note_away(refusal: Refusal) -> None:
    """Note since when; where it does not even speak to us, all that is due waits together.

    They wait as long again as it has been away, so that it is not asked for each of them.
    """
    at = now()
    since = mail_server.note_away()
    if refusal.unreached:
        wait = min(max(at - since, FIRST_WAIT), LONGEST_AWAY)
        OutgoingMail.objects.due(at).update(
            state=OutgoingMail.State.QUEUED, lease_until=None, next_attempt_at=at + wait
        )


def keep_waiting_mails() -> int:
    """Put whatever waits where the admins read it, for people who have no mailbox; how many."""
    return _keep(OutgoingMail.objects.filter(state=OutgoingMail.State.QUEUED))


def _keep(mails: QuerySet[OutgoingMail]) -> int:
    return OutgoingMail.objects.filter(pk__in=mails.values("pk")).update(
        state=OutgoingMail.State.KEPT, lease_until=None, finished_at=now()
    )


def _park_lost() -> None:
    """Give up on letters whose senders have kept dying for days: they may be the reason."""
    at = now()
    OutgoingMail.objects.filter(
        state=OutgoingMail.State.SENDING,
        lease_until__lte=at,
        trying_since__lte=at - TRIED_LONG_ENOUGH,
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
    return OutgoingMail.objects.select_related("user", "reply_to").get(pk=pk) if ours else None


def _mark_sent(letter: OutgoingMail) -> int:
    return _finish(letter, OutgoingMail.State.SENT, "")


def _withhold(letter: OutgoingMail, why: str) -> int:
    """Note that it does not leave: 0 letters did."""
    _finish(letter, OutgoingMail.State.WITHHELD, why)
    return 0


def _finish(letter: OutgoingMail, state: OutgoingMail.State, error: str) -> int:
    """Nothing more is done with it; a personal link is not kept beyond that. Returns 1 if ours."""
    erased = {"text": "", "html": ""} if letter.kind in WITH_PERSONAL_LINK else {}
    done = {"lease_until": None, "finished_at": now(), **erased}
    return _ours(letter).update(state=state, last_error=error, **done)


def _mark_refused(letter: OutgoingMail, refusal: Refusal) -> None:
    at = now()
    is_hopeless = not refusal.unreached and at - letter.trying_since >= TRIED_LONG_ENOUGH
    if refusal.for_good or is_hopeless:
        outcome: dict[str, Any] = {"state": OutgoingMail.State.PARKED, "finished_at": at}
    else:
        # who was not even heard waits together with the others
        wait = timedelta() if refusal.unreached else _wait_after(letter.attempts)
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
