"""Maps: how any tracker's file is written, and which of its columns holds what."""

import json
from collections import Counter
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from dm_portal.people.models import AuditEvent, User
from engagements.models import (
    Blocker,
    Engagement,
    Import,
    Source,
    StateMeaning,
    WorkEvent,
    WorkItem,
)
from engagements.services import imports
from engagements.services.imports import reading
from engagements.services.imports.acts import UNKNOWN
from engagements.sources.maps import MAX_BYTES, MapRefused, parse_map, read_map
from engagements.sources.refusal import FileRefused
from engagements.sources.rows import Row
from engagements.sources.work_file import WorkFile
from engagements.stages import Stage
from engagements.tests.work_files import BERLIN, READ_AT, apply, changes, item, work_csv
from engagements.views.import_words import missing

DOCUMENTED = Path(__file__).resolve().parents[2] / "docs" / "maps"
ITEMS = b"""
name = "Sheet"
separator = "semicolon"
dates = "day first"
decimal = "comma"
teams = ["Red"]
[columns]
key = "Nr"
title = "What"
state = "Where"
size = "Points"
team = "Team"
created_at = "Begun"
[states]
in_progress = ["Oven"]
done = ["Served"]
"""
SHEET = (
    b"Nr;What;Where;Points;Team;Begun;\n"
    b"1;Bread;Oven;1,5;Red;02/01/2026 08:30;x\n"
    b"2;Soup;Served;2;Blue;03/01/2026;x\n"
    b"3;Cake;Served;;Red;04.01.26;x\n"
)
STAYS = b"""
name = "Stays"
rows = "intervals"
[columns]
key = "key"
state = "state"
days = "days"
until = "until"
"""


def read(content: bytes, by: bytes) -> tuple[WorkFile, list[Row]]:
    file = WorkFile([content], zone=BERLIN, now=READ_AT, by=parse_map(by))
    return file, list(file)


def bring(
    engagement: Engagement,
    manager: User,
    content: bytes,
    by: bytes | None,
    export: imports.Export = UNKNOWN,
) -> Import:
    return imports.import_file(
        engagement=engagement,
        file_name="sheet.csv",
        content=BytesIO(content),
        by=manager,
        by_map=parse_map(by) if by else None,
        export=export,
    )


def test_a_map_tells_separator_dates_numbers_and_teams() -> None:
    file, (bread, cake) = read(SHEET, ITEMS)
    assert bread.data == {
        "title": "Bread",
        "state": "Oven",
        "size": "1.50",
        "created_at": "2026-01-02T07:30:00.000000Z",
    }
    assert cake.data["created_at"] == "2026-01-03T23:00:00.000000Z"
    assert (file.rows_read, file.other_teams, file.layout.unused) == (3, 1, ("(no name)",))


