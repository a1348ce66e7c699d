"""The customer's article: what it says, in which words, and what it never says."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.template.loader import render_to_string

from dm_portal.people.models import User
from dm_portal.shell.components import Shape
from engagements.models import Engagement, Milestone
from reporting import customer, facts, rag, sentences
from reporting.models import Period, Report, ReportRevision
from reporting.services.publishing import publish_report, start_correction
from reporting.tests.inputs import (
    AS_OF,
    SINCE,
    body,
    criterion,
    forecast,
    imported,
    item,
    milestone,
    revision,
)
from reporting.tests.reports import FRIDAY, WEEK, draft, fresh, open_reports, publish, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

DAY = timedelta(days=1)


def words(facts_body: dict[str, Any], **said: Any) -> customer.Text:
    """The DM's words beside the sentences of the rules."""
    given = {
        "headline": "Refunds are live.",
        "our_move": "",
        "colour": "green",
        "colour_reason": "",
        "computed": rag.overall(facts_body),
        "sentences": sentences.write(facts_body),
        "previous_colour": "",
        "correction_reason": "",
    }
    return customer.Text(**given | said)


def status(report: Report, by: User, facts_body: dict[str, Any], **said: Any) -> customer.Status:
    return customer.status_of(
        report=report,
        body=facts_body,
        text=words(facts_body, **said),
        saying=customer.Saying(1, AS_OF, by, None, None),
    )


def plan(**rows: Any) -> dict[str, Any]:
    """Checkout for 4 December, and a version of the tracker that nobody promised."""
    return body(
        **{
            "items": [item("A-1", 1), item("A-2", 2)],
            "milestones": [milestone(1, "Checkout"), milestone(2, "FutureRelease")],
            "revisions": [revision(1, "2026-12-04")],
        }
        | rows
    )


# What it says


def test_head(week_47: Report, manager: User) -> None:
    page = status(week_47, manager, plan(), previous_colour="amber", our_move="We test.")
    assert (page.engagement, page.week) == ("Atlas", "16–22 Nov 2026")
    assert (page.shape, page.previous_word) == ("on_track", "At risk")
    assert (page.headline, page.our_move) == ("Refunds are live.", "We test.")
    assert (page.next_name, page.next_on) == ("Checkout", customer.Day("Fri 4 Dec", "2026-12-04"))
    assert page.next_past == ""


@pytest.mark.parametrize(
    ("day", "past"), [("2026-11-19", "1 day past"), ("2026-11-13", "7 days past")]
)
def test_a_date_that_has_passed_is_not_called_the_next(
    week_47: Report, manager: User, day: str, past: str
) -> None:
    page = status(week_47, manager, plan(revisions=[revision(1, day)]))
    assert page.next_past == past
    html = render_to_string("status/report.html", {"status": page})
    assert "Committed date that has passed" in html
    assert f", {past}" in html
    assert "Next committed date" not in html


def test_the_next_date_has_its_expected_range(week_47: Report, manager: User) -> None:
    facts_body = plan()
    assert status(week_47, manager, facts_body).next_expected == ""
    row = facts_body["figures"]["milestones"][0]
    row |= {"expected_from": "2026-12-02", "expected_to": "2026-12-08", "on_time": "0.5000"}
    page = status(week_47, manager, facts_body)
    assert page.next_expected == "2–8 Dec"
    html = render_to_string("status/report.html", {"status": page})
    assert "; expected 2–8 Dec" in html


def test_what_is_all_done_has_no_next_date(week_47: Report, manager: User) -> None:
    page = status(week_47, manager, plan(items=[item("A-1", 1, done=SINCE)]))
    assert page.next_on is None


def test_the_rules_are_silent_where_they_agree(week_47: Report, manager: User) -> None:
    assert status(week_47, manager, plan()).rules is None


def test_where_the_call_is_kinder_both_are_said(week_47: Report, manager: User) -> None:
    late = plan(revisions=[revision(1, "2026-11-18")])
    page = status(week_47, manager, late, colour_reason="The bank has agreed.")
    assert page.rules == customer.Rules(
        "at_risk",
        "Checkout is 2 days past its committed date, Wed 18 Nov: 1 of 1 item is open.",
        True,
    )
    assert (page.reason, page.speaks_for) == ("The bank has agreed.", "Mara Manager")


