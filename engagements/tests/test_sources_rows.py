"""Rows: what they say in the portal's words, what is odd, and why some cannot be taken."""

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagements.sources import cells
from engagements.tests.work_files import BERLIN, item, jira, row_of, rows_of, work_csv


def test_a_row_in_full() -> None:
    row = row_of(
        type="Bug",
        state="Done",
        size="3",
        milestone="2.1",
        sprint="Sprint 7",
        assignee="mara",
        started_at="2026-01-06",
        done_at="2026-01-07T12:30:00+02:00",
    )
    assert (row.line, row.key, row.reason, row.note) == (2, "A-1", "", "")
    assert row.data == {
        "type": "Bug",
        "title": "Pay by card",
        "state": "Done",
        "size": "3.00",
        "milestones": ["2.1"],
        "sprint": "Sprint 7",
        "assignee": "mara",
        "created_at": "2026-01-05T10:00:00.000000Z",
        "started_at": "2026-01-05T23:00:00.000000Z",
        "done_at": "2026-01-07T10:30:00.000000Z",
    }


def test_only_key_and_creation_must_be_there() -> None:
    (row,) = rows_of(b"key,created_at\nA-1,2026-01-05\n")
    assert row.reason == ""
    filled = {name: value for name, value in row.data.items() if value}
    assert filled == {"created_at": "2026-01-04T23:00:00.000000Z"}


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2009-11-11T10:05:20.632+0000", "2009-11-11T10:05:20.632+00:00"),
        ("2026-07-01T10:00:00Z", "2026-07-01T10:00+00:00"),
        ("2026-07-01 10:00", "2026-07-01T08:00+00:00"),
        ("2026-12-01", "2026-11-30T23:00+00:00"),
        ("11/Nov/09 10:05 AM", "2009-11-11T09:05+00:00"),
        ("1/jul/2026 12:05 am", "2026-06-30T22:05+00:00"),
        ("01/Jul/26 12:05 PM", "2026-07-01T10:05+00:00"),
        ("01/Jul/26 13:05:30", "2026-07-01T11:05:30+00:00"),
        ("01/Jul/26", "2026-06-30T22:00+00:00"),
        # the hour that happens twice is the first of the two, the one that is left out goes on
        ("2026-10-25T02:30", "2026-10-25T00:30+00:00"),
        ("2026-03-29T02:30", "2026-03-29T01:30+00:00"),
    ],
)
def test_instants(text: str, instant: str) -> None:
    assert cells.instant(text, BERLIN) == datetime.fromisoformat(instant)
    assert cells.instant(text, BERLIN).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tomorrow", "is not a date such as"),
        ("31/Feb/26", "is not a date such as"),
        ("11/Foo/09", "is not a date such as"),
        ("11/Nov/09 13:05 PM", "is not a date such as"),
        ("11/Nov/09 0:05 AM", "is not a date such as"),
        ("11/11/2009", "is not a date such as"),
        ("1970-12-31", "is not between the years 1971 and 2199"),
        ("2200-01-01", "is not between the years 1971 and 2199"),
        ("0001-01-01T00:00:00+14:00", "is not between"),
        ("9999-12-31T23:59:59-14:00", "is not between"),
    ],
)
def test_dates_that_are_none_refuse_the_row(text: str, said: str) -> None:
    row = row_of(created_at=text)
    assert row.reason.startswith(f"The created date “{text}” {said}")


def test_the_edges_of_the_calendar_hold() -> None:
    assert row_of(created_at="1971-01-01").reason == ""
    assert row_of(created_at="2199-12-31T23:59:59Z").reason == ""


@given(st.text(max_size=40))
def test_no_text_does_more_than_be_no_date(text: str) -> None:
    with suppress(cells.BadCell):
        assert 1970 <= cells.instant(text, ZoneInfo("Pacific/Kiritimati")).year <= 2200


