"""What a text says that facts may carry: counts, shares, days, colours, and names.

Read by patterns of plain English, sentence by sentence. Of what subject a claim is says the last
milestone that its sentence names before it, else one right after it, else what the text is about.
What is said of the future, of a condition or of somebody's wish is no claim about the present.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reporting.truth.days import Named, days_in
from reporting.truth.known import ANY

_WORDS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_NUMBER = rf"\d{{1,4}}|{'|'.join(_WORDS)}|none|nothing|both"
_NOUN = r"(?P<noun>items?|tickets?|stor(?:y|ies)|tasks?|issues?|(?:acceptance )?criteri(?:a|on))"
_BE = r"(?:(?:now|is|are|was|were|has|have|been|got|already|still)\s+)*"
_STATES = {
    "done": ("done", "finished", "complete", "completed", "closed", "delivered", "resolved"),
    "open": ("open", "left", "remaining", "outstanding", "to go", "unfinished", "not done"),
    "blocked": ("blocked", "stuck", "on hold"),
    "added": ("added", "new"),
    "reopened": ("reopened",),
    "withdrawn": ("withdrawn", "removed", "dropped", "cancelled"),
    "met": ("met", "fulfilled", "satisfied"),
}
_MEANS = {word: state for state, words in _STATES.items() for word in words}
_STATE = "|".join(sorted(_MEANS, key=len, reverse=True))
_PER_CENT = r"(?P<percent>\d{1,3})[\s\N{NO-BREAK SPACE}]?(?:%|per ?cent|percent)"

# where a milestone's name stands once its letters are blotted out
_NAME, _READ = "▮", "·"
_OF_IT = rf"(?:\s+(?:of|in|for)\s+(?:it|{_NAME}+))?"

# "5 of 8 items are done", "all 8 items done", "12 items are open", "no item is blocked"
COUNT = re.compile(
    rf"(?<![\w.,/-])(?:(?:all|the only)\s+)?(?P<part>{_NUMBER})"
    rf"(?:\s+(?:out\s+)?of\s+(?:the\s+|its\s+|our\s+|all\s+)*(?P<whole>\d{{1,4}}))?"
    rf"(?:\s+(?P<before>{_STATE}))?\s+{_NOUN}\b"
    rf"(?:\s+\({_PER_CENT}\))?{_OF_IT}(?:\s+{_BE}(?P<after>{_STATE})\b)?",
    re.IGNORECASE,
)
# "41 of 52 items are done, 11 are open": the noun was said before
AGAIN = re.compile(
    rf"(?<![\w.,/-])(?P<part>{_NUMBER})(?:\s+of\s+(?:them|these))?\s+{_BE}(?P<after>{_STATE})\b",
    re.IGNORECASE,
)
SHARE = re.compile(
    rf"(?<![\w.,/-]){_PER_CENT}(?:\s+of\s+(?:the\s+|its\s+|our\s+|all\s+)*{_NOUN}|\s+of\s+it)?"
    rf"{_OF_IT}\s+{_BE}(?P<after>done|finished|completed?|met|delivered)\b",
    re.IGNORECASE,
)
PAST = re.compile(
    rf"(?<![\w.,/-])(?P<part>{_NUMBER})\s+days?\s+(?:late|past|overdue|behind)\b", re.IGNORECASE
)
# what nothing above reads; no times, versions, keys of items or parts of words
NUMBER = re.compile(r"(?<![\w.,:/#-])\d{1,6}(?![\w:/#-]|[.,]\d)")
COMMITTED = re.compile(
    r"(?:commit(?:ted|ment)|promised|deadline|due)(?:\s+date)?[\s,:]*"
    rf"(?:(?:is|was|for|on|by|to|of|still|stays|remains|stands|at|the|date|{_NAME}+)[\s,:]+)*$",
    re.IGNORECASE,
)
MOVED = re.compile(
    r"(?:moved|moves|shifted|postponed|pushed|slipped)\s+(?:(?:out|back|forward|again|now)\s+)?"
    r"(?:from\s+[^.;]{3,30}\s+)?to\s+$",
    re.IGNORECASE,
)
DONE = re.compile(r"(?:done|finished|delivered|completed?|met)\s+(?:on|since)\s+$", re.IGNORECASE)
COLOURS = {
    "green": "on track|green",
    "amber": "at risk|amber|yellow",
    "red": "off track|red",
}
COLOUR = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<{name}>{words})" for name, words in COLOURS.items()) + r")\b",
    re.IGNORECASE,
)
# Before a colour: that of the last status.
LAST = re.compile(
    r"\b(?:last (?:week|status)(?: it)?(?: was)?[:,]?|previously|before:)\s+$", re.IGNORECASE
)
# Before a colour or a state: no plain statement about the present.
OTHERWISE = re.compile(
    r"\b(?:was|were|not|no longer|never|until|from|to|turns?|turned|becomes?|became|back|get|"
    r"stays?|keeps?|kept|will|would|may|might|could|can|should|if|unless|when|once|expect\w*|"
    r"if|hope\w*|plan\w*|propos\w*|suggest\w*|want\w*|need\w*|risk\w*|without|before)\b",
    re.IGNORECASE,
)
# Anywhere before a claim in its clause: it is about what may be.
NOT_YET = re.compile(
    r"\b(?:will|would|may|might|could|should|if|unless|until|once|expect\w*|hope\w*|plan\w*|"
    r"propos\w*|suggest\w*|want\w*|aim\w*|target\w*|estimat\w*|probably|about|around|roughly|"
    r"almost|nearly|over|under|more than|less than|at least|at most|up to|last (?:week|status))\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[^.!?;\n]+(?:[.!?](?=\w)[^.!?;\n]+)*[.!?;\n]*")
# between a claim and a name after it: that name begins something else
ASIDE = re.compile(r"[,:–(]")
CLAUSE = re.compile(r"[,;:–]|\b(?:and|but|while|whereas|although)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a text says: ``words`` as it stands there.

    ``meaning`` is that of ``Known``, ``""`` where it is not plain; ``value`` a number, a day, a
    colour, or the name of a milestone that nobody knows.
    """

    words: str
    kind: str
    subject: str
    meaning: str
    value: int | date | str


