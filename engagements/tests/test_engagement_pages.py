"""The list of engagements, one of them, a new one, what is agreed, and its state."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import today
from dm_portal.tests.cast import make_engagement
from engagements.models import Customer, Engagement, Import, Milestone, Sprint
from engagements.tests.pages import AGREED, at, csv_rows, make_import, make_item, names, statements
from pods.models import Pod

pytestmark = pytest.mark.django_db

LIST, NEW = "/engagements/", "/engagements/new/"


@pytest.fixture
def desk(manager: User, engagement: Engagement, other_engagement: Engagement, sign_in: Any) -> Any:
    """The manager's browser, in a world with an engagement that could leak."""
    return sign_in(manager)


# The list


def test_list_shows_what_one_may_see(desk: Any) -> None:
    response = desk.get(LIST)
    assert names(response) == ["Atlas"]
    assert "Borealis" not in response.content.decode()


def test_list_says_who_leads_and_what_is_next(desk: Any, engagement: Engagement) -> None:
    day = today() + timedelta(days=9)
    Milestone.objects.create(engagement=engagement, number=1, name="2.1", committed_on=day)
    [row] = csv_rows(desk.get(LIST, {"format": "csv"}))
    assert row == {
        "Engagement": "Atlas",
        "Customer": "Northwind Bank",
        "Status": "Not known",
        "Delivery manager": "Mara Manager",
        "Next date": day.isoformat(),
        "State": "Active",
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "atl"}, ["Atlas"]),
        ({"text": "northwind"}, ["Atlas"]),
        ({"text": "Borealis"}, []),
        ({"state": "closed"}, []),
        ({"state": "active"}, ["Atlas"]),
    ],
)
def test_list_is_filtered_by_its_url(desk: Any, query: dict[str, str], found: list[str]) -> None:
    assert names(desk.get(LIST, query)) == found
    assert len(csv_rows(desk.get(LIST, query | {"format": "csv"}))) == len(found)


def test_list_is_filtered_by_customers_that_one_may_see(
    desk: Any, customer: Customer, other_customer: Customer
) -> None:
    assert names(desk.get(LIST, {"customer": customer.ref})) == ["Atlas"]
    assert desk.get(LIST, {"customer": other_customer.ref}).status_code == 422


def test_list_teaches_where_there_is_nothing(sign_in: Any, other_specialist: User) -> None:
    page = sign_in(other_specialist).get(LIST).content.decode()
    assert "You have no engagement yet" in page
    assert "Begin an engagement" not in page


def test_list_costs_the_same_for_one_and_three(
    desk: Any, customer: Customer, manager: User
) -> None:
    assert statements(desk, LIST) == 8
    for name in ("Cedar", "Douglas"):
        make_engagement(name, customer=customer, by=manager)
    assert statements(desk, LIST) == 8


# One engagement


def test_a_new_one_says_what_to_do_first(desk: Any, engagement: Engagement) -> None:
    page = desk.get(engagement.get_absolute_url()).content.decode()
    assert "No work is known yet" in page
    assert "No date is committed yet" in page
    assert "Nothing has been imported yet" in page
    assert "No status has been published yet" in page


@pytest.fixture
def at_work(engagement: Engagement) -> Import:
    """Half of one milestone is done; a sprint holds today."""
    file = make_import(engagement)
    day = today(engagement.time_zone)
    open_one = Milestone.objects.create(
        engagement=engagement, number=1, name="2.1", committed_on=day + timedelta(days=9)
    )
    done_one = Milestone.objects.create(
        engagement=engagement, number=2, name="2.0", committed_on=day - timedelta(days=9)
    )
    sprint = Sprint.objects.create(
        engagement=engagement, number=1, name="S1", goal="Refunds", starts_on=day, ends_on=day
    )
    done = {"done_at": file.applied_at, "milestones": [open_one, done_one], "sprint": sprint}
    make_item(file, "A-1", **done)
    begun = {"stage": "in_progress", "started_at": file.applied_at}
    make_item(file, "A-2", milestones=[open_one], **begun)
    return file


