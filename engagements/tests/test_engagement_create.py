"""A new engagement, from a template or from nothing."""

from datetime import date
from typing import Any

import pytest

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from engagements.models import Customer, Engagement, EngagementTemplate, Milestone
from engagements.services.templates import add_default_templates
from engagements.tests.pages import AGREED
from pods.models import Pod, PodFunction

pytestmark = pytest.mark.django_db

NEW = "/engagements/new/"


@pytest.fixture
def desk(manager: User, engagement: Engagement, other_engagement: Engagement, sign_in: Any) -> Any:
    """The manager's browser, in a world with an engagement that could leak."""
    return sign_in(manager)


def test_begin_an_engagement(sign_in: Any, stranger: User) -> None:
    response = sign_in(stranger).post(NEW, AGREED | {"new_customer": "Fabrikam"})
    engagement = Engagement.objects.get()
    assert response.status_code == 302
    assert response["Location"] == engagement.get_absolute_url()
    assert (engagement.name, engagement.customer.name) == ("Cedar", "Fabrikam")


def test_for_a_customer_that_one_may_see(desk: Any, customer: Customer, manager: User) -> None:
    pod = Pod.objects.create(name="Pod Elm")
    PodFunction.objects.create(pod=pod, user=manager, function="dm", starts_on=today())
    desk.post(NEW, AGREED | {"customer": customer.ref, "pods": [pod.ref]})
    engagement = Engagement.objects.get(name="Cedar")
    assert (engagement.customer, list(engagement.pods.all())) == (customer, [pod])


def test_a_customer_that_one_cannot_see_cannot_be_chosen(
    desk: Any, other_customer: Customer
) -> None:
    response = desk.post(NEW, AGREED | {"customer": other_customer.ref})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"customer"}


def test_whoever_merely_works_for_a_customer_begins_for_a_new_one(
    sign_in: Any, engagement: Engagement, specialist: User
) -> None:
    User.objects.filter(pk=specialist.pk).update(grade=User.Grade.DELIVERY_MANAGER)
    desk = sign_in(specialist)
    assert list(desk.get(NEW).context["form"].fields["customer"].queryset) == []
    response = desk.post(NEW, AGREED | {"customer": engagement.customer.ref})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"customer"}
    assert desk.post(NEW, AGREED | {"new_customer": "Fabrikam"}).status_code == 302


def test_an_auditor_on_the_ladder_begins_nothing(sign_in: Any, auditor: User) -> None:
    User.objects.filter(pk=auditor.pk).update(grade=User.Grade.DELIVERY_MANAGER)
    desk = sign_in(auditor)
    assert desk.get(NEW).status_code == 403
    assert desk.post(NEW, AGREED | {"new_customer": "Fabrikam"}).status_code == 403
    assert not desk.get("/engagements/").context["may_create"]
    assert not Customer.objects.exists()


