import threading
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from dm_portal.people import services
from dm_portal.people.models import AuditEvent, Invitation, OutgoingMail, PortalFunction, User
from dm_portal.people.services.invitations import CANNOT_BE_INVITED
from dm_portal.people.tests.letters import letter, path_in
from dm_portal.shell.clock import now, today
from dm_portal.shell.errors import Conflict, DomainError

PHRASE = "a fine pass phrase"


def invite(by, email="Nora@Northwind.example", **values):
    given = {"name": "Nora New", "kind": "customer", "scope": "customer lead of Northwind Bank"}
    return services.invite_person(email=email, by=by, **(given | values))


@pytest.fixture
def invitation(manager):
    return invite(manager)


def come_in(client, invitation, password=PHRASE, again=None):
    path = f"/invitations/{invitation.token}/"
    return client.post(path, {"password": password, "again": again or password})


# Inviting


def test_whoever_is_invited_is_a_person_that_cannot_sign_in_yet(invitation):
    person = invitation.user
    assert (person.name, person.email, person.kind) == (
        "Nora New",
        "nora@northwind.example",
        "customer",
    )
    assert (person.is_invited, person.has_usable_password()) == (True, False)


def test_an_invitation_is_on_record(manager, invitation):
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor_ref, event.target_ref) == (
        "person.invited",
        manager.ref,
        invitation.ref,
    )


def test_the_letter_names_who_invites_to_what_and_until_when(invitation, settings):
    mail = letter("invitation", "nora@northwind.example")
    assert path_in(mail) == f"/invitations/{invitation.token}/"
    assert services.invitation_url(invitation) == settings.BASE_URL + path_in(mail)
    assert "Mara Manager invites you" in mail.text
    assert "as: customer lead of Northwind Bank" in mail.text
    assert f"{invitation.expires_at:%-d %B %Y, %H:%M} (UTC)" in mail.text
    assert invitation.expires_at - invitation.invited_at == timedelta(days=14)


def test_a_letter_tells_utc_wherever_it_is_written(admin):
    with timezone.override(ZoneInfo("Europe/Berlin")):
        invitation = services.invite_internal(by=admin, name="Nora", email="nora@internal.example")
    until = f"{invitation.expires_at:%-d %B %Y, %H:%M} (UTC)"
    assert until in letter("invitation", "nora@internal.example").text


def test_the_token_is_stored_nowhere_but_in_the_letter(invitation):
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert invitation.token not in str(row)
    assert len(row["token_hash"]) == 64


def test_a_name_brings_no_lines_into_the_letter(manager):
    assert invite(manager, name=" Nora\r\n New ").user.name == "Nora New"


def test_somebody_known_of_the_same_kind_gets_a_further_scope(manager, invitation):
    again = invite(manager, "NORA@northwind.example", name="Other", scope="delegate")
    assert again.user == invitation.user
    assert (again.user.name, again.scope) == ("Nora New", "delegate")
    assert Invitation.objects.count() == OutgoingMail.objects.count() == 2


@pytest.mark.parametrize("who", ["stranger", "deactivated"])
def test_an_address_that_cannot_be_invited_is_refused_without_a_reason(who, manager, request):
    known = request.getfixturevalue(who)
    with pytest.raises(DomainError, match=f"^{CANNOT_BE_INVITED}$"):
        invite(manager, known.email)
    assert not Invitation.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_deactivated_customer_is_refused_in_the_same_words(manager, admin, lead):
    services.deactivate_person(person=lead, by=admin)
    with pytest.raises(DomainError, match=f"^{CANNOT_BE_INVITED}$"):
        invite(manager, lead.email)


