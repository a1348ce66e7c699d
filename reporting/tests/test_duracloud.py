"""A real project, told on the Fridays around 9 August 2012: each figure counted again by hand.

Release 2.1 was finished on that Thursday. That it was promised for the day after is this test's
assumption; the tracker knows no promise.
"""

import csv
import json
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dm_portal.people.models import User
from engagements.models import Engagement, Milestone
from engagements.services.imports import import_file
from engagements.services.milestones import commit_date
from reporting.models import Period, Report, ReportRevision
from reporting.services.ticks import open_periods
from reporting.tests.reports import draft, fresh, publish, write

pytestmark = pytest.mark.django_db

# 15:00 in Berlin, where these engagements report.
THIRD = datetime(2012, 8, 3, 13, 0, tzinfo=UTC)
TENTH = datetime(2012, 8, 10, 13, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
PROMISE = date(2012, 8, 10)


@pytest.fixture
def export(real_data: Path) -> Path:
    return real_data / "duracloud_jira_export.csv"


@pytest.fixture
def raw(export: Path) -> list[dict[str, Any]]:
    """The rows of the file, read by nothing of ours."""
    with export.open(newline="", encoding="utf-8") as lines:
        return [
            {
                "key": row["Issue key"],
                "created": datetime.fromisoformat(row["Created"]),
                "done": datetime.fromisoformat(row["Resolved"]) if row["Resolved"] else None,
                "versions": {each.strip() for each in row["Fix Version/s"].split(",")} - {""},
            }
            for row in csv.DictReader(lines)
        ]


@pytest.fixture
def duracloud(export: Path, engagement: Engagement, manager: User) -> Engagement:
    """The work imported, release 2.1 promised, nothing reported yet."""
    Engagement.objects.filter(pk=engagement.pk).update(
        starts_on=date(2009, 11, 1), reporting_from=date(2012, 7, 30)
    )
    file = import_file(
        engagement=engagement,
        file_name=export.name,
        content=BytesIO(export.read_bytes()),
        by=manager,
    )
    assert file.state == "applied"
    milestone = Milestone.objects.get(engagement=engagement, tracker_name="2.1")
    commit_date(
        milestone=milestone,
        version=milestone.version,
        committed_on=PROMISE,
        reason="Assumed for this test.",
        by=manager,
    )
    return engagement


def tell(engagement: Engagement, at: datetime, by: User, **words: str) -> ReportRevision:
    """The status of the week of ``at``, reconstructed and published."""
    open_periods(at=at, is_chosen=True)
    monday = Period.objects.filter(engagement=engagement, due_at__lte=at).latest("due_at")
    report = draft(fresh(Report.objects.get(period=monday)))
    as_by_the_rules = {"colour": report.drafted["overall"]["colour"]}
    return publish(write(report, by, **as_by_the_rules | words), by)


def figures_of(revision: ReportRevision) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(revision.facts.body)["figures"]
    return found


def keys(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(row["key"] for row in rows)


def test_release_2_1_on_both_fridays(
    duracloud: Engagement, manager: User, raw: list[dict[str, Any]]
) -> None:
    before = figures_of(tell(duracloud, THIRD, manager))
    after = figures_of(tell(duracloud, TENTH, manager))
    of_release = [row for row in raw if "2.1" in row["versions"]]
    assert len(of_release) == 7
    for at, figures in ((THIRD, before), (TENTH, after)):
        [release] = [row for row in figures["milestones"] if row["name"] == "2.1"]
        there = [row for row in of_release if row["created"] < at]
        done = [row for row in there if row["done"] and row["done"] < at]
        assert (release["items"], release["done"]) == (len(there), len(done))
        assert release["open"] == len(there) - len(done)
        assert release["committed_on"] == "2012-08-10"
        assert release["recorded_later"] is not None
    lately = [row for row in of_release if row["done"] and THIRD <= row["done"] < TENTH]
    [release] = [row for row in after["milestones"] if row["name"] == "2.1"]
    assert sorted(release["finished"]) == keys(lately)
    assert (release["items"], release["open"], release["done_on"]) == (7, 0, "2012-08-09")


def test_totals_on_both_fridays(
    duracloud: Engagement, manager: User, raw: list[dict[str, Any]]
) -> None:
    since: datetime | None = None
    for at in (THIRD, TENTH):
        total = figures_of(tell(duracloud, at, manager))["total"]
        there = [row for row in raw if row["created"] < at]
        done = [row for row in there if row["done"] and row["done"] < at]
        assert (total["items"], total["done"]) == (len(there), len(done))
        assert total["open"] == len(there) - len(done)
        lately = [row for row in done if since is None or row["done"] >= since]
        assert sorted(total["finished"]) == keys(lately)
        added = [row for row in there if since is None or row["created"] >= since]
        assert sorted(total["created"]) == keys(added)
        since = at


def test_every_version_with_items_is_counted(
    duracloud: Engagement, manager: User, raw: list[dict[str, Any]]
) -> None:
    """Items of several versions count in each."""
    figures = figures_of(tell(duracloud, TENTH, manager))
    there = [row for row in raw if row["created"] < TENTH]
    names = {name for row in there for name in row["versions"]}
    counted = {row["name"]: (row["items"], row["done"]) for row in figures["milestones"]}
    assert counted == {
        name: (
            sum(name in row["versions"] for row in there),
            sum(
                name in row["versions"] and bool(row["done"]) and row["done"] < TENTH
                for row in there
            ),
        )
        for name in names
    }
    assert figures["left_out"] == {
        "no_milestone": sum(not row["versions"] for row in there),
        "refused": 0,
        "undecided": 0,
        "undated": 0,
    }


def test_the_burn_up_of_release_2_1(
    duracloud: Engagement, manager: User, raw: list[dict[str, Any]]
) -> None:
    figures = figures_of(tell(duracloud, TENTH, manager))
    of_release = [row for row in raw if "2.1" in row["versions"]]
    assert figures["burnup_next"][-1]["ends_on"] == "2012-08-05"
    for point in figures["burnup_next"]:
        sunday = date.fromisoformat(point["ends_on"])
        end = datetime(sunday.year, sunday.month, sunday.day, 23, 59, 59, tzinfo=BERLIN)
        assert point["scope"] == sum(row["created"] <= end for row in of_release)
        assert point["done"] == sum(bool(row["done"]) and row["done"] <= end for row in of_release)


def test_what_the_customer_reads(duracloud: Engagement, manager: User) -> None:
    tell(duracloud, THIRD, manager, headline="2.1 is nearly there.")
    revision = tell(duracloud, TENTH, manager, headline="2.1 is done.")
    page = " ".join(revision.html.split())
    assert "Committed for Fri 10 Aug: all 7 items are done since Thu 9 Aug." in page
    assert "The work was imported on" in page
    assert "after the day that this status speaks of." in page
    assert "Reconstructed on" in page
    assert "FutureRelease" not in page
    assert "DURACLOUD-" not in page
    assert (revision.colour, revision.computed_colour) == ("green", "green")
