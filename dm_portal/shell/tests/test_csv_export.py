"""What leaves as CSV comes back as it was, and no spreadsheet runs any of it."""

import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dm_portal.shell.csv_export import (
    FORMULA,
    cell_text,
    csv_lines,
    csv_response,
    protect,
    unprotect,
)

ANYTHING = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
LIKE_FORMULAS = st.from_regex(r"\A'{0,3}[=+\-@\t\r]?[a-z'=]{0,4}\Z")


@given(ANYTHING | LIKE_FORMULAS)
@example("'=1+1")
@example("''")
@example("\rx")
def test_every_string_survives_the_round_trip(text: str) -> None:
    assert unprotect(protect(text)) == text


@given(ANYTHING | LIKE_FORMULAS)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert protect(text)[:1] not in set("=+-@\t\r")


@given(st.lists(ANYTHING | LIKE_FORMULAS, min_size=1, max_size=4))
def test_a_file_reads_back_as_it_was_written(row: list[str]) -> None:
    text = "".join(csv_lines(["a"], [row]))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert [unprotect(cell) for cell in read[1]] == row


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (-3, "-3"),
        (2.5, "2.5"),
        (date(2026, 11, 13), "2026-11-13"),
        (datetime(2026, 11, 13, 14, 0, tzinfo=UTC), "2026-11-13T14:00:00Z"),
        (
            datetime(2026, 11, 13, 14, 0, tzinfo=timezone(timedelta(hours=1))),
            "2026-11-13T13:00:00Z",
        ),
        ("-3", "'-3"),
        ("plain", "plain"),
    ],
)
def test_how_values_are_written(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_a_response_is_a_named_download() -> None:
    response = csv_response("people.csv", ["Name"], [["=cmd"]])
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert b"".join(response) == b"Name\r\n'=cmd\r\n"  # type: ignore[arg-type]


def test_the_pattern_is_the_documented_one() -> None:
    assert FORMULA.pattern == r"'*[=+\-@\t\r]"
