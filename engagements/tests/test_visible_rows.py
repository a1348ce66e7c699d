"""Who sees the rows of engagements, model by model, compared by whose rows they are."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from dm_portal.people.models import User
from dm_portal.shell.clock import now, today
from engagements.models import (
    AcceptanceCriterion,
    Action,
    Ask,
    Blocker,
    ColourThresholds,
    Commitment,
    Customer,
    CustomerContact,
    Engagement,
    EngagementFunction,
    EngagementTemplate,
    Escalation,
    Fulfilment,
    Import,
    ImportChunk,
    ImportEvent,
    ImportRow,
    Milestone,
    MilestoneRevision,
    PersonMeaning,
    Risk,
    Source,
    Sprint,
    StateMeaning,
    TemplateMilestone,
    VersionMeaning,
    WorkEvent,
    WorkItem,
)
from engagements.tests.owed import owe, promise
from engagements.tests.pages import make_import, make_item

pytestmark = pytest.mark.django_db

# How to tell whose a row is.
OWNER: dict[type[Model], str] = {
    Customer: "engagements",
    CustomerContact: "customer__engagements",
    EngagementFunction: "engagement",
    Milestone: "engagement",
    MilestoneRevision: "milestone__engagement",
    AcceptanceCriterion: "milestone__engagement",
    Sprint: "engagement",
    Blocker: "engagement",
    Ask: "engagement",
    Risk: "engagement",
    Action: "engagement",
    Escalation: "engagement",
    Commitment: "engagement",
    Fulfilment: "commitment__engagement",
    ColourThresholds: "engagement",
    Source: "engagement",
    Import: "engagement",
    ImportChunk: "of__engagement",
    ImportEvent: "of__engagement",
    ImportRow: "of__engagement",
    PersonMeaning: "source__engagement",
    StateMeaning: "source__engagement",
    VersionMeaning: "engagement",
    WorkEvent: "source__engagement",
    WorkItem: "engagement",
}


def fill(engagement: Engagement) -> None:
    """One row of every model."""
    by = engagement.created_by
    milestone = Milestone.objects.create(engagement=engagement, number=1, name="2.1")
    AcceptanceCriterion.objects.create(milestone=milestone, number=1, statement="It runs")
    MilestoneRevision.objects.create(
        milestone=milestone, number=1, new_on=today(), reason="x", changed_at=now(), changed_by=by
    )
    Sprint.objects.create(engagement=engagement, number=1, name="S1")
    ColourThresholds.objects.create(engagement=engagement)
    file = make_import(engagement)
    ImportChunk.objects.create(of=file, number=1, content=b"key")
    ImportRow.objects.create(of=file, line=1, verdict="new")
    ImportEvent.objects.create(of=file, part="work", line=1, key="A-1", field="seen")
    make_item(file, "A-1")
    VersionMeaning.objects.create(
        engagement=engagement, version="1.4+", decided_at=now(), decided_by=by
    )
    Blocker.objects.create(
        engagement=engagement, number=1, source=file.source, key="A-1", opened_at=now()
    )
    owe(engagement, number=1)
    promise(engagement)
    StateMeaning.objects.create(
        source=file.source, state="QA", stage="done", decided_at=now(), decided_by=by
    )
    PersonMeaning.objects.create(
        source=file.source, name="ci", kind="bot", decided_at=now(), decided_by=by
    )


@pytest.fixture(autouse=True)
def both(
    engagement: Engagement, other_engagement: Engagement, lead: User, other_lead: User
) -> None:
    """Every test holds rows that could leak."""
    fill(engagement)
    fill(other_engagement)


def owners(model: type[Model], user: Any) -> set[str]:
    rows: QuerySet[Any] = model.objects.visible_to(user)
    return set(rows.values_list(f"{OWNER[model]}__name", flat=True))


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("manager", {"Atlas"}),
        ("deputy", {"Atlas"}),
        ("architect", {"Atlas"}),
        ("tech_lead", {"Atlas"}),
        ("specialist", {"Atlas"}),
        ("other_manager", {"Borealis"}),
        ("director", {"Atlas", "Borealis"}),
        ("auditor", {"Atlas", "Borealis"}),
        ("admin", {"Atlas", "Borealis"}),
        ("other_specialist", set()),
        ("stranger", set()),
        ("deactivated", set()),
    ],
)
def test_rows_of_ones_own(request: pytest.FixtureRequest, who: str, seen: set[str]) -> None:
    person = request.getfixturevalue(who)
    assert {model: owners(model, person) for model in OWNER} == dict.fromkeys(OWNER, seen)


@pytest.mark.parametrize("who", ["lead", "executive", "delegate"])
def test_customers_see_nothing_but_their_own_contact(
    request: pytest.FixtureRequest, who: str
) -> None:
    person = request.getfixturevalue(who)
    seen = [row for model in OWNER for row in model.objects.visible_to(person)]
    assert seen == list(person.customer_contacts.all())


SHARED_WITH_THEM = (Ask, Risk, Escalation)


@pytest.mark.parametrize("who", ["lead", "executive", "delegate"])
def test_customers_see_what_is_shared_with_them(
    request: pytest.FixtureRequest, engagement: Engagement, other_engagement: Engagement, who: str
) -> None:
    for each in (engagement, other_engagement):
        shared = {"shared_at": now(), "shared_by": each.created_by, "customer_text": "We ask"}
        owe(each, number=2, **shared)
    person = request.getfixturevalue(who)
    seen = {model: list(model.objects.visible_to(person)) for model in SHARED_WITH_THEM}
    assert seen == {
        model: [model.objects.get(engagement=engagement, number=2)] for model in SHARED_WITH_THEM
    }


def test_a_contact_who_left_sees_nothing_that_was_shared(
    engagement: Engagement, lead: User
) -> None:
    shared = {"shared_at": now(), "shared_by": engagement.created_by, "customer_text": "We ask"}
    owe(engagement, number=2, **shared)
    lead.customer_contacts.update(ends_on=today())
    assert [row for model in SHARED_WITH_THEM for row in model.objects.visible_to(lead)] == []


def test_anonymous_sees_nothing() -> None:
    assert [row for model in OWNER for row in model.objects.visible_to(AnonymousUser())] == []


def test_a_customer_without_engagements_is_for_directors_and_admins(
    director: User, admin: User, manager: User
) -> None:
    new = Customer.objects.create(name="Fabrikam")
    assert new in Customer.objects.visible_to(director)
    assert new in Customer.objects.visible_to(admin)
    assert new not in Customer.objects.visible_to(manager)


@pytest.mark.parametrize(
    ("who", "sees"), [("stranger", True), ("lead", False), ("deactivated", False)]
)
def test_templates_are_for_all_of_us(request: pytest.FixtureRequest, who: str, sees: bool) -> None:
    template = EngagementTemplate.objects.create(name="Small")
    TemplateMilestone.objects.create(template=template, number=1, name="First", day=1)
    person = request.getfixturevalue(who)
    assert EngagementTemplate.objects.visible_to(person).exists() is sees
    assert TemplateMilestone.objects.visible_to(person).exists() is sees


def test_every_model_is_here() -> None:
    from django.apps import apps

    mine = set(apps.get_app_config("engagements").get_models())
    assert mine - set(OWNER) == {Engagement, EngagementTemplate, TemplateMilestone}
