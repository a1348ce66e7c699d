"""What querysets pick and count."""

from datetime import timedelta

import pytest
import time_machine

from dm_portal.people.models import User
from dm_portal.shell.clock import now, today
from dm_portal.shell.components import Shape
from dm_portal.tests.cast import give_function, make_user
from engagements import standing
from engagements.figures import Work, is_done, sprint_on, work_of
from engagements.models import (
    AcceptanceCriterion,
    Engagement,
    Import,
    Milestone,
    Sprint,
    WorkItem,
)
from engagements.services.milestones import commit_date
from engagements.tests.pages import make_import, make_item

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def file(engagement: Engagement) -> Import:
    return make_import(engagement)


def milestone(engagement: Engagement, number: int, **fields: object) -> Milestone:
    return Milestone.objects.create(
        engagement=engagement, number=number, name=f"M{number}", **fields
    )


def test_progress_counts_each_once(file: Import, manager: User) -> None:
    """Two kinds of children, counted side by side, do not multiply each other."""
    row = milestone(file.engagement, 1)
    for number in range(3):
        done_at = file.applied_at if number else None
        make_item(file, f"A-{number}", milestones=[row], done_at=done_at)
        AcceptanceCriterion.objects.create(milestone=row, number=number, statement="x")
    met = {"met_at": file.applied_at, "met_by": manager}
    AcceptanceCriterion.objects.filter(number=1).update(**met)
    found = Milestone.objects.with_progress().get()
    counted = (found.items, found.items_done, found.criteria_total, found.criteria_met)
    assert counted == (3, 2, 3, 1)


def test_progress_of_nothing_is_nothing(engagement: Engagement) -> None:
    milestone(engagement, 1)
    found = Milestone.objects.with_progress().get()
    assert (found.items, found.items_done, found.criteria_total, found.criteria_met) == (0, 0, 0, 0)
    assert not is_done(found)


def test_unfinished_is_what_has_work_left_or_none_known(file: Import) -> None:
    rows = [milestone(file.engagement, number) for number in (1, 2, 3)]
    make_item(file, "A-1", milestones=rows[:2], done_at=file.applied_at)
    make_item(file, "A-2", milestones=rows[1:2])
    assert list(Milestone.objects.unfinished()) == rows[1:]
    done = [row for row in Milestone.objects.with_progress() if is_done(row)]
    assert done == rows[:1]


def test_committed_ones_have_a_date(engagement: Engagement) -> None:
    milestone(engagement, 1)
    dated = milestone(engagement, 2, committed_on=today())
    assert list(Milestone.objects.committed()) == [dated]


def test_the_next_date_is_the_earliest_that_is_not_finished(file: Import) -> None:
    engagement = file.engagement
    done = milestone(engagement, 1, committed_on=today() - 9 * DAY)
    make_item(file, "A-1", milestones=[done], done_at=file.applied_at)
    milestone(engagement, 2, committed_on=today() - DAY)
    milestone(engagement, 3, committed_on=today() + DAY)
    found = Engagement.objects.with_people_and_date().get(pk=engagement.pk)
    assert found.next_on == today() - DAY


def test_managers_are_todays(engagement: Engagement) -> None:
    for name, start in (("Nora", 0), ("Later", 1)):
        give_function(make_user(name), engagement, "dm", starts_on=today() + start * DAY)
    ended = give_function(make_user("Ended"), engagement, "dm", starts_on=today() - DAY)
    engagement.functions.filter(pk=ended.pk).update(ends_on=today())
    found = Engagement.objects.with_people_and_date().get(pk=engagement.pk)
    assert found.managers == ["Mara Manager", "Nora"]
    User.objects.filter(name="Mara Manager").update(is_active=False)
    found = Engagement.objects.with_people_and_date().get(pk=engagement.pk)
    assert found.managers == ["Nora"]
    assert found.next_on is None


def test_only_active_ones_owe_a_status(
    engagement: Engagement, other_engagement: Engagement
) -> None:
    Engagement.objects.filter(pk=other_engagement.pk).update(state="paused")
    assert list(Engagement.objects.reporting()) == [engagement]


