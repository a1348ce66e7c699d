"""The DM's editor and list: what they show in each state, to whom, and what is kept."""

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.components import Turn
from engagements.models import Engagement, Milestone
from reporting.models import Report, ReportRevision
from reporting.services.drafts import save_draft
from reporting.services.publishing import publish_report, start_correction
from reporting.services.receipts import record_receipts
from reporting.tests.pages import SignIn, statements, text_of, url
from reporting.tests.reports import (
    FRIDAY,
    WEEK,
    draft,
    fresh,
    import_work,
    open_reports,
    publish,
    write,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

WORDS = {
    "headline": "Refunds are live.",
    "our_move": "",
    "colour": "green",
    "colour_reason": "",
}


def list_url(engagement: Engagement) -> str:
    return reverse("report_list", args=[engagement.ref])


# The editor


def test_a_draft_opens_written(
    sign_in: SignIn, manager: User, checkout: Milestone, draft_47: Report
) -> None:
    page = text_of(sign_in(manager).get(url(draft_47)))
    assert "Committed for Wed 18 Nov, now 2 days past: 1 of 2 items (50 %) is done" in page
    assert "So far 1 of 2 items (50 %) is finished." in page
    assert "this is the first status" in page
    assert "export.csv" in page


def test_the_call_starts_as_by_the_rules(
    sign_in: SignIn, manager: User, checkout: Milestone, draft_47: Report
) -> None:
    form = sign_in(manager).get(url(draft_47)).context["form"]
    assert form.initial["colour"] == "amber"
    assert [(call.shape, call.by_the_rules, call.is_better) for call in form.calls()] == [
        ("on_track", False, True),
        ("at_risk", True, False),
        ("off_track", False, False),
    ]


def test_not_known_may_be_called_only_where_the_rules_do_not_know(
    sign_in: SignIn, manager: User, draft_47: Report
) -> None:
    form = sign_in(manager).get(url(draft_47)).context["form"]
    assert [call.shape for call in form.calls()][-1] == "not_known"
    assert form.initial["colour"] == "unknown"


def test_figures_refresh_on_view_without_writing(
    sign_in: SignIn, manager: User, draft_47: Report, checkout: Milestone
) -> None:
    """The work came in after the draft was compiled."""
    page = text_of(sign_in(manager).get(url(draft_47)))
    assert "1 of 2 items (50 %) is done" in page
    assert fresh(draft_47).version == draft_47.version


def test_sentences_carry_their_items(
    sign_in: SignIn, manager: User, checkout: Milestone, friday: time_machine.Traveller
) -> None:
    first, second = open_reports(checkout.engagement, weeks=2)
    friday.move_to(FRIDAY - WEEK, tick=False)
    publish(first, manager)
    friday.move_to(FRIDAY, tick=False)
    sections = sign_in(manager).get(url(draft(second))).context["sections"]
    [delivered] = [section for section in sections if section.title == "Delivered"]
    finished, of_checkout = delivered.lines
    assert finished.text == "1 item was finished between 13 and 20 Nov."
    [item] = finished.facts[0].items
    assert (item.key, item.title) == ("A-1", "Title of A-1")
    assert item.url == f"/engagements/{checkout.engagement.ref}/work/1/A-1/"
    assert of_checkout.about == "Release 2.1"


def test_a_week_leads_to_the_weeks_around_it(
    sign_in: SignIn, manager: User, engagement: Engagement
) -> None:
    first, second, third = open_reports(engagement, weeks=3)
    context = sign_in(manager).get(url(draft(second))).context
    assert (context["earlier"], context["later"]) == (
        Turn("2–8 Nov 2026", url(first)),
        Turn("16–22 Nov 2026", url(third)),
    )


def test_the_only_week_leads_nowhere(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    page = text_of(sign_in(manager).get(url(draft_47)))
    assert "data-flip" not in page


def test_who_will_read_it(
    sign_in: SignIn, manager: User, lead: User, delegate: User, draft_47: Report
) -> None:
    readers = sign_in(manager).get(url(draft_47)).context["readers"]
    assert [(reader.name, reader.kind, reader.first_seen) for reader in readers] == [
        ("Dora Delegate", "Delegate", None),
        ("Lena Lead", "Customer lead", None),
    ]


def test_who_is_invited_and_has_not_come_is_named(
    sign_in: SignIn, manager: User, lead: User, delegate: User, draft_47: Report
) -> None:
    User.objects.filter(pk=delegate.pk).update(is_active=False)
    client = sign_in(manager)
    page = text_of(client.get(url(draft_47)))
    assert 'Dora Delegate <span class="quiet">Delegate; no mail: invited, has not come yet' in page
    readers = client.get(url(draft_47)).context["readers"]
    assert [reader.name for reader in readers] == ["Lena Lead", "Dora Delegate"]
    preview = text_of(client.get(url(draft_47, "report_preview")))
    assert 'Lena Lead <span class="quiet">by mail as soon as it is out' in preview
    assert 'Dora Delegate <span class="quiet">no mail: invited, has not come yet' in preview
    assert "It can be stopped for 5 minutes; no mail goes out before." in preview


def test_who_was_deactivated_is_nobody_to_read_it(
    sign_in: SignIn, manager: User, admin: User, lead: User, draft_47: Report
) -> None:
    gone = {"is_active": False, "deactivated_at": FRIDAY, "deactivated_by": admin}
    User.objects.filter(pk=lead.pk).update(**gone)
    assert sign_in(manager).get(url(draft_47)).context["readers"] == []


def test_nobody_to_read_it_teaches_the_first_step(
    sign_in: SignIn, manager: User, draft_47: Report
) -> None:
    assert "invite the customer’s lead" in text_of(sign_in(manager).get(url(draft_47)))


def test_saving_keeps_the_words(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    data = WORDS | {"version": draft_47.version, "headline": "  Refunds\nare live. "}
    response = sign_in(manager).post(url(draft_47), data)
    assert (response.status_code, response["Location"]) == (302, url(draft_47))
    kept = fresh(draft_47)
    assert (kept.headline, kept.colour, kept.state) == ("Refunds are live.", "green", "draft")
    saved = sign_in(manager).get(url(draft_47)).context["saved"]
    assert (saved.by, saved.at) == ("Mara Manager", FRIDAY)


def test_saving_may_lead_to_the_preview(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    data = WORDS | {"version": draft_47.version, "preview": "1"}
    response = sign_in(manager).post(url(draft_47), data)
    assert response["Location"] == url(draft_47, "report_preview")


def test_a_half_written_draft_may_be_saved(
    sign_in: SignIn, manager: User, draft_47: Report
) -> None:
    data = {"version": draft_47.version, "headline": "", "our_move": "", "colour_reason": ""}
    assert sign_in(manager).post(url(draft_47), data).status_code == 302


def test_a_kinder_call_needs_a_reason(
    sign_in: SignIn, manager: User, checkout: Milestone, draft_47: Report
) -> None:
    response = sign_in(manager).post(url(draft_47), WORDS | {"version": draft_47.version})
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "colour_reason": ["Say why your call is better than the rules’."]
    }
    assert "Refunds are live." in text_of(response), "nothing typed is lost"
    assert fresh(draft_47).headline == ""


def test_a_colour_that_nobody_knows_is_refused(
    sign_in: SignIn, manager: User, checkout: Milestone, draft_47: Report
) -> None:
    data = WORDS | {"version": draft_47.version, "colour": "unknown"}
    response = sign_in(manager).post(url(draft_47), data)
    assert response.status_code == 422
    assert "colour" in response.context["form"].errors


def test_the_second_editor_sees_what_the_first_saved(
    sign_in: SignIn, manager: User, deputy: User, draft_47: Report
) -> None:
    seen = draft_47.version
    save_draft(report=draft_47, by=deputy, version=seen, **WORDS | {"headline": "Theirs."})
    response = sign_in(manager).post(url(draft_47), WORDS | {"version": seen, "headline": "Mine."})
    page = text_of(response)
    assert response.status_code == 409
    assert "Dario Deputy saved this while you were writing" in page
    assert "Theirs." in page
    assert "Mine." in page
    assert fresh(draft_47).headline == "Theirs."


def test_what_was_typed_survives_a_publication_meanwhile(
    sign_in: SignIn, manager: User, draft_47: Report
) -> None:
    publish_report(report=write(draft_47, manager), by=manager)
    version = draft_47.version
    data = WORDS | {"version": version, "headline": "A better headline."}
    response = sign_in(manager).post(url(draft_47), data)
    assert response.status_code == 422
    assert "is no draft" in text_of(response)
    assert "A better headline." in text_of(response)


def test_whoever_only_reads_gets_no_form(
    sign_in: SignIn, architect: User, draft_47: Report
) -> None:
    page = text_of(sign_in(architect).get(url(draft_47)))
    assert "Only the delivery manager and the deputy write here" in page
    assert 'name="headline"' not in page


def test_whoever_only_reads_sees_the_call(
    sign_in: SignIn, architect: User, manager: User, checkout: Milestone, draft_47: Report
) -> None:
    client = sign_in(architect)
    assert "Not confirmed yet" in text_of(client.get(url(draft_47)))
    write(draft_47, manager, colour_reason="It shipped; the tracker lags.")
    [called] = re.findall(
        r"delivery manager’s call</p>(.*?)</div>", text_of(client.get(url(draft_47)))
    )
    assert "On track" in called
    assert "<strong>Why:</strong> It shipped; the tracker lags." in called


# Other states


def test_a_report_that_waits_says_so_and_reloads(
    sign_in: SignIn, manager: User, week_47: Report
) -> None:
    page = text_of(sign_in(manager).get(url(week_47)))
    assert "The draft is being written" in page
    assert 'http-equiv="refresh"' in page


def test_a_failed_report_says_what_happened(
    sign_in: SignIn, manager: User, week_47: Report
) -> None:
    Report.objects.filter(pk=week_47.pk).update(
        state="parked", last_error="Traceback …\nOSError: disk full"
    )
    page = text_of(sign_in(manager).get(url(week_47)))
    assert "Failed, needs an admin" in page
    assert "OSError: disk full" in page


def test_the_stop_window_is_visible(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    publish_report(report=write(draft_47, manager), by=manager)
    page = text_of(sign_in(manager).get(url(draft_47)))
    assert "Fri 20 Nov, 13:05" in page, "five minutes from now, in Berlin"
    assert "Stop the publication" in page
    assert "Refunds are live." in page
    assert 'http-equiv="refresh"' in page


def test_whoever_may_not_write_cannot_stop(
    sign_in: SignIn, manager: User, auditor: User, draft_47: Report
) -> None:
    publish_report(report=write(draft_47, manager), by=manager)
    assert "Stop the publication" not in text_of(sign_in(auditor).get(url(draft_47)))


def test_published_says_who_has_seen_it(
    sign_in: SignIn, manager: User, lead: User, delegate: User, published_47: ReportRevision
) -> None:
    record_receipts(revisions=[published_47], user=lead)
    response = sign_in(manager).get(url(published_47.report))
    assert [reader.first_seen is None for reader in response.context["readers"]] == [True, False]
    page = text_of(response)
    assert "Lena Lead" in page
    assert "not yet" in page
    assert "Write a correction" in page


def test_a_correction_is_marked_while_it_is_written(
    sign_in: SignIn, manager: User, published_47: ReportRevision
) -> None:
    start_correction(report=published_47.report, by=manager, reason="One item was counted twice.")
    page = text_of(sign_in(manager).get(url(published_47.report)))
    assert "The customer reads the reason: One item was counted twice." in page


# Preview


def test_the_preview_is_what_the_customer_would_read(
    sign_in: SignIn, manager: User, lead: User, draft_47: Report
) -> None:
    write(draft_47, manager)
    page = text_of(sign_in(manager).get(url(draft_47, "report_preview")))
    assert "This is a preview: nothing is published." in page
    assert 'Lena Lead <span class="quiet">by mail as soon as it is out' in page
    assert "Refunds are live." in page


def test_without_a_headline_the_preview_says_so(
    sign_in: SignIn, manager: User, draft_47: Report
) -> None:
    page = text_of(sign_in(manager).get(url(draft_47, "report_preview")))
    assert "No headline yet" in page
    assert "Nobody of the customer is invited yet, so no mail goes out." in page


def test_the_preview_of_no_draft_leads_back(
    sign_in: SignIn, manager: User, published_47: ReportRevision
) -> None:
    response = sign_in(manager).get(url(published_47.report, "report_preview"))
    assert response["Location"] == url(published_47.report)


def test_the_architect_previews_and_cannot_publish(
    sign_in: SignIn, architect: User, draft_47: Report
) -> None:
    page = text_of(sign_in(architect).get(url(draft_47, "report_preview")))
    assert "Publish this?" not in page


# Doors


@pytest.mark.parametrize("name", ["report_edit", "report_preview"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("manager", 200),
        ("deputy", 200),
        ("architect", 200),
        ("director", 200),
        ("auditor", 200),
        ("admin", 404),
        ("tech_lead", 404),
        ("specialist", 404),
        ("other_manager", 404),
        ("stranger", 404),
        ("lead", 404),
        ("other_lead", 404),
    ],
)
def test_who_reads_a_draft(
    request: pytest.FixtureRequest,
    sign_in: SignIn,
    draft_47: Report,
    name: str,
    who: str,
    status: int,
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(url(draft_47, name)).status_code == status


@pytest.mark.parametrize("who", ["architect", "director", "auditor"])
def test_readers_may_not_save(
    request: pytest.FixtureRequest, sign_in: SignIn, draft_47: Report, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    response = client.post(url(draft_47), WORDS | {"version": draft_47.version})
    assert response.status_code == 403


def test_whoever_is_not_signed_in_is_asked_to(client: Client, draft_47: Report) -> None:
    for address in (url(draft_47), url(draft_47, "report_preview"), list_url(draft_47.engagement)):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("week", ["2026-W48", "2026-W00", "2026-W54"])
def test_a_week_without_a_report_is_not_found(
    sign_in: SignIn, manager: User, draft_47: Report, week: str
) -> None:
    address = reverse("report_edit", args=[draft_47.engagement.ref, week])
    assert sign_in(manager).get(address).status_code == 404


def test_wrong_methods(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    client = sign_in(manager)
    assert client.put(url(draft_47)).status_code == 405
    assert client.post(url(draft_47, "report_preview")).status_code == 405
    assert client.post(list_url(draft_47.engagement)).status_code == 405


# Statements


@pytest.mark.parametrize("children", [1, 30])
def test_statements_of_the_editor(
    sign_in: SignIn, manager: User, lead: User, engagement: Engagement, children: int
) -> None:
    """The second week, so that there is a status before it to compare with."""
    first, second = open_reports(engagement, weeks=2)
    import_work(engagement, manager, **{f"A-{n}": (FRIDAY - WEEK, None) for n in range(children)})
    for n in range(children):
        milestone = Milestone.objects.create(engagement=engagement, number=n + 1, name=f"R{n}")
        milestone.work_items.set(engagement.work_items.all())
        milestone.criteria.create(number=1, statement="It works.")
    publish(first, manager)
    assert statements(sign_in(manager), url(draft(second))) == 14