def test_a_pod_that_one_cannot_see_cannot_be_chosen(desk: Any, other_pod: Pod) -> None:
    response = desk.post(NEW, AGREED | {"new_customer": "Fabrikam", "pods": [other_pod.ref]})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"pods"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"ends_on": "2026-11-30"}, "ends_on"),
        ({"ends_on": "2026-12-02", "reporting_from": "2026-12-03"}, "reporting_from"),
        ({"reporting_from": "0012-08-10"}, "reporting_from"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"sprint_days": 4}, "sprint_days"),
        ({"new_customer": ""}, "customer"),
        ({"new_customer": "Northwind Bank"}, "new_customer"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_on_top(
    desk: Any, wrong: dict[str, Any], field: str
) -> None:
    response = desk.post(NEW, AGREED | {"new_customer": "Fabrikam"} | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert f'href="#id_{field}"' in page
    assert f'id="id_{field}_error"' in page
    assert "Payments without paper" in page
    assert not Engagement.objects.filter(outcome="Payments without paper").exists()


def test_one_customer_or_the_other_but_not_both(desk: Any, customer: Customer) -> None:
    both = {"customer": customer.ref, "new_customer": "Fabrikam"}
    assert set(desk.post(NEW, AGREED | both).context["form"].errors) == {"customer"}


@pytest.fixture
def proposal(db: None) -> str:
    """The page of a new engagement from the template "Migration", from 1 December on."""
    add_default_templates(by=None)
    template = EngagementTemplate.objects.get(name="Migration")
    return f"{NEW}?template={template.ref}&starts_on=2026-12-01"


def test_a_template_proposes_its_dates(desk: Any, proposal: str) -> None:
    form = desk.get(proposal).context["form"]
    proposed = [(row.name.value(), row.committed_on.value()) for row in form.plan_rows]
    assert proposed == [
        ("Inventory agreed", date(2026, 12, 22)),
        ("First wave moved", date(2027, 2, 2)),
        ("Old system off", date(2027, 4, 6)),
    ]
    assert form["starts_on"].value() == date(2026, 12, 1)
    assert not Milestone.objects.exists()


def test_what_stands_in_the_form_is_promised(desk: Any, proposal: str) -> None:
    plan = {
        "plan_1_keep": "on",
        "plan_1_name": "Inventory",
        "plan_1_on": "2026-12-22",
        "plan_2_keep": "on",
        "plan_2_name": "First wave moved",
        "plan_2_on": "",
        "plan_3_name": "Old system off",
        "plan_3_on": "2027-04-06",
    }
    desk.post(proposal, AGREED | {"new_customer": "Fabrikam"} | plan)
    engagement = Engagement.objects.get(name="Cedar")
    rows = engagement.milestones.values_list("name", "committed_on")
    assert list(rows) == [("Inventory", date(2026, 12, 22)), ("First wave moved", None)]
    first = engagement.milestones.first()
    assert first.revisions.get().reason == "Proposed by the template Migration: day 21."
    assert first.criteria.count() == 2


def test_proposing_begins_nothing_and_keeps_what_was_typed(
    desk: Any, proposal: str, manager: User
) -> None:
    pod = Pod.objects.create(name="Pod Elm")
    PodFunction.objects.create(pod=pod, user=manager, function="dm", starts_on=today())
    template = EngagementTemplate.objects.get(name="Migration")
    typed = AGREED | {"new_customer": "Fabrikam", "in_scope": "Billing", "pods": [pod.ref]}
    asked = {"propose": "1", "template": template.ref, "starts_on": "2026-12-01"}
    response = desk.post(NEW, typed | asked)
    form = response.context["form"]
    assert response.status_code == 200
    assert not Engagement.objects.filter(name="Cedar").exists()
    kept = {"name": "Cedar", "new_customer": "Fabrikam", "in_scope": "Billing", "pods": [pod.ref]}
    assert {name: form[name].value() for name in kept} == kept
    assert form["outcome"].value() == AGREED["outcome"]
    assert form["sprint_days"].value() == template.sprint_days
    assert form.plan_rows[0].name.value() == "Inventory agreed"
    assert f'action="{proposal.removeprefix(NEW)}"'.replace("&", "&amp;") in response.text


def test_proposing_without_an_outcome_takes_the_templates(desk: Any, proposal: str) -> None:
    template = EngagementTemplate.objects.get(name="Migration")
    asked = {"propose": "1", "template": template.ref, "starts_on": "2026-12-01"}
    form = desk.post(NEW, AGREED | asked | {"outcome": ""}).context["form"]
    assert form["outcome"].value() == template.outcome


@pytest.mark.parametrize("day", ["never", "", "2300-01-01"])
def test_proposing_from_no_day_says_so_and_keeps_all(desk: Any, proposal: str, day: str) -> None:
    """The milestones that were proposed before stay there, too."""
    template = EngagementTemplate.objects.get(name="Migration")
    asked = {"propose": "1", "template": template.ref, "starts_on": day, "plan_1_name": "Stock"}
    response = desk.post(proposal, AGREED | asked)
    form = response.context["form"]
    assert response.status_code == 422
    assert "Give a first day below that can be meant" in response.text
    assert "Starts on" not in response.text  # the page calls it the first day
    assert (form["name"].value(), form["starts_on"].value()) == ("Cedar", day)
    assert form.plan_rows[0].name.value() == "Stock"


def test_what_stood_there_untouched_is_proposed_anew(desk: Any, proposal: str) -> None:
    """Reporting does not begin today because the form said so before the first day was typed."""
    template = EngagementTemplate.objects.get(name="Migration")
    asked = {"propose": "1", "template": template.ref, "starts_on": "2027-03-26"}
    shown = desk.get(NEW).context["form"]
    untouched = {"reporting_from": shown["reporting_from"].value().isoformat()}
    form = desk.post(NEW, AGREED | untouched | asked).context["form"]
    assert form["reporting_from"].value() == date(2027, 3, 26)
    assert form["sprint_days"].value() == template.sprint_days


def test_proposing_again_keeps_what_was_changed_of_the_plan(desk: Any, proposal: str) -> None:
    template = EngagementTemplate.objects.get(name="Migration")
    plan = {
        "plan_1_keep": "on",
        "plan_1_name": "Stock",
        "plan_1_on": "2026-12-24",
        "plan_2_name": "First wave moved",
        "plan_2_on": "2027-02-02",
        "sprint_days": "21",
    }
    asked = {"propose": "1", "template": template.ref, "starts_on": "2026-12-08"}
    form = desk.post(proposal, AGREED | plan | asked).context["form"]
    first, second, _ = form.plan_rows
    assert (first.name.value(), first.committed_on.value()) == ("Stock", "2026-12-24")
    assert (second.keep.value(), second.committed_on.value()) == (False, date(2027, 2, 9))
    assert form["sprint_days"].value() == "21"


def test_proposing_nothing_leaves_the_milestones_of_a_template(desk: Any, proposal: str) -> None:
    asked = {"propose": "1", "template": "", "starts_on": "2026-12-01", "plan_1_name": "Stock"}
    form = desk.post(proposal, AGREED | asked).context["form"]
    assert form["name"].value() == "Cedar"
    assert form.plan_rows == []


def test_another_date_than_proposed_says_so(desk: Any, proposal: str) -> None:
    plan = {"plan_1_keep": "on", "plan_1_name": "Inventory", "plan_1_on": "2026-12-24"}
    desk.post(proposal, AGREED | {"new_customer": "Fabrikam"} | plan)
    revision = Milestone.objects.get().revisions.get()
    assert revision.reason == "Agreed when the engagement began."


def test_a_date_that_no_longer_counts_from_the_first_day_is_not_called_proposed(
    desk: Any, proposal: str
) -> None:
    plan = {"plan_1_keep": "on", "plan_1_name": "Inventory", "plan_1_on": "2026-12-22"}
    later = {"starts_on": "2026-12-05", "reporting_from": "2026-12-05"}
    desk.post(proposal, AGREED | {"new_customer": "Fabrikam"} | plan | later)
    revision = Milestone.objects.get().revisions.get()
    assert revision.reason == "Agreed when the engagement began."


def test_a_milestone_that_is_kept_has_a_name(desk: Any, proposal: str) -> None:
    plan = {"plan_1_keep": "on", "plan_1_name": "", "plan_1_on": ""}
    response = desk.post(proposal, AGREED | {"new_customer": "Fabrikam"} | plan)
    assert set(response.context["form"].errors) == {"plan_1_name"}


@pytest.mark.parametrize("query", ["template=nothing&starts_on=never", "starts_on=9999-12-31"])
def test_a_senseless_proposal_is_an_empty_form(desk: Any, query: str) -> None:
    form = desk.get(f"{NEW}?{query}").context["form"]
    assert form.plan_rows == []
    assert form["starts_on"].value() == today()


def test_a_template_stays_chosen_when_something_is_missing(desk: Any, proposal: str) -> None:
    other = EngagementTemplate.objects.exclude(name="Migration").first()
    assert other is not None
    page = desk.post(proposal, AGREED | {"template": other.ref})  # no customer
    assert page.status_code == 422
    assert page.context["start"]["template"].value() == other.ref