def test_a_graver_call_stands_alone(week_47: Report, manager: User) -> None:
    late = plan(revisions=[revision(1, "2026-11-18")])
    page = status(week_47, manager, late, colour="red", colour_reason="The bank left.")
    assert (page.rules, page.reason) == (None, "The bank left.")


def test_a_reason_that_is_needed_no_more_is_not_said(week_47: Report, manager: User) -> None:
    assert status(week_47, manager, plan(), colour_reason="The bank has agreed.").reason == ""


def test_a_judgement_without_facts_is_named_as_one(week_47: Report, manager: User) -> None:
    page = status(week_47, manager, body(imports=[]))
    assert page.rules == customer.Rules(
        "not_known", "Not known: no rule has the facts that it needs yet.", False
    )


def test_sentences_about_a_milestone_stand_together(week_47: Report, manager: User) -> None:
    page = status(week_47, manager, plan(criteria=[criterion(1)]))
    [checkout, beyond] = page.milestones
    assert (checkout.about, checkout.outcome) == ("Checkout", "Outcome 1")
    assert len(checkout.texts) == 2
    assert beyond.about == "Other work"


def test_delivered_leads_with_what_was_met(week_47: Report, manager: User) -> None:
    rows = {"items": [item("A-1", 1, done=SINCE)], "criteria": [criterion(1, met=SINCE)]}
    page = status(week_47, manager, plan(**rows))
    finished, checkout = page.delivered
    assert finished.texts == ("1 item was finished between 13 and 20 Nov.",)
    assert checkout.texts == (
        "Criterion met on Fri 13 Nov: “Statement 1”",
        "1 item was finished.",
    )


def many(*numbers: int, done: int, at: datetime) -> dict[str, Any]:
    """Milestones with one item each, of which the first ``done`` were finished at ``at``."""
    return body(
        items=[item(f"A-{n}", n, done=at if n <= done else None) for n in numbers],
        milestones=[milestone(n) for n in numbers],
        revisions=[revision(n, f"2026-11-{10 + n}") for n in numbers],
    )


def test_what_was_done_earlier_is_out_of_the_way(week_47: Report, manager: User) -> None:
    page = status(week_47, manager, many(1, 2, 3, 4, done=3, at=SINCE - DAY))
    assert [line.about for line in page.milestones] == ["Release 4"]
    assert [line.about for line in page.done_earlier] == ["Release 3", "Release 2", "Release 1"]
    assert page.timeline is not None
    assert [row.name for row in page.timeline.milestones] == [
        "Release 2",
        "Release 3",
        "Release 4",
    ]


def test_what_was_done_lately_comes_after_what_is_open(week_47: Report, manager: User) -> None:
    page = status(week_47, manager, many(1, 2, 3, done=2, at=SINCE))
    assert [line.about for line in page.milestones] == ["Release 3", "Release 1", "Release 2"]
    assert page.done_earlier == ()


def test_the_last_milestone_stays_in_sight(week_47: Report, manager: User) -> None:
    page = status(week_47, manager, many(1, 2, done=2, at=SINCE - DAY))
    assert [line.about for line in page.milestones] == ["Release 2"]
    assert [line.about for line in page.done_earlier] == ["Release 1"]


def test_a_milestone_with_an_open_criterion_is_not_done(week_47: Report, manager: User) -> None:
    rows = {"items": [item("A-1", 1, done=SINCE - DAY)], "criteria": [criterion(1)]}
    page = status(week_47, manager, plan(**rows))
    assert [line.about for line in page.milestones] == ["Checkout"]


