"""The pages of imports: choose, see what would happen, apply or discard, and the record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.clock import now, today
from engagements.forms import imports as forms
from engagements.models import Engagement, Import, ImportRow, WorkItem
from engagements.services import imports
from engagements.services.imports.states import change, claimed
from engagements.services.milestones import create_milestone
from engagements.sources.rows import DONE_LATER
from engagements.tests.work_files import apply, item, preview, receive, work_csv

pytestmark = pytest.mark.django_db
State = Import.State


@pytest.fixture
def browse(client: Any, manager: User, sign_in: Callable[[User], Any]) -> Any:
    """The test client of the engagement's DM."""
    return sign_in(manager)


def url(route: str, engagement: Engagement, file: Import | None = None, query: str = "") -> str:
    number = {} if file is None else {"number": file.number}
    return reverse(route, kwargs={"ref": engagement.ref, **number}) + query


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def upload(browse: Any, engagement: Engagement, content: bytes, name: str = "work.csv") -> Any:
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    return browse.post(url("import_create", engagement), {"file": file})


# Choosing a file


def test_a_file_is_uploaded_and_waits(browse: Any, engagement: Engagement, manager: User) -> None:
    response = upload(browse, engagement, work_csv(item()))
    file = Import.objects.get()
    assert (response.status_code, response["Location"]) == (302, file.get_absolute_url())
    assert (file.state, file.uploaded_by, file.file_name) == (State.UPLOADED, manager, "work.csv")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "The file is empty."), (b"x" * 101, "The file is larger than 50 MB.")],
)
def test_what_cannot_be_taken_is_said_at_the_field(
    browse: Any,
    engagement: Engagement,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    said: str,
) -> None:
    monkeypatch.setattr(forms, "MAX_BYTES", 100)
    response = upload(browse, engagement, content)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Import.objects.exists()


@pytest.mark.parametrize("field", ["file", "changelog"])
def test_what_is_no_text_is_refused_before_anything_is_kept(
    browse: Any, engagement: Engagement, field: str
) -> None:
    files = {name: SimpleUploadedFile("w.csv", work_csv(item())) for name in ("file", "changelog")}
    files[field] = SimpleUploadedFile("work.csv", b"\x1f\x8b" + bytes(3000))
    response = browse.post(url("import_create", engagement), files)
    assert response.status_code == 422
    said = "The file is compressed by gzip. Unpack it, and bring the CSV file that is in it."
    assert response.context["form"].errors == {field: [said]}
    assert not Import.objects.exists()


def test_a_file_that_was_looked_into_is_kept_whole(
    browse: Any, engagement: Engagement, manager: User
) -> None:
    upload(browse, engagement, content := work_csv(item()).decode().encode("utf-16"))
    file = Import.objects.get()
    assert b"".join(file.chunks.values_list("content", flat=True)) == content
    imports.read_import(import_id=file.pk)
    file.refresh_from_db()
    assert (file.state, file.new_count) == (State.PREVIEWED, 1)


def test_no_file_and_a_name_that_is_too_long(browse: Any, engagement: Engagement) -> None:
    response = browse.post(url("import_create", engagement))
    assert response.status_code == 422
    assert "Choose a file." in response.content.decode()
    assert upload(browse, engagement, b"x", name="x" * 400 + ".csv").status_code == 302


