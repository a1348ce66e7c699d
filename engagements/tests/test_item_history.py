"""The history of one item on its page: what happened, by which file, and what cannot be."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils.html import strip_tags

from dm_portal.people.models import User
from engagements.item_history import Line, item_history
from engagements.models import Engagement, Import, Milestone, WorkEvent, WorkItem
from engagements.sources.rows import written
from engagements.tests.pages import at, make_import, make_item, statements

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + number * DAY


@pytest.fixture
def desk(manager: User, engagement: Engagement, sign_in: Any) -> Any:
    return sign_in(manager)


@pytest.fixture
def file(engagement: Engagement) -> Import:
    """A file that speaks of the tenth day, applied a day later."""
    return spoke(make_import(engagement), until=10)


@pytest.fixture
def item(file: Import) -> WorkItem:
    """One of which only its row tells."""
    milestone = Milestone.objects.create(engagement=file.engagement, number=1, name="2.1")
    with time_machine.travel(day(10), tick=False):
        return make_item(file, "A/1", created_at=START, state="Open", milestones=[milestone])


def spoke(file: Import, *, until: float) -> Import:
    Import.objects.filter(pk=file.pk).update(as_of=day(until), applied_at=day(until + 1))
    file.refresh_from_db()
    return file


def another(file: Import, *, until: float) -> Import:
    """The next file of the same source, with a changelog."""
    twin = Import.objects.get(pk=file.pk)
    twin.pk, twin.number, twin._state.adding = None, file.number + 1, True
    twin.file_name, twin.changelog_name = "newer.csv", "log.csv"
    twin.save()
    return spoke(twin, until=until)


def change(
    file: Import, on: float, field: str, came: str, became: str, *, key: str = "A/1"
) -> None:
    said = {"field": field, "came": came, "became": became, "occurred_at": day(on)}
    WorkEvent.objects.create(
        source=file.source, key=key, of=file, recorded_at=file.applied_at, **said
    )


def undated(file: Import, **cells: Any) -> WorkItem:
    """One of which no file says when it was created; it is first told of on the tenth day."""
    of = {"source": file.source, "key": "A/2"}
    told = {"field": "seen", "became": json.dumps(cells), "occurred_at": day(10)}
    WorkEvent.objects.create(**of, **told, of=file, recorded_at=file.applied_at)
    return WorkItem.objects.create(
        engagement=file.engagement, **of, created_at=day(10), last_import=file
    )


def test_what_no_file_says_to_be_created_says_so(desk: Any, file: Import) -> None:
    item = undated(file, done_at=written(day(9)), state="Done")
    html = desk.get(url(item)).content.decode()
    page = " ".join(strip_tags(html).split())
    assert "Creatednot known (first told of" in page
    assert "First told of" in page.split("History")[-1]
    assert "done before it was created" not in page


def url(item: WorkItem) -> str:
    return at("work_detail", item.engagement, number=1, key=item.key)


def page(desk: Any, item: WorkItem, **query: Any) -> str:
    """The words of its history."""
    html = desk.get(url(item), query).content.decode()
    return " ".join(strip_tags(html[html.index('id="history-title"') :]).split())


def lines(item: WorkItem) -> list[Line]:
    found = WorkItem.objects.select_related("engagement", "source").get(pk=item.pk)
    return list(item_history(found).lines)


def test_each_instant_with_the_file_that_told_it(desk: Any, item: WorkItem, file: Import) -> None:
    change(another(file, until=20), 15, "state", "Open", "Done")
    words = page(desk, item)
    assert "Mon 2 Nov, 10:00 Created In 2.1 Jira export, work.csv" in words
    assert "Tue 17 Nov, 10:00 Done State: Open → Done Jira export, log.csv" in words
    assert [line.is_late for line in lines(item)] == [False, False, False]


def test_what_an_earlier_file_should_have_told_is_late(
    desk: Any, item: WorkItem, file: Import
) -> None:
    newer = another(file, until=20)
    change(newer, 10, "due", "", "2026-12-04")  # the last instant of the earlier one
    change(newer, 9, "flag", "Impediment", "")
    assert [line.is_late for line in lines(item)] == [False, True, False, False]
    assert "log.csv, told late: recorded Mon 23 Nov, 10:00" in page(desk, item)


def test_a_milestone_that_is_taken_away_is_told(desk: Any, item: WorkItem, file: Import) -> None:
    Milestone.objects.update(name="Refunds", tracker_name="2.1")
    change(another(file, until=20), 15, "milestone", "2.1", "")
    words = page(desk, item)
    assert "In Refunds" in words
    assert "Taken out of Refunds" in words


def test_dates_that_cannot_be_are_said(desk: Any, file: Import) -> None:
    dates = {"created_at": day(3), "started_at": day(2), "done_at": day(1)}
    html = desk.get(url(make_item(file, "A-2", **dates))).content.decode()
    assert "done before it was created, and done before it was started" in html
    assert "Impossible dates" not in desk.get(url(make_item(file, "A-3"))).content.decode()


def test_a_state_that_nobody_has_decided_on(desk: Any, item: WorkItem, file: Import) -> None:
    change(another(file, until=20), 15, "state", "Open", "Peer QA")
    assert "nobody has decided what “Peer QA” means: it stays not started" in page(desk, item)
    html = desk.get(url(item)).content.decode()
    assert "Nobody has decided yet what the state “Peer QA” of Jira export means" in html
    assert f'<a href="{at("import_states", item.engagement)}">Decide' in html


def test_an_item_of_which_nothing_is_told(desk: Any, item: WorkItem) -> None:
    WorkItem.objects.filter(pk=item.pk).update(key="A-2")
    item.refresh_from_db()
    assert "Nothing is told of it" in page(desk, item)


def test_a_long_history_begins_with_its_newest_page(
    desk: Any, item: WorkItem, file: Import
) -> None:
    newer = another(file, until=20)
    for number in range(90):
        change(newer, 11 + number / 100, "sprint", f"S{number}", f"S{number + 1}")
    assert len(lines(item)) == 92
    newest, oldest = page(desk, item), page(desk, item, page=1)
    assert "51–92 of 92 entries" in newest
    assert "S89 → S90" in newest
    assert "Created" not in newest
    assert "1–50 of 92 entries" in oldest
    assert "Created" in oldest


def test_a_page_costs_the_same_whatever_happened(desk: Any, item: WorkItem, file: Import) -> None:
    assert statements(desk, url(item)) == 14
    newer = another(file, until=20)
    for number in range(3):
        change(newer, 15 + number, "sprint", f"S{number}", f"S{number + 1}")
    assert statements(desk, url(item)) == 14


def test_nothing_of_another_item_is_read(desk: Any, item: WorkItem, file: Import) -> None:
    cells = {"created_at": written(START), "state": "Secret"}
    change(file, 5, "seen", "", json.dumps(cells), key="A/2")
    assert "Secret" not in page(desk, item)
