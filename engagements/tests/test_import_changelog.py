"""A changelog comes with an export: read, refused by line, followed, and its order forgotten."""

from datetime import timedelta
from io import BytesIO
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from engagements.models import (
    Engagement,
    Import,
    ImportEvent,
    ImportRow,
    Source,
    WorkEvent,
    WorkItem,
)
from engagements.services import imports
from engagements.sources.changelog import Changelog
from engagements.sources.changes import Change
from engagements.sources.maps import read_map
from engagements.sources.refusal import FileRefused
from engagements.sources.work_file import WorkFile
from engagements.tests.pages import at
from engagements.tests.work_files import BERLIN, apply, changes, item, preview, work_csv

pytestmark = pytest.mark.django_db


def read(*rows: str) -> list[Change]:
    return list(Changelog([changes(*rows)], zone=BERLIN))


def test_a_change() -> None:
    [change] = read("A-1,2026-01-05T10:00:00Z,x,Status,Open,Closed")
    assert (change.key, change.field, change.came, change.became) == (
        *("A-1", "state"),
        *("Open", "Closed"),
    )
    assert change.at is not None
    assert change.at.isoformat() == "2026-01-05T10:00:00+00:00"


def test_a_field_that_is_not_followed_is_named() -> None:
    [change] = read("A-1,2026-01-05,x,Priority,Minor,Major")
    assert (change.name, change.field, change.reason) == ("Priority", "", "")


def test_changes_of_one_instant_keep_their_order() -> None:
    rows = [
        f"A-1,2026-01-05,x,Fix Version,{came},{became}" for came, became in (("1", ""), ("", "2"))
    ]
    found = read(*rows, "A-1,2026-01-05,x,status,Open,Closed", "A-2,2026-01-05,x,Sprint,,S 1")
    assert [each.place for each in found] == [0, 1, 0, 0]


