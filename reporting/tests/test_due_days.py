"""A week that is due on another day: by its DM's will, or since the settings changed."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from dm_portal.people.audit import note, sentence
from dm_portal.people.models import AuditEvent, User, WorkCalendar
from dm_portal.people.services.calendars import CalendarFields, change_calendar
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Engagement
from engagements.services.engagements import EngagementFields, change_engagement
from reporting.models import Facts, Period, Report
from reporting.services.due_days import days_left, move_due_day
from reporting.services.publishing import start_correction
from reporting.services.ticks import open_periods
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import draft, fresh, open_reports, publish, write

pytestmark = [pytest.mark.django_db, pytest.mark.every_zone]

# The draft of week 47 of 2026 is open since nine; it is due on Friday at 15:00 in Berlin.
THURSDAY = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 19)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(THURSDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def report(clock: object, engagement: Engagement) -> Report:
    return draft(open_reports(engagement, at=THURSDAY)[0])


def move(report: Report, by: User, **changes: Any) -> Report:
    values = {"due_on": TODAY, "reason": "", "version": report.version}
    return move_due_day(report=report, by=by, **values | changes)


def test_a_status_is_due_a_day_earlier(report: Report, manager: User) -> None:
    version = report.version
    move(report, manager, reason=" Friday is a bridge day. ")
    period = Period.objects.get(report=report)
    assert (period.due_on, period.due_at) == (TODAY, datetime(2026, 11, 19, 14, tzinfo=UTC))
    assert fresh(report).version == report.version == version + 1
    event = AuditEvent.objects.get(verb="report.due_day_moved")
    assert sentence(event) == (
        "Mara Manager moved the due day of the status of 16–22 Nov 2026 for Atlas "
        "from Fri 20 Nov 2026 to Thu 19 Nov 2026"
    )
    assert note(event) == "Reason: Friday is a bridge day."


def test_a_reason_may_be_missing(report: Report, manager: User) -> None:
    move(report, manager, due_on=TODAY + 2 * DAY)
    assert note(AuditEvent.objects.get(verb="report.due_day_moved")) == ""
    assert str(report) == "Status of 16–22 Nov 2026 for Atlas"


def test_it_stays_in_its_week_and_in_the_future(
    report: Report, manager: User, clock: time_machine.Traveller
) -> None:
    assert days_left(report, at=THURSDAY) == [TODAY, TODAY + 2 * DAY, TODAY + 3 * DAY]
    for day in (TODAY - DAY, TODAY + DAY, TODAY + 4 * DAY):
        with pytest.raises(DomainError, match="another day of its week") as refused:
            move(report, manager, due_on=day)
        assert refused.value.field == "due_on"
    clock.shift(timedelta(hours=4))  # and today at 15:00 it is too late for today
    with pytest.raises(DomainError, match="another day of its week"):
        move(report, manager)


def test_what_is_late_stays_late(
    report: Report, manager: User, clock: time_machine.Traveller
) -> None:
    clock.shift(DAY + timedelta(hours=4))
    with pytest.raises(DomainError, match="due already"):
        move(report, manager, due_on=TODAY + 2 * DAY)


def test_what_was_said_is_moved_no_more(report: Report, manager: User) -> None:
    publish(write(report, manager), manager)
    with pytest.raises(DomainError, match="no draft"):
        move(fresh(report), manager)
    start_correction(report=fresh(report), reason="A wrong date.", by=manager)
    with pytest.raises(DomainError, match="or is out"):
        move(fresh(report), manager)


def test_a_reconstructed_week_speaks_of_the_day_that_it_had(report: Report, manager: User) -> None:
    Period.objects.update(is_reconstructed=True)
    with pytest.raises(DomainError, match="due already"):
        move(fresh(report), manager)


def test_who_moves_second_is_told(report: Report, manager: User, deputy: User) -> None:
    other = fresh(report)
    move(report, manager)
    with pytest.raises(Conflict):
        move(other, deputy, due_on=TODAY + 2 * DAY)
    with pytest.raises(Conflict):
        move(fresh(report), deputy, due_on=TODAY + 2 * DAY, version=other.version)


def test_the_page_moves_it(sign_in: SignIn, manager: User, report: Report) -> None:
    client = sign_in(manager)
    assert f'href="{url(report, "report_due_day")}"' in client.get(url(report)).content.decode()
    page = client.get(url(report, "report_due_day"))
    assert [words for _, words in page.context["form"].fields["due_on"].choices] == [
        *("Thu 19 Nov 2026", "Sat 21 Nov 2026", "Sun 22 Nov 2026"),
    ]
    data = {"due_on": "2026-11-19", "reason": "", "version": report.version}
    response = client.post(url(report, "report_due_day"), data)
    assert (response.status_code, response["Location"]) == (302, url(report))
    page = text_of(client.get(url(report)))
    assert "Status of the week to Thu 19 Nov 2026" in page
    assert ">Thu 19 Nov, 15:00</time>" in page


def test_whoever_waits_for_the_first_status_reads_its_new_day(
    sign_in: SignIn, report: Report, manager: User, lead: User
) -> None:
    move(report, manager, due_on=TODAY + 2 * DAY)
    page = sign_in(lead).get(reverse("status_detail", args=[report.engagement.ref]))
    assert "Sat 21 Nov, 15:00" in text_of(page)


def test_the_second_editor_sees_what_the_first_chose(
    sign_in: SignIn, manager: User, report: Report
) -> None:
    data = {"due_on": "2026-11-21", "reason": "Demo on Saturday", "version": report.version}
    move(report, manager)
    response = sign_in(manager).post(url(report, "report_due_day"), data)
    assert response.status_code == 409
    page = text_of(response)
    assert "Thu 19 Nov" in page
    assert "Demo on Saturday" in page
    assert fresh(report).period.due_on == TODAY


def test_the_page_where_nothing_can_be_moved(
    sign_in: SignIn, manager: User, report: Report, clock: time_machine.Traveller
) -> None:
    clock.shift(2 * DAY)
    client = sign_in(manager)
    assert "Move it" not in text_of(client.get(url(report)))
    assert "It was due already" in text_of(client.get(url(report, "report_due_day")))
    publish(write(report, manager), manager)
    response = client.get(url(report, "report_due_day"))
    assert (response.status_code, response["Location"]) == (302, url(report))


# Whatever is decided anew, windows follow each other


def decide(engagement: Engagement, by: User, **changes: Any) -> None:
    """What the page of settings does."""
    engagement.refresh_from_db()
    fields = {name: getattr(engagement, name) for name in EngagementFields.__annotations__}
    version = engagement.version
    pods = engagement.pods.all()
    change_engagement(engagement=engagement, version=version, pods=pods, by=by, **fields | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"status_weekday": 1},
        {"status_weekday": 7, "status_hour": time(2, 30)},
        {"time_zone": "Pacific/Auckland"},
        {"time_zone": "Pacific/Honolulu", "status_weekday": 2},
    ],
)
def test_a_change_while_a_week_is_open_leaves_no_gap_and_no_overlap(
    report: Report, manager: User, clock: time_machine.Traveller, changes: dict[str, Any]
) -> None:
    engagement = report.engagement
    decide(engagement, manager, **changes)
    publish(write(report, manager), manager)
    for _ in range(28):
        clock.shift(DAY)
        open_periods(at=datetime.now(tz=UTC))
        for due in Report.objects.filter(state="due").order_by("period__starts_on"):
            assert due.period.due_at > datetime.now(tz=UTC)  # not late by the change
            publish(due, manager)
    weeks = Period.objects.filter(kind="weekly").order_by("starts_on")
    mondays = list(weeks.values_list("starts_on", flat=True))
    assert all(later - earlier == 7 * DAY for earlier, later in pairwise(mondays))
    bodies = [json.loads(each.body) for each in Facts.objects.order_by("as_of")]
    assert len(bodies) == len(mondays) >= 4
    assert all(later["since"] == earlier["as_of"] for earlier, later in pairwise(bodies))


def test_an_open_week_keeps_the_day_that_it_was_opened_with(report: Report, manager: User) -> None:
    decide(report.engagement, manager, status_weekday=1)
    open_periods(at=THURSDAY)
    assert [each.due_on for each in Period.objects.filter(kind="weekly")] == [TODAY + DAY]


def test_a_week_whose_new_day_has_passed_is_due_at_its_end(
    engagement: Engagement, manager: User, clock: time_machine.Traveller
) -> None:
    """On Wednesday the due day becomes Monday: this week is not two days late by that."""
    clock.shift(-DAY)
    open_reports(engagement, at=THURSDAY - DAY)
    decide(engagement, manager, status_weekday=1)
    open_periods(at=THURSDAY + 4 * DAY)
    due_on = Period.objects.filter(kind="weekly").order_by("starts_on")
    assert list(due_on.values_list("due_on", flat=True)) == [
        date(2026, 11, 20),
        date(2026, 11, 23),
    ]


def test_a_week_is_not_late_by_other_working_days(
    clock: time_machine.Traveller, engagement: Engagement, admin: User
) -> None:
    """Due on a Wednesday that turns out a holiday, as Tuesday is free: Monday is past by then."""
    calendar = WorkCalendar.objects.create(name="Berlin")
    Engagement.objects.filter(pk=engagement.pk).update(status_weekday=3, calendar=calendar)
    clock.move_to(datetime(2026, 11, 17, 6, 0, tzinfo=UTC))
    hours: Any = {name: getattr(calendar, name) for name in CalendarFields.__annotations__}
    hours |= {"tuesday": "", "country": "DE", "region": "SN"}
    change_calendar(calendar=calendar, version=1, by=admin, **hours)
    open_periods(at=datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
    period = Period.objects.get(engagement=engagement, starts_on=date(2026, 11, 16), kind="weekly")
    assert period.due_on == date(2026, 11, 20)
