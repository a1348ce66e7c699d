"""The record of an engagement, in sentences."""

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
import time_machine

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import today
from dm_portal.shell.dates import day_words
from dm_portal.tests.cast import make_engagement
from engagements.filters import in_words
from engagements.models import Engagement
from engagements.services.engagements import change_state
from engagements.services.milestones import commit_date, create_milestone
from engagements.services.people import end_contact, invite_contact
from engagements.tests.pages import at, csv_rows, statements
from engagements.views.history import changes, note

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(manager: User, engagement: Engagement, sign_in: Any) -> Any:
    return sign_in(manager)


@pytest.fixture
def acts(
    engagement: Engagement, manager: User, director: User, other_engagement: Engagement
) -> None:
    """Two people, three acts on two days; and one act elsewhere."""
    with time_machine.travel("2026-11-02T09:00:00Z", tick=False):
        plain = {"name": "2.1", "outcome": "", "tracker_name": "", "planned_size": None}
        milestone = create_milestone(engagement=engagement, by=manager, **plain)
    with time_machine.travel("2026-11-03T22:59:00Z", tick=False):  # still the 3rd in Berlin
        change_state(engagement=engagement, version=1, state="paused", reason="budget", by=director)
    with time_machine.travel("2026-11-03T23:01:00Z", tick=False):  # the 4th
        day = engagement.starts_on
        commit_date(milestone=milestone, version=1, committed_on=day, reason="x", by=manager)
    change_state(
        engagement=other_engagement, version=1, state="closed", reason="secret", by=director
    )
    AuditEvent.objects.create(
        occurred_at="2026-11-01T09:00:00Z",
        actor_name="The portal",
        verb="engagement.created",
        target_kind="engagements.engagement",
        target_label="Atlas",
        engagement_ref=engagement.ref,
    )


PLANNED = "Mara Manager planned the milestone 2.1"
PAUSED = "Dina Director paused Atlas: budget"
BEGUN = "The portal began the engagement Atlas"


def said(response: Any) -> list[str]:
    return [row[0].value for row in response.context["listing"].rows]


def test_sentences_newest_first(desk: Any, engagement: Engagement, acts: None) -> None:
    response = desk.get(at("engagement_history", engagement))
    begun = day_words(engagement.starts_on, today=date(2026, 11, 3))
    committed = f"Mara Manager committed to {begun} for 2.1: x"
    assert said(response) == [committed, PAUSED, PLANNED, BEGUN]
    assert "secret" not in response.content.decode()


def test_the_customers_people_and_no_other_work(
    desk: Any, engagement: Engagement, other_lead: User, manager: User, other_manager: User
) -> None:
    """Another engagement of the same customer, and another customer, have a record of their own."""
    fields = {"email": "cora@northwind.example", "name": "Cora", "kind": "lead"}
    contact = invite_contact(customer=engagement.customer, by=manager, **fields)
    end_contact(contact=contact, ends_on=today(), by=manager)
    beside = make_engagement("Beside", customer=engagement.customer, by=other_manager)
    change_state(engagement=beside, version=1, state="closed", reason="hush", by=other_manager)
    theirs = other_lead.customer_contacts.get()
    end_contact(contact=theirs, ends_on=today(), by=other_manager)
    response = desk.get(at("engagement_history", engagement))
    day = day_words(today(), today=today())
    ended, added = said(response)
    assert ended == f"Mara Manager ended Cora as customer lead of Northwind Bank on {day}"
    assert added == "Mara Manager added Cora as customer lead of Northwind Bank"
    form = response.context["listing"].filter_form
    assert "contact.ended" in dict(form.fields["verb"].choices)
    assert "engagement.closed" not in dict(form.fields["verb"].choices)
    assert other_manager.ref not in dict(form.fields["person"].choices)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"verb": "engagement.paused"}, 1),
        ({"since": "2026-11-04"}, 1),
        ({"until": "2026-11-03"}, 3),
        ({"since": "2026-11-02", "until": "2026-11-03"}, 2),
        ({"person": "portal"}, 1),
        ({"since": "0001-01-01", "until": "9999-12-31"}, 4),
    ],
)
def test_filter_by_verb_and_day(
    desk: Any, engagement: Engagement, acts: None, query: dict[str, str], count: int
) -> None:
    url = at("engagement_history", engagement)
    assert len(said(desk.get(url, query))) == count
    assert len(csv_rows(desk.get(url, query | {"format": "csv"}))) == count


def test_filter_by_person(desk: Any, engagement: Engagement, acts: None, director: User) -> None:
    url = at("engagement_history", engagement)
    assert said(desk.get(url, {"person": director.ref})) == [PAUSED]


@pytest.mark.parametrize("query", [{"since": "soon"}, {"verb": "pod.removed"}, {"person": "x"}])
def test_a_senseless_filter_is_refused(
    desk: Any, engagement: Engagement, acts: None, query: dict[str, str]
) -> None:
    assert desk.get(at("engagement_history", engagement), query).status_code == 422


def test_choices_are_what_happened_here(desk: Any, engagement: Engagement, acts: None) -> None:
    form = desk.get(at("engagement_history", engagement)).context["listing"].filter_form
    verbs = [label for _, label in form.fields["verb"].choices]
    assert verbs == [
        "Everything",
        "Engagement: created",
        "Engagement: paused",
        "Milestone: created",
        "Milestone: date committed",
    ]
    people = [label for _, label in form.fields["person"].choices]
    assert people == ["Everybody", "Dina Director", "Mara Manager", "The portal"]


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("milestone.date_moved", "Milestone: date moved"),
        ("report.seen", "Weekly status: read"),
        ("import.parked", "Import: failed"),
        ("contact.added", "Customer's people: added"),
    ],
)
def test_acts_are_named_as_pages_name_them(verb: str, words: str) -> None:
    assert in_words(verb) == words


