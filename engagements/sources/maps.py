"""A map of a tracker's file: how it is written, and which of its columns holds what."""

import codecs
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from dm_portal.shell.zones import is_known
from engagements.sources.refusal import FileRefused
from engagements.stages import Stage

MAX_BYTES = 256 * 1024
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
DATES = ("iso", "day first", "month first")
DECIMALS = {"point": ".", "comma": ","}
ROWS = ("items", "intervals")
# What a column may hold: of an item, and of a stay in a state that is one row.
OF_ITEMS = (
    *("key", "type", "title", "state", "size", "milestones", "sprint", "assignee"),
    *("created_at", "started_at", "done_at", "updated_at", "flag", "due", "team", "seen_at"),
)
OF_INTERVALS = ("key", "type", "title", "state", "size", "team", "seen_at", "days", "until")
# What a name of the tracker may stand for, beside the e-mail of a specialist.
BOT_WORD, IGNORE_WORD = "bot", "ignore"
NEEDED = {"items": ("key",), "intervals": ("key", "state", "days", "until")}
MAX_TEXT = 200
# What the sources are called whose files need no map.
TAKEN = ("work csv", "jira export")
# TOML's strings, those of several lines first, and comments: all that can hide dots from DEEP, each
# read as TOML reads it, so that none can pretend to begin or end elsewhere. What is not ended goes
# on to the end of the file, or of its line. Nothing here is tried twice: the time is that of the
# length.
WORDS = re.compile(
    rb"""
    \"""  (?: [^"\\] | \\[\s\S] | "(?!"") )*+  (?:"{3,5})?
    | \'\'\'  (?: [^'] | '(?!'') )*+  (?:'{3,5})?
    | "  (?: [^"\\\n] | \\[^\n] )*+  "?
    | '  [^'\n]*+  '?
    | \#  [^\n]*+
    """,
    re.VERBOSE,
)
# A key of more parts than any map has, over which TOML's reader would sit for minutes.
DEEP = re.compile(rb"(?:\.[ \t\w-]*){9}")


class MapRefused(FileRefused):
    """The map says something that cannot be; the message names its line or key, and the cure."""


