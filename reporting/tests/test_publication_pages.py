"""Publishing, stopping, correcting and trying again, through the pages."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from dm_portal.people.models import PortalFunction, User
from engagements.models import Milestone
from reporting.models import Period, Report, ReportRevision
from reporting.services.publishing import finish_publication, publish_report, start_correction
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import FRIDAY, WEEK, draft, fresh, open_reports, publish, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

WORDS = {"headline": "Refunds are live.", "our_move": "", "colour": "green", "colour_reason": ""}
ACTIONS = [
    *("report_publication", "report_stop", "report_correction", "report_correction_removal"),
    "report_retry",
]


def test_one_sentence_publishes(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    """Nothing was saved before: publishing saves, and starts the window in which it can stop."""
    data = WORDS | {"version": draft_47.version}
    response = sign_in(manager).post(url(draft_47, "report_publication"), data)
    assert (response.status_code, response["Location"]) == (302, url(draft_47))
    report = fresh(draft_47)
    assert (report.state, report.headline) == ("publishing", "Refunds are live.")
    assert report.publish_at is not None
    assert (report.publish_at - FRIDAY).total_seconds() == 300


def test_the_deputy_publishes_for_the_manager(
    sign_in: SignIn, deputy: User, manager: User, lead: User, draft_47: Report
) -> None:
    sign_in(deputy).post(url(draft_47, "report_publication"), WORDS | {"version": draft_47.version})
    Report.objects.update(publish_at=FRIDAY)
    revision = finish_publication(report_id=draft_47.pk)
    assert revision is not None
    assert "by Dario Deputy for Mara Manager" in " ".join(revision.html.split())


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        (
            {"headline": " "},
            {"headline": ["Write the headline: one sentence, the answer first."]},
        ),
        ({"colour": ""}, {"colour": ["Choose the colour."]}),
        ({"colour": "red"}, {"our_move": ["Say what our move is: it is not on track."]}),
        (
            {"headline": "x" * 201},
            {"headline": ["Ensure this value has at most 200 characters (it has 201)."]},
        ),
    ],
)
def test_what_the_customer_needs_must_be_there(
    sign_in: SignIn,
    manager: User,
    draft_47: Report,
    data: dict[str, str],
    errors: dict[str, list[str]],
) -> None:
    sent = WORDS | {"version": draft_47.version} | data
    response = sign_in(manager).post(url(draft_47, "report_publication"), sent)
    assert response.status_code == 422
    assert response.context["form"].errors == errors
    assert fresh(draft_47).state == "draft"


def test_a_kinder_call_needs_its_reason_here_too(
    sign_in: SignIn, manager: User, checkout: Milestone, draft_47: Report
) -> None:
    data = WORDS | {"version": draft_47.version}
    response = sign_in(manager).post(url(draft_47, "report_publication"), data)
    assert response.context["form"].errors == {
        "colour_reason": ["Say why your call is better than the rules’."]
    }


def test_nothing_is_saved_where_nothing_may_go_out(
    sign_in: SignIn, manager: User, week_47: Report, draft_47: Report, other_manager: User
) -> None:
    """Another status of the engagement is on its way out."""
    older = draft(open_reports(draft_47.engagement, weeks=2)[0])
    publish_report(report=write(older, manager), by=manager)
    data = WORDS | {"version": draft_47.version}
    response = sign_in(manager).post(url(draft_47, "report_publication"), data)
    assert response.status_code == 422
    assert "is being published" in text_of(response)
    assert fresh(draft_47).headline == ""


def test_the_second_publisher_sees_the_conflict(
    sign_in: SignIn, manager: User, deputy: User, draft_47: Report
) -> None:
    seen = draft_47.version
    write(draft_47, deputy, headline="Theirs.")
    data = WORDS | {"version": seen}
    response = sign_in(manager).post(url(draft_47, "report_publication"), data)
    assert response.status_code == 409
    assert "Theirs." in text_of(response)
    assert fresh(draft_47).state == "draft"


def test_a_reconstructed_week_says_so_before_it_is_out(
    sign_in: SignIn, manager: User, draft_47: Report, friday: time_machine.Traveller
) -> None:
    """On Saturday in Berlin, where in UTC it is still Friday."""
    Period.objects.update(is_reconstructed=True)
    friday.move_to(FRIDAY + timedelta(hours=11, minutes=30))
    client, report = sign_in(manager), write(fresh(draft_47), manager)
    preview = text_of(client.get(url(draft_47, "report_preview")))
    publish_report(report=report, by=manager)
    going_out = text_of(client.get(url(draft_47)))
    for page in (preview, going_out):
        assert 'Reconstructed on <time datetime="2026-11-21">Sat 21 Nov</time>' in page


def test_stopping_leads_back_to_the_draft(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    publish_report(report=write(draft_47, manager), by=manager)
    response = sign_in(manager).post(url(draft_47, "report_stop"), follow=True)
    assert "Stopped. Nothing was published." in text_of(response)
    assert fresh(draft_47).state == "draft"


def test_stopping_too_late_says_so(
    sign_in: SignIn, manager: User, published_47: ReportRevision
) -> None:
    response = sign_in(manager).post(url(published_47.report, "report_stop"), follow=True)
    [message] = response.context["messages"]
    assert message.level_tag == "error"
    assert fresh(published_47.report).state == "published"


def test_a_correction_opens_the_report_again(
    sign_in: SignIn, manager: User, published_47: ReportRevision
) -> None:
    report = published_47.report
    client = sign_in(manager)
    client.post(url(report, "report_correction"), {"reason": "Counted twice."})
    assert fresh(report).state == "draft"
    revision = publish(write(fresh(report), manager, headline="Refunds are nearly live."), manager)
    assert (revision.number, revision.correction_reason) == (2, "Counted twice.")
    assert "Corrected:</strong> Counted twice." in revision.html


def test_a_correction_needs_its_reason(
    sign_in: SignIn, manager: User, published_47: ReportRevision
) -> None:
    report = published_47.report
    response = sign_in(manager).post(url(report, "report_correction"), {"reason": ""})
    assert response.status_code == 422
    assert "Fill in “What was wrong?”." in text_of(response)
    assert fresh(report).state == "published"


def test_a_draft_cannot_be_corrected(sign_in: SignIn, manager: User, draft_47: Report) -> None:
    """Two clicks on one button: the second finds a draft."""
    data = {"reason": "Counted twice."}
    response = sign_in(manager).post(url(draft_47, "report_correction"), data, follow=True)
    assert response.redirect_chain == [(url(draft_47), 302)]
    assert fresh(draft_47).correction_reason == ""


def test_of_a_refused_correction_nothing_typed_is_lost(
    sign_in: SignIn, manager: User, published_47: ReportRevision, friday: time_machine.Traveller
) -> None:
    """Its figures cannot be corrected any more: a later status is out."""
    friday.move_to(FRIDAY + WEEK, tick=False)
    report = published_47.report
    *_, later = open_reports(report.engagement, at=FRIDAY + WEEK, weeks=2)
    publish(later, manager)
    data = {"reason": "Two were counted twice.", "corrects_figures": "on"}
    response = sign_in(manager).post(url(report, "report_correction"), data)
    page = text_of(response)
    assert response.status_code == 422
    assert "Two were counted twice.</textarea>" in page
    assert response.context["form"].non_field_errors()[0] in page
    assert fresh(report).state == "published"


def test_a_correction_opened_by_mistake_is_dropped(
    sign_in: SignIn, manager: User, published_47: ReportRevision
) -> None:
    report, client = published_47.report, sign_in(manager)
    start_correction(report=report, by=manager, reason="Wrong.")
    page = text_of(client.get(url(report)))
    assert "Dropping it leaves what was published as it is, and discards what was typed" in page
    assert f'<input type="hidden" name="version" value="{report.version}">' in page
    data = {"version": report.version}
    response = client.post(url(report, "report_correction_removal"), data, follow=True)
    assert "The correction is dropped. What was published stays as it was." in text_of(response)
    assert fresh(report).state == "published"


@pytest.mark.parametrize(
    ("version", "said"),
    [("1", "Somebody else changed"), ("", "it does not say what it was written over")],
)
def test_a_drop_of_what_was_not_read_says_so(
    sign_in: SignIn, manager: User, published_47: ReportRevision, version: str, said: str
) -> None:
    report = published_47.report
    start_correction(report=report, by=manager, reason="Wrong.")
    data = {"version": version}
    response = sign_in(manager).post(url(report, "report_correction_removal"), data, follow=True)
    assert said in text_of(response)
    assert fresh(report).correction_reason == "Wrong."


def test_whoever_only_reads_a_correction_cannot_drop_it(
    sign_in: SignIn, architect: User, manager: User, published_47: ReportRevision
) -> None:
    start_correction(report=published_47.report, by=manager, reason="Wrong.")
    page = text_of(sign_in(architect).get(url(published_47.report)))
    assert "Wrong." in page
    assert "Drop the correction" not in page


def test_an_admin_sends_a_failed_report_round_again(
    sign_in: SignIn, admin: User, week_47: Report
) -> None:
    Report.objects.filter(pk=week_47.pk).update(state="parked", attempts=5, last_error="OSError")
    response = sign_in(admin).post(url(week_47, "report_retry"), follow=True)
    assert "is being drafted again" in text_of(response)
    assert fresh(week_47).state == "due"


def test_only_a_failed_report_is_sent_round_again(
    sign_in: SignIn, admin: User, draft_47: Report
) -> None:
    assert sign_in(admin).post(url(draft_47, "report_retry")).status_code == 404
    assert fresh(draft_47).state == "draft"


def test_an_admin_who_reads_drafts_is_told_why(
    sign_in: SignIn, admin: User, draft_47: Report
) -> None:
    PortalFunction.objects.create(user=admin, function="director", starts_on=date(2000, 1, 1))
    response = sign_in(admin).post(url(draft_47, "report_retry"), follow=True)
    [message] = response.context["messages"]
    assert message.level_tag == "error"


@pytest.mark.parametrize("who", ["manager", "director", "auditor"])
def test_trying_again_is_for_admins(
    request: pytest.FixtureRequest, sign_in: SignIn, week_47: Report, who: str
) -> None:
    Report.objects.filter(pk=week_47.pk).update(state="parked")
    client = sign_in(request.getfixturevalue(who))
    assert client.post(url(week_47, "report_retry")).status_code == 403


@pytest.mark.parametrize("name", ACTIONS)
@pytest.mark.parametrize("who", ["other_manager", "stranger", "specialist", "lead", "other_lead"])
def test_who_sees_no_draft_finds_no_action(
    request: pytest.FixtureRequest, sign_in: SignIn, draft_47: Report, name: str, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.post(url(draft_47, name)).status_code == 404


@pytest.mark.parametrize("name", ACTIONS[:4])
@pytest.mark.parametrize("who", ["architect", "director", "auditor"])
def test_who_only_reads_may_not_act(
    request: pytest.FixtureRequest, sign_in: SignIn, draft_47: Report, name: str, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.post(url(draft_47, name)).status_code == 403


@pytest.mark.parametrize("name", ACTIONS)
def test_actions_are_posts(
    sign_in: SignIn, client: Client, manager: User, draft_47: Report, name: str
) -> None:
    assert client.post(url(draft_47, name)).status_code == 302  # asked to sign in
    assert sign_in(manager).get(url(draft_47, name)).status_code == 405


def test_an_unsafe_request_without_its_token_is_refused(manager: User, draft_47: Report) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(url(draft_47, "report_publication"), WORDS).status_code == 403