def test_csv_says_who_what_and_from_where(desk: Any, engagement: Engagement, acts: None) -> None:
    url = at("engagement_history", engagement)
    rows = csv_rows(desk.get(url, {"format": "csv", "verb": "engagement.paused"}))
    assert rows == [
        {
            "When": "2026-11-03T22:59:00Z",
            "Who": "Dina Director",
            "Act": "Engagement: paused",
            "What": PAUSED,
            "Changes": "state: active → paused; reason: budget",
            "From where": "",
        }
    ]


def test_changes_field_by_field() -> None:
    event = AuditEvent(
        before={"name": "A", "ends_on": None, "gone": "x"},
        after={"name": "B", "ends_on": "2026-12-01", "new_one": ""},
    )
    assert changes(event) == (
        "name: A → B; ends on: nothing → 2026-12-01; gone: x; new one: nothing"
    )


def event(verb: str, kind: str, before: dict[str, Any], after: dict[str, Any]) -> AuditEvent:
    at = datetime(2026, 11, 3, tzinfo=UTC)
    return AuditEvent(verb=verb, target_kind=kind, occurred_at=at, before=before, after=after)


CHANGED = partial(event, "engagement.changed", "engagements.engagement")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"name": "Atlas"}, {"name": "Atlas 2"}, "Name: Atlas 2 (was Atlas)"),
        ({"unit": "items"}, {"unit": "du"}, "Unit of size: Delivery Units (DU) (was Items)"),
        ({"status_weekday": 5}, {"status_weekday": 3}, "Status weekday: Wednesday (was Friday)"),
        (
            {"status_hour": "15:00:00"},
            {"status_hour": "09:30:00"},
            "Status due at: 09:30 (was 15:00)",
        ),
        ({"ends_on": None}, {"ends_on": "2027-01-29"}, "Last day: Fri 29 Jan 2027"),
        ({"ends_on": "2026-11-27"}, {"ends_on": None}, "Last day: empty now (was Fri 27 Nov)"),
        ({"pods": "Larch"}, {"pods": "Birch"}, "Pods: Birch (was Larch)"),
        ({"gone_since": True}, {"gone_since": False}, "Gone since: no (was yes)"),
        (
            {"outcome": "long " * 40, "depends_on": ""},
            {"outcome": "x", "depends_on": "the bank"},
            f"Outcome statement: x (was {('long ' * 40)[:79]}…) · Depends on: the bank",
        ),
        ({}, {"name": "A"}, ""),
    ],
)
def test_a_change_reads_as_people_say_it(
    before: dict[str, Any], after: dict[str, Any], said: str
) -> None:
    assert note(CHANGED(before, after)) == said


def test_what_the_sentence_says_is_not_said_twice() -> None:
    paused = {"state": "paused", "reason": "budget"}
    paused_event = event("engagement.paused", "engagements.engagement", {"state": "active"}, paused)
    assert note(paused_event) == ""
    tried_again = event("import.retried", "no.model", {"problem": "It broke."}, {})
    assert note(tried_again) == "Problem: It broke."


@pytest.mark.parametrize(
    ("verb", "before", "after", "said"),
    [
        (
            "source.people_decided",
            {"u_00a52e9a": "A bot"},
            {"mara.k": "Rin Takeda", "u_00a52e9a": "Nobody: ignored"},
            "mara.k: Rin Takeda · u_00a52e9a: Nobody: ignored (was A bot)",
        ),
        (
            "source.states_decided",
            {"state": "not_started"},
            {"in_QA": "in_progress", "state": "done"},
            "in_QA: In progress · state: Done (was Not started)",
        ),
        ("source.states_decided", {}, {"Odd": "gone"}, "Odd: gone"),
        (
            "engagement.versions_decided",
            {"2.1_beta": "2.1_beta"},
            {"2.1_beta": ""},
            "2.1_beta: no milestone (was 2.1_beta)",
        ),
        ("source.people_decided", {}, dict.fromkeys("abcdefghijklmnopqrstuv", "A bot"), None),
    ],
)
def test_what_was_decided_of_a_trackers_words_is_told_as_they_are_written(
    verb: str, before: dict[str, str], after: dict[str, str], said: str | None
) -> None:
    decided = event(verb, "engagements.source", before, after)
    told = said or " · ".join(
        [*(f"{name}: A bot" for name in "abcdefghijklmnopqrst"), "and 2 more"]
    )
    assert note(decided) == told
    assert all(f"{name}: " in changes(decided) for name in after)


def test_nothing_happened_yet(desk: Any, engagement: Engagement) -> None:
    page = desk.get(at("engagement_history", engagement)).content.decode()
    assert "Nothing is on record yet" in page


def test_history_costs_the_same_for_one_and_three(
    desk: Any, engagement: Engagement, manager: User
) -> None:
    url = at("engagement_history", engagement)
    change_state(engagement=engagement, version=1, state="paused", reason="x", by=manager)
    assert statements(desk, url) == 9
    change_state(engagement=engagement, version=2, state="active", reason="x", by=manager)
    change_state(engagement=engagement, version=3, state="paused", reason="x", by=manager)
    assert statements(desk, url) == 9
