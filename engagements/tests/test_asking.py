"""What is asked for many readers is what each of them would be told alone."""

from typing import Any

import pytest

from dm_portal.people.models import User
from dm_portal.tests.cast import make_engagement
from engagements.asking import AskedBy
from engagements.models import Customer, Engagement
from engagements.querysets import held_by

pytestmark = pytest.mark.django_db


def _mine(user: Any, names: str) -> Any:
    rows = Engagement.objects
    mine = rows.of_contact(user) if user.is_customer else rows.visible_to(user)
    return mine.filter(name__gte=names)


MINE = AskedBy(_mine, names=str)


def test_each_reader_gets_their_own(
    engagement: Engagement,
    other_customer: Customer,
    manager: User,
    other_manager: User,
    lead: User,
    other_lead: User,
    director: User,
    stranger: User,
) -> None:
    make_engagement("Harbour", customer=other_customer, by=other_manager)
    readers = (manager, other_manager, lead, other_lead, director, stranger)
    told = [{row.name for row in MINE.rows(user, names="A")} for user in readers]
    atlas, harbour = {"Atlas"}, {"Harbour"}
    assert told == [atlas, harbour, atlas, harbour, atlas | harbour, set()]
    assert told == [{row.name for row in _mine(user, "A")} for user in readers]


def test_the_first_of_them_or_none(engagement: Engagement, manager: User) -> None:
    assert MINE.first(manager, names="A") == engagement
    assert MINE.first(manager, names="Z") is None


def test_what_a_person_holds_may_not_decide_what_is_built_for_all(
    engagement: Engagement, manager: User
) -> None:
    def led(user: Any) -> Any:
        here = [pk for pk, function in held_by(user) if function in ("dm", "deputy")]
        return Engagement.objects.filter(pk__in=here)

    def held(user: Any) -> Any:
        return Engagement.objects.filter(pk__in=[pk for pk, function in held_by(user) if function])

    for make in (led, held):
        with pytest.raises(TypeError, match="must be given"):
            AskedBy(make).rows(manager)
