"""What a status must mention, and whether its text does: pure functions of facts and words.

A milestone that is off track, a date that moved, scope that was added, an ask that is overdue, an
escalation that is open, a promise that was missed: each where it is new, or worse, since the last
status. The rules have written a sentence of each. Whoever says it otherwise mentions it still, as
far as its name, day or number can be read in the words; else it is asked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict

from dm_portal.shell.dates import day_words
from dm_portal.shell.wording import phrase
from reporting import rag
from reporting.denials import is_said, says
from reporting.editing import Edit, merged
from reporting.sentences import is_under
from reporting.truth import names_in
from reporting.truth.days import days_in

Row = dict[str, Any]

# Older facts tell nothing of what is owed: after them everything grave is new.
SINCE_SCHEMA = 9
FIRST, WORSE = 1, 2
WEEK = 7
# Of what is said so, see ``denials``; "not in time" holds its own denial.
LATE = re.compile(
    r"(?:\b|(?=n[’']t\b))(?:late(?!\s+(?:last|this|next|on|in the)\b)|overdue|off track"
    r"|delay(?:s|ed)?|slip(?:s|ped|ping|page)?|miss(?:es|ed)?"
    r"|behind\s+(?:schedule|plan|its|the plan|time)"
    r"|(?:days?|weeks?|months?)\s+(?:past|behind)|past\s+(?:due|(?:its|the|our)\s+(?:\w+\s+)?"
    r"(?:date|deadline|day))|(?:is|turn(?:s|ed)|stays?|still|now|went)\s+red"
    r"|(?:not|n[’']t|cannot)\s+(?:\w+\s+){0,2}?(?:in time|on time|on track"
    r"|(?:keep|kept|make|meet|hold)\s+(?:its|the|our)\s+(?:\w+\s+)?(?:date|deadline)))\b",
    re.IGNORECASE,
)
_WORK = (
    r"(?:items?|tickets?|stor(?:y|ies)|tasks?|issues?|scope|wish(?:es)?|requirements?|requests?"
    r"|features?)"
)
ADDED = re.compile(
    rf"\b(?:add(?:s|ed|itions?)?|(?:new|more|additional|extra|further)\s+(?:\w+\s+){{0,2}}?{_WORK}"
    r"(?!\s+(?:\S+\s+){0,4}?(?:done|finished|closed|delivered|complete\w*)\b)"
    r"|came\s+(?:in|on top|(?:in)?to\s+(?:it\b|▮+))|moved\s+in(?:to)?|grew|grown"
    r"|scope\s+(?:\w+\s+){0,2}?(?:grows|growth|increase[sd]?|creep))(?!\w)",
    re.IGNORECASE,
)
RAISED = re.compile(
    r"(?:\b|(?=n[’']t\b))(?:rais\w+|escalat\w+|decides?|decision|undecided"
    r"|(?:not|n[’']t|no|never)\s+(?:\w+\s+){0,3}?(?:decid\w+|decision))\b",
    re.IGNORECASE,
)
WAITING = re.compile(
    r"(?:\b|(?=n[’']t\b))(?:overdue|wait\w*|need\w*|ask\w*|unanswered"
    r"|(?:not|n[’']t|no|never|without)\s+(?:\w+\s+){0,4}?(?:answer\w*|replied|reply)"
    r"(?!\s+(?:is|was)\s+need))\b",
    re.IGNORECASE,
)
WITHDRAWN = re.compile(
    r"\b(?:withdr\w+|(?:no|without\s+an?y?)\s+(?:\w+\s+)?date"
    r"|no longer\s+(?:committed|promised|due|planned)|t(?:ak\w+|ook)\s+(?:\w+\s+){0,3}?back)\b",
    re.IGNORECASE,
)


class Choice(TypedDict):
    """Why something is not mentioned, and how grave it was then: worse is asked anew."""

    why: str
    grade: int


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to be mentioned. ``families`` are the sentences, by key or beginning, that do.

    ``what`` names it in words; ``of`` and ``number`` say where its data is; ``about`` is its
    milestone, if any. ``grade`` grows as it gets worse. ``carries`` tells whether other words
    than the rules' mention it: of what milestone they are written is its second argument.
    """

    key: str
    what: str
    of: str
    number: int
    about: str
    grade: int
    families: tuple[str, ...]
    carries: Callable[[str, str], bool]
    is_of_window: bool = False


def matters(body: Row) -> list[Matter]:
    """Everything that is grave by the facts of ``body``, told before or not."""
    figures, thresholds = body["figures"], rag.thresholds_of(body)
    words = _Words(figures)
    return [
        *_reds(body, thresholds, words),
        *_moved(figures, words),
        *_added(figures, words),
        *_asks(figures, thresholds, words),
        *_escalations(figures, words),
        *_missed(figures, words),
    ]