@dataclass(frozen=True, slots=True)
class FileMap:
    """``columns`` tells the names of the columns of each field, as in the file's first row.

    ``rows`` is "items", or "intervals" where each row is one stay of an item in a state: then the
    rows of an item follow each other in the order of time, "days" is how long it stayed, and
    "until" the day of its last move, on which the last of them ends. ``state`` is the state of
    every row of a file that has no column for it; ``teams`` whose rows are read (empty: all);
    ``states`` what the tracker's states mean, by ``Stage``; ``people`` who the tracker's names are:
    a specialist's e-mail, or their name where they have none, "bot" or "ignore".
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    separator: str = "comma"
    dates: str = "iso"
    decimal: str = "point"
    zone: str = ""
    rows: str = "items"
    state: str = ""
    teams: Sequence[str] = ()
    states: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What ``read_map`` makes the same map of."""
        kept = asdict(self) | {"columns": {name: list(of) for name, of in self.columns.items()}}
        decided = {"states": dict(self.states), "people": dict(self.people)}
        return kept | decided | {"teams": list(self.teams)}

    @property
    def mark(self) -> str:
        """What stands between two cells."""
        return SEPARATORS[self.separator]

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a file has every column that the map names."""
        return {name for names in self.columns.values() for name in names} <= set(header)


def parse_map(content: bytes) -> FileMap:
    """The map that a TOML file describes.

    Raises:
        MapRefused: it is no TOML, or does not describe one.
    """
    if len(content) > MAX_BYTES:
        raise MapRefused(f"The map is larger than {MAX_BYTES // 1024} KB.")
    text = _text_of(content)
    if DEEP.search(WORDS.sub(b"", text.encode())):
        raise MapRefused("The map has tables in tables in tables, and needs none.")
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # of its grammar or its numbers
        raise MapRefused(f"The map is not written in TOML: {error}.") from error
    return read_map(told | {"states": _by_state(told.get("states", {}))})


def _text_of(content: bytes) -> str:
    """What editors save as TOML: text in UTF-8, with or without a mark, or in UTF-16 with one.

    Raises:
        MapRefused: it is none of these.
    """
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_wide else "utf-8-sig")
    except ValueError as error:
        raise MapRefused(
            "The map is not written in TOML, which is text: save it in UTF-8."
        ) from error


def read_map(told: Mapping[str, Any]) -> FileMap:
    """The map that these values describe; ``states`` are given by their names.

    Raises:
        MapRefused: a value is missing, unknown or not possible.
    """
    known = [each.name for each in fields(FileMap)]
    if unknown := sorted(set(told) - set(known)):
        raise MapRefused(f"The map has no {unknown[0]}. It knows: {', '.join(known)}.")
    made = FileMap(
        name=" ".join(_text(told, "name").split()),
        columns=_columns(told.get("columns", {})),
        separator=_one_of(told, "separator", tuple(SEPARATORS)),
        dates=_one_of(told, "dates", DATES),
        decimal=_one_of(told, "decimal", tuple(DECIMALS)),
        zone=_zone(_text(told, "zone")),
        rows=_one_of(told, "rows", ROWS),
        state=_text(told, "state"),
        teams=_texts("teams", told.get("teams", [])),
        states=told.get("states", {}),
        people=_people(told.get("people", {})),
    )
    _require_whole(made)
    return made


def _require_whole(made: FileMap) -> None:
    """Everything is named that its kind of rows needs, and nothing that it cannot use."""
    if not made.name:
        raise MapRefused("The map needs a name, by which the source is called.")
    if made.name.casefold() in TAKEN:
        raise MapRefused(f"Files without a map are called {made.name}: give the map another name.")
    possible = OF_ITEMS if made.rows == "items" else OF_INTERVALS
    if unknown := sorted(set(made.columns) - set(possible)):
        raise MapRefused(
            f"Of {made.rows}, no column can hold {unknown[0]}. There are: {', '.join(possible)}."
        )
    named = dict.fromkeys((*NEEDED[made.rows], *made.columns))
    if missing := [name for name in named if not made.columns.get(name)]:
        raise MapRefused(f"The map names no column for: {', '.join(missing)}.")
    if made.state and "state" in made.columns:
        raise MapRefused("The map gives every row a state, and names a column for it: keep one.")
    if made.teams and "team" not in made.columns:
        raise MapRefused("The map names teams, and no column that tells the team.")
    dated = {"created_at", "updated_at", "done_at", "started_at", "seen_at", "until"}
    if not dated & set(made.columns):
        raise MapRefused("The map names no column with a date: nobody could tell what was when.")


def _columns(told: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(told, Mapping):
        raise MapRefused("columns of the map is a table: one line for each field.")
    return {
        str(name): _texts(f"columns.{name}", [names] if isinstance(names, str) else names)
        for name, names in told.items()
    }


def _by_state(told: Any) -> dict[str, str]:
    """States by their names, from lists of them by what they mean."""
    if not isinstance(told, Mapping):
        raise MapRefused("states of the map is a table: one list of states for each meaning.")
    found: dict[str, str] = {}
    for stage, states in told.items():
        if stage not in Stage.values:
            raise MapRefused(f"No state can mean {stage}. They mean: {', '.join(Stage.values)}.")
        for state in _texts(f"states.{stage}", states):
            if found.setdefault(state, stage) != stage:
                raise MapRefused(f"The state {state} cannot mean both {found[state]} and {stage}.")
    return found


def _people(told: Any) -> dict[str, str]:
    """Who the tracker's names are; whether there is such a specialist is asked elsewhere."""
    if not isinstance(told, Mapping):
        raise MapRefused("people of the map is a table: one line for each name of the tracker.")
    found: dict[str, str] = {}
    for name, who in told.items():
        if isinstance(who, Mapping):
            raise MapRefused(f"people.{name} of the map is a table: put names with dots in quotes.")
        found[_checked("people", name).strip()] = _checked(f"people.{name}", who).strip()
    if not all((*found, *found.values())):
        raise MapRefused("people of the map has an empty name, or does not say whose a name is.")
    return found


def _text(told: Mapping[str, Any], name: str) -> str:
    return _checked(name, told.get(name, ""))


def _texts(name: str, told: Any) -> tuple[str, ...]:
    if not isinstance(told, list | tuple):
        raise MapRefused(f"{name} of the map is a list of texts.")
    return tuple(_checked(name, each) for each in told)


def _checked(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value:
        raise MapRefused(f"{name} of the map is a text of at most {MAX_TEXT} characters.")
    return value


def _one_of(told: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = told.get(name, allowed[0])
    if value not in allowed:
        raise MapRefused(f"{name} of the map is one of: {', '.join(allowed)}.")
    return str(value)


def _zone(name: str) -> str:
    """The name of a time zone, or nothing: then the engagement's counts."""
    if name and not is_known(name):
        raise MapRefused(f"There is no time zone {name}, as in Europe/Berlin.")
    return name
