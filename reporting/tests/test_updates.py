"""What is told between two statuses: begun, published after its stop window, corrected, read."""

from datetime import timedelta
from typing import Any

import pytest

from dm_portal.people.models import AuditEvent, OutgoingMail, User
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Engagement, Milestone
from reporting.models import Facts, Receipt, Report, ReportRevision
from reporting.services.attempts import retry_report
from reporting.services.compiling import compile_report
from reporting.services.drafts import save_update
from reporting.services.publishing import (
    drop_correction,
    finish_publication,
    publish_report,
    start_correction,
    stop_publication,
)
from reporting.services.updates import begin_update, discard_update
from reporting.tests.reports import FRIDAY, WEEK, draft, fresh, open_reports, publish, write

pytestmark = pytest.mark.django_db

SAID = "The test system is down. We test against a stand-in from Monday."
DAY = timedelta(days=1)


def begin(engagement: Engagement, by: User, **words: Any) -> Report:
    said = {"paragraph": SAID, "colour": "amber", "colour_reason": ""}
    return begin_update(engagement=engagement, by=by, **(said | words))


def tell(engagement: Engagement, by: User, **words: Any) -> ReportRevision:
    """Straight out."""
    return publish(begin(engagement, by, **words), by)


def test_first_sentence_is_the_headline(
    published_47: ReportRevision, engagement: Engagement, manager: User
) -> None:
    revision = tell(engagement, manager)
    assert revision.headline == "The test system is down."
    assert revision.text["paragraph"] == SAID
    assert revision.text["sentences"] == []
    assert revision.text["previous_colour"] == "green"
    assert SAID in revision.html


def test_facts_are_frozen_as_of_publication(
    friday: Any, published_47: ReportRevision, engagement: Engagement, manager: User
) -> None:
    friday.shift(DAY)
    revision = tell(engagement, manager)
    assert revision.facts.as_of == FRIDAY + DAY
    assert revision.report.state == "published"


def test_update_ends_no_window(
    friday: Any, published_47: ReportRevision, engagement: Engagement, manager: User
) -> None:
    friday.shift(DAY)
    tell(engagement, manager)
    friday.move_to(FRIDAY + WEEK)
    open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    late = Report.objects.get(engagement=engagement, state="due")
    revision = publish(write(draft(late), manager), manager)
    assert '"since":"2026-11-20T12:00:00Z"' in revision.facts.body
    assert revision.text["previous_colour"] == "green"


def test_rules_of_now_are_seen_since_the_last_status(
    friday: Any, published_47: ReportRevision, engagement: Engagement, manager: User
) -> None:
    friday.shift(DAY)
    tell(engagement, manager)
    assert Facts.objects.last_told(engagement, at=FRIDAY + DAY) == FRIDAY
    assert Facts.objects.last_told(engagement, at=FRIDAY - DAY) is None


def test_stop_window_holds_it_back(engagement: Engagement, manager: User, friday: Any) -> None:
    report = begin(engagement, manager)
    publish_report(report=report, by=manager, delay=300)
    assert finish_publication(report_id=report.pk) is None
    stop_publication(report=fresh(report), by=manager)
    assert fresh(report).state == "draft"
    assert not ReportRevision.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_letter_goes_to_whom_statuses_go(
    friday: Any, engagement: Engagement, manager: User, lead: User
) -> None:
    revision = tell(engagement, manager)
    letter = OutgoingMail.objects.get(kind="update")
    assert letter.dedup_key == f"update:{revision.pk}:{lead.pk}"
    assert letter.subject == "Atlas is at risk, update"
    assert SAID.split(". ")[0] in letter.text
    assert f"/status/{engagement.ref}/updates/1/" in letter.text
    assert letter.reply_to == manager


def test_kinder_colour_needs_a_reason(
    checkout: Milestone, engagement: Engagement, manager: User
) -> None:
    with pytest.raises(DomainError, match="Say why your call is better"):
        begin(engagement, manager, colour="green")
    assert not Report.objects.updates().exists()
    revision = tell(engagement, manager, colour="green", colour_reason="Refunds are not needed.")
    assert "Refunds are not needed." in revision.html


@pytest.mark.parametrize(
    ("words", "missing"),
    [({"paragraph": " "}, "Write the paragraph"), ({"colour": ""}, "Confirm the colour")],
)
def test_publishing_needs_words_and_colour(
    engagement: Engagement, manager: User, friday: Any, words: dict[str, str], missing: str
) -> None:
    with pytest.raises(DomainError, match=missing):
        publish_report(report=begin(engagement, manager, **words), by=manager)