@pytest.mark.parametrize(
    ("dates", "text", "read_as"),
    [
        ("day first", "05/06/2026", "2026-06-04T22:00:00.000000Z"),
        ("month first", "05/06/2026", "2026-05-05T22:00:00.000000Z"),
        ("month first", "5-6-26 3:15 pm", "2026-05-06T13:15:00.000000Z"),
        ("day first", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000Z"),
    ],
)
def test_dates_are_read_in_the_order_of_the_map(dates: str, text: str, read_as: str) -> None:
    by = f'name="x"\ndates="{dates}"\n[columns]\nkey="k"\ncreated_at="at"\n'.encode()
    _, (row,) = read(f"k,at\n1,{text}\n".encode(), by)
    assert row.data["created_at"] == read_as


def test_a_day_that_is_none_is_refused_by_its_line() -> None:
    _, rows = read(SHEET.replace(b"02/01/2026 08:30", b"31/02/2026"), ITEMS)
    assert (rows[0].line, rows[0].reason) == (
        2,
        "The created date “31/02/2026” is not a date such as 23/11/2026.",
    )


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (b"name = ", "not written in TOML"),
        (b"\xff", "not written in TOML, which is text: save it in UTF-8"),
        (b"\xff\xfea", "not written in TOML, which is text: save it in UTF-8"),
        (b'name="x"\n[columns]\nkey=[]\ncreated_at="c"', "names no column for: key"),
        (b'name="x"\n[columns]\nkey="k"\ncreated_at=[]', "names no column for: created_at"),
        (b'name="x"\n[columns]\nkey="k"\nseen_at="c"\nteam=[]', "names no column for: team"),
        (b'name="jira  Export"\n[columns]', "give the map another name"),
        (b'name=" "\n[columns]', "needs a name"),
        (b"a" * (MAX_BYTES + 1), "larger than"),
        (b'name="x"\nsep=","', "The map has no sep."),
        (b'[columns]\nkey="k"\ncreated_at="c"', "needs a name"),
        (b'name="x"\n[columns]\ncreated_at="c"', "names no column for: key"),
        (b'name="x"\n[columns]\nkey="k"\nuntil="c"', "no column can hold until"),
        (b'name="x"\n[columns]\nkey="k"', "no column with a date"),
        (b'name="x"\ncolumns=3', "columns of the map is a table"),
        (b'name="x"\n[columns]\nkey=3', "columns.key of the map is a list"),
        (b'name="x"\n[columns]\nkey=[3]', "columns.key of the map is a text"),
        (b'name="x"\nseparator=","', "separator of the map is one of: comma"),
        (b'name="x"\nzone="Mars"', "There is no time zone Mars"),
        (b'name="x"\nstates=3', "states of the map is a table"),
        (b'name="x"\n[states]\nover=["a"]', "No state can mean over"),
        (b'name="x"\n[states]\ndone=["a"]\nblocked=["a"]', "cannot mean both"),
        (b'name="x"\nteams=["a"]\n[columns]\nkey="k"\ncreated_at="c"', "no column that tells"),
        (
            b'name="x"\nstate="a"\n[columns]\nkey="k"\ncreated_at="c"\nstate="s"',
            "keep one",
        ),
    ],
)
def test_what_a_map_cannot_say_is_refused_in_words(toml: bytes, said: str) -> None:
    with pytest.raises(MapRefused, match=r".") as refused:
        parse_map(toml)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (b"name = " + b"9" * 5000, "The map is not written in TOML: Exceeds the limit"),
        (b"name = " + b"[" * 100_000, "The map is not written in TOML: maximum recursion"),
        (b"a." * 120_000 + b"a = 1", "The map has tables in tables"),
        (b"name = {" + b'"a" . ' * 40_000 + b"a = 1}", "The map has tables in tables"),
        (b"[" + b"a." * 120_000 + b"a]", "The map has tables in tables"),
        (b'name = "' + b'\\"' * 120_000, "The map is not written in TOML: Unterminated"),
        (b"[a]\n" * 60_000, "The map is not written in TOML: Cannot declare"),
        (b"".join(b"[a%d]\n" % n for n in range(30_000)), "The map has no a0."),
        (b"[[a]]\n" * 40_000, "The map has no a."),
        (b'"\\u0000" = 1', "The map has no \0."),
    ],
)
def test_a_map_that_would_burst_is_refused_at_once(toml: bytes, said: str) -> None:
    with pytest.raises(MapRefused) as refused:
        parse_map(toml)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_map_is_read_as_editors_save_it(encoding: str) -> None:
    told = ITEMS.replace(b'"Sheet"', '"  Küche  2 "'.encode()).decode().encode(encoding)
    assert parse_map(told).name == "Küche 2"


def test_dots_in_texts_and_comments_are_no_tables() -> None:
    odd = b"done = [\"1.2.3.4.5.6.7.8.9.10.11\", '...........']  # see 1.2.3.4.5.6.7.8.9.10.11"
    by = parse_map(ITEMS.replace(b'done = ["Served"]', odd))
    assert {"1.2.3.4.5.6.7.8.9.10.11", "..........."} < set(by.states)


def test_a_map_that_is_kept_is_the_same_map() -> None:
    for path in sorted(DOCUMENTED.glob("*.toml")):
        made = parse_map(path.read_bytes())
        assert read_map(made.as_json()) == made


def test_a_column_that_the_file_lacks_is_named() -> None:
    with pytest.raises(FileRefused, match="names columns that the file has not: Team, Where"):
        read(b"Nr;What;Points;Begun\n", ITEMS)


