"""Files that would burst, flood or stall the portal: what each costs, and what is said of it.

Starts a PostgreSQL of its own as a child, and ends only that. Each file is brought by a process of
its own, as the form does it (checked, received) and then a worker (read up to its preview). Before
it a small one is imported, so that what is measured is the file and not Python.

Prints one line for each file, and exits 1 where one took over 100 MB more memory, where a refusal
came later than after 5 s, where the outcome is another one, or where a refused file left anything
behind.

    python .ci/hostile.py [NAME ...] [--rows 1000000]
"""

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

from harness import make_engagement, migrate, own_database, set_up_django

MORE_MEGABYTES, SECONDS = 100, 5.0
MEGABYTE = 2**20
MOST = 49 * MEGABYTE  # just less than is taken
SOME = 8 * MEGABYTE  # where each row is written down again
HEADER = b"key,title,state,created_at\n"
LOG_HEADER = b"key,created,field,from,to\n"


def main() -> int:
    arguments = parse()
    if arguments.bring:
        return bring(arguments.bring, arguments.folder)
    own_database("hostile")
    set_up_django()
    migrate()
    make_engagement("Atlas", begun=datetime.now(tz=UTC))
    wrong = False
    for name in arguments.names or FILES:
        with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
            FILES[name].write(Path(folder), arguments.rows)
            told = brought(name, folder)
        faults = judge(FILES[name], told)
        wrong = wrong or bool(faults)
        print(line(name, told, faults), flush=True)
    return 1 if wrong else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *FILES])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--bring", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def judge(file: "File", told: dict[str, Any]) -> list[str]:
    faults = []
    if told["megabytes"] > MORE_MEGABYTES:
        faults.append(f"over {MORE_MEGABYTES} MB more")
    if told["state"] != file.state:
        faults.append(f"{told['state']} in place of {file.state}")
    if file.says not in told["problem"]:
        faults.append(f"does not say {file.says!r}")
    if told["state"] == "refused" and told["seconds"] > SECONDS:
        faults.append(f"refused after over {SECONDS:g} s")
    if told["state"] == "refused" and told["left"]:
        faults.append(f"{told['left']} rows are left of it")
    return faults


def line(name: str, told: dict[str, Any], faults: list[str]) -> str:
    said = told["problem"] or f"{told['new']:,} new, {told['refused']:,} refused"
    return (
        f"{name}: {told['state']} after {told['seconds']:.1f} s, {told['megabytes']:.0f} MB more "
        f"({said[:100]}): {'; '.join(faults) or 'fine'}"
    )


# The files


@dataclass
class File:
    """How a file is written, whether it is refused, and words that are said then."""

    write: Callable[[Path, int], None]
    state: str = "refused"
    says: str = ""


def work(pieces: Callable[[], Iterator[bytes]], most: int = MOST) -> Callable[[Path, int], None]:
    """Write a work file of these pieces, up to ``most`` bytes."""
    return lambda folder, rows: fill(folder / "work.csv", pieces(), most)


def log(pieces: Callable[[], Iterator[bytes]], most: int = MOST) -> Callable[[Path, int], None]:
    """Write a changelog of these pieces, beside a small work file."""

    def write(folder: Path, rows: int) -> None:
        fill(folder / "work.csv", iter([HEADER, *islice(numbered("W-%d,T,Open,2024-01-05"), 9)]))
        fill(folder / "changelog.csv", pieces(), most)

    return write


def fill(path: Path, pieces: Iterator[bytes], most: int = MOST) -> None:
    size = 0
    with path.open("wb") as file:
        while size < most and (piece := next(pieces, None)) is not None:
            size += file.write(piece)


def numbered(row: str, most: int = 10**9) -> Iterator[bytes]:
    return ((row.replace("%d", str(number)) + "\n").encode() for number in range(most))


def after(start: bytes, rows: Callable[[], Iterator[bytes]]) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        yield start
        yield from rows()

    return pieces


def headed(row: str) -> Callable[[], Iterator[bytes]]:
    return after(HEADER, lambda: numbered(row))


def logged(row: str) -> Callable[[], Iterator[bytes]]:
    return after(LOG_HEADER, lambda: numbered(row))


def endless(start: bytes, block: bytes) -> Callable[[], Iterator[bytes]]:
    """``start``, and then one block after another."""
    return after(start, lambda: iter(lambda: block, b""))


def many_rows(folder: Path, rows: int) -> None:
    fill(folder / "work.csv", sound_rows(rows))


def faulty_at_its_end(last: bytes) -> Callable[[Path, int], None]:
    """Rows that are all in order, and then a last line that is not."""

    def write(folder: Path, rows: int) -> None:
        fill(folder / "work.csv", chain(sound_rows(rows), [last]))

    return write


def sound_rows(rows: int) -> Iterator[bytes]:
    return iter([HEADER, *numbered("%d,Pay %d,Open,2024-01-05", rows)])


