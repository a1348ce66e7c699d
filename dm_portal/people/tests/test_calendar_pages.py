"""`/calendars/` and the page of one's own working hours."""

from datetime import timedelta
from typing import Any

import pytest

from dm_portal.people.models import WEEKDAYS, TimeOff, User, WorkCalendar
from dm_portal.people.services import add_time_off, change_person, choose_calendar
from dm_portal.shell.clock import today
from engagements.models import Engagement

pytestmark = pytest.mark.django_db

TYPED = dict.fromkeys(WEEKDAYS, "") | {
    "name": "Munich",
    "time_zone": "Europe/Berlin",
    "monday": "9:00 – 12:30",
    "country": "DE",
    "region": "Bayern",
}


@pytest.fixture
def munich() -> WorkCalendar:
    return WorkCalendar.objects.create(name="Munich", country="DE", region="BY", sunday="")


def page(client: Any, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_an_admin_adds_working_hours(sign_in: Any, admin: User) -> None:
    client = sign_in(admin)
    response = client.post("/calendars/new/", TYPED)
    calendar = WorkCalendar.objects.get()
    assert response.url == calendar.get_absolute_url()
    assert (calendar.monday, calendar.tuesday, calendar.region) == ("09:00-12:30", "", "BY")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"monday": "nine"}, "“nine” is not understood"),
        ({"region": "Kent"}, "Germany has no region “Kent”"),
        ({"monday": ""}, "Give at least one weekday working hours."),
        ({"time_zone": "Mars/Base"}, "This is not a time zone"),
        ({"country": "XX", "region": ""}, "The holidays of this country are not known."),
        ({"name": ""}, "Fill in “Name”."),
        ({"name": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    sign_in: Any, admin: User, changes: dict[str, str], words: str
) -> None:
    response = sign_in(admin).post("/calendars/new/", TYPED | changes)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert 'value="Bayern"' in response.content.decode() or "region" in changes
    assert not WorkCalendar.objects.exists()


def test_a_name_is_taken_once(sign_in: Any, admin: User, munich: WorkCalendar) -> None:
    assert sign_in(admin).post("/calendars/new/", TYPED).status_code == 422


def test_the_list_says_who_uses_what(
    sign_in: Any, admin: User, munich: WorkCalendar, engagement: Engagement
) -> None:
    User.objects.filter(pk=admin.pk).update(calendar=munich)
    Engagement.objects.update(calendar=munich)
    listing = sign_in(admin).get("/calendars/").context["listing"]
    cells = [cell.value for cell in listing.rows[0]]
    assert cells == ["Munich", "Europe/Berlin", "40 h", "Germany, Bayern", 2]


def test_hours_of_a_week_that_are_not_whole_say_their_minutes() -> None:
    assert WorkCalendar(name="x", monday="09:00-12:30").hours_a_week == "35 h 30"


def test_one_calendar_shows_a_week_and_the_next_holidays(
    sign_in: Any, manager: User, munich: WorkCalendar
) -> None:
    text = page(sign_in(manager), munich.get_absolute_url())
    assert "09:00–17:00" in text
    assert "Christmas Day" in text or "New Year" in text or "Epiphany" in text
    assert "Nobody yet." in text
    assert "Remove" not in text


def test_without_a_country_there_are_no_holidays(sign_in: Any, manager: User) -> None:
    row = WorkCalendar.objects.create(name="Nowhere")
    assert "No country is chosen" in page(sign_in(manager), row.get_absolute_url())


def test_a_reader_sees_the_names_that_they_may(
    sign_in: Any, admin: User, manager: User, munich: WorkCalendar, engagement: Engagement
) -> None:
    User.objects.update(calendar=munich)
    Engagement.objects.update(calendar=munich)
    text = page(sign_in(manager), munich.get_absolute_url())
    assert "People: Mara Manager, and 1 that you do not see." in text
    assert "Engagements: Atlas." in text
    assert "Adam Admin" in page(sign_in(admin), munich.get_absolute_url())


def test_the_second_editor_sees_both(sign_in: Any, admin: User, munich: WorkCalendar) -> None:
    client, url = sign_in(admin), f"{munich.get_absolute_url()}edit/"
    assert client.post(url, TYPED | {"version": 1}).status_code == 302
    response = client.post(url, TYPED | {"version": 1, "monday": "10:00-11:00"})
    assert response.status_code == 409
    assert "09:00-12:30" in response.content.decode()
    assert client.post(url, TYPED | {"version": 2, "monday": "10:00-11:00"}).status_code == 302
    munich.refresh_from_db()
    assert munich.monday == "10:00-11:00"


def test_a_calendar_is_removed_once_nobody_has_it(
    sign_in: Any, admin: User, munich: WorkCalendar
) -> None:
    client, url = sign_in(admin), f"{munich.get_absolute_url()}removal/"
    choose_calendar(person=admin, version=1, calendar=munich, by=admin)
    assert "in use" in client.post(url, follow=True).content.decode()
    choose_calendar(person=admin, version=2, calendar=None, by=admin)
    assert client.post(url).url == "/calendars/"
    assert not WorkCalendar.objects.exists()


# One's own


def test_one_chooses_ones_own_hours(sign_in: Any, manager: User, munich: WorkCalendar) -> None:
    client, url = sign_in(manager), f"/people/{manager.ref}/hours/"
    assert "None that is not over." in page(client, url)
    assert client.post(url, {"calendar": munich.ref, "version": 1}).url == url
    manager.refresh_from_db()
    assert manager.calendar == munich
    text = page(client, url)
    assert munich.get_absolute_url() in text
    assert f'<option value="{munich.ref}" selected>' in text


def test_an_admin_chooses_for_others(
    sign_in: Any, admin: User, manager: User, munich: WorkCalendar
) -> None:
    client, url = sign_in(admin), f"/people/{manager.ref}/hours/"
    assert client.post(url, {"calendar": munich.ref, "version": 1}).status_code == 302
    assert "Munich" in page(client, f"/people/{manager.ref}/")


def test_a_calendar_that_is_none_is_refused(sign_in: Any, manager: User) -> None:
    url = f"/people/{manager.ref}/hours/"
    data = {"calendar": "zzzzzzzzzz", "version": 1}
    assert sign_in(manager).post(url, data).status_code == 422


def test_who_chooses_beside_another_sees_it(
    sign_in: Any, admin: User, manager: User, munich: WorkCalendar
) -> None:
    change_person(person=manager, version=1, name="Mara", grade="", by=admin)
    url = f"/people/{manager.ref}/hours/"
    response = sign_in(manager).post(url, {"calendar": munich.ref, "version": 1})
    assert response.status_code == 409


def test_leave_that_is_not_over_stands_there(sign_in: Any, manager: User) -> None:
    day = today() + timedelta(days=30)
    days: Any = {"starts_on": day, "ends_on": day, "from_time": None, "until_time": None}
    add_time_off(person=manager, note="Moving house", by=manager, **days)
    assert "Moving house" in page(sign_in(manager), f"/people/{manager.ref}/hours/")
    assert TimeOff.objects.count() == 1


@pytest.mark.parametrize(("who", "status"), [("lead", 404), ("other_manager", 404)])
def test_others_have_no_such_page(
    sign_in: Any, manager: User, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(f"/people/{manager.ref}/hours/").status_code == status