@pytest.mark.parametrize("items", [[], [item("A-1", 1, done=SINCE - DAY)]])
def test_what_its_criteria_completed_lately_is_not_done_earlier(
    week_47: Report, manager: User, items: list[dict[str, Any]]
) -> None:
    rows = {"items": [*items, item("A-2", 3)], "criteria": [criterion(1, met=SINCE + DAY)]}
    dates = [revision(1, "2026-11-12"), revision(3, "2026-12-04")]
    both = {"milestones": [milestone(1, "Checkout"), milestone(3)], "revisions": dates}
    page = status(week_47, manager, plan(**rows, **both))
    assert [line.about for line in page.milestones] == ["Release 3", "Checkout"]
    assert page.milestones[1].texts[-1].endswith("since Sat 14 Nov, 2 days late.")
    assert page.timeline is not None
    assert page.timeline.milestones[0].done_on == date(2026, 11, 14)


def test_what_schema_1_froze_is_still_read(week_47: Report, manager: User) -> None:
    today = plan(items=[], criteria=[criterion(1, met=SINCE)])
    frozen = today | {"figures": facts.figures_from(today["inputs"], schema=1)}
    said = words(today)
    saying = customer.Saying(1, AS_OF, manager, None, None)
    page = customer.status_of(report=week_47, body=frozen, text=said, saying=saying)
    assert page.timeline is not None
    assert page.timeline.milestones[0].done_on is None


@pytest.mark.parametrize(
    ("committed_on", "done", "shape", "word"),
    [
        ("2026-12-04", None, Shape.NOT_KNOWN, "0 of 1 item done"),
        ("2026-11-19", None, Shape.AT_RISK, "1 day past its date"),
        ("2026-11-10", None, Shape.OFF_TRACK, "10 days past its date"),
        ("2026-11-13", SINCE, Shape.ON_TRACK, "1 of 1 item done"),
        ("2026-11-10", SINCE, Shape.AT_RISK, "1 of 1 item done"),
        ("2026-11-02", SINCE, Shape.OFF_TRACK, "1 of 1 item done"),
    ],
)
def test_the_timeline_promises_nothing_that_no_rule_knows(
    week_47: Report,
    manager: User,
    committed_on: str,
    done: datetime | None,
    shape: Shape,
    word: str,
) -> None:
    rows = {"items": [item("A-1", 1, done=done)], "revisions": [revision(1, committed_on)]}
    page = status(week_47, manager, plan(**rows))
    assert page.timeline is not None
    [row] = page.timeline.milestones
    assert (row.shape, row.word) == (shape, word)


@pytest.mark.parametrize(
    ("law", "before", "shape", "word"),
    [
        ("0.900000", None, Shape.ON_TRACK, "Will probably be in time, 0 of 1 item done"),
        ("0.600000", None, Shape.AT_RISK, "May be late, 0 of 1 item done"),
        ("0.300000", None, Shape.OFF_TRACK, "Will probably be late, 0 of 1 item done"),
        ("0.500000", "red", Shape.OFF_TRACK, "Will probably be late, 0 of 1 item done"),
    ],
)
def test_the_timeline_says_what_the_first_sentence_says(
    week_47: Report, manager: User, law: str, before: str | None, shape: Shape, word: str
) -> None:
    saw = {"rule": "schedule.forecast_red", "colour": "red", "milestone": "Checkout"}
    given = plan(
        items=[item("A-1", 1)],
        forecasts=[forecast(1, *[law] * 4)],
        rules_before={"schedule": saw} if before else {},
    )
    page = status(week_47, manager, given)
    assert page.timeline is not None
    [row] = page.timeline.milestones
    assert (row.shape, row.word) == (shape, word)
    said = rag.overall(given)["sentence"]
    assert word.split(",")[0].lower() in said
    assert page.timeline.any_open_on_track is (shape == Shape.ON_TRACK)


@pytest.mark.parametrize(("imports", "word"), [({}, "no items yet"), ({"imports": []}, "")])
def test_the_timeline_without_items(
    week_47: Report, manager: User, imports: dict[str, Any], word: str
) -> None:
    page = status(week_47, manager, plan(items=[], **imports))
    assert page.timeline is not None
    [row] = page.timeline.milestones
    assert (row.shape, row.word) == (Shape.NOT_KNOWN, word)


