"""What must be mentioned stands on top of the rail: inserted, or left out, by one click."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.errors import DomainError
from engagements.models import Engagement
from reporting.mentions import news
from reporting.models import Report
from reporting.services.drafts import save_draft
from reporting.services.mentions import settle_mention
from reporting.services.publishing import publish_report, start_correction
from reporting.services.updates import begin_update
from reporting.tests.inputs import body, item, milestone, revision
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import (
    FRIDAY,
    WEEK,
    commit_late,
    draft,
    fresh,
    import_work,
    open_reports,
    publish,
)
from reporting.views.mentions import place_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

WORDS = {
    "headline": "We go on.",
    "our_move": "We test on Monday.",
    "own_words": "",
    "colour": "red",
    "colour_reason": "",
}
SILENT = {"milestone.1": {"text": "It goes on.", "left_out": ""}}
WHAT = "Release 2.1 is off track"


@pytest.fixture
def silent(engagement: Engagement, manager: User) -> Report:
    """A draft of a milestone that is ten days late, and whose sentence does not say so."""
    import_work(engagement, manager, **{"A-1": (FRIDAY - 3 * WEEK, None)})
    commit_late(engagement, manager, on=date(2026, 11, 10))
    report = draft(open_reports(engagement)[0])
    save_draft(report=report, by=manager, version=report.version, sentences=SILENT, **WORDS)
    return fresh(report)


def settle(client: Any, report: Report, act: str, key: str = "red.1") -> Any:
    place = [report.engagement.ref, report.period.week, key, act]
    return client.post(reverse("report_mention", args=place), WORDS | {"version": report.version})


def test_it_is_listed_with_the_sentence_that_would_mention_it(
    sign_in: SignIn, manager: User, director: User, silent: Report
) -> None:
    page = text_of(sign_in(manager).get(url(silent)))
    for words in (
        "Must mention",
        "<strong>Off track</strong>",
        WHAT,
        "Release 2.1: Committed for Tue 10 Nov, now 10 days past",
    ):
        assert words in page
    assert "Must mention" not in text_of(sign_in(director).get(url(silent)))


def test_publishing_is_refused_with_both_in_words(
    sign_in: SignIn, manager: User, silent: Report
) -> None:
    answer = sign_in(manager).post(
        url(silent, "report_publication"), WORDS | {"version": silent.version}
    )
    assert answer.status_code == 422
    assert f"It must be mentioned, or left out: {WHAT}." in text_of(answer)
    with pytest.raises(DomainError, match="It must be mentioned") as refused:
        publish_report(report=silent, by=manager, delay=0)
    assert refused.value.field == "text-milestone.1"


def test_inserted_it_is_published(sign_in: SignIn, manager: User, silent: Report) -> None:
    answer = settle(sign_in(manager), silent, "insert")
    assert answer["Location"] == url(silent)
    said = fresh(silent).edits["milestone.1"]["text"]
    assert said.startswith("It goes on. Committed for Tue 10 Nov, now 10 days past:")
    assert "Must mention" not in text_of(sign_in(manager).get(url(silent)))
    assert "now 10 days past" in publish(fresh(silent), manager).html
    assert AuditEvent.objects.filter(verb="report.mention_inserted").count() == 1


@pytest.mark.parametrize("act", ["told", "irrelevant"])
def test_left_out_it_is_kept_why(sign_in: SignIn, manager: User, silent: Report, act: str) -> None:
    settle(sign_in(manager), silent, act)
    assert fresh(silent).choices == {"red.1": {"why": act, "grade": 3}}
    event = AuditEvent.objects.get(verb="report.mention_left_out")
    assert event.after["what"] == WHAT
    assert "now 10 days past" not in publish(fresh(silent), manager).html
    assert list(fresh(silent).choices) == ["red.1"], "a correction goes on from there"


def test_wrong_data_leads_to_where_it_is_put_right(
    sign_in: SignIn, manager: User, silent: Report, engagement: Engagement
) -> None:
    answer = settle(sign_in(manager), silent, "wrong")
    assert answer["Location"] == reverse("milestone_edit", args=[engagement.ref, 1])


def test_wrong_scope_leads_to_the_work(engagement: Engagement) -> None:
    rows = {"milestones": [milestone(1)], "revisions": [revision(1, "2026-12-04")]}
    [added] = news(body(items=[item("A-1", 1)], **rows))
    assert place_of(added, engagement.ref) == reverse("work_list", args=[engagement.ref])


def test_what_need_not_be_mentioned_is_refused(
    sign_in: SignIn, manager: User, silent: Report
) -> None:
    answer = settle(sign_in(manager), silent, "told", key="red.9")
    assert answer.status_code == 422
    assert "This need not be mentioned any more." in text_of(answer)
    assert settle(sign_in(manager), silent, "nonsense").status_code == 404


def test_leaving_out_its_sentence_is_such_a_choice(
    sign_in: SignIn, manager: User, silent: Report
) -> None:
    words = WORDS | {"version": silent.version, "out-milestone.1": "told"}
    sign_in(manager).post(url(silent, "report_publication"), words)
    report = fresh(silent)
    assert (report.state, report.choices["red.1"]["why"]) == ("publishing", "told")


def test_an_update_mentions_it_too(manager: User, silent: Report, engagement: Engagement) -> None:
    said = {"paragraph": "Release 2.1 is late.", "colour": "red", "colour_reason": ""}
    update = begin_update(engagement=engagement, by=manager, **said)
    publish(fresh(update), manager)
    publish(fresh(silent), manager)


def test_the_next_status_asks_for_it_only_where_it_got_worse(
    manager: User, silent: Report, engagement: Engagement, friday: Any
) -> None:
    settle_mention(
        report=silent, key="red.1", act="told", version=silent.version, by=manager, **WORDS
    )
    publish(fresh(silent), manager)
    friday.move_to(FRIDAY + WEEK / 7, tick=False)
    start_correction(report=fresh(silent), reason="A word.", by=manager)
    publish(fresh(silent), manager)
    friday.move_to(FRIDAY + WEEK, tick=False)
    _, second = open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    later = draft(second)
    save_draft(report=later, by=manager, version=later.version, sentences=SILENT, **WORDS)
    with pytest.raises(DomainError, match="It must be mentioned"):
        publish_report(report=fresh(later), by=manager, delay=0)
