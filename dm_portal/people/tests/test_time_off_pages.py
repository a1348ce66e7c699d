"""`/leave/`: read by whom it concerns, entered by whoever is away, and by admins for anybody."""

from datetime import date
from typing import Any

import pytest

from dm_portal.people.models import TimeOff, User
from dm_portal.people.services import add_time_off, change_time_off, withdraw_time_off
from pods.models import Specialist

pytestmark = pytest.mark.django_db

DAYS: Any = {
    "starts_on": date(2026, 6, 8),
    "ends_on": date(2026, 6, 12),
    "from_time": None,
    "until_time": None,
}
TYPED = {"starts_on": "2026-06-08", "ends_on": "2026-06-12", "note": "Away"}


def enter(person: Any, by: User, **changes: Any) -> TimeOff:
    return add_time_off(person=person, note="", by=by, **DAYS | changes)


def names(client: Any, query: str = "") -> list[str]:
    listing = client.get(f"/leave/{query}").context["listing"]
    return [cells[0].value for cells in listing.rows]


def test_one_enters_ones_own_leave(sign_in: Any, manager: User) -> None:
    client = sign_in(manager)
    assert b"Who is away" not in client.get("/leave/new/").content
    assert client.post("/leave/new/", TYPED).url == "/leave/"
    row = TimeOff.objects.get()
    assert (row.person, row.added_by, row.note) == (manager, manager, "Away")


def test_nobody_enters_leave_of_others_by_naming_them(
    sign_in: Any, manager: User, other_manager: User
) -> None:
    sign_in(manager).post("/leave/new/", TYPED | {"person": other_manager.ref})
    assert TimeOff.objects.get().person == manager


def test_an_admin_enters_leave_of_anybody(sign_in: Any, admin: User, manager: User) -> None:
    client, sol = sign_in(admin), Specialist.objects.create(name="Sol")
    form = client.get("/leave/new/").context["form"]
    assert [text for _, text in form.fields["person"].choices] == [
        "Choose somebody",
        "Adam Admin (adam.admin@internal.example)",
        "Mara Manager (mara.manager@internal.example)",
        "Sol (specialist)",
    ]
    assert client.post("/leave/new/", TYPED | {"person": sol.ref}).status_code == 302
    assert TimeOff.objects.get().person == sol
    assert client.post("/leave/new/", TYPED).status_code == 422


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_on": "2026-06-01"}, "The last day cannot be before the first."),
        ({"from_time": "09:00"}, "Times are for a part of one day."),
        ({"ends_on": "2026-06-08", "from_time": "9", "until_time": "8"}, "Enter a valid time."),
        ({"starts_on": "1212-01-01"}, "Choose a day from 1970"),
        ({"starts_on": ""}, "Fill in “First day”."),
        ({"note": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_days_without_sense_are_said_at_their_field(
    sign_in: Any, manager: User, changes: dict[str, str], words: str
) -> None:
    response = sign_in(manager).post("/leave/new/", TYPED | changes)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_leave_that_is_there_is_said(sign_in: Any, manager: User) -> None:
    enter(manager, manager)
    assert "entered already" in sign_in(manager).post("/leave/new/", TYPED).content.decode()


def test_leave_is_filtered(sign_in: Any, admin: User, manager: User) -> None:
    enter(manager, admin)
    withdraw_time_off(row=enter(admin, admin), by=admin)
    enter(Specialist.objects.create(name="Sol"), admin, ends_on=date(2026, 6, 8))
    client = sign_in(admin)
    assert names(client) == ["Sol", "Adam Admin", "Mara Manager"]
    assert names(client, "?state=counting") == ["Sol", "Mara Manager"]
    assert names(client, "?state=withdrawn") == ["Adam Admin"]
    assert names(client, "?first=2026-06-09&state=counting") == ["Mara Manager"]
    assert names(client, "?last=2026-06-07") == []
    assert names(client, "?q=mara.m") == ["Mara Manager"]
    assert names(client, "?q=sol") == ["Sol"]
    assert client.get("/leave/?first=never").status_code == 422


def test_only_who_may_change_leave_finds_the_way(
    sign_in: Any, manager: User, director: User
) -> None:
    row = enter(manager, manager)
    links = [
        sign_in(user).get("/leave/").context["listing"].rows[0][0].url
        for user in (manager, director)
    ]
    assert links == [f"/leave/{row.ref}/", ""]


def test_the_list_says_whose_leave_it_holds(sign_in: Any, manager: User, director: User) -> None:
    assert b"people in your pods" in sign_in(manager).get("/leave/").content
    assert b"people in your pods" not in sign_in(director).get("/leave/").content


def test_leave_is_ended_earlier(sign_in: Any, manager: User) -> None:
    row = enter(manager, manager)
    data = TYPED | {"ends_on": "2026-06-09", "version": 1}
    assert sign_in(manager).post(f"/leave/{row.ref}/", data).status_code == 302
    assert TimeOff.objects.get().ends_on == date(2026, 6, 9)


def test_the_second_editor_sees_both(sign_in: Any, manager: User, admin: User) -> None:
    row = enter(manager, manager)
    change_time_off(row=row, version=1, note="x", by=admin, **DAYS | {"ends_on": date(2026, 6, 10)})
    response = sign_in(manager).post(f"/leave/{row.ref}/", TYPED | {"version": 1})
    assert response.status_code == 409
    assert "Wed 10 Jun" in response.content.decode()


def test_leave_cannot_be_moved_onto_another(sign_in: Any, manager: User) -> None:
    row = enter(manager, manager)
    enter(manager, manager, ends_on=date(2026, 6, 9))
    data = TYPED | {"ends_on": "2026-06-09", "version": 1}
    assert sign_in(manager).post(f"/leave/{row.ref}/", data).status_code == 422


def test_leave_is_taken_back(sign_in: Any, manager: User) -> None:
    row, client = enter(manager, manager), sign_in(manager)
    assert client.post(f"/leave/{row.ref}/withdrawal/").url == "/leave/"
    assert "counts no more" in client.get(f"/leave/{row.ref}/").content.decode()
    again = client.post(f"/leave/{row.ref}/withdrawal/", follow=True)
    assert "taken this leave back already" in again.content.decode()


def test_leave_that_was_taken_back_is_changed_no_more(sign_in: Any, manager: User) -> None:
    row, client = enter(manager, manager), sign_in(manager)
    withdraw_time_off(row=row, by=manager)
    assert client.post(f"/leave/{row.ref}/", TYPED | {"version": 1}).status_code == 409


def test_the_csv_has_what_the_list_has(sign_in: Any, manager: User) -> None:
    enter(manager, manager)
    text = b"".join(sign_in(manager).get("/leave/?format=csv").streaming_content).decode()
    assert text.splitlines() == [
        "Person,E-mail,First day,Last day,From,Until,Note,State",
        "Mara Manager,mara.manager@internal.example,2026-06-08,2026-06-12,,,,Counts",
    ]
