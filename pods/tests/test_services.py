"""Rosters change through services: what they refuse, and what the record says."""

from datetime import date, timedelta

import pytest

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import today
from dm_portal.shell.dates import day_words
from dm_portal.shell.errors import Conflict, DomainError
from pods import services
from pods.models import Membership, Pod, PodFunction, Specialist

pytestmark = pytest.mark.django_db

DEC_1, DEC_7, JAN_4 = date(2026, 12, 1), date(2026, 12, 7), date(2027, 1, 4)


@pytest.fixture
def sami(admin: User) -> Specialist:
    return services.add_specialist(name="Sami", user=None, seniority="", skills="", by=admin)


def put(pod: Pod, specialist: Specialist, by: User, **place: object) -> Membership:
    values = {"trade": "developer", "allocation": 100, "starts_on": DEC_1, "ends_on": None} | place
    return services.add_membership(pod=pod, specialist=specialist, by=by, **values)


def told() -> str:
    """The newest sentence of the record."""
    return sentence(AuditEvent.objects.latest("pk"))


def test_add_specialist(sami: Specialist) -> None:
    assert Specialist.objects.get() == sami
    assert told() == "Adam Admin added the specialist Sami"


def test_change_specialist_says_what_changed(sami: Specialist, admin: User) -> None:
    fields = {"name": "Sami Virtanen", "user": None, "seniority": "senior", "skills": ""}
    services.change_specialist(specialist=sami, version=1, by=admin, **fields)
    event = AuditEvent.objects.latest("pk")
    assert event.before == {"name": "Sami", "seniority": ""}
    assert event.after == {"name": "Sami Virtanen", "seniority": "senior"}
    assert Specialist.objects.get().version == 2


def test_change_nothing_leaves_nothing(sami: Specialist, admin: User) -> None:
    fields = {"name": "Sami", "user": None, "seniority": "", "skills": ""}
    services.change_specialist(specialist=sami, version=1, by=admin, **fields)
    assert AuditEvent.objects.count() == 1
    assert Specialist.objects.get().version == 1


def test_the_second_editor_is_told(sami: Specialist, admin: User) -> None:
    fields = {"user": None, "seniority": "", "skills": ""}
    services.change_specialist(specialist=sami, version=1, by=admin, name="Sam", **fields)
    with pytest.raises(Conflict, match="Somebody else changed"):
        services.change_specialist(specialist=sami, version=1, by=admin, name="Samu", **fields)
    assert Specialist.objects.get().name == "Sam"


@pytest.mark.parametrize(("who", "why"), [("lead", "customer"), ("deactivated", "deactivated")])
def test_a_specialist_signs_in_as_one_of_us(
    request: pytest.FixtureRequest, admin: User, who: str, why: str
) -> None:
    user = request.getfixturevalue(who)
    with pytest.raises(DomainError, match=why) as refused:
        services.add_specialist(name="Eve", user=user, seniority="", skills="", by=admin)
    assert refused.value.field == "user"


def test_a_specialist_entered_by_mistake_goes(sami: Specialist, admin: User) -> None:
    services.remove_specialist(specialist=sami, by=admin)
    assert not Specialist.objects.exists()
    assert told() == "Adam Admin removed the specialist Sami"


def test_who_was_in_a_pod_stays(sami: Specialist, pod: Pod, admin: User) -> None:
    put(pod, sami, admin)
    with pytest.raises(DomainError, match="end the membership instead"):
        services.remove_specialist(specialist=sami, by=admin)


def test_create_and_change_pod(admin: User) -> None:
    pod = services.create_pod(name="Pod Elm", purpose="", by=admin)
    assert told() == "Adam Admin created the pod Pod Elm"
    services.change_pod(pod=pod, version=1, by=admin, name="Pod Elm", purpose="Payments")
    assert Pod.objects.get().purpose == "Payments"
    assert told() == "Adam Admin changed the pod Pod Elm"
    services.change_pod(pod=pod, version=2, by=admin, name="Pod Elm", purpose="Payments")
    assert AuditEvent.objects.count() == 2


def test_an_unused_pod_goes(pod: Pod, admin: User) -> None:
    services.remove_pod(pod=pod, by=admin)
    assert not Pod.objects.exists()
    assert told() == "Adam Admin removed the pod Pod Larch"