def test_what_the_service_says_is_said_at_the_field(
    browse: Any, engagement: Engagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engagements.services.imports.acts.MAX_BYTES", 5)
    response = upload(browse, engagement, work_csv(item()))
    assert response.status_code == 422
    assert "The file is larger than 50 MB." in response.content.decode()


def test_the_form_says_what_is_read(browse: Any, engagement: Engagement) -> None:
    said = text(browse.get(url("import_create", engagement)))
    assert "key,type,title,state,size,milestone,sprint,assignee,created_at,started_at" in said
    assert 'enctype="multipart/form-data"' in said


# While it is at work


@pytest.fixture
def reading(engagement: Engagement, manager: User) -> Import:
    file = claimed(receive(engagement, manager, [item()]).pk, State.READING)
    change(file, rows_read=412, rows_total=739)
    return file


def test_a_bar_survives_a_reload(browse: Any, engagement: Engagement, reading: Import) -> None:
    for _ in range(2):
        said = text(browse.get(reading.get_absolute_url()))
        assert "412 of 739 rows (56 %)" in said
        assert '<meta http-equiv="refresh" content="3">' in said
        assert f'hx-get="{reading.get_absolute_url()}"' in said


def test_htmx_gets_the_bar_alone(browse: Any, reading: Import) -> None:
    response = browse.get(reading.get_absolute_url(), headers={"HX-Request": "true"})
    said = text(response)
    assert "412 of 739 rows (56 %)" in said
    assert "<html" not in said
    assert "HX-Request" in response["Vary"]


def test_htmx_gets_the_page_again_when_it_is_done(
    browse: Any, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, [item()])
    response = browse.get(file.get_absolute_url(), headers={"HX-Request": "true"})
    assert (response["HX-Refresh"], response.content) == ("true", b"")
    assert "http-equiv" not in text(browse.get(file.get_absolute_url()))


def test_what_waits_says_so(browse: Any, engagement: Engagement, manager: User) -> None:
    waiting = receive(engagement, manager, [item()])
    assert "Waiting to be read" in text(browse.get(waiting.get_absolute_url()))
    file = preview(engagement, manager, [item()])
    imports.request_application(file=file, seen=1, by=manager)
    assert "Waiting to be applied" in text(browse.get(file.get_absolute_url()))
    claimed(file.pk, State.APPLYING)
    said = text(browse.get(file.get_absolute_url()))
    assert "0 rows written yet: all at once, or none" in said
    assert "Discard" not in said


# The preview


def test_the_preview_says_what_would_happen(
    browse: Any, engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, [item("A-1", state="Open", milestone="1.0"), item("A-2")])
    rows = [
        item("A-1", state="Closed", milestone='"1.0,2.0"', done_at="2026-02-01T10:00:00Z"),
        item("A-2"),
        item("A-3", sprint="S 1", state="Open", done_at="2026-02-01"),
        item("A-4", size="many"),
    ]
    file = preview(engagement, manager, rows)
    said = text(browse.get(file.get_absolute_url()))
    assert "1 milestone would be added, without a committed date." in said
    assert "1 sprint would be added, without dates." in said
    assert "state: <del>Open</del> → <ins>Closed</ins>" in said
    assert "milestones: <del>1.0</del> → <ins>1.0, 2.0</ins>" in said
    assert "done: <del>nothing</del> → <ins>Sun 1 Feb, 11:00</ins>" in said
    assert "Has a done date, and its state is Open." in said
    parts = ["1 refused", "The size “many” is not a number", "1 changed", "1 new"]
    assert sorted(parts, key=said.index) == parts
    assert "Nothing has changed yet." in said


def test_a_milestone_that_becomes_a_version_is_named(
    browse: Any, engagement: Engagement, manager: User
) -> None:
    fields = {"outcome": "", "tracker_name": "", "planned_size": None}
    create_milestone(engagement=engagement, by=manager, name="2.1", **fields)
    file = preview(engagement, manager, [item(f"A-{n}", milestone="2.1") for n in range(7)])
    said = text(browse.get(file.get_absolute_url()))
    named = "The milestone 2.1, planned by hand, {} the tracker&#x27;s version 2.1: 7 items of this"
    assert named.format("would become") + " file would count for it." in said
    assert "would be added" not in said
    browse.post(url("import_application", engagement, file), {"seen": 1})
    assert imports.run_waiting() == 1
    said = text(browse.get(file.get_absolute_url()))
    assert named.format("became") + " file came to count for it." in said


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (0, ""),
        (1, "1 row had a done date in the future (line 3): open until then."),
        (2, "2 rows had a done date in the future (lines 3, 4): open until then."),
        (11, "(lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 1 more)"),
    ],
)
def test_what_is_done_in_the_future_is_named_by_its_line(
    browse: Any, engagement: Engagement, manager: User, ahead: int, said: str
) -> None:
    later = [item(f"B-{number}", done_at="2199-01-01") for number in range(ahead)]
    file = preview(engagement, manager, [item("A-1", done_at="2026-02-01"), *later])
    assert (file.new_count, file.refused_count) == (1 + ahead, 0)
    page = text(browse.get(file.get_absolute_url()))
    assert said in page
    assert page.count("in the future when the file was read: it is open") == min(ahead, 9)
    assert ("in the future" in page) is (ahead > 0)


