"""Asks: what is needed, shared in words for the customer, answered once and for all."""

from datetime import timedelta
from typing import Any

import pytest

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import now, today
from dm_portal.shell.errors import Conflict, DomainError
from dm_portal.tests.cast import make_contact
from engagements.models import Ask, Customer, Engagement
from engagements.services.asks import answer_ask, change_ask, make_ask, share_ask, withdraw_ask

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def fields(manager: User, lead: User) -> dict[str, Any]:
    return {
        "question": "Which bank?",
        "options": "",
        "recommendation": "The first",
        "without_answer": "2.1 waits",
        "asked_of": lead,
        "owner": manager,
        "needed_by": today() + DAY,
    }


@pytest.fixture
def ask(engagement: Engagement, manager: User, fields: dict[str, Any]) -> Ask:
    return make_ask(engagement=engagement, by=manager, **fields)


@pytest.fixture
def shared(ask: Ask, manager: User) -> Ask:
    return share_ask(ask=ask, version=1, customer_text="Which bank do we test with?", by=manager)


def told() -> list[str]:
    return [sentence(event) for event in AuditEvent.objects.order_by("pk")]


def test_asks_are_numbered_within_their_engagement(
    ask: Ask, engagement: Engagement, manager: User, fields: dict[str, Any]
) -> None:
    second = make_ask(engagement=engagement, by=manager, **fields)
    assert (ask.number, second.number, second.state) == (1, 2, "open")
    assert told()[0] == "Mara Manager wrote down ask 1: Which bank?"


def test_nothing_is_shared_by_default(ask: Ask, lead: User) -> None:
    assert not ask.is_shared
    assert list(Ask.objects.visible_to(lead)) == []


def test_who_is_named_belongs_to_the_sides(
    engagement: Engagement, manager: User, fields: dict[str, Any], stranger: User, other_lead: User
) -> None:
    for wrong, field in ((stranger, "owner"), (other_lead, "asked_of"), (manager, "asked_of")):
        with pytest.raises(DomainError) as refused:
            make_ask(engagement=engagement, by=manager, **fields | {field: wrong})
        assert refused.value.field == field


def test_whoever_works_in_its_pod_can_see_to_it(
    engagement: Engagement, manager: User, fields: dict[str, Any], specialist: User
) -> None:
    ask = make_ask(engagement=engagement, by=manager, **fields | {"owner": specialist})
    assert ask.owner == specialist


def test_whoever_left_may_stay_where_they_are(
    ask: Ask, manager: User, fields: dict[str, Any], lead: User
) -> None:
    lead.customer_contacts.update(ends_on=today())
    changed = change_ask(
        ask=ask, version=1, by=manager, **fields | {"question": "Which bank, and when?"}
    )
    assert changed.question == "Which bank, and when?"


def test_a_day_that_cannot_be_meant_is_refused(
    engagement: Engagement, manager: User, fields: dict[str, Any]
) -> None:
    never = today().replace(year=12)
    with pytest.raises(DomainError, match="1970"):
        make_ask(engagement=engagement, by=manager, **fields | {"needed_by": never})


def test_what_stays_as_it_is_is_no_change(ask: Ask, manager: User, fields: dict[str, Any]) -> None:
    change_ask(ask=ask, version=1, by=manager, **fields)
    assert len(told()) == 1


def test_the_second_editor_is_told(ask: Ask, manager: User, fields: dict[str, Any]) -> None:
    change_ask(ask=ask, version=1, by=manager, **fields | {"options": "First\nSecond"})
    with pytest.raises(Conflict):
        change_ask(ask=ask, version=1, by=manager, **fields | {"options": "Third"})


def test_a_shared_ask_is_read_by_its_customer_alone(
    shared: Ask, lead: User, executive: User, other_lead: User, manager: User
) -> None:
    assert [list(Ask.objects.visible_to(who)) for who in (lead, executive)] == [[shared]] * 2
    assert list(Ask.objects.visible_to(other_lead)) == []
    assert shared.shared_by == manager
    assert "shared ask 1 with the customer: Which bank do we test with?" in told()[-1]


def test_reworded_it_stays_shared_since_then(shared: Ask, deputy: User, manager: User) -> None:
    since = shared.shared_at
    share_ask(ask=shared, version=2, customer_text="Which one?", by=deputy)
    shared.refresh_from_db()
    assert (shared.shared_at, shared.shared_by, shared.customer_text) == (
        since,
        manager,
        "Which one?",
    )
    assert "reworded ask 1 for the customer" in told()[-1]


