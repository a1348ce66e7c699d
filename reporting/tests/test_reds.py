"""A milestone that turns red between two statuses asks whether the customer should hear of it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.errors import DomainError
from engagements.models import Engagement, Import, Milestone, WorkItem
from engagements.services.thresholds import change_thresholds
from engagements.tests.events import tell
from reporting.models import Forecast, UntoldRed
from reporting.needs import needs_of, needs_of_engagements
from reporting.reds import turned_red_on, with_forecasts
from reporting.services.notes import leave_red_untold
from reporting.services.updates import begin_update
from reporting.tests.pages import SignIn, text_of
from reporting.tests.reports import FRIDAY, draft, open_reports, publish, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

# Committed for Wed 18 Nov, so that it is red by the rules from Tue 24 Nov on.
TUESDAY = FRIDAY + timedelta(days=4)
QUESTION = "Release 2.1 turned red on Tue 24 Nov: tell the customer?"


@pytest.fixture
def told(
    checkout: Milestone,
    engagement: Engagement,
    manager: User,
    friday: time_machine.Traveller,
) -> Milestone:
    """Amber when the last status was out; now it is Tuesday."""
    publish(write(draft(open_reports(engagement)[0]), manager, colour="amber"), manager)
    friday.move_to(TUESDAY, tick=False)
    return checkout


def asked(user: User) -> list[str]:
    fresh = User.objects.get(pk=user.pk)
    return [need.what for need in needs_of(fresh, at=TUESDAY) if need.not_now_url]


def not_now(milestone: Milestone) -> str:
    place = [milestone.engagement.ref, milestone.number]
    return reverse("milestone_not_now", args=place)


def test_who_leads_is_asked(
    told: Milestone, manager: User, deputy: User, architect: User, other_manager: User
) -> None:
    assert asked(manager) == asked(deputy) == [QUESTION]
    assert asked(architect) == asked(other_manager) == []


def test_digest_asks_too(told: Milestone, engagement: Engagement) -> None:
    led = Engagement.objects.filter(pk=engagement.pk)
    for_leaders, for_planners = needs_of_engagements(led, led, at=TUESDAY)
    assert QUESTION in [need.what for need in for_leaders]
    assert QUESTION not in [need.what for need in for_planners]


def test_line_leads_to_an_update(sign_in: SignIn, told: Milestone, manager: User) -> None:
    page = text_of(sign_in(manager).get("/"))
    assert QUESTION in page
    assert reverse("update_create", args=[told.engagement.ref]) in page
    assert not_now(told) in page


def test_it_is_red_by_the_limits_of_its_engagement(
    told: Milestone, engagement: Engagement, manager: User
) -> None:
    limits = {"engagement": engagement, "by": manager}
    change_thresholds(version=0, schedule_red_days=4, **limits)
    assert asked(manager) == ["Release 2.1 turned red on Sun 22 Nov: tell the customer?"]
    change_thresholds(version=1, schedule_red_days=9, **limits)
    assert asked(manager) == []


def test_before_it_is_red_nobody_is_asked(
    told: Milestone, manager: User, friday: time_machine.Traveller
) -> None:
    day_before = TUESDAY - timedelta(days=1)
    assert not [need for need in needs_of(manager, at=day_before) if need.not_now_url]


def test_update_answers(told: Milestone, engagement: Engagement, manager: User) -> None:
    words = {"paragraph": "2.1 is late.", "colour": "red", "colour_reason": ""}
    report = begin_update(engagement=engagement, by=manager, **words)
    assert asked(manager) == [QUESTION]
    publish(report, manager)
    assert asked(manager) == []


def test_before_the_first_status_nobody_is_asked(
    checkout: Milestone, manager: User, friday: time_machine.Traveller
) -> None:
    friday.move_to(TUESDAY, tick=False)
    assert asked(manager) == []


def test_done_it_asks_nothing(told: Milestone, manager: User) -> None:
    WorkItem.objects.filter(done_at=None).update(done_at=TUESDAY)
    tell(*WorkItem.objects.all())
    assert asked(manager) == []


def test_without_items_days_past_its_date_count(told: Milestone, manager: User) -> None:
    told.work_items.clear()
    assert asked(manager) == [QUESTION]


def test_without_an_import_the_rule_knows_nothing(told: Milestone, manager: User) -> None:
    Import.objects.update(applied_at=None, applied_by=None, state=Import.State.DISCARDED)
    assert asked(manager) == []


def test_not_now_needs_a_reason(
    sign_in: SignIn, told: Milestone, manager: User, engagement: Engagement
) -> None:
    client = sign_in(manager)
    assert "It turned red on Tue 24 Nov" in text_of(client.get(not_now(told)))
    assert client.post(not_now(told), {"reason": " "}).status_code == 422
    client.post(not_now(told), {"reason": "They know it by phone."})
    assert asked(manager) == []
    event = AuditEvent.objects.get(verb="milestone.red_left_untold")
    assert (event.actor_name, event.after["reason"]) == (manager.name, "They know it by phone.")
    left = UntoldRed.objects.visible_to(manager).get()
    assert str(left) == f"{told}, red since 2026-11-24"


def test_with_another_date_it_asks_anew(told: Milestone, manager: User) -> None:
    leave = {"milestone": told, "by": manager}
    leave_red_untold(turned_on=date(2026, 11, 23), reason="Of another date", **leave)
    assert asked(manager) == [QUESTION]


def test_service_needs_a_reason_too(told: Milestone, manager: User) -> None:
    with pytest.raises(DomainError, match="Say why"):
        leave_red_untold(milestone=told, turned_on=TUESDAY.date(), reason=" ", by=manager)


def test_only_who_leads_says_not_now(
    sign_in: SignIn, told: Milestone, architect: User, other_manager: User
) -> None:
    assert sign_in(architect).get(not_now(told)).status_code == 403
    assert sign_in(other_manager).get(not_now(told)).status_code == 404
    assert not UntoldRed.objects.visible_to(architect).exists()


def test_what_is_not_red_has_no_such_page(
    sign_in: SignIn, checkout: Milestone, manager: User
) -> None:
    assert sign_in(manager).get(not_now(checkout)).status_code == 404


def test_without_a_date_nothing_is_red(engagement: Engagement) -> None:
    Milestone.objects.create(engagement=engagement, number=7, name="3.0")
    milestone = with_forecasts(engagement.milestones.with_progress()).get(number=7)
    assert turned_red_on(milestone, day=TUESDAY.date()) is None


def foretell(
    milestone: Milestone,
    as_of: datetime,
    chance: float,
    refusal: str = "",
    occasion: str = "status",
    starts_on: date = date(2026, 11, 16),
) -> None:
    """A forecast that gives this chance to be done by any day."""
    Forecast.objects.create(
        engagement=milestone.engagement,
        milestone=milestone,
        occasion=occasion,
        as_of=as_of,
        starts_on=starts_on,
        method="pace",
        method_version=1,
        inputs={},
        law=[chance] * 10,
        refusal=refusal,
        refusal_words=refusal,
        has_low_evidence=False,
        is_winding_down=False,
    )


@pytest.fixture
def ahead(told: Milestone, manager: User) -> Milestone:
    """Its date is to come."""
    Milestone.objects.filter(pk=told.pk).update(committed_on=date(2026, 12, 11))
    told.refresh_from_db()
    return told


BEFORE, SINCE = FRIDAY + timedelta(hours=1), TUESDAY - timedelta(days=1)
FORETOLD = "Release 2.1 turned red on Mon 23 Nov: tell the customer?"


@pytest.mark.parametrize(
    ("before", "since", "found"),
    [
        (0.8, 0.44, [FORETOLD]),
        (0.8, 0.45, []),
        (0.3, 0.3, []),  # the last status told it
        (0.3, 0.8, []),
    ],
)
def test_a_chance_that_falls_asks_before_the_date(
    ahead: Milestone, manager: User, before: float, since: float, found: list[str]
) -> None:
    foretell(ahead, BEFORE, before)
    foretell(ahead, SINCE, since)
    assert asked(manager) == found


def test_it_may_be_red_since_its_first_forecast(checkout: Milestone) -> None:
    Milestone.objects.filter(pk=checkout.pk).update(committed_on=date(2026, 12, 11))
    foretell(checkout, BEFORE, 0.3)
    foretell(checkout, SINCE, 0.3)
    milestone = with_forecasts(Milestone.objects.with_progress()).get(pk=checkout.pk)
    assert turned_red_on(milestone, day=TUESDAY.date()) == FRIDAY.date()


@pytest.mark.parametrize(
    ("chances", "turned_on"),
    [
        ([("status", 0.4), ("week", 0.5)], date(2026, 11, 20)),
        ([("status", 0.4), ("week", 0.5), ("week", 0.44)], date(2026, 11, 20)),
        ([("status", 0.4), ("week", 0.6), ("week", 0.44)], date(2026, 11, 22)),
        ([("week", 0.4), ("week", 0.5)], None),
        ([("status", 0.5), ("week", 0.4), ("week", 0.5)], None),
        ([("week", 0.3)] * 9, date(2026, 11, 20)),
    ],
)
def test_it_is_red_until_it_has_clearly_recovered(
    checkout: Milestone, chances: list[tuple[str, float]], turned_on: date | None
) -> None:
    """As the schedule has it: by 10 points above what the last status called red."""
    Milestone.objects.filter(pk=checkout.pk).update(committed_on=date(2026, 12, 11))
    for number, (occasion, chance) in enumerate(chances):
        told: Any = {
            "occasion": occasion,
            "starts_on": date(2026, 11, 16) - timedelta(weeks=number),
        }
        foretell(checkout, BEFORE + timedelta(days=number), chance, **told)
    milestone = with_forecasts(Milestone.objects.with_progress()).get(pk=checkout.pk)
    assert turned_red_on(milestone, day=TUESDAY.date()) == turned_on


def test_after_a_status_without_a_chance_nothing_has_to_recover(checkout: Milestone) -> None:
    Milestone.objects.filter(pk=checkout.pk).update(committed_on=date(2026, 12, 11))
    foretell(checkout, BEFORE, 0.3)
    foretell(checkout, BEFORE + timedelta(days=1), 0.3, refusal="grows")
    foretell(checkout, SINCE, 0.5)
    milestone = with_forecasts(Milestone.objects.with_progress()).get(pk=checkout.pk)
    assert turned_red_on(milestone, day=TUESDAY.date()) is None


def test_a_chance_nobody_can_tell_asks_nothing(ahead: Milestone, manager: User) -> None:
    foretell(ahead, SINCE, 0.3, refusal="grows")
    assert asked(manager) == []


def test_that_it_is_left_holds_while_it_stays_so(
    sign_in: SignIn, ahead: Milestone, manager: User
) -> None:
    foretell(ahead, BEFORE, 0.8)
    foretell(ahead, SINCE, 0.4)
    client = sign_in(manager)
    assert client.post(not_now(ahead), {"reason": "They know it by phone."}).status_code == 302
    foretell(ahead, TUESDAY, 0.3)
    assert asked(manager) == []