def test_what_was_in_the_future_then_is_said_of_then(
    browse: Any, engagement: Engagement, manager: User
) -> None:
    """The days have come since; a refused row, and one that only quotes the note, do not count."""
    day = timedelta(days=1)
    quoted = item("A-3", state=DONE_LATER, type="x")
    with time_machine.travel(now() - 9 * day):
        # in the last hour of a day here, the next has begun where the engagement is
        rows = [item(done_at=f"{today() + 2 * day}"), item("A-2", size="x", done_at="2199-01-01")]
        file = apply(engagement, manager, [*rows, quoted])
    said = text(browse.get(file.get_absolute_url()))
    assert "When the file was read, 1 row had a done date in the future (line 2): open" in said
    assert "lies in the future" not in said


def test_columns_that_are_not_read_are_named(
    browse: Any, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, b"key,created_at,Colour\nA-1,2026-01-05,red\n")
    assert "Colour" in text(browse.get(file.get_absolute_url()))


def test_apply_and_the_record(browse: Any, engagement: Engagement, manager: User) -> None:
    file = preview(engagement, manager, [item(milestone='"1.0,2.0"', sprint="S 1")])
    response = browse.post(url("import_application", engagement, file), {"seen": 1})
    assert response["Location"] == file.get_absolute_url()
    assert imports.run_waiting() == 1
    said = text(browse.get(file.get_absolute_url()))
    assert "By Mara Manager" in said
    assert "2 milestones were added, without a committed date." in said
    assert "1 sprint was added, without dates." in said
    assert "Discard" not in said
    assert WorkItem.objects.count() == 1


def test_discard(browse: Any, engagement: Engagement, manager: User) -> None:
    file = preview(engagement, manager, [item()])
    browse.post(url("import_discard", engagement, file))
    said = text(browse.get(file.get_absolute_url()))
    assert "Discarded. Nothing of it has been applied." in said
    assert "Apply" not in said


def test_the_second_of_two_reads_why(browse: Any, engagement: Engagement, manager: User) -> None:
    file = preview(engagement, manager, [item()])
    browse.post(url("import_discard", engagement, file))
    response = browse.post(url("import_application", engagement, file), {"seen": 1}, follow=True)
    assert "is “discarded” and cannot become “waiting to be applied”" in text(response)


def test_a_refused_file_says_why(browse: Any, engagement: Engagement, manager: User) -> None:
    file = preview(engagement, manager, b"ticket,when\n")
    said = text(browse.get(file.get_absolute_url()))
    assert "The file is refused" in said
    assert "Its columns are: ticket, when." in said
    assert "Choose another file" in said


def test_a_stale_preview_asks_to_look_again(
    browse: Any, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, [item()])
    apply(engagement, manager, [item(title="Theirs")])
    browse.post(url("import_application", engagement, file), {"seen": 1})
    assert [imports.run_waiting(), imports.run_waiting()] == [1, 1]
    said = text(browse.get(file.get_absolute_url()))
    assert "Something else changed this work after the preview" in said
    assert "title: <del>Theirs</del> → <ins>Pay by card</ins>" in said


