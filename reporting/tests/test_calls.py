"""The call over several weeks: it starts as by the rules, and a reason holds until they change."""

from typing import Any

import pytest
import time_machine

from dm_portal.people.models import User
from dm_portal.shell.errors import DomainError
from engagements.models import ColourThresholds, Engagement, Milestone
from engagements.services.thresholds import change_thresholds
from reporting.calls import Given, start_of
from reporting.drafting import draft_of
from reporting.models import Report, ReportRevision
from reporting.services.publishing import publish_report, start_correction
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import FRIDAY, WEEK, draft, fresh, open_reports, publish, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("checkout")]

WHY = "It shipped; the tracker lags."
BETTER = {"colour": "green", "colour_reason": WHY}


class Weeks:
    """One Friday after the other, of a milestone that stays late: amber by the rules."""

    def __init__(self, engagement: Engagement, by: User, clock: time_machine.Traveller) -> None:
        self.engagement, self.by, self.clock = engagement, by, clock
        self.number = 0
        self.become("amber")

    def become(self, colour: str) -> None:
        """What the next draft is by the rules."""
        limits = {
            "green": {"schedule_amber_days": 80, "schedule_red_days": 90},
            "amber": {"schedule_amber_days": 1, "schedule_red_days": 90},
            "red": {"schedule_amber_days": 1, "schedule_red_days": 2},
        }[colour]
        row = ColourThresholds.objects.filter(engagement=self.engagement).first()
        version = row.version if row else 0
        change_thresholds(engagement=self.engagement, version=version, by=self.by, **limits)

    def next(self) -> Report:
        at = FRIDAY + self.number * WEEK
        self.number += 1
        self.clock.move_to(at, tick=False)
        return draft(open_reports(self.engagement, at=at, weeks=self.number)[-1])

    def publish(self, **words: Any) -> ReportRevision:
        return publish(write(self.next(), self.by, **words), self.by)


@pytest.fixture
def weeks(
    engagement: Engagement,
    manager: User,
    friday: time_machine.Traveller,
    checkout: Milestone,
) -> Weeks:
    return Weeks(engagement, manager, friday)


def starts(report: Report) -> tuple[str, str]:
    """The call and the reason that the page of the draft opens with."""
    found = draft_of(report, at=report.period.due_at)
    start = start_of(report, given=found.given, computed=found.computed)
    return start.colour, start.reason


def lapsed(report: Report) -> str:
    found = draft_of(report, at=report.period.due_at)
    return start_of(report, given=found.given, computed=found.computed).lapsed


def test_it_starts_as_by_the_rules(weeks: Weeks) -> None:
    assert starts(weeks.next()) == ("amber", "")


def test_a_reason_carries_while_the_rules_say_the_same(weeks: Weeks) -> None:
    weeks.publish(**BETTER)
    again = weeks.next()
    assert starts(again) == ("amber", WHY)
    publish(write(again, weeks.by, **BETTER), weeks.by)
    assert starts(weeks.next()) == ("amber", WHY)


def test_confirming_the_rules_takes_no_typing_and_ends_the_reason(weeks: Weeks) -> None:
    weeks.publish(**BETTER)
    confirmed = weeks.publish(colour="amber", colour_reason=WHY)
    assert (confirmed.colour, confirmed.colour_reason) == ("amber", "")
    assert starts(weeks.next()) == ("amber", "")


@pytest.mark.parametrize("then", ["red", "green"])
def test_a_reason_ends_when_the_rules_say_otherwise(weeks: Weeks, then: str) -> None:
    weeks.publish(**BETTER)
    weeks.become(then)
    following = weeks.next()
    assert starts(following) == (then, "")
    assert lapsed(following) == WHY


def test_a_lapsed_reason_must_be_given_anew(weeks: Weeks) -> None:
    weeks.publish(**BETTER)
    weeks.become("red")
    following = weeks.next()
    with pytest.raises(DomainError, match="call it on track while it was at risk by the rules"):
        write(following, weeks.by, **BETTER)
    write(following, weeks.by, colour="green", colour_reason="It went live this morning.")
    revision = publish(following, weeks.by)
    assert (revision.computed_colour, revision.colour_reason) == (
        "red",
        "It went live this morning.",
    )


def test_another_better_call_needs_a_reason_of_its_own(weeks: Weeks) -> None:
    weeks.become("red")
    weeks.publish(**BETTER)
    following = weeks.next()
    with pytest.raises(DomainError, match="Say anew why your call is better"):
        write(following, weeks.by, colour="amber", colour_reason=WHY)
    write(following, weeks.by, colour="amber", colour_reason="One of two is live.")
    assert fresh(following).colour_reason == "One of two is live."


