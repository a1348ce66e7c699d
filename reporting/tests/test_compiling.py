"""A report is drafted once, whoever dies on the way; what cannot be drafted is an admin's."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db.models import F
from time_machine import Traveller

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.attempts import MAX_ATTEMPTS
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Engagement
from reporting.models import Report
from reporting.services.attempts import note_death, park_dead, retry_report
from reporting.services.compiling import compile_report
from reporting.services.states import TRANSITIONS, State, move
from reporting.tests.reports import FRIDAY, fresh, import_work, meanwhile, open_reports

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def report(engagement: Engagement) -> Report:
    return open_reports(engagement)[0]


@pytest.fixture
def poisoned(engagement: Engagement, manager: User, report: Report) -> Report:
    """Its engagement names a zone that does not exist: the facts cannot be worked out."""
    import_work(engagement, manager, **{"A-1": (FRIDAY, None)})
    Engagement.objects.filter(pk=engagement.pk).update(time_zone="Mars/Olympus_Mons")
    return report


def leased(report: Report, **values: object) -> Report:
    """As a process left it that was killed while drafting."""
    died = {"state": "compiling", "lease_until": FRIDAY + timedelta(minutes=1), "attempts": 1}
    Report.objects.filter(pk=report.pk).update(**(died | values))
    return fresh(report)


def test_a_due_report_becomes_a_draft(report: Report) -> None:
    assert compile_report(report_id=report.pk)
    stored = fresh(report)
    assert (stored.state, stored.attempts, stored.lease_until) == ("draft", 0, None)
    assert stored.compiled_as_of == FRIDAY
    assert set(stored.drafted) == {
        *("sentences", "overall", "rules", "thresholds", "reason", "carried")
    }
    assert AuditEvent.objects.get(verb="report.drafted").actor_name == "The portal"


def test_a_draft_is_not_drafted_again(report: Report) -> None:
    compile_report(report_id=report.pk)
    assert not compile_report(report_id=report.pk)
    assert AuditEvent.objects.filter(verb="report.drafted").count() == 1


def test_nobody_touches_what_is_under_a_lease(report: Report) -> None:
    held = leased(report)
    assert not compile_report(report_id=report.pk)
    assert fresh(report).version == held.version


def test_when_the_lease_has_run_out_the_next_one_drafts(report: Report, clock: Traveller) -> None:
    leased(report)
    clock.shift(60)
    assert compile_report(report_id=report.pk)
    assert fresh(report).state == "draft"


def test_the_attempt_counts_before_the_work(poisoned: Report) -> None:
    with pytest.raises(LookupError):
        compile_report(report_id=poisoned.pk)
    stored = fresh(poisoned)
    assert (stored.state, stored.attempts) == ("compiling", 1)
    assert "Mars/Olympus_Mons" in stored.last_error
    assert "Traceback" in stored.last_error


def test_it_waits_longer_after_each_attempt_and_parks_after_the_fifth(
    poisoned: Report, clock: Traveller
) -> None:
    for pause in (2, 4, 8, 16):
        with pytest.raises(LookupError):
            compile_report(report_id=poisoned.pk)
        clock.shift(pause - 1)
        assert not compile_report(report_id=poisoned.pk)
        clock.shift(1)
    with pytest.raises(LookupError):
        compile_report(report_id=poisoned.pk)
    assert fresh(poisoned).state == "parked"
    assert "Mars/Olympus_Mons" in AuditEvent.objects.get(verb="report.parked").after["error"]
    assert not compile_report(report_id=poisoned.pk)


def test_a_parked_report_is_drafted_after_one_click(
    poisoned: Report, admin: User, engagement: Engagement
) -> None:
    Report.objects.filter(pk=poisoned.pk).update(state="parked", attempts=5, last_error="Boom")
    Engagement.objects.filter(pk=engagement.pk).update(time_zone="Europe/Berlin")
    retry_report(report=fresh(poisoned), by=admin)
    assert AuditEvent.objects.get(verb="report.retried").before == {"error": "Boom"}
    assert fresh(poisoned).last_error == ""
    assert compile_report(report_id=poisoned.pk)


def test_only_what_is_parked_is_retried(report: Report, admin: User) -> None:
    with pytest.raises(DomainError, match="waiting to be drafted”"):
        retry_report(report=report, by=admin)


def test_what_died_five_times_is_parked_and_nothing_else(
    report: Report, other_engagement: Engagement, clock: Traveller
) -> None:
    leased(report, attempts=MAX_ATTEMPTS)
    other = leased(open_reports(other_engagement)[0], attempts=MAX_ATTEMPTS - 1)
    assert park_dead() == 0
    clock.shift(60)
    assert not compile_report(report_id=report.pk)
    assert park_dead() == 1
    assert (fresh(report).state, fresh(other).state) == ("parked", "compiling")
    assert "killed" in fresh(report).last_error


def test_a_death_that_was_seen_is_noted_and_tried_again(report: Report, clock: Traveller) -> None:
    leased(report)
    note_death(report_id=report.pk, error="It was ended by SIGKILL.")
    assert fresh(report).last_error == "It was ended by SIGKILL."
    clock.shift(2)
    assert compile_report(report_id=report.pk)
    assert fresh(report).last_error == ""


def test_a_death_between_two_reports_concerns_none(report: Report) -> None:
    compile_report(report_id=report.pk)
    drafted = fresh(report)
    note_death(report_id=report.pk, error="It was ended by SIGKILL.")
    assert (fresh(report).version, fresh(report).last_error) == (drafted.version, "")


CLAIMED = 'UPDATE "reporting_report"'


def someone_else_changes(report: Report) -> None:
    Report.objects.filter(pk=report.pk).update(version=F("version") + 1)


def test_of_two_at_once_the_faster_drafts(report: Report) -> None:
    with meanwhile(lambda: compile_report(report_id=report.pk), before=CLAIMED):
        assert not compile_report(report_id=report.pk)
    assert fresh(report).state == "draft"
    assert AuditEvent.objects.filter(verb="report.drafted").count() == 1


def test_who_lost_the_lease_while_drafting_changes_nothing(report: Report) -> None:
    reads_the_facts = 'SELECT MAX("reporting_facts"."as_of") FILTER'
    with meanwhile(lambda: someone_else_changes(report), before=reads_the_facts):
        assert not compile_report(report_id=report.pk)
    assert fresh(report).state == "compiling"
    assert not AuditEvent.objects.filter(verb="report.drafted").exists()


def test_a_death_noted_too_late_concerns_the_next_one_not(report: Report) -> None:
    leased(report)
    with meanwhile(lambda: someone_else_changes(report), before=CLAIMED):
        note_death(report_id=report.pk, error="It was ended by SIGKILL.")
    assert fresh(report).last_error == ""


def test_the_table_of_states_names_every_state_and_no_other() -> None:
    assert set(TRANSITIONS) == set(State)
    assert set().union(*TRANSITIONS.values()) == set(State)


@pytest.mark.parametrize("state", State)
def test_a_report_goes_only_where_the_table_lets_it(report: Report, state: str) -> None:
    report.state = state
    for wanted in set(State) - TRANSITIONS[state]:
        with pytest.raises(DomainError, match="cannot become"):
            move(report, wanted)


def test_a_report_that_changed_since_it_was_read_is_a_conflict(report: Report) -> None:
    someone_else_changes(report)
    with pytest.raises(Conflict, match="Somebody else changed Status of 16–22 Nov 2026 for Atlas"):
        move(report, State.COMPILING, lease_until=FRIDAY)
