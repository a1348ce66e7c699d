"""The limits of the colours: looked at before they are saved, and for drafts to come."""

import json
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.components import Shape
from engagements.models import ColourThresholds, Engagement, Milestone
from engagements.services.thresholds import change_thresholds
from engagements.thresholds import DEFAULTS, Thresholds
from reporting import facts, rag, what_if
from reporting.figures import instant
from reporting.models import Report
from reporting.services.publishing import drop_correction, start_correction
from reporting.tests.pages import SignIn, text_of
from reporting.tests.reports import FRIDAY, WEEK, draft, fresh, open_reports, publish, write

pytestmark = pytest.mark.django_db

LATER = {"schedule_amber_days": 10, "schedule_red_days": 20}


def address(engagement: Engagement) -> str:
    return reverse("engagement_colours", args=[engagement.ref])


def sent(**changed: Any) -> dict[str, Any]:
    """The form as a browser sends it at first."""
    return DEFAULTS.stored | {"version": 0} | changed


def seen(**changed: Any) -> dict[str, Any]:
    """The same when what it would change was looked at, and Save is pressed."""
    numbers = DEFAULTS.stored | {k: v for k, v in changed.items() if k in DEFAULTS.stored}
    return sent(seen=",".join(map(str, numbers.values())), save="1") | changed


def limits(engagement: Engagement) -> dict[str, int]:
    return ColourThresholds.objects.get(engagement=engagement).values.stored


def shapes(*counts: what_if.Count) -> dict[str, tuple[int, int]]:
    return {each.shape.value: (each.now, each.then) for each in counts}


@pytest.mark.usefixtures("checkout")
def test_what_would_change_is_shown_and_nothing_saved(
    engagement: Engagement, manager: User, sign_in: SignIn
) -> None:
    Engagement.objects.filter(pk=engagement.pk).update(starts_on=(FRIDAY - 2 * WEEK).date())
    response = sign_in(manager).post(address(engagement), sent(**LATER))
    assert response.status_code == 200
    assert not ColourThresholds.objects.exists()
    page = text_of(response)
    assert "What it would change" in page
    assert "1 of the last 3 weeks would have been another colour." in page


def test_what_was_looked_at_is_saved(
    engagement: Engagement, manager: User, sign_in: SignIn
) -> None:
    response = sign_in(manager).post(address(engagement), seen(**LATER))
    assert response.status_code == 302
    assert limits(engagement) == DEFAULTS.stored | LATER
    assert AuditEvent.objects.get(verb="thresholds.changed").after == LATER


def test_other_numbers_than_those_looked_at_are_shown_first(
    engagement: Engagement, manager: User, sign_in: SignIn
) -> None:
    other = seen() | LATER
    response = sign_in(manager).post(address(engagement), other)
    assert (response.status_code, ColourThresholds.objects.count()) == (200, 0)
    assert "Nothing is saved yet" in text_of(response)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"schedule_red_days": 1}, "Off track comes after at risk: give more than 1."),
        ({"team_red_percent": 95}, "Off track comes after at risk: give less than 95."),
        ({"scope_red_percent": ""}, "“Scope: off track above” is a whole number from 0 to 300."),
        ({"waiting_red_days": "91"}, "is a whole number from 1 to 90."),
        ({"on_time_recovery_points": "x"}, "is a whole number from 0 to 30."),
        (
            {"notice_days": 0},
            "“Commitments: moved with notice from” is a whole number from 1 to 90.",
        ),
    ],
)
def test_what_makes_no_sense_is_said_in_words(
    changed: dict, said: str, engagement: Engagement, manager: User, sign_in: SignIn
) -> None:
    response = sign_in(manager).post(address(engagement), sent(**changed))
    assert response.status_code == 422
    assert said in text_of(response)


def test_the_second_editor_sees_the_conflict(
    engagement: Engagement, manager: User, director: User, sign_in: SignIn
) -> None:
    change_thresholds(engagement=engagement, version=0, by=director, **LATER)
    response = sign_in(manager).post(address(engagement), seen(scope_red_percent=40))
    assert response.status_code == 409
    assert "saved this while you were writing" in text_of(response)
    assert limits(engagement) == DEFAULTS.stored | LATER


def test_the_page_shows_what_holds(engagement: Engagement, manager: User, sign_in: SignIn) -> None:
    change_thresholds(engagement=engagement, version=0, by=manager, schedule_red_days=13)
    page = sign_in(manager).get(address(engagement)).content.decode()
    assert 'name="schedule_red_days" value="13"' in page
    assert "What it would change" not in page