def test_what_is_open_and_promised(desk: Any, engagement: Engagement, at_work: Import) -> None:
    response = desk.get(engagement.get_absolute_url())
    assert [row.name for row in response.context["unfinished"]] == ["2.1"]
    assert [row.name for row in response.context["finished"]] == ["2.0"]
    work = response.context["work"]
    assert (work.items, work.done, work.open, work.in_progress) == (2, 1, 1, 1)
    page = response.content.decode()
    assert "1 of 2 items (50 %)" in page
    assert "S1</a>" in page
    assert "work.csv</a>" in page


def test_what_has_a_criterion_to_meet_is_not_done(
    desk: Any, engagement: Engagement, at_work: Import
) -> None:
    Milestone.objects.get(name="2.0").criteria.create(number=1, statement="Refunds arrive.")
    response = desk.get(engagement.get_absolute_url())
    assert [row.name for row in response.context["unfinished"]] == ["2.0", "2.1"]
    assert response.context["finished"] == []


def test_when_everything_promised_is_done(
    desk: Any, engagement: Engagement, at_work: Import
) -> None:
    Milestone.objects.filter(name="2.1").delete()
    page = desk.get(engagement.get_absolute_url()).content.decode()
    assert "Every committed milestone is done." in page


def test_without_a_manager_it_says_so(sign_in: Any, engagement: Engagement, director: User) -> None:
    engagement.functions.update(ends_on=today())
    page = sign_in(director).get(engagement.get_absolute_url()).content.decode()
    assert "Nobody is delivery manager today" in page


@pytest.mark.parametrize(
    ("state", "words"), [("paused", "until it is resumed"), ("closed", "Its record stays")]
)
def test_paused_and_closed_are_said(
    desk: Any, engagement: Engagement, state: str, words: str
) -> None:
    Engagement.objects.filter(pk=engagement.pk).update(state=state)
    assert words in desk.get(engagement.get_absolute_url()).content.decode()


def test_detail_costs_the_same_for_one_and_three(
    desk: Any, engagement: Engagement, at_work: Import
) -> None:
    url = engagement.get_absolute_url()
    assert statements(desk, url) == 15
    for number in (3, 4):
        Milestone.objects.create(
            engagement=engagement, number=number, name=f"{number}", committed_on=today()
        )
        make_item(at_work, f"A-{number}")
    assert statements(desk, url) == 15


@pytest.mark.parametrize(
    ("who", "hidden"),
    [
        ("manager", set()),
        ("specialist", {"History", "Settings"}),
        ("tech_lead", {"History", "Settings"}),
        ("auditor", {"Settings"}),
        ("admin", {"History"}),
    ],
)
def test_tabs_are_what_one_may_open(
    request: pytest.FixtureRequest, sign_in: Any, engagement: Engagement, who: str, hidden: set[str]
) -> None:
    person = request.getfixturevalue(who)
    response = sign_in(person).get(engagement.get_absolute_url())
    tabs = [tab.label for tab in response.context["tabs"]]
    assert set(tabs) & {"History", "Settings"} == {"History", "Settings"} - hidden
    assert tabs[0] == "Overview"


# What is agreed


def edit(engagement: Engagement, **changes: Any) -> dict[str, Any]:
    starts_on = engagement.starts_on.isoformat()
    here = {"version": 1, "starts_on": starts_on, "reporting_from": starts_on}
    return AGREED | here | {"pods": [pod.ref for pod in engagement.pods.all()]} | changes


def test_change_what_is_agreed(desk: Any, engagement: Engagement, pod: Pod) -> None:
    url = at("engagement_settings", engagement)
    assert desk.get(url).status_code == 200
    assert desk.post(url, edit(engagement, name="Atlas 2")).status_code == 302
    stored = Engagement.objects.get(pk=engagement.pk)
    assert (stored.name, stored.version, list(stored.pods.all())) == ("Atlas 2", 2, [pod])


