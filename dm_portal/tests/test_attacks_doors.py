"""Ways around the doors: redirects, guessing, old sessions, paths, caches."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dm_portal.people.models import AuditEvent, Invitation, OutgoingMail, PortalFunction, User
from dm_portal.people.services import people
from dm_portal.shell.clock import today
from dm_portal.tests.access_rules import TABLE
from dm_portal.tests.visitors import visitor
from dm_portal.tests.world import PASSWORD, World
from engagements.models import CustomerContact, EngagementFunction
from pods.models import Membership
from reporting.models import Receipt

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "/%09/evil.example",
]


def leads_away(location: str) -> bool:
    return not location.startswith("/") or location.startswith(("//", "/\\"))


@pytest.mark.parametrize("there", ELSEWHERE)
def test_signing_in_leads_nowhere_else(world: World, there: str) -> None:
    data = {"login": world.actors["lead"].email, "password": PASSWORD, "next": there}
    answer = Client().post(f"{reverse('account_login')}?next={there}", data)
    assert answer.status_code == 302
    assert not leads_away(answer.headers["Location"])


@pytest.mark.parametrize("there", ELSEWHERE)
def test_no_action_leads_elsewhere(world: World, there: str) -> None:
    who = visitor(world, "manager")
    letter = {"ref": world.ours.one(Invitation).ref}
    for name, arguments in (("invitation_renewal", letter), ("account_logout", {})):
        answer = who.ask("POST", reverse(name, kwargs=arguments), {"next": there})
        assert answer.status_code == 302
        assert not leads_away(answer.headers["Location"])


# Guessing --------------------------------------------------------------------------------------


def plain(answer: Any, typed: str) -> str:
    """A page without what was typed, its token, and the letters' case."""
    text = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return text.replace(typed, "")


@pytest.mark.parametrize("role", ["lead", "manager", "admin", "deactivated", "invited"])
def test_a_wrong_password_does_not_tell_who_is_known(world: World, role: str) -> None:
    known, unknown = world.actors[role].email, "nobody@people.example"
    answers = [
        Client().post(reverse("account_login"), {"login": email, "password": "wrong"})
        for email in (known, unknown)
    ]
    assert answers[0].status_code == answers[1].status_code == 422
    assert plain(answers[0], known) == plain(answers[1], unknown)


@pytest.mark.parametrize("role", ["deactivated", "invited"])
def test_the_right_password_of_somebody_away_is_a_wrong_one(world: World, role: str) -> None:
    away, unknown = world.actors[role].email, "nobody@people.example"
    answers = [
        Client().post(reverse("account_login"), {"login": email, "password": PASSWORD})
        for email in (away, unknown)
    ]
    assert answers[0].status_code == answers[1].status_code == 422
    assert plain(answers[0], away) == plain(answers[1], unknown)


@pytest.mark.parametrize("role", ["lead", "manager", "deactivated", "invited"])
def test_a_forgotten_password_does_not_tell_who_is_known(world: World, role: str) -> None:
    known, unknown = world.actors[role].email, "nobody@people.example"
    before = OutgoingMail.objects.count()
    answers = [
        Client().post(reverse("account_reset_password"), {"email": email})
        for email in (known, unknown)
    ]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert OutgoingMail.objects.count() == before + 2


def test_a_new_address_does_not_tell_whether_it_is_taken(world: World) -> None:
    taken, free = world.actors["other_lead"].email, "free@people.example"
    client = visitor(world, "lead").client
    answers = [
        client.post(reverse("account_email"), {"email": email, "password": PASSWORD}, follow=True)
        for email in (taken, free)
    ]
    assert plain(answers[0], taken) == plain(answers[1], free)


def test_passwords_cannot_be_tried_for_ever(world: World) -> None:
    email = world.actors["lead"].email
    answers = [
        Client().post(reverse("account_login"), {"login": email, "password": f"wrong {n}"})
        for n in range(30)
    ]
    assert {answer.status_code for answer in answers[-10:]} <= {422, 429}
    right = Client().post(reverse("account_login"), {"login": email, "password": PASSWORD})
    assert right.status_code != 302, "thirty wrong ones, and the next is still let through"


def test_letters_cannot_be_asked_for_for_ever(world: World) -> None:
    before = OutgoingMail.objects.count()
    for _ in range(60):
        Client().post(reverse("account_reset_password"), {"email": world.actors["lead"].email})
    assert OutgoingMail.objects.count() - before < 30


def test_pretending_to_be_elsewhere_does_not_help_guessing(world: World) -> None:
    before = OutgoingMail.objects.count()
    for n in range(60):
        Client().post(
            reverse("account_reset_password"),
            {"email": f"victim{n}@people.example"},
            HTTP_X_FORWARDED_FOR=f"10.0.0.{n}",
        )
    assert OutgoingMail.objects.count() - before < 30


