"""The figures beside a draft: the items behind the text, and what is stuck."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from dm_portal.people.models import User
from engagements.models import Engagement, WorkItem
from engagements.tests.events import tell
from reporting.models import Report
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import (
    FRIDAY,
    WEEK,
    commit_late,
    draft,
    import_three,
    import_work,
    open_reports,
    publish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

DAY = timedelta(days=1)


@pytest.fixture
def atlas(engagement: Engagement, manager: User) -> Engagement:
    """One item finished this week, one the week before, one open."""
    import_three(engagement, manager)
    return engagement


def rail(client: Client, report: Report) -> str:
    return text_of(client.get(url(report))).split("<aside")[1]


def test_the_items_behind_the_text_stand_beside_it(
    sign_in: SignIn, manager: User, atlas: Engagement, friday: time_machine.Traveller
) -> None:
    first, second = open_reports(atlas, weeks=2)
    friday.move_to(FRIDAY - WEEK, tick=False)
    publish(first, manager)
    friday.move_to(FRIDAY, tick=False)
    beside = rail(sign_in(manager), draft(second))
    assert "<h3>Finished: 2 items</h3>" in beside
    assert f'<a href="/engagements/{atlas.ref}/work/1/A-3/">A-3</a> Title of A-3' in beside
    assert "Nothing was reopened or withdrawn." in beside
    assert "<h2>Since the last status</h2>" in beside


def test_beside_a_first_status_stands_what_is_so(
    sign_in: SignIn, manager: User, atlas: Engagement
) -> None:
    [report] = open_reports(atlas)
    beside = rail(sign_in(manager), draft(report))
    assert "<h2>So far</h2>" in beside
    assert "<h3>Finished: 2 items</h3>" in beside
    assert "Added" not in beside
    assert "Nothing was" not in beside


def test_the_dates_of_a_first_status_are_no_change_since_another(
    sign_in: SignIn, manager: User, atlas: Engagement
) -> None:
    commit_late(atlas, manager, on=FRIDAY.date())
    [report] = open_reports(atlas)
    page = text_of(sign_in(manager).get(url(draft(report))))
    assert "<h2>What changed</h2>" in page
    assert "Since the last status" not in page


def test_beside_a_first_status_nothing_is_finished_yet(
    sign_in: SignIn, manager: User, engagement: Engagement
) -> None:
    import_work(engagement, manager, **{"A-1": (FRIDAY - WEEK, None)})
    [report] = open_reports(engagement)
    beside = rail(sign_in(manager), draft(report))
    assert "Nothing was finished." in beside
    assert "Finished:" not in beside


def test_what_is_longest_in_progress_stands_there_too(
    sign_in: SignIn, manager: User, engagement: Engagement, friday: time_machine.Traveller
) -> None:
    friday.move_to(FRIDAY - 2 * DAY, tick=False)
    import_work(engagement, manager, **{"A-1": (FRIDAY - WEEK, None)})
    friday.move_to(FRIDAY - DAY, tick=False)
    items = WorkItem.objects.filter(engagement=engagement)
    items.update(state="In Progress", started_at=FRIDAY - DAY)
    tell(*items)
    friday.move_to(FRIDAY, tick=False)
    beside = rail(sign_in(manager), draft(open_reports(engagement)[0]))
    assert 'Title of A-1 <span class="quiet">2 days</span>' in beside


def test_without_work_the_rail_says_so(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    assert "no work has been imported yet" in rail(sign_in(manager), draft_47)
