"""Milestones: the list, one of them, its date, its criteria."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from dm_portal.people.models import User, WorkCalendar
from dm_portal.shell.clock import today
from engagements.models import AcceptanceCriterion, Engagement, Milestone
from engagements.services.milestones import add_criterion, commit_date, create_milestone
from engagements.tests.pages import at, csv_rows, make_import, make_item, names, statements

pytestmark = pytest.mark.django_db

PLAIN: dict[str, Any] = {"outcome": "", "tracker_name": "", "planned_size": None}
SOON = timedelta(days=9)


def plan(engagement: Engagement, name: str, **fields: Any) -> Milestone:
    by = engagement.created_by
    return create_milestone(engagement=engagement, by=by, name=name, **PLAIN | fields)


@pytest.fixture
def desk(manager: User, engagement: Engagement, sign_in: Any) -> Any:
    return sign_in(manager)


@pytest.fixture
def milestone(engagement: Engagement) -> Milestone:
    return plan(engagement, "2.1", outcome="Refunds", tracker_name="v2.1")


@pytest.fixture
def criterion(milestone: Milestone, manager: User) -> AcceptanceCriterion:
    return add_criterion(milestone=milestone, statement="It runs", verification="demo", by=manager)


# The list


def test_promised_ones_come_first(desk: Any, engagement: Engagement, milestone: Milestone) -> None:
    plan(engagement, "Later", committed_on=today() + 2 * SOON, reason="x")
    plan(engagement, "Sooner", committed_on=today() + SOON, reason="x")
    assert names(desk.get(at("milestone_list", engagement))) == ["Sooner", "Later", "2.1"]


def test_list_says_how_far(desk: Any, milestone: Milestone, criterion: Any) -> None:
    file = make_import(milestone.engagement)
    make_item(file, "A-1", milestones=[milestone], done_at=file.applied_at)
    make_item(file, "A-2", milestones=[milestone])
    url = at("milestone_list", milestone.engagement)
    assert csv_rows(desk.get(url, {"format": "csv"})) == [
        {
            "Milestone": "2.1",
            "Committed date": "",
            "Items done": "1 of 2",
            "Criteria met": "0 of 1",
            "In the tracker": "v2.1",
        }
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "V2"}, ["2.1"]),
        ({"text": "soon"}, ["Sooner"]),
        ({"promised": "yes"}, ["Sooner"]),
        ({"promised": "no"}, ["2.1"]),
    ],
)
def test_list_is_filtered_by_its_url(
    desk: Any, milestone: Milestone, query: dict[str, str], found: list[str]
) -> None:
    plan(milestone.engagement, "Sooner", committed_on=today() + SOON, reason="x")
    url = at("milestone_list", milestone.engagement)
    assert names(desk.get(url, query)) == found
    assert len(csv_rows(desk.get(url, query | {"format": "csv"}))) == len(found)


def test_list_costs_the_same_for_one_and_three(desk: Any, milestone: Milestone) -> None:
    url = at("milestone_list", milestone.engagement)
    assert statements(desk, url) == 9
    plan(milestone.engagement, "3.0")
    plan(milestone.engagement, "4.0", committed_on=today(), reason="x")
    assert statements(desk, url) == 9


# A new one


def test_plan_a_milestone(desk: Any, engagement: Engagement) -> None:
    url = at("milestone_create", engagement)
    assert desk.get(url).status_code == 200
    response = desk.post(url, {"name": "3.0", "outcome": "Reporting"})
    milestone = Milestone.objects.get()
    assert response["Location"] == milestone.get_absolute_url()
    assert (milestone.outcome, milestone.committed_on) == ("Reporting", None)


def test_plan_one_with_a_date_at_once(desk: Any, engagement: Engagement) -> None:
    data = {"name": "3.0", "committed_on": "2027-01-29", "reason": "contract"}
    desk.post(at("milestone_create", engagement), data)
    assert Milestone.objects.get().revisions.get().reason == "contract"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"committed_on": "2027-01-29", "reason": ""}, "reason"),
        ({"planned_size": "much"}, "planned_size"),
        ({"tracker_name": "v2.1"}, "tracker_name"),
    ],
)
def test_what_is_wrong_is_said(
    desk: Any, milestone: Milestone, wrong: dict[str, str], field: str
) -> None:
    data = {"name": "3.0", "outcome": "Typed"} | wrong
    response = desk.post(at("milestone_create", milestone.engagement), data)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert "Typed" in response.content.decode()
    assert Milestone.objects.count() == 1


# One milestone


def test_items_criteria_and_dates(desk: Any, milestone: Milestone, criterion: Any) -> None:
    file = make_import(milestone.engagement)
    make_item(file, "A-1", milestones=[milestone], done_at=file.applied_at)
    make_item(file, "A-2", milestones=[milestone])
    make_item(file, "A-3")
    response = desk.get(milestone.get_absolute_url())
    assert names(response) == ["A-2", "A-1"]
    page = response.content.decode()
    assert "1 of 2 (50 %)" in page
    assert "It runs" in page
    assert "Verified by: demo" in page
    rows = csv_rows(desk.get(milestone.get_absolute_url(), {"format": "csv"}))
    assert [row["Key"] for row in rows] == ["A-2", "A-1"]


def test_nothing_known_is_said(desk: Any, milestone: Milestone) -> None:
    page = desk.get(milestone.get_absolute_url()).content.decode()
    assert "Not known: no items yet" in page
    assert "Not known: no criteria yet" in page
    assert "No date was ever committed." in page
    assert "when the tracker names it for them as “v2.1”" in page


def test_who_does_not_plan_reads_only(
    sign_in: Any, specialist: User, milestone: Milestone, criterion: Any
) -> None:
    page = sign_in(specialist).get(milestone.get_absolute_url()).content.decode()
    assert "It runs" in page
    assert "Commit to a date" not in page
    assert "criteria/" not in page


def test_one_that_is_not_there(desk: Any, milestone: Milestone) -> None:
    assert desk.get(at("milestone_detail", milestone.engagement, number=2)).status_code == 404


def test_detail_costs_the_same_for_one_and_three(
    desk: Any, milestone: Milestone, criterion: Any, manager: User
) -> None:
    file = make_import(milestone.engagement)
    make_item(file, "A-1", milestones=[milestone])
    commit_date(milestone=milestone, version=1, committed_on=today(), reason="x", by=manager)
    url = milestone.get_absolute_url()
    assert statements(desk, url) == 13
    for number in (2, 3):
        make_item(file, f"A-{number}", milestones=[milestone])
        add_criterion(milestone=milestone, statement="More", verification="", by=manager)
        day = today() + number * SOON
        commit_date(milestone=milestone, version=number, committed_on=day, reason="x", by=manager)
    assert statements(desk, url) == 13


# What it is


def test_edit(desk: Any, milestone: Milestone) -> None:
    url = at("milestone_edit", milestone.engagement, number=1)
    assert 'value="2.1"' in desk.get(url).content.decode()
    desk.post(url, {"name": "Release 2.1", "tracker_name": "v2.1", "version": 1})
    assert Milestone.objects.get().name == "Release 2.1"


def test_the_second_editor_sees_theirs_beside_yours(desk: Any, milestone: Milestone) -> None:
    url = at("milestone_edit", milestone.engagement, number=1)
    desk.post(url, {"name": "Theirs", "outcome": "Refunds", "tracker_name": "v2.1", "version": 1})
    yours = {"name": "Yours", "outcome": "Refunds", "tracker_name": "v2.1", "version": 1}
    response = desk.post(url, yours)
    assert response.status_code == 409
    rows = [(row.theirs, row.yours) for row in response.context["form"].conflict.rows]
    assert rows == [("Theirs", "Yours")]
    assert "Mara Manager saved this while you were writing" in response.content.decode()


# Its date


def test_commit_to_a_date_of_an_imported_version(desk: Any, milestone: Milestone) -> None:
    url = at("milestone_date", milestone.engagement, number=1)
    assert "Commit to a date for 2.1" in desk.get(url).content.decode()
    data = {"committed_on": "2012-08-10", "reason": "my assumption", "version": 1}
    assert desk.post(url, data).status_code == 302
    page = desk.get(milestone.get_absolute_url()).content.decode()
    assert "Fri 10 Aug 2012" in page
    assert "my assumption" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"committed_on": ""}, "committed_on"), ({"reason": " "}, "reason")],
)
def test_a_first_date_needs_day_and_reason(
    desk: Any, milestone: Milestone, wrong: dict[str, str], field: str
) -> None:
    data = {"committed_on": "2012-08-10", "reason": "my assumption", "version": 1} | wrong
    response = desk.post(at("milestone_date", milestone.engagement, number=1), data)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}


@pytest.fixture
def promised(milestone: Milestone, manager: User) -> Milestone:
    """Promised for Fri 27 Nov 2026 on the 2nd."""
    with time_machine.travel("2026-11-02T09:00:00Z", tick=False):
        commit_date(
            milestone=milestone,
            version=1,
            committed_on=today() + timedelta(days=25),
            reason="contract",
            by=manager,
        )
    return milestone


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-14T09:00:00Z", "with 9 working days’ notice"),  # Thanksgiving is a holiday
        ("2026-11-25T09:00:00Z", "with 1 working day’s notice"),
        ("2026-11-26T09:00:00Z", "with 1 working day’s notice"),
        ("2026-11-26T23:30:00Z", "on that very day"),  # it is the 27th in Berlin
        ("2026-11-28T09:00:00Z", ", after it had passed"),
        ("2026-11-30T09:00:00Z", "1 working day after it had passed"),
    ],
)
def test_the_notice_is_said(desk: Any, promised: Milestone, moment: str, words: str) -> None:
    american = WorkCalendar.objects.create(name="Boston", country="US")
    Engagement.objects.update(calendar=american)
    with time_machine.travel(moment, tick=False):
        data = {"committed_on": "2026-12-11", "reason": "the bank's test system", "version": 2}
        desk.post(at("milestone_date", promised.engagement, number=1), data)
        page = desk.get(promised.get_absolute_url()).content.decode()
    assert words in page
    assert "Mara Manager moved it from" in page


def test_withdraw_a_date(desk: Any, promised: Milestone) -> None:
    url = at("milestone_date", promised.engagement, number=1)
    assert "Leave it empty to withdraw the date." in desk.get(url).content.decode()
    desk.post(url, {"committed_on": "", "reason": "out of scope", "version": 2})
    assert Milestone.objects.get().committed_on is None
    assert "withdrew" in desk.get(promised.get_absolute_url()).content.decode()


def test_the_date_it_has_is_no_change(desk: Any, promised: Milestone) -> None:
    data = {"committed_on": "2026-11-27", "reason": "again", "version": 2}
    response = desk.post(at("milestone_date", promised.engagement, number=1), data)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"committed_on"}


@pytest.mark.parametrize("their_day", ["2026-12-04", ""])
def test_two_who_move_the_date(desk: Any, promised: Milestone, their_day: str) -> None:
    url = at("milestone_date", promised.engagement, number=1)
    desk.post(url, {"committed_on": their_day, "reason": "theirs", "version": 2})
    response = desk.post(url, {"committed_on": "2026-12-11", "reason": "yours", "version": 2})
    assert response.status_code == 409
    rows = {row.label: (row.theirs, row.yours) for row in response.context["form"].conflict.rows}
    assert rows["Why"] == ("theirs", "yours")
    assert rows["Committed date"][0] == ("Fri 4 Dec" if their_day else "(empty)")


# Its criteria


def test_add_a_criterion(desk: Any, milestone: Milestone) -> None:
    url = at("criterion_create", milestone.engagement, number=1)
    assert desk.get(url).status_code == 200
    assert desk.post(url, {"statement": "", "verification": "demo"}).status_code == 422
    desk.post(url, {"statement": "It runs", "verification": "demo"})
    row = milestone.criteria.get()
    assert (row.number, row.statement, row.verification) == (1, "It runs", "demo")


def test_reword_a_criterion(desk: Any, criterion: AcceptanceCriterion) -> None:
    url = at("criterion_edit", criterion.milestone.engagement, number=1, criterion_number=1)
    assert desk.get(url).status_code == 200
    desk.post(url, {"statement": "It runs fast", "verification": "demo", "version": 1})
    assert AcceptanceCriterion.objects.get().statement == "It runs fast"


def test_two_who_reword_it(desk: Any, criterion: AcceptanceCriterion) -> None:
    url = at("criterion_edit", criterion.milestone.engagement, number=1, criterion_number=1)
    desk.post(url, {"statement": "Theirs", "verification": "demo", "version": 1})
    response = desk.post(url, {"statement": "Yours", "verification": "demo", "version": 1})
    assert response.status_code == 409
    assert "Mara Manager saved this" in response.content.decode()


def test_met_and_not_met(desk: Any, criterion: AcceptanceCriterion) -> None:
    url = at("criterion_result", criterion.milestone.engagement, number=1, criterion_number=1)
    response = desk.post(url, {"is_met": "yes", "version": 1})
    assert response["Location"].endswith("/milestones/1/#criterion-1")
    assert AcceptanceCriterion.objects.get().met_by.name == "Mara Manager"
    desk.post(url, {"is_met": "no", "version": 2})
    assert AcceptanceCriterion.objects.get().met_at is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"is_met": "yes", "version": 7}, "Somebody else changed Criterion 1 of 2.1 first."),
        ({"is_met": "perhaps", "version": 1}, "perhaps is not one of the available choices"),
    ],
)
def test_a_judgement_that_does_not_count(
    desk: Any, criterion: AcceptanceCriterion, data: dict[str, Any], words: str
) -> None:
    url = at("criterion_result", criterion.milestone.engagement, number=1, criterion_number=1)
    assert words in desk.post(url, data, follow=True).content.decode()
    assert AcceptanceCriterion.objects.get().met_at is None


def test_what_is_met_is_not_reworded(desk: Any, criterion: AcceptanceCriterion) -> None:
    engagement = criterion.milestone.engagement
    place = {"number": 1, "criterion_number": 1}
    desk.post(at("criterion_result", engagement, **place), {"is_met": "yes", "version": 1})
    data = {"statement": "Less", "verification": "", "version": 2}
    response = desk.post(at("criterion_edit", engagement, **place), data)
    assert response.status_code == 422
    assert "first say that it is not" in response.content.decode()
