"""`/leave/import/`: seen before it is entered, and entered as it was seen."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dm_portal.people.models import AuditEvent, TimeOff, User, WorkCalendar
from dm_portal.people.services import deactivate_person
from dm_portal.shell.clock import now
from pods.models import Specialist

pytestmark = pytest.mark.django_db

URL, APPLY = "/leave/import/", "/leave/import/application/"
HEADING = "Person,First day,Last day,From,Until,Note\n"
ICS = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:Doctor\nDTSTART:20260608T080000Z\n"
    "DTEND:20260608T090000Z\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:Team <b>lunch\n"
    "DTSTART;VALUE=DATE:20260609\nEND:VEVENT\nEND:VCALENDAR\n"
)


def send(client: Any, content: str | bytes, name: str = "leave.csv", **more: str) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(URL, {"file": SimpleUploadedFile(name, data), **more})


def apply(client: Any, response: Any) -> Any:
    """Press the button of a preview."""
    return client.post(APPLY, {"seen": response.context["form"].initial["seen"]}, follow=True)


def verdicts(response: Any) -> list[tuple[str, str]]:
    return [(line.where, line.verdict) for line in response.context["preview"].lines]


def test_a_table_is_seen_then_entered_and_again_changes_nothing(
    sign_in: Any, admin: User, manager: User
) -> None:
    client, sol = sign_in(admin), Specialist.objects.create(name="Sol")
    content = HEADING + "mara manager,2026-06-08,2026-06-12,,,Away\nSol,2026-06-08,,09:00,12:30,\n"
    response = send(client, content)
    assert verdicts(response) == [("Line 2", "new"), ("Line 3", "new")]
    assert not TimeOff.objects.exists()
    assert "2 times of leave from leave.csv entered." in apply(client, response).content.decode()
    assert {row.person for row in TimeOff.objects.all()} == {manager, sol}
    again = send(client, content)
    assert verdicts(again) == [("Line 2", "known"), ("Line 3", "known")]
    assert "Nothing in the file is new." in again.content.decode()
    assert AuditEvent.objects.filter(verb="time_off.imported").count() == 1


def test_the_lists_own_download_changes_nothing(sign_in: Any, admin: User, manager: User) -> None:
    client = sign_in(admin)
    apply(client, send(client, HEADING + "Mara Manager,2026-06-08,,,12:30,=x\n"))
    content = b"".join(client.get("/leave/?format=csv").streaming_content)
    assert verdicts(send(client, content)) == [("Line 2", "known")]


def test_refused_lines_come_first_with_their_reasons(
    sign_in: Any, admin: User, manager: User
) -> None:
    lines = [
        "Mara Manager,2026-06-08,2026-06-12,,,",
        "Nobody,2026-06-08,2026-06-12,,,",
        "Mara Manager,2026-06-08,2026-06-01,,,",
        ",2026-06-08,2026-06-12,,,",
        "Mara Manager,soon,2026-06-01,,,",
    ]
    response = send(sign_in(admin), HEADING + "\n".join(lines))
    assert verdicts(response) == [
        *(("Line 3", "refused"), ("Line 4", "refused"), ("Line 5", "refused")),
        *(("Line 6", "refused"), ("Line 2", "new")),
    ]
    text = response.content.decode()
    for words in (
        "nobody is called so",
        "The last day cannot be before the first.",
        "It does not say who is away.",
        "First day is “soon”",
        "What is refused above is left out.",
    ):
        assert words in text


def test_two_of_one_name_are_told_apart_by_their_address(
    sign_in: Any, admin: User, manager: User
) -> None:
    Specialist.objects.create(name="Mara Manager")
    content = HEADING + "Mara Manager,2026-06-08,,,,\nmara.manager@internal.example,2026-06-08,,,,"
    response = send(sign_in(admin), content)
    assert verdicts(response) == [("Line 2", "refused"), ("Line 3", "new")]
    assert "write the e-mail address" in response.content.decode()


def test_ones_own_calendar_is_read_on_ones_own_clock(sign_in: Any, manager: User) -> None:
    User.objects.update(
        calendar=WorkCalendar.objects.create(name="Kolkata", time_zone="Asia/Kolkata")
    )
    client = sign_in(manager)
    response = send(client, ICS, "me.ics")
    assert [line.when for line in response.context["preview"].new] == [
        "8 Jun 2026 from 13:30 until 14:30",
        "9 Jun 2026",
    ]
    assert "Team &lt;b&gt;lunch" in response.content.decode()
    apply(client, response)
    assert {row.note for row in TimeOff.objects.all()} == {""}
    assert {row.person for row in TimeOff.objects.all()} == {manager}


def test_an_admin_says_whose_calendar_it_is(sign_in: Any, admin: User, manager: User) -> None:
    client = sign_in(admin)
    response = send(client, ICS, "x.ics")
    assert response.status_code == 422
    assert "Choose whose calendar it is." in response.content.decode()
    found = send(client, ICS, "x.ics", person=manager.ref, only="lunch")
    assert [line.who for line in found.context["preview"].new] == ["Mara Manager"]


def test_what_is_left_out_is_said(sign_in: Any, manager: User) -> None:
    content = ICS.replace("SUMMARY:Doctor", "STATUS:CANCELLED")
    response = send(sign_in(manager), content, "me.ics")
    assert verdicts(response) == [("Event 2, “Team <b>lunch”", "new"), ("Event 1", "left out")]


def test_nobody_enters_leave_of_others(sign_in: Any, manager: User, other_manager: User) -> None:
    content = HEADING + "Otto Othermanager,2026-06-08,,,,\nMara Manager,2026-06-08,,,,\n"
    response = send(sign_in(manager), content, person=other_manager.ref)
    assert verdicts(response) == [("Line 2", "refused"), ("Line 3", "new")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xff", "no text in UTF-8"),
        (b"key\n1\n", "neither a calendar"),
        (b"BEGIN:VCALENDAR\nnonsense", "The calendar is broken"),
        (b"BEGIN:VCALENDAR\n\0", "NUL"),
        (b"", "The file is empty."),
    ],
)
def test_a_file_that_is_none_is_said_at_its_field(
    sign_in: Any, manager: User, content: bytes, words: str
) -> None:
    response = send(sign_in(manager), content)
    assert response.status_code == 422
    assert words in response.content.decode()


# Between the preview and the button


def test_what_was_entered_in_between_is_not_entered_twice(sign_in: Any, manager: User) -> None:
    client = sign_in(manager)
    responses = [send(client, ICS, "me.ics") for _ in range(2)]
    for response in responses:
        said = apply(client, response)
    assert "0 times of leave from me.ics entered." in said.content.decode()
    assert TimeOff.objects.count() == 2


def test_who_is_gone_in_between_is_said(sign_in: Any, admin: User, manager: User) -> None:
    client = sign_in(admin)
    response = send(client, ICS, "x.ics", person=manager.ref)
    deactivate_person(person=manager, by=admin)
    assert "no longer here" in apply(client, response).content.decode()
    assert not TimeOff.objects.exists()


def test_a_preview_is_its_readers_own(sign_in: Any, manager: User, other_manager: User) -> None:
    response = send(sign_in(manager), ICS, "me.ics")
    said = apply(sign_in(other_manager), response)
    assert "Somebody else has seen this preview" in said.content.decode()


@pytest.mark.parametrize("seen", ["", "forged"])
def test_a_preview_that_is_none_is_said(sign_in: Any, manager: User, seen: str) -> None:
    said = sign_in(manager).post(APPLY, {"seen": seen}, follow=True)
    assert "This preview is too old" in said.content.decode()


def test_an_old_preview_is_not_applied(sign_in: Any, manager: User, time_machine: Any) -> None:
    client = sign_in(manager)
    response = send(client, ICS, "me.ics")
    time_machine.move_to(now() + timedelta(minutes=61))
    assert "This preview is too old" in apply(client, response).content.decode()
