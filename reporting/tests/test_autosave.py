"""What is saved while it is being typed: kept at once, recorded once, and never over another's."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from dm_portal.people.audit import coming_from
from dm_portal.people.models import AuditEvent, User
from engagements.models import Milestone
from reporting.models import Report, ReportRevision
from reporting.services.drafts import save_draft, save_update
from reporting.services.publishing import drop_correction, publish_report, start_correction
from reporting.services.sittings import end_left_sittings
from reporting.services.updates import begin_update, discard_update
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import FRIDAY, fresh, meanwhile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

WORDS = {"headline": "Refunds are live.", "our_move": "", "colour": "", "colour_reason": ""}
MINUTE = timedelta(minutes=1)


def typed(client: Client, report: Report, **words: str) -> Any:
    data = WORDS | {"version": fresh(report).version} | words
    return client.post(url(report), data, headers={"X-Typing": "1"})


def type_in(report: Report, by: User, *, goes_on: bool = True, **words: str) -> Report:
    report = fresh(report)
    save_draft(report=report, by=by, version=report.version, goes_on=goes_on, **WORDS | words)
    return report


def rows(report: Report) -> list[tuple[str, str, str]]:
    """Who saved it, and the headline before and after, in the order of the record."""
    found = AuditEvent.objects.filter(verb="report.saved", target_ref=report.audit_ref)
    return [
        (row.actor_name, row.before.get("headline", "-"), row.after.get("headline", "-"))
        for row in found.order_by("pk")
    ]


# What the page is told


def test_what_is_typed_is_kept(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    answer = typed(sign_in(manager), draft_47)
    kept = fresh(draft_47)
    assert answer.json() == {"words": "Saved at 13:00 by Mara Manager", "version": kept.version}
    assert (kept.headline, kept.colour, kept.saved_by, kept.saved_at) == (
        "Refunds are live.",
        "",
        manager,
        FRIDAY,
    )
    assert rows(draft_47) == []


def test_what_is_as_it_was_is_not_written(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    client = sign_in(manager)
    typed(client, draft_47)
    version = fresh(draft_47).version
    assert typed(client, draft_47).json()["version"] == version


def test_a_call_without_its_reason_waits(
    sign_in: SignIn, manager: User, checkout: Milestone, draft_47: Report
) -> None:
    answer = typed(sign_in(manager), draft_47, colour="green")
    assert answer.json()["words"].endswith(
        "but for your call: say why it is better than the rules’."
    )
    assert (fresh(draft_47).headline, fresh(draft_47).colour) == ("Refunds are live.", "")


def test_what_cannot_be_saved_says_why(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    answer = typed(sign_in(manager), draft_47, own_words="x" * 3001)
    assert answer.status_code == 422
    assert answer.json()["words"].startswith("Not saved yet: Ensure this value has at most 3000")


def test_the_second_editor_is_told_who_was_faster(
    sign_in: SignIn, manager: User, deputy: User, draft_47: Report
) -> None:
    seen = str(draft_47.version)
    type_in(draft_47, deputy, headline="Theirs.")
    answer = typed(sign_in(manager), draft_47, version=seen)
    assert answer.status_code == 409
    assert answer.json()["words"].startswith("Not saved: Dario Deputy saved this")
    assert fresh(draft_47).headline == "Theirs."


def test_a_button_shows_both_and_names_who_was_typing(
    sign_in: SignIn, manager: User, deputy: User, draft_47: Report
) -> None:
    seen = draft_47.version
    type_in(draft_47, deputy, headline="Theirs.")
    page = text_of(sign_in(manager).post(url(draft_47), WORDS | {"version": seen}))
    assert "Dario Deputy saved this while you were writing" in page
    assert "Theirs." in page


def test_somebody_else_after_an_act_on_record_is_named(
    sign_in: SignIn, manager: User, deputy: User, draft_47: Report, friday: Any
) -> None:
    seen = draft_47.version
    type_in(draft_47, deputy, headline="Theirs.")
    friday.shift(MINUTE)
    type_in(draft_47, manager, goes_on=False, headline="Mine by the button.")
    page = text_of(sign_in(deputy).post(url(draft_47), WORDS | {"version": seen}))
    assert "Mara Manager saved this while you were writing" in page


def test_an_update_is_kept_as_it_is_typed(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    update = begin_update(
        engagement=draft_47.engagement, paragraph="It", colour="red", colour_reason="", by=manager
    )
    words = {"paragraph": "It works.", "colour": "red", "version": update.version}
    answer = sign_in(manager).post(update.get_absolute_url(), words, headers={"X-Typing": "1"})
    assert answer.json() == {"words": "Saved at 13:00 by Mara Manager", "version": 2}
    assert fresh(update).paragraph == "It works."


def test_the_page_names_an_earlier_day(
    sign_in: SignIn, manager: User, draft_47: Report, friday: time_machine.Traveller
) -> None:
    type_in(draft_47, manager)
    friday.shift(timedelta(days=1))
    page = sign_in(manager).get(url(draft_47))
    assert page.context["saved"].words == "Saved Fri 20 Nov, 13:00 by Mara Manager"


# What the record tells


def test_a_sitting_is_one_row_when_a_button_ends_it(manager: User, draft_47: Report) -> None:
    type_in(draft_47, manager, headline="Ref")
    type_in(draft_47, manager, headline="Refunds")
    type_in(draft_47, manager, goes_on=False)
    assert rows(draft_47) == [("Mara Manager", "", "Refunds are live.")]
    assert fresh(draft_47).unrecorded == {}


def test_somebody_else_ends_it(manager: User, deputy: User, draft_47: Report) -> None:
    type_in(draft_47, manager, headline="Mine.")
    type_in(draft_47, deputy, headline="Theirs.")
    assert rows(draft_47) == [("Mara Manager", "", "Mine.")]
    assert fresh(draft_47).unrecorded == {"headline": "Mine."}


@pytest.mark.parametrize("ends", ["somebody else", "the clock"])
def test_the_row_says_when_and_from_where_it_was_typed(
    manager: User,
    deputy: User,
    draft_47: Report,
    friday: time_machine.Traveller,
    ends: str,
) -> None:
    for headline in ("Mi", "Mine."):
        with coming_from("web 10.0.0.7"):
            type_in(draft_47, manager, headline=headline)
    friday.shift(45 * MINUTE)
    with coming_from("web 10.0.0.8"):
        if ends == "somebody else":
            type_in(draft_47, deputy, headline="Theirs.")
        else:
            end_left_sittings(at=FRIDAY + 45 * MINUTE)
    told = AuditEvent.objects.get(verb="report.saved", target_ref=draft_47.audit_ref)
    assert (told.actor_name, told.occurred_at, told.origin) == (
        manager.name,
        FRIDAY,
        "web 10.0.0.7",
    )
    assert told.after == {"headline": "Mine."}


def test_a_pause_ends_it(manager: User, draft_47: Report, friday: time_machine.Traveller) -> None:
    type_in(draft_47, manager, headline="Before lunch.")
    friday.shift(45 * MINUTE)
    type_in(draft_47, manager, headline="After lunch.")
    assert rows(draft_47) == [("Mara Manager", "", "Before lunch.")]


def test_the_publication_ends_it(manager: User, draft_47: Report) -> None:
    report = type_in(draft_47, manager, colour="green")
    publish_report(report=report, by=manager)
    assert rows(draft_47) == [("Mara Manager", "", "Refunds are live.")]
    assert fresh(draft_47).unrecorded == {}


def test_the_clock_ends_what_was_left(
    manager: User, draft_47: Report, friday: time_machine.Traveller
) -> None:
    version = type_in(draft_47, manager).version
    end_left_sittings(at=FRIDAY + 29 * MINUTE)
    assert rows(draft_47) == []
    end_left_sittings(at=FRIDAY + 30 * MINUTE)
    end_left_sittings(at=FRIDAY + 31 * MINUTE)
    assert rows(draft_47) == [("Mara Manager", "", "Refunds are live.")]
    assert fresh(draft_47).version == version, "whoever left it may go on"


def test_what_somebody_records_meanwhile_is_recorded_once(
    manager: User, draft_47: Report, friday: time_machine.Traveller
) -> None:
    report = type_in(draft_47, manager, colour="green")
    publishes = lambda: publish_report(report=fresh(report), by=manager)  # noqa: E731
    with meanwhile(publishes, before="SAVEPOINT"):
        end_left_sittings(at=FRIDAY + 30 * MINUTE)
    assert rows(draft_47) == [("Mara Manager", "", "Refunds are live.")]


def test_what_was_typed_and_taken_back_is_no_row(
    manager: User, draft_47: Report, friday: time_machine.Traveller
) -> None:
    type_in(draft_47, manager)
    type_in(draft_47, manager, headline="")
    end_left_sittings(at=FRIDAY + 30 * MINUTE)
    assert rows(draft_47) == []
    assert fresh(draft_47).unrecorded == {}


def test_a_dropped_correction_and_a_discarded_update_end_it(
    manager: User, published_47: ReportRevision
) -> None:
    report = published_47.report
    start_correction(report=report, reason="A typo", by=manager)
    report = type_in(report, manager, headline="Better.")
    drop_correction(report=report, version=report.version, by=manager)
    assert rows(report)[-1][2] == "Better."
    begun = {"paragraph": "It", "colour": "red", "colour_reason": ""}
    update = begin_update(engagement=report.engagement, by=manager, **begun)
    words = begun | {"paragraph": "It works."}
    save_update(report=update, by=manager, version=update.version, goes_on=True, **words)
    discard_update(report=update, version=update.version, by=manager)
    told = AuditEvent.objects.get(verb="report.saved", target_ref=update.audit_ref)
    assert told.after == {"paragraph": "It works."}
