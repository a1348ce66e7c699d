"""What tests read in letters."""

import re
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from hypothesis import strategies as st

from dm_portal.people import composing, letters
from dm_portal.people.models import OutgoingMail


def letter(kind: str, to: str) -> OutgoingMail:
    """The one letter of this kind to this address."""
    return OutgoingMail.objects.get(kind=kind, recipient=to)


def path_in(mail: OutgoingMail) -> str:
    """The path of the personal link in a letter: the one on a line of its own."""
    [url] = re.findall(rf"^{re.escape(settings.BASE_URL)}(/\S+)$", mail.text, re.MULTILINE)
    return str(url)


ADDRESS = re.compile(r"https?:\S+")


class Read(HTMLParser):
    """What a mail program shows of a letter, and where its links lead."""

    def __init__(self, html):
        super().__init__()
        self.words, self.links, self.tags, self.unread = [], [], set(), 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.add(tag)
        if tag in ("head", "title", "style") or values.get("class") == "subject":
            self.unread += 1
        if "href" in values:
            self.links.append(values["href"])

    def handle_endtag(self, tag):
        if tag in ("head", "title", "style") or (tag == "h1" and self.unread):
            self.unread -= 1

    def handle_data(self, data):
        if not self.unread:
            self.words += words_of(data)


def words_of(text):
    return re.findall(r"\w+", ADDRESS.sub(" ", text).lower())


NASTY = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=400),
    st.sampled_from(
        [
            "Lena\r\nBcc: all@example.com",
            "\n\n.\nRCPT TO:<all@example.com>",
            "\x00Lena\x1b[2J",
            "\u202eecnal.example\u202c",
            "javascript:alert(1)",
            "JavaScript://%0aalert(1)",
            "https://evil.example/?x=1",
            "www.evil.example",
            '"><a href="https://evil.example">',
            "{{ base_url }}{% url 'x' %}",
            "</td></tr></table><script>",
            "x" * 5000,
            f"{settings.BASE_URL}@evil.example/",
            f"{settings.BASE_URL}.evil.example/",
            "Zoë Žižek, 田中 <all@example.com>",
            "=?utf-8?b?QmNjOg==?=",
        ]
    ),
)
FOREIGN = re.compile(
    r"[a-z][a-z0-9+.-]{,40}://(?!\u200c)\S+|(?:javascript|data|mailto):(?!\u200c)\S|www\.(?!\u200c)\w",
    re.IGNORECASE,
)


def foreign(text):
    """What a mail program would take for a link and does not lead to the portal."""
    ours = re.compile(rf"{re.escape(settings.BASE_URL)}(?:[/<\")]|[.,;:]?$)")
    return [found for found in FOREIGN.findall(text) if not ours.match(found)]


def example(kind: str, **more: Any) -> composing.Written:
    """A letter as the admins' pages show it."""
    letter = letters.registered()[kind]
    values = {
        "recipient": "lena@northwind.example",
        "category": letter.category,
        "unsubscribe_url": ""
        if letter.category.always_comes
        else f"{settings.BASE_URL}/accounts/x/",
    }
    return composing.compose(kind, values | dict(letter.example()) | more)
