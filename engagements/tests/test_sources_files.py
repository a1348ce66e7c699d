"""Files as a whole: encodings, endings, quotes, and which kind they are."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dm_portal.shell.csv_export import protect
from engagements.sources import lines
from engagements.sources.layouts import recognise
from engagements.sources.lines import Lines
from engagements.sources.refusal import FileRefused
from engagements.sources.table import table_rows
from engagements.tests.work_files import HEADER, item, open_file, rows_of, work_csv


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        rows_of(content)
    return str(refused.value)


def table(content: bytes) -> list[tuple[int, list[str]]]:
    return list(table_rows(Lines([content])))


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    (row,) = rows_of(b"\xef\xbb\xbf" + work_csv(item()))
    assert row.key == "A-1"


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_any_line_ending_and_blank_lines(ending: bytes) -> None:
    content = work_csv(item("A-1"), "", item("A-2")).replace(b"\n", ending)
    assert [(row.line, row.key) for row in rows_of(content)] == [(2, "A-1"), (4, "A-2")]


def test_a_row_is_named_by_the_line_it_starts_on() -> None:
    content = work_csv(item("A-1", title='"two\nlines"'), item("A-2"))
    assert [(row.line, row.key) for row in rows_of(content)] == [(2, "A-1"), (4, "A-2")]


def test_the_last_line_may_lack_its_ending() -> None:
    assert [row.key for row in rows_of(work_csv(item("A-1"), item("A-2")).rstrip())] == [
        "A-1",
        "A-2",
    ]


def test_empty_blocks_are_nothing() -> None:
    assert list(Lines([b"", b"a", b"", b"b\n", b""])) == ["ab\n"]


def test_how_far_the_reading_is() -> None:
    content = work_csv(item("A-1"), item("A-2"))
    file = open_file(content)
    assert file.bytes_read == len(HEADER)
    assert len(list(file)) == 2
    assert file.bytes_read == len(content)


def test_what_is_not_utf_8_is_named_by_its_line() -> None:
    content = work_csv(item("A-1"), item("A-2", title="Zahlung für Gäste")).decode()
    said = refusal(content.encode("cp1252"))
    assert said == ("Line 3 is not written in UTF-8. Save the file as CSV UTF-8 and try again.")


def test_nothing_at_all() -> None:
    assert refusal(b"") == "The file is empty."
    assert refusal(b"\n\n") == "The file is empty."


def test_a_quote_that_never_closes() -> None:
    said = refusal(work_csv(item("A-1"), item("A-2", title='"oh'), item("A-3")))
    assert said == ("Line 3: a quote is opened in the row that starts here and never closed.")


def test_a_quote_that_never_closes_in_a_long_file_is_noticed_soon() -> None:
    rows = [item(f"A-{number}") for number in range(9000)]
    said = refusal(work_csv('"' + rows[0], *rows))
    assert said.startswith("Line 2: a cell of the row that starts here is longer than 131,072")


def test_a_cell_that_goes_on_after_its_quote() -> None:
    said = refusal(work_csv(item("A-1", title='"a"b')))
    assert said.startswith("Line 2: in the row that starts here, a cell goes on after its closing")


def test_what_python_says_else_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engagements.sources.table.FAULTS", {})
    assert refusal(work_csv('"')) == (
        "Line 2: the row that starts here is not well-formed CSV (unexpected end of data)."
    )


def test_a_row_that_does_not_end_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_ROW_BYTES", 200)
    said = "Line 2: the row that starts here is longer than 1 MB."
    assert refusal(work_csv(item(title="x" * 400))).startswith(said)
    lots = ",".join(['"a\nb"'] * 100)
    assert refusal(work_csv(lots)).startswith(said)


def test_ten_megabytes_without_a_line_ending() -> None:
    blocks = iter([HEADER.encode(), *[b"x" * 2**18] * 40])
    taken = list(Lines([next(blocks)]))
    assert taken == [HEADER]
    with pytest.raises(FileRefused, match="Line 1: the row"):
        list(Lines(blocks))
    assert len(list(blocks)) > 30, "the rest was not even read"


def test_headers_may_be_written_as_people_do() -> None:
    (row,) = rows_of(b"Key,Created At,Milestones\nA-1,2026-01-05,2.1\n")
    assert (row.key, row.data["milestones"]) == ("A-1", ["2.1"])


def test_unknown_columns_are_named_once() -> None:
    layout = recognise(["key", "created_at", "colour", "", "colour"])
    assert (layout.kind, layout.unused) == ("work_csv", ("colour", ""))


def test_a_jira_export_is_known_by_its_key() -> None:
    layout = recognise(["Summary", "Issue key", "Created", "Priority"])
    assert (layout.kind, layout.unused) == ("jira", ("Priority",))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("key,title", "The column created_at is missing"),
        ("Issue key,Summary", "The column Created is missing"),
        ("key,created_at,title,title", "The column title is there 2 times; keep one."),
        ("ticket,when", "Its columns are: ticket, when."),
        ("a,b,c,d,e,f,g,h,i,j,k,l", "Its columns are: a, b, c, d, e, f, g, h, i, j and 2 more."),
        (",x", "Its columns are: (no name), x."),
        ("key;created_at", "Its cells seem not to be separated by commas: save it with commas"),
        ("ticket", "Its columns are: ticket."),
        ("\nkey,a\0", "Line 2: the column names hold NUL characters."),
        (",".join(f"c{n}" for n in range(2001)), "The file has 2,001 columns; at most 2,000"),
    ],
)
def test_a_file_that_is_neither_says_why(header: str, said: str) -> None:
    assert said in refusal(f"{header}\n".encode())


# csv-spectrum: what a CSV must parse to. Of location_coordinates the JSON beside it holds another
# telephone number than the CSV and no list, so that one cell is left out there.
def spectrum(folder: Path, name: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    (_, header), *rows = table((folder / "csvs" / f"{name}.csv").read_bytes())
    wanted = json.loads((folder / "json" / f"{name}.json").read_text(encoding="utf-8"))
    found = [dict(zip(header, cells, strict=True)) for _, cells in rows]
    return found, wanted if isinstance(wanted, list) else [wanted]


@pytest.mark.parametrize(
    "name",
    [
        *("comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines"),
        *("newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8"),
    ],
)
def test_csv_spectrum(real_data: Path, name: str) -> None:
    found, wanted = spectrum(real_data / "hostile" / "csv_spectrum", name)
    assert found == wanted


def test_csv_spectrum_with_coordinates(real_data: Path) -> None:
    (found,), (wanted,) = spectrum(real_data / "hostile" / "csv_spectrum", "location_coordinates")
    differing = {name for name in wanted if found[name] != wanted[name]}
    assert differing == {"Contact Phone Number"}


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_every_title_survives_writing_and_reading(title: str) -> None:
    written = io.StringIO()
    csv.writer(written).writerow(["A-1", protect(title), "2026-01-05"])
    (row,) = rows_of(f"key,title,created_at\r\n{written.getvalue()}".encode())
    assert (row.reason, row.data["title"]) == ("", title)


def taken(content: bytes) -> list[str]:
    """What is said of a file: the refusal, or a key or a reason for each of its rows."""
    try:
        return [row.reason or row.key for row in rows_of(content)]
    except FileRefused as refused:
        return [str(refused)]


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_do_more_than_be_refused(noise: bytes, headed: bool) -> None:
    assert all(taken(HEADER.encode() + noise if headed else noise))
