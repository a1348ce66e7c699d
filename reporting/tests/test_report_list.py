"""The list of an engagement's statuses: what was said, how it stood, who saw it."""

from datetime import date, datetime

import pytest
import time_machine
from django.urls import reverse

from dm_portal.people.models import User
from engagements.models import Engagement
from reporting.models import Period, Report, ReportRevision
from reporting.services.publishing import start_correction
from reporting.services.receipts import record_receipts
from reporting.tests.pages import SignIn, statements, text_of, url
from reporting.tests.reports import fresh, open_reports, publish, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]


def list_url(engagement: Engagement) -> str:
    return reverse("report_list", args=[engagement.ref])


def test_the_list_says_what_was_said_and_who_saw_it(
    sign_in: SignIn, manager: User, lead: User, published_47: ReportRevision
) -> None:
    record_receipts(revisions=[published_47], user=lead)
    listing = sign_in(manager).get(list_url(published_47.report.engagement)).context["listing"]
    [row] = [[cell.value for cell in cells] for cells in listing.rows]
    assert row == [
        "16–22 Nov",
        "on_track",
        "Refunds are live.",
        "Published",
        published_47.published_at,
        "Lena Lead",
    ]


def test_whoever_may_not_read_drafts_is_led_to_what_was_published(
    sign_in: SignIn, specialist: User, published_47: ReportRevision
) -> None:
    report = published_47.report
    listing = sign_in(specialist).get(list_url(report.engagement)).context["listing"]
    [[week, *_]] = listing.rows
    assert week.url == reverse("status_weekly", args=[report.engagement.ref, "2026-W47"])


def test_a_draft_is_not_listed_for_whoever_may_not_read_it(
    sign_in: SignIn, specialist: User, draft_47: Report
) -> None:
    listing = sign_in(specialist).get(list_url(draft_47.engagement)).context["listing"]
    assert listing.rows == []


def test_states_in_the_list(sign_in: SignIn, manager: User, published_47: ReportRevision) -> None:
    report = published_47.report
    start_correction(report=report, by=manager, reason="Wrong.")
    page = text_of(sign_in(manager).get(list_url(report.engagement)))
    assert "Being corrected" in page


def test_a_correction_in_the_list(
    sign_in: SignIn, manager: User, published_47: ReportRevision
) -> None:
    report = published_47.report
    start_correction(report=report, by=manager, reason="Wrong.")
    publish(write(report, manager), manager)
    assert "Published, corrected" in text_of(sign_in(manager).get(list_url(report.engagement)))


def test_the_list_is_filtered_by_its_url(
    sign_in: SignIn, manager: User, published_47: ReportRevision
) -> None:
    address = list_url(published_47.report.engagement)
    client = sign_in(manager)
    assert len(client.get(f"{address}?state=published").context["listing"].rows) == 1
    assert client.get(f"{address}?state=draft").context["listing"].rows == []
    assert client.get(f"{address}?state=nonsense").status_code == 422


@pytest.mark.parametrize("who", ["specialist", "tech_lead", "admin"])
@pytest.mark.parametrize("state", ["draft", "published", "nonsense"])
def test_no_filter_tells_whoever_reads_no_drafts_what_is_being_corrected(
    request: pytest.FixtureRequest,
    sign_in: SignIn,
    manager: User,
    published_47: ReportRevision,
    who: str,
    state: str,
) -> None:
    report = published_47.report
    start_correction(report=report, by=manager, reason="Wrong.")
    client = sign_in(request.getfixturevalue(who))
    response = client.get(f"{list_url(report.engagement)}?state={state}")
    assert len(response.context["listing"].rows) == 1
    assert response.context["listing"].filter_form is None
    assert "Any state" not in response.content.decode()
    csv = client.get(f"{list_url(report.engagement)}?format=csv&state={state}")
    assert len(b"".join(csv.streaming_content).splitlines()) == 2


def test_the_list_as_csv(sign_in: SignIn, manager: User, published_47: ReportRevision) -> None:
    address = list_url(published_47.report.engagement)
    response = sign_in(manager).get(f"{address}?format=csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0] == "Week,Your call,Headline,State,Published,Seen by"
    assert lines[1].startswith("2026-W47,On track,Refunds are live.,Published,2026-11-20T12:00:00Z")


def test_a_status_due_on_a_monday_is_named_by_that_day(
    sign_in: SignIn, manager: User, lead: User, draft_47: Report
) -> None:
    """Everywhere: who reads it then would take the range for what is still to come."""
    Period.objects.update(due_on=date(2026, 11, 16))
    publish(write(fresh(draft_47), manager), manager)
    engagement = draft_47.engagement
    client = sign_in(manager)
    assert "Status of the week to Mon 16 Nov 2026" in text_of(client.get(url(draft_47)))
    assert (
        client.get(list_url(engagement)).context["listing"].rows[0][0].value == "Week to Mon 16 Nov"
    )
    client = sign_in(lead)
    page = text_of(client.get(reverse("status_detail", args=[engagement.ref])))
    assert "Atlas</bdi></strong> · the week to Mon 16 Nov 2026" in page
    assert "(the week to Mon 16 Nov 2026)</title>" in page
    archive = client.get(reverse("status_archive", args=[engagement.ref])).context["listing"]
    assert archive.rows[0][0].value == "Week to Mon 16 Nov"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-18T12:00Z", "by itself on Thu 19 Nov, 09:00"),
        ("2026-11-18T12:00Z", "is due on Fri 20 Nov, 15:00"),
        ("2026-11-19T12:00Z", "is being written from the imported work"),
    ],
)
def test_an_empty_list_says_when_the_first_draft_comes(
    sign_in: SignIn, manager: User, engagement: Engagement, at: str, said: str
) -> None:
    Engagement.objects.filter(pk=engagement.pk).update(reporting_from=date(2026, 11, 16))
    client = sign_in(manager)
    with time_machine.travel(datetime.fromisoformat(at), tick=False):
        page = text_of(client.get(list_url(engagement)))
    assert "No status is due yet" in page
    assert said in page


def test_an_empty_list_of_a_paused_engagement_says_so(
    sign_in: SignIn, manager: User, engagement: Engagement
) -> None:
    Engagement.objects.filter(pk=engagement.pk).update(state="paused")
    assert "owes no status" in text_of(sign_in(manager).get(list_url(engagement)))


@pytest.mark.parametrize("weeks", [1, 20])
def test_statements_of_the_list(
    sign_in: SignIn,
    manager: User,
    engagement: Engagement,
    weeks: int,
) -> None:
    open_reports(engagement, weeks=weeks)
    client = sign_in(manager)
    assert statements(client, list_url(engagement)) == 8