@pytest.mark.parametrize("seen", ["1", "", "x", "9" * 5000])
def test_the_button_of_an_earlier_preview_applies_nothing(
    browse: Any, engagement: Engagement, manager: User, seen: str
) -> None:
    file = preview(engagement, manager, [item()])
    apply(engagement, manager, [item(title="Theirs")])
    browse.post(url("import_application", engagement, file), {"seen": 1})
    assert [imports.run_waiting(), imports.run_waiting()] == [1, 1]
    address = url("import_application", engagement, file)
    said = text(browse.post(address, {"seen": seen}, follow=True))
    assert "This file was read again after the preview that you saw." in said
    assert '<input type="hidden" name="seen" value="2">' in said
    assert imports.run_waiting() == 0
    browse.post(address, {"seen": 2})
    assert imports.run_waiting() == 1
    assert WorkItem.objects.get().title == "Pay by card"


@pytest.fixture
def parked(engagement: Engagement, manager: User) -> Import:
    file = receive(engagement, manager, [item()])
    Import.objects.filter(pk=file.pk).update(state=State.PARKED, attempts=5, problem="KeyError: x")
    return file


@pytest.mark.parametrize("who", ["manager", "admin"])
def test_what_failed_is_tried_again(
    request: pytest.FixtureRequest,
    sign_in: Callable[[User], Any],
    engagement: Engagement,
    parked: Import,
    who: str,
) -> None:
    browse = sign_in(request.getfixturevalue(who))
    said = text(browse.get(parked.get_absolute_url()))
    assert "Failed, needs an admin" in said
    assert "KeyError: x" in said
    assert "Try again" in said
    browse.post(url("import_retry", engagement, parked))
    parked.refresh_from_db()
    assert parked.state == State.UPLOADED


# Lists


def test_the_list_of_imports(browse: Any, engagement: Engagement, manager: User) -> None:
    empty = text(browse.get(url("import_list", engagement)))
    assert "Nothing has been imported yet" in empty
    apply(engagement, manager, [item()])
    receive(engagement, manager, [item()], name="later.csv")
    said = text(browse.get(url("import_list", engagement)))
    assert said.index("later.csv") < said.index("work.csv")
    narrowed = text(browse.get(url("import_list", engagement, query="?state=applied")))
    assert "later.csv" not in narrowed


def test_rows_are_narrowed_by_verdict(browse: Any, engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, [item("A-1")])
    file = preview(engagement, manager, [item("A-1", title="Other"), item("B-2", size="x")])
    said = text(browse.get(url("import_row_list", engagement, file)))
    assert "title: Pay by card → Other" in said
    assert "B-2" in said
    refused = text(browse.get(url("import_row_list", engagement, file, "?verdict=refused")))
    assert "A-1" not in refused
    wrong = browse.get(url("import_row_list", engagement, file, "?verdict=odd&format=csv"))
    assert wrong.status_code == 422


def test_an_import_without_rows_says_so(browse: Any, engagement: Engagement, manager: User) -> None:
    file = receive(engagement, manager, [item()])
    assert "There are no rows to see" in text(browse.get(url("import_row_list", engagement, file)))


def csv_of(browse: Any, engagement: Engagement, file: Import, query: str) -> bytes:
    response = browse.get(url("import_row_list", engagement, file, f"?format=csv{query}"))
    assert response["Content-Type"].startswith("text/csv")
    content: bytes = response.getvalue()
    return content


def test_refused_rows_as_csv_can_be_corrected_and_come_in_again(
    browse: Any, engagement: Engagement, manager: User
) -> None:
    rows = [item("A-1"), item("A-2", title="=1+1", milestone='"1.0,2.0"', size="x")]
    file = preview(engagement, manager, rows)
    exported = csv_of(browse, engagement, file, "&verdict=refused").decode()
    assert exported.splitlines()[1].startswith("3,refused,The size “x” is not a number")
    assert "'=1+1" in exported
    corrected = apply(engagement, manager, exported.replace(",x,", ",3,").encode())
    assert (corrected.new_count, corrected.unknown_columns) == (
        1,
        ["line", "verdict", "reason", "note"],
    )
    found = WorkItem.objects.get()
    assert (found.title, found.milestones.count()) == ("=1+1", 2)


