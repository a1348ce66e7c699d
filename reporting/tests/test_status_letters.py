"""The mails of a published status: to whom, when, what they say, and when there are none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from hypothesis import given
from time_machine import Traveller

from dm_portal.people import composing, services
from dm_portal.people.models import OutgoingMail, User
from dm_portal.people.services.messages import message_of
from dm_portal.people.tests.letters import NASTY, Read, foreign
from dm_portal.tests.cast import make_contact
from engagements.models import Customer, CustomerContact, Engagement
from reporting import customer, editor, own_letters
from reporting.models import Period, Report, ReportRevision
from reporting.recipients import recipients_of
from reporting.services.publishing import (
    finish_publication,
    publish_report,
    start_correction,
    stop_publication,
)
from reporting.tests.reports import FRIDAY, draft, fresh, open_reports, publish, write

pytestmark = pytest.mark.django_db

DELAY = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def report(engagement: Engagement, manager: User, lead: User) -> Report:
    """A draft of week 47 that can be published as it is, and somebody to read it."""
    return write(draft(open_reports(engagement)[0]), manager)


def choose(person: User, rhythm: str) -> None:
    services.choose_mails(person=person, version=0, rhythms={"status": rhythm}, by=person)


def written_to() -> list[str]:
    return list(OutgoingMail.objects.order_by("recipient").values_list("recipient", flat=True))


# To whom


def test_everybody_of_the_customer_who_gets_mails_gets_one(
    report: Report, manager: User, lead: User, delegate: User, other_lead: User
) -> None:
    revision = publish(report, manager)
    assert written_to() == [delegate.email, lead.email]
    keys = {each.dedup_key for each in OutgoingMail.objects.all()}
    assert keys == {f"status:{revision.pk}:{person.pk}" for person in (lead, delegate)}
    assert {tuple(each.engagements) for each in OutgoingMail.objects.all()} == {
        (report.engagement_id,)
    }


@pytest.mark.parametrize("rhythm", ["daily", "weekly", "never"])
def test_who_wants_no_mail_at_once_gets_none_at_once(
    report: Report, manager: User, lead: User, delegate: User, rhythm: str
) -> None:
    choose(lead, rhythm)
    publish(report, manager)
    assert written_to() == [delegate.email]


def test_who_is_invited_or_gone_gets_none(
    report: Report, manager: User, admin: User, lead: User, delegate: User, customer: Customer
) -> None:
    User.objects.filter(pk=lead.pk).update(is_active=False)
    services.deactivate_person(person=delegate, by=admin)
    past = make_contact("Paul Past", customer)
    CustomerContact.objects.filter(user=past).update(
        starts_on=FRIDAY.date() - 9 * timedelta(days=1), ends_on=FRIDAY.date()
    )
    publish(report, manager)
    assert written_to() == []


def test_who_is_two_things_to_the_customer_gets_one_mail(
    report: Report, manager: User, lead: User, customer: Customer
) -> None:
    CustomerContact.objects.filter(user=lead).update(ends_on=FRIDAY.date() + timedelta(days=9))
    CustomerContact.objects.create(
        customer=customer, user=lead, kind="executive", starts_on=FRIDAY.date()
    )
    publish(report, manager)
    assert written_to() == [lead.email]


def test_what_is_shown_before_is_what_happens(
    report: Report, manager: User, lead: User, delegate: User, executive: User
) -> None:
    choose(delegate, "daily")
    User.objects.filter(pk=executive.pk).update(is_active=False)
    told = {each.user: (each.gets_mail, each.words) for each in recipients_of(report)}
    assert told == {
        lead: (True, "by mail as soon as it is out"),
        delegate: (False, "no mail of its own: it stands in the next daily one"),
        executive: (False, "no mail: invited, has not come yet"),
    }
    publish(report, manager)
    assert written_to() == [person.email for person, (gets, _) in told.items() if gets]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, ""), (45, "45 seconds"), (60, "1 minute"), (90, "90 seconds"), (300, "5 minutes")],
)
def test_it_says_how_long_it_can_be_stopped(settings: Any, seconds: int, words: str) -> None:
    settings.PUBLISH_DELAY = seconds
    assert editor.stop_words() == words


# When


def test_a_draft_tells_nobody(report: Report) -> None:
    assert written_to() == []


def test_while_it_can_be_stopped_nobody_is_told(
    report: Report, manager: User, clock: Traveller
) -> None:
    publish_report(report=report, by=manager)
    assert written_to() == []
    stop_publication(report=fresh(report), by=manager)
    clock.shift(2 * DELAY)
    assert finish_publication(report_id=report.pk) is None
    assert written_to() == []


def test_the_mails_are_written_with_the_revision_or_not_at_all(
    report: Report, manager: User, lead: User
) -> None:
    User.objects.filter(pk=lead.pk).update(email="not an address")
    publish_report(report=report, by=manager, delay=0)
    with pytest.raises(Exception, match="valid email"):
        finish_publication(report_id=report.pk)
    assert not ReportRevision.objects.exists()
    assert written_to() == []


def test_a_week_of_the_past_sends_none(report: Report, manager: User, lead: User) -> None:
    Period.objects.update(is_reconstructed=True)
    told = recipients_of(fresh(report))
    assert [each.words for each in told] == ["no mail: a week of the past, told again"]
    publish(fresh(report), manager)
    assert written_to() == []


# What


def test_the_letter_is_useful_in_itself(report: Report, manager: User, lead: User) -> None:
    publish(report, manager)
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Atlas is on track, 16–22 Nov 2026"
    for text in (mail.text, mail.html):
        assert "● On track" in text
        assert "Refunds are live." in text
        assert "We test them with your bank on Monday." in text
        assert "No date is committed yet." in text
        assert "by Mara Manager" in text
        path = reverse("status_weekly", args=[report.engagement.ref, "2026-W47"])
        assert f"http://127.0.0.1:8000{path}" in text


def test_an_answer_goes_to_who_stands_behind_it(
    report: Report, manager: User, deputy: User, lead: User
) -> None:
    publish(report, deputy)
    message = message_of(OutgoingMail.objects.get()).message()
    assert message["Reply-To"] == "Mara Manager <mara.manager@internal.example>"
    assert message["To"] == "Lena Lead <lena.lead@customer.example>"


def test_a_mail_program_can_end_it(report: Report, manager: User, lead: User) -> None:
    publish(report, manager)
    mail = OutgoingMail.objects.get()
    message = message_of(mail).message()
    url = services.unsubscribe_url(lead, "status")
    assert message["List-Unsubscribe"] == f"<{url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in mail.text
    assert url in mail.html


def test_a_correction_says_what_was_corrected(report: Report, manager: User, lead: User) -> None:
    publish(report, manager)
    start_correction(report=fresh(report), reason="The colour was wrong.", by=manager)
    publish(write(fresh(report), manager, colour="amber"), manager)
    mail = OutgoingMail.objects.order_by("pk").last()
    assert mail is not None
    assert mail.subject == "Corrected: Atlas is at risk, 16–22 Nov 2026"
    path = reverse("status_revision", args=[report.engagement.ref, "2026-W47", 2])
    for text in (mail.text, mail.html):
        assert "The colour was wrong." in text
        assert path in text


@given(words=NASTY, name=NASTY)
def test_no_word_of_a_status_adds_a_link_to_its_letter(words: str, name: str) -> None:
    line = customer.Line(name, (words, words), words)
    status = replace(
        own_letters.STATUS,
        engagement=name,
        headline=words,
        next_name=name,
        reason=words,
        our_move=words,
        speaks_for=name,
        correction_reason=words,
        changed=(line,),
        milestones=(line,),
        delivered=(line,),
        published_by=name,
    )
    values = own_letters.OWN["status"][2]() | {"status": status}
    unsubscribe = {"unsubscribe_url": f"{settings.BASE_URL}/x/", "recipient": "l@x.example"}
    written = composing.compose("status", values | unsubscribe)
    assert foreign(written.text) == foreign(written.html) == []
    read = Read(written.html)
    assert [link for link in read.links if not link.startswith(f"{settings.BASE_URL}/")] == []
    assert "script" not in read.tags
    assert "\n" not in written.subject
