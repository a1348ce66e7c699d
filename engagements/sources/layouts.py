"""Which kind of file it is, and which of its columns holds what: told by the column names."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engagements.sources.cells import plain
from engagements.sources.maps import FileMap
from engagements.sources.refusal import FileRefused

MAX_NAME = 100  # characters of a column name that is only reported

# field -> the names it goes by, in the form that ``plain`` gives them; the second ones are those
# of the portal's own list of work, so that its CSV can come in again
WORK_CSV: Mapping[str, tuple[str, ...]] = {
    "key": ("key",),
    "type": ("type",),
    "title": ("title",),
    "state": ("state",),
    "size": ("size",),
    "milestones": ("milestone", "milestones"),
    "sprint": ("sprint",),
    "assignee": ("assignee",),
    "created_at": ("created_at", "created"),
    "started_at": ("started_at", "started"),
    "done_at": ("done_at", "done"),
    "updated_at": ("updated_at", "updated"),
    "flag": ("flag", "flagged"),
    "due": ("due", "due_on", "due_date"),
}
# Server, Data Center and Cloud name some of them differently; nothing in an export tells
# when an item was started.
JIRA: Mapping[str, tuple[str, ...]] = {
    "key": ("issue_key",),
    "type": ("issue_type",),
    "title": ("summary",),
    "state": ("status",),
    "size": (
        "story_points",
        "custom_field_story_points",
        "story_point_estimate",
        "custom_field_story_point_estimate",
    ),
    "milestones": ("fix_version_s", "fix_versions", "fix_version"),
    "sprint": ("sprint", "custom_field_sprint"),
    "assignee": ("assignee",),
    "created_at": ("created",),
    "done_at": ("resolved",),
    "updated_at": ("updated",),
    "flag": ("flagged", "custom_field_flagged"),
    "due": ("due_date",),
}
# What an item is shown by; the rest only tells what became of it.
FIELDS = tuple(WORK_CSV)[:-3]
GATHERED = ("milestones", "sprint", "flag")


@dataclass(frozen=True, slots=True)
class Layout:
    """``kind`` is "work_csv", "jira" or "mapped"; ``places`` the positions of each field's cells.

    ``map`` tells how its cells are written, of a mapped file.
    """

    kind: str
    width: int
    places: Mapping[str, tuple[int, ...]]
    unused: tuple[str, ...]
    map: FileMap | None = None


def recognise(header: Sequence[str]) -> Layout:
    """The layout that the column names tell.

    Raises:
        FileRefused: neither a work CSV nor a Jira export, or without a column that must be there.
    """
    names = [plain(name) for name in header]
    if "issue_key" in names:
        return _layout("jira", JIRA, header, names, created="Created")
    if "key" not in names:
        raise FileRefused(_unknown(header))
    layout = _layout("work_csv", WORK_CSV, header, names, created="created_at")
    _require_once(layout)
    return layout


def laid_out(by: FileMap, header: Sequence[str]) -> Layout:
    """The layout that a map tells.

    Raises:
        FileRefused: the file lacks a column that the map names.
    """
    named = {name for names in by.columns.values() for name in names}
    if missing := sorted(named - set(header)):
        raise FileRefused(
            f"The map “{by.name}” names columns that the file has not: {', '.join(missing)}. "
            f"{_columns(header)}"
        )
    unused = dict.fromkeys(name[:MAX_NAME] or "(no name)" for name in header if name not in named)
    places = {
        field: tuple(place for place, name in enumerate(header) if name in names)
        for field, names in by.columns.items()
    }
    layout = Layout("mapped", len(header), places, tuple(unused), by)
    _require_once(layout)
    return layout


def _layout(
    kind: str,
    columns: Mapping[str, tuple[str, ...]],
    header: Sequence[str],
    names: Sequence[str],
    *,
    created: str,
) -> Layout:
    fields = {name: field for field, aliases in columns.items() for name in aliases}
    found: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        if name in fields:
            found.setdefault(fields[name], []).append(position)
    if "created_at" not in found:
        raise FileRefused(
            f"The column {created} is missing: without it nobody can tell what was open when."
        )
    unused = dict.fromkeys(
        header[position][:MAX_NAME] for position, name in enumerate(names) if name not in fields
    )
    places = {field: tuple(positions) for field, positions in found.items()}
    return Layout(kind, len(header), places, tuple(unused))


def _require_once(layout: Layout) -> None:
    """In a work CSV a repeated column is a mistake; a tracker repeats columns on purpose."""
    for field, positions in layout.places.items():
        if len(positions) > 1 and field not in GATHERED:
            raise FileRefused(f"The column {field} is there {len(positions)} times; keep one.")


def _unknown(header: Sequence[str]) -> str:
    sentence = (
        "This is neither a work CSV (it has no column key) nor a Jira export "
        "(it has no column Issue key)."
    )
    marks = Counter("".join(header)).most_common()
    separator = next((mark for mark, _ in marks if mark in ";\t|"), "")
    if len(header) == 1 and separator:
        return (
            f"{sentence} Its cells seem not to be separated by commas: save it with commas, or "
            "bring a map along that says how it is written."
        )
    return f"{sentence} {_columns(header)}"


def _columns(header: Sequence[str]) -> str:
    """What the columns are called, for whoever looks for one."""
    shown = ", ".join(name[:40] or "(no name)" for name in header[:10])
    more = f" and {len(header) - 10} more" if len(header) > 10 else ""
    return f"Its columns are: {shown}{more}."
