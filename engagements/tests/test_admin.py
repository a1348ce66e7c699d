"""Customers' names and templates in the admin site."""

from typing import Any

import pytest
from django.urls import reverse

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import now
from engagements.models import (
    Customer,
    Engagement,
    EngagementTemplate,
    PersonMeaning,
    StateMeaning,
)
from engagements.tests.pages import make_import

pytestmark = pytest.mark.django_db

CADENCE = {
    "name": "Small",
    "outcome": "",
    "unit": "items",
    "sprint_days": 7,
    "time_zone": "Europe/Berlin",
    "status_weekday": 4,
    "status_hour": "12:00",
}


def url(page: str, *args: Any) -> str:
    return reverse(f"admin:engagements_{page}", args=args)


def told() -> list[str]:
    return [sentence(event) for event in AuditEvent.objects.order_by("pk")]


def outlines(*rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The inline form of a template's milestones, as a browser sends it."""
    data = {"milestones-TOTAL_FORMS": len(rows), "milestones-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"milestones-{number}-{name}": value for name, value in row.items()}
    return data


@pytest.fixture
def keeper(admin: User, sign_in: Any) -> Any:
    return sign_in(admin)


@pytest.fixture
def template(keeper: Any) -> EngagementTemplate:
    rows = [{"name": "Late", "day": 42}, {"name": "Early", "day": 14}, {"name": "", "day": ""}]
    response = keeper.post(url("engagementtemplate_add"), CADENCE | outlines(*rows))
    assert response.status_code == 302
    return EngagementTemplate.objects.get()


def test_a_template_with_its_milestones(template: EngagementTemplate) -> None:
    assert list(template.milestones.values_list("number", "name")) == [(1, "Early"), (2, "Late")]
    assert told() == [
        "Adam Admin made the template Small",
        "Adam Admin changed the milestones of the template Small",
    ]


def test_change_a_template_and_its_milestones(keeper: Any, template: EngagementTemplate) -> None:
    early, late = template.milestones.all()
    rows = [
        {"id": early.pk, "template": template.pk, "name": "Early", "day": 21},
        {"id": late.pk, "template": template.pk, "name": "Late", "day": 42, "DELETE": "on"},
    ]
    changed = CADENCE | {"sprint_days": 14, "seen_version": 1} | outlines(*rows, initial=2)
    assert keeper.get(url("engagementtemplate_change", template.pk)).status_code == 200
    response = keeper.post(url("engagementtemplate_change", template.pk), changed)
    assert response.status_code == 302
    template.refresh_from_db()
    assert template.sprint_days == 14
    assert list(template.milestones.values_list("name", "day")) == [("Early", 21)]


def test_the_second_editor_is_told(keeper: Any, template: EngagementTemplate) -> None:
    EngagementTemplate.objects.update(version=2)
    changed = CADENCE | {"sprint_days": 14, "seen_version": 1} | outlines()
    response = keeper.post(url("engagementtemplate_change", template.pk), changed)
    assert response.status_code == 422
    assert "Somebody else changed Small first." in response.content.decode()


def test_remove_a_template(keeper: Any, template: EngagementTemplate) -> None:
    keeper.post(url("engagementtemplate_delete", template.pk), {"post": "yes"})
    assert not EngagementTemplate.objects.exists()
    assert told()[-1] == "Adam Admin removed the template Small"


def test_the_default_templates(keeper: Any) -> None:
    button = url("engagementtemplate_defaults")
    assert button in keeper.get(url("engagementtemplate_changelist")).content.decode()
    assert keeper.get(button).status_code == 405
    made = keeper.post(button, follow=True).content.decode()
    assert "Made: Product build, Migration." in made
    assert "They are there already." in keeper.post(button, follow=True).content.decode()
    assert EngagementTemplate.objects.count() == 2


def test_a_customer_is_renamed(keeper: Any, customer: Customer, lead: User) -> None:
    rows = {"contacts-TOTAL_FORMS": 0, "contacts-INITIAL_FORMS": 0}
    data = {"name": "Northwind", "seen_version": 1} | rows
    assert "Lena Lead" in keeper.get(url("customer_change", customer.pk)).content.decode()
    assert keeper.post(url("customer_change", customer.pk), data).status_code == 302
    assert told() == ["Adam Admin renamed the customer Northwind Bank to Northwind"]


@pytest.mark.parametrize("who", ["manager", "director", "lead"])
def test_for_nobody_else_is_anything_here(
    request: pytest.FixtureRequest, sign_in: Any, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(url("engagementtemplate_changelist")).status_code == 404
    assert client.post(url("engagementtemplate_defaults")).status_code == 404
    assert not EngagementTemplate.objects.exists()


def test_what_was_decided_is_there_to_be_read(keeper: Any, engagement: Engagement) -> None:
    source = make_import(engagement).source
    decided = {"decided_at": now(), "decided_by": User.objects.get(name="Adam Admin")}
    state = StateMeaning.objects.create(source=source, state="Peer QA", stage="done", **decided)
    PersonMeaning.objects.create(source=source, name="ci-runner", kind="bot", **decided)
    for model, said in (("statemeaning", "Peer QA"), ("personmeaning", "ci-runner")):
        page = keeper.get(url(f"{model}_changelist")).content.decode()
        assert (said in page, "Atlas" in page) == (True, True)
    assert (
        keeper.post(url("statemeaning_change", state.pk), {"stage": "blocked"}).status_code == 403
    )
