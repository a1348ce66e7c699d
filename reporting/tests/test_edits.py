"""The rules' sentences in the DM's words, or left out: kept, marked, and held to the facts."""

from datetime import date
from typing import Any

import pytest
import time_machine

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.errors import DomainError
from engagements.models import Engagement
from reporting.editing import merged, with_changes
from reporting.models import Report
from reporting.services.publishing import drop_correction, publish_report, start_correction
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import (
    FRIDAY,
    WEEK,
    commit_late,
    draft,
    fresh,
    import_work,
    open_reports,
    publish,
    write,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_friday")]

KEY = "milestone.1"
AMBER = {"colour": "amber", "headline": "At risk."}
WORDS = {"headline": "At risk.", "our_move": "We ask.", "colour": "amber", "colour_reason": ""}


@pytest.fixture
def on_friday() -> object:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def report(engagement: Engagement, manager: User) -> Report:
    """A draft of week 47: 1 of 2 items is done, two days past the date."""
    done = FRIDAY - 2 * WEEK
    import_work(engagement, manager, **{"A-1": (done, None), "A-2": (done - WEEK, done)})
    commit_late(engagement, manager, on=date(2026, 11, 18))
    return draft(open_reports(engagement)[0])


def edit(report: Report, by: User, text: str, left_out: str = "", key: str = KEY) -> Report:
    return write(report, by, **AMBER, sentences={key: {"text": text, "left_out": left_out}})


def rules(report: Report) -> dict[str, str]:
    return {row["key"]: row["text"] for row in report.drafted["sentences"]}


def said(report: Report, by: User) -> list[str]:
    return [row["text"] for row in publish(report, by).text["sentences"]]


def test_an_edited_sentence_is_what_the_customer_reads(report: Report, manager: User) -> None:
    text = "1 of 2 items is done; the other waits for the bank."
    revision = publish(edit(report, manager, text), manager)
    [row] = [row for row in revision.text["sentences"] if row["key"] == KEY]
    assert row["text"] == text
    assert "is_view" not in row
    assert text in revision.html
    assert fresh(report).edits[KEY]["text"] == text, "a correction of figures goes on from there"


def test_what_no_fact_carries_is_said_in_the_dms_name(report: Report, manager: User) -> None:
    revision = publish(edit(report, manager, "We expect it on 2 Dec."), manager)
    assert "We expect it on 2 Dec. (Mara Manager’s view)" in revision.html


def test_what_contradicts_a_fact_does_not_go_out(report: Report, manager: User) -> None:
    edit(report, manager, "2 of 2 items are done.")
    with pytest.raises(DomainError, match="“2 of 2 items are done” is not what the facts") as no:
        publish_report(report=report, by=manager)
    assert "Release 2.1: 0 or 1 done" in str(no.value) or "1 done" in str(no.value)
    assert no.value.field == f"text-{KEY}"


def test_nor_does_an_untrue_headline(report: Report, manager: User) -> None:
    write(report, manager, **AMBER | {"headline": "On track: all is well."})
    with pytest.raises(DomainError, match="your call is “At risk”") as refused:
        publish_report(report=report, by=manager)
    assert refused.value.field == "headline"


def test_a_sentence_is_left_out_for_a_reason(report: Report, manager: User) -> None:
    text = rules(report)[KEY]
    edit(report, manager, text, "told")
    assert fresh(report).edits[KEY]["left_out"] == "told"
    event = AuditEvent.objects.filter(verb="report.saved").latest("pk")
    assert event.after["sentences"] == "milestone.1 left out: told already"
    assert sentence(event) == "Mara Manager edited the status of 16–22 Nov 2026 for Atlas"
    assert text not in said(report, manager)


def test_the_rules_own_words_are_no_edit(report: Report, manager: User) -> None:
    edit(report, manager, "Else.")
    edit(report, manager, f" {rules(report)[KEY]} ")
    assert fresh(report).edits == {}


def test_none_at_all_are_the_rules_again(report: Report, manager: User) -> None:
    edit(report, manager, "Else.")
    edit(report, manager, "")
    assert rules(report)[KEY] in said(report, manager)


def test_an_edited_sentence_stays_when_its_fact_changes_and_is_marked() -> None:
    was = {"key": "a", "about": "", "text": "One.", "facts": [{"name": "x", "value": 1}]}
    now = was | {"text": "Two.", "facts": [{"name": "x", "value": 2}]}
    edits = with_changes([was], {}, {"a": {"text": "My one.", "left_out": ""}})
    [same], [other] = merged([was], edits), merged([now], edits)
    assert (same["text"], same["rules"], same["is_stale"]) == ("My one.", "One.", False)
    assert (other["text"], other["rules"], other["is_stale"]) == ("My one.", "Two.", True)


def test_it_stays_where_the_rules_say_nothing_any_more() -> None:
    was = {"key": "a", "about": "M", "text": "One.", "facts": [{"name": "x", "value": 1}]}
    edits = with_changes([was], {}, {"a": {"text": "My one.", "left_out": ""}})
    [gone] = merged([], edits)
    assert (gone["text"], gone["about"], gone["is_stale"]) == ("My one.", "M", True)
    again = with_changes([], edits, {"a": {"text": "Mine.", "left_out": ""}})
    assert again["a"]["text"] == "Mine."
    assert merged([], with_changes([was], {}, {"a": {"text": "", "left_out": "told"}})) == []


def test_a_correction_starts_from_what_was_said(report: Report, manager: User) -> None:
    publish(edit(report, manager, "We expect it on 2 Dec."), manager)
    start_correction(report=fresh(report), reason="A slip.", by=manager)
    again = fresh(report)
    edit(again, manager, "We expect it on 3 Dec.")
    publish_report(report=again, by=manager)
    told = again.frozen_text["sentences"]
    assert [row["text"] for row in told if row["key"] == KEY] == ["We expect it on 3 Dec."]
    assert all(row["is_view"] for row in told if row["key"] == KEY)


@pytest.mark.parametrize(("text", "left_out"), [("We expect it on 2 Dec.", ""), ("", "wrong")])
def test_newer_figures_change_no_words_of_the_manager(
    report: Report, manager: User, text: str, left_out: str
) -> None:
    publish(edit(report, manager, text, left_out), manager)
    start_correction(report=fresh(report), reason="Late.", by=manager, corrects_figures=True)
    told = publish(fresh(report), manager).text["sentences"]
    assert [row["text"] for row in told if row["key"] == KEY] == [text] * bool(text)


def test_a_correction_that_is_dropped_leaves_the_edits_of_what_is_out(
    report: Report, manager: User
) -> None:
    publish(edit(report, manager, "We expect it on 2 Dec."), manager)
    published = fresh(report).edits
    start_correction(report=fresh(report), reason="A slip.", by=manager)
    again = edit(fresh(report), manager, "We expect it on 3 Dec.")
    drop_correction(report=again, version=again.version, by=manager)
    assert fresh(report).edits == published


def typed(report: Report, **changes: Any) -> dict[str, Any]:
    """What the browser sends of the page as it is, but for these changes."""
    text = rules(report)[KEY]
    fields = {f"initial-text-{KEY}": text, f"text-{KEY}": text, f"out-{KEY}": ""}
    return WORDS | {"version": report.version} | fields | changes


def test_the_page_saves_what_was_changed(sign_in: SignIn, manager: User, report: Report) -> None:
    client = sign_in(manager)
    assert client.post(url(report), typed(report)).status_code == 302
    assert fresh(report).edits == {}
    report = fresh(report)
    client.post(url(report), typed(report, **{f"text-{KEY}": "We wait for the bank."}))
    assert fresh(report).edits[KEY]["text"] == "We wait for the bank."
    page = text_of(client.get(url(report)))
    assert "We wait for the bank." in page
    assert "Your words" in page
    assert "By the rules: Committed for" in page


def test_the_page_leaves_a_sentence_out_and_says_it_again(
    sign_in: SignIn, manager: User, report: Report
) -> None:
    client = sign_in(manager)
    client.post(url(report), typed(report, **{f"out-{KEY}": "wrong"}))
    assert "Left out: the data is wrong" in text_of(client.get(url(report)))
    client.post(url(report), typed(fresh(report)))
    assert fresh(report).edits == {}


def test_the_page_names_every_contradiction_at_its_field(
    sign_in: SignIn, manager: User, report: Report
) -> None:
    changes = {f"text-{KEY}": "2 of 2 items are done.", "headline": "On track."}
    address = f"{url(report)}publication/"
    response = sign_in(manager).post(address, typed(report, **changes))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {f"text-{KEY}", "headline"}
    assert "“On track” is not what the facts say: your call is “At risk”" in text_of(response)
    left_out = changes | {"headline": "At risk.", f"out-{KEY}": "told"}
    response = sign_in(manager).post(address, typed(report, **left_out))
    assert response.status_code == 302


def test_who_saves_second_sees_the_others_sentence(
    sign_in: SignIn, manager: User, deputy: User, report: Report
) -> None:
    before = typed(report)
    edit(report, deputy, "The bank is slow.")
    response = sign_in(manager).post(url(report), before | {f"text-{KEY}": "We wait."})
    page = text_of(response)
    assert response.status_code == 409
    assert "The bank is slow." in page
    assert "We wait." in page


def test_who_only_reads_gets_no_fields(sign_in: SignIn, director: User, report: Report) -> None:
    page = sign_in(director).get(url(report))
    assert f'name="text-{KEY}"' not in page.content.decode()
