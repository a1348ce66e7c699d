"""A tracker whose files come by another name would be told twice: that is said before."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from dm_portal.people.models import User
from engagements.models import Engagement, Import
from engagements.same_tracker import name_for
from engagements.sources.samples import Sample
from engagements.tests.pages import at
from engagements.tests.test_map_decisions import DESK, MAP, brought
from engagements.tests.test_maps import bring
from engagements.tests.work_files import apply, item, preview
from engagements.views.map_words import another_source, how_read

pytestmark = pytest.mark.django_db

OTHER = MAP.replace(b'"Desk"', b'"Sheet"')
TWICE = "Is it the same tracker? Then discard this file and bring it"


@pytest.fixture
def desk(engagement: Engagement, manager: User) -> Import:
    return bring(engagement, manager, DESK, MAP)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    ("sample", "name"),
    [
        (DESK, "Desk"),
        (b"id;was\n1;Brot\n2;Salz\n", "Desk"),
        (b"id;was\n1;Brot\n3;Mehl\n", "sheet"),
        (b"was;wann\nBrot;2026-01-02\n", "sheet"),
        (b'id;was\n1;Brot\n2;Salz\n"3;Mehl\n', "Desk"),
    ],
)
def test_the_name_of_a_known_source_is_proposed(
    sign_in: Callable[[User], Any], desk: Import, manager: User, sample: bytes, name: str
) -> None:
    sent = {"sample": SimpleUploadedFile("sheet.csv", sample)}
    answer = sign_in(manager).post(at("import_map", desk.engagement), sent)
    assert answer.context["form"]["name"].value() == name


def test_a_source_of_which_nothing_was_applied_is_not_there_yet(
    sign_in: Callable[[User], Any], engagement: Engagement, manager: User
) -> None:
    brought(engagement, manager, MAP)
    assert name_for(Sample(DESK), engagement) == ""
    page = sign_in(manager).get(at("import_list", engagement))
    assert "Where the work comes from" not in text(page)


def test_before_there_is_a_source_none_is_proposed(engagement: Engagement) -> None:
    assert name_for(Sample(DESK), engagement) == ""


def test_the_preview_asks_whether_it_is_the_same_tracker(
    sign_in: Callable[[User], Any], desk: Import, manager: User
) -> None:
    file = brought(desk.engagement, manager, OTHER)
    page = sign_in(manager).get(file.get_absolute_url())
    assert page.context["warnings"][0].text == (
        f"2 of 2 new keys are also items of Desk. {TWICE} with a map of the name “Desk”: "
        "else each of them counts twice."
    )
    assert 'imports/#sources">Look at the sources</a>' in text(page)


def test_so_does_the_command_and_after_it_was_applied(
    desk: Import, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "desk.csv").write_bytes(DESK)
    (tmp_path / "sheet.toml").write_bytes(OTHER)
    by_map = ("--map", str(tmp_path / "sheet.toml"))
    call_command("import_work", desk.engagement.ref, str(tmp_path / "desk.csv"), *by_map)
    assert TWICE in capsys.readouterr().out
    call_command("import_work", desk.engagement.ref, str(tmp_path / "desk.csv"), *by_map, "--apply")
    assert "If it is the same tracker, each of them counts twice." in capsys.readouterr().out


def test_a_source_without_a_map_is_named_too(engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, [item("1"), item("2")])
    [said] = another_source(brought(engagement, manager, MAP))
    assert f"{TWICE} as a Work CSV again" in said


@pytest.mark.parametrize("keys", [("3", "4", "1"), ("3", "4", "5")])
def test_of_few_keys_that_are_elsewhere_nothing_is_said(
    desk: Import, manager: User, keys: tuple[str, ...]
) -> None:
    rows = [item(key) for key in keys]
    assert not list(another_source(preview(desk.engagement, manager, rows)))


def test_of_a_file_that_is_mostly_known_nothing_is_asked(desk: Import, manager: User) -> None:
    apply(desk.engagement, manager, [item("3"), item("4")])
    file = preview(desk.engagement, manager, [item("3"), item("4"), item("1")])
    assert not list(another_source(file))


def test_the_list_of_imports_says_how_the_files_of_each_source_are_read(
    sign_in: Callable[[User], Any], desk: Import, manager: User
) -> None:
    apply(desk.engagement, manager, [item("A-1")])
    said = text(sign_in(manager).get(at("import_list", desk.engagement)))
    columns = "Key: Nr; State: Where; Assignee: Who; Created on: Begun."
    written = "one item each, comma between cells, dates such as 2026-11-23, decimals such as 0.5"
    assert f"{columns} Written: {written}." in said
    assert "As its columns say themselves." in said


def test_what_a_map_says_of_all_rows_is_told(engagement: Engagement, manager: User) -> None:
    told = b'teams = ["Red"]\nstate = "Open"\nzone = "Asia/Tokyo"\n[columns]\nteam = "Where"'
    by = told + MAP[: MAP.index(b"[states]")].split(b"[columns]")[1].replace(
        b'state = "Where"', b""
    )
    file = brought(engagement, manager, b'name = "Red"\n' + by)
    assert file.source is not None
    assert how_read(file.source).endswith(
        "Asia/Tokyo, the state Open for every row, only the teams Red."
    )