def changes_faulty_at_their_end(folder: Path, rows: int) -> None:
    fill(folder / "work.csv", iter([HEADER, *islice(numbered("W-%d,T,Open,2024-01-05"), 9)]))
    sound = islice(numbered("W-%d,2024-01-05,status,Open,Done"), rows)
    fill(folder / "changelog.csv", chain([LOG_HEADER], sound, [b"\xff"]))


def zipped(name: str) -> Callable[[Path, int], None]:
    """A gigabyte of zeros in a ZIP archive of a megabyte."""

    def write(folder: Path, rows: int) -> None:
        with (
            zipfile.ZipFile(
                folder / "work.csv", "w", zipfile.ZIP_DEFLATED, compresslevel=1
            ) as file,
            file.open(name, "w", force_zip64=True) as inner,
        ):
            for _ in range(1024):
                inner.write(bytes(MEGABYTE))

    return write


def gzipped(folder: Path, rows: int) -> None:
    with gzip.open(folder / "work.csv", "wb", compresslevel=1) as file:
        for _ in range(1024):
            file.write(bytes(MEGABYTE))


def in_utf16() -> Iterator[bytes]:
    yield "\ufeffkey,title,state,created_at\n".encode("utf-16-le")
    for number in range(10**6):
        yield f"{number},{'💥' * 30_000},Open,2024-01-05\n".encode("utf-16-le")


def changes(items: int = 1) -> Iterator[bytes]:
    """Of these items, one after the other, for ever."""
    for number in range(10**7):
        at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
        item, name = number % items + 1, number // items
        yield f"W-{item},{at.isoformat()},size,{name},{name + 1}\n".encode()


def many_changes() -> Iterator[bytes]:
    return islice(changes(items=9), 9 * 9000)


def stays(folder: Path, rows: int) -> None:
    """Of one item, each with a long title of letters that take four bytes."""
    (folder / "map.toml").write_text(MAP)
    title = "💥" * 131_000
    pieces = (f"A,{title},S {place % 9},1,2024-01-05\n".encode() for place in range(10**6))
    fill(folder / "work.csv", after(b"key,title,state,days,until\n", lambda: pieces)())


MAP = """name = "Time in status"
rows = "intervals"
[columns]
key = "key"
title = "title"
state = "state"
days = "days"
until = "until"
"""


def milestones() -> Iterator[bytes]:
    yield b"key,milestone,created_at\n"
    for number in range(10**6):
        names = ",".join(f"V {number}.{place}" for place in range(50))
        yield f'{number},"{names}",2024-01-05\n'.encode()


