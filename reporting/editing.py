"""What a DM makes of the rules' sentences: other words, or nothing. Pure functions of rows.

An edited sentence stays when its figures are brought up to now, and is marked when its facts are
no longer those that it was written of.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from dm_portal.shell.marked import to_text
from reporting.truth import Finding, Known, examine

Row = dict[str, Any]

# What the DM writes in Markdown.
MARKED = ("our_move", "own_words", "paragraph")
# Why a sentence is left out; the customer does not read it.
LEAVE_OUT = {
    "told": "told already",
    "irrelevant": "not relevant",
    "wrong": "the data is wrong",
}


class Edit(TypedDict):
    """What was made of one sentence: other words (empty: the rules'), or why it is left out.

    ``facts`` are the values that it said when it was edited, ``about`` its milestone.
    """

    text: str
    left_out: str
    facts: list[list[Any]]
    about: str


class Wanted(TypedDict):
    """What the DM asks for: the words, and why it is left out, if it is."""

    text: str
    left_out: str


def merged(rows: Sequence[Row], edits: Mapping[str, Edit]) -> list[Row]:
    """The rules' sentences as the DM has them, each with ``rules``, ``left_out``, ``is_stale``.

    ``rules`` is what the rules say, empty where nobody edited it. An edited sentence that the
    rules no longer write stays, and is stale.
    """
    keys = {row["key"] for row in rows}
    gone = [
        {"key": key, "about": edit["about"], "text": edit["text"], "facts": []}
        for key, edit in edits.items()
        if key not in keys and edit["text"] and not edit["left_out"]
    ]
    return [_merged(row, edits.get(row["key"])) for row in (*rows, *gone)]


def _merged(row: Row, edit: Edit | None) -> Row:
    plain = {"rules": "", "left_out": "", "is_stale": False}
    if edit is None:
        return row | plain
    words = {"text": edit["text"], "rules": row["text"]} if edit["text"] else {}
    is_stale = bool(edit["text"]) and edit["facts"] != values_of(row)
    return row | plain | words | {"left_out": edit["left_out"], "is_stale": is_stale}


def values_of(row: Row) -> list[list[Any]]:
    """The facts that a sentence says, as an edit remembers them."""
    return [[fact["name"], fact["value"]] for fact in row["facts"]]


def told(edits: Mapping[str, Edit]) -> str:
    """What was made of the rules' sentences, for the record."""
    return "\n".join(
        edit["text"] or f"{key} left out: {LEAVE_OUT[edit['left_out']]}"
        for key, edit in edits.items()
    )


def with_changes(
    rows: Sequence[Row], edits: Mapping[str, Edit], wanted: Mapping[str, Wanted]
) -> dict[str, Edit]:
    """The edits after these changes; the rules' own words, and none at all, are no edit."""
    by_key = {row["key"]: row for row in rows}
    found = dict(edits)
    for key, want in wanted.items():
        row = by_key.get(key, {"text": "", "facts": [], "about": ""})
        text = " ".join(want["text"].split())
        if text == " ".join(row["text"].split()):
            text = ""
        found.pop(key, None)
        if text or want["left_out"]:
            found[key] = Edit(
                text=text,
                left_out=want["left_out"],
                facts=values_of(row),
                about=row["about"],
            )
    return found


def with_inserted(row: Row, edits: Mapping[str, Edit]) -> dict[str, Edit]:
    """The edits, so that a sentence of the rules is said: after the DM’s own words, if any."""
    found = dict(edits)
    edit = found.pop(row["key"], None)
    if edit and edit["text"]:
        text = f"{edit['text']} {row['text']}"
        found[row["key"]] = Edit(text=text, left_out="", facts=values_of(row), about=row["about"])
    return found


def said(rows: Sequence[Row], edits: Mapping[str, Edit], known: Known) -> list[Row]:
    """The sentences that the customer reads; ``is_view`` where no fact carries all of one."""
    told = []
    for row in merged(rows, edits):
        if row["left_out"]:
            continue
        plain = {name: row[name] for name in ("key", "about", "text", "facts")}
        if row.get("is_view") or (row["rules"] and examine(row["text"], known, about=row["about"])):
            plain["is_view"] = True
        told.append(plain)
    return told


def contradictions(
    words: Mapping[str, str], rows: Sequence[Row], edits: Mapping[str, Edit], known: Known
) -> dict[str, list[Finding]]:
    """What contradicts a fact: by the name of the DM's words, or ``text-<key>`` of a sentence."""
    texts = [(name, read(name, text), "") for name, text in words.items()]
    texts += [
        (f"text-{row['key']}", row["text"], row["about"])
        for row in merged(rows, edits)
        if row["rules"] and not row["left_out"]
    ]
    found = {
        name: [each for each in examine(text, known, about=about) if each.contradicts]
        for name, text, about in texts
    }
    return {name: findings for name, findings in found.items() if findings}


def read(name: str, text: str) -> str:
    """The DM's words as they are read: of what is written in Markdown, without its marks."""
    return to_text(text, addresses=False) if name in MARKED else text


def finding_words(finding: Finding) -> str:
    """ "“5 of 9 items are done” is not what the facts say: Release 2.1: 8 in all." """
    return f"“{finding.words}” is not what the facts say: {finding.contradicts}."
