"""Where the lists of the figures lead: to blockers, to items of one key, to what came too late."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from dm_portal.people.models import User
from engagements.models import Blocker, Engagement, Source, WorkItem
from engagements.tests.events import import_of, tell
from reporting.tests.pages import SignIn, statements, text_of, url
from reporting.tests.reports import FRIDAY, WEEK, draft, import_work, open_reports, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

DAY = timedelta(days=1)


@pytest.fixture
def desk(sign_in: SignIn, manager: User) -> Any:
    return sign_in(manager)


@pytest.fixture
def blocked(
    engagement: Engagement, manager: User, friday: time_machine.Traveller
) -> tuple[Blocker, ...]:
    """A-1 is blocked for three days, and was before; a day later so is A-1 of another source."""
    friday.move_to(FRIDAY - 3 * DAY, tick=False)
    import_work(engagement, manager, **{"A-1": (FRIDAY - WEEK, None)})
    other = Source.objects.create(engagement=engagement, kind="work_csv", number=2)
    one = WorkItem.objects.get()
    made = [block(one, number=3)]
    friday.move_to(FRIDAY - 2 * DAY, tick=False)
    another = {"source": other, "title": "Another", "created_at": FRIDAY - WEEK}
    fields = {"engagement": engagement, "key": "A-1", "last_import": import_of(other)} | another
    made.append(block(WorkItem.objects.create(**fields), number=7))
    friday.move_to(FRIDAY, tick=False)
    return tuple(made)


def block(item: WorkItem, *, number: int) -> Blocker:
    """It is blocked as of now, which its tracker tells by its state."""
    item.state = "Blocked"
    item.save()
    tell(item)
    place = {"engagement": item.engagement, "source": item.source, "key": item.key}
    told = item.source.events.latest("occurred_at")
    return Blocker.objects.create(number=number, opened_at=told.occurred_at, **place)


def figures(engagement: Engagement) -> str:
    return reverse("figures_detail", args=[engagement.ref])


def test_what_is_blocked_leads_to_its_item_and_to_its_blocker(
    desk: Any, blocked: tuple[Blocker, ...]
) -> None:
    response = desk.get(figures(blocked[0].engagement))
    rows = response.context["blockers"].rows
    assert [row[2].url for row in rows] == [each.get_absolute_url() for each in blocked]
    items = [WorkItem.objects.get(source=each.source) for each in blocked]
    places = [[blocked[0].engagement.ref, item.source.number, item.key] for item in items]
    assert [row[0].url for row in rows] == [reverse("work_detail", args=each) for each in places]


def test_items_of_one_key_are_told_apart_by_their_source(
    desk: Any, blocked: tuple[Blocker, ...]
) -> None:
    rows = desk.get(figures(blocked[0].engagement)).context["blockers"].rows
    assert [row[0].note for row in rows] == ["Jira export", "Work CSV"]


def test_what_is_blocked_costs_one_statement(desk: Any, blocked: tuple[Blocker, ...]) -> None:
    assert statements(desk, figures(blocked[0].engagement)) == 13


@pytest.fixture
def late(engagement: Engagement, manager: User, friday: time_machine.Traveller) -> Any:
    """A status of last week; a day later a file tells what was finished the day before it."""
    reports = open_reports(engagement, weeks=2)
    friday.move_to(FRIDAY - WEEK, tick=False)
    import_work(engagement, manager, **{"A-1": (FRIDAY - 3 * WEEK, None)})
    publish(reports[0], manager)
    friday.move_to(FRIDAY - 6 * DAY, tick=False)
    item = WorkItem.objects.get()
    item.done_at = FRIDAY - 8 * DAY
    item.save()
    tell(item)
    friday.move_to(FRIDAY, tick=False)
    return reports


def test_what_a_status_could_not_know_is_listed_with_links(desk: Any, late: Any) -> None:
    said = text_of(desk.get(figures(late[0].engagement)))
    assert "What the status as of" in said
    assert "<h3>Finished earlier: 1 item</h3>" in said
    assert f'<a href="/engagements/{late[0].engagement.ref}/work/1/A-1/">A-1</a>' in said


def test_it_is_listed_beside_the_next_draft_too(desk: Any, late: Any) -> None:
    beside = text_of(desk.get(url(draft(late[1])))).split("<aside")[1]
    assert "What the last status could not know" in beside
    assert "<h3>Finished earlier: 1 item</h3>" in beside


def test_before_the_first_status_nothing_is_late(
    desk: Any, engagement: Engagement, manager: User
) -> None:
    import_work(engagement, manager, **{"A-1": (FRIDAY - WEEK, FRIDAY - DAY)})
    assert "could not know" not in text_of(desk.get(figures(engagement)))