def test_work_of_one_engagement(file: Import, other_engagement: Engagement) -> None:
    begun = {"started_at": file.applied_at}
    make_item(file, "A-1", done_at=file.applied_at, stage="done", **begun)
    make_item(file, "A-2", stage="in_progress", **begun)
    make_item(file, "A-3", stage="blocked", **begun)
    make_item(file, "A-4", stage="not_started", **begun)  # put back
    make_item(make_import(other_engagement), "X-1")
    assert work_of(file.engagement) == Work(items=4, done=1, in_progress=2)
    assert work_of(file.engagement).open == 3
    assert [row.key for row in WorkItem.objects.done()] == ["A-1"]
    assert WorkItem.objects.open().count() == 4


def test_what_is_dated_into_the_future_is_open_until_then(file: Import) -> None:
    engagement, day = file.engagement, today()
    row = milestone(engagement, 1, committed_on=day)
    dates = {"starts_on": day, "ends_on": day + 3 * DAY}
    sprint = Sprint.objects.create(engagement=engagement, number=1, name="S1", **dates)
    later = now() + DAY
    belongs = {"milestones": [row], "sprint": sprint}
    make_item(file, "A-1", **belongs, done_at=later, stage="in_progress")
    make_item(file, "A-2", done_at=later)
    for instant, done in ((later - DAY, 0), (later, 2)):
        with time_machine.travel(instant, tick=False):
            found = Milestone.objects.with_progress().get()
            assert (found.items, found.items_done) == (1, min(done, 1))
            assert Milestone.objects.unfinished().exists() is not is_done(found)
            assert (WorkItem.objects.done().count(), WorkItem.objects.open().count()) == (
                done,
                2 - done,
            )
            assert work_of(engagement) == Work(items=2, done=done, in_progress=0 if done else 1)
            assert sprint_on(engagement, day).items_done == min(done, 1)


def test_another_engagements_sprint_is_not_ours(file: Import, other_engagement: Engagement) -> None:
    dates = {"starts_on": today(), "ends_on": today()}
    Sprint.objects.create(engagement=other_engagement, number=1, name="Theirs", **dates)
    assert sprint_on(file.engagement, today()) is None


def test_a_sprint_holds_its_first_and_its_last_day(file: Import) -> None:
    engagement, day = file.engagement, today()
    dates = {"starts_on": day, "ends_on": day + 2 * DAY}
    sprint = Sprint.objects.create(engagement=engagement, number=1, name="S1", **dates)
    Sprint.objects.create(engagement=engagement, number=2, name="S2")
    make_item(file, "A-1", sprint=sprint, done_at=file.applied_at)
    make_item(file, "A-2", sprint=sprint)
    found = [sprint_on(engagement, day + n * DAY) for n in (-1, 0, 2, 3)]
    assert found == [None, sprint, sprint, None]
    assert (found[1].items, found[1].items_done) == (2, 1)


def test_of_two_sprints_the_one_that_began_last(engagement: Engagement) -> None:
    day = today()
    for number, start in ((1, 0), (2, 1)):
        Sprint.objects.create(
            engagement=engagement,
            number=number,
            name=f"S{number}",
            starts_on=day - (9 - start) * DAY,
            ends_on=day,
        )
    assert sprint_on(engagement, day).name == "S2"


def test_nothing_is_said_before_anybody_says_it(engagement: Engagement) -> None:
    found = standing._nothing_said(Engagement.objects.all()).get()
    assert (found.said, standing.shape_of(found)) == (None, Shape.NOT_KNOWN)


def test_rows_name_themselves_and_whose_they_are(file: Import, manager: User) -> None:
    row = milestone(file.engagement, 1)
    day = today()
    commit_date(milestone=row, version=1, committed_on=day, reason="x", by=manager)
    item = make_item(file, "A-1", title="It breaks")
    assert str(item) == "A-1 It breaks"
    assert str(row.revisions.get()) == "M1, revision 1"
    engagement = file.engagement
    here = (engagement.ref, engagement.customer.ref)
    assert (item.engagement_ref, item.customer_ref) == here
