"""A tick opens exactly what is due, however often, however late, however many at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from dm_portal.people.models import AuditEvent, User, WorkCalendar
from dm_portal.people.services.mails import queue_mail
from dm_portal.shell.clock import now
from dm_portal.shell.models import Lease
from dm_portal.tests.broker import Messages
from dm_portal.tests.cast import make_engagement
from engagements.models import Customer, Engagement
from engagements.services.engagements import change_state
from engagements.services.imports import receive_file
from reporting.models import Period, Report
from reporting.services.attempts import retry_report
from reporting.services.publishing import publish_report
from reporting.services.ticks import open_periods, sweep, tick
from reporting.tests.reports import draft, fresh, open_reports, write

pytestmark = pytest.mark.django_db

# A Thursday and a Friday; the draft of week 47 opens on the first at 09:00 in Berlin.
THURSDAY = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


@pytest.fixture
def atlas(customer: Customer, manager: User) -> Engagement:
    """Reports from week 45 on, known since before that."""
    return make_engagement(
        "Atlas",
        customer=customer,
        by=manager,
        reporting_from=date(2026, 11, 4),
        created_at=datetime(2026, 11, 2, tzinfo=UTC),
    )


def weeks() -> list[str]:
    return [each.week for each in Period.objects.filter(kind="weekly").order_by("starts_on")]


def months() -> list[str]:
    found = Period.objects.filter(kind="monthly").order_by("starts_on")
    return [f"{each.starts_on:%Y-%m}" for each in found]


@time_machine.travel(THURSDAY, tick=False)
def test_a_tick_opens_every_week_that_is_owed(atlas: Engagement) -> None:
    assert tick() == 3
    assert weeks() == ["2026-W45", "2026-W46", "2026-W47"]
    assert {report.state for report in Report.objects.all()} == {"due"}
    assert not Period.objects.filter(is_reconstructed=True).exists()


@time_machine.travel(THURSDAY - timedelta(seconds=1), tick=False)
def test_a_week_opens_at_nine_and_not_before(atlas: Engagement) -> None:
    tick()
    assert weeks() == ["2026-W45", "2026-W46"]


@time_machine.travel(THURSDAY, tick=False)
def test_a_second_tick_opens_nothing(
    atlas: Engagement, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tick()
    with django_assert_num_queries(3):  # begin, one question, commit
        assert open_periods(at=THURSDAY) == 0


@time_machine.travel(THURSDAY, tick=False)
def test_a_tick_costs_the_same_for_one_engagement_and_for_many(
    atlas: Engagement, manager: User
) -> None:
    with CaptureQueriesContext(connection) as for_one:
        open_periods(at=THURSDAY)
    for number in range(10):
        make_engagement(f"Other {number}", customer=atlas.customer, by=manager)
    with CaptureQueriesContext(connection) as for_many:
        assert open_periods(at=THURSDAY) == 50
    assert len(for_many) == len(for_one)


@time_machine.travel(THURSDAY, tick=False)
def test_what_opens_is_on_the_record(atlas: Engagement) -> None:
    tick()
    events = AuditEvent.objects.filter(engagement_ref=atlas.ref)
    assert sorted(events.values_list("verb", "target_label", "actor_name")) == [
        ("report.opened", f"Status of {days} Nov 2026 for Atlas", "The portal")
        for days in ("16–22", "2–8", "9–15")
    ]


@time_machine.travel(THURSDAY, tick=False)
@pytest.mark.parametrize("state", ["paused", "closed"])
def test_an_engagement_at_rest_owes_nothing(atlas: Engagement, state: str) -> None:
    Engagement.objects.filter(pk=atlas.pk).update(state=state)
    assert tick() == 0


def test_the_weeks_at_rest_owe_nothing_afterwards(atlas: Engagement, manager: User) -> None:
    for version, (weeks_later, state) in enumerate([(-2, "paused"), (1, "active")], start=1):
        with time_machine.travel(THURSDAY + timedelta(weeks=weeks_later), tick=False):
            tick()
            words = {"reason": "The budget.", "by": manager}
            change_state(engagement=atlas, version=version, state=state, **words)
            tick()
    assert weeks() == ["2026-W45", "2026-W48"]


@time_machine.travel(THURSDAY, tick=False)
def test_the_week_of_the_last_day_is_the_last(atlas: Engagement) -> None:
    Engagement.objects.filter(pk=atlas.pk).update(ends_on=date(2026, 11, 9))
    tick()
    assert weeks() == ["2026-W45", "2026-W46"]


@time_machine.travel(THURSDAY, tick=False)
def test_an_earlier_start_is_made_up_for_and_nothing_doubled(atlas: Engagement) -> None:
    tick()
    Engagement.objects.filter(pk=atlas.pk).update(reporting_from=date(2026, 10, 30))
    assert tick() == 1
    assert weeks() == ["2026-W44", "2026-W45", "2026-W46", "2026-W47"]


@time_machine.travel(THURSDAY, tick=False)
def test_weeks_before_a_later_start_do_not_count_for_it(atlas: Engagement) -> None:
    open_periods(at=THURSDAY - timedelta(weeks=1))
    Engagement.objects.filter(pk=atlas.pk).update(reporting_from=date(2026, 11, 16))
    assert tick() == 1
    assert weeks() == ["2026-W45", "2026-W46", "2026-W47"]


@time_machine.travel(FRIDAY, tick=False)
def test_a_new_due_day_leaves_one_period_for_each_week(atlas: Engagement) -> None:
    tick()
    Engagement.objects.filter(pk=atlas.pk).update(status_weekday=1)
    assert tick() == 1  # week 48 is due on its Monday, and opens today
    assert weeks() == ["2026-W45", "2026-W46", "2026-W47", "2026-W48"]


@time_machine.travel(THURSDAY, tick=False)
def test_a_week_due_before_the_engagement_was_known_is_reconstructed(atlas: Engagement) -> None:
    due_in_week_46 = datetime(2026, 11, 13, 14, 0, tzinfo=UTC)
    Engagement.objects.filter(pk=atlas.pk).update(created_at=due_in_week_46)
    tick()
    reconstructed = Period.objects.filter(is_reconstructed=True)
    assert [period.week for period in reconstructed] == ["2026-W45"]


@pytest.mark.every_zone
@time_machine.travel(datetime(2026, 12, 4, 8, tzinfo=UTC), tick=False)
def test_a_month_opens_the_working_day_before_its_review_is_due(atlas: Engagement) -> None:
    open_periods(at=now() - timedelta(seconds=1))
    assert months() == []
    assert tick() == 0  # statuses
    assert months() == ["2026-11"]
    period = Period.objects.get(kind="monthly")
    assert str(period) == "Atlas, 2026-11"
    assert period.due_on == date(2026, 12, 7)
    assert period.due_at == datetime(2026, 12, 7, 14, tzinfo=UTC)


@time_machine.travel(datetime(2027, 3, 6, 8, tzinfo=UTC), tick=False)
def test_months_that_were_missed_are_made_up_for_and_say_nothing(atlas: Engagement) -> None:
    Engagement.objects.filter(pk=atlas.pk).update(ends_on=date(2027, 1, 15))
    assert tick() == len(weeks())
    Engagement.objects.filter(pk=atlas.pk).update(reporting_from=date(2026, 9, 30))
    assert tick() == 5
    assert months() == ["2026-09", "2026-10", "2026-11", "2026-12", "2027-01"]
    assert not Report.objects.filter(period__kind="monthly").exists()
    record = AuditEvent.objects.filter(engagement_ref=atlas.ref)
    assert record.count() == Report.objects.count()  # what is opened, and nothing of a month
    assert tick() == 0


@time_machine.travel(THURSDAY, tick=False)
def test_a_chosen_instant_reconstructs_and_is_no_heart_beat(atlas: Engagement) -> None:
    assert tick(at=datetime(2026, 11, 12, 12, tzinfo=UTC)) == 2
    assert Period.objects.filter(is_reconstructed=True).count() == 2
    assert not Lease.objects.filter(name="tick").exists()


@time_machine.travel(FRIDAY, tick=False)
def test_a_tick_leaves_its_heart_beat() -> None:
    tick()
    assert Lease.objects.get(name="tick").beaten_at == FRIDAY
    with time_machine.travel(FRIDAY + timedelta(minutes=1), tick=False):
        tick()
    assert Lease.objects.get(name="tick").beaten_at == FRIDAY + timedelta(minutes=1)


@pytest.mark.every_zone
@time_machine.travel(THURSDAY, tick=False)
def test_each_engagement_reports_in_its_own_zone(atlas: Engagement) -> None:
    Engagement.objects.filter(pk=atlas.pk).update(time_zone="Asia/Kathmandu", status_hour="10:30")
    tick()
    period = Period.objects.get(starts_on=date(2026, 11, 16))
    assert period.opens_at == datetime(2026, 11, 19, 3, 15, tzinfo=UTC)
    assert period.due_at == datetime(2026, 11, 20, 4, 45, tzinfo=UTC)
    assert period.due_on == date(2026, 11, 20)


@time_machine.travel(datetime(2026, 12, 31, 14, tzinfo=UTC), tick=False)
@pytest.mark.parametrize(
    ("rule", "opens_on", "due_on"),
    [("before", (2026, 12, 30), (2026, 12, 31)), ("stays", (2026, 12, 31), (2027, 1, 1))],
)
def test_new_year_by_the_calendar_and_the_rule_of_the_engagement(
    atlas: Engagement, rule: str, opens_on: tuple[int, ...], due_on: tuple[int, ...]
) -> None:
    calendar = WorkCalendar.objects.create(name="Munich", country="DE", region="BY")
    Engagement.objects.filter(pk=atlas.pk).update(calendar=calendar, holiday_rule=rule)
    tick()
    period = Period.objects.get(starts_on=date(2026, 12, 28))
    assert (period.opens_at.date(), period.due_on) == (date(*opens_on), date(*due_on))


@time_machine.travel(THURSDAY, tick=False)
def test_whose_week_is_short_reports_by_it(atlas: Engagement) -> None:
    short = WorkCalendar.objects.create(name="Short", wednesday="")
    Engagement.objects.filter(pk=atlas.pk).update(calendar=short, status_weekday=4)
    tick()
    assert Period.objects.get(due_on=date(2026, 11, 19)).opens_at == THURSDAY - timedelta(days=2)


@time_machine.travel(THURSDAY, tick=False)
def test_an_engagement_without_a_known_zone_holds_up_nobody(
    atlas: Engagement, other_engagement: Engagement, caplog: pytest.LogCaptureFixture
) -> None:
    Engagement.objects.filter(pk=other_engagement.pk).update(time_zone="Mars/Olympus_Mons")
    assert tick() == 3
    assert "Borealis has no known time zone: Mars/Olympus_Mons" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_several_ticks_at_once_leave_one_period_for_each_week(atlas: Engagement) -> None:
    """Eight connections, released at the same moment, eight weeks each time."""
    for number in range(5):
        at = THURSDAY + timedelta(weeks=8 * number)
        starts = threading.Barrier(8)
        with ThreadPoolExecutor(8) as pool:
            opened = list(pool.map(partial(_tick_together, starts, at), range(8)))
        assert sum(opened) == (3 if number == 0 else 8)
    assert len(weeks()) == Report.objects.count() == 35
    assert months() == ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04", "2027-05"]
    assert AuditEvent.objects.filter(verb="report.opened").count() == 35


def _tick_together(starts: threading.Barrier, at: datetime, _number: int) -> int:
    starts.wait(timeout=30)
    try:
        return open_periods(at=at)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@time_machine.travel(FRIDAY, tick=False)
def test_the_sweep_tells_the_workers_of_whatever_waits(
    atlas: Engagement, manager: User, messages: Messages
) -> None:
    first, second = open_reports(atlas, weeks=2)
    publish_report(report=write(draft(first), manager), by=manager, delay=0)
    queue_mail(kind="test", recipient="a@b.example", subject="Hi", text="Hi", dedup_key="a")
    content = BytesIO(b"key\nA-1\n")
    receive_file(engagement=atlas, file_name="work.csv", content=content, by=manager)
    before = messages()
    sweep()
    told = messages()[: -len(before)]
    assert sorted((task, arguments) for task, arguments, _ in told) == [
        ("reporting.tasks.compile_report", f"({second.pk},)"),
        ("reporting.tasks.finish_publication", f"({first.pk},)"),
        ("reporting.tasks.run_imports", "()"),
        ("reporting.tasks.send_mails", "()"),
    ]


@pytest.mark.django_db(transaction=True)
@time_machine.travel(FRIDAY, tick=False)
def test_a_worker_is_told_at_once_of_what_is_sent_round_again_and_of_what_goes_out(
    atlas: Engagement, manager: User, admin: User, messages: Messages
) -> None:
    first, second = open_reports(atlas, weeks=2)
    Report.objects.filter(pk=first.pk).update(state="parked")
    retry_report(report=fresh(first), by=admin)
    publish_report(report=write(draft(second), manager), by=manager)
    assert messages() == [
        ("reporting.tasks.finish_publication", f"({second.pk},)", True),
        ("reporting.tasks.compile_report", f"({first.pk},)", False),
    ]


@pytest.mark.django_db(transaction=True)
@time_machine.travel(FRIDAY, tick=False)
def test_where_nothing_waits_nobody_is_told(atlas: Engagement, messages: Messages) -> None:
    sweep()
    assert messages() == []
