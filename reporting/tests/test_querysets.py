"""Which rows of reporting a person may see, compared by the rows returned."""

import pytest
from django.contrib.auth.models import AnonymousUser

from dm_portal.people.models import User
from dm_portal.people.services import queue_mail
from dm_portal.shell.clock import now
from engagements.models import Engagement
from reporting.models import (
    Facts,
    Period,
    Receipt,
    Reminder,
    Report,
    ReportRevision,
    WaitingStatus,
)
from reporting.services.publishing import start_correction
from reporting.services.receipts import record_receipts
from reporting.tests.reports import draft, fresh, open_reports, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

# What was told to whom, of ours alone.
TOLD = (Receipt, Reminder, WaitingStatus)
DRAFTS = {"manager", "deputy", "architect", "director", "auditor"}
PUBLISHED = DRAFTS | {"admin", "tech_lead", "specialist", "lead", "delegate", "executive"}
EVERYBODY = sorted(
    PUBLISHED | {"other_manager", "other_specialist", "other_lead", "stranger", "deactivated"}
)


@pytest.fixture
def both_sides(
    published_47: ReportRevision, lead: User, other_engagement: object, other_manager: User
) -> ReportRevision:
    """A published and read status; and one of the other customer, which could leak."""
    record_receipts(revisions=[published_47], user=lead)
    mail = queue_mail(
        kind="reminder", recipient=lead.email, subject="Due", text="Soon.", dedup_key="reminder"
    )
    told = {"user": lead, "mail": mail, "created_at": now()}
    Reminder.objects.create(report=published_47.report, step="soon", **told)
    WaitingStatus.objects.create(revision=published_47, user=lead)
    publish(open_reports(other_engagement)[0], other_manager)
    return published_47


def of_ours(model: type, user: object, revision: ReportRevision) -> bool:
    """Whether exactly our rows are seen, or none."""
    seen = set(model.objects.visible_to(user).values_list("pk", flat=True))
    report = revision.report
    ours = {
        Report: {report.pk},
        Period: {report.period_id},
        Facts: {revision.facts_id},
        ReportRevision: {revision.pk},
        **{each: set(each.objects.values_list("pk", flat=True)) for each in TOLD},
    }[model]
    assert seen in (set(), ours)
    return bool(seen)


@pytest.mark.parametrize("who", sorted(set(EVERYBODY) - {"other_manager", "other_lead"}))
def test_who_sees_what(
    request: pytest.FixtureRequest, both_sides: ReportRevision, who: str
) -> None:
    user = request.getfixturevalue(who)
    everything = who in {"director", "auditor", "admin"}
    for model in (Report, Period, Facts, *TOLD):
        if not everything:
            assert of_ours(model, user, both_sides) is (who in DRAFTS)
    if not everything:
        assert of_ours(ReportRevision, user, both_sides) is (who in PUBLISHED)


@pytest.mark.parametrize(("who", "number"), [("director", 2), ("auditor", 2), ("admin", 0)])
def test_who_reads_the_portal_sees_both_sides(
    request: pytest.FixtureRequest, both_sides: ReportRevision, who: str, number: int
) -> None:
    user = request.getfixturevalue(who)
    assert Report.objects.visible_to(user).count() == number
    assert ReportRevision.objects.visible_to(user).count() == 2


def test_others_see_theirs_only(
    both_sides: ReportRevision, other_manager: User, other_lead: User
) -> None:
    for user in (other_manager, other_lead):
        [revision] = ReportRevision.objects.visible_to(user)
        assert revision != both_sides


def test_anonymous_sees_nothing(both_sides: ReportRevision) -> None:
    for model in (Report, Period, Facts, ReportRevision, *TOLD):
        assert not model.objects.visible_to(AnonymousUser()).exists()


@pytest.mark.parametrize(
    ("who", "number"),
    [("manager", 2), ("specialist", 1), ("admin", 1), ("lead", 0), ("stranger", 0)],
)
def test_what_is_listed(
    request: pytest.FixtureRequest, manager: User, engagement: object, who: str, number: int
) -> None:
    """One of two weeks is out."""
    first, second = open_reports(engagement, weeks=2)
    publish(first, manager)
    draft(second)
    user = request.getfixturevalue(who)
    assert Report.objects.listed_for(user).count() == number


def test_only_failed_reports_are_sent_round_again(
    admin: User, manager: User, week_47: Report
) -> None:
    assert not Report.objects.retryable_by(admin).exists()
    Report.objects.update(state="parked")
    assert list(Report.objects.retryable_by(admin)) == [week_47]
    assert not Report.objects.retryable_by(manager).exists()


def test_what_a_report_last_said(
    published_47: ReportRevision, lead: User, manager: User, specialist: User
) -> None:
    record_receipts(revisions=[published_47], user=lead)
    mail = queue_mail(
        kind="reminder", recipient=lead.email, subject="Due", text="Soon.", dedup_key="reminder"
    )
    told = {"user": lead, "mail": mail, "created_at": now()}
    Reminder.objects.create(report=published_47.report, step="soon", **told)
    WaitingStatus.objects.create(revision=published_47, user=lead)
    report = Report.objects.with_published(manager).get()
    assert (report.said_pk, report.said_number) == (published_47.pk, 1)
    assert (report.said_colour, report.said_headline) == ("green", "Refunds are live.")
    assert report.seen_by == ["Lena Lead"]
    assert Report.objects.with_published(specialist).get().seen_by == []


def test_a_report_that_has_said_nothing(draft_47: Report, manager: User) -> None:
    report = Report.objects.with_published(manager).get()
    assert (report.said_pk, report.said_at, report.seen_by) == (None, None, [])


def test_a_week_that_a_later_status_told_is_left_out(engagement: Engagement, manager: User) -> None:
    first, second = open_reports(engagement, weeks=2)
    draft(first)
    assert Report.objects.not_left_out().count() == 2
    publish(second, manager)
    told = {row.pk: row.is_left_out for row in Report.objects.with_published(manager)}
    assert told == {first.pk: True, second.pk: False}
    assert list(Report.objects.not_left_out()) == [second]


def test_a_correction_is_never_left_out(engagement: Engagement, manager: User) -> None:
    first, second = open_reports(engagement, weeks=2)
    publish(first, manager)
    publish(second, manager)
    start_correction(report=fresh(first), reason="A wrong name.", by=manager)
    assert Report.objects.not_left_out().filter(state="draft").count() == 1
