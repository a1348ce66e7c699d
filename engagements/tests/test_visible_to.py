"""Who sees which engagement, compared by the rows returned."""

import pytest
from django.contrib.auth.models import AnonymousUser

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from engagements.models import Customer, CustomerContact, Engagement, EngagementFunction

pytestmark = pytest.mark.django_db


def seen(user: object) -> set[str]:
    return set(Engagement.objects.visible_to(user).values_list("name", flat=True))


@pytest.fixture(autouse=True)
def both(engagement: Engagement, other_engagement: Engagement) -> None:
    """Every test holds an engagement that could leak."""


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("manager", {"Atlas"}),
        ("other_manager", {"Borealis"}),
        ("deputy", {"Atlas"}),
        ("architect", {"Atlas"}),
        ("tech_lead", {"Atlas"}),
        ("specialist", {"Atlas"}),
        ("other_specialist", set()),
        ("director", {"Atlas", "Borealis"}),
        ("auditor", {"Atlas", "Borealis"}),
        ("admin", {"Atlas", "Borealis"}),
        ("lead", set()),
        ("executive", set()),
        ("delegate", set()),
        ("deactivated", set()),
        ("stranger", set()),
    ],
)
def test_engagements(request: pytest.FixtureRequest, who: str, names: set[str]) -> None:
    assert seen(request.getfixturevalue(who)) == names


def test_anonymous_sees_nothing() -> None:
    assert seen(AnonymousUser()) == set()
    assert not Customer.objects.visible_to(AnonymousUser()).exists()


def test_superuser_sees_no_more(stranger: User) -> None:
    User.objects.filter(pk=stranger.pk).update(is_superuser=True, is_staff=True)
    assert seen(User.objects.get(pk=stranger.pk)) == set()


def test_a_function_that_ends_today_is_gone(deputy: User) -> None:
    EngagementFunction.objects.filter(user=deputy).update(ends_on=today())
    assert seen(deputy) == set()


@pytest.mark.parametrize(
    ("who", "names"),
    [("lead", {"Atlas"}), ("other_lead", {"Borealis"}), ("manager", set()), ("director", set())],
)
def test_engagements_of_contact(request: pytest.FixtureRequest, who: str, names: set[str]) -> None:
    person = request.getfixturevalue(who)
    found = Engagement.objects.of_contact(person).values_list("name", flat=True)
    assert set(found) == names


def test_contact_that_ended_reads_nothing(lead: User) -> None:
    CustomerContact.objects.filter(user=lead).update(ends_on=today())
    assert not Engagement.objects.of_contact(lead).exists()


def test_contact_sees_only_their_own_row(lead: User, executive: User, other_lead: User) -> None:
    rows = CustomerContact.objects.visible_to(lead)
    assert [row.user for row in rows] == [lead]