@pytest.mark.django_db(transaction=True)
def test_two_who_invite_the_same_address_at_once_get_the_same_person(manager):
    people = []

    def do():
        people.append(invite(manager).user)
        connection.close()

    threads = [threading.Thread(target=do) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(people) == 4
    assert len(set(people)) == 1


# One of us


def test_an_admin_invites_one_of_us_with_grade_and_functions(admin):
    invitation = services.invite_internal(
        email="dana@internal.example",
        name="Dana",
        grade="director_of_delivery",
        functions=["director", "auditor"],
        by=admin,
    )
    held = PortalFunction.objects.filter(user=invitation.user)
    assert sorted(row.function for row in held) == ["auditor", "director"]
    assert {(row.starts_on, row.ends_on) for row in held} == {(today(), None)}
    assert invitation.user.grade == "director_of_delivery"
    assert invitation.scope == "Director of delivery, Director of delivery, Auditor"


def test_without_grade_and_function_the_scope_still_says_something(admin):
    invitation = services.invite_internal(email="d@internal.example", name="D", by=admin)
    assert (invitation.scope, invitation.user.grade) == ("One of us", "")


def test_an_admin_is_told_whose_address_it_is(admin, lead):
    with pytest.raises(DomainError, match="Lena Lead has this address already"):
        services.invite_internal(email=f" {lead.email.upper()} ", name="X", by=admin)


# Coming in


def test_the_link_lets_one_choose_a_password_and_signs_in(client, invitation):
    response = come_in(client, invitation)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(invitation.user.pk)
    person = User.objects.get(pk=invitation.user.pk)
    assert (person.is_active, person.check_password(PHRASE)) == (True, True)


def test_coming_in_is_on_record(client, invitation):
    come_in(client, invitation)
    invitation.refresh_from_db()
    assert (invitation.accepted_by, invitation.state) == (invitation.user, "Accepted")
    assert AuditEvent.objects.first().verb == "person.came_in"


def test_the_page_says_who_is_invited_as_what(client, invitation):
    page = client.get(f"/invitations/{invitation.token}/").content.decode()
    assert "Welcome, Nora New" in page
    assert "customer lead of Northwind Bank" in page


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("short", "short", "This password is too short."),
        (PHRASE, "another phrase", "This is not the same password."),
        ("", "", "Fill in “Choose a password”."),
        ("nora@northwind", "nora@northwind", "too similar to the email"),
    ],
)
def test_a_password_is_checked(client, invitation, password, again, says):
    page = client.post(f"/invitations/{invitation.token}/", {"password": password, "again": again})
    assert page.status_code == 422
    assert says in page.content.decode().replace("e-mail", "email")
    assert not User.objects.get(pk=invitation.user.pk).is_active


def test_every_dead_link_answers_the_same(manager, invitation, time_machine):
    used, revoked, expired = (
        invitation,
        invite(manager, "b@northwind.example"),
        invite(manager, "c@northwind.example"),
    )
    come_in(Client(), used)
    services.revoke_invitation(invitation=revoked, by=manager)
    Invitation.objects.filter(pk=expired.pk).update(
        invited_at=now() - timedelta(days=15), expires_at=now()
    )
    tokens = [used.token, revoked.token, expired.token, "wrong"]
    pages = [Client().get(f"/invitations/{token}/") for token in tokens]
    posts = [Client().post(f"/invitations/{token}/", {"password": PHRASE}) for token in tokens]
    assert {(page.status_code, page.content) for page in pages + posts} == {(404, pages[0].content)}


def test_an_expired_link_lets_nobody_in(invitation, time_machine):
    time_machine.move_to(invitation.expires_at, tick=False)
    assert invitation.state == "Expired"
    with pytest.raises(
        services.InvitationGone, match=r"^This invitation does not work any more\.$"
    ):
        services.accept_invitation(token=invitation.token, password=PHRASE)


def test_until_the_last_moment_it_works(invitation, time_machine):
    time_machine.move_to(invitation.expires_at - timedelta(microseconds=1), tick=False)
    assert services.accept_invitation(token=invitation.token, password=PHRASE) == invitation.user


def test_a_link_that_was_used_while_the_form_was_open_is_gone(client, invitation):
    path = f"/invitations/{invitation.token}/"
    second = invite(invitation.invited_by, invitation.email)
    services.accept_invitation(token=second.token, password=PHRASE)
    with pytest.raises(services.InvitationGone):
        services.accept_invitation(token=invitation.token, password="somebody elses")
    assert User.objects.get(pk=invitation.user.pk).check_password(PHRASE)
    assert client.get(path).status_code == 200  # it still brings the further scope


class SlowTyping:
    """A password validator during which the invitation is taken back."""

    def validate(self, _password, user=None):
        invitation = user.invitations.get()
        services.revoke_invitation(invitation=invitation, by=invitation.invited_by)


