"""Who sees which pod, specialist, function and place, compared by the rows returned."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from pods.models import Membership, Pod, PodFunction, Specialist

pytestmark = pytest.mark.django_db

MODELS = [Pod, Specialist, PodFunction, Membership]


@pytest.fixture(autouse=True)
def both(
    specialist: User, other_specialist: User, pod: Pod, other_pod: Pod, engagement: Any
) -> None:
    """Two pods with one person and one function each: every test holds rows that could leak."""
    boss = User.objects.create(name="Bo Boss", email="bo@internal.example", kind="internal")
    for each in (pod, other_pod):
        PodFunction.objects.create(pod=each, user=boss, function="dm", starts_on=today())


def seen(user: Any) -> list[set[Pod]]:
    """The pods that the visible rows of each model belong to."""
    return [
        set(Pod.objects.visible_to(user)),
        set(Pod.objects.filter(memberships__specialist__in=Specialist.objects.visible_to(user))),
        {row.pod for row in PodFunction.objects.visible_to(user)},
        {row.pod for row in Membership.objects.visible_to(user)},
    ]


@pytest.mark.parametrize("who", ["admin", "director", "auditor"])
def test_all(request: pytest.FixtureRequest, who: str, pod: Pod, other_pod: Pod) -> None:
    assert seen(request.getfixturevalue(who)) == [{pod, other_pod}] * 4


def test_who_works_in_a_pod_sees_that_pod(specialist: User, pod: Pod) -> None:
    assert seen(specialist) == [{pod}] * 4


@pytest.mark.parametrize("function", PodFunction.Function.values)
def test_who_leads_a_pod_sees_that_pod(stranger: User, other_pod: Pod, function: str) -> None:
    PodFunction.objects.create(pod=other_pod, user=stranger, function=function, starts_on=today())
    assert seen(stranger) == [{other_pod}] * 4


@pytest.mark.parametrize(
    "who", ["stranger", "manager", "lead", "executive", "delegate", "deactivated"]
)
def test_nothing(request: pytest.FixtureRequest, who: str) -> None:
    assert seen(request.getfixturevalue(who)) == [set()] * 4


def test_anonymous_sees_nothing() -> None:
    assert seen(AnonymousUser()) == [set()] * 4


@pytest.mark.parametrize(("start", "end"), [(1, None), (-9, 0)])
def test_planned_and_past_rows_open_no_door(
    stranger: User, pod: Pod, start: int, end: int | None
) -> None:
    dates = {
        "starts_on": today() + timedelta(days=start),
        "ends_on": None if end is None else today() + timedelta(days=end),
    }
    me = Specialist.objects.create(name="Stig", user=stranger)
    Membership.objects.create(pod=pod, specialist=me, trade="qa", **dates)
    PodFunction.objects.create(pod=pod, user=stranger, function="deputy", **dates)
    assert seen(stranger) == [set()] * 4


def test_a_deactivated_specialist_sees_nothing(specialist: User, admin: User) -> None:
    User.objects.filter(pk=specialist.pk).update(is_active=False)
    assert seen(User.objects.get(pk=specialist.pk)) == [set()] * 4


def test_heads_count_each_person_once_and_only_today(pod: Pod, other_pod: Pod) -> None:
    day = today()
    someone = Specialist.objects.create(name="Nia")
    for start, end in [(-20, -10), (-10, 0), (0, None)]:
        Membership.objects.create(
            pod=pod,
            specialist=someone,
            trade="qa",
            starts_on=day + timedelta(days=start),
            ends_on=None if end is None else day + timedelta(days=end),
        )
    planned = Specialist.objects.create(name="Paula")
    Membership.objects.create(
        pod=pod, specialist=planned, trade="qa", starts_on=day + timedelta(days=1)
    )
    heads = {row.name: row.heads for row in Pod.objects.with_heads()}
    assert heads == {"Pod Larch": 2, "Pod Birch": 1}
