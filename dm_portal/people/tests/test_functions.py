import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from dm_portal.people import services, standing
from dm_portal.people.models import AuditEvent, PortalFunction, User
from dm_portal.shell.clock import today
from dm_portal.shell.errors import Conflict, DomainError
from dm_portal.tests.cast import make_user


def held_by(person, function="admin"):
    return PortalFunction.objects.get(user=person, function=function)


def fresh(person):
    """The person as the next request reads them."""
    return User.objects.get(pk=person.pk)


@pytest.fixture
def second_admin(admin):
    second = make_user("Ada Second")
    services.grant_portal_function(person=second, function="admin", by=admin)
    return second


def test_a_function_holds_from_today(admin, stranger):
    services.grant_portal_function(person=stranger, function="auditor", by=admin)
    assert standing.is_auditor(fresh(stranger))
    event = AuditEvent.objects.get()
    assert (event.verb, event.target_label) == (
        "portal_function.granted",
        "Stig Stranger as auditor",
    )
    assert event.after == {"starts_on": str(today()), "ends_on": "further notice"}


def test_a_function_holds_between_its_days_only(admin, stranger, time_machine):
    time_machine.move_to("2026-03-01T12:00Z")
    services.grant_portal_function(
        person=stranger,
        function="director",
        by=admin,
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 3, 4),
    )
    seen = []
    for day in (1, 2, 3, 4):
        time_machine.move_to(f"2026-03-0{day}T12:00Z")
        seen.append(standing.is_director(fresh(stranger)))
    assert seen == [False, True, True, False]


def test_a_customers_person_gets_none(admin, lead):
    with pytest.raises(DomainError, match="no rights of ours"):
        services.grant_portal_function(person=lead, function="auditor", by=admin)


def test_it_cannot_begin_in_the_past(admin, stranger):
    yesterday = today() - timedelta(days=1)
    with pytest.raises(DomainError, match="begin in the past"):
        services.grant_portal_function(
            person=stranger, function="auditor", by=admin, starts_on=yesterday
        )


def test_it_lasts_at_least_a_day(admin, stranger):
    with pytest.raises(DomainError, match="at least a day"):
        services.grant_portal_function(
            person=stranger, function="auditor", by=admin, ends_on=today()
        )


@pytest.mark.parametrize(
    ("first", "end", "refused"),
    [(5, 10, True), (0, 6, True), (9, None, True), (0, 5, False), (10, None, False)],
)
def test_nobody_holds_the_same_function_twice(admin, stranger, first, end, refused):
    """Held on days 5 to 9; days are counted from today."""

    def grant(start, stop):
        return services.grant_portal_function(
            person=stranger,
            function="auditor",
            by=admin,
            starts_on=today() + timedelta(days=start),
            ends_on=stop and today() + timedelta(days=stop),
        )

    grant(5, 10)
    if refused:
        with pytest.raises(DomainError, match="already holds"):
            grant(first, end)
    else:
        assert grant(first, end).pk


def test_different_functions_may_be_held_together(admin, stranger):
    for function in ("auditor", "director"):
        services.grant_portal_function(person=stranger, function=function, by=admin)
    assert standing.functions_of(fresh(stranger)) == {"auditor", "director"}


def test_a_function_that_ended_is_gone_at_the_next_request(sign_in, admin, second_admin):
    client = sign_in(second_admin)
    assert client.get("/people/").status_code == 200
    services.end_portal_function(held=held_by(second_admin), by=admin)
    assert client.get("/people/").status_code == 403


def test_the_end_is_on_record(admin, auditor):
    services.end_portal_function(held=held_by(auditor, "auditor"), by=admin)
    event = AuditEvent.objects.get()
    assert (event.verb, event.after) == ("portal_function.ended", {"ends_on": str(today())})
    assert held_by(auditor, "auditor").ends_on == today()


def test_a_planned_function_ends_before_it_begins(admin, stranger):
    start = today() + timedelta(days=7)
    held = services.grant_portal_function(
        person=stranger, function="auditor", by=admin, starts_on=start
    )
    services.end_portal_function(held=held, by=admin)
    assert held_by(stranger, "auditor").ends_on == start
    assert AuditEvent.objects.first().verb == "portal_function.called_off"


def test_a_planned_end_can_be_brought_forward(sign_in, admin, second_admin):
    held = held_by(second_admin)
    PortalFunction.objects.filter(pk=held.pk).update(ends_on=today() + timedelta(days=99))
    url = reverse("portal_function_end", args=[second_admin.ref, held.function, held.starts_on])
    assert sign_in(admin).post(url).status_code == 302
    assert held_by(second_admin).ends_on == today()
    assert sign_in(admin).post(url).status_code == 404


def test_what_was_called_off_is_over(admin, stranger):
    start = today() + timedelta(days=7)
    held = services.grant_portal_function(
        person=stranger, function="auditor", by=admin, starts_on=start
    )
    assert not held.is_over
    services.end_portal_function(held=held, by=admin)
    assert held_by(stranger, "auditor").is_over
    with pytest.raises(Conflict, match="already"):
        services.end_portal_function(held=held, by=admin)


def test_what_has_ended_does_not_end_again(admin, auditor):
    services.end_portal_function(held=held_by(auditor, "auditor"), by=admin)
    with pytest.raises(Conflict, match="already"):
        services.end_portal_function(held=held_by(auditor, "auditor"), by=admin)


def test_the_last_admin_stays(admin):
    with pytest.raises(DomainError, match="This is the last admin"):
        services.end_portal_function(held=held_by(admin), by=admin)
    assert held_by(admin).ends_on is None


def test_an_admin_may_go_when_another_stays(admin, second_admin):
    services.end_portal_function(held=held_by(admin), by=admin)
    assert not standing.is_admin(fresh(admin))


@pytest.mark.parametrize("other", ["invited", "leaving", "deactivated"])
def test_an_admin_who_cannot_be_counted_on_does_not_count(admin, other):
    if other == "invited":
        services.invite_internal(
            email="i@internal.example", name="I", functions=["admin"], by=admin
        )
    else:
        second = make_user("Ada Second")
        services.grant_portal_function(
            person=second,
            function="admin",
            by=admin,
            ends_on=today() + timedelta(days=9) if other == "leaving" else None,
        )
    if other == "deactivated":
        services.deactivate_person(person=second, by=admin)
    with pytest.raises(DomainError, match="This is the last admin"):
        services.end_portal_function(held=held_by(admin), by=admin)


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_end_each_other_at_once_leave_one(admin, second_admin):
    outcomes = []

    def end(held, by):
        try:
            services.end_portal_function(held=held, by=by)
            outcomes.append("ended")
        except DomainError:
            outcomes.append("refused")
        connection.close()

    threads = [
        threading.Thread(target=end, args=(held_by(second_admin), admin)),
        threading.Thread(target=end, args=(held_by(admin), second_admin)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ended", "refused"]
    assert PortalFunction.objects.holding().filter(function="admin").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_ends_while_the_other_deactivates_and_one_admin_is_left(admin, second_admin):
    outcomes = []

    def attempt(act):
        try:
            act()
            outcomes.append("done")
        except DomainError:
            outcomes.append("refused")
        connection.close()

    acts = [
        lambda: services.deactivate_person(person=second_admin, by=admin),
        lambda: services.end_portal_function(held=held_by(admin), by=second_admin),
    ]
    threads = [threading.Thread(target=attempt, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]


def test_whoever_is_deactivated_is_given_nothing(admin, deactivated):
    with pytest.raises(DomainError, match="reactivate them first"):
        services.grant_portal_function(person=deactivated, function="director", by=admin)