def test_a_column_that_is_there_twice_is_refused() -> None:
    with pytest.raises(FileRefused, match="The column key is there 2 times"):
        read(b"Nr;Nr;What;Where;Points;Team;Begun\n", ITEMS)


def test_stays_are_counted_back_from_the_last_move() -> None:
    content = b"key,state,days,until\nA,Open,1.5,2026-01-10\nA,Doing,0,2026-01-10\n"
    content += b"A,Review,2,2026-01-10\nA,Done,0,2026-01-10\nB,Open,0,2026-01-11\n"
    file, (first, second) = read(content, STAYS)
    assert (first.key, first.line, first.data["state"]) == ("A", 2, "Done")
    assert first.data["created_at"] == "2026-01-06T11:00:00.000000Z"
    assert first.data["stays"] == [
        ["Open", "2026-01-06T11:00:00.000000Z"],
        ["Doing", "2026-01-07T23:00:00.000000Z"],
        ["Review", "2026-01-07T23:00:00.000000Z"],
        ["Done", "2026-01-09T23:00:00.000000Z"],
    ]
    assert second.data["stays"] == [["Open", "2026-01-10T23:00:00.000000Z"]]
    assert file.rows_read == 5


def test_a_changelog_is_read_in_the_zone_of_the_map(engagement: Engagement, manager: User) -> None:
    """As the rows beside it are: both come from one tracker."""
    file = imports.import_file(
        engagement=engagement,
        file_name="sheet.csv",
        content=BytesIO(SHEET),
        by=manager,
        by_map=parse_map(b'zone = "America/New_York"' + ITEMS),
        changelog=imports.Attached(
            "log.csv", BytesIO(changes("1,2026-01-05T10:00:00,x,Status,Oven,Served"))
        ),
    )
    assert (file.state, file.problem) == ("applied", "")
    told = WorkEvent.objects.get(field="state")
    assert told.occurred_at == datetime(2026, 1, 5, 15, tzinfo=UTC)


def test_a_row_is_as_of_its_export(engagement: Engagement, manager: User) -> None:
    by = STAYS + b'seen_at = "seen"\n'
    header = b"key,state,days,until,seen\n"
    first = header + b"A,Open,1,2026-01-10,2026-01-10T09:00:00Z\n"
    second = header + b"A,Open,1,2026-01-10,2026-01-11T09:00:00Z\n"
    second += b"A,Done,0,2026-01-10,2026-01-11T09:00:00Z\n"
    for content in (second, first):  # the earlier export comes late
        bring(engagement, manager, content, by)
    item_there = WorkItem.objects.get()
    assert (item_there.state, item_there.stage) == ("Done", "done")
    assert Import.objects.get(number=2).as_of == datetime(2026, 1, 10, 9, tzinfo=UTC)


def test_a_row_of_which_nobody_knows_when_it_was_seen_is_refused() -> None:
    by = STAYS + b'seen_at = "seen"\n'
    _, (row,) = read(b"key,state,days,until,seen\nA,Open,1,2026-01-10,soon\n", by)
    assert row.reason == (
        "The date on which it was seen “soon” is not a date such as 2026-11-23 or "
        "2026-11-23T15:00:00+01:00."
    )


def test_stays_are_counted_in_days_of_the_wall() -> None:
    """Berlin put its clocks on on 29 March 2026 and back on 25 October 2025."""
    content = b"key,state,days,until\nA,Open,180,2026-04-01\nA,Doing,3,2026-04-01\n"
    _, (row,) = read(content, STAYS)
    assert row.data["created_at"] == "2025-09-29T22:00:00.000000Z"
    assert row.data["stays"][1] == ["Doing", "2026-03-28T23:00:00.000000Z"]


def test_stays_follow_each_other_through_the_hour_that_the_clocks_leave_out() -> None:
    """At 02:30 of 29 March, which was 03:30, a stay begins that ends at 03:10."""
    content = b"key,state,days,until\nA,Open,1,2026-03-29T03:10\n"
    content += b"A,Doing,0.0278,2026-03-29T03:10\nA,Done,0,2026-03-29T03:10\n"
    _, (row,) = read(content, STAYS)
    _, doing, done = row.data["stays"]
    assert doing == ["Doing", "2026-03-29T01:10:00.000000Z"]
    assert done == ["Done", "2026-03-29T01:10:00.000000Z"]


