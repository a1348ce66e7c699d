"""Templates are kept through services, and propose dates without promising them."""

from datetime import date, time
from typing import Any

import pytest

from dm_portal.people.audit import note, sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.errors import Conflict
from engagements.models import EngagementTemplate
from engagements.services.engagements import PlannedMilestone
from engagements.services.templates import (
    Outline,
    add_default_templates,
    change_template,
    create_template,
    proposed,
    remove_template,
    set_outlines,
)

pytestmark = pytest.mark.django_db

CADENCE: dict[str, Any] = {
    "name": "Small",
    "outcome": "",
    "unit": "items",
    "sprint_days": 7,
    "time_zone": "Europe/Berlin",
    "status_weekday": 4,
    "status_hour": time(12),
}
LATE = Outline("Late", 42, criteria="It runs | demo\n\n It is fast ")
EARLY = Outline("Early", 14, outcome="First users")


@pytest.fixture
def template(admin: User) -> EngagementTemplate:
    return create_template(milestones=[LATE, EARLY], by=admin, **CADENCE)


def told() -> list[str]:
    return [sentence(event) for event in AuditEvent.objects.order_by("pk")]


def test_milestones_stand_in_the_order_of_their_days(template: EngagementTemplate) -> None:
    rows = template.milestones.values_list("number", "name", "day")
    assert list(rows) == [(1, "Early", 14), (2, "Late", 42)]
    assert told() == [
        "Adam Admin made the template Small",
        "Adam Admin changed the milestones of the template Small",
    ]


def test_the_dates_are_proposed(template: EngagementTemplate) -> None:
    early, late = proposed(template, starts_on=date(2026, 12, 1))
    reason = "Proposed by the template Small: day 14."
    assert early == PlannedMilestone("Early", "First users", date(2026, 12, 15), reason, [])
    assert late.committed_on == date(2027, 1, 12)
    assert late.criteria == [("It runs", "demo"), ("It is fast", "")]


def test_change_template(template: EngagementTemplate, admin: User) -> None:
    longer = CADENCE | {"sprint_days": 14}
    change_template(template=template, version=1, by=admin, **longer)
    event = AuditEvent.objects.latest("pk")
    assert (event.before, event.after) == ({"sprint_days": 7}, {"sprint_days": 14})
    assert sentence(event) == "Adam Admin changed the template Small"
    assert note(event) == "Sprint length in days: 14 (was 7)"
    change_template(template=template, version=2, by=admin, **longer)
    assert AuditEvent.objects.latest("pk") == event
    with pytest.raises(Conflict):
        change_template(template=template, version=1, by=admin, **CADENCE)


def test_other_milestones_take_the_place_of_these(
    template: EngagementTemplate, admin: User
) -> None:
    set_outlines(template=template, milestones=[EARLY], by=admin)
    assert [row.name for row in template.milestones.all()] == ["Early"]
    event = AuditEvent.objects.latest("pk")
    assert event.before == {"milestones": "Early (day 14), Late (day 42)"}
    assert event.after == {"milestones": "Early (day 14)"}


def test_the_same_milestones_change_nothing(template: EngagementTemplate, admin: User) -> None:
    before = list(template.milestones.values_list("pk", flat=True))
    set_outlines(template=template, milestones=[LATE, EARLY], by=admin)
    assert list(template.milestones.values_list("pk", flat=True)) == before
    assert len(told()) == 2


def test_remove_template(template: EngagementTemplate, admin: User) -> None:
    remove_template(template=template, by=admin)
    assert not EngagementTemplate.objects.exists()
    assert told()[-1] == "Adam Admin removed the template Small"


def test_a_template_without_milestones(admin: User) -> None:
    create_template(by=admin, **CADENCE)
    assert told() == ["Adam Admin made the template Small"]


def test_two_templates_come_with_the_portal() -> None:
    made = add_default_templates(by=None)
    assert [template.name for template in made] == ["Product build", "Migration"]
    assert all(template.milestones.count() == 3 for template in made)
    assert told()[0] == "The portal made the template Product build"


def test_what_is_there_is_left_alone(admin: User) -> None:
    mine = CADENCE | {"name": "Migration"}
    create_template(by=admin, **mine)
    assert [template.name for template in add_default_templates(by=admin)] == ["Product build"]
    assert add_default_templates(by=admin) == []
