"""`/` asks for words of blockers that have been open for longer than two working days."""

from datetime import timedelta

import pytest

from dm_portal.people.models import User
from engagements.models import Blocker, Engagement, Source
from engagements.services.thresholds import change_thresholds
from engagements.tests.pages import at
from reporting import needs
from reporting.tests.pages import SignIn
from reporting.tests.reports import FRIDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]


def block(engagement: Engagement, key: str, days: int, **words: str) -> Blocker:
    source, _ = Source.objects.get_or_create(engagement=engagement, kind="jira", number=1)
    return Blocker.objects.create(
        engagement=engagement,
        number=engagement.blockers.count() + 1,
        source=source,
        key=key,
        opened_at=FRIDAY - timedelta(days=days),
        **words,
    )


def found(user: User) -> list[needs.Need]:
    return needs.needs_of(user, at=FRIDAY)


@pytest.mark.parametrize(
    ("days", "shape"), [(0, ""), (2, ""), (3, "at_risk"), (7, "at_risk"), (8, "off_track")]
)
def test_of_what_age(manager: User, engagement: Engagement, days: int, shape: str) -> None:
    block(engagement, "A-1", days)
    assert [need.shape for need in found(manager)] == ([shape] if shape else [])


def test_the_engagement_s_own_limits_count(manager: User, engagement: Engagement) -> None:
    block(engagement, "A-1", 4)
    change_thresholds(
        engagement=engagement, version=0, by=manager, blockers_amber_days=1, blockers_red_days=2
    )
    assert [need.shape for need in found(manager)] == ["off_track"]
    change_thresholds(
        engagement=engagement, version=1, by=manager, blockers_amber_days=9, blockers_red_days=10
    )
    assert found(manager) == []


def test_one_line_leads_to_its_form(manager: User, engagement: Engagement) -> None:
    blocker = block(engagement, "A-1", 4)
    [need] = found(manager)
    assert (need.group, need.what, need.why) == (
        "overdue",
        "Say what A-1 holds up, and who must act",
        "blocked for 4 working days",
    )
    assert need.url == at("blocker_edit", engagement, number=blocker.number)


def test_many_are_one_line_that_leads_to_their_list(manager: User, engagement: Engagement) -> None:
    block(engagement, "A-1", 4)
    block(engagement, "A-2", 8)
    block(engagement, "A-3", 1)
    [need] = found(manager)
    assert (need.what, need.why) == (
        "Say what 2 blockers hold up, and who must act",
        "A-2 has been blocked for 6 working days",
    )
    assert need.url == at("blocker_list", engagement) + "?state=open&words=missing"


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ({"impact": "2.1 waits"}, 1),
        ({"owner": "Ada"}, 1),
        ({"impact": "2.1 waits", "owner": "Ada"}, 0),
    ],
)
def test_both_words_are_asked_for(
    manager: User, engagement: Engagement, words: dict[str, str], number: int
) -> None:
    block(engagement, "A-1", 8, **words)
    assert len(found(manager)) == number


def test_what_is_closed_or_taken_back_needs_nobody(manager: User, engagement: Engagement) -> None:
    block(engagement, "A-1", 8)
    block(engagement, "A-2", 8)
    Blocker.objects.filter(key="A-1").update(closed_at=FRIDAY - timedelta(days=1))
    Blocker.objects.filter(key="A-2").update(is_told=False)
    assert found(manager) == []


@pytest.mark.parametrize(
    ("who", "number"),
    [("deputy", 1), ("architect", 1), ("specialist", 0), ("director", 0), ("other_manager", 0)],
)
def test_whom_it_needs(
    request: pytest.FixtureRequest, engagement: Engagement, who: str, number: int
) -> None:
    block(engagement, "A-1", 8)
    assert len(found(request.getfixturevalue(who))) == number


def test_the_page_says_it(sign_in: SignIn, manager: User, engagement: Engagement) -> None:
    block(engagement, "A-1", 8)
    page = sign_in(manager).get("/").content.decode()
    assert "Say what A-1 holds up, and who must act" in page
