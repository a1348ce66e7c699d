"""A week is named once, when it is opened: what is out bears that name in its frozen text."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.tests.cast import make_engagement
from engagements.models import Customer, Engagement
from reporting.models import Period, Report
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import fresh, open_reports, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

DAY = timedelta(days=1)
RHYTHM = {"status_weekday": 4, "status_hour": time(20)}


@pytest.fixture
def report(engagement: Engagement, manager: User) -> Report:
    """Out, and due on a Thursday evening in Berlin: in Auckland that is Friday."""
    Engagement.objects.filter(pk=engagement.pk).update(**RHYTHM)
    engagement.refresh_from_db()
    report = open_reports(engagement)[0]
    publish(report, manager)
    return fresh(report)


def move_to_auckland(engagement: Engagement) -> None:
    changes = {"time_zone": "Pacific/Auckland", "status_weekday": 5}
    Engagement.objects.filter(pk=engagement.pk).update(**changes)


def test_a_week_keeps_its_name_when_zone_and_due_day_change(
    sign_in: SignIn, manager: User, lead: User, report: Report
) -> None:
    move_to_auckland(report.engagement)
    ref = [report.engagement.ref]
    assert str(fresh(report)) == "Status of the week to Thu 19 Nov 2026 for Atlas"
    client = sign_in(manager)
    assert "Status of the week to Thu 19 Nov 2026" in text_of(client.get(url(report)))
    listing = client.get(reverse("report_list", args=ref)).context["listing"]
    assert listing.rows[-1][0].value == "Week to Thu 19 Nov"
    client = sign_in(lead)
    page = text_of(client.get(reverse("status_detail", args=ref)))
    assert "Atlas</bdi></strong> · the week to Thu 19 Nov 2026" in page
    assert "(the week to Thu 19 Nov 2026)</title>" in page
    archive = client.get(reverse("status_archive", args=ref)).context["listing"]
    assert archive.rows[-1][0].value == "Week to Thu 19 Nov"


# Weeks that were opened before the day was kept


def migrate(name: str) -> None:
    with connection.cursor() as cursor:  # what is checked at the end stands in the way of ALTER
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate([("reporting", name)])


def test_older_weeks_are_named_as_they_were(customer: Customer, manager: User) -> None:
    """By the zone of their engagement, as far as it is known. What was due at midnight of a Monday,
    by a zone that is now west of where it was, stays in its week."""
    days = {"Europe/Berlin": 19, "Pacific/Auckland": 20, "Mars/Olympus_Mons": 19}
    for zone in [*days, "America/New_York"]:
        made = make_engagement(zone, customer=customer, by=manager, **RHYTHM)
        open_reports(made)
    midnight = datetime(2026, 11, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    moved = Period.objects.filter(engagement__name="America/New_York")
    moved.update(opens_at=midnight - 3 * DAY, due_at=midnight)
    migrate("0004_never_emptied")
    Engagement.objects.update(time_zone=F("name"))
    migrate("0005_period_due_on")
    named = dict(Period.objects.values_list("engagement__name", "due_on"))
    wanted = days | {"America/New_York": 16}
    assert named == {zone: date(2026, 11, day) for zone, day in wanted.items()}
