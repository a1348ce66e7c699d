"""The customer's pages: what was published, as it was stored, to nobody else."""

import re
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import models
from django.test import Client
from django.urls import reverse

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.lists import Listing
from dm_portal.tests.cast import make_engagement
from engagements.models import Customer, CustomerContact, Engagement
from reporting import customer
from reporting.models import Receipt, ReportRevision
from reporting.services.publishing import start_correction
from reporting.tests.pages import SignIn, statements, text_of, url
from reporting.tests.reports import FRIDAY, WEEK, fresh, open_reports, publish, write
from reporting.views.status import _remarks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

INDEX = "/status/"


def detail(engagement: Engagement, name: str = "status_detail") -> str:
    return reverse(name, args=[engagement.ref])


@pytest.fixture
def corrected_47(published_47: ReportRevision, manager: User) -> ReportRevision:
    start_correction(report=published_47.report, by=manager, reason="Counted twice.")
    return publish(write(fresh(published_47.report), manager, headline="Nearly live."), manager)


@pytest.fixture
def three_weeks(engagement: Engagement, manager: User, friday: time_machine.Traveller) -> list:
    """Weeks 45, 46 and 47, each published on its own Friday."""
    reports = open_reports(engagement, weeks=3)
    revisions = []
    for number, report in enumerate(reports):
        friday.move_to(FRIDAY - (2 - number) * WEEK, tick=False)
        revisions.append(publish(report, manager))
    return revisions


# Before and after the first


def test_before_the_first_one_reads_when_it_comes(
    sign_in: SignIn, lead: User, engagement: Engagement
) -> None:
    page = text_of(sign_in(lead).get(detail(engagement)))
    assert "Your first status comes by" in page
    assert "Fri 20 Nov, 15:00" in page


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_nothing_is_promised_where_nothing_is_due(
    sign_in: SignIn, lead: User, engagement: Engagement, state: str
) -> None:
    Engagement.objects.update(state=state)
    page = text_of(sign_in(lead).get(detail(engagement)))
    assert "none is due at present" in page


def test_nothing_is_promised_after_the_last_day(
    sign_in: SignIn, lead: User, engagement: Engagement
) -> None:
    Engagement.objects.update(ends_on=date(2026, 11, 6))
    assert "none is due at present" in text_of(sign_in(lead).get(detail(engagement)))


def test_a_first_status_of_the_far_future(
    sign_in: SignIn, lead: User, engagement: Engagement
) -> None:
    Engagement.objects.update(reporting_from=date(2027, 2, 3))
    assert "Fri 5 Feb 2027, 15:00" in text_of(sign_in(lead).get(detail(engagement)))


def test_the_page_is_the_stored_one(
    sign_in: SignIn, lead: User, published_47: ReportRevision
) -> None:
    engagement, weekly = published_47.report.engagement, url(published_47.report, "status_weekly")
    pieces = customer.pieces(customer.article(published_47))
    assert "".join(piece.html for piece in pieces) == published_47.html
    for address in (detail(engagement), weekly):
        shown = sign_in(lead).get(address).content.decode()
        places = [shown.index(piece.html) for piece in pieces]
        assert places == sorted(places)


def test_who_may_not_ask_gets_a_week_to_the_byte(
    sign_in: SignIn, manager: User, published_47: ReportRevision
) -> None:
    weekly = url(published_47.report, "status_weekly")
    assert published_47.html in sign_in(manager).get(weekly).content.decode()


def test_the_last_published_week_is_shown_and_the_others_are_near(
    sign_in: SignIn, lead: User, three_weeks: list[ReportRevision]
) -> None:
    _, middle, last = three_weeks
    page = sign_in(lead).get(detail(last.report.engagement)).context["page"]
    assert page.article == last.html
    assert (page.earlier.words, page.later) == ("9–15 Nov 2026", None)
    assert page.earlier.url == url(middle.report, "status_weekly")


