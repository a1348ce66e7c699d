"""What a correction says: the figures as they were published, or newer ones beside them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from time_machine import Traveller

from dm_portal.people.models import User
from dm_portal.shell.errors import DomainError
from engagements.models import Engagement, Source, WorkItem
from engagements.tests.events import import_of, tell
from reporting import facts
from reporting.models import Report, ReportRevision
from reporting.sentences import corrected
from reporting.services.publishing import drop_correction, start_correction
from reporting.tests.pages import url
from reporting.tests.reports import (
    FRIDAY,
    WEEK,
    commit_late,
    draft,
    fresh,
    import_three,
    open_reports,
    publish,
    write,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]
HOUR = timedelta(hours=1)
OTHERWISE = "Until this correction it was counted otherwise: "


@pytest.fixture
def first(engagement: Engagement, manager: User, friday: Traveller) -> ReportRevision:
    """Published with 2 of 3 items done; on the next day the third is known to be done before."""
    import_three(engagement, manager)
    revision = publish(open_reports(engagement)[0], manager)
    friday.shift(24 * HOUR)
    item = WorkItem.objects.get(key="A-3")
    item.done_at = FRIDAY - HOUR
    item.save()
    tell(item)
    return revision


def correct(revision: ReportRevision, by: User, **how: Any) -> ReportRevision:
    report = fresh(revision.report)
    start_correction(report=report, reason="A typo.", by=by, **how)
    return publish(write(report, by, headline="Corrected."), by)


def said(revision: ReportRevision) -> dict[str, str]:
    return {row["key"]: row["text"] for row in revision.text["sentences"]}


def next_status(manager: User, engagement: Engagement, friday: Traveller) -> ReportRevision:
    friday.move_to(FRIDAY + WEEK, tick=False)
    *_, report = open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    return publish(write(draft(report), manager), manager)


def test_words_are_corrected_and_what_came_late_is_told_by_the_next_status(
    first: ReportRevision, manager: User, engagement: Engagement, friday: Traveller
) -> None:
    second = correct(first, manager)
    assert (second.facts.body, second.facts.sha256) == (first.facts.body, first.facts.sha256)
    assert said(second) == said(first)
    assert second.computed_colour == first.computed_colour
    assert second.headline == "Corrected."
    assert "late.finished" in said(next_status(manager, engagement, friday))


def test_figures_are_corrected_beside_what_they_were(
    first: ReportRevision, manager: User, engagement: Engagement, friday: Traveller
) -> None:
    second = correct(first, manager, corrects_figures=True)
    assert said(second)["corrected"] == f"{OTHERWISE}2 items finished, 2 of 3 done."
    assert said(second)["finished"] == "So far all 3 items are finished."
    assert OTHERWISE in second.html
    assert not fresh(first.report).corrects_figures
    assert "late.finished" not in said(next_status(manager, engagement, friday))


def test_a_later_status_that_told_what_came_late_keeps_the_figures(
    first: ReportRevision, manager: User, engagement: Engagement, friday: Traveller
) -> None:
    next_status(manager, engagement, friday)
    with pytest.raises(DomainError, match="Correct its words alone"):
        correct(first, manager, corrects_figures=True)
    assert fresh(first.report).state == "published"
    assert correct(first, manager).facts.body == first.facts.body


def test_a_later_status_that_came_out_meanwhile_keeps_them_too(
    first: ReportRevision, manager: User, engagement: Engagement, friday: Traveller
) -> None:
    report = fresh(first.report)
    start_correction(report=report, reason="Counted wrong.", by=manager, corrects_figures=True)
    next_status(manager, engagement, friday)
    with pytest.raises(DomainError, match="the figures of this one stay as they were"):
        publish(write(fresh(report), manager), manager)


def test_of_an_older_schema_the_figures_are_worked_out_anew(
    engagement: Engagement, manager: User, monkeypatch: pytest.MonkeyPatch, friday: Traveller
) -> None:
    """Unless the next status has told what became known since."""
    import_three(engagement, manager)
    with monkeypatch.context() as older:
        older.setattr(facts, "SCHEMA_VERSION", 4)
        older.setattr("reporting.sentences.write", lambda body: [])
        first = publish(open_reports(engagement)[0], manager)
    second = correct(first, manager)
    assert (first.facts.schema_version, second.facts.schema_version) == (4, facts.SCHEMA_VERSION)
    assert "corrected" not in said(second)
    with monkeypatch.context() as older:
        older.setattr("reporting.drafting.EDITABLE", facts.SCHEMA_VERSION + 1)
        next_status(manager, engagement, friday)
        with pytest.raises(DomainError, match="the figures of this one stay"):
            correct(second, manager)


FINISHED = "We finished what we had planned."


def reworded(revision: ReportRevision, by: User) -> ReportRevision:
    """Its next revision, with the first sentence in other words and another one left out."""
    report = fresh(revision.report)
    start_correction(report=report, reason="A typo.", by=by)
    wanted = {
        "finished": {"text": FINISHED, "left_out": ""},
        "freshness": {"text": "", "left_out": "irrelevant"},
    }
    return publish(write(report, by, sentences=wanted), by)


def test_what_was_reworded_stays_when_figures_are_corrected_later(
    first: ReportRevision, manager: User
) -> None:
    assert {"finished", "freshness"} <= said(first).keys()
    second = reworded(first, manager)
    third = correct(second, manager, corrects_figures=True)
    fourth = correct(third, manager, corrects_figures=True)
    for revision in (second, third, fourth):
        assert said(revision)["finished"] == FINISHED
        assert "freshness" not in said(revision)


@pytest.mark.parametrize("corrects_figures", [True, False])
def test_a_correction_that_is_dropped_leaves_what_was_reworded(
    first: ReportRevision, manager: User, corrects_figures: bool
) -> None:
    report = fresh(reworded(first, manager).report)
    figures = {"corrects_figures": corrects_figures}
    start_correction(report=report, reason="Counted wrong.", by=manager, **figures)
    write(report, manager, sentences={"finished": {"text": "No.", "left_out": ""}})
    drop_correction(report=report, version=report.version, by=manager)
    last = report.revisions.latest("number")
    assert said(correct(last, manager, corrects_figures=True))["finished"] == FINISHED


@pytest.mark.parametrize("corrects_figures", [True, False])
def test_a_correction_of_figures_must_mention_what_a_status_must(
    engagement: Engagement, manager: User, corrects_figures: bool
) -> None:
    import_three(engagement, manager)
    commit_late(engagement, manager, on=date(2026, 11, 10))
    first = publish(write(draft(open_reports(engagement)[0]), manager, colour="red"), manager)
    report = fresh(first.report)
    start_correction(report=report, reason="Wrong.", by=manager, corrects_figures=corrects_figures)
    silent = {"milestone.1": {"text": "Release 2.1 goes on.", "left_out": ""}}
    write(report, manager, colour="red", sentences=silent)
    if corrects_figures:
        with pytest.raises(DomainError, match=r"Release 2\.1 is off track"):
            publish(report, manager)
    else:
        assert said(publish(report, manager))["milestone.1"] == "Release 2.1 goes on."


@pytest.mark.parametrize(("ticked", "words"), [("", "stay as they were"), ("on", "known by now")])
def test_the_form_asks_for_it_and_the_draft_says_so(
    first: ReportRevision, manager: User, sign_in: Any, ticked: str, words: str
) -> None:
    browser = sign_in(manager)
    place = [first.report.engagement.ref, first.report.period.week]
    typed = {"reason": "Counted wrong.", "corrects_figures": ticked}
    page = browser.post(reverse("report_correction", args=place), typed, follow=True)
    assert words in page.content.decode()
    assert ("They refresh until you publish" in page.content.decode()) is bool(ticked)
    assert Report.objects.get(pk=first.report.pk).corrects_figures is bool(ticked)


def test_the_draft_shows_what_is_no_longer_there(
    first: ReportRevision, manager: User, sign_in: Any
) -> None:
    """An item that was counted is by now said to be created later; two sources share a key."""
    late = WorkItem.objects.get(key="A-1")
    late.created_at = late.done_at = FRIDAY + HOUR
    late.save()
    tell(late)
    other = Source.objects.create(engagement=first.report.engagement, number=2, kind="work_csv")
    twin = WorkItem.objects.get(key="A-2")
    twin.pk, twin.source = None, other
    twin.last_import = import_of(other)
    twin.save()
    tell(twin)
    report = fresh(first.report)
    start_correction(report=report, reason="Counted.", by=manager, corrects_figures=True)
    page = sign_in(manager).get(url(report))
    assert page.status_code == 200
    assert "finished, before this correction" in page.content.decode()


# In words, of any two sets of figures.

KNOWN = {"is_known": True}


def totals(**more: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {name: [] for name in ("finished", "created", "reopened", "removed")}
    return {"total": nothing | {"done": 2, "items": 8} | more, "window": KNOWN}


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        (None, totals(), None),
        (totals(), {"total": None}, None),
        (totals(), totals(), None),
        ({"total": None}, totals(), "Until this correction nothing was known of the work."),
        (
            totals(finished=["A-1", "A-2"]),
            totals(created=["A-3"], done=5, items=9),
            f"{OTHERWISE}2 items finished, nothing added, 2 of 8 done.",
        ),
        (
            totals() | {"window": {"is_known": False}},
            totals(finished=["A-1"], done=3),
            f"{OTHERWISE}what was finished and added was not known, 2 of 8 done.",
        ),
        # a schema that did not tell what was reopened did not tell that nothing was
        (
            {"total": {"finished": [], "created": [], "done": 2, "items": 8}, "window": KNOWN},
            totals(reopened=["A-1"]),
            None,
        ),
        (
            totals(reopened=["A-1"]),
            totals(removed=["A-2"]),
            f"{OTHERWISE}1 item reopened, nothing withdrawn.",
        ),
    ],
)
def test_what_it_said_before(was: Any, now: Any, words: str | None) -> None:
    assert next((row["text"] for row in corrected(was, now)), None) == words
