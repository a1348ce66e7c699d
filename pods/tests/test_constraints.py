"""Each rule of the database refuses its own violation, by name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from pods.models import Membership, Pod, PodFunction, Specialist

pytestmark = pytest.mark.django_db


def membership(pod: Pod, **fields: Any) -> None:
    specialist = fields.pop("specialist", None) or Specialist.objects.create(name="Nia")
    values = {"trade": "qa", "starts_on": today()} | fields
    Membership.objects.create(pod=pod, specialist=specialist, **values)


def function(pod: Pod, user: User, **fields: Any) -> None:
    PodFunction.objects.create(pod=pod, user=user, function="dm", **{"starts_on": today()} | fields)


def twice(act: Callable[[], None]) -> None:
    act()
    act()


VIOLATIONS: dict[str, Callable[[Pod, User, Specialist], object]] = {
    "specialist_has_a_name": lambda pod, user, nia: Specialist.objects.create(name=""),
    "pod_has_a_name": lambda pod, user, nia: Pod.objects.create(name=""),
    "pods_pod_name": lambda pod, user, nia: Pod.objects.create(name=pod.name),
    "pod_function_ends_after_start": lambda pod, user, nia: function(
        pod, user, ends_on=today() - timedelta(days=1)
    ),
    "pod_function_open_once": lambda pod, user, nia: twice(lambda: function(pod, user)),
    "membership_ends_after_start": lambda pod, user, nia: membership(
        pod, ends_on=today() - timedelta(days=1)
    ),
    "membership_allocation_1_to_100": lambda pod, user, nia: membership(pod, allocation=101),
    "membership_open_once": lambda pod, user, nia: twice(lambda: membership(pod, specialist=nia)),
}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_violation_is_refused(pod: Pod, manager: User, name: str) -> None:
    nia = Specialist.objects.create(name="Nia")
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        VIOLATIONS[name](pod, manager, nia)


def test_no_share_is_zero(pod: Pod) -> None:
    with pytest.raises(IntegrityError, match="membership_allocation_1_to_100"):
        membership(pod, allocation=0)


def test_every_constraint_is_violated_above() -> None:
    named = {
        constraint.name
        for model in (Specialist, Pod, PodFunction, Membership)
        for constraint in model._meta.constraints
    }
    assert named <= set(VIOLATIONS)
