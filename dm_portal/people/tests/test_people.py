import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client

from dm_portal.people import services
from dm_portal.people.models import AuditEvent, Invitation, User
from dm_portal.people.tests.letters import letter
from dm_portal.shell.errors import Conflict, DomainError
from dm_portal.tests.cast import PASSWORD


def fresh(person):
    return User.objects.get(pk=person.pk)


def sign_in_by_form(person):
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return client


# Name and grade


def test_a_name_and_a_grade_are_changed_and_each_is_on_record(admin, stranger):
    services.change_person(
        person=stranger, version=1, name="Stig Star", grade="engagement_architect", by=admin
    )
    assert (fresh(stranger).name, fresh(stranger).version) == ("Stig Star", 2)
    said = {event.verb: (event.before, event.after) for event in AuditEvent.objects.all()}
    assert set(said) == {"person.renamed", "person.graded"}
    assert said["person.renamed"][0]["name"] == "Stig Stranger"
    assert said["person.graded"][1]["grade"] == "engagement_architect"


def test_nothing_changed_is_nothing_recorded(admin, stranger):
    services.change_person(
        person=stranger, version=1, name=stranger.name, grade=stranger.grade, by=admin
    )
    assert not AuditEvent.objects.exists()
    assert fresh(stranger).version == 1


def test_the_second_editor_is_told(admin, stranger):
    User.objects.filter(pk=stranger.pk).update(version=2)
    with pytest.raises(Conflict):
        services.change_person(person=stranger, version=1, name="X", grade="", by=admin)


# Deactivation


def test_a_deactivated_person_is_out_at_the_next_request(admin, manager):
    client = sign_in_by_form(manager)
    assert client.get("/accounts/email/").status_code == 200
    services.deactivate_person(person=manager, by=admin)
    assert client.get("/accounts/email/").headers["Location"].startswith("/accounts/login/")


def test_a_deactivated_person_stays_by_name_and_who_did_it_is_known(admin, manager):
    services.deactivate_person(person=manager, by=admin)
    person = fresh(manager)
    assert (person.name, person.is_active, person.state) == ("Mara Manager", False, "Deactivated")
    assert person.deactivated_by == admin
    assert AuditEvent.objects.get().verb == "person.deactivated"


def test_deactivating_ends_the_sessions_themselves(admin, manager):
    sign_in_by_form(manager)
    services.deactivate_person(person=manager, by=admin)
    assert not UserSession.objects.filter(user=manager).exists()


def test_deactivating_leaves_no_password(admin, manager):
    services.deactivate_person(person=manager, by=admin)
    assert not User.objects.get(pk=manager.pk).has_usable_password()


def test_deactivating_kills_open_invitations(admin):
    invitation = services.invite_internal(email="i@internal.example", name="I", by=admin)
    services.deactivate_person(person=invitation.user, by=admin)
    assert services.open_invitation(invitation.token) is None
    assert Invitation.objects.get().revoked_by == admin


def test_nobody_is_deactivated_twice(admin, deactivated):
    with pytest.raises(Conflict, match="already"):
        services.deactivate_person(person=deactivated, by=admin)


def test_the_last_admin_stays(admin):
    with pytest.raises(DomainError, match="This is the last admin"):
        services.deactivate_person(person=admin, by=admin)
    assert fresh(admin).is_active


# Letting in again


def test_letting_in_again_is_a_fresh_invitation(admin, manager):
    services.deactivate_person(person=manager, by=admin)
    invitation = services.reactivate_person(person=manager, by=admin)
    assert fresh(manager).is_invited
    assert letter("invitation", manager.email).user == manager
    assert [event.verb for event in AuditEvent.objects.all()[:2]] == [
        "person.invited",
        "person.reactivated",
    ]
    services.accept_invitation(token=invitation.token, password="another phrase")
    assert fresh(manager).is_active


def test_no_session_and_no_password_comes_back_to_life(client, admin, manager):
    client.force_login(manager)
    services.deactivate_person(person=manager, by=admin)
    invitation = services.reactivate_person(person=manager, by=admin)
    services.accept_invitation(token=invitation.token, password="another phrase")
    assert client.get("/accounts/email/").status_code == 302
    assert not fresh(manager).check_password(PASSWORD)


def test_who_is_here_is_not_let_in_again(admin, manager):
    with pytest.raises(Conflict, match="already"):
        services.reactivate_person(person=manager, by=admin)


# Two-step sign-in that somebody lost


def test_an_admin_switches_off_a_lost_second_step(admin, manager):
    Authenticator.objects.create(user=manager, type=Authenticator.Type.TOTP, data={})
    services.remove_two_step(person=manager, by=admin)
    assert not services.has_two_step(manager)
    assert AuditEvent.objects.get().before == {"kind": "TOTP Authenticator"}
    assert "Adam Admin has switched off" in letter("two_step_removed", manager.email).text


def test_what_is_off_is_not_switched_off(admin, manager):
    with pytest.raises(Conflict, match="off already"):
        services.remove_two_step(person=manager, by=admin)


@pytest.mark.parametrize("address", ["mara@internal.example", "MARA@Internal.Example"])
def test_an_address_is_found_by_the_index_that_keeps_it_unique(db, address):
    with connection.cursor() as cursor:  # of so few rows PostgreSQL would read all
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = User.objects.filter(email__iexact=address).explain()
    assert "using user_email_unique" in plan or "on user_email_unique" in plan
    assert "Index Cond: (upper((email)::text) = " in plan
