"""Blockers as the events leave them: by an import, by other evidence later, and written anew."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command

from dm_portal.people.models import User
from engagements.models import Blocker, Engagement, Source, WorkEvent, WorkItem
from engagements.services.blockers import describe_blocker
from engagements.services.meanings import decide_states
from engagements.tests.work_files import apply, changes, item, preview

pytestmark = pytest.mark.django_db

SAID = {"impact": "2.1 cannot be accepted.", "owner": "The bank"}


def moved(day: int, came: str, became: str, *, key: str = "A-1", field: str = "state") -> str:
    return f"{key},2026-02-{day:02d}T09:00:00Z,mara,{field},{came},{became}"


def bring(engagement: Engagement, by: User, *told: str, state: str = "Blocked") -> None:
    apply(engagement, by, [item(state=state)], changelog=changes(*told))


def times(key: str = "A-1") -> list[tuple[int, int, int | None]]:
    """Number and days of each blocker that the events tell of, in the order of time."""
    rows = Blocker.objects.told().filter(key=key).order_by("opened_at")
    return [
        (row.number, row.opened_at.day, row.closed_at.day if row.closed_at else None)
        for row in rows
    ]


def describe(by: User, number: int = 1) -> Blocker:
    blocker = Blocker.objects.get(number=number)
    return describe_blocker(blocker=blocker, version=blocker.version, by=by, **SAID)


def stored() -> list[Any]:
    """Everything but the primary key."""
    names = [field.attname for field in Blocker._meta.concrete_fields if field.name != "id"]
    return list(Blocker.objects.order_by("number").values_list(*names))


def test_a_blocked_state_opens_it_and_another_closes_it(
    engagement: Engagement, manager: User
) -> None:
    first = moved(2, "Open", "Blocked")
    bring(engagement, manager, first)
    assert times() == [(1, 2, None)]
    bring(engagement, manager, first, moved(5, "Blocked", "Open"), state="Open")
    assert times() == [(1, 2, 5)]
    bring(engagement, manager, moved(9, "Open", "Blocked"))
    assert times() == [(1, 2, 5), (2, 9, None)]


def test_a_flag_does_so_too(engagement: Engagement, manager: User) -> None:
    flagged = moved(3, "", "Impediment", field="Flagged")
    bring(engagement, manager, flagged, moved(4, "Impediment", "", field="Flagged"), state="Open")
    assert times() == [(1, 3, 4)]


def test_rows_alone_tell_it_from_when_it_was_seen(engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, [item(state="Blocked")])
    [blocker] = Blocker.objects.all()
    assert blocker.opened_at == WorkItem.objects.get().blocked_at
    assert blocker.is_open


def test_only_the_blockers_of_what_was_brought_change(
    engagement: Engagement, manager: User
) -> None:
    bring(engagement, manager, moved(2, "Open", "Blocked"))
    apply(engagement, manager, [item("B-1", state="Blocked"), item("B-2", state="Blocked")])
    assert times() == [(1, 2, None)]
    assert [times(key)[0][0] for key in ("B-1", "B-2")] == [2, 3]


def test_what_only_a_past_time_changes_is_previewed_and_applied(
    engagement: Engagement, manager: User
) -> None:
    """The item stands as it stood: without its blockers the row would be unchanged."""
    bring(engagement, manager, moved(1, "New", "Open"), moved(9, "Open", "Done"), state="Done")
    late = changes(moved(3, "Open", "Blocked"), moved(5, "Blocked", "Open"))
    file = preview(engagement, manager, [item(state="Done")], changelog=late)
    assert (file.changed_count, file.unchanged_count) == (1, 0)
    bring(engagement, manager, *late.decode().splitlines()[1:], state="Done")
    assert times() == [(1, 3, 5)]


def test_the_same_again_changes_nothing(engagement: Engagement, manager: User) -> None:
    told = (moved(2, "Open", "Blocked"), moved(5, "Blocked", "Open"))
    bring(engagement, manager, *told, state="Open")
    describe(manager)
    before = stored()
    bring(engagement, manager, *told, state="Open")
    file = preview(engagement, manager, [item(state="Open")], changelog=changes(*told))
    call_command("rebuild_work", engagement.ref)
    assert file.unchanged_count == 1
    assert stored() == before


def test_words_stay_while_the_beginning_does(engagement: Engagement, manager: User) -> None:
    bring(engagement, manager, moved(2, "Open", "Blocked"))
    describe(manager)
    bring(engagement, manager, moved(6, "Blocked", "Open"), state="Open")
    [blocker] = Blocker.objects.all()
    assert (blocker.impact, blocker.owner, blocker.version) == (*SAID.values(), 2)
    assert times() == [(1, 2, 6)]


def test_words_go_with_a_beginning_that_late_evidence_moves(
    engagement: Engagement, manager: User
) -> None:
    bring(engagement, manager, moved(4, "Open", "Blocked"))
    describe(manager)
    bring(engagement, manager, moved(2, "", "Impediment", field="Flagged"))
    [blocker] = Blocker.objects.all()
    assert times() == [(1, 2, None)]
    assert blocker.owner == SAID["owner"]


def test_of_two_that_become_one_that_with_words_goes_on(
    engagement: Engagement, manager: User
) -> None:
    told = (moved(3, "Open", "Blocked"), moved(5, "Blocked", "Open"), moved(7, "Open", "Blocked"))
    bring(engagement, manager, *told)
    assert times() == [(1, 3, 5), (2, 7, None)]
    describe(manager, 2)
    bring(engagement, manager, moved(2, "", "Impediment", field="Flagged"))
    assert times() == [(2, 2, None)]
    assert Blocker.objects.get().owner == SAID["owner"]


def test_of_one_that_becomes_two_the_first_goes_on(engagement: Engagement, manager: User) -> None:
    bring(engagement, manager, moved(2, "", "Impediment", field="Flagged"), state="Open")
    describe(manager)
    parted = (moved(4, "Open", "Done"), moved(6, "Done", "Open"))
    bring(engagement, manager, *parted, state="Open")
    assert times() == [(1, 2, 4), (2, 6, None)]
    assert Blocker.objects.get(number=2).owner == ""


def decide(engagement: Engagement, by: User, stage: str) -> None:
    source = Source.objects.get(engagement=engagement)
    version = source.meanings.all().version()
    decide_states(
        engagement=engagement, decisions={source: {"Blocked": stage}}, version=version, by=by
    )


def test_another_meaning_of_a_state_takes_back_and_tells_again(
    engagement: Engagement, manager: User
) -> None:
    apply(
        engagement,
        manager,
        [item(state="Blocked"), item("A-2", state="Blocked")],
        changelog=changes(moved(2, "Open", "Blocked"), moved(3, "Open", "Blocked", key="A-2")),
    )
    describe(manager)
    decide(engagement, manager, "in_progress")
    [blocker] = Blocker.objects.all()  # nobody had said anything of the other
    assert (blocker.number, blocker.is_told, blocker.is_open) == (1, False, False)
    assert (blocker.state, blocker.owner) == ("taken back", SAID["owner"])
    decide(engagement, manager, "blocked")
    assert (times(), times("A-2")) == ([(1, 2, None)], [(2, 3, None)])
    assert Blocker.objects.get(number=1).owner == SAID["owner"]


def test_what_was_lost_or_falsified_comes_back(engagement: Engagement, manager: User) -> None:
    told = (moved(2, "Open", "Blocked"), moved(5, "Blocked", "Open"), moved(7, "Open", "Blocked"))
    bring(engagement, manager, *told)
    before = stored()
    Blocker.objects.filter(number=1).update(closed_at=None)
    Blocker.objects.filter(number=2).delete()
    Blocker.objects.create(
        engagement=engagement,
        number=3,
        source=Source.objects.get(),
        key="X-1",
        opened_at=datetime(2026, 2, 1, tzinfo=UTC),
    )
    call_command("rebuild_work")
    assert times() == [(1, 2, 5), (4, 7, None)]
    assert [row[3:6] for row in stored()] == [row[3:6] for row in before]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2, 1)])
def test_any_order_of_files_tells_the_same_times(
    engagement: Engagement, manager: User, order: tuple[int, ...]
) -> None:
    told = [
        moved(2, "Open", "Blocked"),
        moved(5, "Blocked", "Open"),
        moved(7, "", "Impediment", field="Flagged"),
    ]
    for number in order:
        bring(engagement, manager, told[number], state="Open")
    assert [each[1:] for each in times()] == [(2, 5), (7, None)]
    assert WorkEvent.objects.filter(field__in=["state", "flag"]).count() == 3
