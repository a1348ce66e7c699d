"""Engagements begin, change, pause and close; the record says so."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import today
from dm_portal.shell.dates import day_words
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Customer, Engagement
from engagements.services.customers import create_customer, rename_customer
from engagements.services.engagements import (
    PlannedMilestone,
    change_engagement,
    change_state,
    create_engagement,
)
from pods.models import Pod

pytestmark = pytest.mark.django_db

AGREED: dict[str, Any] = {
    "name": "Cedar",
    "outcome": "Payments without paper",
    "in_scope": "",
    "out_of_scope": "",
    "depends_on": "",
    "unit": "items",
    "sprint_days": 14,
    "time_zone": "Europe/Berlin",
    "status_weekday": 5,
    "status_hour": time(15),
    "starts_on": date(2026, 12, 1),
    "ends_on": None,
    "reporting_from": date(2026, 12, 1),
}


def told() -> list[str]:
    """Every sentence of the record, oldest first."""
    return [sentence(event) for event in AuditEvent.objects.order_by("pk")]


def agreed(engagement: Engagement, **changes: Any) -> dict[str, Any]:
    """What is agreed of an engagement, with some of it changed."""
    return {name: getattr(engagement, name) for name in AGREED} | changes


def test_whoever_begins_an_engagement_is_its_dm(stranger: User, pod: Pod) -> None:
    engagement = create_engagement(customer="Fabrikam", pods=[pod], by=stranger, **AGREED)
    [row] = engagement.functions.all()
    assert (row.user, row.function, row.starts_on, row.ends_on) == (stranger, "dm", today(), None)
    assert list(engagement.pods.all()) == [pod]
    again = User.objects.get(pk=stranger.pk)
    assert list(Engagement.objects.visible_to(again)) == [engagement]


def test_the_beginning_is_on_record(customer: Customer, director: User, pod: Pod) -> None:
    create_engagement(customer=customer, pods=[pod], by=director, **AGREED)
    day = day_words(today(), today=today())
    assert told() == [
        "Dina Director began the engagement Cedar",
        f"Dina Director named Dina Director as delivery manager of Cedar from {day}",
    ]
    begun = AuditEvent.objects.get(verb="engagement.created")
    assert (begun.customer_ref, begun.after["pods"]) == (customer.ref, "Pod Larch")
    assert "in_scope" not in begun.after
    assert "ends_on" not in begun.after


def test_a_new_customer_comes_with_it(stranger: User) -> None:
    engagement = create_engagement(customer="Fabrikam", by=stranger, **AGREED)
    assert engagement.customer.name == "Fabrikam"
    assert told()[0] == "Stig Stranger took on the customer Fabrikam"


@pytest.mark.parametrize("who", ["manager", "deputy", "architect", "director"])
def test_who_begins_one_more_for_a_customer(
    request: pytest.FixtureRequest, engagement: Engagement, who: str
) -> None:
    person = request.getfixturevalue(who)
    begun = create_engagement(customer=engagement.customer, by=person, **AGREED)
    assert begun.customer == engagement.customer


@pytest.mark.parametrize(
    "who", ["specialist", "tech_lead", "stranger", "other_manager", "admin", "auditor"]
)
def test_to_see_a_customer_is_not_enough_to_begin_for_it(
    request: pytest.FixtureRequest, engagement: Engagement, who: str
) -> None:
    person = request.getfixturevalue(who)
    person.grade = User.Grade.DELIVERY_MANAGER
    with pytest.raises(DomainError, match="Ask whoever plans the work") as refused:
        create_engagement(customer=engagement.customer, by=person, **AGREED)
    assert refused.value.field == "customer"
    assert list(Engagement.objects.all()) == [engagement]


def test_who_planned_for_a_customer_begins_nothing_more(
    engagement: Engagement, manager: User
) -> None:
    engagement.functions.update(ends_on=today())
    with pytest.raises(DomainError, match="Ask whoever plans the work"):
        create_engagement(customer=engagement.customer, by=manager, **AGREED)


def test_milestones_to_begin_with(stranger: User) -> None:
    planned = [
        PlannedMilestone("Known", criteria=[("It runs", "demo"), ("It is fast", "")]),
        PlannedMilestone("Promised", "It is there", date(2027, 1, 29), "agreed on day 0"),
    ]
    engagement = create_engagement(customer="Fabrikam", milestones=planned, by=stranger, **AGREED)
    promised, known = engagement.milestones.all()
    assert (promised.number, promised.committed_on) == (2, date(2027, 1, 29))
    assert [row.reason for row in promised.revisions.all()] == ["agreed on day 0"]
    assert (known.number, known.committed_on) == (1, None)
    criteria = known.criteria.values_list("number", "statement", "verification")
    assert list(criteria) == [(1, "It runs", "demo"), (2, "It is fast", "")]


def test_no_engagement_ends_before_it_starts(stranger: User) -> None:
    values = AGREED | {"ends_on": date(2026, 11, 30)}
    with pytest.raises(DomainError, match="cannot be before the first") as refused:
        create_engagement(customer="Fabrikam", by=stranger, **values)
    assert refused.value.field == "ends_on"
    assert not Engagement.objects.exists()


@pytest.mark.parametrize("field", ["starts_on", "ends_on", "reporting_from"])
@pytest.mark.parametrize("day", [date(1969, 12, 31), date(2200, 1, 1)])
def test_days_that_cannot_be_meant(stranger: User, field: str, day: date) -> None:
    with pytest.raises(DomainError, match="from 1970 to 2199") as refused:
        create_engagement(customer="Fabrikam", by=stranger, **AGREED | {field: day})
    assert refused.value.field == field


def test_days_that_just_can(stranger: User) -> None:
    days = {"starts_on": date(1970, 1, 1), "ends_on": date(2199, 12, 31)}
    days["reporting_from"] = days["ends_on"]
    assert create_engagement(customer="Fabrikam", by=stranger, **AGREED | days)


def test_no_reporting_after_the_end(stranger: User) -> None:
    days = {"ends_on": date(2026, 12, 4), "reporting_from": date(2026, 12, 5)}
    with pytest.raises(DomainError, match="no status would ever be due") as refused:
        create_engagement(customer="Fabrikam", by=stranger, **AGREED | days)
    assert refused.value.field == "reporting_from"


def test_change_says_what_changed(engagement: Engagement, manager: User, pod: Pod) -> None:
    values = agreed(engagement, name="Atlas 2", sprint_days=7)
    change_engagement(engagement=engagement, version=1, pods=[pod], by=manager, **values)
    [event] = AuditEvent.objects.all()
    assert event.before == {"name": "Atlas", "sprint_days": 14}
    assert event.after == {"name": "Atlas 2", "sprint_days": 7}
    assert sentence(event) == "Mara Manager changed the settings of Atlas 2"
    assert Engagement.objects.get().version == 2


def test_change_of_pods_alone_counts_as_a_change(
    engagement: Engagement, manager: User, other_pod: Pod
) -> None:
    values = agreed(engagement)
    change_engagement(engagement=engagement, version=1, pods=[other_pod], by=manager, **values)
    [event] = AuditEvent.objects.all()
    assert (event.before, event.after) == ({"pods": "Pod Larch"}, {"pods": "Pod Birch"})
    assert list(engagement.pods.all()) == [other_pod]
    assert Engagement.objects.get().version == 2


def test_no_change_leaves_no_record(engagement: Engagement, manager: User, pod: Pod) -> None:
    values = agreed(engagement)
    change_engagement(engagement=engagement, version=1, pods=[pod], by=manager, **values)
    assert not AuditEvent.objects.exists()
    assert Engagement.objects.get().version == 1


def test_the_second_editor_is_told_and_changes_nothing(
    engagement: Engagement, manager: User, pod: Pod
) -> None:
    values = agreed(engagement)
    one = values | {"name": "One"}
    change_engagement(engagement=engagement, version=1, pods=[pod], by=manager, **one)
    two = values | {"name": "Two"}
    with pytest.raises(Conflict):
        change_engagement(engagement=engagement, version=1, pods=[], by=manager, **two)
    stored = Engagement.objects.get()
    assert (stored.name, list(stored.pods.all())) == ("One", [pod])


@pytest.mark.parametrize(
    ("changes", "is_anew"),
    [({"holiday_rule": "after"}, True), ({"status_weekday": 1}, True), ({"name": "Cedar"}, False)],
)
def test_a_new_due_day_holds_from_now_on(
    engagement: Engagement, manager: User, pod: Pod, changes: dict[str, Any], is_anew: bool
) -> None:
    values = agreed(engagement, **changes)
    change_engagement(engagement=engagement, version=1, pods=[pod], by=manager, **values)
    stored = Engagement.objects.get()
    assert (stored.rhythm_since is not None, stored.version) == (is_anew, 2)
    assert AuditEvent.objects.get().after == changes


def test_what_is_resumed_is_not_late_by_that(engagement: Engagement, manager: User) -> None:
    for version, state in enumerate(["paused", "active"], start=1):
        assert Engagement.objects.get().rhythm_since is None
        change_state(engagement=engagement, version=version, state=state, reason="x", by=manager)
    assert Engagement.objects.get().rhythm_since is not None


def test_last_day_stays_after_the_first(engagement: Engagement, manager: User) -> None:
    values = agreed(engagement, ends_on=date(2000, 1, 1))
    with pytest.raises(DomainError, match="cannot be before the first"):
        change_engagement(engagement=engagement, version=1, pods=[], by=manager, **values)


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (["paused"], "paused Atlas: budget"),
        (["paused", "active"], "resumed Atlas: budget"),
        (["paused", "closed"], "closed Atlas: budget"),
        (["closed"], "closed Atlas: budget"),
        (["closed", "active"], "resumed Atlas: budget"),
    ],
)
def test_states(engagement: Engagement, manager: User, way: list[str], words: str) -> None:
    for version, state in enumerate(way, start=1):
        change_state(
            engagement=engagement, version=version, state=state, reason="budget", by=manager
        )
    assert Engagement.objects.get().state == way[-1]
    assert told()[-1] == f"Mara Manager {words}"


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_what_is_over_is_not_resumed(engagement: Engagement, manager: User, state: str) -> None:
    here = today(engagement.time_zone)
    engagement.state, engagement.ends_on = state, here - timedelta(days=1)
    engagement.save()
    last = day_words(engagement.ends_on, today=here)
    resume = {"version": 1, "state": "active", "reason": "more to do", "by": manager}
    with pytest.raises(DomainError, match=f"last day was {last}: change that first"):
        change_state(engagement=engagement, **resume)
    assert Engagement.objects.get().state == state
    engagement.ends_on = here
    engagement.save()
    assert change_state(engagement=engagement, **resume).state == "active"


@pytest.mark.parametrize(
    ("state", "wanted"), [("active", "active"), ("closed", "paused"), ("closed", "closed")]
)
def test_ways_that_do_not_exist(
    engagement: Engagement, manager: User, state: str, wanted: str
) -> None:
    Engagement.objects.update(state=state)
    with pytest.raises(DomainError, match=f"Atlas is {state}: it cannot become {wanted}"):
        change_state(engagement=engagement, version=1, state=wanted, reason="budget", by=manager)
    assert not AuditEvent.objects.exists()


def test_two_who_close_at_once(engagement: Engagement, manager: User) -> None:
    Engagement.objects.update(version=2)
    with pytest.raises(Conflict):
        change_state(engagement=engagement, version=1, state="paused", reason="x", by=manager)


def test_a_visible_customer_is_not_made_twice(engagement: Engagement, manager: User) -> None:
    with pytest.raises(DomainError, match="choose it from the list") as refused:
        create_customer(name="northwind bank", by=manager)
    assert refused.value.field == "new_customer"


def test_who_sees_a_customer_and_may_not_begin_for_it_is_told_whom_to_ask(
    engagement: Engagement, specialist: User
) -> None:
    with pytest.raises(DomainError, match="ask whoever plans for it"):
        create_customer(name="northwind bank", by=specialist)


def test_of_other_customers_nothing_is_said(engagement: Engagement, stranger: User) -> None:
    assert create_customer(name="Northwind Bank", by=stranger) != engagement.customer


def test_rename_customer(customer: Customer, admin: User) -> None:
    rename_customer(customer=customer, version=1, name="Northwind", by=admin)
    assert Customer.objects.get().name == "Northwind"
    assert told() == ["Adam Admin renamed the customer Northwind Bank to Northwind"]
    rename_customer(customer=customer, version=2, name="Northwind", by=admin)
    assert AuditEvent.objects.count() == 1