def claims_in(text: str, *, names: Sequence[str], about: str, today: date) -> Iterator[Claim]:
    """Everything that ``text`` says; ``about`` is the milestone that it is written of, if any."""
    for sentence in SENTENCE.findall(text):
        yield from _Sentence(sentence, names, about, today).claims()


class _Sentence:
    def __init__(self, text: str, names: Sequence[str], about: str, today: date) -> None:
        self.text, self.about = text, about
        self.noun = ""  # the last that was counted
        self.named = list(names_in(text, names))
        self.days = list(days_in(text, today=today))
        self._left = text
        for named in self.days:
            self._blot(named.start, named.end, _READ)
        for at, _, length in self.named:
            self._blot(at, at + length, _NAME)

    def claims(self) -> Iterator[Claim]:
        yield from (self._day(named) for named in self.days)
        for pattern, read in (
            *((COUNT, self._counts), (SHARE, self._share)),
            *((AGAIN, self._again), (PAST, self._past)),
        ):
            for found in pattern.finditer(self._left):
                claims = list(read(found))
                yield from claims
                if claims:
                    self._blot(found.start(), found.end(), _READ)
        for found in NUMBER.finditer(self._left):
            words = self.text[found.start() : found.end()]
            yield Claim(words, "count", self._subject(found.start()), "", int(found[0]))
        for found in COLOUR.finditer(self.text):
            yield from self._colour(found)

    def _blot(self, start: int, end: int, mark: str) -> None:
        """Of what is left to read; numbers of days and names count nothing."""
        self._left = self._left[:start] + mark * (end - start) + self._left[end:]

    def _subject(self, start: int) -> str:
        before = [name for at, name, _ in self.named if at < start]
        after = [
            name
            for at, name, _ in self.named
            if at >= start and not ASIDE.search(self.text[start:at])
        ]
        return (before[-1:] or after[:1] or [self.about])[0]

    def _words(self, found: re.Match[str]) -> str:
        return self.text[found.start() : found.end()]

    def _clause_before(self, start: int) -> str:
        return CLAUSE.split(self.text[:start])[-1]

    def _is_plain(self, start: int) -> bool:
        return not NOT_YET.search(self._clause_before(start))

    def _day(self, named: Named) -> Claim:
        before, meaning = self._left[: named.start], ""
        if self._is_plain(named.start):
            for name, pattern in (("committed", COMMITTED), ("moved", MOVED), ("done", DONE)):
                meaning = name if pattern.search(before) else meaning
        subject = self._subject(named.start)
        if not named.is_on_its_weekday:
            return Claim(named.words, "weekday", subject, "", named.day)
        return Claim(named.words, "day", subject, meaning, named.day)

    def _counts(self, found: re.Match[str]) -> Iterator[Claim]:
        self.noun = noun = "criteria" if "riteri" in found["noun"].lower() else "items"
        state = _state(found["before"] or found["after"] or "", noun)
        is_plain = self._is_plain(found.start())
        subject, words = self._subject(found.start()), self._words(found)
        part, whole = _number(found["part"]), found["whole"]
        meaning = f"{noun}.{state}" if state and is_plain else ""
        yield Claim(words, "count", subject, meaning, part)
        if whole:
            total = f"{noun}.total" if state and is_plain else ""
            yield Claim(words, "count", subject, total, int(whole))
        if found["percent"]:
            share = f"share.{noun}" if state in ("done", "met") and is_plain else ""
            yield Claim(words, "count", subject, share, int(found["percent"]))

    def _again(self, found: re.Match[str]) -> Iterator[Claim]:
        if self.noun:
            state = _state(found["after"], self.noun)
            meaning = f"{self.noun}.{state}" if self._is_plain(found.start()) else ""
            subject, words = self._subject(found.start()), self._words(found)
            yield Claim(words, "count", subject, meaning, _number(found["part"]))

    def _share(self, found: re.Match[str]) -> Iterator[Claim]:
        is_criteria = "riteri" in (found["noun"] or "").lower() or found["after"].lower() == "met"
        meaning = f"share.{'criteria' if is_criteria else 'items'}"
        plain = meaning if self._is_plain(found.start()) else ""
        value = int(found["percent"])
        yield Claim(self._words(found), "count", self._subject(found.start()), plain, value)

    def _past(self, found: re.Match[str]) -> Iterator[Claim]:
        meaning = "days.past" if self._is_plain(found.start()) else ""
        subject, value = self._subject(found.start()), _number(found["part"])
        yield Claim(self._words(found), "count", subject, meaning, value)

    def _colour(self, found: re.Match[str]) -> Iterator[Claim]:
        colour = str(found.lastgroup)
        before = self._clause_before(found.start())
        if LAST.search(self.text[: found.start()]):
            yield Claim(found[0], "colour", ANY, "previous", colour)
        elif not OTHERWISE.search(before):
            before_it = [name for at, name, _ in self.named if at < found.start()]
            subject = (before_it[-1:] or [self.about])[0]
            yield Claim(found[0], "colour", subject, "now", colour)


