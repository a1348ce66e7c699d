"""Sprints: the list, one of them, a new one, and days for those of the tracker."""

from datetime import date
from typing import Any

import pytest

from dm_portal.people.models import User
from engagements.models import Engagement, Sprint
from engagements.tests.pages import at, csv_rows, make_import, make_item, names, statements

pytestmark = pytest.mark.django_db

MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 29)


@pytest.fixture
def desk(manager: User, engagement: Engagement, sign_in: Any) -> Any:
    return sign_in(manager)


def make_sprint(engagement: Engagement, number: int, **fields: Any) -> Sprint:
    return Sprint.objects.create(engagement=engagement, number=number, name=f"S{number}", **fields)


@pytest.fixture
def dated(engagement: Engagement) -> Sprint:
    return make_sprint(engagement, 1, goal="Refunds", starts_on=MONDAY, ends_on=SUNDAY)


def test_the_latest_first_those_without_days_last(
    desk: Any, engagement: Engagement, dated: Sprint
) -> None:
    make_sprint(engagement, 2)
    make_sprint(engagement, 3, starts_on=SUNDAY, ends_on=SUNDAY)
    assert names(desk.get(at("sprint_list", engagement))) == ["S3", "S1", "S2"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "refund"}, ["S1"]),
        ({"text": "s2"}, ["S2"]),
        ({"dated": "yes"}, ["S1"]),
        ({"dated": "no"}, ["S2"]),
    ],
)
def test_list_is_filtered_by_its_url(
    desk: Any, engagement: Engagement, dated: Sprint, query: dict[str, str], found: list[str]
) -> None:
    make_sprint(engagement, 2)
    url = at("sprint_list", engagement)
    assert names(desk.get(url, query)) == found
    assert [row["Sprint"] for row in csv_rows(desk.get(url, query | {"format": "csv"}))] == found


def test_list_costs_the_same_for_one_and_three(
    desk: Any, engagement: Engagement, dated: Sprint
) -> None:
    url = at("sprint_list", engagement)
    assert statements(desk, url) == 9
    make_sprint(engagement, 2)
    make_sprint(engagement, 3)
    assert statements(desk, url) == 9


def test_a_new_one_follows_the_last(desk: Any, engagement: Engagement, dated: Sprint) -> None:
    form = desk.get(at("sprint_create", engagement)).context["form"]
    assert form["starts_on"].value() == date(2026, 11, 30)
    assert form["ends_on"].value() == date(2026, 12, 13)


def test_the_first_one_proposes_nothing(desk: Any, engagement: Engagement) -> None:
    assert desk.get(at("sprint_create", engagement)).context["form"]["starts_on"].value() is None


def test_plan_a_sprint(desk: Any, engagement: Engagement) -> None:
    data = {"name": "S1", "goal": "Refunds", "starts_on": MONDAY, "ends_on": SUNDAY}
    response = desk.post(at("sprint_create", engagement), data)
    assert response["Location"] == at("sprint_detail", engagement, number=1)
    assert Sprint.objects.get().goal == "Refunds"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "S1"}, "name"),
        ({"ends_on": ""}, "ends_on"),
        ({"starts_on": SUNDAY, "ends_on": MONDAY}, "ends_on"),
        ({"starts_on": "soon"}, "starts_on"),
    ],
)
def test_what_is_wrong_is_said(
    desk: Any, engagement: Engagement, dated: Sprint, wrong: dict[str, str], field: str
) -> None:
    data = {"name": "S2", "goal": "Typed", "starts_on": MONDAY, "ends_on": SUNDAY} | wrong
    response = desk.post(at("sprint_create", engagement), data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "Typed" in response.content.decode()


def test_one_sprint_and_its_items(desk: Any, engagement: Engagement, dated: Sprint) -> None:
    file = make_import(engagement)
    make_item(file, "A-1", sprint=dated, done_at=file.applied_at)
    make_item(file, "A-2")
    url = at("sprint_detail", engagement, number=1)
    response = desk.get(url)
    assert names(response) == ["A-1"]
    assert "1 of 1 items (100 %) done" in response.content.decode()
    assert [row["Key"] for row in csv_rows(desk.get(url, {"format": "csv"}))] == ["A-1"]


def test_detail_costs_the_same_for_one_and_three(
    desk: Any, engagement: Engagement, dated: Sprint
) -> None:
    file = make_import(engagement)
    make_item(file, "A-1", sprint=dated)
    url = at("sprint_detail", engagement, number=1)
    assert statements(desk, url) == 11
    make_item(file, "A-2", sprint=dated)
    make_item(file, "A-3", sprint=dated)
    assert statements(desk, url) == 11


def test_a_sprint_of_the_tracker_gets_its_days(desk: Any, engagement: Engagement) -> None:
    make_sprint(engagement, 1)
    page = desk.get(at("sprint_detail", engagement, number=1)).content.decode()
    assert "Its days are not known yet" in page
    url = at("sprint_edit", engagement, number=1)
    assert desk.get(url).status_code == 200
    desk.post(url, {"name": "S1", "starts_on": MONDAY, "ends_on": SUNDAY, "version": 1})
    assert Sprint.objects.get().starts_on == MONDAY


def test_the_second_editor_sees_theirs_beside_yours(
    desk: Any, engagement: Engagement, dated: Sprint
) -> None:
    url = at("sprint_edit", engagement, number=1)
    data = {"name": "S1", "starts_on": MONDAY, "ends_on": SUNDAY, "version": 1}
    desk.post(url, data | {"goal": "Theirs"})
    response = desk.post(url, data | {"goal": "Yours"})
    assert response.status_code == 409
    rows = [(row.theirs, row.yours) for row in response.context["form"].conflict.rows]
    assert rows == [("Theirs", "Yours")]