@pytest.mark.usefixtures("checkout")
def test_weeks_without_a_status_are_worked_out_as_facts_are(
    engagement: Engagement, manager: User
) -> None:
    engagement.starts_on = (FRIDAY - 5 * WEEK).date()
    for monday, is_published, found in what_if.bodies(engagement, at=FRIDAY):
        at = instant(found["inputs"]["as_of"])
        whole = facts.collect(engagement, since=None, as_of=at)
        assert not is_published
        assert rag.dimensions(found) == rag.dimensions(whole), monday


def test_only_weeks_of_the_engagement_that_are_due_or_running_count(
    engagement: Engagement, friday: object
) -> None:
    engagement.starts_on = (FRIDAY - 2 * WEEK).date()
    found = what_if.outlook(engagement, now=DEFAULTS, then=DEFAULTS, at=FRIDAY)
    assert [str(week.monday) for week in found.weeks] == ["2026-11-16", "2026-11-09", "2026-11-02"]
    assert found.changed == []
    assert shapes(*found.counts)["not_known"] == (3, 3)


def test_large_engagements_are_asked_for_fewer_weeks(
    engagement: Engagement, checkout: Milestone, monkeypatch: pytest.MonkeyPatch
) -> None:
    engagement.starts_on = (FRIDAY - 60 * WEEK).date()
    assert len(list(what_if.bodies(engagement, at=FRIDAY))) == 26
    monkeypatch.setattr(what_if, "ITEM_WEEKS", 12)
    assert len(list(what_if.bodies(engagement, at=FRIDAY))) == 6
    monkeypatch.setattr(what_if, "ITEM_WEEKS", 1)
    assert len(list(what_if.bodies(engagement, at=FRIDAY))) == 4


@pytest.mark.usefixtures("checkout")
def test_published_weeks_are_coloured_from_their_facts(
    engagement: Engagement, manager: User, django_assert_max_num_queries: Any
) -> None:
    [report] = open_reports(engagement)
    publish(write(draft(report), manager, colour="amber"), manager)
    patient = Thresholds(schedule_amber_days=10, schedule_red_days=20)
    with django_assert_max_num_queries(4):
        found = what_if.outlook(engagement, now=DEFAULTS, then=patient, at=FRIDAY)
    [week] = [each for each in found.weeks if each.is_published]
    assert (week.now, week.then, week.differs) == (Shape.AT_RISK, Shape.ON_TRACK, True)


@pytest.mark.usefixtures("checkout")
def test_the_next_draft_is_the_first_by_new_limits(
    engagement: Engagement, manager: User, friday: time_machine.Traveller
) -> None:
    [report] = open_reports(engagement)
    opened = draft(report)
    change_thresholds(engagement=engagement, version=0, by=manager, **LATER)
    revision = publish(write(opened, manager, colour="amber"), manager)
    assert revision.computed_colour == "amber"
    friday.move_to(FRIDAY + WEEK, tick=False)
    _, following = open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    assert draft(following).drafted["overall"]["colour"] == "green"


@pytest.mark.usefixtures("checkout")
def test_what_is_frozen_gives_the_same_colour_for_ever(
    engagement: Engagement, manager: User
) -> None:
    change_thresholds(engagement=engagement, version=0, by=manager, **LATER)
    [report] = open_reports(engagement)
    revision = publish(draft_and_write(report, manager), manager)
    change_thresholds(engagement=engagement, version=1, by=manager, **DEFAULTS.stored)
    again = json.loads(facts.rebuild(revision.facts.body))
    assert rag.overall(again) == revision.text["computed"]
    assert again["inputs"]["thresholds"] == DEFAULTS.stored | LATER


@pytest.mark.usefixtures("checkout")
def test_a_correction_keeps_the_limits_of_what_it_corrects(
    engagement: Engagement, manager: User
) -> None:
    [report] = open_reports(engagement)
    publish(write(draft(report), manager, colour="amber"), manager)
    change_thresholds(engagement=engagement, version=0, by=manager, **LATER)
    out = fresh(report)
    start_correction(report=out, reason="A slip.", by=manager)
    drop_correction(report=out, version=out.version, by=manager)
    start_correction(report=out, reason="A slip.", corrects_figures=True, by=manager)
    assert publish(fresh(report), manager).computed_colour == "amber"


def draft_and_write(report: Report, by: User) -> Report:
    return write(draft(report), by, colour="green")
