"""Every forecast that is shown is kept: once a week, once a share, and where a status goes out."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dm_portal.people.models import User
from dm_portal.tests.broker import Messages
from engagements.models import Engagement, Import, MilestoneRevision, WorkItem
from engagements.tests.events import tell
from reporting.jobs import FORECASTS, in_turn
from reporting.models import Forecast
from reporting.services.forecasts import engagements_to_forecast, keep_forecasts
from reporting.services.publishing import start_correction
from reporting.services.ticks import tick
from reporting.tasks import keep_forecasts as keep_forecasts_task
from reporting.tests.forecasts import PROMISED, plan_sprints, work_steadily
from reporting.tests.reports import FRIDAY, WEEK, commit_late, fresh, publish, write
from reporting.work import Batch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]


@pytest.fixture
def milestone(engagement: Engagement, manager: User):
    return work_steadily(engagement, manager)


def finish(key: str) -> None:
    WorkItem.objects.filter(key=key).update(done_at=FRIDAY - timedelta(hours=1))
    tell(*WorkItem.objects.filter(key=key))


def test_a_forecast_says_what_it_rests_on_and_what_follows(engagement, milestone):
    assert keep_forecasts(engagement=engagement, at=FRIDAY) == 1

    kept = Forecast.objects.get()
    assert (kept.milestone, kept.occasion, kept.as_of) == (milestone, "week", FRIDAY)
    assert (kept.starts_on, kept.told_until) == (date(2026, 11, 16), date(2026, 11, 15))
    assert kept.inputs == {"weeks": [2] * 12, "open": 6, "before": 0, "items": 31, "growth": 0}
    assert (kept.refusal, kept.has_low_evidence, kept.is_winding_down) == ("", False, False)
    assert kept.day(0.5) < kept.day(0.85) < PROMISED
    assert kept.chance_by(PROMISED) > 0.9
    assert str(kept) == "Forecast of Release 2.1 as of 2026-11-20 12:00Z"


def test_a_refusal_is_kept_too(engagement, manager):
    work_steadily(engagement, manager, weeks=4)
    keep_forecasts(engagement=engagement, at=FRIDAY)

    kept = Forecast.objects.get()
    assert (kept.refusal, kept.refusal_words) == ("too_young", "need 8 complete weeks, have 4")
    assert (kept.day(0.5), kept.chance_by(PROMISED), kept.has_low_evidence) == (None, None, True)


def test_a_week_is_kept_once(engagement, milestone):
    for _ in range(2):
        keep_forecasts(engagement=engagement, at=FRIDAY)
    finish("B-1")
    keep_forecasts(engagement=engagement, at=FRIDAY + timedelta(hours=1))

    assert Forecast.objects.count() == 1


def test_a_file_of_tuesday_is_told_of_before_the_next_status(engagement, milestone, manager):
    keep_forecasts(engagement=engagement, at=FRIDAY)
    later = FRIDAY + timedelta(hours=2)
    finish("B-1")
    Import.objects.update(applied_at=FRIDAY + timedelta(hours=1))
    assert engagements_to_forecast(at=later) == [engagement]

    for _ in range(2):
        keep_forecasts(engagement=engagement, at=later)
    assert engagements_to_forecast(at=later) == []

    newest, monday = Forecast.objects.newest_first()
    assert (newest.occasion, monday.occasion) == ("change", "week")
    assert newest.inputs == monday.inputs | {"open": 5}
    # colours are set by weeks and statuses
    assert list(Forecast.objects.set_weekly()) == [monday]


def test_a_promise_that_moved_is_told_of_too(engagement, milestone, manager):
    keep_forecasts(engagement=engagement, at=FRIDAY)
    MilestoneRevision.objects.create(
        milestone=milestone,
        number=2,
        old_on=PROMISED,
        new_on=PROMISED + WEEK,
        reason="Agreed",
        changed_at=FRIDAY + timedelta(hours=1),
        changed_by=manager,
    )
    keep_forecasts(engagement=engagement, at=FRIDAY + timedelta(hours=2))

    assert [each.occasion for each in Forecast.objects.newest_first()] == ["change", "week"]


def test_a_status_keeps_another_only_where_something_has_changed(engagement, manager, week_47):
    work_steadily(engagement, manager)
    keep_forecasts(engagement=engagement, at=FRIDAY)
    publish(week_47, manager)

    assert [each.occasion for each in Forecast.objects.all()] == ["week"]


def test_what_a_status_rests_on_is_kept_with_it_and_not_with_its_correction(
    engagement, manager, week_47
):
    work_steadily(engagement, manager)
    keep_forecasts(engagement=engagement, at=FRIDAY - timedelta(days=1))
    finish("B-1")
    publish(week_47, manager)

    newest, _ = Forecast.objects.newest_first()
    assert (newest.occasion, newest.inputs["open"], newest.as_of) == ("status", 5, FRIDAY)
    assert list(Forecast.objects.weekly()) == [Forecast.objects.get(occasion="week")]

    finish("B-2")
    start_correction(report=fresh(week_47), reason="A slip", corrects_figures=True, by=manager)
    publish(write(fresh(week_47), manager), manager)
    assert Forecast.objects.count() == 2


def test_a_sprint_is_kept_once_a_share(engagement, milestone):
    running = plan_sprints(engagement)
    for _ in range(2):
        keep_forecasts(engagement=engagement, at=FRIDAY)

    kept = Forecast.objects.get(sprint=running)
    # Friday of the second week: 80 % of it are over
    assert (kept.share, kept.occasion, kept.starts_on) == (80, "share", date(2026, 11, 9))
    assert (kept.inputs["committed"], kept.has_low_evidence) == (6, True)
    assert str(kept) == "Forecast of S2 as of 2026-11-20 12:00Z"


def test_what_is_kept_is_no_longer_missing(engagement, milestone):
    plan_sprints(engagement)
    assert engagements_to_forecast(at=FRIDAY) == [engagement]

    keep_forecasts(engagement=engagement, at=FRIDAY)
    assert engagements_to_forecast(at=FRIDAY) == []

    # the next week is over, but no file tells of it; then one does
    assert engagements_to_forecast(at=FRIDAY + WEEK) == []
    Import.objects.update(uploaded_at=FRIDAY + WEEK)
    assert engagements_to_forecast(at=FRIDAY + WEEK) == [engagement]


def test_before_the_first_file_nothing_is_kept_that_would_stand_for_its_week(engagement, manager):
    commit_late(engagement, manager, on=PROMISED)

    assert engagements_to_forecast(at=FRIDAY) == []
    assert keep_forecasts(engagement=engagement, at=FRIDAY) == 0
    assert not Forecast.objects.exists()


def test_a_further_share_of_a_sprint_is_missing(engagement, milestone):
    plan_sprints(engagement)
    Import.objects.update(uploaded_at=FRIDAY - timedelta(days=4))
    milestone.work_items.clear()
    keep_forecasts(engagement=engagement, at=FRIDAY)
    assert set(Forecast.objects.values_list("share", flat=True)) == {None, 50}

    Import.objects.update(uploaded_at=FRIDAY)

    assert engagements_to_forecast(at=FRIDAY) == [engagement]


def test_nothing_is_missing_of_what_is_not_promised_or_paused(engagement, milestone):
    Engagement.objects.update(state="paused")
    assert engagements_to_forecast(at=FRIDAY) == []

    Engagement.objects.update(state="active")
    milestone.committed_on = None
    milestone.save(update_fields=["committed_on"])
    assert engagements_to_forecast(at=FRIDAY) == []


def test_an_engagement_without_a_known_zone_holds_up_nobody(
    engagement, milestone, other_engagement, caplog
):
    Engagement.objects.filter(pk=other_engagement.pk).update(time_zone="Mars/Olympus_Mons")

    assert engagements_to_forecast(at=FRIDAY) == [engagement]
    assert "Borealis has no known time zone: Mars/Olympus_Mons" in caplog.text


def test_what_is_missing_takes_as_many_statements_however_many(
    engagement, milestone, other_engagement
):
    with CaptureQueriesContext(connection) as queries:
        engagements_to_forecast(at=FRIDAY)

    assert len(queries) == 3


@pytest.mark.django_db(transaction=True)
def test_a_tick_tells_the_workers(engagement, milestone, messages: Messages):
    def asked():
        return [rest for task, *rest in messages() if task == "reporting.tasks.keep_forecasts"]

    tick(at=FRIDAY)
    assert asked() == []

    tick()
    assert asked() == [[f"({engagement.pk},)", False]]


def test_a_worker_keeps_them(engagement, milestone):
    keep_forecasts_task(engagement.pk)

    assert Forecast.objects.get().as_of == FRIDAY


def test_the_clock_keeps_them_once_a_minute(engagement, milestone):
    assert FORECASTS.waits()

    FORECASTS.work(Batch(lambda: True))

    assert Forecast.objects.count() == 1
    assert not FORECASTS.waits()


def test_the_clock_leaves_what_it_has_no_time_for(engagement, milestone):
    FORECASTS.work(Batch(lambda: False))

    assert Forecast.objects.count() == 0


def test_each_minute_begins_with_another_engagement():
    minutes = [FRIDAY + timedelta(minutes=number) for number in range(3)]
    assert {tuple(in_turn("abc", at=at)) for at in minutes} == {
        ("a", "b", "c"),
        ("b", "c", "a"),
        ("c", "a", "b"),
    }
    assert in_turn([], at=FRIDAY) == []


def test_who_sees_them(engagement, milestone, manager, other_manager, lead, stranger):
    keep_forecasts(engagement=engagement, at=FRIDAY)

    seen = {user: Forecast.objects.visible_to(user).count() for user in (manager, other_manager)}
    assert seen == {manager: 1, other_manager: 0}
    assert not Forecast.objects.visible_to(lead).exists()
    assert not Forecast.objects.visible_to(stranger).exists()
