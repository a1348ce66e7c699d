"""What a text says that facts may carry: counts, shares, days, colours, and names.

Read by patterns of plain English, sentence by sentence. Of what subject a claim is says the last
milestone that its sentence names before it, else one right after it, else what the text is about.
What is said of the future, of a condition or of somebody's wish is no claim about the present.
"""

import re
from bisect import bisect_left, bisect_right
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
_PROMISE = r"(?:commit(?:ted|ment)|promised|deadline|due)"
PROMISE = re.compile(_PROMISE, re.IGNORECASE)
COMMITTED = re.compile(
    rf"{_PROMISE}(?:\s+date)?[\s,:]*"
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
# Right before a colour: that of the last status.
LAST = re.compile(
    r"\b(?:last (?:week|status)(?: it)?(?: was)?[:,]?|previously|before:)\s+", re.IGNORECASE
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
# So far before a day stand the words that say what it is the day of.
NEAR = 200


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


class _Places:
    """Where a pattern is found in a text, asked for as often as there are claims."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        found = [each.span() for each in pattern.finditer(text)]
        self.starts = [start for start, _ in found]
        self.ends = [end for _, end in found]

    def is_within(self, first: int, end: int) -> bool:
        """Whether all of one lies there."""
        number = bisect_left(self.starts, first)
        return number < len(self.ends) and self.ends[number] <= end

    def start_before(self, at: int) -> int | None:
        """Where the last one begins that begins before."""
        number = bisect_left(self.starts, at)
        return self.starts[number - 1] if number else None

    def end_before(self, at: int) -> int:
        """Where the last one ends that ends there or before; 0 where none does."""
        number = bisect_right(self.ends, at)
        return self.ends[number - 1] if number else 0


class _Sentence:
    def __init__(self, text: str, names: Sequence[str], about: str, today: date) -> None:
        self.text, self.about = text, about
        self.noun = ""  # the last that was counted
        self.named = list(names_in(text, names))
        self._named_at = [at for at, _, _ in self.named]
        self.days = list(days_in(text, today=today))
        self._left = list(text)
        for named in self.days:
            self._blot(named.start, named.end, _READ)
        for at, _, length in self.named:
            self._blot(at, at + length, _NAME)
        self._clauses, self._asides = _Places(CLAUSE, text), _Places(ASIDE, text)
        self._not_yet, self._otherwise = _Places(NOT_YET, text), _Places(OTHERWISE, text)
        self._last = frozenset(_Places(LAST, text).ends)

    def claims(self) -> Iterator[Claim]:
        left = "".join(self._left)
        promises = _Places(PROMISE, left)
        yield from (self._day(named, left, promises) for named in self.days)
        for pattern, read in (
            *((COUNT, self._counts), (SHARE, self._share)),
            *((AGAIN, self._again), (PAST, self._past)),
        ):
            for found in pattern.finditer("".join(self._left)):
                claims = list(read(found))
                yield from claims
                if claims:
                    self._blot(found.start(), found.end(), _READ)
        for found in NUMBER.finditer("".join(self._left)):
            words = self.text[found.start() : found.end()]
            yield Claim(words, "count", self._subject(found.start()), "", int(found[0]))
        for found in COLOUR.finditer(self.text):
            yield from self._colour(found)

    def _blot(self, start: int, end: int, mark: str) -> None:
        """Of what is left to read; numbers of days and names count nothing."""
        self._left[start:end] = mark * (end - start)

    def _subject(self, start: int) -> str:
        following = bisect_left(self._named_at, start)
        if following:
            return self.named[following - 1][1]
        if following < len(self.named) and not self._asides.is_within(
            start, self._named_at[following]
        ):
            return self.named[following][1]
        return self.about

    def _words(self, found: re.Match[str]) -> str:
        return self.text[found.start() : found.end()]

    def _is_plain(self, start: int) -> bool:
        return not self._not_yet.is_within(self._clauses.end_before(start), start)

    def _day(self, named: Named, left: str, promises: _Places) -> Claim:
        subject = self._subject(named.start)
        if not named.is_on_its_weekday:
            return Claim(named.words, "weekday", subject, "", named.day)
        meaning = _meaning(left, named.start, promises) if self._is_plain(named.start) else ""
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
        colour, start = str(found.lastgroup), found.start()
        if start in self._last:
            yield Claim(found[0], "colour", ANY, "previous", colour)
        elif not self._otherwise.is_within(self._clauses.end_before(start), start):
            number = bisect_left(self._named_at, start)
            subject = self.named[number - 1][1] if number else self.about
            yield Claim(found[0], "colour", subject, "now", colour)


def _meaning(left: str, start: int, promises: _Places) -> str:
    """Of a day that begins there, by the words right before it; empty where they are not plain."""
    since = max(start - NEAR, 0)
    if DONE.search(left, since, start):
        return "done"
    if MOVED.search(left, since, start):
        return "moved"
    promise = promises.start_before(start)
    # between the last promise and its day there is no other one
    is_promised = promise is not None and COMMITTED.match(left, promise, start)
    return "committed" if is_promised else ""


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
    found: list[tuple[int, str, int]] = []
    taken = bytearray(len(text))
    for pattern, name in _patterns(names):
        for at in re.finditer(pattern, text, re.IGNORECASE):
            start, end = at.span()
            if not any(taken[start:end]):
                found.append((start, name or at[0], end - start))
                taken[start:end] = b"\1" * (end - start)
    return iter(sorted(found))


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