@pytest.mark.parametrize("use", ["engagement", "specialist"])
def test_a_used_pod_stays(request: pytest.FixtureRequest, pod: Pod, admin: User, use: str) -> None:
    request.getfixturevalue(use)
    with pytest.raises(DomainError, match="so it stays"):
        services.remove_pod(pod=pod, by=admin)


def test_give_pod_function(pod: Pod, manager: User, admin: User) -> None:
    services.give_pod_function(pod=pod, user=manager, function="dm", starts_on=DEC_1, by=admin)
    day = day_words(DEC_1, today=today())
    assert told() == f"Adam Admin named Mara Manager as delivery manager of Pod Larch from {day}"


def test_nobody_is_dm_of_a_pod_twice_at_once(pod: Pod, manager: User, admin: User) -> None:
    give = {"pod": pod, "user": manager, "function": "dm", "by": admin}
    services.give_pod_function(starts_on=DEC_1, ends_on=JAN_4, **give)
    services.give_pod_function(starts_on=JAN_4, **give)
    with pytest.raises(DomainError, match="already is delivery manager of Pod Larch then"):
        services.give_pod_function(starts_on=DEC_7, ends_on=JAN_4, **give)


@pytest.mark.parametrize(("who", "why"), [("lead", "customer"), ("deactivated", "deactivated")])
def test_only_our_own_lead_pods(
    request: pytest.FixtureRequest, pod: Pod, admin: User, who: str, why: str
) -> None:
    user = request.getfixturevalue(who)
    with pytest.raises(DomainError, match=why):
        services.give_pod_function(pod=pod, user=user, function="dm", starts_on=DEC_1, by=admin)


def test_a_function_that_ends_today_hides_the_pod(pod: Pod, manager: User, admin: User) -> None:
    give = {"pod": pod, "user": manager, "function": "dm", "by": admin}
    row = services.give_pod_function(starts_on=today() - timedelta(days=9), **give)
    assert list(Pod.objects.visible_to(manager)) == [pod]
    services.change_pod_function(
        row=row, version=1, starts_on=row.starts_on, ends_on=today(), by=admin
    )
    assert list(Pod.objects.visible_to(manager)) == []
    assert told() == "Adam Admin changed the dates of Mara Manager as delivery manager of Pod Larch"


def test_same_dates_change_nothing(pod: Pod, manager: User, admin: User) -> None:
    give = {"pod": pod, "user": manager, "function": "dm", "by": admin}
    row = services.give_pod_function(starts_on=DEC_1, **give)
    services.change_pod_function(row=row, version=1, starts_on=DEC_1, ends_on=None, by=admin)
    assert AuditEvent.objects.count() == 1


def test_only_what_differs_is_on_record(pod: Pod, manager: User, admin: User) -> None:
    give = {"pod": pod, "user": manager, "function": "dm", "by": admin}
    row = services.give_pod_function(starts_on=DEC_1, **give)
    services.change_pod_function(row=row, version=1, starts_on=DEC_1, ends_on=JAN_4, by=admin)
    event = AuditEvent.objects.latest("pk")
    assert (event.before, event.after) == ({"ends_on": None}, {"ends_on": "2027-01-04"})
    with pytest.raises(Conflict, match="Somebody else changed"):
        services.change_pod_function(row=row, version=1, starts_on=DEC_7, ends_on=None, by=admin)
    row.refresh_from_db()
    assert (row.starts_on, row.ends_on, row.version) == (DEC_1, JAN_4, 2)


def test_a_function_is_not_moved_onto_another(pod: Pod, manager: User, admin: User) -> None:
    give = {"pod": pod, "user": manager, "function": "dm", "by": admin}
    row = services.give_pod_function(starts_on=DEC_1, ends_on=DEC_7, **give)
    services.give_pod_function(starts_on=DEC_7, **give)
    with pytest.raises(DomainError, match="already is delivery manager"):
        services.change_pod_function(row=row, version=1, starts_on=DEC_1, ends_on=JAN_4, by=admin)


