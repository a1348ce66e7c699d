"""Beside which group of a draft a note belongs: by the page it was written on, or by its words.

Pure functions of a note and of the sentences of a draft, as ``editing.merged`` gives them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from reporting import sentences

Row = dict[str, Any]

# What a note may be about: a page of one of these, or words that name one.
KINDS = ("milestone", "ask", "risk", "escalation")
NUMBERED = re.compile(rf"\b({'|'.join(KINDS)})\s+(\d{{1,6}})\b", re.IGNORECASE)
WORD = re.compile(r"[\w.]*\w")
# A word that is as long tells one thing from another, one with a digit does so too.
TELLING = 5
# So many telling words of what was asked or seen make a note one about it.
ALIKE = 2


class Place(NamedTuple):
    """A group of sentences: ``key`` and ``text`` are those of its last one."""

    title: str
    key: str
    text: str


def about_page(address: str, *, engagement_ref: str) -> str:
    """What a page of this engagement is about: "milestone.2"; empty where it is of nothing such."""
    try:
        found = resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return ""
    kind, number = (found.url_name or "").partition("_")[0], found.kwargs.get("number")
    if kind not in KINDS or number is None or found.kwargs.get("ref") != engagement_ref:
        return ""
    return f"{kind}.{number}"


def place_of(text: str, about: str, rows: Sequence[Row]) -> Place | None:
    """The group of the ``rows`` to which a note belongs; None where it names none that is said."""
    said = [row for row in rows if not row["left_out"]]
    for name in (about, *_named(text), _milestone_in(text, said), _alike(text, said)):
        if name and (place := _place(name, said)):
            return place
    return None


def _place(name: str, rows: Sequence[Row]) -> Place | None:
    kind, _, number = name.partition(".")
    keys = sentences.of_milestone(int(number)) if kind == "milestone" else (name,)
    group = [row for row in rows if row["key"] in keys]
    if not group:
        return None
    title = group[0]["about"] or f"{kind.capitalize()} {number}"
    return Place(title, group[-1]["key"], group[-1]["text"])


def _named(text: str) -> Iterator[str]:
    """ "Risk 2" is said as such."""
    for kind, number in NUMBERED.findall(text):
        yield f"{kind.lower()}.{int(number)}"


def _milestone_in(text: str, rows: Sequence[Row]) -> str:
    """The one milestone whose name, or a word that only its name has, is in the text."""
    names = {row["key"]: row["about"] for row in rows if row["key"].startswith("milestone.")}
    whole = [key for key, name in names.items() if name.casefold() in text.casefold()]
    if whole:
        return max(whole, key=lambda key: len(names[key]))
    count = Counter(word for name in names.values() for word in _telling(name))
    mine = _telling(text)
    found = [
        key
        for key, name in names.items()
        if any(word in mine and count[word] == 1 for word in _telling(name))
    ]
    return found[0] if len(found) == 1 else ""


def _alike(text: str, rows: Sequence[Row]) -> str:
    """The one ask, risk or escalation of whose words the text has the most."""
    mine = _telling(text)
    common = {
        row["key"]: len(mine & _telling(words))
        for row in rows
        if sentences.is_under(row["key"], sentences.OPEN)
        for words in [" ".join(_words_of(row))]
    }
    most = max(common.values(), default=0)
    found = [key for key, number in common.items() if number == most]
    return found[0] if most >= ALIKE and len(found) == 1 else ""


def _words_of(row: Row) -> Iterator[str]:
    """What people wrote of it, without the words of the rules."""
    for fact in row["facts"]:
        if fact["name"].endswith((".text", ".title")):
            yield str(fact["value"])


def _telling(text: str) -> set[str]:
    """The words that tell things apart, without the end of their plural."""
    found = (word.casefold().strip(".") for word in WORD.findall(text))
    return {
        word.removesuffix("s")
        for word in found
        if len(word) >= TELLING or any(letter.isdigit() for letter in word)
    }