def _number(word: str) -> int:
    told = word.lower()
    if told in ("none", "nothing"):
        return 0
    if told == "both":
        return 2
    return _WORDS.index(told) if told in _WORDS else int(told)


def _state(word: str, noun: str) -> str:
    """Which state a word means, if any; of criteria "done" is "met"."""
    state = _MEANS.get(word.lower(), "")
    return "met" if noun == "criteria" and state == "done" else state


def names_in(text: str, names: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """Where the text names milestones, known or of the same make: "Release 9" beside "Release 1".

    A version alone ("2.1") names the one milestone that begins or ends with it. Gives where,
    which, and how many letters.
    """
    found: dict[int, tuple[str, int]] = {}
    for pattern, name in _patterns(names):
        for at in re.finditer(pattern, text, re.IGNORECASE):
            if not any(
                start < at.end() and at.start() < start + n for start, (_, n) in found.items()
            ):
                found[at.start()] = (name or at[0], len(at[0]))
    return iter(sorted((start, name, length) for start, (name, length) in found.items()))


def _patterns(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """How each milestone may be named, the longest names first; those of no milestone last."""
    for name in sorted(names, key=len, reverse=True):
        yield rf"(?<!\w){re.escape(name)}(?![\w]|\.\d)", name
    for stem in sorted({_stem(name) for name in names} - {""}):
        yield rf"(?<!\w){re.escape(stem)}\s+\d+(?:\.\d+)*", ""
    versions = [_version(name) for name in names]
    for name, version in zip(names, versions, strict=True):
        if version and versions.count(version) == 1:
            yield rf"(?<![\w.]){re.escape(version)}(?![\w%]|\.\d|\s*%)", name


def _version(name: str) -> str:
    """ "2.1" of "Release 2.1" and of "2.1 Refunds"; empty where neither end is one."""
    ends = (name.rpartition(" ")[2], name.partition(" ")[0])
    return next((end for end in ends if re.fullmatch(r"\d+(?:\.\d+)+", end)), "")


def _stem(name: str) -> str:
    """ "Release" of "Release 2.1"; empty where a name ends in no version."""
    stem, _, version = name.rpartition(" ")
    return stem if re.fullmatch(r"\d+(?:\.\d+)*", version) else ""