def test_an_earlier_week_knows_its_neighbours(
    sign_in: SignIn, lead: User, three_weeks: list[ReportRevision]
) -> None:
    first, middle, last = three_weeks
    page = sign_in(lead).get(url(middle.report, "status_weekly")).context["page"]
    assert page.earlier.url == url(first.report, "status_weekly")
    assert page.later.url == url(last.report, "status_weekly")


def test_a_later_draft_does_not_shine_through(
    sign_in: SignIn, lead: User, manager: User, published_47: ReportRevision
) -> None:
    start_correction(report=published_47.report, by=manager, reason="Counted twice.")
    write(fresh(published_47.report), manager, headline="Unpublished words.")
    page = text_of(sign_in(lead).get(detail(published_47.report.engagement)))
    assert "Unpublished words." not in page
    assert "Counted twice." not in page


# Corrections


def test_the_week_is_for_ever_what_was_first_published(
    sign_in: SignIn, lead: User, published_47: ReportRevision, corrected_47: ReportRevision
) -> None:
    page = sign_in(lead).get(url(published_47.report, "status_weekly")).context["page"]
    assert page.article == published_47.html
    assert page.correction.reason == "Counted twice."
    assert page.correction.url == url(published_47.report, "status_revision", 2)


def test_a_correction_leads_back_to_what_was_first_published(
    sign_in: SignIn, lead: User, corrected_47: ReportRevision
) -> None:
    address = url(corrected_47.report, "status_revision", 2)
    page = sign_in(lead).get(address).context["page"]
    assert page.article == corrected_47.html
    assert page.correction is None
    assert page.first_url == url(corrected_47.report, "status_weekly")


def test_the_latest_is_the_correction(
    sign_in: SignIn, lead: User, corrected_47: ReportRevision
) -> None:
    page = sign_in(lead).get(detail(corrected_47.report.engagement)).context["page"]
    assert page.article == corrected_47.html


@pytest.mark.parametrize("number", [0, 3])
def test_a_revision_that_was_not_published_is_not_found(
    sign_in: SignIn, lead: User, corrected_47: ReportRevision, number: int
) -> None:
    address = url(corrected_47.report, "status_revision", number)
    assert sign_in(lead).get(address).status_code == 404


@pytest.mark.parametrize("week", ["2026-W46", "2026-W99"])
def test_a_week_that_was_not_published_is_not_found(
    sign_in: SignIn, lead: User, published_47: ReportRevision, week: str
) -> None:
    address = reverse("status_weekly", args=[published_47.report.engagement.ref, week])
    assert sign_in(lead).get(address).status_code == 404


# Seen by


def test_reading_is_noted_with_first_and_last(
    sign_in: SignIn, lead: User, published_47: ReportRevision, friday: time_machine.Traveller
) -> None:
    client = sign_in(lead)
    client.get(detail(published_47.report.engagement))
    friday.shift(timedelta(hours=2))
    client.get(url(published_47.report, "status_weekly"))
    receipt = Receipt.objects.get()
    assert (receipt.revision, receipt.user) == (published_47, lead)
    assert receipt.last_seen - receipt.first_seen == timedelta(hours=2)


