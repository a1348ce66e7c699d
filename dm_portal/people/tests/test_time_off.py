"""Leave: what may be entered, by whom it is seen, and what the record says."""

from datetime import date, time
from typing import Any

import pytest

from dm_portal.people import policies
from dm_portal.people.models import AuditEvent, TimeOff, User
from dm_portal.people.services import (
    add_time_off,
    change_time_off,
    import_time_off,
    withdraw_time_off,
)
from dm_portal.people.services.time_off import Planned, known_already
from dm_portal.shell.errors import Conflict, DomainError
from pods.models import Specialist
from pods.services import remove_specialist

pytestmark = pytest.mark.django_db

MONDAY, FRIDAY = date(2026, 6, 8), date(2026, 6, 12)
DAYS: Any = {"starts_on": MONDAY, "ends_on": FRIDAY, "from_time": None, "until_time": None}
MORNING: Any = {**DAYS, "ends_on": MONDAY, "until_time": time(12)}


def enter(person: Any, by: User, **days: Any) -> TimeOff:
    return add_time_off(person=person, note="", by=by, **DAYS | days)


def said() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", "target_label"))


def test_leave_is_entered_and_recorded(manager: User) -> None:
    enter(manager, manager)
    assert said() == [("time_off.added", "Mara Manager, 8 Jun 2026 – 12 Jun 2026")]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (MORNING, "8 Jun 2026 until 12:00"),
        (MORNING | {"from_time": time(9), "until_time": None}, "8 Jun 2026 from 09:00"),
    ],
)
def test_a_part_of_a_day_says_its_times(manager: User, days: Any, words: str) -> None:
    assert enter(manager, manager, **days).days_words == words


def test_leave_of_a_specialist_who_signs_in_is_the_users(specialist: User, admin: User) -> None:
    row = enter(specialist.specialist, admin)
    assert (row.person, row.specialist) == (specialist, None)


def test_leave_of_a_specialist_who_does_not_is_their_own(admin: User) -> None:
    sol = Specialist.objects.create(name="Sol")
    assert enter(sol, admin).person == sol
    with pytest.raises(DomainError, match="leave on the record"):
        remove_specialist(specialist=sol, by=admin)


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"starts_on": date(1812, 1, 1)}, "starts_on"),
        ({"ends_on": date(2312, 1, 1)}, "ends_on"),
        ({"ends_on": date(2026, 6, 7)}, "ends_on"),
        ({"from_time": time(9)}, "from_time"),
        (MORNING | {"until_time": time(0)}, "until_time"),
        (MORNING | {"from_time": time(0)}, "from_time"),
        (MORNING | {"from_time": time(12)}, "until_time"),
    ],
)
def test_days_without_sense_are_refused_at_their_field(
    manager: User, days: Any, field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        enter(manager, manager, **days)
    assert refused.value.field == field


@pytest.mark.parametrize("who", ["lead", "deactivated"])
def test_who_is_not_one_of_us_has_no_leave(
    who: str, admin: User, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(DomainError) as refused:
        enter(request.getfixturevalue(who), admin)
    assert refused.value.field == "person"


def test_the_same_leave_is_entered_once(manager: User) -> None:
    row = enter(manager, manager)
    with pytest.raises(DomainError, match="entered already"):
        enter(manager, manager)
    withdraw_time_off(row=row, by=manager)
    enter(manager, manager)


def test_leave_is_changed(manager: User) -> None:
    row = enter(manager, manager)
    change_time_off(row=row, version=1, note="", by=manager, **DAYS | {"ends_on": MONDAY})
    event = AuditEvent.objects.get(verb="time_off.changed")
    assert (event.before, event.after) == ({"ends_on": "2026-06-12"}, {"ends_on": "2026-06-08"})


def test_leave_that_is_not_changed_leaves_no_trace(manager: User) -> None:
    row = enter(manager, manager)
    change_time_off(row=row, version=1, note="", by=manager, **DAYS)
    assert [verb for verb, _ in said()] == ["time_off.added"]


def test_leave_cannot_become_another(manager: User) -> None:
    row = enter(manager, manager)
    enter(manager, manager, ends_on=MONDAY)
    with pytest.raises(DomainError, match="entered already"):
        change_time_off(row=row, version=1, note="", by=manager, **DAYS | {"ends_on": MONDAY})


def test_leave_is_taken_back_once_and_changed_no_more(manager: User) -> None:
    row = enter(manager, manager)
    withdraw_time_off(row=row, by=manager)
    with pytest.raises(Conflict):
        withdraw_time_off(row=row, by=manager)
    with pytest.raises(Conflict):
        change_time_off(row=row, version=1, note="", by=manager, **DAYS)


# From a file


def test_a_file_enters_what_is_new(manager: User, other_manager: User) -> None:
    enter(manager, manager)
    planned = [Planned(manager, DAYS), Planned(other_manager, DAYS), Planned(other_manager, DAYS)]
    assert known_already(planned) == [True, False, True]
    assert import_time_off(planned=planned, file_name="leave.csv", by=manager) == 1
    event = AuditEvent.objects.get(verb="time_off.imported")
    assert event.after == {"added": 1, "file": "leave.csv"}


def test_a_file_again_changes_nothing(manager: User) -> None:
    for _ in range(2):
        import_time_off(planned=[Planned(manager, DAYS)], file_name="leave.csv", by=manager)
    assert [verb for verb, _ in said()] == ["time_off.imported"]


def test_a_line_without_sense_keeps_all_others_out(manager: User) -> None:
    wrong = Planned(manager, DAYS | {"ends_on": date(2026, 1, 1)})
    with pytest.raises(DomainError):
        import_time_off(planned=[Planned(manager, DAYS), wrong], file_name="x", by=manager)
    assert not TimeOff.objects.exists()


def test_a_file_enters_leave_of_users_and_specialists(manager: User, admin: User) -> None:
    planned = [Planned(each, DAYS) for each in (manager, Specialist.objects.create(name="Sol"))]
    assert import_time_off(planned=planned, file_name="leave.csv", by=admin) == 2


# Who sees it, and who may change it


@pytest.fixture
def rows(specialist: User, other_manager: User, pod: Any, admin: User) -> set[TimeOff]:
    """Leave of a user in the pod, and of somebody elsewhere."""
    return {enter(specialist, admin), enter(other_manager, admin)}


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("admin", {"Sami Specialist", "Otto Othermanager"}),
        ("director", {"Sami Specialist", "Otto Othermanager"}),
        ("auditor", {"Sami Specialist", "Otto Othermanager"}),
        ("specialist", {"Sami Specialist"}),
        ("other_manager", {"Otto Othermanager"}),
        ("other_specialist", set()),
        ("lead", set()),
    ],
)
def test_leave_is_seen_by_whom_it_concerns(
    rows: set[TimeOff], who: str, seen: set[str], request: pytest.FixtureRequest
) -> None:
    found = TimeOff.objects.visible_to(request.getfixturevalue(who))
    assert {str(row.person) for row in found} == seen


