from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.test import Client

from dm_portal.people import preferences, services
from dm_portal.people.audit import changes_in_words, sentence
from dm_portal.people.categories import ALWAYS_COME, CATEGORIES, Rhythm
from dm_portal.people.models import AuditEvent, Preference
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict, DomainError


def path_of(person, category="status"):
    """Where the link in a mail leads."""
    return urlsplit(services.unsubscribe_url(person, category)).path


def token_of(person, category="status"):
    return path_of(person, category).rstrip("/").split("/")[-1]


def choose(person, version=0, **rhythms):
    services.choose_mails(person=person, version=version, rhythms=rhythms, by=person)


@pytest.fixture
def mail_program():
    """Nobody who is signed in, and without a CSRF token."""
    return Client(enforce_csrf_checks=True)


# What holds


def test_until_somebody_chooses_the_default_holds(lead, manager):
    assert preferences.chosen_by(lead) == {
        "status": Rhythm.AT_ONCE,
        "escalation": Rhythm.AT_ONCE,
        "security": Rhythm.AT_ONCE,
    }
    assert preferences.rhythm_of(manager, "needs") == Rhythm.DAILY
    assert preferences.rhythm_of(manager, "ahead") == Rhythm.WEEKLY


def test_what_was_chosen_holds(lead, delegate, django_assert_num_queries):
    choose(lead, status="weekly")
    with django_assert_num_queries(1):
        found = preferences.rhythms_of([lead, delegate], "status")
    assert found == {lead.pk: Rhythm.WEEKLY, delegate.pk: Rhythm.AT_ONCE}


def test_what_is_not_offered_any_more_does_not_hold(manager):
    Preference.objects.create(user=manager, category="needs", rhythm="at_once")
    assert preferences.rhythm_of(manager, "needs") == Rhythm.DAILY


def test_every_default_is_one_that_can_be_chosen():
    assert [each.name for each in CATEGORIES.values() if each.default not in each.rhythms] == []
    assert ALWAYS_COME == ("escalation", "security")


# Choosing


def test_a_choice_is_on_record_in_words(manager):
    choose(manager, reminder="never", needs="daily")
    event = AuditEvent.objects.get()
    assert sentence(event) == "Mara Manager chose which mails come, and when"
    assert changes_in_words(event) == "Reminders: Never (was At once)"
    assert preferences.rhythm_of(manager, "reminder") == Rhythm.NEVER


def test_a_choice_of_what_holds_already_changes_nothing(manager):
    choose(manager, reminder="at_once")
    assert not Preference.objects.exists()
    assert not AuditEvent.objects.exists()


def test_two_pages_do_not_undo_each_other(manager):
    choose(manager, reminder="never")
    with pytest.raises(Conflict, match="another page"):
        choose(manager, reminder="daily")
    choose(manager, version=1, reminder="daily")
    assert preferences.version_of(manager) == 2


@pytest.mark.parametrize(
    ("category", "rhythm", "words"),
    [
        ("security", "never", "“Your account” cannot come so"),
        ("escalation", "daily", "“Escalations” cannot come so"),
        ("needs", "at_once", "“What needs you” cannot come so"),
        ("reminder", "hourly", "“Reminders” cannot come so"),
        ("status", "never", "no such mails"),
        ("weather", "never", "no such mails"),
    ],
)
def test_only_what_is_offered_can_be_chosen(manager, category, rhythm, words):
    with pytest.raises(DomainError, match=words):
        choose(manager, **{category: rhythm})
    assert not Preference.objects.exists()


def test_ones_own_choices_are_nobody_elses(manager, admin):
    choose(manager, reminder="never")
    assert Preference.objects.visible_to(manager).count() == 1
    assert not Preference.objects.visible_to(admin).exists()
    assert not Preference.objects.visible_to(None).exists()
    assert str(Preference.objects.get()) == "reminder: never"


# The page


def test_one_chooses_on_a_page(sign_in, lead):
    client = sign_in(lead)
    page = client.get("/accounts/mails/").content.decode()
    assert "Published statuses" in page
    assert "Reminders" not in page
    response = client.post("/accounts/mails/", {"status": "daily", "version": 0})
    assert response.status_code == 302
    assert preferences.rhythm_of(lead, "status") == Rhythm.DAILY


