"""`/` of architects and directors, who may have a word to say, and of admins."""

from datetime import timedelta

import pytest
import time_machine

from dm_portal.people.models import Invitation, User
from dm_portal.shell import leases
from dm_portal.shell.clock import now
from dm_portal.tests.cast import give_function
from engagements.models import Engagement, EngagementFunction, Milestone
from pods.models import Membership, Pod, Specialist
from reporting import needs
from reporting.models import Report
from reporting.tests.pages import SignIn, statements
from reporting.tests.reports import FRIDAY, draft, open_reports, publish, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

HOUR = timedelta(hours=1)


def lines(user: User, *, hours: int = 0) -> list[tuple[str, str, str]]:
    found = needs.page_of(user, at=FRIDAY + hours * HOUR).groups
    return [(group.name, need.what, need.why) for group in found for need in group.needs]


# Not published


@pytest.mark.parametrize("who", ["architect", "director"])
def test_a_status_that_is_overdue(
    request: pytest.FixtureRequest, draft_47: Report, who: str
) -> None:
    reader = request.getfixturevalue(who)
    assert lines(reader) == []
    what = "The status of 16–22 Nov is not published"
    why = "was due today at 15:00; Mara Manager writes it"
    assert lines(reader, hours=3) == [("overdue", what, why)]


def test_a_status_that_nobody_writes(director: User, draft_47: Report) -> None:
    EngagementFunction.objects.all().delete()
    why = "was due today at 15:00; nobody, for it has no delivery manager, writes it"
    assert [said for *_, said in lines(director, hours=3)] == [why]


def test_whoever_writes_it_is_told_once(
    architect: User, engagement: Engagement, draft_47: Report
) -> None:
    give_function(architect, engagement, "deputy")
    whats = [what for _, what, _ in lines(architect, hours=3)]
    assert whats == ["Publish the status of 16–22 Nov"]


# Called better than the rules


def test_a_colour_that_is_kinder_than_the_rules(
    architect: User, director: User, manager: User, checkout: Milestone, week_47: Report
) -> None:
    ready = write(draft(week_47), manager, colour="green", colour_reason="It is in test.")
    publish(ready, manager)
    what = "Atlas is called on track; by the rules it is at risk"
    assert ("today", what, "It is in test.") in lines(architect)
    assert lines(director) == [("today", what, "It is in test.")]
    assert what not in [said for _, said, _ in lines(manager)]


def test_a_colour_as_by_the_rules_needs_no_word(
    director: User, manager: User, checkout: Milestone, week_47: Report
) -> None:
    publish(write(draft(week_47), manager, colour="amber"), manager)
    assert lines(director) == []


# Red, and since when


def test_since_when_it_has_been_red(
    manager: User, architect: User, engagement: Engagement, friday: time_machine.Traveller
) -> None:
    reports = open_reports(engagement, weeks=4)
    for report, colour in zip(reports, ("red", "green", "red", "red"), strict=True):
        publish(write(draft(report), manager, colour=colour), manager)
        friday.shift(timedelta(days=1))
    said = needs.page_of(architect, at=now()).summary
    assert said == "Atlas has been red for 2 days."


@pytest.mark.parametrize("who", ["specialist", "other_manager"])
def test_whom_a_red_engagement_does_not_concern(
    request: pytest.FixtureRequest, manager: User, week_47: Report, who: str
) -> None:
    publish(write(draft(week_47), manager, colour="red"), manager)
    page = needs.page_of(request.getfixturevalue(who), at=FRIDAY)
    assert (page.summary, page.groups) == ("", [])


# Span


def fill(pod: Pod, heads: int) -> None:
    for n in range(heads):
        specialist = Specialist.objects.create(name=f"S{n}")
        Membership.objects.create(
            pod=pod, specialist=specialist, trade="developer", starts_on=FRIDAY.date()
        )


@pytest.mark.parametrize(("heads", "number"), [(8, 0), (9, 1)])
def test_more_than_eight_people_need_an_architect(
    director: User, engagement: Engagement, pod: Pod, heads: int, number: int
) -> None:
    fill(pod, heads)
    why = "9 specialists in one pod: more than one delivery manager can see to alone"
    assert lines(director) == [("no hurry", "Atlas needs an architect", why)] * number


def test_specialists_of_two_pods_are_not_added_up(
    director: User, engagement: Engagement, pod: Pod, other_pod: Pod
) -> None:
    engagement.pods.add(other_pod)
    fill(pod, 5)
    fill(other_pod, 5)
    assert lines(director) == []


def test_three_pods_need_an_architect(
    director: User, engagement: Engagement, pod: Pod, other_pod: Pod
) -> None:
    engagement.pods.add(other_pod)
    assert lines(director) == []
    engagement.pods.add(Pod.objects.create(name="Pod Ash"))
    why = "3 pods: more than one delivery manager can see to alone"
    assert lines(director) == [("no hurry", "Atlas needs an architect", why)]
    give_function(director, engagement, "architect")
    assert lines(director) == []


# Admins


def invite(user: User, by: User, *, days: int, lasts: int = 7) -> None:
    at = FRIDAY - timedelta(days=days)
    Invitation.objects.create(
        user=user,
        email=user.email,
        scope="DM",
        token_hash=f"{user.pk}-{days}",
        expires_at=at + timedelta(days=lasts),
        invited_at=at,
        invited_by=by,
    )


@pytest.fixture
def invited(db: None) -> User:
    return User.objects.create(email="ivy@example.com", name="Ivy", kind="internal")


@pytest.mark.parametrize(
    ("days", "lasts", "group", "why"),
    [
        (2, 7, "this week", "invited 2 days ago"),
        (8, 30, "today", "invited 1 week ago"),
        (3, 1, "today", "invited 3 days ago; 1 letter expired"),
    ],
)
def test_people_who_have_not_come(
    admin: User, manager: User, invited: User, days: int, lasts: int, group: str, why: str
) -> None:
    leases.beat("tick")
    invite(invited, admin, days=days, lasts=lasts)
    assert lines(admin) == [(group, "1 person has not come yet", why)]
    assert lines(manager) == []


def test_two_people_are_one_line(admin: User, invited: User) -> None:
    leases.beat("tick")
    second = User.objects.create(email="ian@example.com", name="Ian", kind="internal")
    for user in (invited, second):
        invite(user, admin, days=1)
    assert [what for _, what, _ in lines(admin)] == ["2 people have not come yet"]


def test_whoever_came_is_no_line(admin: User, manager: User) -> None:
    leases.beat("tick")
    invite(manager, admin, days=1)
    assert lines(admin) == []


def test_a_clock_that_stands_still(admin: User, director: User) -> None:
    why = "nothing is drafted, mailed or reminded until it runs"
    assert lines(admin) == [("overdue", "The clock has never run", why)]
    leases.beat("tick")
    assert lines(admin) == []
    still = "The clock has stood still for 1 hour"
    assert lines(admin, hours=1) == [("overdue", still, why)]
    assert lines(director, hours=1) == []


def test_statements_of_a_director(
    sign_in: SignIn, director: User, manager: User, draft_47: Report
) -> None:
    assert statements(sign_in(director), "/") <= 15