@given(st.lists(st.integers(min_value=0, max_value=5000), min_size=1, max_size=12))
def test_stays_last_as_long_as_their_rows_say(hundredths: list[int]) -> None:
    rows = "".join(
        f"A,S{number},{days / 100},2026-01-10\n" for number, days in enumerate(hundredths)
    )
    _, (row,) = read(f"key,state,days,until\n{rows}".encode(), STAYS)
    moves = [since for _, since in row.data["stays"]]
    assert len(moves) == len(hundredths)
    assert moves[0] == row.data["created_at"]
    at = [datetime.fromisoformat(text).astimezone(BERLIN).replace(tzinfo=None) for text in moves]
    lasted = [(later - earlier).total_seconds() / 864 for earlier, later in pairwise(at)]
    # an hour that the clocks leave out is the one after it
    assert lasted == pytest.approx(hundredths[:-1], abs=100 / 24 + 0.01)


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        ("A,Open,x,2026-01-10\nA,Done,0,2026-01-10", 2, "The number of days is not a number"),
        ("A,Open,1,2026-01-10\nA,Done,0,", 3, "The day of the last move is not a date"),
        ("A,Open,99999,2026-01-10", 2, "The number of days is too large"),
        ("A,Open,20100,2026-01-10\nA,Done,1,2026-01-10", 2, "The number of days is too large"),
        ("A,Open,1,2026-01-10\nA,Done", 3, "The row has 2 cells, the header 4."),
        ("A,S,0,2026-01-10\n" * 1001, 2, "The item has more than 1,000 rows."),
    ],
)
def test_an_item_with_a_row_that_cannot_be_read_is_refused(rows: str, line: int, said: str) -> None:
    _, (row,) = read(f"key,state,days,until\n{rows}\n".encode(), STAYS)
    assert row.line == line
    assert row.reason.startswith(said)


def test_a_map_is_remembered_and_its_states_are_decided(
    engagement: Engagement, manager: User
) -> None:
    bring(engagement, manager, SHEET, ITEMS)
    source = engagement.sources.get()
    assert (str(source), source.kind) == ("Sheet", "mapped")
    assert dict(WorkItem.objects.values_list("key", "stage")) == {"1": "in_progress", "3": "done"}
    bring(engagement, manager, SHEET.replace(b"Oven", b"Served"), None)
    assert Source.objects.get() == source
    assert dict(WorkItem.objects.values_list("key", "stage")) == {"1": "done", "3": "done"}


def test_another_map_of_its_name_puts_the_work_anew(engagement: Engagement, manager: User) -> None:
    bring(engagement, manager, SHEET, ITEMS)
    other = ITEMS.replace(b'in_progress = ["Oven"]', b'blocked = ["Oven"]')
    bring(engagement, manager, SHEET, other)
    assert WorkItem.objects.get(key="1").stage == Stage.BLOCKED
    assert StateMeaning.objects.get(state="Oven").stage == Stage.BLOCKED
    [mapped] = AuditEvent.objects.filter(verb="source.mapped")
    assert list(mapped.after) == ["states"]
    assert "'Oven': 'blocked'" in mapped.after["states"]


def test_the_map_of_a_file_that_was_discarded_is_not_remembered(
    engagement: Engagement, manager: User
) -> None:
    file = imports.receive_file(
        engagement=engagement,
        file_name="sheet.csv",
        content=BytesIO(SHEET),
        by=manager,
        by_map=parse_map(ITEMS),
    )
    imports.read_import(import_id=file.pk)
    file.refresh_from_db()
    imports.discard_import(file=file, by=manager)
    assert bring(engagement, manager, SHEET, None).state == Import.State.REFUSED


def test_other_files_are_read_as_ever_where_a_map_is_known(
    engagement: Engagement, manager: User
) -> None:
    bring(engagement, manager, SHEET, ITEMS)
    apply(engagement, manager, work_csv(item()))
    assert {str(source) for source in Source.objects.all()} == {"Sheet", "Work CSV"}


def test_a_known_map_is_not_asked_of_a_line_that_is_no_csv() -> None:
    known = [parse_map(ITEMS)]
    with pytest.raises(FileRefused, match="never closed"):
        WorkFile([b'"Nr;What'], zone=BERLIN, now=READ_AT, known=known)


