"""What could go wrong between two people waits: each service takes its parent's lock first."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import time as clock_time
from typing import Any

import pytest
from django.db import connection, transaction

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from dm_portal.tests.locks import NEVER, ends_without_waiting, until_they_wait
from engagements.models import Engagement
from engagements.services.milestones import add_criterion, change_milestone, create_milestone
from engagements.services.numbers import lock
from engagements.services.people import end_contact, end_function, give_function
from engagements.services.sprints import change_sprint, create_sprint
from engagements.services.templates import Outline, create_template, set_outlines
from pods import services as pod_services
from pods.models import Pod, Specialist

MILESTONE: dict[str, Any] = {
    "name": "2.1",
    "outcome": "",
    "tracker_name": "",
    "planned_size": None,
}
SPRINT: dict[str, Any] = {"name": "S1", "goal": "", "starts_on": None, "ends_on": None}
CADENCE: dict[str, Any] = {
    "name": "Small",
    "outcome": "",
    "unit": "items",
    "sprint_days": 7,
    "time_zone": "Europe/Berlin",
    "status_weekday": 4,
    "status_hour": clock_time(12),
}


@pytest.fixture
def acts(
    transactional_db: None, engagement: Engagement, pod: Pod, admin: User, deputy: User, lead: User
) -> tuple[list[Any], list[Callable[[], object]]]:
    """Rows to hold, and what must wait for one of them."""
    here, today_ = {"engagement": engagement, "by": admin}, today()
    milestone = create_milestone(**here, **MILESTONE)
    sprint = create_sprint(**here, **SPRINT)
    template = create_template(by=admin, **CADENCE)
    nia = Specialist.objects.create(name="Nia")
    place = {"trade": "qa", "allocation": 10, "starts_on": today_, "ends_on": None}
    led = pod_services.give_pod_function(
        pod=Pod.objects.create(name="Pod Elm"),
        user=admin,
        function="dm",
        starts_on=today_,
        by=admin,
    )
    function, contact = deputy.engagement_functions.get(), lead.customer_contacts.get()
    rows = [engagement, milestone, template, pod, nia, led, function, contact]
    return rows, [
        lambda: create_milestone(**here, **MILESTONE),
        lambda: change_milestone(milestone=milestone, version=1, by=admin, **MILESTONE),
        lambda: add_criterion(milestone=milestone, statement="x", verification="", by=admin),
        lambda: create_sprint(**here, **SPRINT | {"name": "S2"}),
        lambda: change_sprint(sprint=sprint, version=1, by=admin, **SPRINT),
        lambda: give_function(**here, user=admin, function="deputy", starts_on=today_),
        lambda: end_function(row=function, ends_on=today_, by=admin),
        lambda: end_contact(contact=contact, ends_on=today_, by=admin),
        lambda: set_outlines(template=template, milestones=[Outline("First", 7)], by=admin),
        lambda: pod_services.give_pod_function(
            pod=pod, user=admin, function="dm", starts_on=today_, by=admin
        ),
        lambda: pod_services.change_pod_function(
            row=led, version=1, starts_on=today_, ends_on=today_, by=admin
        ),
        lambda: pod_services.add_membership(pod=pod, specialist=nia, by=admin, **place),
    ]


def run(act: Callable[[], object]) -> object:
    try:
        return act()
    finally:
        connection.close()


def test_each_waits_for_its_parent(acts: Any) -> None:
    """Held is what an UPDATE holds, so that the reference of a new row alone waits for nothing."""
    rows, todo = acts
    with ThreadPoolExecutor(len(todo)) as pool:
        with transaction.atomic():
            for row in rows:
                type(row).objects.order_by().select_for_update(no_key=True).get(pk=row.pk)
            started: list[Future[object]] = [pool.submit(run, act) for act in todo]
            until_they_wait(*started)
        for each in started:
            each.result(timeout=NEVER)


@pytest.mark.django_db(transaction=True)
def test_the_lock_lets_references_pass(engagement: Engagement, stranger: User) -> None:
    """Imported rows refer to the engagement by the thousand: they do not wait for a new sprint."""
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        lock(engagement)
        row = {"user": stranger, "function": "specialist", "starts_on": today()}
        added = pool.submit(run, lambda: engagement.functions.create(**row))
        assert ends_without_waiting(added)