@pytest.mark.parametrize("who", ["manager", "director", "specialist"])
def test_our_looking_leaves_no_receipt_and_says_so(
    request: pytest.FixtureRequest, sign_in: SignIn, published_47: ReportRevision, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    page = text_of(client.get(detail(published_47.report.engagement)))
    assert "You see what Northwind Bank sees; it is not recorded as read." in page
    assert not Receipt.objects.exists()
    assert not AuditEvent.objects.filter(verb="report.seen").exists()


def test_the_customer_reads_without_a_ribbon(
    sign_in: SignIn, lead: User, published_47: ReportRevision
) -> None:
    assert "View as customer" not in text_of(
        sign_in(lead).get(detail(published_47.report.engagement))
    )


# The index and the archive


def test_one_engagement_is_reached_straight(
    sign_in: SignIn, lead: User, engagement: Engagement
) -> None:
    response = sign_in(lead).get(INDEX)
    assert (response.status_code, response["Location"]) == (302, detail(engagement))


def test_several_engagements_are_listed_with_what_was_last_said(
    sign_in: SignIn, lead: User, manager: User, published_47: ReportRevision
) -> None:
    make_engagement("Zephyr", customer=published_47.report.engagement.customer, by=manager)
    first, second = sign_in(lead).get(INDEX).context["cards"]
    assert (first.name, first.shape, first.headline, first.week) == (
        "Atlas",
        "on_track",
        "Refunds are live.",
        "16–22 Nov 2026",
    )
    assert (second.name, second.shape, second.headline) == ("Zephyr", "", "")


def test_no_engagement_yet(sign_in: SignIn, lead: User) -> None:
    assert "Nothing to read yet" in text_of(sign_in(lead).get(INDEX))


def test_ours_see_theirs_in_the_index(
    sign_in: SignIn, manager: User, engagement: Engagement, other_engagement: Engagement
) -> None:
    cards = sign_in(manager).get(INDEX).context["cards"]
    assert [card.name for card in cards] == ["Atlas"]


def test_the_archive_holds_each_week_as_it_stands_today(
    sign_in: SignIn, lead: User, three_weeks: list[ReportRevision], manager: User
) -> None:
    report = three_weeks[1].report
    start_correction(report=report, by=manager, reason="Counted twice.")
    publish(write(fresh(report), manager, headline="Nearly live."), manager)
    listing = sign_in(lead).get(detail(report.engagement, "status_archive")).context["listing"]
    assert [(row[0].value, row[2].value, row[2].note) for row in listing.rows] == [
        ("16–22 Nov", "Refunds are live.", ""),
        ("9–15 Nov", "Nearly live.", "Corrected"),
        ("2–8 Nov", "Refunds are live.", ""),
    ]
    assert listing.rows[1][0].url == url(report, "status_revision", 2)


@pytest.mark.parametrize(
    ("number", "on", "words"),
    [
        (1, None, ""),
        (1, date(2026, 11, 20), "Reconstructed"),
        (3, date(2026, 11, 20), "Corrected, reconstructed"),
    ],
)
def test_what_the_archive_remarks(number: int, on: date | None, words: str) -> None:
    assert _remarks(ReportRevision(number=number, reconstructed_on=on)) == words


def test_the_archive_is_filtered_and_downloaded(
    sign_in: SignIn, lead: User, three_weeks: list[ReportRevision]
) -> None:
    address = detail(three_weeks[0].report.engagement, "status_archive")
    client = sign_in(lead)
    assert client.get(f"{address}?colour=red").context["listing"].rows == []
    response = client.get(f"{address}?format=csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0] == "Week,Status,Headline,Remarks,Published"
    assert re.match(r"\d{4}-W\d\d,On track,", lines[1])
    assert len(lines) == 4


def test_the_archive_speaks_by_the_engagements_clock(
    sign_in: SignIn, lead: User, published_47: ReportRevision
) -> None:
    engagement = published_47.report.engagement
    here = published_47.published_at.astimezone(ZoneInfo(engagement.time_zone))
    page = text_of(sign_in(lead).get(detail(engagement, "status_archive")))
    assert f"{here:%H:%M}" in page
    assert f"{published_47.published_at:%H:%M}" not in page


def test_readers_are_told_that_it_is_seen(
    sign_in: SignIn, lead: User, manager: User, published_47: ReportRevision
) -> None:
    sentence = "sees when you first and last read this page"
    address = detail(published_47.report.engagement)
    assert sentence in text_of(sign_in(lead).get(address))
    assert sentence not in text_of(sign_in(manager).get(address))


def test_an_empty_archive(sign_in: SignIn, lead: User, engagement: Engagement) -> None:
    page = text_of(sign_in(lead).get(detail(engagement, "status_archive")))
    assert "Nothing has been published yet" in page


# Doors


@pytest.mark.parametrize("name", ["status_detail", "status_archive"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lead", 200),
        ("delegate", 200),
        ("executive", 200),
        ("manager", 200),
        ("specialist", 200),
        ("admin", 200),
        ("auditor", 200),
        ("other_lead", 404),
        ("other_manager", 404),
        ("stranger", 404),
    ],
)
def test_who_reads_a_status(
    request: pytest.FixtureRequest,
    sign_in: SignIn,
    published_47: ReportRevision,
    name: str,
    who: str,
    status: int,
) -> None:
    engagement = published_47.report.engagement
    client = sign_in(request.getfixturevalue(who))
    assert client.get(detail(engagement, name)).status_code == status
    weekly = client.get(url(published_47.report, "status_weekly"))
    assert weekly.status_code == status


def test_a_contact_who_left_reads_nothing_at_the_next_request(
    sign_in: SignIn, lead: User, published_47: ReportRevision
) -> None:
    client = sign_in(lead)
    address = url(published_47.report, "status_weekly")
    assert client.get(address).status_code == 200
    CustomerContact.objects.filter(user=lead).update(ends_on=FRIDAY.date())
    assert client.get(address).status_code == 404
    assert client.get(INDEX).context["cards"] == []


def test_a_foreign_reference_answers_as_one_that_does_not_exist(
    sign_in: SignIn, other_lead: User, published_47: ReportRevision
) -> None:
    client = sign_in(other_lead)
    foreign = client.get(detail(published_47.report.engagement))
    missing = client.get(reverse("status_detail", args=["aaaaaaaaaa"]))
    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)


def test_whoever_is_not_signed_in_is_asked_to(client: Client, published_47: ReportRevision) -> None:
    for address in (INDEX, url(published_47.report, "status_weekly")):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


def test_reading_only(sign_in: SignIn, lead: User, published_47: ReportRevision) -> None:
    client = sign_in(lead)
    engagement = published_47.report.engagement
    for address in (
        INDEX,
        detail(engagement),
        detail(engagement, "status_archive"),
        url(published_47.report, "status_weekly"),
        url(published_47.report, "status_revision", 1),
    ):
        assert client.post(address).status_code == 405


# What templates get


def rows_in(value: Any) -> list[Any]:
    """Every row or query of the database that a value leads to."""
    if isinstance(value, Listing):
        return rows_in(list(value.rows))
    if is_dataclass(value):
        return [row for field in fields(value) for row in rows_in(getattr(value, field.name))]
    if isinstance(value, list | tuple):
        return [row for each in value for row in rows_in(each)]
    return [value] if isinstance(value, models.Model | models.QuerySet | models.Manager) else []


@pytest.mark.parametrize("path", ["detail", "weekly", "archive", "index", "first"])
def test_templates_get_frozen_values_only(
    sign_in: SignIn, lead: User, manager: User, published_47: ReportRevision, path: str
) -> None:
    customer = published_47.report.engagement.customer
    young = make_engagement("Zephyr", customer=customer, by=manager)
    address = {
        "detail": detail(published_47.report.engagement),
        "weekly": url(published_47.report, "status_weekly"),
        "archive": detail(published_47.report.engagement, "status_archive"),
        "index": INDEX,
        "first": detail(young),
    }[path]
    contexts = sign_in(lead).get(address).context
    found = {
        key: rows_in(value)
        for context in contexts
        for each in context.dicts
        for key, value in each.items()
        if key != "user" and rows_in(value)
    }
    assert found == {}


# Statements


def test_statements_do_not_grow(
    sign_in: SignIn, lead: User, three_weeks: list[ReportRevision], manager: User
) -> None:
    client = sign_in(lead)
    engagement = three_weeks[0].report.engagement
    client.get(detail(engagement))  # the first reading is on the record as well
    pages = {
        "detail": detail(engagement),
        "archive": detail(engagement, "status_archive"),
    }
    found = {name: statements(client, address) for name, address in pages.items()}
    assert found == {"detail": 9, "archive": 5}


@pytest.mark.parametrize("number", [2, 12])
def test_statements_of_the_index(
    sign_in: SignIn, lead: User, customer: Customer, manager: User, number: int
) -> None:
    for n in range(number):
        make_engagement(f"Engagement {n}", customer=customer, by=manager)
    assert statements(sign_in(lead), INDEX) == 4
