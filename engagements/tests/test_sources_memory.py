"""Files of any size are read in little memory; ``make hostile`` measures it with processes."""

import tracemalloc
from collections.abc import Callable, Iterator
from itertools import repeat

import pytest

from engagements.sources.refusal import FileRefused
from engagements.sources.work_file import WorkFile
from engagements.tests.work_files import BERLIN, HEADER, READ_AT, item, work_csv

# Of the longest row that is read, a few times over.
MOST = 8 * 2**20
BLOCK = 2**18


def peak(act: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def in_blocks(start: str, block: str, encoding: str, count: int = 100) -> Iterator[bytes]:
    yield start.encode(encoding)
    yield from repeat((block * (BLOCK // len(block))).encode(encoding), count)


@pytest.mark.parametrize(
    ("start", "block", "said", "encoding"),
    [
        (HEADER, "x", "Line 2: the row that starts here is longer than 1 MB", "utf-8"),
        (HEADER, "x", "Line 2: the row that starts here is longer than 1 MB", "utf-16-le"),
        ("key", "x", "Line 1: the row that starts here is longer than 1 MB", "utf-8"),
        (HEADER + '"', "a\n", "Line 2: a cell of the row that starts here is longer", "utf-8"),
        (HEADER, '"a\nb",', "Line 2: the row that starts here is longer than 1 MB", "utf-8"),
        (HEADER, "\n", "More than 100,000 blank lines end in line 100002.", "utf-8"),
    ],
)
def test_what_never_ends_is_refused_early(start: str, block: str, said: str, encoding: str) -> None:
    blocks = in_blocks(start, block, encoding)

    def read() -> None:
        with pytest.raises(FileRefused, match=r"Line|blank") as refused:
            list(WorkFile(blocks, zone=BERLIN, now=READ_AT))
        assert str(refused.value).startswith(said)

    assert peak(read) < 3 * MOST
    assert len(list(blocks)) > 90, "the rest was not even read"


def test_long_rows_are_held_one_at_a_time() -> None:
    rows = work_csv(*[item(f"A-{number}", title="x" * 130_000) for number in range(2)])
    body = rows.removeprefix(HEADER.encode())
    blocks = iter([HEADER.encode(), *repeat(body, 80)])

    def read() -> None:
        assert sum(1 for _ in WorkFile(blocks, zone=BERLIN, now=READ_AT)) == 160

    assert peak(read) < MOST
