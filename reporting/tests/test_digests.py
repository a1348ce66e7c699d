"""Reminders and digests as they are written: to whom, when, what they say, and nothing twice."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from time_machine import Traveller

from dm_portal.people.models import OutgoingMail, Preference, TimeOff, User
from engagements.models import CustomerContact, Engagement, EngagementFunction, Milestone
from engagements.schedules import calendars_of_customers
from engagements.services.actions import plan_action
from engagements.services.asks import make_ask, share_ask
from engagements.services.escalations import raise_escalation
from pods.models import Membership, Pod
from reporting.models import Period, Reminder, Report, WaitingStatus
from reporting.services.digests import send_digests
from reporting.services.publishing import publish_report, start_correction
from reporting.services.ticks import tick
from reporting.tests.reports import FRIDAY, draft, fresh, open_reports, publish, write

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
    assert soon.engagements == [report.engagement_id]


def test_a_draft_that_is_written_waits_for_nothing_but_its_publication(
    report: Report, manager: User, clock: Traveller
) -> None:
    write(report, manager)
    go_on(clock, DUE - HOUR)
    [soon] = OutgoingMail.objects.filter(kind="reminder")
    assert "It is written, and waits to be published." in soon.text


def test_two_spans_of_one_function_that_overlap_tell_once(
    report: Report, manager: User, clock: Traveller
) -> None:
    again = EngagementFunction.objects.get(user=manager)
    again.pk, again.starts_on = None, again.starts_on + timedelta(days=1)
    EngagementFunction.objects.filter(user=manager).update(ends_on=DUE.date() + timedelta(days=9))
    again.save()
    go_on(clock, DUE - HOUR)
    assert told() == [("Mara Manager", "soon")]


def test_then_the_deputy_and_then_the_architect(
    report: Report, deputy: User, architect: User, clock: Traveller
) -> None:
    go_on(clock, DUE + 7 * 24 * HOUR, 2 * HOUR)
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


def test_while_it_goes_out_nobody_is_reminded(report: Report, manager: User) -> None:
    publish_report(report=write(report, manager), by=manager)
    send_digests(at=DUE)
    assert Reminder.objects.count() == 0


def test_a_week_that_a_later_status_told_reminds_nobody(
    engagement: Engagement, manager: User
) -> None:
    publish(open_reports(engagement, weeks=2)[1], manager)
    send_digests(at=DUE)
    assert Reminder.objects.count() == 0


def test_one_that_could_not_be_drafted_says_so(report: Report) -> None:
    Report.objects.update(state="parked", last_error="boom")
    send_digests(at=FRIDAY)
    assert "It failed, and an admin is asked." in OutgoingMail.objects.get().text


def test_an_opened_correction_reminds_nobody(report: Report, manager: User) -> None:
    publish(write(report, manager), manager)
    start_correction(report=fresh(report), reason="The colour was wrong.", by=manager)
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


def test_a_digest_begins_as_the_status_itself_and_asks_once(
    report: Report, manager: User, lead: User, clock: Traveller
) -> None:
    prefer(lead, "status", "daily")
    go_on(clock, FRIDAY)
    engagement = report.engagement
    ask = make_ask(
        engagement=engagement,
        question="Who?",
        options="",
        recommendation="Finance.",
        without_answer="2.1 waits.",
        asked_of=lead,
        owner=manager,
        needed_by=FRIDAY.date() + timedelta(days=3),
        by=manager,
    )
    share_ask(ask=ask, version=ask.version, customer_text="Who accepts the export?", by=manager)
    publish(write(report, manager, colour="amber", our_move="We **wait**."), manager)
    go_on(clock, FRIDAY + 70 * HOUR)
    [mail] = OutgoingMail.objects.filter(user=lead)
    for text in (mail.text, mail.html):
        assert "At risk" in text
        assert text.count("Who accepts the export?") == 1
        assert "2.1 waits." in text
        assert "Who?" not in text
    assert "Our move: We wait." in mail.text


def test_a_customers_digest_comes_by_the_clock_of_their_engagement(
    report: Report, manager: User, lead: User, clock: Traveller
) -> None:
    prefer(lead, "status", "daily")
    go_on(clock, FRIDAY)
    publish(write(report, manager), manager)
    Engagement.objects.update(time_zone="America/New_York")
    go_on(clock, FRIDAY + 80 * HOUR)
    [mail] = OutgoingMail.objects.filter(user=lead)
    assert mail.created_at.astimezone(ZoneInfo("America/New_York")).hour in range(9, 17)


def test_a_zone_that_is_none_leaves_a_customers_person_the_usual_hours(
    report: Report, lead: User, manager: User
) -> None:
    assert list(calendars_of_customers([lead, manager])) == [lead.pk]
    Engagement.objects.update(time_zone="Mars/Olympus_Mons")
    assert calendars_of_customers([lead, manager]) == {}


def test_who_has_no_place_with_the_customer_any_more_reads_nothing(
    report: Report, manager: User, lead: User, clock: Traveller
) -> None:
    prefer(lead, "status", "daily")
    go_on(clock, FRIDAY)
    publish(write(report, manager), manager)
    CustomerContact.objects.update(
        starts_on=FRIDAY.date() - timedelta(days=9), ends_on=FRIDAY.date() + timedelta(days=1)
    )
    go_on(clock, FRIDAY + 70 * HOUR)
    assert not OutgoingMail.objects.filter(user=lead).exists()


def test_a_correction_stands_for_what_it_corrects(
    report: Report, manager: User, lead: User, clock: Traveller
) -> None:
    prefer(lead, "status", "weekly")
    go_on(clock, FRIDAY)
    publish(write(report, manager), manager)
    start_correction(report=fresh(report), reason="The colour was wrong.", by=manager)
    publish(write(fresh(report), manager, colour="amber"), manager)
    go_on(clock, FRIDAY + 70 * HOUR)
    [mail] = OutgoingMail.objects.filter(user=lead)
    assert "1 status was published for you" in mail.text
    assert "Corrected: The colour was wrong." in mail.text
    assert mail.text.count("Read the status:") == 1
    assert not WaitingStatus.objects.filter(mail__isnull=True).exists()


# What needs somebody


@pytest.fixture
def monday(clock: Traveller) -> datetime:
    """The first working minute of a week in Berlin."""
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    clock.move_to(at, tick=False)
    return at


def test_the_digest_lists_what_needs_one_with_what_one_is_reminded_of(
    report: Report, manager: User, architect: User, checkout: Milestone, monday: datetime
) -> None:
    send_digests(at=monday)
    mail, of_architect = OutgoingMail.objects.filter(kind="digest").order_by("user__name").reverse()
    assert mail.user == manager
    assert mail.dedup_key == f"digest:{manager.pk}:2026-11-23"
    assert mail.subject == "What needs you: 2 things"
    assert "It was due Fri 20 Nov, 15:00" in mail.text
    assert "Release 2.1 is committed for Wed 18 Nov" in mail.text
    assert mail.text.count("status of 16–22 Nov") == 1
    assert "It was due" not in of_architect.text
    assert "Release 2.1 is committed for Wed 18 Nov" in of_architect.text
    assert told() == [("Mara Manager", "overdue")]


def test_the_digest_lists_what_is_owed_to_each(
    engagement: Engagement, manager: User, architect: User, lead: User, monday: datetime
) -> None:
    made = {"engagement": engagement, "question": "Who accepts?", "asked_of": lead}
    made |= {"options": "", "recommendation": "", "without_answer": "It waits.", "owner": manager}
    late, soon = monday.date() - timedelta(days=3), monday.date() + timedelta(days=2)
    for day, text in ((late, "Who accepts the export?"), (soon, "Which bank?")):
        ask = make_ask(**made | {"question": text, "needed_by": day}, by=manager)
        share_ask(ask=ask, version=ask.version, customer_text=text, by=manager)
    planned = {"engagement": engagement, "origin": "status", "due_on": soon}
    plan_action(**planned, what="Draw the plan", owner=architect, by=manager)
    raised = {"engagement": engagement, "level": 2, "answer_by": soon, "decider": architect}
    raise_escalation(**raised, what="No test system", by=manager)
    send_digests(at=monday)

    of = {mail.user_id: mail.text for mail in OutgoingMail.objects.filter(kind="digest")}
    assert "Who accepts the export?" in of[manager.pk]
    assert "was needed by Fri 20 Nov" in of[manager.pk]
    assert "Which bank?" not in of[manager.pk]  # it waits for the customer
    assert "Draw the plan" not in of[manager.pk]
    assert "Draw the plan" in of[architect.pk]
    assert "Decide: No test system" in of[architect.pk]
    assert "Who accepts" not in of[architect.pk]


def test_a_digest_comes_once_a_day(
    report: Report, manager: User, monday: datetime, clock: Traveller
) -> None:
    go_on(clock, monday + 3 * 24 * HOUR, 2 * HOUR)
    days = OutgoingMail.objects.filter(kind="digest").values_list("dedup_key", flat=True)
    assert sorted(days) == [f"digest:{manager.pk}:2026-11-{day}" for day in (24, 25, 26)]


def test_who_wants_no_digest_gets_none(report: Report, manager: User, monday: datetime) -> None:
    prefer(manager, "needs", "never")
    send_digests(at=monday)
    assert kinds() == ["reminder"]


@pytest.mark.parametrize(("rhythm", "days"), [("daily", [23, 24]), ("weekly", [23])])
def test_reminders_with_the_digest(
    report: Report, manager: User, monday: datetime, clock: Traveller, rhythm: str, days: list[int]
) -> None:
    prefer(manager, "needs", "never")
    prefer(manager, "reminder", rhythm)
    send_digests(at=monday + HOUR)
    assert told() == [("Mara Manager", "overdue")]


def test_to_whom_nothing_is_to_be_told_nothing_is_written(
    engagement: Engagement, manager: User, lead: User, monday: datetime
) -> None:
    assert send_digests(at=monday) == 0
    assert User.objects.filter(digested_on=monday.date()).count() == 2


def test_an_address_that_is_none_holds_up_nobody_else(
    report: Report, manager: User, deputy: User, monday: datetime
) -> None:
    User.objects.filter(pk=manager.pk).update(email="not an address")
    send_digests(at=monday + 4 * HOUR)
    assert told() == [("Dario Deputy", "overdue")]
    assert not OutgoingMail.objects.filter(user=manager).exists()


# The next ten days


def test_on_mondays_the_manager_reads_what_ten_days_hold(
    engagement: Engagement, manager: User, pod: Pod, specialist: User, monday: datetime
) -> None:
    Milestone.objects.create(
        engagement=engagement, number=1, name="Release 2.1", committed_on=date(2026, 11, 30)
    )
    Engagement.objects.update(ends_on=date(2026, 12, 1))
    leave(specialist, date(2026, 11, 25), date(2026, 11, 27))
    leave(manager, date(2026, 11, 26), date(2026, 11, 26))
    send_digests(at=monday)
    mail = OutgoingMail.objects.get(kind="ahead")
    assert mail.user == manager
    assert mail.subject == "The next ten days: 4 dates"
    assert mail.dedup_key == f"ahead:{manager.pk}:2026-11-23"
    for words in (
        "Release 2.1 is committed for Mon 30 Nov, in 7 days; no items yet.",
        "Sami Specialist is away 25–27 Nov.",
        "Nobody leads it Thu 26 Nov.",
        "Its last day is Tue 1 Dec, in 8 days; no status is due after it.",
    ):
        assert words in mail.text


@pytest.mark.parametrize(("days", "number"), [(0, 1), (1, 0)])
def test_once_a_week_and_nothing_of_others(
    engagement: Engagement,
    other_engagement: Engagement,
    manager: User,
    other_manager: User,
    monday: datetime,
    days: int,
    number: int,
) -> None:
    Engagement.objects.filter(pk=engagement.pk).update(ends_on=date(2026, 12, 1))
    User.objects.update(digested_on=monday.date() - timedelta(days=3 - 3 * days))
    send_digests(at=monday + 24 * days * HOUR)
    assert OutgoingMail.objects.filter(kind="ahead").count() == number
    assert not OutgoingMail.objects.filter(user=other_manager).exists()


def test_a_member_who_left_or_who_is_away_later_is_not_told(
    engagement: Engagement, manager: User, pod: Pod, specialist: User, monday: datetime
) -> None:
    Membership.objects.update(ends_on=date(2026, 11, 25))
    leave(specialist, date(2026, 11, 25), date(2026, 11, 27))
    assert send_digests(at=monday) == 0
