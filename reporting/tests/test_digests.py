"""Reminders and digests as they are written: to whom, when, what they say, and nothing twice."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from time_machine import Traveller

from dm_portal.people.models import OutgoingMail, Preference, TimeOff, User
from engagements.models import Engagement
from reporting.models import Period, Reminder, Report, WaitingStatus
from reporting.services.digests import send_digests
from reporting.services.ticks import tick
from reporting.tests.reports import FRIDAY, draft, open_reports, publish, write

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DUE = FRIDAY + 2 * HOUR


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    """Friday, 13:00 in Berlin: the status is due at 15:00."""
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def report(engagement: Engagement) -> Report:
    return draft(open_reports(engagement)[0])


def told() -> list[tuple[str, str]]:
    rows = Reminder.objects.order_by("created_at", "user__name")
    return list(rows.values_list("user__name", "step"))


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def prefer(user: User, category: str, rhythm: str) -> None:
    Preference.objects.create(user=user, category=category, rhythm=rhythm)


def leave(user: User, first: date, last: date) -> None:
    TimeOff.objects.create(user=user, starts_on=first, ends_on=last, added_at=FRIDAY, added_by=user)


def go_on(clock: Traveller, until: datetime, step: timedelta = HOUR) -> None:
    """Tick from now on, every so often."""
    at = datetime.now(tz=UTC)
    while at <= until:
        clock.move_to(at, tick=False)
        send_digests(at=at)
        at += step


# Reminders


def test_the_manager_is_told_before_and_when_it_is_overdue(
    report: Report, manager: User, clock: Traveller
) -> None:
    go_on(clock, DUE + HOUR)
    assert told() == [("Mara Manager", "soon"), ("Mara Manager", "overdue")]
    soon, late = OutgoingMail.objects.filter(kind="reminder").order_by("pk")
    assert soon.subject == "The status of Atlas is due Fri 20 Nov, 15:00 (Europe/Berlin)"
    assert "The draft is there and waits for a headline and a colour." in soon.text
    assert report.get_absolute_url() in soon.text
    assert late.subject == "The status of Atlas was due Fri 20 Nov, 15:00 (Europe/Berlin)"
    assert soon.dedup_key == f"reminder:{report.pk}:soon:{manager.pk}"


def test_then_the_deputy_and_then_the_architect(
    report: Report, deputy: User, architect: User, clock: Traveller
) -> None:
    go_on(clock, DUE + 7 * 24 * HOUR)
    late = [(name, step) for name, step in told() if step == "overdue"]
    assert late == [
        ("Mara Manager", "overdue"),
        ("Dario Deputy", "overdue"),
        ("Aria Architect", "overdue"),
    ]
    first, second, third = Reminder.objects.filter(step="overdue").order_by("created_at")
    assert first.created_at == DUE
    # two hours on Friday, and two on Monday
    assert second.created_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert third.created_at == datetime(2026, 11, 23, 14, tzinfo=UTC)
    assert "You are its architect" in third.mail.text
    assert "See the draft" in third.mail.text


def test_whoever_is_on_leave_is_not_told_but_the_next_at_once(
    report: Report, manager: User, deputy: User
) -> None:
    leave(manager, FRIDAY.date(), FRIDAY.date())
    send_digests(at=FRIDAY)
    assert told() == [("Dario Deputy", "soon")]


@pytest.mark.parametrize("at", [DUE + 5 * HOUR, DUE + 24 * HOUR])
def test_nobody_is_told_at_night_or_on_a_saturday(report: Report, at: datetime) -> None:
    send_digests(at=at)
    assert OutgoingMail.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda report: Engagement.objects.update(state="paused"),
        lambda report: Engagement.objects.update(state="closed"),
        lambda report: Period.objects.update(is_reconstructed=True),
        lambda report: publish(
            write(report, report.engagement.created_by), report.engagement.created_by
        ),
    ],
)
def test_what_nobody_owes_reminds_nobody(report: Report, change) -> None:
    change(report)
    send_digests(at=DUE)
    assert Reminder.objects.count() == 0


def test_a_second_tick_tells_nothing_again(report: Report) -> None:
    assert send_digests(at=FRIDAY) == 1
    assert send_digests(at=FRIDAY) == 0


def test_a_portal_that_was_away_for_weeks_writes_one_mail_to_each(
    engagement: Engagement, manager: User, deputy: User, clock: Traveller
) -> None:
    Engagement.objects.update(reporting_from=FRIDAY.date(), created_at=FRIDAY - HOUR)
    night = FRIDAY + timedelta(days=24)
    clock.move_to(night.replace(hour=2), tick=False)
    tick()
    assert OutgoingMail.objects.count() == 0
    go_on(clock, night.replace(hour=9))
    [mail] = OutgoingMail.objects.all()
    assert mail.user == manager
    assert mail.subject == "4 statuses are overdue"
    assert mail.text.count("It was due") == 4


# Digests of published statuses


def test_who_wants_one_mail_a_day_reads_of_a_status_in_the_next_one(
    report: Report, manager: User, lead: User, clock: Traveller
) -> None:
    prefer(lead, "status", "daily")
    go_on(clock, FRIDAY)
    revision = publish(write(report, manager), manager)
    go_on(clock, FRIDAY + 70 * HOUR)
    [row] = WaitingStatus.objects.all()
    assert row.mail is not None
    assert row.mail.dedup_key == f"digest:{lead.pk}:2026-11-23"
    assert row.mail.subject == "Atlas, 16–22 Nov 2026: on track"
    assert revision.headline in row.mail.text
    assert f"/status/{report.engagement.ref}/weekly/2026-W47/" in row.mail.html
    assert OutgoingMail.objects.filter(user=lead).count() == 1