def test_sizes_and_sprints_as_an_export_tells_them() -> None:
    size, sprint = read(
        "A-1,2026-01-05,x,Story Points,,3", 'A-1,2026-01-05,x,Sprint,S 1,"S 1, S 2"'
    )
    assert (size.became, sprint.came, sprint.became) == ("3.00", "S 1", "S 2")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",2026-01-05,x,status,Open,Closed", "The key is empty."),
        (f"{'A' * 201},2026-01-05,x,status,a,b", "The key is longer than 200 characters."),
        ("A-1,soon,x,status,Open,Closed", "The change of status on soon cannot be read: it is no"),
        ("A-1,2026-01-05,x,Story Points,,many", "The change of Story Points on 2026-01-05"),
        (f"A-1,2026-01-05,x,assignee,,{'x' * 201}", "The assignee is longer than 200 characters."),
        ("A-1,2026-01-05,x,status,Open\0,Closed", "It holds a NUL character"),
        ("A-1,2026-01-05,x,status,Open", "The row has 5 cells, the header 6."),
    ],
)
def test_a_change_that_cannot_be_taken(row: str, reason: str) -> None:
    [change] = read(row)
    assert change.reason.startswith(reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The changelog is empty."),
        (b"key,field,from,to\n", "Missing: created."),
        (b"key,at,field,from,to,,Key\n", "The column key is there 2 times; keep one."),
        (b"\nkey,at,field,from,to,a\0b\n", "Line 2: the column names hold NUL characters."),
        (b"key" + b"," * 2000, "The changelog has 2,001 columns; at most 2,000 are read."),
    ],
)
def test_what_is_no_changelog(content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        Changelog([content], zone=BERLIN)


def test_refused_lines_are_named_and_the_rest_is_followed(
    engagement: Engagement, manager: User
) -> None:
    log = changes(
        "A-1,2026-01-06T10:00:00Z,x,status,Open,Closed",
        "A-1,never,x,status,Closed,Open",
        "A-1,2026-01-06T10:00:00Z,x,priority,Minor,Major",
        "A-1,2026-01-06T10:00:00Z,x,assignee,mara,mara",
    )
    file = apply(engagement, manager, [item(state="Closed")], changelog=log)
    assert (file.changes_read, file.changes_left_out) == (1, {"priority": 1})
    [refused] = ImportRow.objects.filter(verdict="refused")
    assert (refused.part, refused.line) == ("changelog", 3)
    done = WorkItem.objects.get()
    assert (done.stage, f"{done.done_at:%Y-%m-%d}") == ("done", "2026-01-06")
    assert ImportEvent.objects.count() == 0


def test_pages_say_of_which_file_a_line_is(
    client: Client, engagement: Engagement, manager: User
) -> None:
    log = changes("A-1,never,x,status,Closed,Open")
    file = preview(engagement, manager, [item()], changelog=log)
    client.force_login(manager)
    for route in ("import_detail", "import_row_list"):
        page = client.get(at(route, engagement, number=file.number)).content.decode()
        assert "2 of the changelog" in page


def test_comparing_is_a_progress_of_its_own(
    client: Client, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, [item("A-1"), item("A-2")])
    lease = {"state": "reading", "lease_until": now() + timedelta(minutes=1)}
    Import.objects.filter(pk=file.pk).update(rows_judged=1, **lease)
    client.force_login(manager)
    page = client.get(at("import_detail", engagement, number=file.number)).content.decode()
    assert "Comparing with what is known" in page
    assert 'value="1"' in page


def test_a_file_that_is_no_changelog_refuses_both(engagement: Engagement, manager: User) -> None:
    file = preview(engagement, manager, [item()], changelog=b"a,b\n1,2\n")
    assert file.state == "refused"
    assert file.problem.startswith("In the changelog: This is no changelog: it needs the columns")


def test_a_field_that_is_not_followed_may_be_called_anything(
    engagement: Engagement, manager: User
) -> None:
    """PostgreSQL keeps no NUL, neither in a text nor in JSON."""
    log = changes("A-1,2026-01-06T10:00:00Z,x,pri\0ority,Minor,Major")
    file = preview(engagement, manager, [item()], changelog=log)
    assert (file.state, file.changes_left_out) == ("previewed", {"pri␀ority": 1})


def test_a_changelog_tells_of_items_that_its_file_leaves_out(
    engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, [item("A-1", state="Open"), item("A-2", state="Open")])
    log = changes(
        "A-2,2026-01-07T10:00:00Z,x,status,Open,Closed",
        "A-3,2026-01-07T10:00:00Z,x,status,Open,Closed",
    )
    file = apply(engagement, manager, [item("A-1", state="Open")], changelog=log)
    assert (file.changed_count, file.unchanged_count) == (1, 1)
    assert WorkItem.objects.get(key="A-2").stage == "done"
    assert WorkEvent.objects.filter(key="A-3").exists()
    assert not WorkItem.objects.filter(key="A-3").exists()


def test_what_another_import_has_said_meanwhile_is_read_again(
    engagement: Engagement, manager: User
) -> None:

    file = preview(engagement, manager, [item("A-1", state="Open")])
    apply(engagement, manager, [item("A-1", state="Open"), item("A-2", done_at="2026-02-01")])
    imports.request_application(file=file, seen=file.previews, by=manager)
    imports.apply_import(import_id=file.pk)
    file.refresh_from_db()
    assert file.state == "uploaded"


HEADER = b"Issue key,Status,Created,Updated,Fix Version/s,Assignee\n"


def export(*rows: str) -> bytes:
    return HEADER + "".join(f"{row}\n" for row in rows).encode()


FILES = [
    export("A-1,Open,2026-01-05,2026-01-05,2.0,", "A-2,Open,2026-01-06,2026-01-06,,ann"),
    export("A-1,In Progress,2026-01-05,2026-01-09,2.1,bob", "A-2,Open,2026-01-06,2026-01-06,,ann"),
    export("A-1,Closed,2026-01-05,2026-01-12,2.1,bob", "A-3,Open,2026-01-11,2026-01-11,2.1,"),
]
LOG = changes(
    "A-1,2026-01-09T00:00:00+01:00,x,status,Open,In Progress",
    "A-3,2026-01-13T00:00:00+01:00,x,status,Open,Closed",
)


def told() -> tuple[list[Any], list[Any]]:
    fields = ("key", "state", "stage", "assignee", "started_at", "done_at", "milestones__name")
    items = WorkItem.objects.order_by("key", "milestones__name").values_list(*fields)
    events = WorkEvent.objects.order_by("key", "occurred_at", "field", "became")
    return list(items), list(events.values_list("key", "field", "came", "became", "occurred_at"))


@pytest.mark.parametrize("order", list(permutations([0, 1, 2])))
def test_any_order_and_repetition_ends_in_the_same(
    engagement: Engagement, manager: User, order: tuple[int, ...]
) -> None:
    for number in (*order, order[0]):
        apply(engagement, manager, FILES[number], changelog=LOG if number == 1 else b"")
    items, events = told()
    assert [(row[0], row[1], row[3], row[6]) for row in items] == [
        ("A-1", "Closed", "bob", "2.1"),
        ("A-2", "Open", "ann", None),
        ("A-3", "Closed", "", "2.1"),
    ]
    assert [row[:2] for row in events] == [
        *(("A-1", "seen"), ("A-1", "seen"), ("A-1", "state"), ("A-1", "seen")),
        *(("A-2", "seen"), ("A-3", "seen"), ("A-3", "state")),
    ]


def test_the_page_takes_both_files(engagement: Engagement, manager: User, client: Client) -> None:

    client.force_login(manager)
    log = changes("A-1,2026-01-06T10:00:00Z,x,status,Open,Closed", "A-1,2026-01-06,x,Rank,1,2")
    sent = {
        "file": SimpleUploadedFile("work.csv", work_csv(item())),
        "changelog": SimpleUploadedFile("log.csv", log),
    }
    assert client.post(at("import_create", engagement), sent).status_code == 302
    file = engagement.imports.get()

    imports.read_import(import_id=file.pk)
    page = client.get(at("import_detail", engagement, number=1)).content.decode()
    assert "The changelog tells 1 change." in page
    assert "Changes of other fields are not read: Rank (1)." in page


def test_an_empty_changelog_is_refused(engagement: Engagement, manager: User) -> None:

    with pytest.raises(DomainError, match="The changelog is empty"):
        imports.receive_file(
            engagement=engagement,
            file_name="work.csv",
            content=BytesIO(work_csv(item())),
            changelog=imports.Attached("log.csv", BytesIO()),
            by=manager,
        )


def test_the_command_takes_a_changelog(
    engagement: Engagement, manager: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work, log = tmp_path / "work.csv", tmp_path / "log.csv"
    work.write_bytes(work_csv(item()))
    log.write_bytes(changes("A-1,never,x,status,Open,Closed"))
    call_command("import_work", engagement.ref, str(work), "--changelog", str(log), "--apply")
    said = capsys.readouterr().out
    assert "The changelog tells 0 changes." in said
    assert "Refused: line 2 of the changelog: The change of status on never" in said


@pytest.mark.parametrize(
    "header",
    [
        b"key,created,author,field,from,to",
        b"Issue key,Summary,Created,Field,Old value,New value",
    ],
)
def test_a_changelog_in_the_place_of_its_export_is_refused_with_what_to_do(
    engagement: Engagement, manager: User, header: bytes
) -> None:
    row = b"\nA-1,2026-01-05T10:00:00Z,x,status,Open,Closed\n"
    file = preview(engagement, manager, header + row)
    assert (file.state, Source.objects.count()) == ("refused", 0)
    assert file.problem.startswith("This is a changelog: it tells changes of items, not the items.")
    assert "with the export of the same items" in file.problem


def test_a_real_changelog_in_the_place_of_its_export(
    engagement: Engagement, real_data: Path
) -> None:
    path = real_data / "duracloud_changelog.csv"
    with pytest.raises(CommandError, match="This is a changelog") as refused:
        call_command("import_work", engagement.ref, str(path), "--apply")
    assert refused.value.returncode == 1
    assert not WorkItem.objects.exists()


def test_a_map_may_read_items_from_the_columns_of_a_changelog() -> None:
    by = read_map({"name": "Log", "columns": {"key": "key", "created_at": "created"}})
    file = WorkFile([changes("A-1,2026-01-05,x,status,a,b")], zone=BERLIN, now=now(), by=by)
    assert [row.key for row in file] == ["A-1"]
