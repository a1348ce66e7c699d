"""A real year told again, week by week, from what its tracker says of that time."""

import json
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dm_portal.people.models import OutgoingMail, User
from dm_portal.shell.clock import now
from engagements.models import Engagement, Milestone
from engagements.services.imports import Attached, import_file
from engagements.services.milestones import commit_date
from engagements.tests.work_files import apply, item
from reporting import facts
from reporting.models import Facts, Report, ReportRevision
from reporting.services.drafts import save_draft
from reporting.services.publishing import start_correction
from reporting.services.replays import open_weeks

pytestmark = pytest.mark.django_db
FRIDAY_17 = datetime(2012, 6, 29, 17, tzinfo=UTC)


@pytest.fixture
def expected(real_data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((real_data / "expected.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def duracloud(real_data: Path, engagement: Engagement, manager: User) -> Engagement:
    """Export and changelog, of an engagement that reports on Fridays at 17:00 UTC."""
    settings = {"time_zone": "UTC", "status_weekday": 5, "status_hour": time(17)}
    Engagement.objects.filter(pk=engagement.pk).update(starts_on=date(2009, 11, 1), **settings)
    engagement.refresh_from_db()
    export, changelog = (
        BytesIO((real_data / f"duracloud_{name}.csv").read_bytes())
        for name in ("jira_export", "changelog")
    )
    file = import_file(
        engagement=engagement,
        file_name="export.csv",
        content=export,
        changelog=Attached("changelog.csv", changelog),
        by=manager,
    )
    assert file.state == "applied"
    return engagement


def replay(engagement: Engagement, first: str, last: str, **options: str) -> None:
    call_command("replay", engagement.ref, "--from", first, "--to", last, **options)


def figures_of(week: str) -> dict[str, Any]:
    year, number = week.split("-W")
    monday = date.fromisocalendar(int(year), int(number), 1)
    revision = ReportRevision.objects.get(report__period__starts_on=monday)
    found: dict[str, Any] = json.loads(revision.facts.body)["figures"]
    return found


def test_three_weeks_of_2012(
    duracloud: Engagement, manager: User, expected: dict[str, Any]
) -> None:
    replay(duracloud, "2012-06-22", "2012-07-06", email=manager.email)
    assert ReportRevision.objects.count() == 3
    assert (
        figures_of("2012-W26")["total"]["open"] == expected["open_at_2012_06_29T17:00Z_by_events"]
    )
    html = ReportRevision.objects.order_by("pk")[1].html
    assert "Reconstructed on" in html
    assert OutgoingMail.objects.count() == 0


def test_again_it_changes_nothing(duracloud: Engagement, manager: User) -> None:
    replay(duracloud, "2012-06-22", "2012-06-29", email=manager.email)
    before = list(Facts.objects.values_list("sha256", flat=True))
    replay(duracloud, "2012-06-22", "2012-06-29", email=manager.email)
    assert list(Facts.objects.values_list("sha256", flat=True)) == before
    assert Report.objects.count() == 2


def test_the_year_by_local_weeks(duracloud: Engagement, expected: dict[str, Any]) -> None:
    """What the throughput of the figures says of 2012, and of its 26th week."""
    as_of = datetime(2013, 1, 7, tzinfo=UTC)
    weeks = facts.collect(duracloud, since=None, as_of=as_of)["figures"]["flow"]["throughput"]
    by_week = {row["week"]: row["finished"] for row in weeks}
    assert by_week["2012-W26"] == expected["resolved_in_iso_week_2012_W26_utc"]
    # 2012 is its ISO weeks but for 1 January, a Sunday, and with 31 December: nothing was done
    year = sum(count for week, count in by_week.items() if week.startswith("2012-"))
    assert year == expected["resolved_in_2012_utc"]


def test_published_with_the_words_of_a_week_that_is_past(
    engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, [item("A-1")])
    replay(engagement, "2026-01-05", "2026-01-18", email=manager.email)
    first, second = ReportRevision.objects.order_by("pk")
    assert first.headline == "The week to Fri 9 Jan 2026, as the tracker tells it today."
    assert (first.colour, second.published_by) == ("unknown", manager)
    assert first.reconstructed_on is not None


def test_a_week_before_one_that_is_out_cannot_be_published(
    engagement: Engagement, manager: User
) -> None:
    replay(engagement, "2026-01-12", "2026-01-18", email=manager.email)
    with pytest.raises(CommandError, match="is already out"):
        replay(engagement, "2026-01-05", "2026-01-11", email=manager.email)


def test_without_a_publisher_they_stay_drafts(engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, [item("A-1")])
    replay(engagement, "2026-01-05", "2026-01-18")
    assert list(Report.objects.values_list("state", flat=True)) == ["draft", "draft"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"email": "nobody@internal.example"}, "may not publish"),
        ({"email": "lena.lead@customer.example"}, "may not publish"),
    ],
)
def test_who_may_not_publish(
    engagement: Engagement, lead: User, options: dict[str, str], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        replay(engagement, "2026-01-05", "2026-01-18", **options)


def test_days_in_the_wrong_order(engagement: Engagement) -> None:
    with pytest.raises(CommandError, match="before --from"):
        replay(engagement, "2026-01-18", "2026-01-05")


def test_an_unknown_engagement(db: None) -> None:
    with pytest.raises(CommandError, match="no engagement"):
        call_command("replay", "zzzzzzzzzz", "--from", "2026-01-05", "--to", "2026-01-18")


def test_a_week_that_the_clock_is_drafting_is_waited_for(
    engagement: Engagement, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the first look and the claim another process takes the first week, and is slow."""
    apply(engagement, manager, [item("A-1")])
    [(taken, is_new), _] = open_weeks(
        engagement=engagement, first=date(2026, 1, 5), last=date(2026, 1, 18)
    )
    Report.objects.filter(pk=taken.pk).update(
        state="compiling", lease_until=now() + timedelta(hours=1)
    )
    waits = []

    def finish(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            Report.objects.filter(pk=taken.pk).update(state="due", lease_until=None)

    monkeypatch.setattr("reporting.services.replays.time.sleep", finish)
    replay(engagement, "2026-01-05", "2026-01-18", email=manager.email)
    assert is_new
    assert len(waits) == 3
    assert list(Report.objects.values_list("state", flat=True)) == ["published", "published"]


@pytest.mark.parametrize("state", ["compiling", "parked"])
def test_no_week_is_left_out_because_it_cannot_be_drafted(
    engagement: Engagement, manager: User, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    apply(engagement, manager, [item("A-1")])
    [(taken, _), _] = open_weeks(
        engagement=engagement, first=date(2026, 1, 5), last=date(2026, 1, 18)
    )
    lease = now() + timedelta(hours=1) if state == "compiling" else None
    Report.objects.filter(pk=taken.pk).update(state=state, lease_until=lease)
    monkeypatch.setattr("reporting.services.replays.time.sleep", lambda seconds: None)
    with pytest.raises(CommandError, match="and the weeks after it wait for it"):
        replay(engagement, "2026-01-05", "2026-01-18", email=manager.email)
    assert not ReportRevision.objects.exists()


def drafted(engagement: Engagement, manager: User, **words: str) -> Report:
    """A week of which its DM has saved these words."""
    replay(engagement, "2026-01-05", "2026-01-11")
    report = Report.objects.get()
    written = {"headline": "", "our_move": "", "colour": "", "colour_reason": ""} | words
    save_draft(report=report, version=report.version, by=manager, **written)
    return report


def test_what_the_dm_called_a_week_is_what_is_published(
    engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, [item("A-1")])
    words = {"headline": "Off track: the move failed twice.", "our_move": "We try again."}
    drafted(engagement, manager, colour="red", own_words="The bank was helpful.", **words)
    replay(engagement, "2026-01-05", "2026-01-11", email=manager.email)
    out = ReportRevision.objects.get()
    assert (out.colour, out.headline) == ("red", words["headline"])
    assert out.text["own_words"] == "The bank was helpful."


def test_the_colour_is_by_the_rules_of_now(engagement: Engagement, manager: User) -> None:
    """Drafted before anything was committed, published after it."""
    apply(engagement, manager, [item("A-1", milestone="2.1")])
    replay(engagement, "2026-01-05", "2026-01-11")
    milestone = Milestone.objects.get()
    commit_date(
        milestone=milestone,
        version=milestone.version,
        committed_on=date(2026, 3, 6),
        reason="As agreed.",
        by=manager,
    )
    replay(engagement, "2026-01-05", "2026-01-11", email=manager.email)
    assert ReportRevision.objects.get().colour == "green"


def test_a_correction_that_is_being_written_is_left_to_its_writer(
    engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, [item("A-1")])
    replay(engagement, "2026-01-05", "2026-01-18", email=manager.email)
    report = Report.objects.order_by("pk")[0]
    start_correction(report=report, reason="The colour was wrong.", by=manager)
    replay(engagement, "2026-01-05", "2026-01-18", email=manager.email)
    assert ReportRevision.objects.count() == 2
    assert Report.objects.get(pk=report.pk).correction_reason == "The colour was wrong."


def test_a_week_that_is_refused_stays_as_it_was(engagement: Engagement, manager: User) -> None:
    report = drafted(engagement, manager, our_move="We wait.")
    replay(engagement, "2026-01-12", "2026-01-18", email=manager.email)
    before = Report.objects.filter(pk=report.pk).values().get()
    with pytest.raises(CommandError, match="is already out"):
        replay(engagement, "2026-01-05", "2026-01-11", email=manager.email)
    assert Report.objects.filter(pk=report.pk).values().get() == before


def test_no_week_is_due_after_the_last_day_or_in_the_future(
    engagement: Engagement, capsys: pytest.CaptureFixture[str]
) -> None:
    replay(engagement, "2199-01-01", "2199-02-01")
    assert capsys.readouterr().out == (
        "No week that is past was due in these days. Atlas has no last day yet.\n"
    )
    Engagement.objects.filter(pk=engagement.pk).update(ends_on=date(2026, 11, 8))
    replay(engagement, "2026-11-16", "2026-11-29")
    assert "The last day of Atlas is 2026-11-08." in capsys.readouterr().out
    assert not Report.objects.exists()