def test_a_file_of_other_teams_alone_is_refused(engagement: Engagement, manager: User) -> None:
    file = bring(engagement, manager, SHEET.replace(b"Red", b"Blue"), ITEMS)
    assert file.problem == ("Every row of the file is another team's: the map leaves them all out.")


def test_what_a_map_leaves_out_is_not_gone(engagement: Engagement, manager: User) -> None:
    """The bread went to another team: a whole export cannot tell that from what was deleted."""
    bring(engagement, manager, SHEET, ITEMS)
    moved = SHEET.replace(b"1;Bread;Oven;1,5;Red", b"1;Bread;Oven;1,5;Blue")
    whole = imports.Export(READ_AT, is_whole=True)
    file = bring(engagement, manager, moved, ITEMS, whole)
    assert file.state == "refused"
    assert file.problem.startswith("The file is said to be whole, and its map leaves out rows")
    assert WorkItem.objects.get(key="1").stage == "in_progress"
    file = bring(engagement, manager, moved, ITEMS)
    [said] = missing(file)
    assert said.startswith("1 of 1 open item of this source is not among the rows of your teams. ")
    theirs = b"".join(line for line in SHEET.splitlines(keepends=True) if b"Blue" not in line)
    file = bring(engagement, manager, theirs, ITEMS, whole)
    assert (file.state, file.missing_count) == ("applied", 0)


def test_rows_of_other_teams_at_the_end_of_a_batch_are_counted(
    engagement: Engagement, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH", 1)
    file = bring(engagement, manager, SHEET + b"4;Tea;Oven;1;Blue;05/01/2026;x\n", ITEMS)
    assert (file.rows_total, file.rows_read, file.rows_left_out) == (4, 4, 2)


def test_the_command_takes_a_map(
    engagement: Engagement, manager: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sheet.csv").write_bytes(SHEET)
    (tmp_path / "sheet.toml").write_bytes(ITEMS)
    arguments = ("import_work", engagement.ref, str(tmp_path / "sheet.csv"), "--as", manager.email)
    call_command(*arguments, "--map", str(tmp_path / "sheet.toml"), "--apply")
    out = capsys.readouterr().out
    assert "sheet.csv: Sheet, 3 rows." in out
    assert "Read by the map “Sheet”; 1 row of other teams left out." in out
    (tmp_path / "sheet.toml").write_bytes(b"name=")
    with pytest.raises(CommandError, match="not written in TOML"):
        call_command(*arguments, "--map", str(tmp_path / "sheet.toml"))


@pytest.fixture
def team(real_data: Path) -> Path:
    return real_data / "team_csv"


def test_time_in_status_by_the_documented_map(
    engagement: Engagement, manager: User, team: Path
) -> None:
    content = (team / "timeInStatus.csv").read_bytes()
    by = (DOCUMENTED / "time_in_status.toml").read_bytes()
    file = bring(engagement, manager, content, by)
    assert (file.rows_read, file.new_count, file.refused_count) == (3761, 676, 0)
    assert file.undecided_states == []
    assert Counter(WorkItem.objects.values_list("stage", flat=True)) == {
        "done": 398,
        "withdrawn": 275,
        "not_started": 3,
    }
    told = [json.loads(each.became)["stays"] for each in WorkEvent.objects.all()]
    assert sum(map(len, told)) == 3761
    assert [state for stays in told for state, _ in stays].count("Blocked") == 7
    assert Blocker.objects.count() == 6  # one stay took no time


def test_finished_items_by_the_documented_map(
    engagement: Engagement, manager: User, team: Path
) -> None:
    content = (team / "finishedItems.csv").read_bytes()
    file = bring(engagement, manager, content, (DOCUMENTED / "finished_items.toml").read_bytes())
    assert (file.rows_read, file.new_count, file.refused_count) == (389, 389, 0)
    first = WorkItem.objects.get(key="TUH-1478")
    assert f"{first.done_at:%d %b %Y %H:%M}" == "11 May 2020 23:00"
    assert set(WorkItem.objects.values_list("stage", flat=True)) == {"done"}
