"""Commitments: kept, moved with notice, missed; nothing edits a past one."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User, WorkCalendar
from dm_portal.shell.clock import now, today
from dm_portal.shell.errors import DomainError
from engagements.calendars import working_days_of
from engagements.models import (
    AcceptanceCriterion,
    Commitment,
    Engagement,
    Fulfilment,
    Milestone,
    MilestoneRevision,
)
from engagements.services.commitments import make_commitment, record_fulfilment
from engagements.services.milestones import commit_date, create_milestone
from engagements.tests.pages import make_import, make_item

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def here(engagement: Engagement) -> date:
    return today(engagement.time_zone)


@pytest.fixture
def fields(here: date) -> dict[str, Any]:
    return {
        "promise": "A stand-in for the bank",
        "made_to": "Lena Lead",
        "said_on": here - 20 * DAY,
        "due_on": here + 10 * DAY,
        "said_in": "Mail",
        "supersedes": None,
    }


@pytest.fixture
def promise(engagement: Engagement, manager: User, fields: dict[str, Any]) -> Commitment:
    return make_commitment(engagement=engagement, by=manager, **fields)


def standing(commitment: Commitment, on: date) -> str:
    zone = ZoneInfo(commitment.engagement.time_zone)
    worked = working_days_of(commitment.engagement, today=on)
    rows = Commitment.objects.with_standing(zone=zone, today=on, worked=worked, notice=10)
    return str(rows.get(pk=commitment.pk).state)


def last_told() -> str:
    return sentence(AuditEvent.objects.latest("pk"))


def test_a_promise_is_written_down(promise: Commitment, manager: User, lead: User) -> None:
    assert (promise.number, promise.probability, promise.recorded_by) == (1, None, manager)
    assert "wrote down commitment 1, due" in last_told()
    assert list(Commitment.objects.visible_to(lead)) == []


def test_what_was_known_then_is_kept(
    engagement: Engagement, manager: User, fields: dict[str, Any]
) -> None:
    made = make_commitment(
        engagement=engagement, week="2026-W47", probability=Decimal("0.8"), by=manager, **fields
    )
    assert (made.week, made.probability) == ("2026-W47", Decimal("0.8"))


def test_open_until_its_day_and_missed_the_day_after(promise: Commitment) -> None:
    due = promise.due_on
    assert due is not None
    assert [standing(promise, due), standing(promise, due + DAY)] == ["open", "missed"]


@pytest.mark.parametrize(("days", "state"), [(-1, "kept"), (0, "kept"), (1, "missed")])
def test_kept_by_its_day(
    engagement: Engagement,
    manager: User,
    fields: dict[str, Any],
    here: date,
    days: int,
    state: str,
) -> None:
    due = here - 5 * DAY
    made = make_commitment(engagement=engagement, by=manager, **fields | {"due_on": due})
    record_fulfilment(commitment=made, fulfilled_on=due + days * DAY, note="Seen", by=manager)
    assert standing(made, here) == state


def test_the_last_word_counts(promise: Commitment, manager: User, here: date) -> None:
    record_fulfilment(commitment=promise, fulfilled_on=here, note="", by=manager)
    assert "found commitment 1 fulfilled on" in last_told()
    record_fulfilment(commitment=promise, fulfilled_on=None, note="It broke", by=manager)
    assert "found commitment 1 not fulfilled after all" in last_told()
    assert standing(promise, here) == "open"
    assert Fulfilment.objects.count() == 2


@pytest.mark.parametrize(
    ("days", "state"),
    [(-14, "moved"), (-11, "moved_late"), (-1, "moved_late"), (0, "missed"), (1, "missed")],
)
def test_moved_ten_working_days_before_is_moved_with_notice(
    engagement: Engagement,
    manager: User,
    fields: dict[str, Any],
    here: date,
    days: int,
    state: str,
) -> None:
    due = here - here.weekday() * DAY - 3 * DAY  # a Friday
    said_on = due - 15 * DAY
    first = make_commitment(
        engagement=engagement, by=manager, **fields | {"said_on": said_on, "due_on": due}
    )
    said = {"said_on": due + days * DAY, "due_on": here + DAY, "supersedes": first}
    second = make_commitment(engagement=engagement, by=manager, **fields | said)
    assert [standing(first, here), standing(second, here)] == [state, "open"]
    with pytest.raises(DomainError, match="no longer stands"):
        record_fulfilment(commitment=first, fulfilled_on=here, note="", by=manager)
    with pytest.raises(DomainError, match="replaced that one already"):
        make_commitment(engagement=engagement, by=manager, **fields | said)


def test_notice_is_counted_without_holidays(
    engagement: Engagement, manager: User, fields: dict[str, Any]
) -> None:
    engagement.calendar = WorkCalendar.objects.create(name="London", country="GB", region="ENG")
    engagement.save(update_fields=["calendar"])
    days = {"said_on": date(2025, 12, 1), "due_on": date(2026, 1, 5)}
    first = make_commitment(engagement=engagement, by=manager, **fields | days)
    gone = {"said_on": date(2025, 12, 19), "due_on": date(2026, 2, 2), "supersedes": first}
    make_commitment(engagement=engagement, by=manager, **fields | gone)
    later = date(2026, 3, 2)
    worked = working_days_of(engagement, today=later)
    notice = worked.count(gone["said_on"], days["due_on"])
    assert notice == 8  # Christmas, Boxing Day and New Year are off
    for limit, state in ((8, "moved"), (9, "moved_late")):
        standing = {"zone": ZoneInfo("Europe/Berlin"), "today": later, "worked": worked}
        rows = Commitment.objects.with_standing(**standing, notice=limit)
        assert rows.get(pk=first.pk).state == state


def test_nobody_gives_notice_afterwards(
    engagement: Engagement, manager: User, fields: dict[str, Any], here: date
) -> None:
    due = here - 5 * DAY
    first = make_commitment(engagement=engagement, by=manager, **fields | {"due_on": due})
    said = {"said_on": due - DAY, "due_on": here + DAY, "supersedes": first}
    make_commitment(engagement=engagement, by=manager, **fields | said)
    assert standing(first, here) == "moved_late", "the engagement is younger than that day"
    Engagement.objects.filter(pk=engagement.pk).update(created_at=now() - 30 * DAY)
    assert standing(first, here) == "missed"


def test_taken_back(
    engagement: Engagement, manager: User, fields: dict[str, Any], promise: Commitment, here: date
) -> None:
    gone = {"due_on": None, "supersedes": promise, "said_on": here}
    back = make_commitment(engagement=engagement, by=manager, **fields | gone)
    assert last_told() == (
        "Mara Manager took back a promise by commitment 2: A stand-in for the bank"
    )
    assert [standing(promise, here), standing(back, here)] == ["withdrawn", "taking_back"]
    with pytest.raises(DomainError, match="no longer stands"):
        record_fulfilment(commitment=back, fulfilled_on=here, note="", by=manager)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"said_on": today() + 9 * DAY}, "said_on"),
        ({"due_on": today() - 30 * DAY}, "due_on"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(12, 1, 1)}, "due_on"),
    ],
)
def test_senseless_days_are_refused(
    engagement: Engagement,
    manager: User,
    fields: dict[str, Any],
    changes: dict[str, Any],
    field: str,
) -> None:
    with pytest.raises(DomainError) as refused:
        make_commitment(engagement=engagement, by=manager, **fields | changes)
    assert refused.value.field == field


def test_only_what_was_written_down_here_is_replaced(
    engagement: Engagement,
    other_engagement: Engagement,
    manager: User,
    other_manager: User,
    fields: dict[str, Any],
    here: date,
) -> None:
    theirs = make_commitment(engagement=other_engagement, by=other_manager, **fields)
    dated(engagement, manager, here + DAY)
    for earlier in (theirs, Commitment.objects.get(engagement=engagement)):
        with pytest.raises(DomainError, match="written down here"):
            make_commitment(engagement=engagement, by=manager, **fields | {"supersedes": earlier})


def test_no_promise_is_moved_before_it_was_made(
    engagement: Engagement, manager: User, fields: dict[str, Any], promise: Commitment
) -> None:
    before = {"supersedes": promise, "said_on": promise.said_on - DAY}
    with pytest.raises(DomainError, match="made after that day"):
        make_commitment(engagement=engagement, by=manager, **fields | before)


def test_what_was_fulfilled_does_not_move(
    engagement: Engagement, manager: User, fields: dict[str, Any], promise: Commitment, here: date
) -> None:
    further = fields | {"supersedes": promise, "said_on": here}
    record_fulfilment(commitment=promise, fulfilled_on=here, note="", by=manager)
    with pytest.raises(DomainError, match="was fulfilled"):
        make_commitment(engagement=engagement, by=manager, **further)
    record_fulfilment(commitment=promise, fulfilled_on=None, note="It broke", by=manager)
    make_commitment(engagement=engagement, by=manager, **further)
    assert standing(promise, here) == "moved_late"


def test_nothing_is_fulfilled_tomorrow(promise: Commitment, manager: User, here: date) -> None:
    with pytest.raises(DomainError, match="yet to come"):
        record_fulfilment(commitment=promise, fulfilled_on=here + DAY, note="", by=manager)


def test_nothing_is_fulfilled_before_it_was_promised(promise: Commitment, manager: User) -> None:
    earlier = promise.said_on - DAY
    with pytest.raises(DomainError, match="promised after that day"):
        record_fulfilment(commitment=promise, fulfilled_on=earlier, note="", by=manager)


def dated(engagement: Engagement, by: User, day: date) -> Milestone:
    return create_milestone(
        engagement=engagement,
        name="2.1 Refunds",
        outcome="",
        tracker_name="",
        planned_size=None,
        committed_on=day,
        reason="Agreed",
        by=by,
    )


def test_a_milestones_dates_are_commitments(
    engagement: Engagement, manager: User, here: date
) -> None:
    milestone = dated(engagement, manager, here + 10 * DAY)
    commit_date(
        milestone=milestone,
        version=2,
        committed_on=here + 20 * DAY,
        reason="More scope",
        probability=Decimal("0.75"),
        by=manager,
    )
    commit_date(milestone=milestone, version=3, committed_on=None, reason="Open", by=manager)
    rows = list(Commitment.objects.order_by("number"))
    assert [(row.due_on, row.probability) for row in rows] == [
        (here + 10 * DAY, None),
        (here + 20 * DAY, Decimal("0.75")),
        (None, None),
    ]
    assert [row.supersedes for row in rows] == [None, rows[0], rows[1]]
    assert [row.revision for row in rows] == list(milestone.revisions.order_by("number"))
    assert [standing(row, here) for row in rows] == ["moved_late", "withdrawn", "taking_back"]
    assert rows[0].promise == "2.1 Refunds"
    assert rows[0].made_to == engagement.customer.name


@pytest.mark.parametrize(("days", "state"), [(-1, "kept"), (1, "missed"), (None, "missed")])
def test_of_a_milestone_its_items_and_criteria_tell(
    engagement: Engagement, manager: User, here: date, days: int | None, state: str
) -> None:
    due = here - 5 * DAY
    milestone = dated(engagement, manager, due)
    done_at = None if days is None else now() - 5 * DAY + days * DAY
    make_item(make_import(engagement), "A-1", done_at=done_at, milestones=[milestone])
    AcceptanceCriterion.objects.create(
        milestone=milestone, number=1, statement="x", met_at=now() - 9 * DAY, met_by=manager
    )
    assert standing(Commitment.objects.get(), here) == state


def test_criteria_alone_tell_of_a_milestone_without_items(
    engagement: Engagement, manager: User, here: date
) -> None:
    milestone = dated(engagement, manager, here)
    assert standing(Commitment.objects.get(), here) == "open"
    AcceptanceCriterion.objects.create(
        milestone=milestone, number=1, statement="x", met_at=now(), met_by=manager
    )
    assert standing(Commitment.objects.get(), here) == "kept"


def test_known_dates_become_commitments(engagement: Engagement, manager: User, here: date) -> None:
    """As the migration finds them, before there were commitments."""
    milestones = [
        Milestone.objects.create(engagement=engagement, number=number, name=f"{number}.0")
        for number in (1, 2)
    ]
    dates = [(0, 1, None, here), (1, 1, None, here), (0, 2, here, here + DAY), (0, 3, here, None)]
    made = [
        MilestoneRevision.objects.create(
            milestone=milestones[which],
            number=number,
            old_on=old,
            new_on=new,
            reason="x",
            changed_at=now() + number * DAY,
            changed_by=manager,
        )
        for which, number, old, new in dates
    ]
    executor = MigrationExecutor(connection)
    migration = executor.loader.get_migration("engagements", "0028_commitments_of_known_dates")
    with connection.cursor() as cursor:
        cursor.execute(migration.operations[0].sql)
    rows = list(Commitment.objects.order_by("number"))
    assert [(row.number, row.promise, row.due_on) for row in rows] == [
        (1, "1.0", here),
        (2, "2.0", here),
        (3, "1.0", here + DAY),
        (4, "1.0", None),
    ]
    assert [row.supersedes for row in rows] == [None, None, rows[0], rows[2]]
    assert [row.revision for row in rows] == made
    assert [row.said_on for row in rows] == [
        engagement.day_of(revision.changed_at) for revision in made
    ]