@pytest.mark.parametrize(
    ("text", "kept"), [("3", "3.00"), ("0.5", "0.50"), ("0", "0.00"), ("9999999.99", "9999999.99")]
)
def test_sizes(text: str, kept: str) -> None:
    assert row_of(size=text).data["size"] == kept


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-1", "is not a number such as 3 or 0.5"),
        ("3 points", "is not a number such as 3 or 0.5"),
        ("1e3", "is not a number such as 3 or 0.5"),
        ("NaN", "is not a number such as 3 or 0.5"),
        ("٣", "is not a number such as 3 or 0.5"),
        ("9" * 31, "is not a number such as 3 or 0.5"),
        ("9999999.995", "is larger than 9999999.99"),
    ],
)
def test_sizes_that_are_none_refuse_the_row(text: str, said: str) -> None:
    assert row_of(size=text).reason == f"The size “{text}” {said}."


def test_a_third_decimal_is_kept_as_two_and_said() -> None:
    row = row_of(size="0.335")
    assert (row.data["size"], row.note) == ("0.34", "The size 0.335 is kept as 0.34.")


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ('"2.1, 2.0,2.1"', ["2.0", "2.1"]),
        ('", ,"', []),
        ("2.1", ["2.1"]),
    ],
)
def test_several_milestones_in_a_cell(cell: str, names: list[str]) -> None:
    assert row_of(milestone=cell).data["milestones"] == names


def test_repeated_columns_are_gathered() -> None:
    header = "Issue key,Created,Fix Version/s,Fix Version/s,Sprint,Sprint,Sprint"
    (row,) = jira(header, "A-1,2026-01-05,2.1,2.0,Sprint 1,Sprint 2,")
    assert row.data["milestones"] == ["2.0", "2.1"]
    assert (row.data["sprint"], row.note) == ("Sprint 2", "Earlier in Sprint 1.")


@pytest.mark.parametrize("earlier", [["S"] * 51, ["S" * 121, "T"]])
def test_more_or_longer_sprints_than_a_page_could_show_are_counted(earlier: list[str]) -> None:
    header = ",".join(["Issue key,Created", *["Sprint"] * (len(earlier) + 1)])
    [row] = jira(header, ",".join(["A-1,2026-01-05", *earlier, "Now"]))
    assert (row.data["sprint"], row.note) == ("Now", f"Earlier in {len(earlier)} other sprints.")


def test_two_columns_for_one_field() -> None:
    header = "Issue key,Created,Custom field (Story Points),Story point estimate"
    same, one, other = jira(header, "A,2026-01-05,3,3", "B,2026-01-05,,5", "C,2026-01-05,3,5")
    assert [row.data["size"] for row in (same, one, other)] == ["3.00", "5.00", "3.00"]
    assert [row.note for row in (same, one, other)] == [
        "",
        "",
        "The size is kept as 3; left out: 5.",
    ]


def test_what_an_export_made_safe_is_given_back() -> None:
    assert row_of(title="'=1+1").data["title"] == "=1+1"
    assert row_of(title="''=1+1").data["title"] == "'=1+1"
    assert row_of(title="'tis").data["title"] == "'tis"


def test_a_title_keeps_its_blanks_and_other_cells_do_not() -> None:
    row = row_of(title="  Pay  ", state=" Open ", key=" A-1 ")
    assert (row.data["title"], row.data["state"], row.key) == ("  Pay  ", "Open", "A-1")
    assert row_of(title=" ").data["title"] == " "


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        *(("key", 200), ("type", 100), ("title", 2000), ("state", 100)),
        *(("sprint", 120), ("assignee", 200)),
    ],
)
def test_longer_than_the_portal_keeps(name: str, limit: int) -> None:
    assert row_of(**{name: "x" * limit}).reason == ""
    row = row_of(**{name: "x" * (limit + 1)})
    assert row.reason == f"The {name} is longer than {limit} characters."
    assert len(row.key) <= 200


