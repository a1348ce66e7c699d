"""What a file says of items, put beside what is known of them: what they would be."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import NamedTuple, cast

from engagements.assignees import people_of_map
from engagements.histories import Evidence, History, history_of
from engagements.histories.fields import Versions
from engagements.map_decisions import settled_states
from engagements.models import (
    Import,
    ImportEvent,
    PersonMeaning,
    Source,
    StateMeaning,
    VersionMeaning,
    WorkEvent,
)
from engagements.models.imports import Part
from engagements.services.imports import listings, statements
from engagements.sources.rows import Row
from engagements.stages import StageOf, decided_by

# A column of assignees may hold something else, which is kept nowhere by the hundred thousand.
MOST_PEOPLE = 1000
# Of what is said of the items that are worked out at once.
MAX_BYTES = 8 * 1024 * 1024


class Told(NamedTuple):
    """The row by which an item is told, and what is odd about it."""

    line: int
    key: str
    note: str


def once(batch: Iterable[Row], first_lines: Mapping[str, int]) -> tuple[list[Row], list[Row]]:
    """The rows to keep, each key once, and those that are refused.

    ``first_lines`` tells where the keys that were taken before came up first.
    """
    lines = dict(first_lines)
    taken, refused = [], []
    for row in batch:
        if row.reason:
            refused.append(row)
        elif (first := lines.setdefault(row.key, row.line)) != row.line:
            refused.append(row._replace(reason=f"The key {row.key} is in line {first} already."))
        else:
            taken.append(row)
    return taken, refused


def rows_after(file: Import, part: Part, *, line: int, count: int) -> list[Told]:
    """The next items that this part of the file tells of, in its order.

    A changelog tells only of items that some export has named, and that this file does not name.
    """
    if part == Part.CHANGELOG:
        return [Told(*row, note="") for row in statements.changed_only(file, line, count)]
    if part == Part.MISSING:
        rest = listings.listed_only(file).filter(line__gt=line).order_by("line")
        return [Told(*row, note=listings.NOTE) for row in rest.values_list("line", "key")[:count]]
    seen = ImportEvent.objects.filter(of=file, part=part, field=WorkEvent.Field.SEEN)
    rows = seen.filter(line__gt=line).order_by("line")
    return [Told(*row) for row in rows.values_list("line", "key", "note")[:count]]


def are_light(file: Import, count: int) -> bool:
    """Whether what is said of this many items can always be held at once."""
    return statements.heaviest(file) * count <= MAX_BYTES


def bearable(file: Import, batch: list[Told]) -> list[Told]:
    """The first of these items: as many as what is said of them can be held at once, or one."""
    sizes = statements.sizes_of(file, [told.key for told in batch])
    sums = accumulate(sizes.get(told.key, 0) for told in batch)
    fit = sum(1 for size in sums if size <= MAX_BYTES)
    return batch[: max(fit, 1)]


class Meant(NamedTuple):
    """What states mean, and whose versions are."""

    stage_of: StageOf
    versions: Versions


def meant_for(file: Import) -> Meant:
    """What was decided for the file's source, and what a map that came along decides of states."""
    told = settled_states(cast("Source", file.source), file.mapping.get("states", {}))
    return Meant(
        decided_by(StateMeaning.objects.by_state(file.source_id) | told.counts),
        VersionMeaning.objects.by_version(file.engagement_id),
    )


def decisions_of(file: Import) -> int:
    """A number that every decision changes by which the file's rows are worked out: on states and
    versions, and on people where a map says who they are. Decisions of one engagement follow each
    other under its lock, so that none is made later and counts as earlier.
    """
    states = StateMeaning.objects.filter(source=file.source_id).version()
    versions = VersionMeaning.objects.filter(engagement=file.engagement_id).version()
    if not file.mapping:
        return max(states, versions)
    return max(states, versions, PersonMeaning.objects.filter(source=file.source_id).version())


def undecided_states(file: Import, stage_of: StageOf) -> list[str]:
    """States that the files name, and of which nobody has said what they mean."""
    named = {state for _, state in ImportEvent.objects.filter(of=file).states("of")}
    return sorted(state for state in named if stage_of(state) is None)


def undecided_people(file: Import) -> list[str]:
    """Names that the files assign items to, and of whom nobody has said who they are: the first
    ``MOST_PEOPLE`` of them.

    Raises:
        FileRefused: the map that came along means somebody who is no longer to be found.
    """
    told = people_of_map(file.mapping.get("people", {}), file.engagement)
    decided = PersonMeaning.objects.filter(source=file.source_id).values_list("name", flat=True)
    named = {name for _, name in ImportEvent.objects.filter(of=file).assignees("of")}
    return sorted(named - told.keys() - set(decided))[:MOST_PEOPLE]


def to_work_out(file: Import, batch: Sequence[Told], meant: Meant) -> Callable[[], list[Row]]:
    """Asks what is known of these items; the call, which asks nothing, works out what each would be
    if the file were applied, told by its row. Each has been seen.
    """
    known = statements.evidence_of(file, [told.key for told in batch])
    return partial(_worked_out, batch, known, meant)


def _worked_out(
    batch: Sequence[Told], known: Mapping[str, list[Evidence]], meant: Meant
) -> list[Row]:
    return [
        Row(line, key, cast("History", history_of(known[key], *meant)).data(), note=note)
        for line, key, note in batch
    ]