def test_the_same_words_are_no_act(shared: Ask, manager: User) -> None:
    share_ask(ask=shared, version=2, customer_text=shared.customer_text, by=manager)
    assert len(told()) == 2


def test_nothing_is_shared_without_words(ask: Ask, manager: User) -> None:
    with pytest.raises(DomainError, match="Write what the customer reads"):
        share_ask(ask=ask, version=1, customer_text="  ", by=manager)


@pytest.mark.parametrize("who", ["lead", "delegate"])
def test_the_lead_or_a_delegate_answers(
    request: pytest.FixtureRequest, shared: Ask, who: str
) -> None:
    person = request.getfixturevalue(who)
    answer_ask(ask=shared, version=2, answer="The first", by=person)
    shared.refresh_from_db()
    assert (shared.state, shared.answer, shared.answered_by) == ("answered", "The first", person)
    assert told()[-1] == f"{person.name} answered ask 1: The first"


@pytest.mark.parametrize("who", ["executive", "other_lead", "manager"])
def test_nobody_else_answers(request: pytest.FixtureRequest, shared: Ask, who: str) -> None:
    with pytest.raises(DomainError, match="not yours to answer"):
        answer_ask(ask=shared, version=2, answer="x", by=request.getfixturevalue(who))


def test_what_is_not_shared_is_not_answered(ask: Ask, lead: User) -> None:
    with pytest.raises(DomainError, match="not yours to answer"):
        answer_ask(ask=ask, version=1, answer="The first", by=lead)


def test_an_empty_answer_is_none(shared: Ask, lead: User) -> None:
    with pytest.raises(DomainError, match="Write your answer"):
        answer_ask(ask=shared, version=2, answer=" ", by=lead)


def test_an_answer_to_what_was_changed_meanwhile_is_a_conflict(
    shared: Ask, manager: User, lead: User
) -> None:
    share_ask(ask=shared, version=2, customer_text="Which two?", by=manager)
    with pytest.raises(Conflict):
        answer_ask(ask=shared, version=2, answer="The first", by=lead)


def test_an_answer_is_given_once(
    shared: Ask, lead: User, manager: User, fields: dict[str, Any]
) -> None:
    answer_ask(ask=shared, version=2, answer="The first", by=lead)
    late: dict[str, Any] = {"ask": shared, "version": 3}
    with pytest.raises(DomainError, match="answered already"):
        answer_ask(answer="The second", by=lead, **late)
    for act in (
        lambda: change_ask(by=manager, **late, **fields),
        lambda: share_ask(customer_text="Which?", by=manager, **late),
        lambda: withdraw_ask(reason="Moot", by=manager, **late),
    ):
        with pytest.raises(DomainError, match="Ask 1 is answered: it does not change any more"):
            act()


def test_a_withdrawn_ask_keeps_its_reason(shared: Ask, manager: User, lead: User) -> None:
    withdraw_ask(ask=shared, version=2, reason="Found it", by=manager)
    with pytest.raises(DomainError, match="no longer needed"):
        answer_ask(ask=shared, version=3, answer="x", by=lead)
    assert told()[-1] == "Mara Manager withdrew ask 1: Found it"
    assert list(Ask.objects.visible_to(lead)) == [shared]


def test_a_reason_is_due(ask: Ask, manager: User) -> None:
    with pytest.raises(DomainError, match="Say why"):
        withdraw_ask(ask=ask, version=1, reason="", by=manager)


def test_overdue_is_what_is_open_after_its_day(ask: Ask) -> None:
    due = ask.needed_by
    assert [ask.is_overdue(due), ask.is_overdue(due + DAY)] == [False, True]
    assert [Ask.objects.overdue(day).count() for day in (due, due + DAY)] == [0, 1]


def test_a_customer_of_two_engagements_reads_of_both(
    engagement: Engagement, customer: Customer, manager: User, shared: Ask, lead: User
) -> None:
    second = Engagement.objects.create(
        customer=customer,
        name="Second",
        starts_on=today(),
        reporting_from=today(),
        created_at=now(),
        created_by=manager,
    )
    made = Ask.objects.create(
        engagement=second,
        number=1,
        question="When?",
        without_answer="x",
        asked_of=lead,
        owner=manager,
        needed_by=today(),
        customer_text="When?",
        shared_at=now(),
        shared_by=manager,
    )
    assert set(Ask.objects.visible_to(lead)) == {shared, made}
    assert make_contact("Nora New", customer) != lead
