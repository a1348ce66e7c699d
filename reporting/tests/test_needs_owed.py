"""`/` tells who owes what: asks, actions, commitments and escalations, and one's own leave."""

from datetime import timedelta
from typing import Any

import pytest

from dm_portal.people.models import AuditEvent, TimeOff, User
from dm_portal.shell.clock import now
from engagements.models import Action, Ask, Commitment, Engagement, Escalation, Fulfilment
from reporting import needs
from reporting.tests.pages import SignIn, statements
from reporting.tests.reports import FRIDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

DAY = timedelta(days=1)
TODAY = FRIDAY.date()


def lines(user: User) -> list[tuple[str, str]]:
    """Group and what of every line, in the order of the page."""
    found = needs.page_of(user, at=FRIDAY).groups
    return [(group.name, need.what) for group in found for need in group.needs]


def add_action(engagement: Engagement, owner: User, *, days: int = 0, **fields: Any) -> Action:
    number = engagement.actions.count() + 1
    place = {"engagement": engagement, "number": number}
    return Action.objects.create(
        what="Call", owner=owner, due_on=TODAY + days * DAY, **place, **fields
    )


def add_ask(engagement: Engagement, lead: User, **fields: Any) -> Ask:
    by = engagement.created_by
    given = {"needed_by": TODAY + 4 * DAY, "number": 1} | fields
    return Ask.objects.create(
        engagement=engagement,
        question="Which bank?",
        without_answer="2.1 waits",
        asked_of=lead,
        owner=by,
        **given,
    )


def add_escalation(engagement: Engagement, decider: User, **fields: Any) -> Escalation:
    return Escalation.objects.create(
        engagement=engagement,
        number=1,
        what="Nobody decides",
        level=2,
        decider=decider,
        answer_by=TODAY + DAY,
        raised_by=engagement.created_by,
        **fields,
    )


def add_commitment(engagement: Engagement, **fields: Any) -> Commitment:
    given = {"due_on": TODAY + DAY, "number": 1} | fields
    return Commitment.objects.create(
        engagement=engagement,
        promise="A stand-in",
        made_to="Lena Lead",
        said_on=TODAY - DAY,
        said_in="Mail",
        recorded_at=now(),
        recorded_by=engagement.created_by,
        **given,
    )


def test_an_ask_is_for_whoever_leads(
    manager: User, architect: User, lead: User, engagement: Engagement
) -> None:
    add_ask(engagement, lead)
    assert lines(manager) == [("this week", "Ask Lena Lead: Which bank?")]
    assert lines(architect) == []


def test_what_is_shared_waits_for_the_customer(
    manager: User, lead: User, engagement: Engagement
) -> None:
    shared = {"shared_at": now(), "shared_by": manager, "customer_text": "Which?"}
    ask = add_ask(engagement, lead, **shared)
    assert lines(manager) == [("waiting for others", "Asked: Which bank?")]
    Ask.objects.filter(pk=ask.pk).update(
        state="answered", answer="Ours", answered_at=now(), answered_by=lead
    )
    assert lines(manager) == []


def test_ones_own_actions_whoever_one_is(
    manager: User, specialist: User, engagement: Engagement
) -> None:
    add_action(engagement, specialist)
    add_action(engagement, specialist, days=20)
    assert lines(specialist) == [("today", "Do: Call")]
    assert lines(manager) == []


def test_the_late_action_of_somebody_else_waits_for_them(
    manager: User, specialist: User, engagement: Engagement
) -> None:
    add_action(engagement, specialist, days=-1)
    assert lines(manager) == [("waiting for others", "To be done: Call")]
    assert lines(specialist) == [("overdue", "Do: Call")]


def test_a_commitment_until_it_is_fulfilled(manager: User, engagement: Engagement) -> None:
    made = add_commitment(engagement)
    assert lines(manager) == [("this week", "Keep your word: A stand-in")]
    said = {"recorded_at": now(), "recorded_by": manager}
    Fulfilment.objects.create(commitment=made, fulfilled_on=TODAY, **said)
    assert not needs.needs_of(manager, at=FRIDAY)
    Fulfilment.objects.create(commitment=made, fulfilled_on=None, **said)
    assert len(needs.needs_of(manager, at=FRIDAY)) == 1, "the last word counts"
    Fulfilment.objects.create(commitment=made, fulfilled_on=TODAY, **said)
    assert lines(manager) == []


