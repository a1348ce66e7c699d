"""What the pages of a milestone and of a sprint say of the time to come."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from dm_portal.people.models import User
from engagements.models import Commitment, Engagement, Import, Milestone, Sprint
from reporting.models import Forecast
from reporting.outlooks import (
    MilestoneOutlook,
    _came_and_went,
    expected_words,
    of_milestone,
)
from reporting.services.forecasts import keep_forecasts
from reporting.sprint_outlooks import SprintOutlook, of_sprint
from reporting.tests.forecasts import plan_sprints, work_steadily
from reporting.tests.pages import SignIn, statements, text_of
from reporting.tests.reports import FRIDAY, WEEK

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]


@pytest.fixture
def milestone(engagement: Engagement, manager: User) -> Milestone:
    return work_steadily(engagement, manager, weeks=14)


@pytest.fixture
def read(sign_in: SignIn, manager: User, milestone: Milestone) -> Any:
    client = sign_in(manager)
    return lambda: text_of(client.get(milestone.get_absolute_url()))


def forget(milestone: Milestone) -> None:
    milestone.committed_on = None
    milestone.save(update_fields=["committed_on"])


def test_the_range_the_law_and_what_it_rests_on(read: Any, engagement: Engagement) -> None:
    keep_forecasts(engagement=engagement, at=FRIDAY)
    said = read()

    [kept] = Forecast.objects.all()
    assert f"<strong>Expected {expected_words(kept, day=FRIDAY.date())[9:]}</strong>" in said
    assert "When Release 2.1 will be done" in said
    assert "committed Fri 29 Jan 2027" in said
    assert "6 open items of this milestone" in said
    assert "2.0 items finished a week, by 14 whole weeks" in said
    assert "due before it" not in said
    assert "Method: pace, noise, drift, version 1." in said
    assert "Why it moved" not in said


def test_before_the_first_forecast(read: Any) -> None:
    assert "Not known: the first range is worked out once this milestone is promised" in read()


def test_nothing_is_expected_of_what_is_not_promised(read: Any, milestone: Milestone) -> None:
    forget(milestone)
    assert "Expected range" not in read()


def test_nothing_is_expected_of_what_is_done(
    read: Any, engagement: Engagement, milestone: Milestone
) -> None:
    keep_forecasts(engagement=engagement, at=FRIDAY)
    milestone.work_items.update(done_at=FRIDAY, stage="done")
    assert "Expected range" not in read()


def test_a_refusal_in_words(read: Any, engagement: Engagement, milestone: Milestone) -> None:
    milestone.work_items.clear()
    Forecast.objects.create(
        **told(milestone), law=[], refusal="too_young", refusal_words="need 8 weeks, have 3"
    )
    said = read()
    assert "Not known: need 8 weeks, have 3" in said
    assert '<svg class="drawing' not in said


def told(milestone: Milestone, *, weeks: int = 0, **inputs: Any) -> dict[str, Any]:
    """A forecast of so many weeks ago."""
    rests_on = {"weeks": [2] * (14 - weeks), "open": 8, "before": 0, "growth": 0}
    return {
        "engagement": milestone.engagement,
        "milestone": milestone,
        "occasion": "week",
        "as_of": FRIDAY - weeks * WEEK,
        "starts_on": date(2026, 11, 16) - timedelta(weeks=weeks),
        "method": "pace",
        "method_version": 1,
        "inputs": rests_on | inputs,
        "has_low_evidence": False,
        "is_winding_down": False,
    }


def test_why_it_moved_since_the_week_before(
    read: Any, engagement: Engagement, milestone: Milestone, manager: User
) -> None:
    keep_forecasts(engagement=engagement, at=FRIDAY - WEEK)
    keep_forecasts(engagement=engagement, at=FRIDAY)
    said = read()

    assert "Why it moved since the week before" in said
    assert "It was expected" in said
    outlook = of_milestone(manager, Milestone.objects.with_progress().get())
    [lines] = [each.lines for each in outlook.comparisons()]
    assert [line.what for line in lines] == ["To do", "Pace", "How uneven weeks are"]
    # two items done in the week after, at the same pace
    assert (lines[0].then, lines[0].now) == ("8 items", "6 items: 2 done")
    assert (lines[1].then, lines[1].now) == ("2.0 a week", "2.0 a week")


def test_why_it_moved_since_monday_names_the_cut(milestone: Milestone) -> None:
    monday = Forecast(**told(milestone, items=30), law=[0.1, 0.5, 0.9])
    now = Forecast(**told(milestone, items=26, open=3), law=[0.5, 0.9, 0.99])
    found = MilestoneOutlook(milestone, now, None, FRIDAY.date(), monday)

    [since_monday] = found.comparisons()
    assert since_monday.since == "this week began"
    assert since_monday.words == "expected 27 Nov – 4 Dec"
    assert (since_monday.lines[0].then, since_monday.lines[0].now) == (
        "8 items",
        "3 items: 4 taken out, 1 done",
    )
    assert since_monday.lines[0].middle.endswith("earlier")


def test_the_page_compares_with_this_weeks_beginning_where_something_changed(
    read: Any, milestone: Milestone
) -> None:
    law = [0.1, 0.5, 0.9]
    Forecast.objects.create(**told(milestone), law=law)
    assert "Why it moved" not in read()

    later = {"occasion": "change", "as_of": FRIDAY + timedelta(hours=1)}
    Forecast.objects.create(**told(milestone, open=3) | later, law=law)
    said = read()
    assert "Why it moved since this week began</h3> <p>It was expected 27 Nov – 4 Dec." in said
    assert "since the week before" not in said


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        ({}, {"items": 9}, ""),
        ({"items": 9}, {}, ""),
        ({"items": 9}, {"items": 9}, ""),
        ({"items": 9}, {"items": 11, "open": 11}, ": 2 added, 1 opened again"),
    ],
)
def test_what_came_and_went(then: Any, now: Any, words: str) -> None:
    stood = {"open": 8, "before": 0}
    assert _came_and_went(stood | then, stood | now) == words


@pytest.mark.parametrize(
    ("law", "words"),
    [
        (
            [0.1, 0.5, 0.9, 0.96],
            "Fri 4 Dec holds with a chance of 85 %, Fri 11 Dec with one of 95 %.",
        ),
        ([0.1, 0.84, 1.0], "Mon 30 Nov holds with a chance of 85 %, Thu 3 Dec with one of 95 %."),
        ([0.1, 0.5, 0.9], "Fri 4 Dec holds with a chance of 85 %."),
        ([0.0, 0.0, 1.0], "Fri 4 Dec holds with a chance of 85 %, and of 95 %."),
        ([], ""),
    ],
)
def test_what_can_be_committed(milestone: Milestone, law: list[float], words: str) -> None:
    found = MilestoneOutlook(milestone, Forecast(**told(milestone), law=law), None, FRIDAY.date())
    assert found.can_be_promised == (f"What can be committed: {words}" if words else "")


@pytest.mark.parametrize(
    ("fewest", "least", "words"),
    [
        (0, 0.9, "not a single item holds with a chance of 85 %."),
        (0.2, 3.9, "3 items or more with a chance of 85 %."),
        (1, 3, "3 items or more with a chance of 85 %, 1 or more with one of 95 %."),
    ],
)
def test_what_a_sprint_can_commit(fewest: float, least: float, words: str) -> None:
    amounts = {"0.05": fewest, "0.15": least, "0.85": 5}
    found = SprintOutlook(Forecast(share=0, inputs={}, law={"point": 4, "amounts": amounts}))
    assert found.can_be_promised == f"What can be committed: {words}"


def test_to_a_sprint_that_is_over_nothing_can_be_committed() -> None:
    assert SprintOutlook(Forecast(), is_over=True).can_be_promised == ""


def test_nothing_can_be_committed_without_a_forecast(milestone: Milestone) -> None:
    found = MilestoneOutlook(milestone, None, None, FRIDAY.date())
    assert (found.can_be_promised, found.comparisons()) == ("", [])


def test_why_none_was_told_the_week_before(
    read: Any, engagement: Engagement, milestone: Milestone
) -> None:
    why = {"law": [], "refusal": "too_few", "refusal_words": "need 5 items, have 2"}
    Forecast.objects.create(**told(milestone, weeks=1), **why)
    keep_forecasts(engagement=engagement, at=FRIDAY)
    said = read()

    assert (
        "Why it moved since the week before</h3> <p>It was not known: need 5 items, have 2." in said
    )
    assert "What each change did to the dates" not in said


def test_what_whoever_relies_on_it_has_to_know(read: Any, milestone: Milestone) -> None:
    values = told(milestone, growth=0.5, before=3, weeks=0)
    values |= {"has_low_evidence": True, "is_winding_down": True}
    Forecast.objects.create(**values, law=[0.3, 0.9, 0.95])
    said = read()

    assert "Low evidence: it rests on 14 whole weeks only." in said
    assert "The team is winding down" in said
    assert "0.5 items a week go on being added" in said
    assert "3 open items of milestones that are due before it" in said


def test_a_forecast_without_weeks_names_no_pace(read: Any, milestone: Milestone) -> None:
    values = told(milestone, weeks=0) | {
        "inputs": {"weeks": [], "open": 1, "before": 0, "growth": 0}
    }
    Forecast.objects.create(**values, law=[], refusal="too_young", refusal_words="need 8 weeks")
    assert "finished a week" not in read()


def test_a_range_in_words_for_customers(milestone: Milestone) -> None:
    kept = Forecast(**told(milestone), law=[0.1, 0.5, 0.9])

    assert expected_words(kept, day=FRIDAY.date()) == "expected 27 Nov – 4 Dec"
    assert expected_words(None, day=FRIDAY.date()) == ""
    kept.refusal = "too_wide"
    assert expected_words(kept, day=FRIDAY.date()) == ""


@pytest.mark.parametrize(
    ("day", "words", "reads"),
    [
        (date(2026, 11, 27), "Expected 27 Nov – 4 Dec", "as likely before the first"),
        (date(2026, 11, 30), "Expected 30 Nov – 4 Dec", "it may be done any day"),
        (date(2026, 12, 4), "Expected Fri 4 Dec", "it may be done any day"),
    ],
)
def test_a_range_never_begins_before_today(
    milestone: Milestone, day: date, words: str, reads: str
) -> None:
    found = MilestoneOutlook(milestone, Forecast(**told(milestone), law=[0.1, 0.5, 0.9]), None, day)

    assert found.words == words
    assert found.reads.startswith(reads)


def test_a_promise_keeps_the_chance_that_was_known_as_it_was_said(
    sign_in: SignIn, engagement: Engagement, manager: User, milestone: Milestone
) -> None:
    client, address = sign_in(manager), reverse("milestone_date", args=[engagement.ref, 1])
    said = {"reason": "More scope"}
    client.post(address, said | {"committed_on": "2026-11-25", "version": milestone.version})
    Forecast.objects.create(**told(milestone), law=[0.1, 0.5, 0.9])
    client.post(address, said | {"committed_on": "2026-12-02", "version": milestone.version + 1})
    client.post(address, said | {"committed_on": "", "version": milestone.version + 2})

    kept = Commitment.objects.order_by("number").values_list("due_on", "probability")
    assert list(kept) == [
        (date(2026, 11, 25), None),
        (date(2026, 12, 2), Decimal("0.740")),
        (None, None),
    ]


def test_a_range_that_is_past_is_not_told(
    sign_in: SignIn, manager: User, milestone: Milestone, friday: Any
) -> None:
    Forecast.objects.create(**told(milestone), law=[0.1, 0.5, 0.9])
    friday.shift(timedelta(weeks=3))

    said = text_of(sign_in(manager).get(milestone.get_absolute_url()))
    assert "Not known: it was expected by Fri 4 Dec and is not done; the next range comes" in said
    assert "Expected 27" not in said


@pytest.mark.parametrize(
    ("inputs", "amounts", "words", "stood"),
    [
        ((1, 0), (1, 1), "most likely 1 item", "The only committed item was not done"),
        ((1, 1), (0, 1), "between 0 and 1 item, most likely 1", "The only committed item was done"),
        ((0, 0), (0, 3), "between 0 and 3 items, most likely 1", "Nothing was committed"),
        ((6, 1), (2, 5), "between 2 and 5 items, most likely 2", "1 of 6 committed items was done"),
    ],
)
def test_counts_of_a_sprint_in_words(
    inputs: tuple[int, int], amounts: tuple[int, int], words: str, stood: str
) -> None:
    committed, done = inputs
    least, most = amounts
    found = SprintOutlook(
        Forecast(
            share=50,
            inputs={"committed": committed, "done": done},
            law={"point": 1.4, "amounts": {"0.15": least, "0.85": most}},
        )
    )

    assert found.words == words
    assert found.stood == f"{stood} when 50 % of it was over"


def test_the_running_sprint(
    sign_in: SignIn, engagement: Engagement, manager: User, milestone: Milestone
) -> None:
    running = plan_sprints(engagement)
    client = sign_in(manager)
    address = reverse("sprint_detail", args=[engagement.ref, running.number])
    assert "Expected to be delivered" not in text_of(client.get(address))

    keep_forecasts(engagement=engagement, at=FRIDAY)
    said = text_of(client.get(address))

    assert "only 1 earlier sprint of this team, so the band is from other teams" in said
    assert "0 of 6 committed items were done when 80 % of it was over." in said
    assert "most likely" in said


def test_a_sprint_to_come_says_what_can_be_committed(
    sign_in: SignIn, engagement: Engagement, manager: User, milestone: Milestone
) -> None:
    days = {"starts_on": date(2026, 11, 23), "ends_on": date(2026, 12, 6)}
    Sprint.objects.create(engagement=engagement, number=7, name="S7", **days)
    client, address = sign_in(manager), reverse("sprint_detail", args=[engagement.ref, 7])
    assert "What can be committed" not in text_of(client.get(address))

    keep_forecasts(engagement=engagement, at=FRIDAY)
    said = text_of(client.get(address))
    assert "What can be committed</h2> <p>2 items or more in 2 weeks with a chance of 85 %" in said
    assert "By 2.0 items finished a week, by 14 whole weeks, as of" in said

    later = {"occasion": "change", "as_of": FRIDAY + timedelta(hours=1)}
    refused = {"refusal": "too_few", "refusal_words": "need 5 items"}
    Forecast.objects.create(**told(milestone) | later, law=[], **refused)
    assert "What can be committed" not in text_of(client.get(address))


@pytest.mark.parametrize("first", [None, FRIDAY.date()])
def test_a_sprint_without_days_or_one_that_runs_is_none_to_come(
    engagement: Engagement, manager: User, milestone: Milestone, first: date | None
) -> None:
    keep_forecasts(engagement=engagement, at=FRIDAY)
    days = {"starts_on": first, "ends_on": first}
    sprint = Sprint.objects.create(engagement=engagement, number=7, name="S7", **days)
    assert of_sprint(manager, sprint) is None


def test_the_first_day_of_a_sprint_and_a_team_that_is_known(
    sign_in: SignIn, engagement: Engagement, manager: User, milestone: Milestone
) -> None:
    running = plan_sprints(engagement)
    Forecast.objects.create(
        engagement=engagement,
        sprint=running,
        occasion="share",
        share=0,
        as_of=FRIDAY,
        starts_on=running.starts_on,
        method="ratio",
        method_version=1,
        inputs={"committed": 9, "done": 0, "earlier": [[9, 0, 7]] * 6},
        law={"point": 7.2, "amounts": {"0.05": 6.9, "0.15": 7.1, "0.5": 7.2, "0.85": 7.3}},
        has_low_evidence=False,
        is_winding_down=False,
    )
    address = reverse("sprint_detail", args=[engagement.ref, running.number])
    said = text_of(sign_in(manager).get(address))

    assert "Most likely 7 items</strong>: from 6 earlier sprints at the same point." in said
    assert "0 of 9 committed items were done at the end of its first day." in said
    assert "7 items or more with a chance of 85 %, 6 or more with one of 95 %." in said


def test_the_page_asks_as_much_however_many_are_kept(
    sign_in: SignIn, engagement: Engagement, manager: User, milestone: Milestone
) -> None:
    client, address = sign_in(manager), milestone.get_absolute_url()
    keep_forecasts(engagement=engagement, at=FRIDAY)
    few = statements(client, address)
    for weeks in range(1, 6):
        keep_forecasts(engagement=engagement, at=FRIDAY - weeks * WEEK)

    assert Forecast.objects.count() == 6
    assert statements(client, address) == few


def test_a_stale_file_tells_up_to_its_own_week(
    read: Any, engagement: Engagement, milestone: Milestone
) -> None:
    Import.objects.update(uploaded_at=FRIDAY - 2 * WEEK)
    keep_forecasts(engagement=engagement, at=FRIDAY)

    assert "Of whole weeks up to" in read()
    assert Forecast.objects.get().told_until == date(2026, 11, 1)
