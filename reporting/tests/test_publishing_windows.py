"""Statuses follow each other without gap or overlap; a correction speaks of the same instant."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Engagement
from reporting.drafting import Draft
from reporting.models import Facts, Report, ReportRevision
from reporting.services import publishing as publishing_services
from reporting.services.drafts import save_draft
from reporting.services.publishing import (
    drop_correction,
    finish_publication,
    publish_report,
    start_correction,
)
from reporting.services.ticks import open_periods
from reporting.tests.reports import (
    FRIDAY,
    WEEK,
    draft,
    fresh,
    meanwhile,
    open_reports,
    publish,
    write,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def report(engagement: Engagement, manager: User) -> Report:
    """A draft of week 47 that can be published as it is."""
    return write(draft(open_reports(engagement)[0]), manager)


@pytest.fixture
def publishing(report: Report, manager: User) -> Report:
    publish_report(report=report, by=manager)
    return fresh(report)


# Corrections


def test_a_correction_is_the_next_revision_of_the_same_instant(
    report: Report, manager: User, clock: Traveller
) -> None:
    first = publish(report, manager)
    clock.shift(timedelta(hours=3))
    again = fresh(report)
    start_correction(report=again, reason=" Refunds are not live. ", by=manager)
    second = publish(write(again, manager, headline="Refunds come on Monday."), manager)
    assert (second.number, second.headline) == (2, "Refunds come on Monday.")
    assert second.correction_reason == "Refunds are not live."
    assert second.published_at == FRIDAY + timedelta(hours=3)
    assert second.facts.as_of == first.facts.as_of == FRIDAY
    assert fresh(report).correction_reason == ""
    assert [r.headline for r in ReportRevision.objects.order_by("number")] == [
        "Refunds are live.",
        "Refunds come on Monday.",
    ]


def test_a_correction_has_a_reason(report: Report, manager: User) -> None:
    publish(report, manager)
    with pytest.raises(DomainError, match="Say what was wrong"):
        start_correction(report=fresh(report), reason="  ", by=manager)


@pytest.mark.parametrize("state", ["report", "publishing"])
def test_only_what_is_out_is_corrected(
    state: str, manager: User, request: pytest.FixtureRequest
) -> None:
    report = request.getfixturevalue(state)
    with pytest.raises(DomainError, match="is not “published” but"):
        start_correction(report=report, reason="Wrong.", by=manager)


@pytest.fixture
def corrected(report: Report, manager: User) -> Report:
    """Published, opened by mistake, and written on since."""
    publish(report, manager)
    again = fresh(report)
    start_correction(report=again, reason="Wrong.", by=manager)
    return write(
        again, manager, headline="Typed.", colour="red", our_move="Go.", colour_reason="So."
    )


KEPT = (
    *("state", "headline", "our_move", "colour", "colour_reason", "correction_reason"),
    *("drafted", "compiled_as_of", "attempts", "last_error"),
)


def test_a_dropped_correction_leaves_the_report_as_it_was(report: Report, manager: User) -> None:
    publish(report, manager)
    before, again = fresh(report), fresh(report)
    start_correction(report=again, reason="Wrong.", by=manager)
    write(again, manager, headline="Typed.", colour="red", our_move="Go.", colour_reason="So.")
    drop_correction(report=again, version=again.version, by=manager)
    after = fresh(report)
    assert [getattr(after, name) for name in KEPT] == [getattr(before, name) for name in KEPT]
    assert [each.headline for each in ReportRevision.objects.all()] == ["Refunds are live."]


def test_of_a_dropped_correction_the_record_keeps_what_was_typed(
    corrected: Report, manager: User, deputy: User
) -> None:
    drop_correction(report=corrected, version=corrected.version, by=deputy)
    event = AuditEvent.objects.get(verb="report.correction_dropped")
    assert (event.actor_name, event.before) == (
        "Dario Deputy",
        {
            "reason": "Wrong.",
            "headline": "Typed.",
            "our_move": "Go.",
            "colour": "red",
            "colour_reason": "So.",
        },
    )


def test_the_second_correction_dropped_leads_back_to_the_first(
    corrected: Report, manager: User
) -> None:
    publish(corrected, manager)
    again = fresh(corrected)
    start_correction(report=again, reason="Wrong, too.", by=manager)
    write(again, manager, headline="Typed again.")
    drop_correction(report=again, version=again.version, by=manager)
    assert (fresh(again).headline, fresh(again).colour) == ("Typed.", "red")


@pytest.mark.parametrize("state", ["report", "publishing"])
def test_where_no_correction_is_written_none_is_dropped(
    state: str, manager: User, request: pytest.FixtureRequest
) -> None:
    report = request.getfixturevalue(state)
    with pytest.raises(DomainError, match="No correction of Status of 16–22 Nov 2026 for Atlas is"):
        drop_correction(report=report, version=report.version, by=manager)
    assert fresh(report).version == report.version


def test_a_correction_is_dropped_once(corrected: Report, manager: User) -> None:
    drop_correction(report=corrected, version=corrected.version, by=manager)
    with pytest.raises(DomainError, match="is being written"):
        drop_correction(report=corrected, version=corrected.version, by=manager)


def test_nobody_drops_what_they_have_not_read(
    corrected: Report, manager: User, deputy: User
) -> None:
    read = corrected.version
    write(corrected, deputy, headline="Theirs.", colour="red")
    with pytest.raises(Conflict):
        drop_correction(report=corrected, version=read, by=manager)
    assert fresh(corrected).headline == "Theirs."


def test_of_a_save_and_a_drop_at_once_the_faster_stands(corrected: Report, manager: User) -> None:
    saves = lambda: Report.objects.update(version=F("version") + 1)  # noqa: E731
    with (
        meanwhile(saves, before='UPDATE "reporting_report"'),
        pytest.raises(Conflict, match="Somebody else changed"),
    ):
        drop_correction(report=corrected, version=corrected.version, by=manager)
    assert fresh(corrected).correction_reason == "Wrong."


# Windows


def windows(engagement: Engagement) -> list[tuple[object, object]]:
    stored = Facts.objects.filter(engagement=engagement).order_by("pk")
    bodies = [json.loads(each.body) for each in stored]
    return [(body["since"], body["as_of"]) for body in bodies]


def test_windows_follow_each_other_when_the_due_day_changes(
    engagement: Engagement, manager: User, clock: Traveller
) -> None:
    [first] = open_reports(engagement)
    publish(first, manager)
    Engagement.objects.filter(pk=engagement.pk).update(status_weekday=2)
    for _ in range(2):
        clock.shift(4 * timedelta(days=1))
        open_periods(at=FRIDAY + WEEK * 2)
        publish(Report.objects.filter(state="due").order_by("period__starts_on")[0], manager)
    assert windows(engagement) == [
        (None, "2026-11-20T12:00:00Z"),
        ("2026-11-20T12:00:00Z", "2026-11-24T12:00:00Z"),
        ("2026-11-24T12:00:00Z", "2026-11-28T12:00:00Z"),
    ]


def test_a_week_left_out_is_told_by_the_next_and_cannot_follow_it(
    engagement: Engagement, manager: User
) -> None:
    first, left_out, last = open_reports(engagement, weeks=3)
    publish(first, manager)
    publish(last, manager)
    ready = write(draft(left_out), manager)
    with pytest.raises(DomainError, match="16–22 Nov 2026 for Atlas is already out"):
        publish_report(report=ready, by=manager)


def test_an_earlier_week_can_be_corrected_after_a_later_one_is_out(
    engagement: Engagement, manager: User, clock: Traveller
) -> None:
    first, second = open_reports(engagement, weeks=2)
    publish(first, manager)
    clock.shift(WEEK)
    publish(second, manager)
    again = fresh(first)
    start_correction(report=again, reason="A figure was wrong.", by=manager)
    publish(again, manager)
    assert windows(engagement)[2] == windows(engagement)[0] == (None, "2026-11-20T12:00:00Z")


def test_one_status_of_an_engagement_goes_out_at_a_time(
    engagement: Engagement, manager: User
) -> None:
    first, second = (draft(report) for report in open_reports(engagement, weeks=2))
    publish_report(report=write(first, manager), by=manager)
    with pytest.raises(DomainError, match="9–15 Nov 2026 for Atlas is being published"):
        publish_report(report=write(second, manager), by=manager)


def test_what_was_saved_is_not_worked_out_again(report: Report, manager: User) -> None:
    saved = save(report, manager)
    with CaptureQueriesContext(connection) as statements:
        publish_report(report=report, by=manager, draft=saved)
    assert not [each for each in statements if 'FROM "engagements_workitem"' in each["sql"]]
    assert json.loads(fresh(report).frozen_facts) == saved.body


def test_what_was_saved_is_worked_out_again_where_another_status_went_out(
    engagement: Engagement, manager: User, clock: Traveller
) -> None:
    """Else both would tell of the same days."""
    first, second = (draft(report) for report in open_reports(engagement, weeks=2))
    publish_report(report=write(first, manager), by=manager, delay=0)
    saved = save(second, manager)
    finish_publication(report_id=first.pk)
    publish_report(report=second, by=manager, draft=saved)
    assert (saved.since, json.loads(fresh(second).frozen_facts)["since"]) == (
        None,
        "2026-11-20T12:00:00Z",
    )


def save(report: Report, by: User) -> Draft:
    words = {"headline": "Live.", "our_move": "", "colour": "green", "colour_reason": ""}
    return save_draft(report=report, by=by, version=report.version, **words)


def test_other_engagements_stand_in_nobodys_way(
    publishing: Report, other_engagement: Engagement, other_manager: User
) -> None:
    assert publish(open_reports(other_engagement)[0], other_manager).number == 1


def test_another_engagements_status_ends_no_window_of_this_one(
    engagement: Engagement, other_engagement: Engagement, manager: User, other_manager: User
) -> None:
    publish(open_reports(other_engagement, weeks=2)[0], other_manager)
    publish(open_reports(engagement)[-1], manager)
    assert windows(engagement) == [(None, "2026-11-20T12:00:00Z")]


def reconstruct(engagement: Engagement) -> None:
    report_of = {"report__engagement": engagement}
    engagement.periods.filter(**report_of).update(is_reconstructed=True)


def test_a_reconstructed_week_speaks_of_its_deadline_and_says_so(
    engagement: Engagement, manager: User, clock: Traveller
) -> None:
    [report] = open_reports(engagement)
    reconstruct(engagement)
    clock.move_to(datetime(2027, 1, 15, 23, 30, tzinfo=UTC))
    revision = publish(report, manager)
    assert revision.facts.as_of == datetime(2026, 11, 20, 14, tzinfo=UTC)
    assert revision.facts.frozen_at == datetime(2027, 1, 15, 23, 30, tzinfo=UTC)
    assert revision.reconstructed_on == date(2027, 1, 16)  # in Berlin


def test_a_reconstructed_week_says_nothing_of_the_future(
    engagement: Engagement, manager: User
) -> None:
    [report] = open_reports(engagement)
    reconstruct(engagement)
    assert publish(report, manager).facts.as_of == FRIDAY


def test_a_window_is_never_turned_round(
    engagement: Engagement, manager: User, clock: Traveller
) -> None:
    """Week 46 went out after the deadline of week 47, which is then reconstructed."""
    first, second = open_reports(engagement, weeks=2)
    reconstruct(engagement)
    first.period.refresh_from_db()
    first.period.is_reconstructed = False
    first.period.save(update_fields=["is_reconstructed"])
    clock.shift(WEEK)
    publish(first, manager)
    publish(second, manager)
    assert windows(engagement) == [
        (None, "2026-11-27T12:00:00Z"),
        ("2026-11-27T12:00:00Z", "2026-11-27T12:00:00Z"),
    ]


def test_whoever_finishes_a_publication_holds_it_for_a_lease(
    publishing: Report, clock: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second one that comes meanwhile finds it taken: nothing is written twice."""
    clock.shift(timedelta(hours=1))
    meanwhile_found: list[ReportRevision | None] = []
    write_revision = publishing_services._write_revision

    def slowly(report: Report) -> ReportRevision | None:
        assert fresh(report).lease_until is not None
        meanwhile_found.append(finish_publication(report_id=report.pk))
        return write_revision(report)

    monkeypatch.setattr(publishing_services, "_write_revision", slowly)
    assert finish_publication(report_id=publishing.pk) is not None
    assert meanwhile_found == [None]
