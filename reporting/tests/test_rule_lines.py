"""The rules as our own people read them: in the draft, on their page, on the engagement's."""

from typing import Any

import pytest
from django.urls import reverse

from dm_portal.people.models import User
from engagements.health import health_of
from engagements.models import Engagement
from engagements.services.thresholds import change_thresholds
from reporting import rag
from reporting.models import Report
from reporting.rule_lines import VALUES, RuleLine, rules_of
from reporting.tests.inputs import body, item, milestone, revision
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import draft, open_reports, publish, write

pytestmark = pytest.mark.django_db


def shown(name: str, **figures: Any) -> RuleLine:
    made = body(
        items=[item("A-1", 1)],
        milestones=[milestone(1, "Checkout")],
        revisions=[revision(1, "2026-11-18")],
    )
    made["figures"] |= figures
    verdicts = rag.dimensions(made)
    [line] = [each for each in rules_of(verdicts, made, verdicts[0]).lines if each.name == name]
    return line


def test_a_dimension_shows_its_values_and_limits() -> None:
    line = shown("Schedule")
    assert (line.shape, line.rule) == ("at_risk", "schedule.amber")
    assert line.values == (
        "milestone: Checkout",
        "committed for: Wed 18 Nov",
        "open: 1",
        "items: 1",
        "days past the date: 2",
        "criteria not met: 0",
    )
    assert line.limits[0] == "At risk from 1, off track from 6 days past the committed date."


def test_values_are_said_as_people_say_them() -> None:
    rows = [
        {"number": n, "name": f"S{n}", "starts_on": "2026-11-02", "added": 0, "committed": 5}
        for n in (2, 1)
    ]
    assert shown("Scope", sprints=rows).values == (
        "sprints: S2, S1",
        "added after the start: 0",
        "committed: 10",
    )
    assert shown("Team").values == ()
    ask = {"title": "Which bank?", "needed_by": "2026-11-17", "working_days_past": 3}
    assert "needed by: Tue 17 Nov" in shown("Waiting on customer", asks=[ask]).values


def test_a_chance_is_said_in_per_cent() -> None:
    made = body(
        items=[item("A-1", 1)],
        milestones=[milestone(1, "Checkout")],
        revisions=[revision(1, "2026-12-18")],
    )
    made["figures"]["milestones"][0]["on_time"] = "0.625"
    verdicts = rag.dimensions(made)
    assert "chance to be in time: 62 %" in rules_of(verdicts, made, verdicts[0]).lines[0].values


def test_every_value_has_a_name() -> None:
    days = {"from_day": "2026-10-23", "to_day": "2026-11-20"}
    capacity = {"planned": "10", "filled": "9"}
    assert shown("Quality", rework={"finished": 20, "reopened": 2, **days}).values
    assert shown("Team", capacity=capacity).values == ("days planned: 10", "days filled: 9")
    assert all(VALUES.values())


def test_the_worst_comes_first_and_what_is_not_known_last() -> None:
    made = body(
        items=[item("A-1", 1)],
        milestones=[milestone(1)],
        revisions=[revision(1, "2026-11-18")],
    )
    made["figures"] |= {"asks": [], "capacity": {"planned": "10", "filled": "1"}}
    verdicts = rag.dimensions(made)
    lines = rules_of(verdicts, made, rag.worst(verdicts)).lines
    assert [line.name for line in lines] == [
        "Team",
        "Schedule",
        "Waiting on customer",
        "Scope",
        "Quality",
        "Blockers",
    ]


@pytest.mark.usefixtures("checkout")
def test_the_draft_leads_to_the_rules_and_their_limits(
    engagement: Engagement, manager: User, sign_in: SignIn
) -> None:
    page = text_of(sign_in(manager).get(url(draft(open_reports(engagement)[0]))))
    assert reverse("rules_detail", args=[engagement.ref]) in page
    assert reverse("engagement_colours", args=[engagement.ref]) in page
    assert "At risk from 1, off track from 6 days past the committed date." in page


@pytest.mark.usefixtures("checkout")
def test_the_page_of_the_rules_is_of_now(
    engagement: Engagement, manager: User, auditor: User, sign_in: SignIn
) -> None:
    change_thresholds(engagement=engagement, version=0, by=manager, schedule_red_days=2)
    address = reverse("rules_detail", args=[engagement.ref])
    page = text_of(sign_in(manager).get(address))
    assert "off track from 2 days past the committed date." in page
    assert "Off track" in page
    assert "Set the limits" in page
    assert "Set the limits" not in text_of(sign_in(auditor).get(address))


@pytest.mark.usefixtures("checkout")
def test_health_is_as_the_newest_draft_saw_it(engagement: Engagement, manager: User) -> None:
    assert health_of(engagement, manager) is None
    draft(open_reports(engagement)[0])
    health = health_of(engagement, manager)
    assert health is not None
    assert [each.name for each in health.dimensions][:2] == ["Schedule", "Waiting on customer"]
    assert health.dimensions[-1].shape == "not_known"
    assert health.dimensions[0].shape == "at_risk"
    assert health.url == reverse("rules_detail", args=[engagement.ref])


@pytest.mark.usefixtures("checkout")
def test_who_reads_no_drafts_knows_what_was_published(
    engagement: Engagement, manager: User, tech_lead: User, lead: User, sign_in: SignIn
) -> None:
    report = draft(open_reports(engagement)[0])
    assert health_of(engagement, tech_lead) is None
    publish(write(report, manager, colour="amber"), manager)
    health = health_of(engagement, tech_lead)
    assert health is not None
    assert health.url == ""
    assert health_of(engagement, lead) is None
    page = text_of(sign_in(tech_lead).get(engagement.get_absolute_url()))
    assert "Release 2.1 is 2 days past its committed date" in page
    assert Report.objects.get().state == "published"
