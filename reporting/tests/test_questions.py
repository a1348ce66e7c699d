"""A question beside a paragraph: asked, waiting for the manager, answered beside it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from dm_portal.people.models import AuditEvent, OutgoingMail, Preference, User
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Engagement
from engagements.tests.pages import names
from reporting import customer, questions
from reporting.models import Question, ReportRevision
from reporting.needs import OVERDUE, TODAY, needs_of, needs_of_engagements
from reporting.services.questions import MOST_AN_HOUR, answer_question, ask_question
from reporting.services.updates import begin_update
from reporting.tests.pages import SignIn, text_of
from reporting.tests.reports import FRIDAY, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

HEADLINE = "Refunds are live."


def ask(revision: ReportRevision, by: User, text: str = "For all shops?") -> Question:
    return ask_question(revision=revision, place="headline", quote=HEADLINE, text=text, by=by)


def answer(question: Question, by: User) -> Question:
    return answer_question(question=question, version=1, answer="From Monday.", by=by)


def of(revision: ReportRevision, place: str = "headline", said: str = "2026-W47-1") -> str:
    return reverse("status_question_create", args=[revision.report.engagement.ref, said, place])


def status(sign_in: SignIn, user: User, revision: ReportRevision) -> str:
    ref = revision.report.engagement.ref
    return text_of(sign_in(user).get(reverse("status_weekly", args=[ref, "2026-W47"])))


# What can be asked about


def test_how_each_paragraph_begins() -> None:
    sentences = [
        {"key": "dates", "about": "", "text": "No date moved."},
        {"key": "milestone.1", "about": "Checkout", "text": "x" * 300},
    ]
    found = questions.quotes_of({"headline": HEADLINE, "our_move": "", "sentences": sentences})
    assert found["headline"] == HEADLINE
    assert found["dates"] == "No date moved."
    assert found["milestone.1"].startswith("Checkout: xxx")
    assert len(found["milestone.1"]) == questions.QUOTED
    assert "our_move" not in found


def test_a_paragraph_begins_with_its_words_not_with_their_marks() -> None:
    said = {"our_move": "We **test** on [Monday](https://example.com).", "sentences": []}
    assert questions.quotes_of(said) == {"our_move": "We test on Monday."}


def test_only_a_paragraph_of_the_article_has_a_place(published_47: ReportRevision) -> None:
    assert questions.quote_at(published_47, "headline") == HEADLINE
    assert questions.quote_at(published_47, "first") == ""
    assert questions.quote_at(published_47, "colour_reason") == ""


def test_the_article_stays_as_it_was(published_47: ReportRevision, lead: User) -> None:
    ask(published_47, lead)
    parts = questions.parts_of(published_47, questions.beside([published_47], user=lead))
    assert "".join(part.html for part in parts) == customer.article(published_47)
    [asked] = [part.beside for part in parts if part.beside and part.beside.asked]
    assert asked.place == "headline"


# Asking


@pytest.mark.parametrize("who", ["lead", "delegate", "executive"])
def test_whoever_reads_asks(
    request: pytest.FixtureRequest, sign_in: SignIn, published_47: ReportRevision, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert of(published_47) in status(sign_in, request.getfixturevalue(who), published_47)
    assert HEADLINE in text_of(client.get(of(published_47)))
    found = client.post(of(published_47), {"text": "For all shops?"})
    ref = published_47.report.engagement.ref
    assert found["Location"] == f"{reverse('status_detail', args=[ref])}#beside-headline"
    asked = Question.objects.get()
    assert (asked.place, asked.quote, asked.text) == ("headline", HEADLINE, "For all shops?")
    assert AuditEvent.objects.get(verb="question.asked").after["text"] == "For all shops?"
    everybody = status(sign_in, request.getfixturevalue("executive"), published_47)
    assert "For all shops?" in everybody
    assert "Waits for an answer." in everybody


def test_ours_read_and_do_not_ask(
    sign_in: SignIn, manager: User, lead: User, published_47: ReportRevision
) -> None:
    ask(published_47, lead)
    assert "For all shops?" in status(sign_in, manager, published_47)
    assert of(published_47) not in status(sign_in, manager, published_47)
    assert sign_in(manager).get(of(published_47)).status_code == 403
    with pytest.raises(DomainError):
        ask(published_47, manager)


def test_others_find_nothing(
    sign_in: SignIn, other_lead: User, published_47: ReportRevision
) -> None:
    assert sign_in(other_lead).post(of(published_47), {"text": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("2026-W47-1", "nowhere"),
        ("2026-W47-2", "headline"),
        ("2026-W46-1", "headline"),
        ("2026-W99-1", "headline"),
        ("2026-W47-x", "headline"),
        ("update-1-1", "paragraph"),
        ("update-x-1", "paragraph"),
        (f"2026-W47-{'9' * 5000}", "headline"),
    ],
)
def test_there_is_no_such_paragraph(
    sign_in: SignIn, lead: User, published_47: ReportRevision, said: str, place: str
) -> None:
    assert sign_in(lead).get(of(published_47, place, said)).status_code == 404


def test_an_update_is_asked_about_too(
    sign_in: SignIn,
    lead: User,
    manager: User,
    published_47: ReportRevision,
    friday: time_machine.Traveller,
) -> None:
    friday.shift(timedelta(hours=1))
    words = {"paragraph": "The bank is down.", "colour": "red", "colour_reason": ""}
    engagement = published_47.report.engagement
    update = publish(begin_update(engagement=engagement, by=manager, **words), manager)
    address = of(update, "paragraph", "update-1-1")
    shown = sign_in(lead).get(reverse("status_detail", args=[engagement.ref]))
    assert address in shown.content.decode()
    asked = sign_in(lead).post(address, {"text": "Since when?"})
    place = reverse("status_update", args=[engagement.ref, 1])
    assert asked["Location"] == f"{place}#beside-paragraph"
    assert Question.objects.get().revision == update


def test_nobody_floods_a_list(
    published_47: ReportRevision, lead: User, delegate: User, friday: time_machine.Traveller
) -> None:
    for _ in range(MOST_AN_HOUR):
        ask(published_47, lead)
    with pytest.raises(DomainError, match="wait a little"):
        ask(published_47, lead)
    ask(published_47, delegate)
    friday.shift(timedelta(hours=1))
    assert ask(published_47, lead).number == MOST_AN_HOUR + 2


def test_no_words_no_question(sign_in: SignIn, lead: User, published_47: ReportRevision) -> None:
    assert sign_in(lead).post(of(published_47), {"text": " "}).status_code == 422
    with pytest.raises(DomainError, match="Write your question"):
        ask(published_47, lead, " ")


# Answering


def test_it_waits_for_whoever_leads(
    published_47: ReportRevision, manager: User, lead: User, friday: time_machine.Traveller
) -> None:
    question = ask(published_47, lead)
    [need] = [each for each in needs_of(manager, at=FRIDAY) if each.action == "Answer"]
    assert (need.group, need.what) == (TODAY, "Answer Lena Lead: For all shops?")
    assert need.url == question.get_absolute_url()
    later = FRIDAY + timedelta(hours=25)
    everywhere = Engagement.objects.all()
    leaders, planners = needs_of_engagements(everywhere, everywhere, at=later)
    assert [each.group for each in leaders if each.action == "Answer"] == [OVERDUE]
    assert "Answer" not in {each.action for each in planners}
    answer(question, manager)
    assert "Answer" not in {each.action for each in needs_of(manager, at=FRIDAY)}


def test_the_answer_stands_beside_it_and_is_mailed(
    sign_in: SignIn, published_47: ReportRevision, manager: User, lead: User, executive: User
) -> None:
    question = ask(published_47, lead)
    client, address = sign_in(manager), question.get_absolute_url()
    assert "Answer</button>" in text_of(client.get(address))
    assert client.post(address, {"answer": "", "version": 1}).status_code == 422
    assert client.post(address, {"answer": "From Monday.", "version": 1}).status_code == 302
    assert "From Monday." in status(sign_in, executive, published_47)
    letter = OutgoingMail.objects.get(kind="answer")
    assert (letter.user, letter.reply_to) == (lead, manager)
    for words in ("For all shops?", "From Monday.", HEADLINE):
        assert words in letter.text
    assert "Answer</button>" not in text_of(client.get(address))
    assert sign_in(executive).post(address, {"answer": "x", "version": 2}).status_code == 404


def test_who_wants_no_mail_gets_none(
    published_47: ReportRevision, manager: User, lead: User, delegate: User
) -> None:
    Preference.objects.create(user=lead, category="status", rhythm="never")
    answer(ask(published_47, lead), manager)
    waiting = ask(published_47, delegate)
    User.objects.filter(pk=delegate.pk).update(is_active=False)
    answer(Question.objects.get(pk=waiting.pk), manager)
    assert not OutgoingMail.objects.filter(kind="answer").exists()


def test_an_answer_is_given_once_by_who_leads(
    published_47: ReportRevision, manager: User, deputy: User, architect: User, lead: User
) -> None:
    question = ask(published_47, lead)
    second = Question.objects.get(pk=question.pk)
    with pytest.raises(DomainError, match="not yours"):
        answer(question, architect)
    with pytest.raises(DomainError, match="Write the answer"):
        answer_question(question=question, version=1, answer=" ", by=manager)
    answer(question, deputy)
    with pytest.raises(DomainError, match="already"):
        answer(question, manager)
    with pytest.raises(Conflict):
        answer(second, manager)


def test_what_was_answered_never_changes(
    published_47: ReportRevision, manager: User, lead: User
) -> None:
    question = answer(ask(published_47, lead), manager)
    stored = Question.objects.filter(pk=question.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        stored.update(answer="From Friday.")
    with pytest.raises(IntegrityError), transaction.atomic():
        stored.delete()


def test_who_answers_second_reads_the_first(
    sign_in: SignIn, published_47: ReportRevision, manager: User, deputy: User, lead: User
) -> None:
    question = ask(published_47, lead)
    answer(Question.objects.get(pk=question.pk), deputy)
    page = sign_in(manager).post(
        question.get_absolute_url(), {"answer": "From Friday.", "version": 1}
    )
    assert page.status_code == 422
    for words in ("From Monday.", "answered already", "From Friday."):
        assert words in text_of(page)


# Lists


def test_both_lists_hold_them_all(
    sign_in: SignIn, published_47: ReportRevision, manager: User, lead: User
) -> None:
    answer(ask(published_47, lead, "Answered?"), manager)
    ask(published_47, lead, "Waiting?")
    ref = published_47.report.engagement.ref
    for user, name in ((manager, "question_list"), (lead, "status_question_list")):
        address, client = reverse(name, args=[ref]), sign_in(user)
        assert names(client.get(address)) == ["Waiting?", "Answered?"]
        assert names(client.get(f"{address}?answered_at=yes")) == ["Answered?"]
        assert names(client.get(f"{address}?answered_at=no")) == ["Waiting?"]


def test_an_empty_list_says_what_it_is_for(
    sign_in: SignIn, engagement: Engagement, manager: User, lead: User
) -> None:
    pages: dict[str, Any] = {"question_list": manager, "status_question_list": lead}
    for name, user in pages.items():
        assert "every paragraph" in text_of(sign_in(user).get(reverse(name, args=[engagement.ref])))


@pytest.mark.parametrize(("who", "count"), [("lead", 1), ("specialist", 1), ("other_lead", 0)])
def test_whoever_reads_the_status_sees_the_question(
    request: pytest.FixtureRequest,
    published_47: ReportRevision,
    lead: User,
    who: str,
    count: int,
) -> None:
    ask(published_47, lead)
    assert Question.objects.visible_to(request.getfixturevalue(who)).count() == count