LETTER = b"x" * MEGABYTE
LONG = "x" * 131_000
TOO_LONG = "longer than 131,072 characters"
FILES = {
    "a million rows": File(many_rows, "previewed"),
    "a cell of 10 MB": File(
        work(lambda: iter([HEADER, b'1,"', *[LETTER] * 10, b'",Open,2024-01-05\n'])),
        says="Line 2: the row that starts here is longer than 1 MB",
    ),
    "a cell of 200 KB": File(
        work(lambda: iter([HEADER, b"1,", LETTER[:200_000], b",Open,2024-01-05\n"])),
        says=f"Line 2: a cell of the row that starts here is {TOO_LONG}",
    ),
    "a header of 10 MB": File(
        work(lambda: iter([*[LETTER] * 10, b"\n"])),
        says="Line 1: the row that starts here is longer than 1 MB",
    ),
    "a header of 500,000 columns": File(
        work(lambda: iter([b"a," * 500_000, b"\n"])), says="The file has 500,001 columns"
    ),
    "one line of 100 MB": File(
        work(endless(b"key", LETTER), 100 * MEGABYTE), says="The file is larger than 50 MB"
    ),
    "one line of 49 MB": File(
        work(endless(b"key", LETTER)), says="Line 1: the row that starts here is longer than 1 MB"
    ),
    "a ZIP archive of a gigabyte": File(zipped("work.csv"), says="a workbook or a ZIP archive"),
    "a workbook of a gigabyte": File(
        zipped("xl/worksheets/sheet1.xml"), says="a workbook or a ZIP archive"
    ),
    "gzip of a gigabyte": File(gzipped, says="compressed by gzip"),
    "a quote that never closes": File(
        work(after(HEADER, lambda: iter([b'"', *numbered("%d,T,Open,2024-01-05", 2_000_000)]))),
        says=f"Line 2: a cell of the row that starts here is {TOO_LONG}",
    ),
    "a last byte that is no text": File(faulty_at_its_end(b"\xff"), says="is not written in UTF-8"),
    "a last quote that never closes": File(
        faulty_at_its_end(b'"A-1,T'), says="a quote is opened in the row that starts here"
    ),
    "a last change that is no text": File(
        changes_faulty_at_their_end, says="is not written in UTF-8"
    ),
    "quotes that never end a row": File(
        work(endless(HEADER, b'"a\nb",')), says="Line 2: the row that starts here is longer"
    ),
    "nothing but NUL": File(work(endless(b"", bytes(1000))), says="Line 1: the row"),
    "nothing but blank lines": File(work(endless(b"", b"\n" * 1000)), says="blank lines"),
    "blank lines after a row": File(
        work(endless(HEADER + b"1,T,Open,2024-01-05\n", b"\r\n" * 1000)), says="blank lines"
    ),
    "rows of 500,000 cells": File(work(endless(HEADER, b"," * 500_000 + b"\n")), "previewed"),
    "titles of 2,000 letters": File(
        work(headed(f"%d,{LONG[:2000]},Open,2024-01-05"), SOME), "previewed"
    ),
    "titles of 131,000 letters": File(work(headed(f"%d,{LONG},Open,2024-01-05")), "previewed"),
    "long titles in UTF-16": File(work(in_utf16), "previewed"),
    "rows that are all refused": File(work(headed("%d,T,Open,never"), SOME), "previewed"),
    "one key in every row": File(work(headed("A-1,T %d,Open,2024-01-05"), SOME), "previewed"),
    "another state in every row": File(work(headed("%d,T,S %d,2024-01-05")), says="states"),
    "another assignee in every row": File(
        work(after(b"key,assignee,created_at\n", lambda: numbered("%d,P %d,2024-01-05"))),
        says="assignees",
    ),
    "fifty milestones in every row": File(work(milestones), says="milestones"),
    "changes of one item": File(
        log(after(LOG_HEADER, changes)), says="the item W-1 has more than 10,000 changes"
    ),
    "changes of one instant": File(
        log(logged("W-1,2024-01-05T10:00:00Z,size,%d,%d.5"), SOME), "previewed"
    ),
    "another field in every change": File(
        log(logged("W-1,2024-01-05T10:00:00Z,field %d,a,b")), "previewed"
    ),
    "a changelog of refused rows": File(log(logged("W-%d,never,status,a,b"), SOME), "previewed"),
    "stays with long titles": File(stays, "previewed"),
    "items of 9,000 changes": File(log(after(LOG_HEADER, many_changes)), "previewed"),
}


# The process that brings one


def brought(name: str, folder: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--bring", name, "--folder", folder]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    told: dict[str, Any] = json.loads(said)
    return told


def bring(name: str, folder: Path) -> int:
    """Bring the files of the folder, and print what became of them."""
    set_up_django()
    small = folder / "small.csv"
    small.write_bytes(HEADER + b"".join(numbered("S-%d,T,Open,2024-01-05", 500)))
    bring_files({"file": small})
    before = megabytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # what was held at most is forgotten
    paths = {"file": "work.csv", "changelog": "changelog.csv", "map": "map.toml"}
    started = time.monotonic()
    told = bring_files({field: folder / name for field, name in paths.items()})
    told["seconds"] = time.monotonic() - started
    told["megabytes"] = megabytes("VmHWM") - before
    print(json.dumps(told))
    return 0


def bring_files(paths: dict[str, Path]) -> dict[str, Any]:
    """As the page does it, and then a worker."""
    from contextlib import ExitStack

    from django.core.files.uploadedfile import UploadedFile

    from engagements.forms.imports import ImportForm

    with ExitStack() as opened:
        files = {
            field: UploadedFile(opened.enter_context(path.open("rb")), path.name, size=size(path))
            for field, path in paths.items()
            if path.exists()
        }
        form = ImportForm({}, files)
        if not form.is_valid():
            [problem] = [said for each in form.errors.values() for said in each]
            return {"state": "refused", "problem": problem, "left": 0}
        return read(form.changes())


def size(path: Path) -> int:
    return path.stat().st_size


def read(files: dict[str, Any]) -> dict[str, Any]:
    from dm_portal.people.models import User
    from engagements.models import Engagement, Import, ImportChunk, ImportEvent, ImportRow
    from engagements.services import imports

    file = imports.receive_file(engagement=Engagement.objects.get(), by=User.objects.get(), **files)
    imports.read_import(import_id=file.pk)
    file = Import.objects.get(pk=file.pk)
    of = [model.objects.filter(of=file) for model in (ImportRow, ImportEvent, ImportChunk)]
    return {
        "state": file.state,
        "problem": file.problem,
        "new": file.new_count,
        "refused": file.refused_count,
        "left": sum(rows.count() for rows in of),
    }


def megabytes(name: str) -> float:
    """What this process holds (VmRSS), or held at most (VmHWM)."""
    status = Path("/proc/self/status").read_text().splitlines()
    (held,) = (line.split()[1] for line in status if line.startswith(f"{name}:"))
    return int(held) / 1024


if __name__ == "__main__":
    sys.exit(main())
