"""Private notes: whose they are, what the record keeps, and how they come into a status."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from dm_portal.people.models import AuditEvent, OutgoingMail, User
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Engagement
from reporting.models import Note, Report, ReportRevision
from reporting.note_places import Place
from reporting.services.notes import change_note, place_note, take_back_note, write_note
from reporting.services.publishing import start_correction
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import (
    FRIDAY,
    WEEK,
    commit_late,
    draft,
    fresh,
    open_reports,
    publish,
    write,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

SAID = "Ask whether the bank can test on Monday"
NEW = "/notes/new/"
WORDS = {
    "headline": "Refunds are live.",
    "our_move": "",
    "own_words": "As agreed.",
    "colour": "green",
    "colour_reason": "",
}


def note(engagement: Engagement, by: User, purpose: str = "friday", text: str = SAID) -> Note:
    return write_note(engagement=engagement, text=text, purpose=purpose, by=by)


def act_on(report: Report, found: Note, act: str) -> str:
    place = [report.engagement.ref, report.period.week, found.ref, act]
    return reverse("report_note", args=place)


def sort_in(client: Client, report: Report, found: Note, act: str, **words: Any) -> Any:
    return client.post(act_on(report, found, act), WORDS | {"version": report.version} | words)


# Whose they are


def readers(found: Note, *people: User) -> list[str]:
    return [each.name for each in people if found in Note.objects.visible_to(each)]


def test_for_friday_whoever_writes_the_status_reads_it(
    engagement: Engagement, manager: User, deputy: User, architect: User, director: User
) -> None:
    everybody = (manager, deputy, architect, director)
    theirs = note(engagement, architect)
    assert readers(theirs, *everybody) == [manager.name, deputy.name, architect.name]
    assert readers(note(engagement, manager), *everybody) == [manager.name, deputy.name]


def test_for_the_retro_its_writer_alone_reads_it(
    engagement: Engagement, manager: User, deputy: User, auditor: User
) -> None:
    assert readers(note(engagement, deputy, "retro"), manager, deputy, auditor) == [deputy.name]


def test_no_customer_reads_one(engagement: Engagement, manager: User, lead: User) -> None:
    assert readers(note(engagement, manager), lead) == []


def test_the_record_holds_no_word(engagement: Engagement, manager: User) -> None:
    found = note(engagement, manager)
    change_note(note=found, text="Other words", purpose="retro", version=1, by=manager)
    take_back_note(note=found, version=2, by=manager)
    events = AuditEvent.objects.filter(target_ref=found.ref).order_by("pk")
    assert [each.verb for each in events] == ["note.written", "note.changed", "note.taken_back"]
    said = str([(each.target_label, each.before, each.after) for each in events])
    assert SAID not in said
    assert "Other words" not in said


# Through the pages


def test_n_words_and_enter(sign_in: SignIn, manager: User, engagement: Engagement) -> None:
    client = sign_in(manager)
    form = client.get(f"{NEW}?engagement={engagement.ref}").context["form"]
    assert form["engagement"].value() == engagement.ref
    sent = {"text": SAID, "purpose": "friday", "engagement": engagement.ref}
    assert client.post(NEW, sent)["Location"] == "/notes/"
    assert Note.objects.get().text == SAID
    assert SAID in text_of(client.get("/notes/"))


def test_what_the_page_was_about_is_kept(
    sign_in: SignIn, manager: User, engagement: Engagement
) -> None:
    client = sign_in(manager)
    page = f"http://testserver/engagements/{engagement.ref}/milestones/2/"
    htmx = {"HX-Request": "true", "HX-Current-URL": page}
    answer = client.get(f"{NEW}?engagement={engagement.ref}", headers=htmx)
    assert f'<input type="hidden" name="page" value="{page}"' in text_of(answer)
    sent = {"text": SAID, "purpose": "friday", "engagement": engagement.ref, "page": page}
    client.post(NEW, sent)
    assert Note.objects.get().about == "milestone.2"


def test_the_only_engagement_is_chosen(
    sign_in: SignIn, manager: User, engagement: Engagement
) -> None:
    assert sign_in(manager).get(NEW).context["form"]["engagement"].value() == engagement.ref


def test_dialog_says_that_it_is_kept(
    sign_in: SignIn, manager: User, engagement: Engagement
) -> None:
    sent = {"text": SAID, "purpose": "retro", "engagement": engagement.ref}
    answer = sign_in(manager).post(NEW, sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Noted for Atlas, for the retro." in text_of(answer)
    assert "HX-Request" in answer["Vary"]


def test_dialog_keeps_what_was_typed(
    sign_in: SignIn, manager: User, engagement: Engagement
) -> None:
    client, htmx = sign_in(manager), {"HX-Request": "true"}
    answer = client.post(NEW, {"text": SAID, "purpose": "friday"}, headers=htmx)
    assert answer.status_code == 422
    assert SAID in text_of(answer)
    assert 'hx-post="/notes/new/"' in text_of(answer)
    assert "hx-post" not in text_of(client.get(NEW))


def test_engagements_of_others_are_not_offered(
    sign_in: SignIn, manager: User, engagement: Engagement, other_engagement: Engagement
) -> None:
    sent = {"text": SAID, "purpose": "friday", "engagement": other_engagement.ref}
    answer = sign_in(manager).post(NEW, sent)
    assert list(answer.context["form"].errors) == ["engagement"]


def test_without_an_engagement_there_is_nothing_to_note_for(sign_in: SignIn, admin: User) -> None:
    assert "you have a part in none" in text_of(sign_in(admin).get(NEW))


def test_no_customer_has_notes(sign_in: SignIn, lead: User) -> None:
    client = sign_in(lead)
    assert [client.get(page).status_code for page in ("/notes/", NEW)] == [404, 404]


def test_changed_and_taken_back(sign_in: SignIn, manager: User, engagement: Engagement) -> None:
    client, found = sign_in(manager), note(engagement, manager)
    assert SAID in text_of(client.get(found.get_absolute_url()))
    client.post(found.get_absolute_url(), {"text": "Other", "purpose": "retro", "version": 1})
    found.refresh_from_db()
    assert (found.text, found.purpose) == ("Other", "retro")
    removal = reverse("note_removal", args=[found.ref])
    client.post(removal)
    client.post(removal, {"version": 1})
    found.refresh_from_db()
    assert found.outcome == ""
    client.post(removal, {"version": 2})
    assert client.get(found.get_absolute_url()).status_code == 404
    assert "Other" not in text_of(client.get("/notes/"))


def test_two_tabs_see_the_conflict(sign_in: SignIn, manager: User, engagement: Engagement) -> None:
    client, found = sign_in(manager), note(engagement, manager)
    address = found.get_absolute_url()
    client.post(address, {"text": "First", "purpose": "friday", "version": 1})
    answer = client.post(address, {"text": "Second", "purpose": "friday", "version": 1})
    assert answer.status_code == 409
    assert "First" in text_of(answer)
    assert "Second" in text_of(answer)


def test_another_ones_note_is_read_and_not_changed(
    sign_in: SignIn, manager: User, architect: User, engagement: Engagement
) -> None:
    client, found = sign_in(manager), note(engagement, architect)
    page = text_of(client.get(found.get_absolute_url()))
    assert SAID in page
    assert "Take it back" not in page
    sent = {"text": "x", "purpose": "friday", "version": 1}
    assert client.post(found.get_absolute_url(), sent).status_code == 403
    assert client.post(reverse("note_removal", args=[found.ref]), sent).status_code == 403


def test_list_is_filtered_in_the_address(
    sign_in: SignIn, manager: User, engagement: Engagement
) -> None:
    note(engagement, manager)
    note(engagement, manager, "retro", "Shorter standups")
    page = text_of(sign_in(manager).get(f"/notes/?purpose=retro&engagement={engagement.ref}"))
    assert "Shorter standups" in page
    assert SAID not in page


# Sorted into the draft


def test_draft_opens_with_what_was_noted(
    sign_in: SignIn, manager: User, architect: User, engagement: Engagement, draft_47: Report
) -> None:
    note(engagement, architect)
    note(engagement, manager, "retro", "Shorter standups")
    page = text_of(sign_in(manager).get(url(draft_47)))
    assert SAID in page
    assert architect.name in page
    assert "Shorter standups" not in page
    assert SAID not in text_of(sign_in(architect).get(url(draft_47)))


def test_inserted_it_stands_in_the_words_of_the_manager(
    sign_in: SignIn, manager: User, engagement: Engagement, draft_47: Report
) -> None:
    found = note(engagement, manager)
    answer = sort_in(sign_in(manager), draft_47, found, "insert")
    assert answer["Location"] == url(draft_47)
    report = fresh(draft_47)
    assert report.own_words == f"As agreed.\n\n{SAID}"
    revision = publish(report, manager)
    page = " ".join(revision.html.split())
    assert (
        f'In the words of {manager.name}</h2> <div class="marked"><p>As agreed.</p> <p>{SAID}</p>'
        in page
    )
    found.refresh_from_db()
    assert (found.outcome, found.settled_by) == ("used", manager)


def test_one_that_names_a_milestone_becomes_the_end_of_its_group(
    sign_in: SignIn, manager: User, engagement: Engagement
) -> None:
    commit_late(engagement, manager, on=FRIDAY.date() + WEEK)
    report, client = draft(open_reports(engagement)[0]), sign_in(manager)
    loose, found = note(engagement, manager), note(engagement, manager, text="2.1 is in test.")
    said = text_of(client.get(report.get_absolute_url()))
    assert said.index("<h3>Release 2.1</h3>") < said.index("<h3>Elsewhere</h3>")
    assert "Insert at its end" in said

    sort_in(client, report, found, "insert")
    edits = fresh(report).edits
    assert [key.partition(".")[2] for key in edits] == ["1"]
    [edit] = edits.values()
    assert edit["text"].endswith(" 2.1 is in test.")
    assert fresh(report).own_words == "As agreed."

    # what was typed there meanwhile stays before it
    other = note(engagement, manager, text="2.1 again.", purpose="friday")
    [key] = edits
    typed = {f"text-{key}": "Mine.", f"initial-text-{key}": edit["text"], f"out-{key}": ""}
    sort_in(client, fresh(report), other, "insert", **typed)
    assert fresh(report).edits[key]["text"] == "Mine. 2.1 again."
    assert loose.is_open


def test_a_group_for_which_there_is_no_room_takes_none(
    engagement: Engagement, manager: User, draft_47: Report
) -> None:
    found = note(engagement, manager)
    place = Place("Release 2.1", "milestone.1", "m" * 990)
    now_at = {"report": draft_47, "version": draft_47.version, "by": manager}
    with pytest.raises(DomainError, match="no room for this note"):
        place_note(note=found, act="insert", place=place, **now_at, **WORDS)


def test_a_note_for_which_there_is_no_room_waits(
    sign_in: SignIn, manager: User, engagement: Engagement, draft_47: Report
) -> None:
    found = note(engagement, manager)
    answer = sort_in(sign_in(manager), draft_47, found, "insert", own_words="a" * 2990)
    assert answer.status_code == 422
    assert "There is no room for this note" in text_of(answer)
    found.refresh_from_db()
    assert (found.outcome, fresh(draft_47).own_words) == ("", "")


def test_done_it_is_gone_and_said_nowhere(
    sign_in: SignIn, manager: User, lead: User, engagement: Engagement, draft_47: Report
) -> None:
    client = sign_in(manager)
    sort_in(client, draft_47, note(engagement, manager), "done")
    assert SAID not in text_of(client.get(url(draft_47)))
    revision = publish(fresh(draft_47), manager)
    assert SAID not in revision.html + str(revision.text) + revision.facts.body
    assert not [each for each in OutgoingMail.objects.all() if SAID in each.text + each.html]


def test_carried_it_waits_for_the_next_week(
    sign_in: SignIn,
    manager: User,
    engagement: Engagement,
    draft_47: Report,
    friday: time_machine.Traveller,
) -> None:
    client = sign_in(manager)
    sort_in(client, draft_47, note(engagement, manager), "carry")
    assert SAID not in text_of(client.get(url(draft_47)))
    publish(fresh(draft_47), manager)
    friday.move_to(FRIDAY + WEEK)
    open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    following = draft(Report.objects.get(engagement=engagement, state="due"))
    page = text_of(client.get(url(following)))
    assert SAID in page
    assert "carried from an earlier week" in page


def test_undecided_it_waits_too_and_is_not_published(
    engagement: Engagement, manager: User, draft_47: Report
) -> None:
    found = note(engagement, manager)
    assert SAID not in publish(write(draft_47, manager), manager).html
    open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    following = Report.objects.get(engagement=engagement, state="due")
    assert found in Note.objects.for_draft(following)


def test_correction_and_update_take_no_notes(
    engagement: Engagement, manager: User, published_47: ReportRevision
) -> None:
    note(engagement, manager)
    report = fresh(published_47.report)
    start_correction(report=report, reason="A slip", by=manager)
    assert not Note.objects.for_draft(report).exists()
    assert not Note.objects.for_draft(Report(engagement=engagement)).exists()


def test_what_was_typed_meanwhile_is_kept(
    sign_in: SignIn, manager: User, engagement: Engagement, draft_47: Report
) -> None:
    found = note(engagement, manager)
    answer = sort_in(sign_in(manager), draft_47, found, "insert", version=99, headline="Mine.")
    assert answer.status_code == 409
    assert "Mine." in text_of(answer)
    found.refresh_from_db()
    assert found.is_open
    assert fresh(draft_47).own_words == ""


def test_settled_once(
    sign_in: SignIn, manager: User, engagement: Engagement, draft_47: Report
) -> None:
    found, client = note(engagement, manager), sign_in(manager)
    sort_in(client, draft_47, found, "done")
    answer = sort_in(client, fresh(draft_47), found, "carry")
    assert answer.status_code == 422
    assert "This note is settled: done." in text_of(answer)
    found.refresh_from_db()
    with pytest.raises(DomainError, match="settled"):
        take_back_note(note=found, version=found.version, by=manager)


def test_of_two_acts_at_once_the_second_is_refused(
    engagement: Engagement, manager: User, draft_47: Report
) -> None:
    found = note(engagement, manager)
    stale = Note.objects.get(pk=found.pk)
    take_back_note(note=found, version=1, by=manager)
    words = {**WORDS, "version": draft_47.version, "by": manager}
    with pytest.raises(Conflict):
        place_note(note=stale, act="insert", report=draft_47, **words)
    assert fresh(draft_47).own_words == ""


def test_only_who_writes_sorts_in(
    sign_in: SignIn, architect: User, manager: User, engagement: Engagement, draft_47: Report
) -> None:
    found = note(engagement, architect)
    assert sort_in(sign_in(architect), draft_47, found, "insert").status_code == 403
    assert sort_in(sign_in(manager), draft_47, found, "burn").status_code == 404
    retro = note(engagement, architect, "retro")
    assert sort_in(sign_in(manager), draft_47, retro, "insert").status_code == 404


def test_notes_of_people_who_left_are_theirs_no_more(
    engagement: Engagement, manager: User, friday: time_machine.Traveller
) -> None:
    found = note(engagement, manager)
    engagement.functions.filter(user=manager).update(ends_on=(FRIDAY + timedelta(days=1)).date())
    friday.shift(timedelta(days=2))
    assert not Note.objects.visible_to(User.objects.get(pk=manager.pk)).exists()
    assert Note.objects.filter(pk=found.pk).exists()
