"""From a template to a letter: subject, text and HTML, and nothing that anybody's words smuggle in.

Names, titles and reasons come from people and from files. Whatever they hold, they add no header,
no direction of writing and no address that a mail program would make a link of: the only links of
a letter lead to the portal.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

LONGEST_SUBJECT = 200
# They turn the writing around: what is read is not what is written.
DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Control characters and halves of letters.
UNSEEN = frozenset({"Cc", "Cs"})
# What mail programs make a link of, up to where the place begins.
LINKED = re.compile(
    r"(?<![a-z])[a-z][a-z0-9+.-]*:(?=//)|(?<![a-z])(?:javascript|vbscript|data|file|mailto|tel|sms):"
    r"|www\.",
    re.IGNORECASE,
)
# Nothing to see, but after it no program takes the rest for an address.
BREAK = "\N{ZERO WIDTH NON-JOINER}"


@dataclass(frozen=True, slots=True)
class Written:
    """One letter as it leaves: the HTML says what the text says."""

    subject: str
    text: str
    html: str


def compose(kind: str, values: Mapping[str, Any]) -> Written:
    """Render ``templates/mail/<kind>``: the first line of ``.txt`` is the subject.

    Instants are in UTC, and letters say so, unless the values bring words of their own.
    """
    values = {"base_url": settings.BASE_URL, **values}
    with timezone.override(UTC):  # the page that causes a letter has a clock of its own
        rendered = render_to_string(f"mail/{kind}.txt", values)
        subject, _, text = rendered.strip().partition("\n")
        subject = one_line(subject)
        html = render_to_string(f"mail/{kind}.html", values | {"subject": subject})
    return Written(subject, f"{unlinked(plain(text)).strip()}\n", _inlined(unlinked(plain(html))))


def one_line(words: str) -> str:
    """``words`` as a header may hold them."""
    return " ".join(plain(words).split())[:LONGEST_SUBJECT].strip()


def plain(words: str) -> str:
    """``words`` without what cannot be seen and changes how the rest is read."""
    return "".join(letter for letter in words if letter in "\n\t" or _is_seen(letter))


def _is_seen(letter: str) -> bool:
    return letter not in DIRECTIONS and unicodedata.category(letter) not in UNSEEN


def unlinked(text: str) -> str:
    """``text`` in which only the portal's own addresses can be taken for links."""
    return LINKED.sub(lambda found: _broken(found, text), text)


def _broken(found: re.Match[str], text: str) -> str:
    is_ours = _our_address().match(text, found.start())
    return found[0] if is_ours else f"{found[0]}{BREAK}"


@cache
def _address_of(base: str) -> re.Pattern[str]:
    """The portal's address, ended: it is not the beginning of another host's."""
    return re.compile(rf"{re.escape(base)}(?:/|[<\")](?![^\s<>\"]*@)|[.,;:]?(?:\s|$))")


def _our_address() -> re.Pattern[str]:
    return _address_of(settings.BASE_URL)


def _inlined(html: str) -> str:
    """The letter with its style in each element: many programs read no other."""
    return _inliner().inline(html)


@cache
def _inliner() -> css_inline.CSSInliner:
    style = render_to_string("mail/letter.css")
    return css_inline.CSSInliner(extra_css=style, keep_at_rules=True, load_remote_stylesheets=False)
