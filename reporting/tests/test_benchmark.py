"""The benchmark fills a portal, measures its pages, and says what is missed."""

from dataclasses import replace

import pytest
from django.test import override_settings

from engagements.models import Customer, Engagement, Milestone, WorkEvent, WorkItem
from reporting.benchmark import pages
from reporting.benchmark.pages import Cost
from reporting.benchmark.run import measure, size_of
from reporting.benchmark.verdict import missed, not_flat, table
from reporting.benchmark.world import Size, fill
from reporting.management.commands.benchmark import SETTINGS
from reporting.models import Facts, Report, ReportRevision

BARE = Cost("a bare page", 4, 1.5, 0.5, 2048, 2.0, 3.0, 400.0, 90.0)
WEEK = replace(BARE, name="a published week", web_ms=4.0, database_ms=1.0)


def test_a_target_that_is_met_is_not_named() -> None:
    assert list(missed([BARE, WEEK, replace(WEEK, name="needs me", web_ms=11)])) == []


def test_what_is_missed_says_what_it_costs() -> None:
    dear = [replace(WEEK, web_ms=6.0), replace(WEEK, name="needs me", web_ms=12, statements=14)]
    assert list(missed([BARE, *dear])) == [
        (
            "a published week: 3.5 times the bare page, may be 3: 6.0 ms in Python, "
            "1.0 ms in the database, 4 statements, 2 KB"
        ),
        (
            "needs me: 6.5 times the bare page, may be 6: 12.0 ms in Python, "
            "1.0 ms in the database, 14 statements, 2 KB"
        ),
    ]


def test_a_database_elsewhere_is_left_out() -> None:
    bare = replace(BARE, database_ms=None)
    dear = replace(WEEK, web_ms=6.0, database_ms=None)
    [said] = missed([bare, dear])
    assert said.endswith("may be 3: 6.0 ms in Python, 4 statements, 2 KB")
    assert list(table([bare]))[1].split()[5] == "-"


def test_a_large_worker_is_named() -> None:
    [said] = missed([BARE, replace(WEEK, megabytes=151.0)])
    assert said == "a worker took 151 MB, may take 150: a published week"


def test_what_grows_with_the_portal_is_named() -> None:
    grown = replace(WEEK, web_ms=6.0)
    assert list(not_flat({20: [BARE, WEEK], 2000: [replace(BARE, web_ms=9), WEEK]})) == []
    [said] = not_flat({2000: [BARE, grown], 20: [BARE, WEEK]})
    assert said.startswith("a published week: 1.40 times as dear with 2,000 engagements as with 20")


def test_a_line_for_each_page() -> None:
    head, bare, week = table([BARE, WEEK])
    assert head.split()[0] == "page"
    assert bare.split()[3:] == ["4", "1.5", "0.5", "1.0", "2", "2.0", "3.0", "400.0", "90"]
    assert week.split()[6] == "2.5"


@pytest.mark.parametrize(
    ("engagements", "items", "weeks"), [(20, 500, 104), (200, 500, 100), (2000, 50, 10)]
)
def test_a_larger_portal_has_smaller_engagements(engagements: int, items: int, weeks: int) -> None:
    size = size_of(engagements)
    assert (size.items, size.weeks) == (items, weeks)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No further processes: they would not see what a test wrote."""
    monkeypatch.setattr(pages, "_two_workers", lambda ask, seconds: (1.0, 1.0))


@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
def test_every_page_of_a_small_world_is_measured() -> None:
    with override_settings(**SETTINGS):
        costs = measure(
            Size(3, items=4, weeks=2, probe_items=12, probe_weeks=3), requests=1, seconds=0
        )
    names = [cost.name for cost in costs]
    assert names[0] == "a bare page"
    assert names[-1] == "a published week"
    assert len(names) == 11
    assert all(cost.statements > 0 and cost.size > 0 for cost in costs)
    assert (Engagement.objects.count(), Customer.objects.count()) == (3, 3)
    assert Milestone.objects.count() == 15
    assert WorkItem.objects.count() == 12 + 2 * 4
    assert ReportRevision.objects.count() == Facts.objects.count() == 3 + 2 * 2
    assert Report.objects.filter(state="draft").count() == 3
    at = WorkItem.objects.exclude(engagement__name="Atlas").filter(milestones__isnull=False)
    assert all(
        each.engagement_id == row.engagement_id for each in at for row in each.milestones.all()
    )
    assert WorkEvent.objects.filter(source__engagement__name="Engagement 1").exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
def test_a_page_that_is_not_there_is_no_figure() -> None:
    world = fill(Size(1, items=1, weeks=1, probe_items=1, probe_weeks=1))
    client = pages.signed_in(world.manager)
    with pytest.raises(ValueError, match="/nowhere/ answers 404"):
        pages.cost_of("nowhere", client, "/nowhere/", requests=1, seconds=0)
