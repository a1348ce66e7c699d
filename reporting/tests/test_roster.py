"""How much of a pod's capacity is there in the two weeks to come."""

from datetime import timedelta
from typing import Any

import pytest

from dm_portal.people.models import TimeOff, User
from dm_portal.shell.dates import WorkingDays
from engagements.models import Engagement
from pods.models import Membership
from reporting import facts, rag
from reporting.figures.roster import capacity
from reporting.tests.reports import FRIDAY

TODAY = FRIDAY.date()
DAY = timedelta(days=1)


def member(
    *away: tuple[int, int], share: int = 100, since: int = -30, until: int | None = None
) -> dict[str, Any]:
    """Days from today on; ``away`` from and to with the last included."""
    return {
        "allocation": share,
        "starts_on": f"{TODAY + since * DAY}",
        "ends_on": None if until is None else f"{TODAY + until * DAY}",
        "away": [[f"{TODAY + first * DAY}", f"{TODAY + last * DAY}"] for first, last in away],
    }


@pytest.mark.parametrize(
    ("roster", "planned", "filled"),
    [
        ([member(), member(share=50)], "15", "15"),
        ([member((3, 7))], "10", "5"),  # from Monday to Friday
        ([member((-9, 1))], "10", "9"),  # a weekend is nobody's
        ([member((3, 5), (4, 7))], "10", "5"),
        ([member(until=4)], "10", "2"),
        ([member(until=4), member(since=4)], "10", "10"),
        ([member(), member(since=3)], "10", "10"),  # more than planned is no more than all
        ([member(since=3)], "0", "0"),
    ],
)
def test_who_is_there(roster: list[dict[str, Any]], planned: str, filled: str) -> None:
    assert capacity(roster, TODAY, WorkingDays()) == {"planned": planned, "filled": filled}


def test_a_holiday_of_the_engagement_is_no_day_of_anybody() -> None:
    worked = WorkingDays(off=(TODAY + 3 * DAY,))
    assert capacity([member()], TODAY, worked) == {"planned": "9", "filled": "9"}


@pytest.mark.parametrize("roster", [None, []])
def test_without_a_roster_nothing_is_known(roster: list[dict[str, Any]] | None) -> None:
    assert capacity(roster, TODAY, WorkingDays()) is None


@pytest.mark.django_db
def test_facts_hold_days_and_shares_and_no_name(
    engagement: Engagement, specialist: User, manager: User, friday: Any
) -> None:
    Membership.objects.update(starts_on=TODAY - 30 * DAY)
    held = Membership.objects.get(pod__engagements=engagement, specialist__user=specialist)
    leave = {"user": specialist, "added_by": manager, "note": "Surgery"}
    for first, last, added in ((3, 4, -1), (5, 5, 1), (90, 99, -1)):
        days = {"starts_on": TODAY + first * DAY, "ends_on": TODAY + last * DAY}
        TimeOff.objects.create(**leave, **days, added_at=FRIDAY + added * DAY)
    body = facts.collect(engagement, since=None, as_of=FRIDAY)

    assert {
        "allocation": held.allocation,
        "starts_on": f"{held.starts_on}",
        "ends_on": None,
        "away": [["2026-11-23", "2026-11-24"]],
    } in body["inputs"]["roster"]
    planned, filled = (float(each) for each in body["figures"]["capacity"].values())
    assert planned - filled == 2 * held.allocation / 100
    assert "Surgery" not in facts.canonical(body)
    assert facts.rebuild(facts.canonical(body)) == facts.canonical(body)


@pytest.mark.django_db
def test_a_team_that_is_there_makes_no_engagement_on_track(
    engagement: Engagement, friday: Any
) -> None:
    body = facts.collect(engagement, since=None, as_of=FRIDAY)
    team = next(each for each in rag.dimensions(body) if each["dimension"] == "team")
    assert team["colour"] in ("green", "unknown")
    assert rag.overall(body)["colour"] == "unknown"
