"""The page on which a map is made from a sample of a file."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.csv_export import csv_lines
from engagements.models import Engagement, Import, WorkItem
from engagements.services import imports
from engagements.sources.maps import parse_map
from engagements.sources.samples import MAX_BYTES, Sample
from engagements.sources.work_file import WorkFile
from engagements.tests.test_maps import ITEMS, SHEET, STAYS, bring
from engagements.tests.work_files import BERLIN, READ_AT

STAYED = b"key,state,days,until\nA,Open,1.5,2026-01-10\nA,Done,0,2026-01-10\n"
GUESSABLE = b"id;name;status;points;team;created\n1;Bread;Oven;1,5;Red;02/01/2026\n"


def url(engagement: Engagement) -> str:
    return reverse("import_map", kwargs={"ref": engagement.ref})


@pytest.fixture
def browse(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


def look(browse: Client, engagement: Engagement, content: bytes) -> Any:
    return browse.post(url(engagement), {"sample": SimpleUploadedFile("desk.csv", content)})


def filled(answer: Any, **changes: str) -> dict[str, str]:
    """The form of this answer as a browser would send it."""
    form = answer.context["form"]
    return {name: form[name].value() or "" for name in form.fields} | changes


def test_a_sample_fills_the_form_and_is_read(browse: Client, engagement: Engagement) -> None:
    answer = look(browse, engagement, GUESSABLE)
    sent = filled(answer)
    assert (sent["name"], sent["separator"], sent["rows"]) == ("desk", "semicolon", "items")
    assert (sent["column_key"], sent["column_state"]) == ("id", "status")
    [row] = answer.context["rows"]
    assert "The size “1,5” is not a number" in row.reason
    again = browse.post(url(engagement), filled(answer, decimal="comma", dates="day first"))
    [row] = again.context["rows"]
    assert row.data["created_at"] == "2026-01-01T23:00:00.000000Z"
    assert "Bread" in again.content.decode()


def test_a_sample_in_utf_16_is_read_again_from_what_the_form_holds(
    browse: Client, engagement: Engagement
) -> None:
    answer = look(browse, engagement, GUESSABLE.decode().encode("utf-16"))
    again = browse.post(url(engagement), filled(answer, decimal="comma", dates="day first"))
    [row] = again.context["rows"]
    assert (row.key, row.data["title"]) == ("1", "Bread")


def test_another_separator_begins_with_the_columns_that_there_are_then(
    browse: Client, engagement: Engagement
) -> None:
    sent = filled(look(browse, engagement, GUESSABLE), separator="comma")
    answer = browse.post(url(engagement), sent)
    assert filled(answer)["column_key"] == ""
    back = browse.post(url(engagement), sent | {"separator": "semicolon", "column_key": "gone"})
    assert filled(back)["column_key"] == "id"


def test_a_file_of_stays_is_known_by_its_days(browse: Client, engagement: Engagement) -> None:
    answer = look(browse, engagement, STAYED)
    assert filled(answer)["rows"] == "intervals"
    [row] = answer.context["rows"]
    assert (row.key, len(row.data["stays"])) == ("A", 2)


def test_the_map_is_saved_as_a_file_that_can_be_brought_along(
    browse: Client, engagement: Engagement, manager: User
) -> None:
    answer = look(browse, engagement, GUESSABLE)
    changes = {"decimal": "comma", "dates": "day first", "teams": "Red, Blue", "save": "yes"}
    saved = browse.post(url(engagement), filled(answer, name="Support desk", **changes))
    assert saved["Content-Disposition"] == 'attachment; filename="support-desk.toml"'
    assert parse_map(saved.content).teams == ("Red", "Blue")
    bring(engagement, manager, GUESSABLE, saved.content)
    assert str(WorkItem.objects.get().size) == "1.50"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"column_key": ""}, "The map names no column for: key."),
        ({"zone": "Mars"}, "There is no time zone Mars"),
        ({"begun": "%%%"}, "Choose the file again"),
        ({"begun": "x" * (2 * MAX_BYTES + 1)}, "Choose the file again"),
        ({"begun": ""}, "Choose the file again"),
        ({"separator": "dot"}, "dot"),
        ({"rows": "leaves"}, "leaves"),
    ],
)
def test_what_is_missing_is_said_when_it_is_saved(
    browse: Client, engagement: Engagement, changes: dict[str, str], said: str
) -> None:
    sent = filled(look(browse, engagement, GUESSABLE), **changes)
    shown = browse.post(url(engagement), sent)
    refused = browse.post(url(engagement), sent | {"save": "yes"})
    assert (shown.status_code, refused.status_code) == (200, 422)
    assert said in refused.content.decode()


def test_a_map_that_does_not_fit_is_said(browse: Client, engagement: Engagement) -> None:
    broken = GUESSABLE + b'2;"Soup;Oven;1;Red;02/01/2026\n'
    answer = look(browse, engagement, broken)
    assert "Line 3: a quote is opened" in answer.context["problem"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xff,x\n", "UTF-8"), (b"PK\x03\x04", "workbook"), (b"", "The file is empty.")],
)
def test_a_sample_that_is_no_text_is_refused(
    browse: Client, engagement: Engagement, content: bytes, said: str
) -> None:
    answer = look(browse, engagement, content)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_long_file_is_cut_at_a_line() -> None:
    sample = Sample(b"k,at\n" + b"1,2026-01-01\n" * 9000)
    assert sample.content.endswith(b"\n")
    assert len(sample.content) <= MAX_BYTES


def test_nothing_of_a_sample_is_kept(browse: Client, engagement: Engagement) -> None:
    look(browse, engagement, GUESSABLE)
    assert not Import.objects.exists()


def test_a_map_comes_with_a_file_on_the_form(
    browse: Client, engagement: Engagement, manager: User
) -> None:
    create = reverse("import_create", kwargs={"ref": engagement.ref})
    sheet, by = SimpleUploadedFile("s.csv", SHEET), SimpleUploadedFile("m.toml", ITEMS)
    assert browse.post(create, {"file": sheet, "map": by}).status_code == 302
    imports.run_waiting()
    assert (
        "Read by the map “Sheet”"
        in browse.get(Import.objects.get().get_absolute_url()).content.decode()
    )
    sheet, by = SimpleUploadedFile("s.csv", SHEET), SimpleUploadedFile("m.toml", STAYS[:20])
    refused = browse.post(create, {"file": sheet, "map": by})
    assert refused.status_code == 422
    assert "TOML" in refused.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(GUESSABLE, mtime=0), "The file is compressed by gzip."),
        (b"id;name\xfc;created\n", "Line 1 is not written in UTF-8."),
        (GUESSABLE.decode().encode("utf-16-le")[:7], "Line 1 is not written in UTF-16."),
    ],
)
def test_a_sample_that_is_no_text_is_refused_at_its_field(
    browse: Client, engagement: Engagement, content: bytes, said: str
) -> None:
    answer = look(browse, engagement, content)
    assert answer.status_code == 422
    [error] = answer.context["form"].errors["sample"]
    assert error.startswith(said)


def test_a_sample_with_nul_is_shown_with_its_problem(
    browse: Client, engagement: Engagement
) -> None:
    answer = look(browse, engagement, GUESSABLE.replace(b"team", b"te\0am"))
    assert answer.context["problem"].startswith("Line 1: the column names hold NUL characters.")
    saved = browse.post(url(engagement), filled(answer, column_team="te\0am", save="yes"))
    assert saved.status_code == 422


def test_columns_may_be_called_anything(
    browse: Client, engagement: Engagement, manager: User, real_data: Path
) -> None:
    """Each hostile name is offered, and kept in the map that is saved; 200 names are looked at."""
    path = real_data / "hostile" / "naughty_strings.json"
    names = [name for name in json.loads(path.read_text(encoding="utf-8")) if name.strip()]
    for part in (names[:170], names[170:340], names[340:]):
        row = [[f"A-{number}" for number, _ in enumerate(part)]]
        content = "".join(csv_lines(part, row)).encode()
        answer = look(browse, engagement, content)
        offered = dict(answer.context["form"].fields["column_title"].choices)
        assert set(offered) == {"", *part}
        odd = next(name for name in part if name[0] in "-=<")
        saved = browse.post(
            url(engagement), filled(answer, column_key=odd, column_created_at=odd, save="yes")
        )
        by = parse_map(saved.content)
        assert by.columns["key"] == (odd,)
        file = WorkFile([content], zone=BERLIN, now=READ_AT, known=[by])
        assert file.layout.map == by