def test_the_second_editor_sees_theirs_beside_yours(desk: Any, engagement: Engagement) -> None:
    url = at("engagement_settings", engagement)
    desk.post(url, edit(engagement, name="Theirs"))
    response = desk.post(url, edit(engagement, name="Yours"))
    assert response.status_code == 409
    [row] = response.context["form"].conflict.rows
    assert (row.label, row.theirs, row.yours) == ("Name", "Theirs", "Yours")
    page = response.content.decode()
    assert "Mara Manager saved this while you were writing" in page
    assert 'value="Yours"' in page
    assert Engagement.objects.get(pk=engagement.pk).name == "Theirs"


def test_saving_again_is_a_decision(desk: Any, engagement: Engagement) -> None:
    url = at("engagement_settings", engagement)
    desk.post(url, edit(engagement, name="Theirs"))
    shown = desk.post(url, edit(engagement, name="Yours")).context["form"]
    desk.post(url, edit(engagement, name="Yours", version=shown["version"].value()))
    assert Engagement.objects.get(pk=engagement.pk).name == "Yours"


def test_an_attached_pod_stays_choosable(
    sign_in: Any, architect: User, engagement: Engagement, pod: Pod, other_pod: Pod
) -> None:
    """The architect sees no pod by function, and still does not lose this one."""
    form = sign_in(architect).get(at("engagement_settings", engagement)).context["form"]
    assert list(form.fields["pods"].queryset) == [pod]


def test_an_odd_time_zone_stays_choosable(desk: Any, engagement: Engagement) -> None:
    Engagement.objects.filter(pk=engagement.pk).update(time_zone="EST")
    form = desk.get(at("engagement_settings", engagement)).context["form"]
    assert form.fields["time_zone"].widget.choices[0] == ("EST", "EST")


# Its state


def test_pause(desk: Any, engagement: Engagement) -> None:
    url = at("engagement_state", engagement)
    assert [value for value, _ in desk.get(url).context["form"].fields["state"].choices] == [
        "paused",
        "closed",
    ]
    desk.post(url, {"state": "paused", "reason": "budget", "version": 1})
    assert Engagement.objects.get(pk=engagement.pk).state == "paused"
    assert AuditEvent.objects.get().after == {"state": "paused", "reason": "budget"}


def test_no_state_without_a_reason(desk: Any, engagement: Engagement) -> None:
    response = desk.post(at("engagement_state", engagement), {"state": "paused", "version": 1})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"reason"}


def test_two_who_change_the_state(desk: Any, engagement: Engagement) -> None:
    Engagement.objects.filter(pk=engagement.pk).update(version=2)
    url = at("engagement_state", engagement)
    data = {"state": "paused", "reason": "budget", "version": 1}
    response = desk.post(url, data)
    assert response.status_code == 409
    [state, reason] = response.context["form"].conflict.rows
    assert (state.theirs, state.yours) == ("Active", "Paused")
    assert (reason.theirs, reason.yours) == ("(empty)", "budget")
    desk.post(url, data | {"version": response.context["form"]["version"].value()})
    assert Engagement.objects.get(pk=engagement.pk).state == "paused"


def test_the_rail_names_ones_own(sign_in: Any, manager: User, director: User) -> None:
    mine = sign_in(manager).get(LIST).context["rail"]
    assert [item.label for item in mine.places] == ["Needs me", "Engagements", "Pods"]
    assert mine.admin == []
    theirs = sign_in(director).get(LIST).context["rail"]
    assert "People" in [item.label for item in theirs.admin]


def test_the_rail_shows_where_one_is(desk: Any, engagement: Engagement) -> None:
    rail = desk.get(reverse("work_list", args=[engagement.ref])).context["rail"]
    assert [(item.label, item.current) for item in rail.engagements] == [("Atlas", True)]
    assert not any(item.current for item in rail.places)


def test_what_figures_rest_on_is_said_once(desk: Any, engagement: Engagement) -> None:
    file = make_import(engagement)
    make_item(file, "A-1")
    page = desk.get(engagement.get_absolute_url()).content.decode()
    assert page.count('class="basis quiet"') == 1
    assert page.index('class="basis quiet"') > page.index('id="agreed-title"')