def test_what_cannot_be_chosen_is_refused_at_its_field(sign_in, lead):
    response = sign_in(lead).post("/accounts/mails/", {"status": "hourly", "version": 0})
    assert response.status_code == 422
    assert "status" in response.context["form"].errors


def test_a_page_that_is_too_old_shows_what_was_chosen_since(sign_in, lead):
    services.unsubscribe(token=token_of(lead))
    client = sign_in(lead)
    response = client.post("/accounts/mails/", {"status": "daily", "version": 0})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Another page or a link in a mail saved this" in page
    assert preferences.rhythm_of(lead, "status") == Rhythm.NEVER
    client.post("/accounts/mails/", {"status": "daily", "version": 1})
    assert preferences.rhythm_of(lead, "status") == Rhythm.DAILY


# The link in a mail


def test_following_the_link_changes_nothing(lead, client):
    response = client.get(path_of(lead))
    assert response.status_code == 200
    assert "Send me no more of them" in response.content.decode()
    assert not Preference.objects.exists()


def test_a_mail_program_switches_mails_off_by_one_post(lead, mail_program):
    response = mail_program.post(path_of(lead), {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert "gets no more mails of this kind" in response.content.decode()
    assert preferences.rhythm_of(lead, "status") == Rhythm.NEVER
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor_ref) == ("person.unsubscribed", lead.ref)
    assert changes_in_words(event) == "Published statuses: Never (was At once)"


def test_doing_it_twice_is_doing_it_once(lead, mail_program):
    for _ in range(2):
        assert mail_program.post(path_of(lead)).status_code == 200
    assert AuditEvent.objects.count() == 1


def test_the_same_page_switches_them_on_again(lead, mail_program):
    mail_program.post(path_of(lead))
    page = mail_program.post(path_of(lead), {"rhythm": "daily"}).content.decode()
    assert "once a day" in page
    assert preferences.rhythm_of(lead, "status") == Rhythm.DAILY
    assert [event.verb for event in AuditEvent.objects.order_by("pk")] == [
        "person.unsubscribed",
        "person.mails_chosen",
    ]


def test_no_button_of_the_page_says_anything_else(lead, mail_program):
    assert mail_program.post(path_of(lead), {"rhythm": "hourly"}).status_code == 404
    assert not Preference.objects.exists()


def test_the_link_is_of_its_person_whoever_is_signed_in(lead, delegate, sign_in):
    sign_in(delegate).post(path_of(lead))
    assert preferences.rhythm_of(delegate, "status") == Rhythm.AT_ONCE
    assert preferences.rhythm_of(lead, "status") == Rhythm.NEVER


def test_the_link_of_an_old_mail_works(lead, mail_program, time_machine):
    path = path_of(lead)
    time_machine.move_to(now() + timedelta(days=400))
    assert mail_program.post(path).status_code == 200


def forged(lead, manager):
    """Addresses that nobody of ours has made, or that name what cannot be switched off."""
    token = token_of(lead)
    other = signing.Signer(salt="people.email-change").sign_object([lead.ref, "status"])
    swapped = (
        f"{token_of(lead).partition(':')[0]}:{token_of(manager, 'reminder').partition(':')[2]}"
    )
    return {
        "nonsense": "x" * 43,
        "cut": token[:-1],
        "another's signature": swapped,
        "for another purpose": other,
        "what always comes": token_of(lead, "security"),
        "not for customers": token_of(lead, "reminder"),
        "unknown category": token_of(lead, "weather"),
    }


def test_a_forged_link_is_no_page(lead, manager, mail_program):
    for name, token in forged(lead, manager).items():
        path = f"/accounts/mails/{token}/"
        answers = (mail_program.get(path).status_code, mail_program.post(path).status_code)
        assert answers == (404, 404), name
    assert not Preference.objects.exists()


def test_the_link_of_somebody_who_is_gone_is_no_page(lead, admin, mail_program):
    path = path_of(lead)
    services.deactivate_person(person=lead, by=admin)
    assert mail_program.post(path).status_code == 404


@pytest.mark.parametrize("act", [services.unsubscribe, services.subscribe_again])
def test_services_refuse_a_forged_link_too(db, act):
    more = {"rhythm": "daily"} if act is services.subscribe_again else {}
    with pytest.raises(DomainError, match="does not work"):
        act(token="forged", **more)
