"""When an engagement works: its calendar's hours, its own clock."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from dm_portal.people.models import AuditEvent, User, WorkCalendar
from dm_portal.people.schedules import working_minutes
from engagements.calendars import calendar_of, working_days_of
from engagements.models import Engagement
from engagements.schedules import engagement_schedule

pytestmark = pytest.mark.django_db

BOXING_DAY = date(2025, 12, 26)


def test_without_a_calendar_it_is_office_hours_on_its_own_clock(engagement: Engagement) -> None:
    engagement.time_zone = "Asia/Kolkata"
    day = datetime(2026, 6, 8, tzinfo=UTC), datetime(2026, 6, 8, 4, tzinfo=UTC)
    assert working_minutes(day, engagement_schedule(engagement)) == 30
    assert calendar_of(engagement).is_working_day(BOXING_DAY)


def test_a_calendar_lends_hours_and_holidays_but_no_zone(engagement: Engagement) -> None:
    engagement.calendar = WorkCalendar.objects.create(
        name="London", time_zone="Europe/London", monday="10:00-12:00", country="GB", region="ENG"
    )
    day = datetime(2026, 6, 8, 8, tzinfo=UTC), datetime(2026, 6, 8, 9, tzinfo=UTC)
    assert working_minutes(day, engagement_schedule(engagement)) == 60  # 10:00 in Berlin is 8:00
    assert calendar_of(engagement).holiday_name(BOXING_DAY) == "Boxing Day"


def test_a_dm_chooses_the_hours_of_an_engagement(
    sign_in: Any, engagement: Engagement, manager: User
) -> None:
    london = WorkCalendar.objects.create(name="London", country="GB", region="ENG")
    client, url = sign_in(manager), f"/engagements/{engagement.ref}/settings/"
    form = client.get(url).context["form"]
    typed = {field.html_name: field.value() for field in form if field.value() is not None}
    response = client.post(url, typed | {"calendar": london.ref})
    assert response.status_code == 302
    engagement.refresh_from_db()
    assert engagement.calendar == london
    event = AuditEvent.objects.get(verb="engagement.changed")
    assert event.after == {"calendar": "London"}
    assert f'<option value="{london.ref}" selected>' in client.get(url).content.decode()


def test_working_days_are_those_of_the_calendar(engagement: Engagement) -> None:
    engagement.calendar = WorkCalendar.objects.create(
        name="London", friday="", saturday="10:00-12:00", country="GB", region="ENG"
    )
    days = working_days_of(engagement, today=date(2026, 1, 9))
    christmas = date(2025, 12, 24), date(2025, 12, 31)  # Thu, and Fri and Sat: Sat is worked
    assert days.count(*christmas) == 4
    assert days.count(*reversed(christmas)) == days.count(BOXING_DAY, BOXING_DAY) == 0


def test_holidays_of_ten_years_are_known(engagement: Engagement) -> None:
    engagement.calendar = WorkCalendar.objects.create(name="London", country="GB", region="ENG")
    engagement.starts_on = date(2001, 1, 1)
    off = working_days_of(engagement, today=date(2026, 1, 9)).off
    assert (off[0].year, off[-1].year) == (2016, 2028)
