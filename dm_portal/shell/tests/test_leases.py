"""One holder at a time, until it lets go or its time is over."""

from datetime import UTC, datetime

import pytest
import time_machine

from dm_portal.shell import leases
from dm_portal.shell.models import Lease

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def held() -> None:
    """``a`` holds it for thirty seconds from noon."""
    with time_machine.travel(NOON, tick=False):
        assert leases.hold("clock", holder="a", seconds=30)


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("holder", "second", "is_held"), [("a", 29, 1), ("b", 29, 0), ("b", 30, 1)]
)
def test_another_gets_it_when_its_time_is_over(holder: str, second: int, is_held: bool) -> None:
    with time_machine.travel(NOON.replace(second=second), tick=False):
        assert leases.hold("clock", holder=holder, seconds=30) == is_held


@pytest.mark.usefixtures("held")
def test_who_holds_it_stays_longer() -> None:
    with time_machine.travel(NOON.replace(second=20), tick=False):
        assert leases.hold("clock", holder="a", seconds=30)
    with time_machine.travel(NOON.replace(second=40), tick=False):
        assert not leases.hold("clock", holder="b", seconds=30)
    assert Lease.objects.get().beaten_at == NOON.replace(second=20)


@pytest.mark.usefixtures("held")
def test_only_its_holder_lets_it_go() -> None:
    with time_machine.travel(NOON, tick=False):
        leases.let_go("clock", holder="b")
        assert not leases.hold("clock", holder="b", seconds=30)
        leases.let_go("clock", holder="a")
        assert leases.hold("clock", holder="b", seconds=30)


def test_a_beat_is_written_down_and_moved_on() -> None:
    for minute in (1, 2):
        with time_machine.travel(NOON.replace(minute=minute), tick=False):
            leases.beat("tick")
    assert Lease.objects.get(name="tick").beaten_at == NOON.replace(minute=2)


def test_a_beat_holds_nothing() -> None:
    leases.beat("tick")
    assert leases.hold("tick", holder="a", seconds=30)


@pytest.mark.usefixtures("held")
def test_each_name_is_held_on_its_own() -> None:
    with time_machine.travel(NOON, tick=False):
        assert leases.hold("other", holder="b", seconds=99)
        leases.let_go("other", holder="b")
    with time_machine.travel(NOON.replace(second=29), tick=False):
        assert not leases.hold("clock", holder="c", seconds=30)


def test_what_lasts_has_begun_when_it_was_first_noted():
    for minute in (2, 5):
        with time_machine.travel(NOON.replace(minute=minute), tick=False):
            assert leases.begin("away") == NOON.replace(minute=2)
    assert leases.since("away") == NOON.replace(minute=2)
    leases.end("away")
    assert leases.since("away") is None
    leases.end("away")