def test_a_moved_date_keeps_its_first_on_the_timeline(week_47: Report, manager: User) -> None:
    moved = revision(1, "2026-12-11", number=2, old_on="2026-12-04", at=SINCE - DAY)
    page = status(week_47, manager, plan(revisions=[revision(1, "2026-12-04"), moved]))
    assert page.timeline is not None
    assert page.timeline.milestones[0].original_on == date(2026, 12, 4)


def test_nothing_committed_nothing_drawn(week_47: Report, manager: User) -> None:
    page = status(week_47, manager, plan(revisions=[]))
    assert (page.timeline, page.next_on, page.milestones) == (None, None, ())
    assert page.burn_up is not None
    assert page.burn_up.title == "All work, week by week"
    assert page.burn_up.committed_on is None


def test_burn_up_ends_today_and_holds_half_a_year(week_47: Report, manager: User) -> None:
    page = status(week_47, manager, plan(items=[item("A-1", 1, created=AS_OF - 40 * WEEK)]))
    assert page.burn_up is not None
    assert page.burn_up.title == "Checkout, week by week"
    assert len(page.burn_up.weeks) == 27
    assert page.burn_up.weeks[-1].on == date(2026, 11, 20)
    assert page.burn_up.committed_on == date(2026, 12, 4)


def test_burn_up_ends_with_the_last_import(week_47: Report, manager: User) -> None:
    page = status(week_47, manager, plan(imports=[imported(AS_OF - 3 * DAY)]))
    assert page.burn_up is not None
    assert page.burn_up.weeks[-1].on == page.burn_up.as_of == date(2026, 11, 17)


def test_without_items_there_is_no_burn_up(week_47: Report, manager: User) -> None:
    assert status(week_47, manager, plan(items=[])).burn_up is None
    assert status(week_47, manager, body(imports=[])).burn_up is None


def test_instants_are_told_on_the_engagements_clock(week_47: Report, manager: User) -> None:
    page = status(week_47, manager, plan())
    assert page.as_of == customer.Moment(
        "Fri 20 Nov 2026, 15:00",
        "2026-11-20T14:00:00+00:00",
        "2026-11-20 15:00:00 Europe/Berlin (UTC+01:00)",
    )


@pytest.mark.parametrize(
    ("monday", "today", "said"),
    [
        (date(2026, 11, 16), None, "16–22 Nov 2026"),
        (date(2026, 10, 26), None, "26 Oct – 1 Nov 2026"),
        (date(2026, 12, 28), None, "28 Dec 2026 – 3 Jan 2027"),
        (date(2026, 11, 16), date(2026, 1, 1), "16–22 Nov"),
        (date(2026, 10, 26), date(2026, 1, 1), "26 Oct – 1 Nov"),
        (date(2026, 11, 16), date(2027, 1, 1), "16–22 Nov 2026"),
        (date(2026, 12, 28), date(2026, 1, 1), "28 Dec 2026 – 3 Jan 2027"),
    ],
)
def test_weeks_in_words(monday: date, today: date | None, said: str) -> None:
    assert customer.week_words(week(monday, "fri"), today=today) == said


def week(monday: date, due: str) -> Period:
    due_on = monday + ["mon", "tue", "wed", "thu", "fri"].index(due) * DAY
    return Period(starts_on=monday, due_on=due_on)


@pytest.mark.parametrize(
    ("due", "today", "said"),
    [
        ("mon", None, "the week to Mon 28 Dec 2026"),
        ("thu", None, "the week to Thu 31 Dec 2026"),
        ("thu", date(2026, 1, 1), "the week to Thu 31 Dec"),
        ("thu", date(2027, 1, 1), "the week to Thu 31 Dec 2026"),
    ],
)
def test_what_is_due_before_friday_names_no_days_to_come(
    due: str, today: date | None, said: str
) -> None:
    period = week(date(2026, 12, 28), due)
    assert customer.week_words(period, today=today) == said


# What is stored


