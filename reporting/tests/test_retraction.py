"""What was published and is withdrawn: marked where it stands, and nothing rests on it any more."""

from typing import Any

import pytest
from django.urls import reverse

from dm_portal.people.models import AuditEvent, OutgoingMail, User
from dm_portal.shell.errors import DomainError
from engagements.models import Engagement
from reporting.drafting import draft_of, previous_colour, told_since, window_start
from reporting.models import Report, ReportRevision, Retraction, WaitingStatus
from reporting.needs.standing import called, reds_of
from reporting.services.publishing import finish_publication, publish_report, start_correction
from reporting.services.retracting import is_withdrawn, retract_report
from reporting.services.updates import begin_update
from reporting.status_lines import told, values
from reporting.statuses import last_said_of
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import FRIDAY, WEEK, draft, fresh, open_reports, publish, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

WHY = "It spoke of the wrong release."


@pytest.fixture
def weeks(engagement: Engagement, manager: User, friday: Any) -> list[ReportRevision]:
    """Weeks 46 and 47, each published on its Friday."""
    first, second = open_reports(engagement, weeks=2)
    friday.move_to(FRIDAY - WEEK, tick=False)
    one = publish(first, manager)
    friday.move_to(FRIDAY, tick=False)
    ready = write(draft(second), manager, colour="red", our_move="Go.")
    return [one, publish(ready, manager)]


def retract(report: Report, by: User, reason: str = WHY) -> Retraction:
    return retract_report(report=fresh(report), reason=reason, by=by)


def update(engagement: Engagement, by: User) -> Report:
    words = {"paragraph": "It is **down**.", "colour": "red", "colour_reason": ""}
    report = begin_update(engagement=engagement, by=by, **words)
    publish_report(report=report, by=by, delay=0)
    finish_publication(report_id=report.pk)
    return fresh(report)


def test_it_is_kept_with_its_reason_and_its_person(
    weeks: list[ReportRevision], manager: User
) -> None:
    kept = retract(weeks[1].report, manager, f" {WHY} ")
    assert (kept.revision, kept.reason, kept.retracted_at, kept.retracted_by) == (
        weeks[1],
        WHY,
        FRIDAY,
        manager,
    )
    told = AuditEvent.objects.get(verb="report.retracted")
    assert told.after == {"revision": 1, "reason": WHY}
    assert str(kept).endswith("revision 1, withdrawn")


def test_nothing_rests_on_it(
    weeks: list[ReportRevision], engagement: Engagement, manager: User
) -> None:
    first, second = weeks
    words = {"paragraph": "It is down.", "colour": "red", "colour_reason": ""}
    third = begin_update(engagement=engagement, by=manager, **words)
    assert (last_said_of(engagement), window_start(third)) == (second, FRIDAY)
    assert previous_colour(third) == "red"
    retract(second.report, manager)
    assert (last_said_of(engagement), window_start(third)) == (first, FRIDAY - WEEK)
    assert previous_colour(third) == first.colour
    assert draft_of(third, at=FRIDAY).since == FRIDAY - WEEK


def test_who_stands_above_reads_no_colour_that_is_withdrawn(
    weeks: list[ReportRevision], engagement: Engagement, manager: User
) -> None:
    mine = Engagement.objects.filter(pk=engagement.pk)
    assert [red.name for red in reds_of(called(mine), at=FRIDAY)] == ["Atlas"]
    retract(weeks[1].report, manager)
    assert list(reds_of(called(mine), at=FRIDAY)) == []


def test_what_a_withdrawn_update_told_is_to_be_mentioned_again(
    weeks: list[ReportRevision], engagement: Engagement, manager: User, friday: Any
) -> None:
    friday.shift(WEEK / 7)
    report = update(engagement, manager)
    friday.move_to(FRIDAY + WEEK, tick=False)
    later = open_reports(engagement, at=FRIDAY + WEEK, weeks=3)[-1]
    following = draft_of(later, at=FRIDAY + WEEK)
    assert told_since(later, following) == ["It is down."]
    retract(report, manager)
    assert told_since(later, following) == []


def test_a_correction_brings_it_back(
    weeks: list[ReportRevision], engagement: Engagement, manager: User
) -> None:
    report = weeks[1].report
    retract(report, manager)
    start_correction(report=(report := fresh(report)), reason="The right release.", by=manager)
    publish_report(report=report, by=manager, delay=0)
    finish_publication(report_id=report.pk)
    assert not is_withdrawn(report)
    said = last_said_of(engagement)
    assert said is not None
    assert said.number == 2
    assert window_start(Report(engagement=engagement)) == FRIDAY


def test_it_does_not_come_back_once_a_later_status_told_the_same(
    weeks: list[ReportRevision], manager: User
) -> None:
    first = weeks[0]
    retract(first.report, manager)
    with pytest.raises(DomainError, match="is already out, and tells what was withdrawn here"):
        start_correction(report=fresh(first.report), reason="So.", by=manager)