def test_rows_that_were_taken_come_out_as_they_went_in(
    browse: Any, engagement: Engagement, manager: User
) -> None:
    rows = [item("A-1", size="3", milestone='"1.0,2.0"', done_at="2026-02-01T10:00:00.123456Z")]
    file = apply(engagement, manager, rows)
    again = preview(engagement, manager, csv_of(browse, engagement, file, ""))
    assert (again.unchanged_count, again.rows_read) == (1, 1)


# Doors


@pytest.mark.parametrize("number", ["0", "99", "9" * 30])
def test_an_import_that_is_not_there(browse: Any, engagement: Engagement, number: str) -> None:
    address = f"/engagements/{engagement.ref}/imports/{number}/"
    assert browse.get(address).status_code == 404


def test_an_import_is_found_in_its_own_engagement_only(
    browse: Any, engagement: Engagement, other_engagement: Engagement, other_manager: User
) -> None:
    file = preview(other_engagement, other_manager, [item()])
    routes = ["import_detail", "import_row_list"]
    assert {browse.get(url(route, engagement, file)).status_code for route in routes} == {404}
    acts = ["import_application", "import_discard", "import_retry"]
    assert {browse.post(url(act, other_engagement, file)).status_code for act in acts} == {404}
    file.refresh_from_db()
    assert file.state == State.PREVIEWED


@pytest.mark.parametrize("who", ["architect", "specialist", "director", "auditor"])
def test_who_does_not_lead_reads_and_does_nothing(
    request: pytest.FixtureRequest,
    sign_in: Callable[[User], Any],
    engagement: Engagement,
    manager: User,
    who: str,
) -> None:
    file = preview(engagement, manager, [item()])
    browse = sign_in(request.getfixturevalue(who))
    said = text(browse.get(file.get_absolute_url()))
    assert "Apply" not in said
    assert "Discard" not in said
    assert "Import a file" not in text(browse.get(url("import_list", engagement)))
    acts = ["import_application", "import_discard", "import_retry"]
    assert {browse.post(url(act, engagement, file)).status_code for act in acts} == {403}
    assert browse.get(url("import_create", engagement)).status_code == 403


def test_acts_are_posts(browse: Any, engagement: Engagement, manager: User) -> None:
    file = preview(engagement, manager, [item()])
    acts = ["import_application", "import_discard", "import_retry"]
    assert {browse.get(url(act, engagement, file)).status_code for act in acts} == {405}


# Statements


def statements_of(browse: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        text(browse.get(address))
    return len(captured)


@pytest.mark.parametrize(("route", "most"), [("import_detail", 15), ("import_row_list", 10)])
def test_statements_do_not_grow_with_the_rows(
    browse: Any, engagement: Engagement, manager: User, route: str, most: int
) -> None:
    apply(engagement, manager, [item(f"A-{number}") for number in range(60)])
    one, many = (preview(engagement, manager, _of_each_verdict(rows)) for rows in (1, 30))
    few = statements_of(browse, url(route, engagement, one))
    assert few == statements_of(browse, url(route, engagement, many))
    assert few <= most


def _of_each_verdict(rows: int) -> list[str]:
    changed = [item(f"A-{number}", title="Other") for number in range(rows)]
    new = [item(f"B-{number}") for number in range(rows)]
    refused = [item(f"C-{number}", size="x") for number in range(rows)]
    return [*changed, *new, *refused, item("A-59")]


def test_statements_do_not_grow_with_the_imports(
    browse: Any, engagement: Engagement, manager: User
) -> None:
    receive(engagement, manager, [item()])
    few = statements_of(browse, url("import_list", engagement))
    for _ in range(4):
        receive(engagement, manager, [item()])
    assert statements_of(browse, url("import_list", engagement)) == few
    assert few <= 10


def test_long_lists_are_cut_on_the_page_itself(
    browse: Any, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, [item(f"B-{number}") for number in range(11)])
    said = text(browse.get(file.get_absolute_url()))
    assert "All 11 new rows" in said
    assert ImportRow.objects.filter(of=file).count() == 11
    assert "B-10" not in said
