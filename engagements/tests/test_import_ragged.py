"""Rows that do not fit their header, and NUL: refused by line, the others taken, in both files."""

import pytest

from dm_portal.people.models import User
from engagements.models import Engagement, Import, ImportRow, WorkItem
from engagements.tests.work_files import HEADER, apply, changes, item, preview, work_csv

pytestmark = pytest.mark.django_db
NUL = "\N{SYMBOL FOR NULL}"


def refused(file: Import) -> dict[str, str]:
    """The reasons, by the lines as the pages name them."""
    rows = ImportRow.objects.filter(of=file, verdict="refused").order_by("-part", "line")
    return {row.place: row.reason for row in rows}


def test_ragged_rows_are_refused_by_line_and_the_others_taken(
    engagement: Engagement, manager: User
) -> None:
    rows = [item("A-1"), "A-2,too,few", item("A-3") + ",one more", '"A-5\nand on",', item("A-4")]
    log = changes(
        "A-1,2026-01-05,x,status,Open,Closed",
        "A-1,2026-01-06,x,status,Closed",
        "A-1,2026-01-06,x,status,Closed,Open,more",
        '"A-1\n",',
    )
    file = apply(engagement, manager, rows, changelog=log)
    assert refused(file) == {
        "3": "The row has 3 cells, the header 11.",
        "4": "The row has 12 cells, the header 11.",
        "5": "The row has 2 cells, the header 11.",
        "3 of the changelog": "The row has 5 cells, the header 6.",
        "4 of the changelog": "The row has 7 cells, the header 6.",
        "5 of the changelog": "The row has 2 cells, the header 6.",
    }
    assert set(WorkItem.objects.values_list("key", flat=True)) == {"A-1", "A-4"}


def test_nul_in_any_cell_is_refused_by_line(engagement: Engagement, manager: User) -> None:
    fields = HEADER.strip().split(",")
    rows = [item(**({"key": f"A-{field}"} | {field: "2026\0"})) for field in fields]
    file = preview(engagement, manager, [item("A-1"), *rows])
    assert (file.state, file.new_count) == ("previewed", 1)
    found = refused(file)
    assert list(found) == [str(line) for line in range(3, len(fields) + 3)]
    assert all("NUL" in reason for reason in found.values())
    for row in ImportRow.objects.filter(verdict="refused"):
        assert f"2026{NUL}" in {row.key, *row.data.values()}


def test_nul_in_a_changelog_is_refused_by_line(engagement: Engagement, manager: User) -> None:
    log = changes(
        "A-1,2026-01-04,x,status,New,Open",
        "A-1\0,2026-01-05,x,status,Open,Closed",
        "A-1,2026-01-05\0,x,status,Open,Closed",
        "A-1,2026-01-05,x,status,Open\0,Closed",
        "A-1,2026-01-05,x,status,Open,Clo\0sed",
        "A-1,2026-01-05,x\0,status,Open,Closed",  # of whom nothing is read
    )
    file = preview(engagement, manager, [item()], changelog=log)
    assert (file.state, file.changes_read) == ("previewed", 2)
    assert list(refused(file)) == [f"{line} of the changelog" for line in range(3, 7)]


@pytest.mark.parametrize(
    ("content", "log", "said"),
    [
        (work_csv().replace(b"title", b"ti\0tle"), b"", "Line 1: the column names hold NUL"),
        (work_csv().replace(b"title", b"type"), b"", "The column type is there 2 times"),
        (
            work_csv(item()),
            changes().replace(b"author", b"key"),
            "In the changelog: The column key is there 2 times; keep one.",
        ),
        (
            work_csv(item()),
            changes().replace(b"author", b"\0"),
            "In the changelog: Line 1: the column names hold NUL characters.",
        ),
        (
            work_csv(item()),
            changes("A-1,2026-01-05,x,status,Open,Zur\xfcck").decode().encode("cp1252"),
            "In the changelog: Line 2 is not written in UTF-8.",
        ),
        (
            work_csv(item()),
            changes('A-1,2026-01-05,x,status,"Open,Closed'),
            "In the changelog: Line 2: a quote is opened in the row that starts here and never",
        ),
    ],
)
def test_a_file_that_cannot_be_trusted_leaves_nothing(
    engagement: Engagement, manager: User, content: bytes, log: bytes, said: str
) -> None:
    file = preview(engagement, manager, content, changelog=log)
    assert file.state == "refused"
    assert file.problem.startswith(said)
    assert not file.chunks.exists()
    assert not file.rows.exists()
    assert not file.said.exists()
