"""One conversation with the mail server for many letters, and what its answers mean."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime, formataddr
from typing import Any

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection

from dm_portal.people.composing import one_line
from dm_portal.people.models import OutgoingMail, User
from dm_portal.people.services.preferences import ending_url

# One letter takes no longer, however slowly the server speaks: EMAIL_TIMEOUT is for each silence.
LONGEST_LETTER = 60  # seconds
CLOSING = 421  # "service not available, closing transmission channel"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a letter did not leave. ``for_good``: trying again is no use.

    ``server_away``: the next letter would fare no better.
    """

    words: str
    for_good: bool = False
    server_away: bool = False


class Post:
    """Sends letters over one connection, opened for the first; anew where the server hangs up.

    A server that ends a conversation after some letters is asked for another. One that ends it
    before the first is away.
    """

    def __init__(self) -> None:
        self._line: Any = None
        self._sent = 0

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, *_error: object) -> None:
        self._hang_up()

    def send(self, letter: OutgoingMail) -> Refusal | None:
        """Hand one letter over; None where the server took it."""
        try:
            message = message_of(letter)
            message.message()  # what cannot be written is no fault of the server's
        except BadHeaderError as error:
            return Refusal(str(error), for_good=True)
        try:
            self._hand_over(message)
        except OSError as error:  # smtplib's own errors are OSErrors too
            return self._refused(error)
        self._sent += 1
        return None

    def _hand_over(self, message: EmailMultiAlternatives) -> None:
        self._line = self._line or get_connection()
        with at_most(LONGEST_LETTER, self._line):
            self._line.open()
            self._line.send_messages([message])

    def _refused(self, error: OSError) -> Refusal:
        refusal = refusal_of(error)
        if not refusal.server_away:
            return refusal
        had_sent = self._sent > 0
        self._hang_up()
        return Refusal(refusal.words, refusal.for_good, server_away=not had_sent)

    def _hang_up(self) -> None:
        """End the conversation; what the server answers to that does not matter any more."""
        if self._line is not None:
            self._line.fail_silently = True
            self._line.close()
        self._line, self._sent = None, 0


@contextmanager
def at_most(seconds: float, line: Any) -> Iterator[None]:
    """Cut the connection when the time is over: whoever waits on it reads its end."""
    timer = threading.Timer(seconds, _cut, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(line: Any) -> None:
    opened = getattr(getattr(line, "connection", None), "sock", None)
    if opened is not None:
        opened.shutdown(socket.SHUT_RDWR)


def message_of(letter: OutgoingMail) -> EmailMultiAlternatives:
    """The letter as it goes over the line; each attempt sends the same."""
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[_address(letter.user, letter.recipient)],
        reply_to=[_address(letter.reply_to, letter.reply_to.email)] if letter.reply_to else None,
        headers={
            "Message-ID": letter.message_id,
            "Date": format_datetime(letter.created_at),
            "Auto-Submitted": "auto-generated",
            **_how_to_end(letter),
        },
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    return message


def _address(person: User | None, address: str) -> str:
    return formataddr((one_line(person.name), address)) if person else address


def _how_to_end(letter: OutgoingMail) -> dict[str, str]:
    """RFC 8058: the mail program's own button, for whatever can be switched off."""
    url = ending_url(letter.kind, letter.user)
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {"List-Unsubscribe": f"<{url}>"} | one_click if url else {}


def refusal_of(error: OSError) -> Refusal:
    """5xx on the recipient or the text is about this letter; everything else is the server's."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        [(code, words)] = error.recipients.values()
        return _answer(code, words)
    if isinstance(error, smtplib.SMTPDataError):
        return _answer(error.smtp_code, error.smtp_error)
    return Refusal(f"{type(error).__name__}: {error}", server_away=True)


def _answer(code: int, words: bytes | str) -> Refusal:
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return Refusal(f"{code} {said}", for_good=code >= 500, server_away=code == CLOSING)