def test_a_note_shows_how_long_texts_begin() -> None:
    long, other = "x" * 2000, "y" * 130_000
    (row,) = jira("Issue key,Summary,Summary,Created", f"A-1,{long},{other},2026-01-05")
    assert row.data["title"] == long
    kept, left_out = "x" * 299, "y" * 299
    assert row.note == f"The title is kept as {kept}…; left out: {left_out}…."


def test_a_milestone_of_any_length_is_refused_beyond_its_limit() -> None:
    assert row_of(milestone="x" * 120).reason == ""
    assert row_of(milestone="x" * 121).reason == "The milestone is longer than 120 characters."


def test_every_fault_of_a_row_is_said() -> None:
    row = row_of(key=" ", created_at="", done_at="soon", size="x")
    assert row.reason == (
        "The key is empty. The created date is empty. "
        "The done date “soon” is not a date such as 2026-11-23 or 2026-11-23T15:00:00+01:00. "
        "The size “x” is not a number such as 3 or 0.5."
    )


def test_a_refused_row_keeps_what_was_written() -> None:
    row = row_of(key="A-9", milestone='"2.1, 2.0"', size="x")
    assert (row.key, row.data["milestones"], row.data["size"]) == ("A-9", "2.1, 2.0", "x")
    assert row.data["title"] == "Pay by card"


@pytest.mark.parametrize(
    ("cells_", "said"),
    [("A-1,2026-01-05", "The row has 2 cells, the header 11."), ("," * 11, "has 12 cells")],
)
def test_ragged_rows(cells_: str, said: str) -> None:
    (row,) = rows_of(work_csv(cells_))
    assert said in row.reason


def test_nul_refuses_the_row_and_not_the_file() -> None:
    bad, good = rows_of(work_csv(item("A\0-1", title="a\0b"), item("A-2")))
    assert bad.reason == (
        "The key holds a NUL character, which cannot be kept. "
        "The title holds a NUL character, which cannot be kept."
    )
    assert (bad.key, bad.data["title"], good.reason) == ("A␀-1", "a␀b", "")


def test_nul_in_a_date_is_shown_as_a_sign() -> None:
    assert "“x␀”" in row_of(created_at="x\0").reason


@pytest.mark.parametrize(
    ("given_", "note"),
    [
        ({"state": "Open", "done_at": "2026-02-01"}, "Has a done date, and its state is Open."),
        ({"state": "To Do", "done_at": "2026-02-01"}, "Has a done date, and its state is To Do."),
        ({"state": "Closed"}, "Its state is Closed, without a done date."),
        ({"state": "Closed", "done_at": "2026-02-01"}, ""),
        ({"state": "Parked", "done_at": "2026-02-01"}, ""),
        ({"done_at": "2026-01-05T10:00:00Z"}, ""),
        ({"done_at": "2026-01-05T09:59:59Z"}, "Done before it was created."),
        (
            {"started_at": "2026-02-02", "done_at": "2026-02-01"},
            "Done before it was started.",
        ),
        ({"started_at": "2026-02-01", "done_at": "2026-02-01"}, ""),
        ({"done_at": "2026-03-01T00:00:00Z"}, ""),
        (
            {"done_at": "2026-03-01T00:00:01Z"},
            "Its done date lay in the future when the file was read: it is open until then.",
        ),
    ],
)
def test_what_is_odd_is_kept_and_said(given_: dict[str, str], note: str) -> None:
    row = row_of(**given_)
    assert (row.reason, row.note) == ("", note)


@pytest.mark.parametrize(("count", "is_refused"), [(50, False), (51, True)])
def test_no_item_belongs_to_a_hundred_milestones(count: int, *, is_refused: bool) -> None:
    """Each of them would be a choice of every filter, and a line of the item's page."""
    row = row_of(milestone='"' + ",".join(f"v{n}" for n in range(count)) + '"')
    assert (f"It names {count} milestones; 50 are enough." in row.reason) is is_refused
