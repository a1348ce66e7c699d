"""Saying when a file was exported and that it is whole, and what the preview says to that."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from dm_portal.people.models import AuditEvent, User
from engagements.models import Engagement, Import, WorkItem
from engagements.services import imports
from engagements.services.imports import Export
from engagements.tests.exports import items, on, whole
from engagements.tests.pages import at, names
from engagements.tests.work_files import apply, item, preview, work_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def browse(client: Any, manager: User, sign_in: Callable[[User], Any]) -> Any:
    return sign_in(manager)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def upload(browse: Any, engagement: Engagement, **said: str) -> Any:
    file = SimpleUploadedFile("work.csv", work_csv(*items("A-1")), content_type="text/csv")
    return browse.post(at("import_create", engagement), {"file": file, **said})


def test_both_are_kept_and_on_record(browse: Any, engagement: Engagement) -> None:
    response = upload(browse, engagement, exported_at="2026-02-05T13:00", is_whole="on")
    assert response.status_code == 302
    file = Import.objects.get()
    assert (file.exported_at, file.is_whole) == (on(5), True)
    told = AuditEvent.objects.get(verb="import.uploaded").after
    assert (told["exported_at"], told["is_whole"]) == ("2026-02-05T12:00:00.000000Z", True)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"is_whole": "on"}, "Say when it was exported"),
        ({"exported_at": "2999-01-01T12:00"}, "It cannot have been exported in the future."),
        ({"exported_at": "9999-12-31T23:59"}, "It cannot have been exported in the future."),
        ({"exported_at": "0001-01-01T00:00"}, "It cannot have been exported before 1970."),
        ({"exported_at": "yesterday"}, "Enter a valid date/time."),
    ],
)
def test_what_cannot_be_is_said_at_the_field(
    browse: Any, engagement: Engagement, said: dict[str, str], why: str
) -> None:
    response = upload(browse, engagement, **said)
    assert response.status_code == 422
    assert why in response.context["form"].errors["exported_at"][0]
    assert not Import.objects.exists()


def test_whose_clock_counts_is_said(browse: Any, engagement: Engagement) -> None:
    page = text(browse.get(at("import_create", engagement)))
    assert "on the engagement&#x27;s clock (Europe/Berlin)." in page


@pytest.fixture
def known(engagement: Engagement, manager: User) -> Import:
    return apply(engagement, manager, items("A-1", "A-2", "A-3", "A-4"), export=whole(1))


def test_much_is_applied_only_where_that_is_said(
    known: Import, browse: Any, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, items("A-1", "A-2"), export=whole(5))
    said = text(browse.get(file.get_absolute_url()))
    assert "Much is missing from this file" in said
    assert "2 of 4 open items are gone: that is so" in said
    assert "would be withdrawn as of Thu 5 Feb, 13:00, as gone from the tracker." in said
    assert "gone from the tracker since" in said
    address = at("import_application", engagement, number=file.number)
    assert "2 of 4 open items are not in this file." in text(
        browse.post(address, {"seen": 1}, follow=True)
    )
    browse.post(address, {"seen": 1, "loses_much": "on"})
    assert imports.run_waiting() == 1
    said = text(browse.get(file.get_absolute_url()))
    assert "2 of 4 open items of this source are not in the file. They were withdrawn" in said
    assert "What is missing from the file stays" not in said
    assert WorkItem.objects.filter(gone_at=on(5)).count() == 2


def test_what_is_done_and_gone_is_said_too(
    known: Import, browse: Any, engagement: Engagement, manager: User
) -> None:
    done = [item(key, state="Done", done_at="2026-02-02") for key in ("A-2", "A-3")]
    apply(engagement, manager, done, export=Export(on(3)))
    file = preview(engagement, manager, items("A-1", "A-4"), export=whole(5))
    said = text(browse.get(file.get_absolute_url()))
    assert "2 done items are not in the file either. They stay done, and are told as gone" in said
    file = preview(engagement, manager, [*items("A-1", "A-4"), done[0]], export=whole(6))
    assert "1 done item is not in the file either. It stays" in text(
        browse.get(file.get_absolute_url())
    )
    file = preview(engagement, manager, items("A-1", "A-4"), export=Export(on(7)))
    assert "not in the file either" not in text(browse.get(file.get_absolute_url()))


def test_an_item_names_the_file_that_brought_it(
    known: Import, browse: Any, engagement: Engagement, manager: User
) -> None:
    lacks = apply(engagement, manager, items("A-1", "A-2", "A-3"), export=whole(5))
    gone = WorkItem.objects.get(key="A-4")
    page = text(browse.get(at("work_detail", engagement, number=1, key="A-4")))
    assert gone.last_import == lacks
    assert f'brought in with <a href="{known.get_absolute_url()}">' in page


def test_a_preview_of_a_file_that_was_applied_since_says_so(
    browse: Any, engagement: Engagement, manager: User
) -> None:
    waits = preview(engagement, manager, items("A-1"))
    assert "was applied since" not in text(browse.get(waits.get_absolute_url()))
    applied = apply(engagement, manager, items("A-1"))
    said = text(browse.get(waits.get_absolute_url()))
    assert "The same file was applied since" in said
    assert f'<a href="{applied.get_absolute_url()}">import {applied.number}</a>' in said
    assert "was applied since" not in text(browse.get(applied.get_absolute_url()))


def test_what_a_part_does_not_name_stays(
    known: Import, browse: Any, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, items("A-1", "A-2", "A-3"), export=Export(on(5)))
    said = text(browse.get(file.get_absolute_url()))
    assert "1 of 4 open items of this source is not in the file. It stays as it is:" in said
    file = preview(engagement, manager, items("A-1"), export=Export(on(6)))
    assert "They stay as they are:" in text(browse.get(file.get_absolute_url()))


def test_a_file_that_is_older_than_what_is_known_says_so(
    known: Import, browse: Any, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, [item("A-1", state="Closed")])
    said = text(browse.get(file.get_absolute_url()))
    assert "The file speaks of Mon 5 Jan, 11:00, import 1 of Sun 1 Feb, 13:00:" in said
    assert "discard it and say when it was exported." in said
    file = preview(engagement, manager, [item("A-1", state="Closed")], export=Export(on(3)))
    assert "The file speaks of" not in text(browse.get(file.get_absolute_url()))


def test_the_list_of_work_tells_them_apart(
    known: Import, browse: Any, engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, [item("A-1", state="Cancelled")], export=Export(on(2)))
    apply(engagement, manager, items("A-1", "A-2", "A-3"), export=whole(5))

    def listed(done: str) -> list[str]:
        return sorted(names(browse.get(at("work_list", engagement) + f"?done={done}")))

    assert listed("gone") == ["A-4"]
    assert listed("withdrawn") == ["A-4"]
    assert listed("no") == ["A-1", "A-2", "A-3"]
    page = text(browse.get(at("work_list", engagement)))
    assert page.count("gone from the tracker") >= 1
    number = WorkItem.objects.get(key="A-4").source.number
    page = text(browse.get(at("work_detail", engagement, number=number, key="A-4")))
    assert "Gone from the tracker" in page
    assert "it counts as withdrawn since then" in page


def test_the_command(known: Import, engagement: Engagement, tmp_path: Path) -> None:
    path = tmp_path / "work.csv"
    path.write_bytes(work_csv(*items("A-1", "A-2", "A-3")))

    def run(*options: str) -> str:
        out = StringIO()
        call_command("import_work", engagement.ref, str(path), *options, stdout=out)
        return out.getvalue()

    said = run("--exported-at", "2026-02-05T13:00", "--whole", "--apply")
    assert "1 of 4 open items of this source is not in the file. It was withdrawn" in said
    assert "as of Thu 5 Feb, 13:00, as gone" in said
    assert WorkItem.objects.get(key="A-4").gone_at == on(5)
    path.write_bytes(work_csv(*items("A-1")))
    dated = ("--exported-at", "2026-02-07T12:00+00:00", "--whole")
    assert "would be withdrawn" in run(*dated)
    with pytest.raises(CommandError, match="2 of 3 open items are not in this file"):
        run(*dated, "--apply")
    run(*dated, "--apply", "--loses-much")
    assert WorkItem.objects.filter(gone_at=on(7)).count() == 2
    with pytest.raises(CommandError, match="yesterday is no instant"):
        run("--exported-at", "yesterday")


def test_its_page_says_when_it_was_exported_whether_it_is_whole_and_what_it_speaks_of(
    known: Import, browse: Any, engagement: Engagement, manager: User
) -> None:
    said = text(browse.get(known.get_absolute_url()))
    assert "<dt>Exported</dt><dd><time" in said
    assert "<dt>Whole</dt><dd>yes: what it lacks is gone" in said
    assert "<dt>Speaks of</dt><dd><time" in said
    part = preview(engagement, manager, items("A-1"))
    said = text(browse.get(part.get_absolute_url()))
    assert '<dt>Exported</dt><dd><span class="missing">not said</span>' in said
    assert "<dt>Whole</dt><dd>not said: what it lacks stays" in said


@pytest.mark.parametrize("options", [[], ["--apply"]])
@pytest.mark.parametrize(
    ("said", "why"),
    [
        (["--whole"], "Say when it was exported"),
        (["--exported-at", "2099-01-01"], "It cannot have been exported in the future."),
        (
            ["--exported-at", "9999-12-31T23:59-10:00"],
            "It cannot have been exported in the future.",
        ),
        (["--exported-at", "9999-12-31T23:59"], "It cannot have been exported in the future."),
        (["--exported-at", "0001-01-01T00:00"], "It cannot have been exported before 1970."),
        (["--exported-at", "0001-01-01T00:00+14:00"], "It cannot have been exported before 1970."),
    ],
)
def test_the_command_previews_nothing_that_cannot_be_applied(
    engagement: Engagement, tmp_path: Path, said: list[str], why: str, options: list[str]
) -> None:
    path = tmp_path / "work.csv"
    path.write_bytes(work_csv(*items("A-1")))
    with pytest.raises(CommandError, match=why) as refused:
        call_command("import_work", engagement.ref, str(path), *said, *options)
    assert refused.value.returncode == 1
    assert not Import.objects.exists()
