"""What a map says, and what one that came along decides of its tracker's words, in sentences."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from engagements.assignees import Kind, Who, found_of_map
from engagements.forms.maps import DATE_WORDS, DECIMAL_WORDS, LABELS, ROW_WORDS
from engagements.map_decisions import Other, Settled, settled_people, settled_states
from engagements.models import Import, Source
from engagements.same_tracker import shared_with
from engagements.sources.maps import read_map
from engagements.stages import Stage

NAMED = 10


class Said(NamedTuple):
    """A sentence on the words that are decided on one page: its route.

    ``is_change``: the map takes the place of decisions.
    """

    text: str
    route: str
    is_change: bool = False


def decided_otherwise(file: Import) -> Iterator[Said]:
    """Decisions that stay although the map says otherwise, and those that it would change.

    Of an applied file only those that stay, as long as no other map was brought for its source.
    """
    source = file.source
    if source is None or not _is_current(file):
        return
    states = settled_states(source, file.mapping.get("states", {}))
    people = found_of_map(file.mapping.get("people", {}), file.engagement)
    yield from _said("What states mean", "import_states", states, _stage)
    yield from _said("Who the people are", "import_people", settled_people(source, people), _who)


def _is_current(file: Import) -> bool:
    if file.state == Import.State.APPLIED and file.source:
        return bool(file.mapping == file.source.mapping)
    return file.state == Import.State.PREVIEWED


def _said(
    page: str, route: str, settled: Settled[Any], words: Callable[[Any], str]
) -> Iterator[Said]:
    if stays := settled.stays:
        verb = "decision stays" if len(stays) == 1 else "decisions stay"
        others = _named(stays, "“{word}” is {decided}, the map says {told}", words)
        yield Said(f"{len(stays)} {verb} as made on the page “{page}”: {others}.", route)
    if changed := settled.changed:
        noun = "decision" if len(changed) == 1 else "decisions"
        others = _named(changed, "“{word}” is {decided} until now, and would be {told}", words)
        text = f"The map changes {len(changed)} {noun} of the page “{page}”: {others}."
        yield Said(text, route, is_change=True)


def _named(others: Mapping[str, Other[Any]], sentence: str, words: Callable[[Any], str]) -> str:
    shown = [
        sentence.format(word=word, decided=words(other.decided), told=words(other.told))
        for word, other in sorted(others.items())[:NAMED]
    ]
    more = [f"and {len(others) - NAMED} more"] if len(others) > NAMED else []
    return "; ".join([*shown, *more])


def _stage(stage: str) -> str:
    return str(Stage(stage).label).lower()


def _who(who: Who) -> str:
    return str(who.specialist or Kind(who.kind).label.lower())


def another_source(file: Import) -> Iterator[str]:
    """That its items are there already: "4 of 4 new keys are also items of Desk. …"."""
    shared = shared_with(file)
    if shared is None:
        return
    other = shared.source
    found = f"{shared.known:,} of {file.new_count:,} new keys are also items of {other}."
    if file.state == Import.State.APPLIED:
        yield f"{found} If it is the same tracker, each of them counts twice."
        return
    mapped = other.kind == Source.Kind.MAPPED
    cure = f"with a map of the name “{other}”" if mapped else f"as a {other} again"
    yield (
        f"{found} Is it the same tracker? Then discard this file and bring it {cure}: "
        "else each of them counts twice."
    )


def how_read(source: Source) -> str:
    """By which map the next file of a source is read: "Key: Nr; Created on: Begun. Semicolon …"."""
    if source.kind != Source.Kind.MAPPED:
        return "As its columns say themselves."
    by = read_map(source.mapping)
    columns = [
        f"{LABELS[field].partition(':')[0]}: {', '.join(names)}"
        for field, names in by.columns.items()
    ]
    written = [
        ROW_WORDS[by.rows].lower(),
        f"{by.separator} between cells",
        f"dates such as {DATE_WORDS[by.dates].partition(':')[0]}",
        f"decimals such as {DECIMAL_WORDS[by.decimal].partition(':')[0]}",
        *([by.zone] if by.zone else []),
        *([f"the state {by.state} for every row"] if by.state else []),
        *([f"only the teams {', '.join(by.teams)}"] if by.teams else []),
    ]
    return f"{'; '.join(columns)}. Written: {', '.join(written)}."
