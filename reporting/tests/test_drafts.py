"""What the DM writes is kept, nobody's words are lost, and the colour stays honest."""

from datetime import date

import pytest
import time_machine

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Engagement
from reporting.models import Report
from reporting.services.drafts import save_draft
from reporting.tests.reports import (
    FRIDAY,
    WEEK,
    commit_late,
    draft,
    fresh,
    import_work,
    open_reports,
    write,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_friday")]

WORDS = {"headline": "Refunds are live.", "our_move": "", "colour": "", "colour_reason": ""}


@pytest.fixture
def on_friday() -> object:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def report(engagement: Engagement) -> Report:
    """A draft of week 47."""
    return draft(open_reports(engagement)[0])


@pytest.fixture
def late(engagement: Engagement, manager: User) -> None:
    """Two days past the committed date: amber by the rules."""
    import_work(engagement, manager, **{"A-1": (FRIDAY - 3 * WEEK, None)})
    commit_late(engagement, manager, on=date(2026, 11, 18))


def test_what_is_saved_stays(report: Report, manager: User) -> None:
    save_draft(report=report, by=manager, version=report.version, **(WORDS | {"our_move": " Go. "}))
    stored = fresh(report)
    assert (stored.headline, stored.our_move, stored.colour) == ("Refunds are live.", "Go.", "")
    assert stored.version == report.version
    assert stored.compiled_as_of == FRIDAY


def test_own_words_stay_where_none_are_given(report: Report, manager: User) -> None:
    said = WORDS | {"own_words": "The bank answers slowly."}
    save_draft(report=report, by=manager, version=report.version, **said)
    save_draft(report=report, by=manager, version=report.version, **WORDS)
    assert fresh(report).own_words == "The bank answers slowly."
    save_draft(report=report, by=manager, version=report.version, **said | {"own_words": ""})
    assert fresh(report).own_words == ""


def test_saving_is_on_the_record_with_what_changed(report: Report, manager: User) -> None:
    save_draft(report=report, by=manager, version=report.version, **WORDS)
    event = AuditEvent.objects.get(verb="report.saved")
    assert (event.actor_name, event.before, event.after) == (
        "Mara Manager",
        {"headline": ""},
        {"headline": "Refunds are live."},
    )


def test_the_second_editor_is_told(report: Report, manager: User) -> None:
    read_by_both = report.version
    write(fresh(report), manager)
    with pytest.raises(Conflict):
        save_draft(report=fresh(report), by=manager, version=read_by_both, **WORDS)
    with pytest.raises(Conflict):
        save_draft(report=report, by=manager, version=read_by_both, **WORDS)
    assert fresh(report).our_move == "We test them with your bank on Monday."


def test_saving_brings_the_figures_up_to_now(
    report: Report, manager: User, engagement: Engagement
) -> None:
    before = report.drafted["sentences"]
    import_work(engagement, manager, **{"A-1": (FRIDAY - WEEK, FRIDAY)})
    save_draft(report=report, by=manager, version=report.version, **WORDS)
    assert fresh(report).drafted["sentences"] != before


@pytest.mark.parametrize("state", ["due", "parked", "published"])
def test_only_a_draft_can_be_written(report: Report, manager: User, state: str) -> None:
    Report.objects.filter(pk=report.pk).update(state=state)
    with pytest.raises(DomainError, match="is no draft"):
        save_draft(report=fresh(report), by=manager, version=report.version, **WORDS)


@pytest.mark.usefixtures("late")
def test_a_better_colour_needs_a_reason(report: Report, manager: User) -> None:
    with pytest.raises(DomainError, match="By the rules it is at risk"):
        write(report, manager, colour="green", colour_reason=" ")
    write(report, manager, colour="green", colour_reason="It shipped; the tracker lags.")
    assert fresh(report).colour == "green"


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize("colour", ["amber", "red"])
def test_the_same_or_a_worse_colour_needs_none(report: Report, manager: User, colour: str) -> None:
    write(report, manager, colour=colour)
    assert fresh(report).colour == colour


@pytest.mark.usefixtures("late")
def test_what_the_rules_know_cannot_be_called_not_known(report: Report, manager: User) -> None:
    with pytest.raises(DomainError, match="your call must be one of the known"):
        write(report, manager, colour="unknown", colour_reason="Who knows?")


@pytest.mark.parametrize("colour", ["green", "amber", "red", "unknown"])
def test_not_known_contradicts_no_call(report: Report, manager: User, colour: str) -> None:
    write(report, manager, colour=colour)
    assert fresh(report).colour == colour