def test_a_function_does_not_end_before_it_starts(pod: Pod, manager: User, admin: User) -> None:
    give = {"pod": pod, "user": manager, "function": "dm", "by": admin}
    row = services.give_pod_function(starts_on=DEC_7, **give)
    with pytest.raises(DomainError, match="before it starts"):
        services.change_pod_function(row=row, version=1, starts_on=DEC_7, ends_on=DEC_1, by=admin)


def test_a_function_entered_by_mistake_goes(pod: Pod, manager: User, admin: User) -> None:
    give = {"pod": pod, "user": manager, "function": "dm", "by": admin}
    row = services.give_pod_function(starts_on=DEC_1, **give)
    services.remove_pod_function(row=row, by=admin)
    assert not PodFunction.objects.exists()
    assert AuditEvent.objects.latest("pk").before == {"starts_on": "2026-12-01", "ends_on": None}


def test_add_membership(pod: Pod, sami: Specialist, admin: User) -> None:
    put(pod, sami, admin, allocation=60)
    day = day_words(DEC_1, today=today())
    assert told() == f"Adam Admin put Sami in Pod Larch from {day}, as Developer at 60 %"


def test_one_place_per_pod_at_a_time(pod: Pod, sami: Specialist, admin: User) -> None:
    put(pod, sami, admin, allocation=10, ends_on=JAN_4)
    with pytest.raises(DomainError) as refused:
        put(pod, sami, admin, allocation=10, starts_on=DEC_7)
    assert refused.value.field == "starts_on"
    assert "Sami is in Pod Larch then already: from " in str(refused.value)
    assert put(pod, sami, admin, starts_on=JAN_4)


def test_an_open_place_is_named_as_such(pod: Pod, sami: Specialist, admin: User) -> None:
    put(pod, sami, admin, allocation=10, starts_on=date(2020, 1, 1))
    with pytest.raises(DomainError, match=r"already: from Wed 1 Jan 2020 on\.$"):
        put(pod, sami, admin, allocation=10)


def test_nobody_is_more_than_a_whole_person(
    pod: Pod, other_pod: Pod, sami: Specialist, admin: User
) -> None:
    put(pod, sami, admin, allocation=60, starts_on=date(2020, 1, 1))
    with pytest.raises(DomainError) as refused:
        put(other_pod, sami, admin, allocation=41, starts_on=date(2020, 1, 3))
    assert str(refused.value) == (
        "Sami would be at 101 % on Fri 3 Jan 2020 (Pod Larch 60 %, Pod Birch 41 %)."
    )
    assert refused.value.field == "allocation"
    assert Membership.objects.count() == 1


def test_change_membership(pod: Pod, sami: Specialist, admin: User) -> None:
    row = put(pod, sami, admin)
    place = {"trade": "qa", "allocation": 100, "starts_on": DEC_1, "ends_on": JAN_4}
    services.change_membership(membership=row, version=1, by=admin, **place)
    event = AuditEvent.objects.latest("pk")
    assert event.before == {"trade": "developer", "ends_on": None}
    assert event.after == {"trade": "qa", "ends_on": "2027-01-04"}
    assert sentence(event) == "Adam Admin changed the place of Sami in Pod Larch"
    services.change_membership(membership=row, version=2, by=admin, **place)
    assert AuditEvent.objects.latest("pk") == event


def test_a_change_is_measured_without_the_row_itself(
    pod: Pod, other_pod: Pod, sami: Specialist, admin: User
) -> None:
    put(other_pod, sami, admin, allocation=40)
    row = put(pod, sami, admin, allocation=60)
    place = {"trade": "developer", "starts_on": DEC_7, "ends_on": None}
    services.change_membership(membership=row, version=1, by=admin, allocation=60, **place)
    with pytest.raises(DomainError, match="would be at 101 %"):
        services.change_membership(membership=row, version=2, by=admin, allocation=61, **place)


def test_a_place_does_not_end_before_it_starts(pod: Pod, sami: Specialist, admin: User) -> None:
    with pytest.raises(DomainError, match="before it starts"):
        put(pod, sami, admin, starts_on=DEC_7, ends_on=DEC_1)


def test_a_place_entered_by_mistake_goes(pod: Pod, sami: Specialist, admin: User) -> None:
    services.remove_membership(membership=put(pod, sami, admin), by=admin)
    assert not Membership.objects.exists()
    assert told() == "Adam Admin removed the place of Sami in Pod Larch"
