"""Who on the customer's side has read a revision, first and last."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from dm_portal.people.models import AuditEvent, User
from engagements.models import Engagement
from reporting.models import Receipt, ReportRevision
from reporting.services.receipts import record_receipts
from reporting.tests.reports import FRIDAY, meanwhile, open_reports, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def revision(engagement: Engagement, manager: User) -> ReportRevision:
    with time_machine.travel(FRIDAY, tick=False):
        return publish(open_reports(engagement)[0], manager)


def test_the_first_reading_and_the_last_are_kept(revision: ReportRevision, lead: User) -> None:
    for hours in (1, 2, 3):
        with time_machine.travel(FRIDAY + timedelta(hours=hours), tick=False):
            record_receipts(revisions=[revision], user=lead)
    receipt = Receipt.objects.get()
    assert (receipt.user, receipt.revision) == (lead, revision)
    assert receipt.first_seen == FRIDAY + timedelta(hours=1)
    assert receipt.last_seen == FRIDAY + timedelta(hours=3)


def test_the_first_reading_is_on_the_record_once(revision: ReportRevision, lead: User) -> None:
    record_receipts(revisions=[revision], user=lead)
    record_receipts(revisions=[revision], user=lead)
    event = AuditEvent.objects.get(verb="report.seen")
    assert (event.actor_name, event.after) == ("Lena Lead", {"revision": 1})


def test_two_first_readings_at_once_are_one(revision: ReportRevision, lead: User) -> None:
    other = lambda: record_receipts(revisions=[revision], user=lead)  # noqa: E731
    with meanwhile(other, before='SELECT "reporting_receipt"'):
        record_receipts(revisions=[revision], user=lead)
    assert Receipt.objects.count() == AuditEvent.objects.filter(verb="report.seen").count() == 1


def test_each_reader_has_their_own(revision: ReportRevision, lead: User, executive: User) -> None:
    for hours, user in ((1, lead), (2, executive), (3, executive)):
        with time_machine.travel(FRIDAY + timedelta(hours=hours), tick=False):
            record_receipts(revisions=[revision], user=user)
    seen = Receipt.objects.order_by("first_seen").values_list("user", "last_seen")
    assert list(seen) == [
        (lead.pk, FRIDAY + timedelta(hours=1)),
        (executive.pk, FRIDAY + timedelta(hours=3)),
    ]


def test_who_only_looks_whether_it_is_there_has_not_read_it(
    revision: ReportRevision, lead: User, client: Client
) -> None:
    client.force_login(lead)
    url = reverse("status_detail", kwargs={"ref": revision.report.engagement.ref})
    assert client.head(url).status_code == 200
    assert not Receipt.objects.exists()
    assert client.get(url).status_code == 200
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize("who", ["manager", "director", "admin", "deactivated"])
def test_looking_in_from_our_side_leaves_nothing(
    revision: ReportRevision, who: str, request: pytest.FixtureRequest
) -> None:
    record_receipts(revisions=[revision], user=request.getfixturevalue(who))
    assert not Receipt.objects.exists()
