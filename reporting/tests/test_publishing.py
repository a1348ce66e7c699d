"""From a draft to what stays said: frozen, stoppable for a while, then never changed again."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import F
from time_machine import Traveller

from dm_portal.people.models import AuditEvent, User
from dm_portal.people.services import deactivate_person
from dm_portal.shell.attempts import MAX_ATTEMPTS
from dm_portal.shell.errors import Conflict, DomainError
from dm_portal.tests.cast import give_function
from engagements.models import Engagement, EngagementFunction
from reporting import facts
from reporting.models import Facts, Report, ReportRevision
from reporting.services.attempts import note_death, park_dead, retry_report
from reporting.services.publishing import (
    finish_publication,
    publish_report,
    stop_publication,
)
from reporting.tests.reports import (
    FRIDAY,
    WEEK,
    commit_late,
    draft,
    fresh,
    import_work,
    meanwhile,
    open_reports,
    publish,
    write,
)

pytestmark = pytest.mark.django_db

DELAY = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def report(engagement: Engagement, manager: User) -> Report:
    """A draft of week 47 that can be published as it is."""
    return write(draft(open_reports(engagement)[0]), manager)


@pytest.fixture
def publishing(report: Report, manager: User) -> Report:
    """Its stop window ends in five minutes."""
    publish_report(report=report, by=manager)
    return fresh(report)


# Freezing


def test_publishing_waits_five_minutes(publishing: Report, clock: Traveller) -> None:
    assert (publishing.state, publishing.publish_at) == ("publishing", FRIDAY + DELAY)
    clock.shift(DELAY - timedelta(seconds=1))
    assert finish_publication(report_id=publishing.pk) is None
    clock.shift(1)
    revision = finish_publication(report_id=publishing.pk)
    assert revision is not None
    assert revision.published_at == FRIDAY + DELAY


def test_what_was_frozen_is_what_is_said(
    publishing: Report, manager: User, engagement: Engagement, clock: Traveller
) -> None:
    import_work(engagement, manager, **{"A-1": (FRIDAY - WEEK, None)})
    clock.shift(DELAY)
    revision = finish_publication(report_id=publishing.pk)
    assert revision is not None
    assert revision.facts.body == publishing.frozen_facts
    assert revision.text == publishing.frozen_text
    assert revision.facts.as_of == revision.facts.frozen_at == FRIDAY
    assert revision.facts.schema_version == facts.SCHEMA_VERSION
    assert revision.facts.sha256 == facts.digest(revision.facts.body)
    assert json.loads(revision.facts.body)["inputs"]["items"] == []


def test_a_revision_says_who_what_and_how(publishing: Report, manager: User) -> None:
    Report.objects.update(publish_at=FRIDAY)
    revision = finish_publication(report_id=publishing.pk)
    assert revision is not None
    assert (revision.number, revision.headline, revision.colour, revision.computed_colour) == (
        1,
        "Refunds are live.",
        "green",
        "unknown",
    )
    assert (revision.published_by, revision.published_for) == (manager, None)
    assert (revision.correction_reason, revision.reconstructed_on) == ("", None)
    assert "Refunds are live." in revision.html
    stored = fresh(publishing)
    assert (stored.state, stored.frozen_text, stored.frozen_facts) == ("published", None, "")


def test_a_reason_for_a_better_colour_is_said(
    engagement: Engagement, manager: User, report: Report
) -> None:
    import_work(engagement, manager, **{"A-1": (FRIDAY - WEEK, None)})
    commit_late(engagement, manager, on=date(2026, 11, 18))
    with pytest.raises(DomainError, match="By the rules it is at risk"):
        publish_report(report=report, by=manager)
    write(report, manager, colour_reason="It shipped; the tracker lags.")
    revision = publish(report, manager)
    assert (revision.colour, revision.computed_colour) == ("green", "amber")
    assert revision.colour_reason == "It shipped; the tracker lags."


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ({"headline": "  "}, "Write the headline first"),
        ({"colour": ""}, "Confirm the colour first"),
        ({"colour": "amber", "our_move": ""}, "Say what our move is"),
        ({"colour": "unknown", "our_move": ""}, "Say what our move is"),
    ],
)
def test_what_only_the_dm_can_say_must_be_said(
    report: Report, manager: User, words: dict[str, str], missing: str
) -> None:
    write(report, manager, **words)
    with pytest.raises(DomainError, match=missing):
        publish_report(report=report, by=manager)
    assert fresh(report).state == "draft"


def test_on_track_needs_no_move(report: Report, manager: User) -> None:
    write(report, manager, our_move="")
    assert publish(report, manager).text["our_move"] == ""


def test_only_a_draft_is_published(publishing: Report, manager: User) -> None:
    with pytest.raises(DomainError, match="is no draft: being published"):
        publish_report(report=publishing, by=manager)


def test_nobody_publishes_what_they_have_not_read(report: Report, manager: User) -> None:
    read = report.version
    write(report, manager, headline="Refunds are late.")
    with pytest.raises(Conflict):
        publish_report(report=report, by=manager, version=read)


def test_a_deputy_publishes_for_the_dm(report: Report, manager: User, deputy: User) -> None:
    revision = publish(report, deputy)
    assert (revision.published_by, revision.published_for) == (deputy, manager)


def test_one_of_two_dms_publishes_for_nobody(
    report: Report, engagement: Engagement, other_manager: User
) -> None:
    give_function(other_manager, engagement, "dm", starts_on=date(2026, 11, 1))
    assert publish(report, other_manager).published_for is None


def test_where_nobody_is_dm_any_more_nobody_is_named(report: Report, deputy: User) -> None:
    EngagementFunction.objects.filter(function="dm").update(ends_on=date(2026, 11, 20))
    assert publish(report, deputy).published_for is None


def test_a_deactivated_dm_is_nobody_in_whose_place_one_publishes(
    report: Report, deputy: User, manager: User, admin: User
) -> None:
    deactivate_person(person=manager, by=admin)
    assert publish(report, deputy).published_for is None


def test_who_is_deactivated_in_the_stop_window_answers_no_customer(
    report: Report, deputy: User, manager: User, other_manager: User, admin: User, clock: Traveller
) -> None:
    publish_report(report=report, by=deputy)
    give_function(other_manager, report.engagement, "dm", starts_on=date(2026, 11, 1))
    for person in (manager, deputy):
        deactivate_person(person=person, by=admin)
    clock.shift(DELAY)
    revision = finish_publication(report_id=report.pk)
    assert revision is not None
    assert (revision.published_by, revision.published_for) == (deputy, other_manager)


def test_who_published_is_named_for_the_dm_when_they_are_gone(
    report: Report, manager: User, other_manager: User, admin: User, clock: Traveller
) -> None:
    publish_report(report=report, by=manager)
    give_function(other_manager, report.engagement, "dm", starts_on=date(2026, 11, 1))
    deactivate_person(person=manager, by=admin)
    clock.shift(DELAY)
    revision = finish_publication(report_id=report.pk)
    assert revision is not None
    assert (revision.published_by, revision.published_for) == (manager, other_manager)


def test_publishing_is_on_the_record(publishing: Report, clock: Traveller) -> None:
    clock.shift(DELAY)
    finish_publication(report_id=publishing.pk)
    events = AuditEvent.objects.filter(verb__startswith="report.pub").order_by("pk")
    assert [(event.verb, event.actor_name, event.after) for event in events] == [
        (
            "report.publication_started",
            "Mara Manager",
            {"publish_at": "2026-11-20 12:05:00+00:00"},
        ),
        ("report.published", "Mara Manager", {"revision": 1}),
    ]


# Stopping


def test_stopping_returns_to_the_draft_with_nothing_written(
    publishing: Report, manager: User, clock: Traveller
) -> None:
    stop_publication(report=publishing, by=manager)
    clock.shift(DELAY)
    assert finish_publication(report_id=publishing.pk) is None
    assert not ReportRevision.objects.exists()
    stored = fresh(publishing)
    assert (stored.state, stored.publish_at, stored.publishing_by) == ("draft", None, None)
    assert stored.headline == "Refunds are live."
    assert AuditEvent.objects.filter(verb="report.publication_stopped").count() == 1


def test_what_is_out_cannot_be_stopped(report: Report, manager: User) -> None:
    publish(report, manager)
    with pytest.raises(DomainError, match="is not “being published” but “published”"):
        stop_publication(report=fresh(report), by=manager)


# Going out, whatever happens on the way


def test_it_goes_out_once(publishing: Report, clock: Traveller) -> None:
    clock.shift(DELAY)
    assert finish_publication(report_id=publishing.pk)
    assert finish_publication(report_id=publishing.pk) is None
    assert ReportRevision.objects.count() == Facts.objects.count() == 1


def test_of_two_at_once_the_faster_writes_the_revision(
    publishing: Report, clock: Traveller
) -> None:
    clock.shift(DELAY)
    faster = lambda: finish_publication(report_id=publishing.pk)  # noqa: E731
    with meanwhile(faster, before='UPDATE "reporting_report"'):
        assert finish_publication(report_id=publishing.pk) is None
    assert ReportRevision.objects.count() == 1


def test_what_is_stopped_while_it_goes_out_does_not_go_out(
    publishing: Report, clock: Traveller
) -> None:
    clock.shift(DELAY)
    stopped = lambda: Report.objects.update(version=F("version") + 1)  # noqa: E731
    with meanwhile(stopped, before='SELECT COUNT(*) AS "__count" FROM "reporting_reportrevision"'):
        assert finish_publication(report_id=publishing.pk) is None
    assert not ReportRevision.objects.exists()


@pytest.fixture
def poisoned(publishing: Report) -> Report:
    """Its frozen text lacks what the page needs: it cannot be set."""
    text = {**publishing.frozen_text, "colour": "mauve"}
    Report.objects.filter(pk=publishing.pk).update(frozen_text=text, publish_at=FRIDAY)
    return publishing


def test_what_cannot_be_set_is_tried_five_times_and_parked(
    poisoned: Report, clock: Traveller
) -> None:
    for pause in (2, 4, 8, 16, 0):
        with pytest.raises(ValueError, match="mauve"):
            finish_publication(report_id=poisoned.pk)
        assert finish_publication(report_id=poisoned.pk) is None
        clock.shift(pause)
    stored = fresh(poisoned)
    assert (stored.state, stored.frozen_text, stored.publish_at) == ("parked", None, None)
    assert "mauve" in stored.last_error
    assert not ReportRevision.objects.exists()
    assert not Facts.objects.exists()


def test_a_parked_publication_becomes_a_draft_again_with_its_words(
    poisoned: Report, admin: User
) -> None:
    Report.objects.filter(pk=poisoned.pk).update(attempts=MAX_ATTEMPTS)
    assert park_dead() == 1
    retry_report(report=fresh(poisoned), by=admin)
    assert draft(poisoned).headline == "Refunds are live."


def test_a_death_on_the_way_out_is_noted_and_tried_again(
    publishing: Report, clock: Traveller
) -> None:
    held(publishing, attempts=1)
    clock.shift(DELAY)
    note_death(report_id=publishing.pk, error="It was ended by SIGKILL.")
    assert fresh(publishing).lease_until == FRIDAY + DELAY + timedelta(seconds=2)
    assert fresh(publishing).publish_at == FRIDAY + DELAY, "the record of when it was to go out"
    assert finish_publication(report_id=publishing.pk) is None
    clock.shift(2)
    assert finish_publication(report_id=publishing.pk)
    assert fresh(publishing).lease_until is None


def test_a_stop_window_is_nobodys_attempt(publishing: Report) -> None:
    note_death(report_id=publishing.pk, error="It was ended by SIGKILL.")
    stored = fresh(publishing)
    assert (stored.publish_at, stored.lease_until) == (FRIDAY + DELAY, None)


def held(publishing: Report, *, attempts: int) -> Report:
    """As a process left it that was killed while it wrote the revision, its lease still on."""
    lease = {"lease_until": FRIDAY + DELAY + timedelta(minutes=1), "attempts": attempts}
    Report.objects.filter(pk=publishing.pk).update(**lease)
    return fresh(publishing)


def test_nobody_else_sends_out_what_is_under_a_lease(publishing: Report, clock: Traveller) -> None:
    held(publishing, attempts=1)
    clock.shift(DELAY + timedelta(seconds=59))
    assert finish_publication(report_id=publishing.pk) is None
    clock.shift(1)
    assert finish_publication(report_id=publishing.pk)


def test_who_died_five_times_sending_it_out_is_parked_when_the_lease_ends(
    publishing: Report, clock: Traveller
) -> None:
    held(publishing, attempts=MAX_ATTEMPTS)
    clock.shift(DELAY)
    assert park_dead() == 0
    clock.shift(60)
    assert park_dead() == 1
    assert (fresh(publishing).state, fresh(publishing).lease_until) == ("parked", None)


def test_what_is_under_a_lease_can_be_stopped(publishing: Report, manager: User) -> None:
    """Its writer finds that it is no longer as it was, and writes nothing."""
    stop_publication(report=held(publishing, attempts=1), by=manager)
    assert (fresh(publishing).state, fresh(publishing).lease_until) == ("draft", None)


# Never changed again


@pytest.mark.parametrize("model", [Facts, ReportRevision])
def test_what_was_said_stays_said(
    report: Report, manager: User, model: type[Facts] | type[ReportRevision]
) -> None:
    publish(report, manager)
    field = "sha256" if model is Facts else "headline"
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        model.objects.update(**{field: "x"})
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        model.objects.all()._raw_delete("default")