def grades(body: Row) -> dict[str, int]:
    """How grave each matter is, as the next facts keep it."""
    return {each.key: each.grade for each in matters(body)}


def news(body: Row) -> list[Matter]:
    """The matters that are new, or worse, since the last status."""
    before = body["inputs"].get("grave_before", {})
    return [
        each for each in matters(body) if each.is_of_window or each.grade > before.get(each.key, 0)
    ]


def unmentioned(
    body: Row,
    rows: Sequence[Row],
    edits: Mapping[str, Edit],
    words: Iterable[str],
    choices: Mapping[str, Choice],
) -> list[tuple[Matter, Row]]:
    """What is neither in the text nor left out, each with the sentence that the rules wrote of it.

    ``rows`` are the rules' sentences, ``edits`` what was made of them, ``words`` all else that
    the customer reads or has read since the last status; ``choices`` why some is left out.
    """
    said, texts = merged(rows, edits), list(words)
    found = []
    for matter in news(body):
        mine = [row for row in rows if is_under(row["key"], matter.families)]
        if mine and not _is_decided(matter, choices) and not _is_said(matter, said, texts):
            found.append((matter, mine[0]))
    return found


def choices_after(
    body: Row,
    rows: Sequence[Row],
    edits: Mapping[str, Edit],
    choices: Mapping[str, Choice],
    changed: Set[str],
) -> dict[str, Choice]:
    """The choices, with those that leaving out every sentence of a matter is.

    ``changed`` are the keys of the sentences that somebody looked at now: what was left out
    before it got worse is no choice any more.
    """
    found = dict(choices)
    for matter in news(body):
        mine = [row["key"] for row in rows if is_under(row["key"], matter.families)]
        whys = [edits[key]["left_out"] for key in mine if key in edits and edits[key]["left_out"]]
        if whys and len(whys) == len(mine) and not changed.isdisjoint(mine):
            found[matter.key] = Choice(why=whys[0], grade=matter.grade)
    return found


def _is_decided(matter: Matter, choices: Mapping[str, Choice]) -> bool:
    choice = choices.get(matter.key)
    return choice is not None and choice["grade"] >= matter.grade


def _is_said(matter: Matter, said: Sequence[Row], texts: Sequence[str]) -> bool:
    """By a sentence of the rules as it is, or by any other words that carry it."""
    for row in said:
        if row["left_out"]:
            continue
        is_mine, is_plain = is_under(row["key"], matter.families), not row["rules"]
        if is_mine and (is_plain or row["rules"] in row["text"]):
            return True
        if not is_plain and matter.carries(row["text"], row["about"]):
            return True
    return any(matter.carries(text, "") for text in texts)


class _Words:
    """Reads names and days in what somebody wrote, sentence by sentence."""

    def __init__(self, figures: Row) -> None:
        self.names = tuple(row["name"] for row in figures["milestones"])
        self.today = date.fromisoformat(figures["window"]["to_day"])

    def day(self, text: str) -> str:
        return day_words(date.fromisoformat(text), today=self.today)

    def has_day(self, text: str, day: str) -> bool:
        return any(
            each.day.isoformat() == day and is_said(text, each.start, each.end)
            for each in days_in(text, today=self.today)
        )

    def is_of(self, text: str, about: str, name: str) -> bool:
        """Whether ``text`` names this milestone, or is written of it."""
        return about == name or name in {each for _, each, _ in names_in(text, self.names)}

    def of(self, name: str, holds: Callable[[str], bool]) -> Callable[[str, str], bool]:
        """Whether one sentence speaks of this milestone, and something holds of its words: of
        those beside the names, which say nothing.
        """
        return lambda text, about: any(
            self.is_of(each, about, name) and holds(self.without_names(each))
            for each in _sentences(text)
        )

    def without_names(self, text: str) -> str:
        for at, _, length in names_in(text, self.names):
            text = text[:at] + "▮" * length + text[at + length :]
        return text


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?;])\s+|\n", text)


def _reds(body: Row, thresholds: rag.Thresholds, words: _Words) -> Iterator[Matter]:
    before = body["inputs"].get("rules_before", {}).get("schedule")
    for row in body["figures"]["milestones"]:
        if not row["committed_on"] or rag.milestone_colour(row, thresholds, before) != "red":
            continue
        number, days = row["number"], row["days_past"]
        yield Matter(
            key=f"red.{number}",
            what=f"{row['name']} is off track",
            of="milestone",
            number=number,
            about=row["name"],
            # By a forecast, then by days past its date, worse with each week.
            grade=WORSE + days // WEEK if days else FIRST,
            families=(f"milestone.{number}" if days else f"expected.{number}",),
            carries=words.of(row["name"], lambda text: says(text, LATE)),
        )