def test_a_worse_call_needs_no_reason_and_takes_over_none(weeks: Weeks) -> None:
    weeks.publish(**BETTER)
    revision = weeks.publish(colour="red", colour_reason=WHY)
    assert (revision.colour, revision.colour_reason) == ("red", "")
    assert starts(weeks.next()) == ("amber", "")


def test_what_is_said_of_a_worse_call_stays(weeks: Weeks) -> None:
    revision = weeks.publish(colour="red", colour_reason="The bank’s system is down.")
    assert revision.colour_reason == "The bank’s system is down."


def test_going_back_to_the_better_call_finds_its_reason(weeks: Weeks) -> None:
    weeks.publish(**BETTER)
    report = write(weeks.next(), weeks.by, colour="amber")
    assert starts(fresh(report)) == ("amber", WHY)
    write(report, weeks.by, **BETTER)
    assert starts(fresh(report)) == ("green", WHY)


def test_not_known_is_no_mismatch_and_carries_nothing() -> None:
    given = Given(WHY, "green", "amber")
    unknown = Report(colour="", drafted={})
    assert start_of(unknown, given=given, computed="unknown")[:2] == ("unknown", "")


def test_who_confirmed_the_rules_has_not_called_what_they_say_now() -> None:
    confirmed = Report(colour="green", drafted={"overall": {"colour": "green"}})
    start = start_of(confirmed, given=None, computed="amber")
    assert (start.colour, start.was) == ("amber", "green")
    assert start_of(confirmed, given=None, computed="green").was == ""


def test_a_call_of_ones_own_stays_when_the_rules_change() -> None:
    own = Report(colour="red", colour_reason="Why.", drafted={"overall": {"colour": "green"}})
    start = start_of(own, given=None, computed="amber")
    assert start == ("red", "Why.", "", "")


def test_a_reason_does_not_go_out_by_itself_when_the_rules_change(weeks: Weeks) -> None:
    report = write(weeks.next(), weeks.by, **BETTER)
    kept = report.drafted["thresholds"] | {"schedule_red_days": 2}
    Report.objects.filter(pk=report.pk).update(drafted=report.drafted | {"thresholds": kept})
    with pytest.raises(DomainError, match="while it was at risk by the rules"):
        publish_report(report=fresh(report), by=weeks.by)


def test_the_next_facts_know_how_the_rules_saw_the_last_status(weeks: Weeks) -> None:
    weeks.publish(**BETTER)
    following = weeks.next()
    inputs = draft_of(following, at=following.period.due_at).body["inputs"]
    assert inputs["rules_before"]["schedule"] == {
        "colour": "amber",
        "rule": "schedule.amber",
        "milestone": "Release 2.1",
    }


def test_a_correction_keeps_its_reason(weeks: Weeks) -> None:
    revision = weeks.publish(**BETTER)
    report = fresh(revision.report)
    start_correction(report=report, reason="A slip.", by=weeks.by)
    assert starts(report) == ("green", WHY)
    corrected = publish(write(report, weeks.by, headline="As it was.", **BETTER), weeks.by)
    assert corrected.colour_reason == WHY
    assert starts(weeks.next()) == ("amber", WHY)


def test_the_page_offers_the_carried_reason_once_it_is_needed(
    weeks: Weeks, sign_in: SignIn
) -> None:
    weeks.publish(**BETTER)
    page = sign_in(weeks.by).get(url(weeks.next())).content.decode()
    assert WHY in page
    assert "draft__reason--kept" not in page


def test_the_page_says_what_lapsed(weeks: Weeks, sign_in: SignIn) -> None:
    weeks.publish(**BETTER)
    weeks.become("red")
    report = weeks.next()
    client = sign_in(weeks.by)
    assert "which does not hold any more: “It shipped" in text_of(client.get(url(report)))
    sent = {"version": report.version, "headline": "x", "our_move": "y", **BETTER}
    response = client.post(url(report), sent)
    assert response.status_code == 422
    assert "Say anew why your call is better." in text_of(response)


def test_the_page_and_the_preview_say_that_the_rules_changed(weeks: Weeks, sign_in: SignIn) -> None:
    report = write(weeks.next(), weeks.by, colour="amber")
    kept = report.drafted["thresholds"] | {"schedule_red_days": 2}
    Report.objects.filter(pk=report.pk).update(drafted=report.drafted | {"thresholds": kept})
    client = sign_in(weeks.by)
    assert "You confirmed “at risk”; by the rules it is off track by now" in text_of(
        client.get(url(report))
    )
    preview = client.get(url(report, "report_preview"))
    assert preview.context["status"].shape == "off_track"


def test_a_preview_shows_no_reason_that_is_only_carried(weeks: Weeks, sign_in: SignIn) -> None:
    weeks.publish(**BETTER)
    report = write(weeks.next(), weeks.by, colour="red")
    preview = sign_in(weeks.by).get(url(report, "report_preview"))
    assert (preview.context["status"].shape, preview.context["status"].reason) == ("off_track", "")
