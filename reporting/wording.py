"""How shares and dates are said, in sentences and beside pictures. Pure functions."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import dateformat

from dm_portal.shell.dates import day_words, range_words
from dm_portal.shell.wording import abridged, plural

TO_FRIDAY = timedelta(days=4)
# What ends a sentence: a mark, then a space or the end; "2.1" ends none.
END = re.compile(r"[.!?…](?=\s|$)")
HEADLINE_LENGTH = 200
OWN_WORDS_LENGTH = 3000
# What is held against the facts is read in a time that grows with the square of its length.
SENTENCE_LENGTH = 1000


def was(rows: Sequence[object]) -> str:
    return "was" if len(rows) == 1 else "were"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def first_sentence(paragraph: str) -> str:
    """What a paragraph begins with, on one line and no longer than a headline."""
    text = " ".join(paragraph.split())
    end = END.search(text)
    return abridged(text[: end.end()] if end else text, HEADLINE_LENGTH)


def share(part: int, whole: int, noun: str) -> str:
    """ "41 of 52 items (79 %) are", "none of the 7 items is", "all 7 items are".

    A share never stands alone; of nothing there is none, so ``whole`` is at least 1.
    """
    if whole == 1:
        return f"the only {noun} is{'' if part else ' not'}"
    if part == 0:
        return f"none of the {whole} {plural(noun)} is"
    if part == whole:
        return f"{'both' if whole == 2 else f'all {whole}'} {plural(noun)} are"
    verb = "is" if part == 1 else "are"
    # the sign stays with its number at the end of a line
    return f"{part} of {whole} {plural(noun)} ({percent(part, whole)}\N{NO-BREAK SPACE}%) {verb}"


def percent(part: int, whole: int) -> int:
    """Whole per cent of something, halves up; 0 and 100 are kept for nothing and all."""
    if 0 < part < whole:
        return min(max((200 * part + whole) // (2 * whole), 1), 99)
    return 100 * part // whole


def day(text: str, window: dict[str, Any]) -> str:
    """ "Fri 10 Aug", with the year only when the status speaks of another one."""
    return day_words(date.fromisoformat(text), today=date.fromisoformat(window["to_day"]))


def between(window: dict[str, Any], until: str = "to_day") -> str:
    """ "between 3 and 10 Aug", "between 30 Jul and 3 Aug", "on 3 Aug"."""
    first, last = date.fromisoformat(window["from_day"]), date.fromisoformat(window[until])
    end = dateformat.format(last, "j M")
    if first == last:
        return f"on {end}"
    if (first.year, first.month) == (last.year, last.month):
        return f"between {first.day} and {end}"
    start = dateformat.format(first, "j M" if first.year == last.year else "j M Y")
    return f"between {start} and {end if first.year == last.year else f'{end} {last.year}'}"


def week_words(first: date, *, due_on: date, today: date | None = None) -> str:
    """ "6–12 Aug 2012": with the year, since what is published is read for years.

    What is due before Friday is "the week to Mon 6 Aug 2012": the days that the range would name
    are mostly still to come when it is published, and told by the next status. Where ``today``
    is given, in lists, the year is left out while it is this one.
    """
    if due_on < first + TO_FRIDAY:
        is_short = today and due_on.year == today.year
        return f"the week to {dateformat.format(due_on, 'D j M' if is_short else 'D j M Y')}"
    return range_words(first, first + timedelta(days=6), today=today or date.min)
