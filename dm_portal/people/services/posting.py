"""One conversation with the mail server for many letters, and what its answers mean."""

import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from django.conf import settings
from django.core.mail import get_connection

from dm_portal.people.models import OutgoingMail
from dm_portal.people.services.messages import Message, message_of

CLOSING = 421  # "service not available, closing transmission channel"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a letter did not leave. ``for_good``: trying again is no use.

    ``server_away``: the next letter would fare no better. ``unreached``: there was no conversation,
    so that nothing of this letter can be the reason.
    """

    words: str
    for_good: bool = False
    server_away: bool = False
    unreached: bool = False


class Post:
    """Sends letters over one connection, opened for the first; anew where the server hangs up.

    A server that ends a conversation after some letters is asked for another. One that ends it
    before the first is away. ``was_heard``: when last asked, it took a letter or said what is wrong
    with it.
    """

    was_heard = False

    def __init__(self) -> None:
        self._line: Any = None
        self._sent = 0
        self._has_begun = False

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, *_error: object) -> None:
        self._hang_up()

    def send(self, letter: OutgoingMail) -> Refusal | None:
        """Hand one letter over; None where the server took it."""
        try:
            self._hand_over(message_of(letter))
        except ValueError as error:  # BadHeaderError is one: this letter is no letter
            return Refusal(f"Unwritable: {error}", for_good=True)
        except OSError as error:  # smtplib's own errors are OSErrors too
            refusal = self._refused(error)
            self.was_heard = not refusal.server_away
            return refusal
        self._sent += 1
        self.was_heard = True
        return None

    def _hand_over(self, message: Message) -> None:
        self._line = self._line or get_connection()
        with at_most(settings.EMAIL_LONGEST_LETTER, self._line):
            self._line.open()
            self._has_begun = True
            self._line.send_messages([message])

    def _refused(self, error: OSError) -> Refusal:
        refusal = refusal_of(error)
        if not refusal.server_away:
            return refusal
        had_sent, had_begun = self._sent > 0, self._has_begun
        self._hang_up()
        return replace(refusal, server_away=not had_sent, unreached=not had_begun)

    def _hang_up(self) -> None:
        """End the conversation; what the server answers to that does not matter any more."""
        if self._line is not None:
            self._line.fail_silently = True
            with at_most(settings.EMAIL_TIMEOUT, self._line):
                self._line.close()
        self._line, self._sent, self._has_begun = None, 0, False


@contextmanager
def at_most(seconds: float, line: Any) -> Iterator[None]:
    """Cut the connection when the time is over, where it is one that can be cut."""
    timer = threading.Timer(seconds, getattr(line, "cut", _leave))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _leave() -> None:
    """What is printed or kept in memory waits for nobody."""


def refusal_of(error: OSError) -> Refusal:
    """5xx on the recipient or the text is about this letter; everything else is the server's."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        [(code, words)] = error.recipients.values()
        return _answer(code, words)
    if isinstance(error, smtplib.SMTPDataError) or _is_closing(error):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        error = _cause_of(error)
    return Refusal(f"{type(error).__name__}: {error}", server_away=True)


def _is_closing(error: OSError) -> TypeGuard[smtplib.SMTPResponseException]:
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code == CLOSING


def _cause_of(error: OSError) -> OSError:
    """What smtplib calls a disconnection may have been our own patience."""
    return error.__context__ if isinstance(error.__context__, OSError) else error


def _answer(code: int, words: bytes | str) -> Refusal:
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    said = said.replace("\0", "")  # which the database does not take
    return Refusal(f"{code} {said}", for_good=code >= 500, server_away=code == CLOSING)
