"""Rosters in the admin site: through the services, or refused in words."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User, WorkCalendar
from dm_portal.shell.clock import today
from dm_portal.shell.dates import day_words
from pods.models import Membership, Pod, PodFunction, Specialist

pytestmark = pytest.mark.django_db

DEC_1 = date(2026, 12, 1)
NO_ROWS = {
    f"{prefix}-{count}_FORMS": 0
    for prefix in ("memberships", "functions")
    for count in ("TOTAL", "INITIAL")
}


def told() -> list[str]:
    return [sentence(event) for event in AuditEvent.objects.order_by("pk")]


def url(page: str, *args: Any) -> str:
    return reverse(f"admin:pods_{page}", args=args)


@pytest.fixture
def keeper(admin: User, sign_in: Any) -> Any:
    return sign_in(admin)


@pytest.fixture
def sami(db: None) -> Specialist:
    return Specialist.objects.create(name="Sami")


@pytest.fixture
def place(pod: Pod, sami: Specialist) -> Membership:
    return Membership.objects.create(pod=pod, specialist=sami, trade="qa", starts_on=DEC_1)


@pytest.mark.parametrize("model", ["specialist", "pod", "membership", "podfunction"])
def test_lists_and_empty_forms(keeper: Any, place: Membership, model: str) -> None:
    assert keeper.get(url(f"{model}_changelist")).status_code == 200
    assert keeper.get(url(f"{model}_add")).status_code == 200


def test_add_a_specialist(keeper: Any, manager: User) -> None:
    data = {"name": "Nia", "user": manager.pk, "seniority": "senior", "skills": "SQL"} | NO_ROWS
    data["calendar"] = WorkCalendar.objects.create(name="London").pk
    assert keeper.post(url("specialist_add"), data).status_code == 302
    nia = Specialist.objects.get()
    assert (nia.name, nia.user, nia.seniority, nia.skills) == ("Nia", manager, "senior", "SQL")
    assert str(nia.calendar) == "London"
    assert told() == ["Adam Admin added the specialist Nia"]


def test_change_a_specialist(keeper: Any, sami: Specialist) -> None:
    data = {
        "name": "Sami V",
        "user": "",
        "seniority": "",
        "skills": "",
        "seen_version": 1,
    } | NO_ROWS
    assert keeper.post(url("specialist_change", sami.pk), data).status_code == 302
    assert told() == ["Adam Admin changed the specialist Sami V"]


def test_the_second_editor_is_told(keeper: Any, sami: Specialist) -> None:
    Specialist.objects.update(version=2)
    data = {"name": "Samu", "user": "", "seniority": "", "skills": "", "seen_version": 1} | NO_ROWS
    response = keeper.post(url("specialist_change", sami.pk), data)
    assert response.status_code == 422
    assert "Somebody else changed" in response.content.decode()
    assert 'value="Samu"' in response.content.decode()
    assert Specialist.objects.get().name == "Sami"


def test_remove_a_specialist_entered_by_mistake(keeper: Any, sami: Specialist) -> None:
    assert keeper.post(url("specialist_delete", sami.pk), {"post": "yes"}).status_code == 302
    assert not Specialist.objects.exists()
    assert told() == ["Adam Admin removed the specialist Sami"]


def test_form_and_rename_a_pod(keeper: Any) -> None:
    keeper.post(url("pod_add"), {"name": "Pod Elm", "purpose": ""} | NO_ROWS)
    pod = Pod.objects.get()
    data = {"name": "Pod Oak", "purpose": "Payments", "seen_version": 1} | NO_ROWS
    keeper.post(url("pod_change", pod.pk), data)
    assert told() == [
        "Adam Admin created the pod Pod Elm",
        "Adam Admin changed the pod Pod Oak",
    ]


def test_a_pod_with_an_engagement_stays(keeper: Any, engagement: Any, pod: Pod) -> None:
    response = keeper.post(url("pod_delete", pod.pk), {"post": "yes"}, follow=True)
    assert "so it stays" in response.content.decode()
    assert Pod.objects.filter(pk=pod.pk).exists()


def test_the_action_removes_all_or_none(keeper: Any, engagement: Any, pod: Pod) -> None:
    unused = Pod.objects.create(name="Pod Elm")
    chosen = {"action": "delete_selected", "_selected_action": [unused.pk, pod.pk], "post": "yes"}
    keeper.post(url("pod_changelist"), chosen)
    assert Pod.objects.count() == 2
    chosen["_selected_action"] = [unused.pk]
    keeper.post(url("pod_changelist"), chosen)
    assert list(Pod.objects.all()) == [pod]
    assert told() == ["Adam Admin removed the pod Pod Elm"]


def test_put_somebody_into_a_pod(keeper: Any, pod: Pod, sami: Specialist) -> None:
    data = {"pod": pod.pk, "specialist": sami.pk, "trade": "qa", "allocation": 50}
    assert keeper.post(url("membership_add"), data | {"starts_on": "2026-12-01"}).status_code == 302
    assert Membership.objects.get().allocation == 50
    day = day_words(date(2026, 12, 1), today=today())
    assert told() == [f"Adam Admin put Sami in Pod Larch from {day}, as QA at 50 %"]


def test_what_the_service_refuses_stands_on_top(
    keeper: Any, place: Membership, other_pod: Pod, sami: Specialist
) -> None:
    data = {"pod": other_pod.pk, "specialist": sami.pk, "trade": "qa", "allocation": 50}
    response = keeper.post(url("membership_add"), data | {"starts_on": "2026-12-07"})
    assert response.status_code == 422
    assert "Sami would be at 150 %" in response.content.decode()
    assert 'value="50"' in response.content.decode()
    assert Membership.objects.count() == 1


def test_end_a_place(keeper: Any, place: Membership, other_pod: Pod) -> None:
    data = {"trade": "qa", "allocation": 100, "starts_on": "2026-12-01", "ends_on": "2027-01-04"}
    elsewhere = {"pod": other_pod.pk, "seen_version": 1}
    assert keeper.post(url("membership_change", place.pk), data | elsewhere).status_code == 302
    place.refresh_from_db()
    assert (place.ends_on, place.pod.name) == (date(2027, 1, 4), "Pod Larch")


def test_remove_a_place_entered_by_mistake(keeper: Any, place: Membership) -> None:
    keeper.post(url("membership_delete", place.pk), {"post": "yes"})
    assert told() == ["Adam Admin removed the place of Sami in Pod Larch"]


def test_functions_in_a_pod(keeper: Any, pod: Pod, manager: User) -> None:
    data = {"pod": pod.pk, "user": manager.pk, "function": "dm", "starts_on": "2026-12-01"}
    keeper.post(url("podfunction_add"), data)
    row = PodFunction.objects.get()
    dates = {"starts_on": "2026-12-01", "ends_on": "2027-01-04", "seen_version": 1}
    keeper.post(url("podfunction_change", row.pk), dates)
    keeper.post(url("podfunction_delete", row.pk), {"post": "yes"})
    day = day_words(date(2026, 12, 1), today=today())
    assert told() == [
        f"Adam Admin named Mara Manager as delivery manager of Pod Larch from {day}",
        "Adam Admin changed the dates of Mara Manager as delivery manager of Pod Larch",
        "Adam Admin removed Mara Manager as delivery manager of Pod Larch",
    ]


def test_the_second_editor_of_a_function_is_told(keeper: Any, pod: Pod, manager: User) -> None:
    row = PodFunction.objects.create(
        pod=pod, user=manager, function="dm", starts_on=date(2026, 12, 1)
    )
    page = keeper.get(url("podfunction_change", row.pk)).content.decode()
    assert 'name="seen_version" value="1"' in page
    first = {"starts_on": "2026-12-01", "ends_on": "2027-01-04", "seen_version": 1}
    assert keeper.post(url("podfunction_change", row.pk), first).status_code == 302
    for seen in (1, ""):
        second = {"starts_on": "2026-12-01", "ends_on": "2027-02-01", "seen_version": seen}
        response = keeper.post(url("podfunction_change", row.pk), second)
        assert response.status_code == 422
        said = response.content.decode()
        assert "Somebody else changed Mara Manager as delivery manager of Pod Larch first." in said
        assert 'value="2027-02-01"' in said
    row.refresh_from_db()
    assert (row.ends_on, row.version) == (date(2027, 1, 4), 2)


@pytest.mark.parametrize("who", ["manager", "director", "auditor", "specialist"])
def test_for_nobody_else_is_anything_here(
    request: pytest.FixtureRequest, sign_in: Any, pod: Pod, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(url("pod_changelist")).status_code == 404
    assert client.post(url("pod_import"), {}).status_code == 404
    assert client.get(url("pod_export")).status_code == 404
