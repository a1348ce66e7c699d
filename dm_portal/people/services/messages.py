"""A letter as it goes over the line."""

from email.utils import format_datetime, formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from dm_portal.people.composing import one_line
from dm_portal.people.models import OutgoingMail, User
from dm_portal.people.services.preferences import ending_url


class Message(EmailMultiAlternatives):
    """One whose headers are folded only between encoded words: some programs read no address that
    stands on a line of its own.
    """

    def message(self, *arguments: Any, **values: Any) -> Any:
        written = super().message(*arguments, **values)
        written.policy = written.policy.clone(max_line_length=None)
        return written


def message_of(letter: OutgoingMail) -> Message:
    """What a letter is made into; each attempt sends the same, but that no answer goes to somebody
    who was deactivated meanwhile.
    """
    message = Message(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[_address(letter.user, letter.recipient)],
        reply_to=_answered_by(letter.reply_to),
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


def _answered_by(person: User | None) -> list[str] | None:
    if person is None or person.deactivated_at is not None:
        return None
    return [_address(person, person.email)]


def _address(person: User | None, address: str) -> str:
    return formataddr((one_line(person.name), address)) if person else address


def _how_to_end(letter: OutgoingMail) -> dict[str, str]:
    """RFC 8058: the mail program's own button, for whatever can be switched off."""
    url = ending_url(letter.kind, letter.user)
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {"List-Unsubscribe": f"<{url}>"} | one_click if url else {}
