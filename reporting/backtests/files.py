"""Sprints of other teams, as files have them: ``<organisation>_iteration_<share>.csv``.

The layout of Choetkiertikul et al. (IEEE TSE 2017): a sprint on each line, as it stood at a share
of its length. There are no dates: the order is that of the numbers of a board's sprints.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from reporting.forecasts.sprint import SHARES, Snapshot

Boards = list[list[Snapshot]]
# Names of sprints hold commas that are not quoted: before and after them stand so many columns.
BEFORE_NAME, AFTER_NAME = 2, -16


def organisations(folder: Path) -> list[str]:
    """Those of which there is a file of each share."""
    named = {
        path.name.removesuffix("_iteration_0.csv") for path in folder.glob("*_iteration_0.csv")
    }
    return sorted(
        name for name in named if all(_path(folder, name, share).exists() for share in SHARES)
    )


def boards(folder: Path, organisation: str, share: int) -> Boards:
    """The sprints of each board, in order.

    Raises:
        ValueError: a line is not in this layout.
    """
    found: dict[str, list[tuple[int, Snapshot]]] = defaultdict(list)
    for row in _rows(_path(folder, organisation, share)):
        committed = sum(float(row[each]) for each in ("vel_starttime", "vel_added"))
        committed -= float(row["vel_removed"])
        snapshot = Snapshot(committed, float(row["vel_done"]), committed + float(row["vel_diff"]))
        found[row["boardid"]].append((int(row["sprintid"]), snapshot))
    return [
        [snapshot for _, snapshot in sorted(sprints, key=lambda each: each[0])]
        for sprints in found.values()
    ]


def _path(folder: Path, organisation: str, share: int) -> Path:
    return folder / f"{organisation}_iteration_{share}.csv"


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        header = next(lines).strip().split(",")
        del header[BEFORE_NAME]
        for line in lines:
            cells = line.rstrip("\n").split(",")
            yield dict(zip(header, cells[:BEFORE_NAME] + cells[AFTER_NAME:], strict=True))
