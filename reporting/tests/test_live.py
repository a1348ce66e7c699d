"""What stands beside the last status: needed from the reader, new to them, raised, risks."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from dm_portal.people.models import OutgoingMail, User
from dm_portal.shell.clock import now
from engagements.models import Ask, Engagement, Milestone
from engagements.services.asks import answer_ask, change_ask, make_ask, share_ask
from engagements.services.escalations import raise_escalation, resolve_escalation, share_escalation
from engagements.services.risks import see_risk, settle_risk, share_risk
from engagements.tests.pages import names
from reporting.live import Live, before, before_each, first_of
from reporting.models import Report, ReportRevision
from reporting.questions import name_of
from reporting.services.retracting import retract_report
from reporting.services.updates import begin_update
from reporting.tests.pages import SignIn, text_of
from reporting.tests.reports import draft, open_reports, publish, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]


def ask(engagement: Engagement, manager: User, lead: User, text: str = "Which bank?") -> Ask:
    made = make_ask(
        engagement=engagement,
        by=manager,
        question="Ours alone",
        options="Ours\nTheirs",
        recommendation="Ours",
        without_answer="2.1 waits.",
        asked_of=lead,
        owner=manager,
        needed_by=date(2026, 11, 18),
    )
    share_ask(ask=made, version=1, customer_text=text, by=manager)
    return made


def page(sign_in: SignIn, user: User, engagement: Engagement) -> Any:
    return sign_in(user).get(reverse("status_detail", args=[engagement.ref]))


def live(sign_in: SignIn, user: User, engagement: Engagement) -> Live:
    found: Live = page(sign_in, user, engagement).context["live"]
    return found


def lines(found: Live) -> list[tuple[str, str]]:
    assert found.since is not None
    return [(line.about, line.text) for line in found.since.lines]


# Needed from you


def test_the_lead_answers_right_there(
    sign_in: SignIn, lead: User, manager: User, published_47: ReportRevision
) -> None:
    engagement = published_47.report.engagement
    needed = ask(engagement, manager, lead)
    shown = page(sign_in, lead, engagement)
    for words in ("By", "overdue", "Which bank?", "2.1 waits.", 'value="Theirs"', "Another answer"):
        assert words in text_of(shown)
    [found] = shown.context["live"].needed
    data = {"answer": "Theirs", "version": found.version, "back": "status"}
    answer = sign_in(lead).post(found.url, data)
    assert answer["Location"] == reverse("status_detail", args=[engagement.ref])
    assert Ask.objects.get(pk=needed.pk).answer == "Theirs"
    assert live(sign_in, lead, engagement).needed == ()


@pytest.mark.parametrize("who", ["executive", "manager"])
def test_others_read_what_is_needed(
    request: pytest.FixtureRequest,
    sign_in: SignIn,
    lead: User,
    manager: User,
    published_47: ReportRevision,
    who: str,
) -> None:
    engagement = published_47.report.engagement
    ask(engagement, manager, lead)
    shown = page(sign_in, request.getfixturevalue(who), engagement)
    assert "Lena Lead</bdi> was asked" in text_of(shown)
    assert 'name="answer"' not in text_of(shown)


def test_only_the_last_status_has_what_is_live(
    sign_in: SignIn, lead: User, manager: User, published_47: ReportRevision
) -> None:
    ask(published_47.report.engagement, manager, lead)
    place = [published_47.report.engagement.ref, "2026-W47"]
    shown = sign_in(lead).get(reverse("status_weekly", args=place))
    assert shown.context.get("live") is None
    assert "Which bank?" not in text_of(shown)


def test_what_is_live_and_what_was_asked_stands_beside_a_withdrawn_status(
    sign_in: SignIn, lead: User, manager: User, director: User, published_47: ReportRevision
) -> None:
    engagement = published_47.report.engagement
    ask(engagement, manager, lead)
    raised(engagement, manager, director)
    place = [engagement.ref, name_of(published_47), "headline"]
    sign_in(lead).post(reverse("status_question_create", args=place), {"text": "Since when?"})
    retract_report(report=published_47.report, reason="It is up again.", by=manager)
    shown = text_of(page(sign_in, lead, engagement))
    for words in ("This status is withdrawn", "Which bank?", "The bank is silent.", "Since when?"):
        assert words in shown
    assert shown.count('id="beside-headline"') == 1


# Raised, and risks


def raised(engagement: Engagement, manager: User, director: User) -> None:
    for text in ("", "The bank is silent."):
        row = raise_escalation(
            engagement=engagement,
            by=manager,
            level=2,
            what="Ours alone",
            decider=director,
            answer_by=date(2026, 11, 18),
        )
        if text:
            share_escalation(escalation=row, version=1, customer_text=text, by=manager)


def test_what_was_raised_and_shared_is_read(
    sign_in: SignIn, lead: User, manager: User, director: User, published_47: ReportRevision
) -> None:
    engagement = published_47.report.engagement
    raised(engagement, manager, director)
    [found] = live(sign_in, lead, engagement).raised
    assert (found.text, found.late) == ("The bank is silent.", "overdue")
    assert found.raised_to == f"you and {director.name}"
    listed = sign_in(lead).get(reverse("status_escalation_list", args=[engagement.ref]))
    assert names(listed) == ["The bank is silent."]
    assert "Ours alone" not in text_of(listed)


def test_risks_that_were_shared_are_read(
    sign_in: SignIn, lead: User, manager: User, published_47: ReportRevision
) -> None:
    engagement = published_47.report.engagement
    risks = [risk(engagement, manager) for _ in range(3)]
    for row, text in zip(risks[1:], ("Rates may rise.", "Over."), strict=True):
        share_risk(risk=row, version=1, customer_text=text, by=manager)
    settle_risk(risk=risks[2], version=2, state="closed", reason="Ours alone", by=manager)
    assert live(sign_in, lead, engagement).risks == ("Rates may rise.",)
    listed = sign_in(lead).get(reverse("status_risk_list", args=[engagement.ref]))
    assert names(listed) == ["Rates may rise.", "Over."]
    assert "Ours alone" not in text_of(listed)


def risk(engagement: Engagement, manager: User) -> Any:
    levels = {"probability": "low", "impact": "high", "trend": "rising"}
    return see_risk(
        engagement=engagement,
        by=manager,
        what="Ours alone",
        mitigation="",
        owner=manager,
        milestone=None,
        **levels,
    )


# Since you last read


@pytest.fixture
def two_weeks(
    engagement: Engagement, manager: User, checkout: Milestone
) -> tuple[ReportRevision, ReportRevision]:
    """Week 46 on track, week 47 at risk; both out on the Friday of week 47."""
    first, second = open_reports(engagement, weeks=2)
    out = publish(write(draft(first), manager, colour="green", colour_reason="Late."), manager)
    return out, publish(write(draft(second), manager, colour="amber"), manager)


def test_who_read_nothing_is_told_since_the_last_status(
    sign_in: SignIn, lead: User, two_weeks: tuple[ReportRevision, ReportRevision]
) -> None:
    found = live(sign_in, lead, two_weeks[0].report.engagement)
    assert found.since is not None
    assert found.since.title == "Since the last status (Fri 20 Nov)"
    assert ("", "On track → at risk") in lines(found)


def test_nothing_is_counted_from_figures_that_are_withdrawn(
    sign_in: SignIn,
    lead: User,
    manager: User,
    two_weeks: tuple[ReportRevision, ReportRevision],
    friday: time_machine.Traveller,
) -> None:
    first, second = two_weeks
    friday.shift(timedelta(weeks=1))
    third = open_reports(first.report.engagement, at=now(), weeks=3)[-1]
    last = publish(write(draft(third), manager, colour="red"), manager)
    retract_report(report=Report.objects.get(pk=second.report_id), reason="No.", by=manager)
    found = before([last], user=lead)
    assert (found.earlier, found.week_before) == (first, second)
    assert before_each(last, [lead])[lead.pk] == found
    shown = page(sign_in, lead, first.report.engagement)
    assert ("", "On track → off track") in lines(shown.context["live"])
    retract_report(report=Report.objects.get(pk=last.report_id), reason="No.", by=manager)
    shown = page(sign_in, lead, first.report.engagement)
    assert shown.context["live"].since is None
    assert "<title>Withdrawn: 23–29 Nov" in shown.content.decode()


def test_who_read_before_is_told_since_then_however_often_they_look(
    sign_in: SignIn,
    lead: User,
    manager: User,
    two_weeks: tuple[ReportRevision, ReportRevision],
    friday: time_machine.Traveller,
) -> None:
    engagement, client = two_weeks[0].report.engagement, sign_in(lead)
    client.get(reverse("status_weekly", args=[engagement.ref, "2026-W46"]))
    friday.shift(timedelta(days=1))
    ask(engagement, manager, lead)
    for _ in range(2):
        friday.shift(timedelta(days=1))
        found = live(sign_in, lead, engagement)
        assert found.since is not None
        assert found.since.title == "Since you read (Fri 20 Nov)"
        assert lines(found)[0] == ("", "On track → at risk")
        assert lines(found)[-1] == ("Needed from you", "Which bank?")


def test_what_was_there_when_they_read_is_not_new(
    sign_in: SignIn,
    lead: User,
    manager: User,
    director: User,
    two_weeks: tuple[ReportRevision, ReportRevision],
    friday: time_machine.Traveller,
) -> None:
    engagement = two_weeks[0].report.engagement
    needed = ask(engagement, manager, lead)
    raised(engagement, manager, director)
    row = engagement.escalations.get(customer_text="The bank is silent.")
    friday.shift(timedelta(hours=1))
    sign_in(lead).get(reverse("status_weekly", args=[engagement.ref, "2026-W46"]))
    friday.shift(timedelta(days=1))
    kinds = {about for about, _ in lines(live(sign_in, lead, engagement))}
    assert kinds.isdisjoint({"Needed from you", "Raised"})
    answer_ask(ask=needed, version=2, answer="Ours", by=lead)
    resolve_escalation(escalation=row, version=row.version, resolution="Ours alone", by=manager)
    assert lines(live(sign_in, lead, engagement))[-2:] == [
        ("Answered", "Which bank?"),
        ("Decided", "The bank is silent."),
    ]


def test_what_is_said_otherwise_since_they_read_is_told(
    sign_in: SignIn,
    lead: User,
    manager: User,
    director: User,
    two_weeks: tuple[ReportRevision, ReportRevision],
    friday: time_machine.Traveller,
) -> None:
    engagement = two_weeks[0].report.engagement
    needed = ask(engagement, manager, lead)
    raised(engagement, manager, director)
    row = engagement.escalations.get(customer_text="The bank is silent.")
    names = ("question", "options", "recommendation", "asked_of", "owner")
    fields: Any = {name: getattr(needed, name) for name in names}
    moved = needed.needed_by + timedelta(days=7)
    change: Any = {"by": manager, "without_answer": "We take ours.", "needed_by": moved}
    change_ask(ask=needed, version=2, **fields | change | {"without_answer": "Before they read."})
    friday.shift(timedelta(hours=1))
    sign_in(lead).get(reverse("status_weekly", args=[engagement.ref, "2026-W46"]))
    friday.shift(timedelta(days=1))
    change_ask(ask=needed, version=3, **fields | change)
    share_escalation(escalation=row, version=row.version, customer_text="It is silent.", by=manager)
    assert lines(live(sign_in, lead, engagement))[-2:] == [
        ("Needed from you", "Which bank? Changed: what happens without an answer."),
        ("Raised", "It is silent. Changed: the words."),
    ]


def test_ours_look_with_the_eyes_of_who_read_nothing(
    sign_in: SignIn, manager: User, two_weeks: tuple[ReportRevision, ReportRevision]
) -> None:
    found = live(sign_in, manager, two_weeks[0].report.engagement)
    assert found.since is not None
    assert found.since.title.startswith("Since the last status")


def test_before_a_second_status_nothing_is_since(
    sign_in: SignIn, lead: User, published_47: ReportRevision
) -> None:
    assert live(sign_in, lead, published_47.report.engagement).since is None


def test_of_what_was_kept_without_its_plan_nothing_is_told(
    sign_in: SignIn, lead: User, two_weeks: tuple[ReportRevision, ReportRevision]
) -> None:
    old = two_weeks[0]
    facts, text = old.facts, {key: each for key, each in old.text.items() if key != "plan"}
    facts.pk = old.pk = None
    facts.save()
    old.facts, old.text, old.number, old.correction_reason = facts, text, 2, "As it was."
    old.save()
    assert live(sign_in, lead, old.report.engagement).since is None


def test_an_update_is_what_was_said_last(
    sign_in: SignIn,
    lead: User,
    manager: User,
    two_weeks: tuple[ReportRevision, ReportRevision],
    friday: time_machine.Traveller,
) -> None:
    engagement = two_weeks[0].report.engagement
    page(sign_in, lead, engagement)
    friday.shift(timedelta(days=1))
    said = {"paragraph": "The bank is down.", "colour": "red", "colour_reason": ""}
    publish(begin_update(engagement=engagement, by=manager, **said), manager)
    assert lines(live(sign_in, lead, engagement)) == [("", "At risk → off track")]
    retract_report(report=Report.objects.updates().get(), reason="It is up again.", by=manager)
    assert lines(live(sign_in, lead, engagement)) == []


# The letter of a status


def test_each_letter_carries_its_readers_first_screen(
    sign_in: SignIn,
    lead: User,
    executive: User,
    manager: User,
    engagement: Engagement,
    checkout: Milestone,
    friday: time_machine.Traveller,
) -> None:
    first, second = open_reports(engagement, weeks=2)
    publish(write(draft(first), manager, colour="green", colour_reason="Late."), manager)
    sign_in(lead).get(reverse("status_weekly", args=[engagement.ref, "2026-W46"]))
    friday.shift(timedelta(hours=1))
    ask(engagement, manager, lead)
    friday.shift(timedelta(hours=1))
    published = publish(write(draft(second), manager, colour="amber"), manager)
    letters = {
        letter.user: letter
        for letter in OutgoingMail.objects.filter(dedup_key__startswith=f"status:{published.pk}:")
    }
    for letter in letters.values():
        for words in ("Which bank?", "We recommend: Ours", "On track → at risk", "2.1 waits."):
            assert words in letter.text
            assert words in letter.html
    assert "SINCE YOU READ (FRI 20 NOV)" in letters[lead].text
    assert "SINCE THE LAST STATUS" in letters[executive].text


def test_what_each_had_before_them_takes_as_many_statements_for_all(
    sign_in: SignIn,
    lead: User,
    executive: User,
    delegate: User,
    manager: User,
    two_weeks: tuple[ReportRevision, ReportRevision],
    friday: time_machine.Traveller,
    django_assert_num_queries: Any,
) -> None:
    """The lead read the first week and an update, the executive the first week, nobody the last."""
    earlier, last = two_weeks
    engagement = last.report.engagement
    for user in (lead, executive):
        sign_in(user).get(reverse("status_weekly", args=[engagement.ref, "2026-W46"]))
    friday.shift(timedelta(hours=1))
    said = {"paragraph": "The bank is down.", "colour": "red", "colour_reason": ""}
    publish(begin_update(engagement=engagement, by=manager, **said), manager)
    update = Report.objects.updates().get()
    sign_in(lead).get(reverse("status_update", args=[engagement.ref, update.update_number]))
    friday.shift(timedelta(hours=1))
    people = [lead, executive, delegate]
    with django_assert_num_queries(4):
        found = before_each(last, people)
    with django_assert_num_queries(4):
        assert before_each(last, people[:1])[lead.pk] == found[lead.pk]
    assert found == {person.pk: before([last], user=person) for person in people}
    assert found[lead.pk].said == update.revisions.get()
    assert (found[executive.pk].status, found[delegate.pk].status) == (earlier, None)


def test_who_reads_nothing_needs_no_letter(published_47: ReportRevision) -> None:
    assert first_of(published_47, []) == {}