def test_a_pods_own_specialists_are_seen_by_their_pod(specialist: User, admin: User) -> None:
    sol = Specialist.objects.create(name="Sol")
    place = specialist.specialist.memberships.get()
    sol.memberships.create(pod=place.pod, trade="qa", starts_on=place.starts_on)
    row = enter(sol, admin)
    assert list(TimeOff.objects.visible_to(specialist)) == [row]


def test_who_is_deactivated_sees_no_leave(manager: User) -> None:
    enter(manager, manager)
    manager.is_active = False
    assert not TimeOff.objects.visible_to(manager).exists()


def test_leave_is_changed_by_whoever_is_away_and_by_admins(
    specialist: User, other_manager: User, admin: User
) -> None:
    own = enter(specialist, admin)
    may = [policies.can_change_time_off(user, own) for user in (specialist, admin, other_manager)]
    assert may == [True, True, False]
    nobodys = enter(Specialist.objects.create(name="Sol"), admin)
    assert not policies.can_change_time_off(specialist, nobodys)


def test_any_of_us_enters_their_own_and_an_admin_that_of_others(
    manager: User, admin: User, lead: User
) -> None:
    people = (manager, admin, lead)
    assert [policies.can_enter_time_off(user) for user in people] == [True, True, False]
    assert [policies.can_enter_time_off_of_others(user) for user in people] == [False, True, False]


def test_who_reads_the_portal_reads_all_leave(manager: User, admin: User, director: User) -> None:
    may = [policies.can_read_all_time_off(user) for user in (manager, admin, director)]
    assert may == [False, True, True]


def test_hours_are_chosen_by_oneself_and_by_admins(manager: User, admin: User, lead: User) -> None:
    may = policies.can_choose_calendar
    assert may(manager, manager)
    assert may(admin, manager)
    assert not may(manager, admin)
    assert not may(admin, lead)
    manager.is_active = False
    assert not may(manager, manager)
