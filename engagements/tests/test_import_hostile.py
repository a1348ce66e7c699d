"""Strings that have broken other software: stored, shown, exported and imported unchanged."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.csv_export import csv_lines
from engagements.models import Engagement, ImportRow, WorkItem
from engagements.tests.work_files import apply, preview

pytestmark = pytest.mark.django_db
CREATED = "2026-01-05T10:00:00Z"


@pytest.fixture
def strings(real_data: Path) -> list[str]:
    path = real_data / "hostile" / "naughty_strings.json"
    found: list[str] = json.loads(path.read_text(encoding="utf-8"))
    assert len(found) == 515
    return found


def titled(strings: list[str]) -> bytes:
    rows = ([f"N-{number}", text, CREATED] for number, text in enumerate(strings))
    return "".join(csv_lines(["key", "title", "created_at"], rows)).encode()


def titles(engagement: Engagement) -> list[str]:
    items = WorkItem.objects.filter(engagement=engagement).order_by("created_at", "pk")
    return list(items.values_list("title", flat=True))


def test_every_string_survives_store_and_export_and_import(
    strings: list[str],
    engagement: Engagement,
    other_engagement: Engagement,
    manager: User,
    other_manager: User,
    sign_in: Callable[[User], Any],
) -> None:
    assert apply(engagement, manager, titled(strings)).new_count == 515
    assert titles(engagement) == strings
    address = reverse("work_list", kwargs={"ref": engagement.ref})
    exported = sign_in(manager).get(f"{address}?format=csv").getvalue()
    assert apply(other_engagement, other_manager, exported).new_count == 515
    kept = WorkItem.objects.filter(engagement=other_engagement).values_list("key", "title")
    assert dict(kept) == {f"N-{number}": text for number, text in enumerate(strings)}


def test_no_cell_of_an_export_is_a_formula(
    strings: list[str], engagement: Engagement, manager: User, sign_in: Callable[[User], Any]
) -> None:
    file = apply(engagement, manager, titled(strings))
    address = reverse("import_row_list", kwargs={"ref": engagement.ref, "number": file.number})
    exported = sign_in(manager).get(f"{address}?format=csv").getvalue().decode()
    cells = {cell for row in csv.reader(io.StringIO(exported, newline="")) for cell in row}
    assert len(cells) > 515
    assert not {cell for cell in cells if cell[:1] in set("=+-@\t\r")}


def test_every_string_anywhere_is_taken_or_refused_with_a_reason(
    strings: list[str], engagement: Engagement, manager: User, sign_in: Callable[[User], Any]
) -> None:
    header = ["key", "type", "title", "state", "milestone", "sprint", "assignee", "created_at"]
    rows = ([text] * 7 + [CREATED] for text in strings)
    content = "".join(csv_lines(header, rows)).encode()
    file = apply(engagement, manager, content)
    refused = ImportRow.objects.filter(of=file, verdict="refused").exclude(reason="")
    assert file.new_count + refused.count() == 515
    assert file.new_count > 450
    again = preview(engagement, manager, content)
    assert (again.new_count, again.changed_count) == (0, 0)
    client = sign_in(manager)
    for route in ("import_detail", "import_row_list"):
        page = client.get(reverse(route, kwargs={"ref": engagement.ref, "number": file.number}))
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()


def test_every_string_as_a_date_and_a_size_refuses_its_row(
    strings: list[str], engagement: Engagement, manager: User
) -> None:
    rows = ([f"N-{number}", text, CREATED] for number, text in enumerate(strings))
    content = "".join(csv_lines(["key", "done_at", "created_at"], rows)).encode()
    file = preview(engagement, manager, content)
    assert file.new_count + file.refused_count == 515
    assert file.refused_count > 450


@pytest.mark.parametrize("name", ["utf8", "newlines_crlf", "quotes_and_newlines", "json"])
def test_files_of_another_kind_are_refused(
    real_data: Path, engagement: Engagement, manager: User, name: str
) -> None:
    content = (real_data / "hostile" / "csv_spectrum" / "csvs" / f"{name}.csv").read_bytes()
    file = preview(engagement, manager, content)
    assert file.state == "refused"
    assert file.problem
