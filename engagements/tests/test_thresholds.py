"""From where on it is at risk or off track: the field's limits, then what a person sets."""

from typing import Any

import pytest

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import ColourThresholds, Engagement, thresholds_of
from engagements.services.thresholds import change_thresholds
from engagements.thresholds import BANDS, DEFAULTS, LABELS, out_of_order

pytestmark = pytest.mark.django_db


def change(engagement: Engagement, by: User, version: int = 0, **limits: int) -> ColourThresholds:
    return change_thresholds(engagement=engagement, version=version, by=by, **limits)


def test_the_defaults_are_the_fields(engagement: Engagement) -> None:
    assert thresholds_of(engagement) == DEFAULTS
    assert DEFAULTS.stored == {
        "schedule_amber_days": 1,
        "schedule_red_days": 6,
        "on_time_amber_percent": 75,
        "on_time_red_percent": 45,
        "on_time_recovery_points": 10,
        "scope_amber_percent": 10,
        "scope_red_percent": 30,
        "quality_amber_percent": 7,
        "quality_red_percent": 15,
        "team_amber_percent": 95,
        "team_red_percent": 80,
        "waiting_amber_days": 1,
        "waiting_red_days": 6,
        "blockers_amber_days": 3,
        "blockers_red_days": 6,
        "notice_days": 10,
    }


def test_what_is_set_holds(engagement: Engagement, manager: User) -> None:
    change(engagement, manager, schedule_red_days=11)
    stored = Engagement.objects.select_related("thresholds").get(pk=engagement.pk)
    assert thresholds_of(stored).stored == DEFAULTS.stored | {"schedule_red_days": 11}


def test_it_is_on_the_record_with_before_and_after(engagement: Engagement, manager: User) -> None:
    change(engagement, manager, schedule_red_days=11, scope_red_percent=30)
    [event] = AuditEvent.objects.filter(verb="thresholds.changed")
    assert (event.before, event.after) == ({"schedule_red_days": 6}, {"schedule_red_days": 11})
    assert event.engagement_ref == engagement.ref


def test_what_stays_as_it_was_is_no_act(engagement: Engagement, manager: User) -> None:
    assert change(engagement, manager, schedule_red_days=6).version == 0
    assert not AuditEvent.objects.filter(verb="thresholds.changed").exists()
    assert not ColourThresholds.objects.exists()
    change(engagement, manager, schedule_red_days=11)
    assert change(engagement, manager, version=1, schedule_red_days=11).version == 1
    assert AuditEvent.objects.filter(verb="thresholds.changed").count() == 1


def test_the_second_editor_is_told(engagement: Engagement, manager: User) -> None:
    assert change(engagement, manager, schedule_red_days=11).version == 1
    with pytest.raises(Conflict):
        change(engagement, manager, schedule_red_days=12)
    assert change(engagement, manager, version=1, schedule_red_days=12).version == 2


@pytest.mark.parametrize("band", BANDS.values(), ids=lambda band: band.amber)
def test_no_limit_leaves_no_room_for_at_risk(
    band: Any, engagement: Engagement, manager: User
) -> None:
    with pytest.raises(DomainError, match="Off track comes after at risk") as refused:
        change(engagement, manager, **{band.amber: 50, band.red: 50})
    assert refused.value.field == band.red
    assert not ColourThresholds.objects.exists()


def test_missing_limits_are_for_others_to_say() -> None:
    assert out_of_order({}) == {}
    assert out_of_order({"scope_amber_percent": None, "scope_red_percent": 3}) == {}


def test_every_limit_has_a_name() -> None:
    assert LABELS.keys() == DEFAULTS.stored.keys()
    assert LABELS["team_red_percent"] == "Team: off track below"