def _moved(figures: Row, words: _Words) -> Iterator[Matter]:
    for row in figures["moved"]:
        if row["old_on"] is None:
            continue
        new = row["new_on"]
        to = f"moved to {words.day(new)}" if new else "was withdrawn"
        yield Matter(
            key=f"date.{row['milestone']}.{row['number']}",
            what=f"The date of {row['name']} {to}",
            of="milestone",
            number=row["milestone"],
            about=row["name"],
            grade=FIRST,
            families=(f"date.{row['milestone']}.{row['number']}",),
            carries=words.of(row["name"], _tells_move(new, words)),
            is_of_window=True,
        )


def _tells_move(new_on: str | None, words: _Words) -> Callable[[str], bool]:
    if new_on is None:
        return lambda text: says(text, WITHDRAWN)
    return lambda text: words.has_day(text, new_on)


# How items come to a milestone, and the sentence that tells it.
WAYS = {
    "created": ("created", "added to"),
    "moved_in": ("scope.{}", "moved into"),
    "late_in": ("late.scope.{}", "told only since the last status to have come before it to"),
}


def _added(figures: Row, words: _Words) -> Iterator[Matter]:
    if figures["window"]["from_day"] is None:
        return  # at first everything is new
    for row in figures["milestones"]:
        for way, (family, verb) in WAYS.items():
            if row["committed_on"] and (keys := row.get(way)):
                items = f"{len(keys)} item{' was' if len(keys) == 1 else 's were'}"
                yield Matter(
                    key=f"{way}.{row['number']}",
                    what=f"{items} {verb} {row['name']}",
                    of="work",
                    number=row["number"],
                    about=row["name"],
                    grade=len(keys),
                    families=(family.format(row["number"]),),
                    carries=words.of(row["name"], lambda text: says(text, ADDED)),
                    is_of_window=True,
                )


def _asks(figures: Row, thresholds: rag.Thresholds, words: _Words) -> Iterator[Matter]:
    for row in figures.get("asks", ()):
        days = row["working_days_past"]
        if days:
            is_red = days >= thresholds.waiting_red_days
            yield Matter(
                key=f"ask.{row['number']}",
                what=f"An answer is overdue since {words.day(row['needed_by'])}: “{row['title']}”",
                of="ask",
                number=row["number"],
                about="",
                grade=WORSE if is_red else FIRST,
                families=(f"ask.{row['number']}",),
                carries=_tells(words, row["title"], row["needed_by"], row["to"], WAITING),
            )


def _escalations(figures: Row, words: _Words) -> Iterator[Matter]:
    for row in figures.get("escalations", ()):
        yield Matter(
            key=f"escalation.{row['number']}",
            what=f"Raised to {row['to']}, and not decided: {row['text']}",
            of="escalation",
            number=row["number"],
            about="",
            grade=WORSE if row["working_days_past"] else FIRST,
            families=(f"escalation.{row['number']}",),
            carries=_tells(words, row["text"], row["answer_by"], row["to"], RAISED),
        )


def _missed(figures: Row, words: _Words) -> Iterator[Matter]:
    """Promises by hand; the date of a milestone is told where that milestone is."""
    names = {row["number"]: row["name"] for row in figures["milestones"] if row["committed_on"]}
    for row in figures.get("commitments", ()):
        number, name = row["milestone"], names.get(row["milestone"], "")
        if row["state"] != "missed" or (number is not None and not name):
            continue
        due_on, carries = row["due_on"], _tells(words, row["promise"], row["due_on"], "", LATE)
        if name:
            carries = words.of(name, lambda text: says(text, LATE))
        what = name or phrase(row["promise"])
        yield Matter(
            key=f"promise.{row['number']}",
            what=f"Missed, promised for {words.day(due_on)}: {what}",
            of="commitment",
            number=row["number"],
            about=name,
            grade=FIRST,
            families=(f"milestone.{number}", f"date.{number}.")
            if name
            else (f"promise.{row['number']}",),
            carries=carries,
        )


def _tells(
    words: _Words, title: str, day: str, person: str, about_it: re.Pattern[str]
) -> Callable[[str, str], bool]:
    """Whether a sentence has its title, or its day or its person beside a word of what it is."""
    plain = phrase(title).casefold()

    def carries(text: str, _about: str) -> bool:
        for each in _sentences(text):
            if plain in " ".join(each.split()).casefold():
                return True
            is_person = bool(person) and person.casefold() in each.casefold()
            if says(each, about_it) and (is_person or words.has_day(each, day)):
                return True
        return plain in " ".join(text.split()).casefold()

    return carries


def unmentioned_words(matter: Matter, row: Row) -> str:
    """ "It must be mentioned, or left out: Release 2.1 is off track. By the facts: …"."""
    about = f"{row['about']}: " if row["about"] else ""
    what = matter.what if matter.what.endswith((".", "”", "?")) else f"{matter.what}."
    return f"It must be mentioned, or left out: {what} By the facts: {about}{row['text']}"