def test_the_text_is_composed_once(manager: User, engagement: Engagement) -> None:
    first, second = open_reports(engagement, weeks=2)
    publish(write(draft(first), manager, colour="red", headline="Off."), manager)
    publish_report(report=write(draft(second), manager), by=manager)
    assert fresh(second).frozen_text["previous_colour"] == "red"


def test_a_correction_of_the_last_week_counts_as_the_last_status(
    manager: User, engagement: Engagement
) -> None:
    first, second = open_reports(engagement, weeks=2)
    publish(write(draft(first), manager, colour="red"), manager)
    start_correction(report=fresh(first), by=manager, reason="Wrong colour.")
    publish(write(fresh(first), manager, colour="amber"), manager)
    publish_report(report=write(draft(second), manager), by=manager)
    assert fresh(second).frozen_text["previous_colour"] == "amber"


def test_a_reconstructed_status_says_so(engagement: Engagement, manager: User) -> None:
    [report] = open_reports(engagement)
    Period.objects.update(is_reconstructed=True)
    html = " ".join(publish(fresh(report), manager).html.split())
    assert 'Reconstructed on <time datetime="2026-11-20">Fri 20 Nov</time>' in html


def test_rebuilding_a_published_status_gives_its_hash(
    manager: User, checkout: Milestone, week_47: Report
) -> None:
    ready = write(draft(week_47), manager, colour="amber")
    stored = publish(ready, manager).facts
    assert facts.digest(stored.body) == stored.sha256
    assert facts.rebuild(stored.body) == stored.body


def test_the_stored_page_speaks_of_the_facts_day_for_ever(
    manager: User, checkout: Milestone, week_47: Report, friday: time_machine.Traveller
) -> None:
    report = write(draft(week_47), manager, colour="amber")
    found = {}
    for year in (0, 1):
        friday.move_to(FRIDAY + year * 60 * WEEK, tick=False)
        facts_body = plan()
        found[year] = customer.article_of(status(report, manager, facts_body))
    without_tables = [
        re.sub(r"<details.*?</details>", "", each, flags=re.DOTALL) for each in found.values()
    ]
    assert without_tables[0] == without_tables[1]


# What it never says


def test_no_internal_word_reaches_the_customer(
    manager: User, engagement: Engagement, week_47: Report
) -> None:
    """Every text that is not the customer's is a word that can be searched for."""
    facts_body = plan(
        items=[item("INTERNALKEY-1", 1), item("INTERNALKEY-2", 2, done=SINCE)],
        imports=[imported(AS_OF, 3) | {"file": "internal-file.csv"}],
        criteria=[criterion(2, met=SINCE)],
    )
    html = customer.article_of(
        status(week_47, manager, facts_body, colour="amber", our_move="We test.")
    )
    page = re.sub(r"<[^>]+>", " ", html).lower()
    for word in ("internalkey", "title of", "internal-file", "futurerelease", "statement 1"):
        assert word not in page
    for word in ("throughput", "wip", "team", "schedule.", "receipt", "parked", "no source"):
        assert not re.search(rf"\b{re.escape(word)}", page), word


def test_words_are_escaped(week_47: Report, manager: User) -> None:
    facts_body = plan(milestones=[milestone(1, "<b>Checkout</b>"), milestone(2)])
    html = customer.article_of(
        status(
            week_47, manager, facts_body, headline="<script>alert(1)</script>", our_move="<i>x</i>"
        )
    )
    assert "<script" not in html
    assert "<b>" not in html
    assert "<i>" not in html
    assert "style=" not in html


def test_the_article_is_the_stored_html(published_47: ReportRevision) -> None:
    assert customer.article(published_47) == published_47.html
    assert "Refunds are live." in published_47.html


def test_a_date_has_passed_though_no_work_was_ever_imported(week_47: Report, manager: User) -> None:
    unknown = plan(items=[], imports=[], criteria=[criterion(1)])
    assert status(week_47, manager, unknown).next_past == ""
    late = plan(
        items=[], imports=[], criteria=[criterion(1)], revisions=[revision(1, "2026-11-18")]
    )
    assert status(week_47, manager, late).next_past == "2 days past"