@pytest.mark.parametrize("reason", ["", " "])
def test_it_needs_a_reason(weeks: list[ReportRevision], manager: User, reason: str) -> None:
    with pytest.raises(DomainError, match="Say why it is withdrawn"):
        retract(weeks[1].report, manager, reason)


def test_once_is_enough_and_a_draft_is_not_out(weeks: list[ReportRevision], manager: User) -> None:
    report = weeks[1].report
    retract(report, manager)
    with pytest.raises(DomainError, match="is withdrawn already"):
        retract(report, manager)
    start_correction(report=(report := fresh(report)), reason="So.", by=manager)
    with pytest.raises(DomainError, match="is not “published” but “draft”"):
        retract(report, manager)


def test_its_readers_get_a_letter(weeks: list[ReportRevision], manager: User, lead: User) -> None:
    retract(weeks[1].report, manager)
    letter = OutgoingMail.objects.get(kind="retraction")
    assert (letter.recipient, letter.subject) == (
        lead.email,
        "Withdrawn: Atlas, status of 16–22 Nov 2026",
    )
    assert WHY in letter.text


def test_a_digest_says_so(weeks: list[ReportRevision], manager: User) -> None:
    retract(weeks[1].report, manager)
    revision = ReportRevision.objects.get(pk=weeks[1].pk)
    assert told(revision).withdrawn == WHY
    waiting = WaitingStatus(revision=revision)
    assert values([waiting], needed={})["title"] == "Atlas, 16–22 Nov 2026: withdrawn"


def test_readers_see_why_in_its_place(
    sign_in: SignIn, weeks: list[ReportRevision], manager: User, lead: User
) -> None:
    retract(weeks[1].report, manager)
    ref = weeks[1].report.engagement.ref
    reader = sign_in(lead)
    for name in ("status_detail", "status_archive"):
        page = text_of(reader.get(reverse(name, args=[ref])))
        assert "ithdrawn on" in page
        assert WHY in page
    assert "This status is withdrawn" in text_of(reader.get(reverse("status_detail", args=[ref])))


def test_the_first_revision_says_that_it_was_withdrawn_before_it_was_corrected(
    sign_in: SignIn, weeks: list[ReportRevision], manager: User, lead: User
) -> None:
    report = weeks[1].report
    retract(report, manager)
    start_correction(report=(report := fresh(report)), reason="The right release.", by=manager)
    publish_report(report=report, by=manager, delay=0)
    finish_publication(report_id=report.pk)
    page = text_of(sign_in(lead).get(url(report, "status_weekly")))
    assert f"Before, it was withdrawn: {WHY}" in page
    assert "This status is withdrawn" not in page


def test_an_update_is_withdrawn_alike(
    sign_in: SignIn,
    weeks: list[ReportRevision],
    engagement: Engagement,
    manager: User,
    lead: User,
    friday: Any,
) -> None:
    friday.shift(WEEK / 7)
    report = update(engagement, manager)
    place = [engagement.ref, report.update_number]
    client = sign_in(manager)
    answer = client.post(reverse("update_retraction", args=place), {"reason": WHY})
    assert answer["Location"] == report.get_absolute_url()
    assert "This update is withdrawn" in text_of(client.get(report.get_absolute_url()))
    assert last_said_of(engagement) == weeks[1]
    page = text_of(sign_in(lead).get(reverse("status_detail", args=[engagement.ref])))
    assert "This update is withdrawn" in page
    assert OutgoingMail.objects.get(kind="retraction").subject == "Withdrawn: Atlas, update"


def test_the_page_withdraws_and_says_what_is_missing(
    sign_in: SignIn, weeks: list[ReportRevision], engagement: Engagement, manager: User
) -> None:
    report, client = weeks[1].report, sign_in(manager)
    address = url(report, "report_retraction")
    refused = client.post(address, {"reason": ""})
    assert refused.status_code == 422
    assert "Fill in “Why is it withdrawn?”." in text_of(refused)
    assert client.post(address, {"reason": WHY})["Location"] == url(report)
    assert "This status is withdrawn" in text_of(client.get(url(report)))
    listed = text_of(client.get(reverse("report_list", args=[engagement.ref])))
    assert "Withdrawn" in listed
    again = client.post(address, {"reason": WHY}, follow=True)
    assert "is withdrawn already" in text_of(again)
    place = [engagement.ref, update(engagement, manager).update_number]
    refused = client.post(reverse("update_retraction", args=place), {"reason": ""})
    assert refused.status_code == 422


def test_whoever_may_not_read_a_revision_reads_no_reason(
    weeks: list[ReportRevision], manager: User, lead: User, other_lead: User
) -> None:
    retract(weeks[1].report, manager)
    assert Retraction.objects.visible_to(lead).count() == 1
    assert Retraction.objects.visible_to(other_lead).count() == 0
