"""Sprints, planned here or named by the tracker."""

from datetime import date
from typing import Any

import pytest

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Engagement, Sprint
from engagements.services.sprints import change_sprint, create_sprint
from engagements.tests.work_files import apply, item

pytestmark = pytest.mark.django_db

MONDAY, FRIDAY = date(2026, 11, 16), date(2026, 11, 27)
PLAIN: dict[str, Any] = {"name": "S1", "goal": "", "starts_on": MONDAY, "ends_on": FRIDAY}


@pytest.fixture
def sprint(engagement: Engagement, manager: User) -> Sprint:
    return create_sprint(engagement=engagement, by=manager, **PLAIN)


def test_create_sprint(sprint: Sprint, manager: User) -> None:
    second = create_sprint(engagement=sprint.engagement, by=manager, **PLAIN | {"name": "S2"})
    assert (sprint.number, second.number) == (1, 2)
    assert sentence(AuditEvent.objects.latest("pk")) == "Mara Manager planned the sprint S2"


def test_a_sprint_of_the_tracker_gets_its_dates(engagement: Engagement, manager: User) -> None:
    sprint = Sprint.objects.create(engagement=engagement, number=7, name="S1")
    change_sprint(sprint=sprint, version=1, by=manager, **PLAIN)
    event = AuditEvent.objects.get()
    assert event.after == {"starts_on": "2026-11-16", "ends_on": "2026-11-27"}
    assert sentence(event) == "Mara Manager changed the sprint S1"
    change_sprint(sprint=sprint, version=2, by=manager, **PLAIN)
    assert AuditEvent.objects.get() == event


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"starts_on": None}, "starts_on"),
        ({"ends_on": None}, "ends_on"),
        ({"starts_on": FRIDAY, "ends_on": MONDAY}, "ends_on"),
        ({"starts_on": date(26, 11, 16)}, "starts_on"),
    ],
)
def test_days_that_make_no_sense(
    engagement: Engagement, manager: User, days: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        create_sprint(engagement=engagement, by=manager, **PLAIN | days)
    assert refused.value.field == field


def test_one_day_is_a_sprint(engagement: Engagement, manager: User) -> None:
    assert create_sprint(engagement=engagement, by=manager, **PLAIN | {"ends_on": MONDAY})


def test_a_name_is_given_once(sprint: Sprint, other_engagement: Engagement, manager: User) -> None:
    with pytest.raises(DomainError, match="has this name") as refused:
        create_sprint(engagement=sprint.engagement, by=manager, **PLAIN)
    assert refused.value.field == "name"
    assert create_sprint(engagement=other_engagement, by=manager, **PLAIN)


def test_the_second_editor_is_told(sprint: Sprint, manager: User) -> None:
    change_sprint(sprint=sprint, version=1, by=manager, **PLAIN | {"goal": "One"})
    with pytest.raises(Conflict):
        change_sprint(sprint=sprint, version=1, by=manager, **PLAIN | {"goal": "Two"})
    assert Sprint.objects.get().goal == "One"


def test_what_its_tracker_names_keeps_that_name(engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, [item("A-1", sprint="S1"), item("A-2", sprint="S2")])
    told = Sprint.objects.get(name="S1")
    change_sprint(sprint=told, version=told.version, by=manager, **PLAIN)
    with pytest.raises(DomainError, match="Its tracker calls it S1: rename it there") as refused:
        change_sprint(
            sprint=told, version=told.version, by=manager, **PLAIN | {"name": "Sprint one"}
        )
    assert refused.value.field == "name"
    assert Sprint.objects.get(pk=told.pk).name == "S1"
