"""The frozen values that the templates of ``templates/status/`` receive, and nothing else."""

from dataclasses import dataclass, field
from datetime import date, datetime

from dm_portal.people.models import User
from dm_portal.shell.pictures import BurnUp, Timeline


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day: for people, and for machines."""

    words: str
    iso: str


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant on the engagement's wall clock; ``title`` is exact and names the zone."""

    words: str
    iso: str
    title: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The colour by the rules, where the one that is said is kinder or rests on none."""

    shape: str
    sentence: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Sentences about one thing; ``about`` is a milestone's name or empty, ``place`` the name by
    which a reader can speak of them.
    """

    about: str
    texts: tuple[str, ...]
    outcome: str = ""
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of the commitments that were due: in one sentence, and which were missed."""

    summary: str
    missed: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """One published status, whole, or an update, of which ``paragraph`` is all that is told; texts
    are as the customer reads them, ``our_move``, ``own_words`` and ``paragraph`` in Markdown.
    """

    engagement: str
    week: str
    number: int
    shape: str
    word: str
    previous_word: str
    headline: str
    paragraph: str
    next_name: str
    next_on: Day | None
    next_past: str  # "7 days past", empty for a date to come
    next_expected: str  # "2–8 Dec", empty where nothing forecasts it
    rules: Rules | None
    reason: str
    our_move: str
    own_words: str  # paragraphs, of whoever speaks
    speaks_for: str
    correction_reason: str
    changed: tuple[Line, ...]
    milestones: tuple[Line, ...]
    done_earlier: tuple[Line, ...]
    timeline: Timeline | None
    burn_up: BurnUp | None
    delivered: tuple[Line, ...]
    ahead: tuple[Line, ...]
    our_word: Kept | None
    waiting: tuple[Line, ...]
    rests_on: str
    zone: str
    as_of: Moment
    published: Moment
    published_by: str
    published_for: str
    reconstructed_on: Day | None


@dataclass(frozen=True, slots=True)
class Saying:
    """Who says it, when, for whom, as which revision; ``reconstructed_on`` of a past week."""

    number: int
    published_at: datetime
    published_by: User
    published_for: User | None
    reconstructed_on: date | None