def test_a_link_that_dies_while_somebody_types_answers_as_a_dead_one(client, invitation, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": f"{__name__}.SlowTyping"}]
    page = come_in(client, invitation)
    assert page.status_code == 404
    assert "This invitation does not work" in page.content.decode()
    assert not User.objects.get(pk=invitation.user.pk).is_active


def test_a_link_without_a_password_activates_nobody(invitation):
    with pytest.raises(services.InvitationGone):
        services.accept_invitation(token=invitation.token)
    assert Invitation.objects.open(now()).count() == 1


def test_whoever_has_an_account_only_notes_the_further_scope(client, lead, manager):
    invitation = invite(manager, lead.email)
    before = lead.password
    page = client.get(f"/invitations/{invitation.token}/").content.decode()
    assert "You have an account already" in page
    assert client.post(f"/invitations/{invitation.token}/").headers["Location"] == "/"
    lead.refresh_from_db()
    invitation.refresh_from_db()
    assert (lead.password, invitation.accepted_by) == (before, lead)
    assert "_auth_user_id" not in client.session


def test_coming_in_takes_over_from_whoever_was_signed_in(sign_in, admin, invitation):
    client = sign_in(admin)
    page = client.get(f"/invitations/{invitation.token}/").content.decode()
    assert "You are signed in as Adam Admin now" in page
    come_in(client, invitation)
    assert client.session["_auth_user_id"] == str(invitation.user.pk)


def test_coming_in_needs_a_token_of_the_form(invitation):
    assert come_in(Client(enforce_csrf_checks=True), invitation).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_the_same_link_are_one(manager):
    invitation = invite(manager)
    outcomes = []

    def accept():
        try:
            outcomes.append(services.accept_invitation(token=invitation.token, password=PHRASE))
        except services.InvitationGone:
            outcomes.append(None)
        connection.close()

    threads = [threading.Thread(target=accept) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=bool) == [None, None, None, invitation.user]


# Taking back and sending again


def test_an_invitation_that_is_taken_back_lets_nobody_in(client, manager, invitation):
    services.revoke_invitation(invitation=invitation, by=manager)
    assert come_in(client, invitation).status_code == 404
    invitation.refresh_from_db()
    assert (invitation.revoked_by, invitation.state) == (manager, "Taken back")
    assert AuditEvent.objects.first().verb == "invitation.revoked"


def test_what_was_used_cannot_be_taken_back(manager, invitation):
    services.accept_invitation(token=invitation.token, password=PHRASE)
    with pytest.raises(Conflict, match="used or taken back"):
        services.revoke_invitation(invitation=invitation, by=manager)


def test_what_was_taken_back_cannot_be_taken_back_again(manager, invitation):
    services.revoke_invitation(invitation=invitation, by=manager)
    with pytest.raises(Conflict, match="used or taken back"):
        services.revoke_invitation(invitation=invitation, by=manager)


def test_a_renewed_invitation_has_a_new_link_and_the_old_one_is_dead(admin, invitation):
    renewed = services.renew_invitation(invitation=invitation, by=admin)
    assert (renewed.user, renewed.scope) == (invitation.user, invitation.scope)
    assert renewed.invited_by == admin
    assert services.open_invitation(invitation.token) is None
    assert services.open_invitation(renewed.token) == renewed
    assert AuditEvent.objects.first().verb == "invitation.renewed"


def test_an_expired_invitation_is_renewed_and_stays_expired(admin, invitation, time_machine):
    time_machine.move_to(invitation.expires_at + timedelta(days=1))
    services.renew_invitation(invitation=invitation, by=admin)
    assert Invitation.objects.open(now()).count() == 1


@pytest.mark.parametrize("end", ["accepted", "deactivated"])
def test_who_needs_no_invitation_gets_none(admin, invitation, end):
    if end == "accepted":
        services.accept_invitation(token=invitation.token, password=PHRASE)
    else:
        services.deactivate_person(person=invitation.user, by=admin)
    with pytest.raises(Conflict, match="Nora New needs no invitation"):
        services.renew_invitation(invitation=invitation, by=admin)


def test_taking_one_invitation_back_leaves_the_others(manager, admin, invitation):
    other = invite(manager, "olga@northwind.example", name="Olga")
    services.revoke_invitation(invitation=invitation, by=manager)
    assert Invitation.objects.get(pk=invitation.pk).revoked_at is not None
    assert Invitation.objects.get(pk=other.pk).revoked_at is None