def test_the_record_does_not_believe_a_header(world: World) -> None:
    who, url = visitor(world, "manager").client, reverse("report_edit", kwargs=draft(world))
    who.post(url, TABLE["report_edit"].data(world), HTTP_X_FORWARDED_FOR="6.6.6.6")
    assert AuditEvent.objects.latest("pk").origin == "web 127.0.0.1"


def draft(world: World) -> dict[str, Any]:
    return TABLE["report_edit"].at(world.ours)


def test_nobody_signs_up(client: Client) -> None:
    for path in ("/accounts/signup/", "/signup/", "/accounts/social/signup/"):
        assert client.post(path, {"email": "new@people.example"}).status_code == 404


# What has ended is over at the next request ------------------------------------------------------


def status(client: Client, name: str, **arguments: Any) -> int:
    return client.get(reverse(name, kwargs=arguments)).status_code


def test_a_function_ends_at_the_next_request(world: World) -> None:
    client, ref = visitor(world, "manager").client, world.ours.engagement.ref
    assert status(client, "engagement_detail", ref=ref) == 200
    rows = EngagementFunction.objects.filter(user=world.actors["manager"])
    rows.update(ends_on=today())
    assert status(client, "engagement_detail", ref=ref) == 404


def test_a_membership_ends_at_the_next_request(world: World) -> None:
    client, ref = visitor(world, "specialist").client, world.ours.engagement.ref
    assert status(client, "engagement_detail", ref=ref) == 200
    Membership.objects.filter(specialist__user=world.actors["specialist"]).update(ends_on=today())
    assert status(client, "engagement_detail", ref=ref) == 404


def test_a_contact_ends_at_the_next_request(world: World) -> None:
    client, ref = visitor(world, "lead").client, world.ours.engagement.ref
    assert status(client, "status_detail", ref=ref) == 200
    CustomerContact.objects.filter(user=world.actors["lead"]).update(ends_on=today())
    assert status(client, "status_detail", ref=ref) == 404


def test_a_portal_function_ends_at_the_next_request(world: World) -> None:
    client = visitor(world, "admin").client
    assert status(client, "people_list") == 200
    PortalFunction.objects.filter(function="admin").update(ends_on=today())
    assert status(client, "people_list") == 403
    assert status(client, "admin:index") == 404


def test_a_function_of_tomorrow_opens_nothing_today(world: World) -> None:
    stranger, engagement = world.actors["stranger"], world.ours.engagement
    EngagementFunction.objects.create(
        engagement=engagement, user=stranger, function="dm", starts_on=today() + timedelta(days=1)
    )
    assert status(visitor(world, "stranger").client, "engagement_detail", ref=engagement.ref) == 404


@pytest.mark.parametrize("actor", ["manager", "director", "auditor", "specialist"])
def test_looking_in_from_our_side_leaves_no_receipt(world: World, actor: str) -> None:
    before = Receipt.objects.count()
    who = visitor(world, actor)
    for name in ("status_detail", "status_weekly", "status_revision"):
        assert who.visit(name, TABLE[name], "GET", world.ours).status_code == 200
    assert Receipt.objects.count() == before


def test_who_is_deactivated_is_out_at_the_next_request(world: World) -> None:
    client, person = visitor(world, "manager").client, world.actors["manager"]
    people.deactivate_person(person=person, by=world.actors["admin"])
    assert status(client, "needs_me") == 302
    people.reactivate_person(person=User.objects.get(pk=person.pk), by=world.actors["admin"])
    User.objects.filter(pk=person.pk).update(is_active=True)
    assert status(client, "needs_me") == 302, "the old session came back to life"


def test_a_superuser_sees_no_more(world: World) -> None:
    client = visitor(world, "stranger").client
    User.objects.filter(pk=world.actors["stranger"].pk).update(is_superuser=True, is_staff=True)
    assert status(client, "engagement_detail", ref=world.ours.engagement.ref) == 404
    assert status(client, "admin:index") == 404


# Paths and caches --------------------------------------------------------------------------------

TRICKS = [
    "/static/../dm_portal/settings.py",
    "/static/%2e%2e/dm_portal/settings.py",
    "/static/..%2f..%2fetc/passwd",
    "/%2e%2e/manage.py",
    "/var/secret_key",
    "/.git/config",
    "/engagements/%2e%2e/admin/",
    "/status/%00/",
    "/admin/../people/",
]


@pytest.mark.parametrize("path", TRICKS)
def test_tricks_with_paths_find_nothing(world: World, path: str) -> None:
    answer = visitor(world, "lead").client.get(path)
    assert answer.status_code in (400, 404)


def test_a_method_in_a_header_is_no_method(world: World) -> None:
    who = visitor(world, "admin")
    url = reverse("person_detail", kwargs={"ref": world.actors["manager"].ref})
    answer = who.ask("GET", url, HTTP_X_HTTP_METHOD_OVERRIDE="DELETE")
    assert answer.status_code == 200
    assert who.ask("POST", url, {"_method": "DELETE"}).status_code == 405
