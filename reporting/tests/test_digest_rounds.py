"""What one tick costs and leaves for the next, and two of them at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller

from dm_portal.people.models import OutgoingMail, Preference, TimeOff, User, WorkCalendar
from dm_portal.shell import leases
from dm_portal.shell.models import Lease
from dm_portal.tests.cast import make_contact, make_engagement, make_user
from engagements.models import Customer, Engagement, Milestone
from pods.models import Pod
from reporting import reminder_words
from reporting.models import Report
from reporting.rounds import AT_MOST, Due, Round
from reporting.services.digests import send_digests
from reporting.services.ticks import tick
from reporting.tests.reports import FRIDAY, draft, open_reports, publish

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def monday(friday: Traveller) -> datetime:
    """The first working minute of a week in Berlin."""
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    friday.move_to(at, tick=False)
    return at


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (["overdue"], "1 status is overdue"),
        (["overdue", "overdue"], "2 statuses are overdue"),
        (["soon"], "1 status is due soon"),
        (["soon", "soon"], "2 statuses are due soon"),
        (["overdue", "soon"], "1 status is overdue, 1 is due soon"),
        (["overdue", "soon", "soon"], "1 status is overdue, 2 are due soon"),
    ],
)
def test_several_reminders_in_a_line(steps: list[str], said: str) -> None:
    found = [Due(User(), Report(), step, "dm") for step in steps]
    assert reminder_words.summary(found) == said


@pytest.fixture
def crowd(db: None) -> list[User]:
    """As many people as there are digests in one tick; who comes later is left over."""
    people = [User(name=f"P {n}", email=f"p{n}@x.example", is_active=True) for n in range(AT_MOST)]
    return User.objects.bulk_create(people)


def test_what_one_tick_leaves_over_comes_with_the_next(
    engagement: Engagement, crowd: list[User], monday: datetime
) -> None:
    looked = []
    for minute in range(3):
        send_digests(at=monday + minute * HOUR / 60)
        looked.append(User.objects.filter(digested_on=monday.date()).count())
    assert looked == [AT_MOST, AT_MOST + 1, AT_MOST + 1]


def test_whose_digest_is_left_over_hears_all_with_it(
    crowd: list[User], draft_47: Report, manager: User, monday: datetime
) -> None:
    Milestone.objects.create(
        engagement=draft_47.engagement, number=1, name="M", committed_on=monday.date()
    )
    letters = []
    for minute in range(3):
        send_digests(at=monday + minute * HOUR / 60)
        kinds = OutgoingMail.objects.exclude(kind="ahead").order_by("pk")
        letters.append(list(kinds.values_list("user", "kind")))
    assert letters == [[], [(manager.pk, "digest")], [(manager.pk, "digest")]]
    assert OutgoingMail.objects.get(kind="digest").text.count("status of 16–22 Nov") == 1


def test_as_many_statements_for_one_as_for_many(
    draft_47: Report, manager: User, customer: Customer, pod: Pod, lead: User, monday: datetime
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert send_digests(at=monday)
        return len(asked)

    def fill(name: str) -> None:
        manager = make_user(name)
        engagement = make_engagement(name, customer=customer, by=manager, ends_on=monday.date())
        engagement.pods.add(pod)
        lead = make_contact(f"Lead of {name}", customer)
        Preference.objects.create(user=lead, category="status", rhythm="daily")
        publish(open_reports(engagement, weeks=2)[0], manager)

    fill("One")
    for_one = cost()
    for number in range(4):
        fill(f"Other {number}")
    assert cost() == for_one


def test_when_nobody_works_and_nothing_is_owed_little_is_asked(
    engagement: Engagement, monday: datetime, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(20):
        send_digests(at=monday - 5 * HOUR)


def test_each_letter_names_the_engagements_of_which_it_tells(
    draft_47: Report, manager: User, lead: User, customer: Customer, monday: datetime
) -> None:
    Preference.objects.create(user=lead, category="status", rhythm="daily")
    other = make_engagement("Other", customer=customer, by=manager, ends_on=monday.date())
    publish(open_reports(other)[0], manager)
    Milestone.objects.create(engagement=other, number=1, name="M", committed_on=monday.date())
    send_digests(at=monday)
    told = dict(OutgoingMail.objects.values_list("kind", "engagements"))
    both = [draft_47.engagement_id, other.pk]
    assert told == {"digest": both, "ahead": both, "statuses": [other.pk]}


def test_only_those_whose_digest_may_be_due_are_looked_at(
    manager: User, lead: User, specialist: User, monday: datetime
) -> None:
    TimeOff.objects.create(
        user=specialist,
        starts_on=monday.date(),
        ends_on=monday.date(),
        added_at=monday,
        added_by=manager,
    )
    assert Round(monday - HOUR / 60).people == {}
    everybody = [manager.pk, lead.pk, specialist.pk]
    assert sorted(Round(monday).people) == sorted(everybody)
    send_digests(at=monday)
    assert list(Round(monday + HOUR / 60).people) == [specialist.pk]
    later = Round(monday + 8 * HOUR - HOUR / 60)
    assert (list(later.people), later.looks) == ([specialist.pk], {})
    assert Round(monday + 8 * HOUR).people == {}


def test_leave_is_read_of_the_days_that_matter(
    draft_47: Report, manager: User, monday: datetime
) -> None:
    days = [timedelta(days=number) for number in (-400, -12, -3, 7, 10, 400)]
    TimeOff.objects.bulk_create(
        TimeOff(
            user=manager,
            starts_on=(monday + day).date(),
            ends_on=(monday + day).date(),
            added_at=monday,
            added_by=manager,
        )
        for day in days
    )
    leave = Round(monday).persons[manager.pk].schedule.leave
    assert {each.first - monday.date() for each in leave} == {days[2], days[3]}


@pytest.fixture
def on_mars(draft_47: Report, customer: Customer, manager: User) -> Engagement:
    """An engagement whose time zone nobody here knows; its manager leads another one, too."""
    mars = make_engagement("Mars", customer=customer, by=manager)
    draft(open_reports(mars)[0])
    for each in (mars, draft_47.engagement):
        Milestone.objects.create(engagement=each, number=1, name="M", committed_on=FRIDAY.date())
    Engagement.objects.filter(pk=mars.pk).update(time_zone="Mars/Olympus_Mons")
    return mars


@pytest.mark.usefixtures("on_mars")
def test_an_engagement_of_no_known_zone_keeps_no_mail_from_others(manager: User) -> None:
    tick()
    mail = OutgoingMail.objects.get()
    assert (mail.user, mail.kind) == (manager, "digest")
    assert "Atlas, status of" in mail.text
    assert "1 due today" in mail.text
    assert "Mars" not in mail.text
    assert Lease.objects.get(name="digests").beaten_at == FRIDAY


def test_whose_hours_are_of_no_known_zone_hears_nothing_and_the_next_does(
    draft_47: Report, manager: User, deputy: User, caplog: pytest.LogCaptureFixture
) -> None:
    User.objects.filter(pk=manager.pk).update(
        calendar=WorkCalendar.objects.create(name="Mars", time_zone="Mars/Olympus_Mons")
    )
    tick()
    assert [mail.user for mail in OutgoingMail.objects.all()] == [deputy]
    said = f"{manager.ref} is told nothing: their hours are of no known zone: Mars/Olympus_Mons"
    assert caplog.text.count(said) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_ticks_at_once_one_tells(draft_47: Report, manager: User) -> None:
    leases.beat("digests")  # the row is there: the very first tick makes it
    with transaction.atomic(), ThreadPoolExecutor() as pool:
        assert leases.take_turn("digests")
        assert pool.submit(_tell_in_another_process).result() == 0
    assert send_digests(at=FRIDAY) == 1


def _tell_in_another_process() -> int:
    try:
        return send_digests(at=FRIDAY)
    finally:
        connection.close()