def test_a_commitment_that_moved_is_its_new_date(manager: User, engagement: Engagement) -> None:
    first = add_commitment(engagement)
    add_commitment(engagement, number=2, due_on=TODAY, supersedes=first)
    assert lines(manager) == [("today", "Keep your word: A stand-in")]


def test_an_escalation_is_for_who_decides_and_for_who_leads(
    manager: User, director: User, engagement: Engagement
) -> None:
    add_escalation(engagement, director)
    assert lines(director) == [("this week", "Decide: Nobody decides")]
    assert lines(manager) == [("waiting for others", "Raised: Nobody decides")]


def test_nothing_is_owed_where_nothing_runs(
    manager: User, specialist: User, lead: User, engagement: Engagement
) -> None:
    add_ask(engagement, lead)
    add_action(engagement, specialist)
    add_escalation(engagement, specialist)
    Engagement.objects.update(state="paused")
    assert lines(manager) == lines(specialist) == []


def test_nobody_else_is_told(
    other_manager: User, other_specialist: User, lead: User, engagement: Engagement
) -> None:
    add_ask(engagement, lead)
    add_commitment(engagement)
    add_escalation(engagement, lead)
    add_action(engagement, other_specialist, days=-1)
    assert lines(other_manager) == lines(other_specialist) == []


@pytest.mark.parametrize(
    ("first", "last", "group", "what"),
    [
        (3, 5, "this week", "You are away 23–25 Nov"),
        (-1, 0, "today", "You are away 19–20 Nov"),
        (8, 9, None, ""),
        (-3, -1, None, ""),
    ],
)
def test_ones_own_leave(
    manager: User, specialist: User, first: int, last: int, group: str | None, what: str
) -> None:
    days = {"starts_on": TODAY + first * DAY, "ends_on": TODAY + last * DAY}
    row = TimeOff.objects.create(user=specialist, added_at=now(), added_by=manager, **days)
    assert lines(specialist) == ([(group, what)] if group else [])
    assert lines(manager) == []
    TimeOff.objects.filter(pk=row.pk).update(withdrawn_at=now(), withdrawn_by=manager)
    assert lines(specialist) == []


# What is done from the list


@pytest.mark.parametrize("htmx", [False, True])
def test_what_is_done_leaves_the_list(
    sign_in: SignIn, specialist: User, engagement: Engagement, htmx: bool
) -> None:
    add_action(engagement, specialist)
    client = sign_in(specialist)
    [need] = needs.needs_of(specialist, at=FRIDAY)
    headers = {"HX-Request": "true"} if htmx else {}
    response = client.post(need.deed_url, need.sends, headers=headers, follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert response.context["groups"] == []
    assert "HX-Request" in response["Vary"]
    assert AuditEvent.objects.filter(verb="action.done").count() == 1


def test_an_escalation_is_acknowledged_from_the_list(
    sign_in: SignIn, director: User, engagement: Engagement
) -> None:
    add_escalation(engagement, director)
    [need] = needs.needs_of(director, at=FRIDAY)
    response = sign_in(director).post(need.deed_url, need.sends, follow=True)
    [group] = response.context["groups"]
    assert [(each.what, each.action) for each in group.needs] == [
        ("Decide: Nobody decides", "Resolve")
    ]


def test_somebody_was_first(sign_in: SignIn, specialist: User, engagement: Engagement) -> None:
    add_action(engagement, specialist)
    [need] = needs.needs_of(specialist, at=FRIDAY)
    Action.objects.update(version=2)
    response = sign_in(specialist).post(need.deed_url, need.sends, follow=True)
    assert [str(each) for each in response.context["messages"]] != []
    assert len(response.context["groups"]) == 1


@pytest.mark.parametrize("number", [1, 12])
def test_statements(
    sign_in: SignIn, manager: User, lead: User, engagement: Engagement, number: int
) -> None:
    for n in range(number):
        add_action(engagement, manager)
        add_ask(engagement, lead, number=n + 1)
        add_commitment(engagement, number=n + 1)
    client = sign_in(manager)
    assert sum(len(group.needs) for group in client.get("/").context["groups"]) == 3 * number
    assert statements(client, "/") == 15
