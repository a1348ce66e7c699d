"""The demo world is whole, the same every time, and never made where real customers are."""

import ast
import json
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

import reporting
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.dates import WorkingDays
from engagements.freshness import stale_sources
from engagements.models import (
    Blocker,
    Commitment,
    Customer,
    Engagement,
    Import,
    MilestoneRevision,
)
from engagements.thresholds import DEFAULTS
from reporting.demo import plans
from reporting.demo.story import items_of
from reporting.models import Forecast, Question, Report, ReportRevision

pytestmark = pytest.mark.django_db

SECRET = "open sesame, twice"
FIRST = datetime(2026, 7, 27, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture(scope="module")
def printed(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[list[str]]]:
    """The world is made once for the module; what a test changes in it is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DEMO_PASSWORD=SECRET):
        yield _said_by("--if-empty")
        transaction.set_rollback(True)


def _said_by(*options: str) -> list[list[str]]:
    out = StringIO()
    call_command("seed_demo", *options, stdout=out)
    return [line.split("\t") for line in out.getvalue().splitlines()]


def test_the_story_is_the_same_every_time() -> None:
    assert items_of(plans.ATLAS, FIRST) == items_of(plans.ATLAS, FIRST)


def test_six_engagements_with_eight_months_of_statuses(printed: list[list[str]]) -> None:
    assert (Customer.objects.count(), Engagement.objects.count()) == (3, 6)
    published = ReportRevision.objects.filter(number=1)
    assert published.filter(report__engagement__name="Atlas payments").count() == 17
    assert published.filter(report__engagement__name="Harbour bookings").count() >= 17
    assert set(ReportRevision.objects.values_list("reconstructed_on", flat=True)) == {None}


def test_each_engagement_has_a_story_of_its_own(printed: list[list[str]]) -> None:
    """Finished; waiting; red and well again; healthy; drifting; too young to tell."""
    said = ReportRevision.objects.filter(number=1).order_by("facts__as_of")
    rows = said.values_list("report__engagement__name", "colour", "computed_colour")
    calls = {name: [(own, rules) for each, own, rules in rows if each == name] for name, *_ in rows}
    assert Engagement.objects.get(state="closed").name == "Kestrel cards"
    assert ("amber", "green") in calls["Atlas payments"]
    harbour = [own for own, _ in calls["Harbour bookings"]]
    assert harbour.index("red") < len(harbour) - 1 - harbour[::-1].index("green")
    assert {own for own, _ in calls["Cedar referrals"]} == {"green"}
    assert {rules for _, rules in calls["Quayside gates"][-3:]} & {"amber", "red"}
    # whether this week's is out depends on the day
    assert len(calls["Lantern archive"]) in {3, 4}


def test_who_the_names_of_one_tracker_are_was_said_but_for_one(printed: list[list[str]]) -> None:
    atlas = Engagement.objects.get(name="Atlas payments")
    items = atlas.work_items.with_assignees().exclude(assignee="")
    said = {(row.assignee, row.assignee_kind, row.specialist_name) for row in items}
    own = {name for name in plans.ATLAS.assignees if name != "Rin Takeda"}
    assert said == {(name, "specialist", name) for name in own} | {
        ("rtakeda", "specialist", "Rin Takeda"),
        ("release-bot", "bot", None),
        ("larkfield.fraud", None, None),
    }


def test_every_status_counts_the_criteria_of_its_milestones(printed: list[list[str]]) -> None:
    bodies = [
        json.loads(each.facts.body) for each in ReportRevision.objects.select_related("facts")
    ]
    agreed = [sum(row["criteria"] for row in each["figures"]["milestones"]) for each in bodies]
    assert min(agreed) > 0


def test_one_correction_one_moved_date_and_no_failed_import(printed: list[list[str]]) -> None:
    assert ReportRevision.objects.filter(number=2).count() == 1
    assert MilestoneRevision.objects.filter(old_on__isnull=False).count() == 1
    assert set(Import.objects.values_list("state", flat=True)) == {"applied"}


def test_one_draft_is_due_today(printed: list[list[str]]) -> None:
    atlas = Engagement.objects.get(name="Atlas payments")
    draft = Report.objects.get(engagement=atlas, state="draft")
    zone = ZoneInfo(atlas.time_zone)
    assert draft.period.due_at.astimezone(zone).date() == datetime.now(zone).date()


def test_everybody_printed_can_sign_in_but_for_who_has_left(printed: list[list[str]]) -> None:
    assert len(printed) == len(plans.INTERNAL) + 6
    let_in = {
        email
        for _, email, password in printed
        if Client().login(email=email, password=password)
        or Client().login(username=email, password=password)
    }
    assert {email for _, email, _ in printed} - let_in == {"gone@portal.example"}


def test_again_it_only_prints(printed: list[list[str]]) -> None:
    before = ReportRevision.objects.count(), User.objects.count()
    assert _said_by("--if-empty") == printed
    assert (ReportRevision.objects.count(), User.objects.count()) == before


def test_only_the_demo_world_and_kept_querysets_pretend_another_time() -> None:
    root = Path(reporting.__file__).parent.parent
    users = {
        str(path.relative_to(root))
        for app in ("dm_portal", "pods", "engagements", "reporting")
        for path in (root / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and any(a.name == "pretending" for a in node.names)
    }
    allowed = {"reporting/demo/seed.py", "dm_portal/shell/kept.py"}
    assert {path for path in users if "/tests/" not in path} == allowed


def test_blockers_with_and_without_words(printed: list[list[str]]) -> None:
    assert {bool(each.impact) for each in Blocker.objects.open()} == {True, False}
    assert Blocker.objects.closed().exclude(impact="").count() >= 1


def test_something_of_everything_is_owed(printed: list[list[str]]) -> None:
    atlas = Engagement.objects.get(name="Atlas payments")
    here = now().date()
    assert [atlas.asks.filter(state=state).count() for state in ("open", "answered")] == [2, 2]
    assert atlas.asks.overdue(here).shared().count() == atlas.actions.overdue(here).count() == 1
    assert set(atlas.risks.values_list("state", flat=True)) == {"open", "happened"}
    assert {row.state for row in atlas.escalations.all()} == {"raised", "resolved"}
    assert atlas.escalations.open().shared().count() == 1


def test_every_word_was_kept_moved_or_missed(printed: list[list[str]]) -> None:
    zone = ZoneInfo("Europe/London")
    plain = {"worked": WorkingDays(), "notice": DEFAULTS.notice_days}
    rows = Commitment.objects.with_standing(zone=zone, today=now().date(), **plain)
    assert {row.state for row in rows} == {"open", "kept", "moved", "moved_late", "missed"}
    assert rows.filter(revision__isnull=False).count() == MilestoneRevision.objects.count()


def test_what_is_old_enough_has_a_range(
    printed: list[list[str]],
) -> None:
    ahead = Forecast.objects.filter(milestone__engagement__state="active").newest()
    refused = {(each.milestone.engagement.name, each.refusal) for each in ahead}
    assert refused >= {("Atlas payments", ""), ("Cedar referrals", ""), ("Harbour bookings", "")}
    assert {rule for name, rule in refused if name == "Lantern archive"} == {"too_young"}


def test_one_question_is_answered_and_one_waits(printed: list[list[str]]) -> None:
    asked = Question.objects.order_by("number")
    assert [(each.place, each.is_open) for each in asked] == [
        ("our_move", False),
        ("headline", True),
    ]


def test_one_source_is_older_than_promised(printed: list[list[str]]) -> None:
    stale = stale_sources(Engagement.objects.reporting(), at=now())
    found = [source.engagement.name for source in stale]
    assert found == ["Harbour bookings"]
