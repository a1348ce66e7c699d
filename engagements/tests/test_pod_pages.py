"""Pods beside the engagements that they work for."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from dm_portal.tests.cast import make_engagement
from engagements.models import Customer, Engagement
from engagements.tests.pages import csv_rows, names, statements
from pods.models import Membership, Pod, PodFunction, Specialist

pytestmark = pytest.mark.django_db

LIST = "/pods/"
DAY = timedelta(days=1)


def url(pod: Pod) -> str:
    return reverse("pod_detail", args=[pod.ref])


def put(pod: Pod, name: str, **fields: Any) -> Membership:
    values = {"trade": "qa", "allocation": 80, "starts_on": today()} | fields
    someone = Specialist.objects.create(name=name, seniority="senior")
    return Membership.objects.create(pod=pod, specialist=someone, **values)


@pytest.fixture
def above(director: User, engagement: Engagement, pod: Pod, manager: User, sign_in: Any) -> Any:
    """Somebody who sees every pod; the first one is led and has one person."""
    PodFunction.objects.create(pod=pod, user=manager, function="dm", starts_on=today())
    put(pod, "Nia")
    return sign_in(director)


def test_list_says_heads_leaders_and_engagements(above: Any, other_pod: Pod) -> None:
    assert csv_rows(above.get(LIST, {"format": "csv"})) == [
        {
            "Pod": "Pod Birch",
            "People today": "0",
            "Led by": "",
            "Engagements": "",
            "Purpose": "",
        },
        {
            "Pod": "Pod Larch",
            "People today": "1",
            "Led by": "Mara Manager (Delivery manager)",
            "Engagements": "Atlas",
            "Purpose": "",
        },
    ]


def test_list_is_filtered_by_its_url(above: Any, other_pod: Pod) -> None:
    assert names(above.get(LIST, {"text": "birch"})) == ["Pod Birch"]


def test_of_engagements_one_reads_only_ones_own(
    sign_in: Any, specialist: User, pod: Pod, other_engagement: Engagement, engagement: Engagement
) -> None:
    """Whoever works in the pod sees its engagements; whoever leads it only those they see."""
    lead = User.objects.create(
        name="Tom", email="tom@internal.example", kind="internal", is_active=True
    )
    PodFunction.objects.create(pod=pod, user=lead, function="tech_lead", starts_on=today())
    assert "Atlas" in sign_in(specialist).get(url(pod)).content.decode()
    page = sign_in(lead).get(url(pod)).content.decode()
    assert "Atlas" not in page
    assert "No engagement that you can see." in page


def test_closed_engagements_are_left_out(above: Any, pod: Pod, engagement: Engagement) -> None:
    Engagement.objects.filter(pk=engagement.pk).update(state="closed")
    assert "Atlas" not in above.get(url(pod)).content.decode()


def test_list_teaches_where_there_is_nothing(sign_in: Any, stranger: User) -> None:
    assert "You are in no pod yet" in sign_in(stranger).get(LIST).content.decode()


def test_list_costs_the_same_for_one_and_three(
    above: Any, customer: Customer, manager: User
) -> None:
    assert statements(above, LIST) == 8
    for name in ("Pod Elm", "Pod Oak"):
        pod = Pod.objects.create(name=name)
        put(pod, name)
        PodFunction.objects.create(pod=pod, user=manager, function="dm", starts_on=today())
        make_engagement(name, customer=customer, by=manager).pods.add(pod)
    assert statements(above, LIST) == 8


def test_who_is_in_it_was_and_will_be(above: Any, pod: Pod) -> None:
    put(pod, "Bo", starts_on=today() - 9 * DAY, ends_on=today())
    put(pod, "Paula", starts_on=today() + DAY)
    put(pod, "Never", starts_on=today() + DAY, ends_on=today() + DAY)
    response = above.get(url(pod))
    members = response.context["members"]
    seen = {when: [row[0].value for row in table.rows] for when, table in members.items()}
    assert seen == {"now": ["Nia"], "planned": ["Paula"], "past": ["Bo"]}
    page = response.content.decode()
    assert "1 person: their delivery manager may run a second pod of this size." in page
    assert "80 %" in page
    assert "Senior" in page


def test_who_led_it_leads_and_will_lead(above: Any, pod: Pod, deputy: User) -> None:
    dates = {"starts_on": today() - 9 * DAY, "ends_on": today() - DAY}
    PodFunction.objects.create(pod=pod, user=deputy, function="dm", **dates)
    PodFunction.objects.create(pod=pod, user=deputy, function="deputy", starts_on=today() + DAY)
    page = above.get(url(pod)).content.decode()
    assert "Delivery manager: Mara Manager" in page
    assert "Planned: Dario Deputy as deputy" in page
    assert "Dario Deputy as delivery manager" in page


def test_an_empty_pod(above: Any, other_pod: Pod) -> None:
    page = above.get(url(other_pod)).content.decode()
    assert "Nobody works in this pod today." in page
    assert "Nobody leads it today." in page


def test_only_who_may_is_sent_to_the_rosters(
    above: Any, sign_in: Any, pod: Pod, admin: User
) -> None:
    assert "Keep the rosters" not in above.get(url(pod)).content.decode()
    assert "Keep the rosters" in sign_in(admin).get(url(pod)).content.decode()


def test_detail_costs_the_same_for_one_and_three(above: Any, pod: Pod, deputy: User) -> None:
    assert statements(above, url(pod)) == 8
    put(pod, "Two")
    put(pod, "Three")
    PodFunction.objects.create(pod=pod, user=deputy, function="deputy", starts_on=today())
    assert statements(above, url(pod)) == 8