def test_save_keeps_both_editors_apart(engagement: Engagement, manager: User, friday: Any) -> None:
    report = begin(engagement, manager)
    words = {"paragraph": "Back.", "colour": "green", "colour_reason": "", "by": manager}
    save_update(report=fresh(report), version=1, **words)
    with pytest.raises(Conflict):
        save_update(report=report, version=1, **words)
    event = AuditEvent.objects.get(verb="report.saved")
    assert event.target_label == "Update no. 1 for Atlas"
    assert event.before == {"paragraph": SAID, "colour": "amber"}


def test_correction_says_why_and_keeps_the_first(
    engagement: Engagement, manager: User, friday: Any
) -> None:
    first = tell(engagement, manager)
    report = fresh(first.report)
    start_correction(report=report, reason="It was Tuesday.", by=manager)
    words = {"paragraph": "Since Tuesday.", "colour": "amber", "colour_reason": ""}
    save_update(report=report, version=report.version, by=manager, **words)
    second = publish(report, manager)
    assert (second.number, second.headline) == (2, "Since Tuesday.")
    assert "It was Tuesday." in second.html
    assert second.facts.as_of == first.facts.as_of


def test_correction_is_of_words_alone(engagement: Engagement, manager: User, friday: Any) -> None:
    report = fresh(tell(engagement, manager).report)
    with pytest.raises(DomainError, match="corrected in its words"):
        start_correction(report=report, reason="x", by=manager, corrects_figures=True)


def test_dropped_correction_leaves_what_was_said(
    engagement: Engagement, manager: User, friday: Any
) -> None:
    report = fresh(tell(engagement, manager).report)
    start_correction(report=report, reason="A slip", by=manager)
    words = {"paragraph": "Else.", "colour": "red", "colour_reason": ""}
    save_update(report=report, version=report.version, by=manager, **words)
    drop_correction(report=report, version=report.version, by=manager)
    stored = fresh(report)
    assert (stored.state, stored.paragraph, stored.colour) == ("published", SAID, "amber")


def test_discarded_draft_is_gone(engagement: Engagement, manager: User, friday: Any) -> None:
    report = begin(engagement, manager)
    discard_update(report=report, version=1, by=manager)
    assert not Report.objects.updates().exists()
    event = AuditEvent.objects.get(verb="report.update_discarded")
    assert event.before == {"paragraph": SAID}


def test_discarded_number_is_not_given_again(
    engagement: Engagement, manager: User, friday: Any
) -> None:
    open_elsewhere = begin(engagement, manager)
    discard_update(report=fresh(open_elsewhere), version=1, by=manager)
    other = begin(engagement, manager, paragraph="Other words.")
    assert (open_elsewhere.update_number, other.update_number) == (1, 2)


def test_what_was_published_is_not_discarded(
    engagement: Engagement, manager: User, week_47: Report
) -> None:
    report = fresh(tell(engagement, manager).report)
    start_correction(report=report, reason="A slip", by=manager)
    for kept in (report, draft(week_47)):
        with pytest.raises(DomainError, match="stays"):
            discard_update(report=kept, version=kept.version, by=manager)


def test_waits_for_a_status_that_is_going_out(
    draft_47: Report, engagement: Engagement, manager: User
) -> None:
    publish_report(report=write(draft_47, manager), by=manager, delay=300)
    with pytest.raises(DomainError, match="is being published"):
        publish_report(report=begin(engagement, manager), by=manager)


def test_parked_update_is_tried_again(
    engagement: Engagement, manager: User, admin: User, friday: Any
) -> None:
    report = begin(engagement, manager)
    Report.objects.filter(pk=report.pk).update(state="parked", last_error="boom")
    retry_report(report=fresh(report), by=admin)
    assert compile_report(report_id=report.pk)
    assert (fresh(report).state, fresh(report).paragraph) == ("draft", SAID)


def test_numbers_follow_each_other(engagement: Engagement, manager: User, friday: Any) -> None:
    tell(engagement, manager)
    assert begin(engagement, manager).update_number == 2


def test_an_update_is_owed_to_nobody(engagement: Engagement, manager: User, friday: Any) -> None:
    begin(engagement, manager)
    assert not Report.objects.owed(FRIDAY + WEEK).exists()
    assert Report.objects.not_left_out().updates().exists()
    assert Receipt.objects.count() == 0
