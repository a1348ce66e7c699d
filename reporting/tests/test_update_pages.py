"""Updates through the pages: the DM's from the first word to the correction, and the customer's."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from dm_portal.people.models import User
from engagements.models import Engagement, Milestone
from reporting.models import Receipt, Report, ReportRevision, WaitingStatus
from reporting.services.publishing import publish_report, start_correction
from reporting.services.updates import begin_update
from reporting.status_lines import told as told_of
from reporting.status_lines import values
from reporting.tests.pages import SignIn, text_of
from reporting.tests.reports import FRIDAY, WEEK, draft, fresh, open_reports, publish, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

DAY = timedelta(days=1)
SAID = "The test system is down. We test against a stand-in."
WORDS = {"paragraph": SAID, "colour": "amber", "colour_reason": "", "version": 0}


def new(engagement: Engagement) -> str:
    return reverse("update_create", args=[engagement.ref])


def url(report: Report, name: str = "update_detail") -> str:
    return reverse(name, args=[report.engagement.ref, report.update_number])


def begin(engagement: Engagement, by: User) -> Report:
    words = {"paragraph": SAID, "colour": "amber", "colour_reason": ""}
    return begin_update(engagement=engagement, by=by, **words)


@pytest.fixture
def begun(engagement: Engagement, manager: User) -> Report:
    return begin(engagement, manager)


@pytest.fixture
def told(
    published_47: ReportRevision,
    engagement: Engagement,
    manager: User,
    friday: time_machine.Traveller,
) -> ReportRevision:
    friday.shift(DAY)
    return publish(begin(engagement, manager), manager)


# The DM


def test_new_one_starts_with_the_last_colour(
    sign_in: SignIn,
    manager: User,
    checkout: Milestone,
    engagement: Engagement,
) -> None:
    """Green was called against amber by the rules; the reason comes along."""
    report = open_reports(engagement)[0]
    words = {"colour": "green", "colour_reason": "Not needed."}
    publish(write(draft(report), manager, **words), manager)
    form = sign_in(manager).get(new(engagement)).context["form"]
    assert form["colour"].value() == "green"
    assert form["colour_reason"].value() == "Not needed."


def test_new_one_starts_by_the_rules_before_anything_was_said(
    sign_in: SignIn, manager: User, checkout: Milestone, engagement: Engagement
) -> None:
    page = sign_in(manager).get(new(engagement))
    assert page.context["form"]["colour"].value() == "amber"


def test_readers_and_the_stop_window_are_shown_before_it_goes_out(
    sign_in: SignIn, manager: User, lead: User, engagement: Engagement
) -> None:
    page = text_of(sign_in(manager).get(new(engagement)))
    assert lead.name in page
    assert "it can be stopped for 5 minutes" in page


def test_saved_it_is_a_draft(sign_in: SignIn, manager: User, engagement: Engagement) -> None:
    answer = sign_in(manager).post(new(engagement), WORDS)
    report = Report.objects.updates().get()
    assert (answer.status_code, answer["Location"]) == (302, url(report))
    assert (report.state, report.paragraph) == ("draft", SAID)


def test_one_form_publishes(sign_in: SignIn, manager: User, engagement: Engagement) -> None:
    client = sign_in(manager)
    client.post(new(engagement), WORDS | {"publish": "1"})
    report = Report.objects.updates().get()
    assert report.state == "publishing"
    page = text_of(client.get(url(report)))
    assert "Stop the publication" in page
    assert SAID in page


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"paragraph": ""}, "paragraph"),
        ({"paragraph": "x" * 601}, "paragraph"),
        ({"colour": ""}, "colour"),
        ({"colour": "green"}, "colour_reason"),
    ],
)
def test_what_is_missing_is_said(
    sign_in: SignIn,
    manager: User,
    checkout: Milestone,
    engagement: Engagement,
    words: dict[str, str],
    field: str,
) -> None:
    answer = sign_in(manager).post(new(engagement), WORDS | words)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Report.objects.updates().exists()


def test_draft_is_saved_and_published(sign_in: SignIn, manager: User, begun: Report) -> None:
    client = sign_in(manager)
    assert "Throw this draft away" in text_of(client.get(url(begun)))
    client.post(url(begun), WORDS | {"version": 1, "paragraph": "It is back."})
    assert fresh(begun).paragraph == "It is back."
    client.post(url(begun, "update_publication"), WORDS | {"version": 2})
    assert (fresh(begun).state, fresh(begun).paragraph) == ("publishing", SAID)
    client.post(url(begun, "update_stop"))
    assert fresh(begun).state == "draft"


def test_second_editor_sees_the_conflict(sign_in: SignIn, manager: User, begun: Report) -> None:
    client = sign_in(manager)
    client.post(url(begun), WORDS | {"version": 1, "paragraph": "It is back."})
    answer = client.post(url(begun), WORDS | {"version": 1, "paragraph": "It is gone."})
    assert answer.status_code == 409
    assert "It is back." in text_of(answer)
    assert "It is gone." in text_of(answer)


def test_draft_is_thrown_away(sign_in: SignIn, manager: User, begun: Report) -> None:
    client = sign_in(manager)
    client.post(url(begun, "update_removal"), {"version": 7})
    client.post(url(begun, "update_removal"))
    assert Report.objects.updates().exists()
    answer = client.post(url(begun, "update_removal"), {"version": 1})
    assert answer["Location"] == reverse("report_list", args=[begun.engagement.ref])
    assert not Report.objects.updates().exists()


def test_architect_reads_the_draft(sign_in: SignIn, architect: User, begun: Report) -> None:
    client = sign_in(architect)
    page = text_of(client.get(url(begun)))
    assert SAID in page
    assert "<textarea" not in page
    assert client.post(url(begun), WORDS).status_code == 403
    assert client.get(new(begun.engagement)).status_code == 403


def test_published_one_is_corrected(
    sign_in: SignIn, manager: User, lead: User, told: ReportRevision
) -> None:
    report, client = told.report, sign_in(manager)
    assert "Seen by" in text_of(client.get(url(report)))
    assert client.post(url(report, "update_correction"), {"reason": ""}).status_code == 422
    client.post(url(report, "update_correction"), {"reason": "It was Tuesday."})
    assert "It was Tuesday." in text_of(client.get(url(report)))
    client.post(url(report, "update_correction_removal"), {"version": fresh(report).version})
    assert fresh(report).state == "published"


def test_stopped_too_late_says_so(sign_in: SignIn, manager: User, told: ReportRevision) -> None:
    answer = sign_in(manager).post(url(told.report, "update_stop"), follow=True)
    assert "is not “being published” but “published”" in text_of(answer)


@pytest.mark.parametrize(
    ("state", "said"),
    [("due", "The facts are being read"), ("parked", "Five attempts at this update failed")],
)
def test_states_in_between_say_what_happens(
    sign_in: SignIn, manager: User, begun: Report, state: str, said: str
) -> None:
    Report.objects.filter(pk=begun.pk).update(state=state, last_error="boom")
    assert said in text_of(sign_in(manager).get(url(begun)))


def test_admin_sends_a_failed_one_round_again(
    sign_in: SignIn, admin: User, begun: Report, manager: User
) -> None:
    Report.objects.filter(pk=begun.pk).update(state="parked", last_error="boom")
    assert "An update failed, needs an admin" in text_of(sign_in(manager).get("/"))
    client = sign_in(admin)
    assert url(begun, "update_retry") in text_of(client.get("/"))
    client.post(url(begun, "update_retry"))
    assert fresh(begun).state == "due"


def test_begun_one_waits_for_its_writer(sign_in: SignIn, manager: User, begun: Report) -> None:
    assert "Publish the update that is begun" in text_of(sign_in(manager).get("/"))
    Report.objects.filter(pk=begun.pk).update(correction_reason="A slip")
    assert "Finish the correction of an update" in text_of(sign_in(manager).get("/"))


def test_list_of_statuses_has_updates(
    sign_in: SignIn, manager: User, tech_lead: User, told: ReportRevision
) -> None:
    address = reverse("report_list", args=[told.report.engagement.ref])
    rows = sign_in(manager).get(address).context["listing"].rows
    assert [row[0].value for row in rows] == ["Update 1", "16–22 Nov"]
    assert rows[0][0].url == url(told.report)
    rows = sign_in(tech_lead).get(address).context["listing"].rows
    assert rows[0][0].url == url(told.report, "status_update")
    assert "update-1" in b"".join(sign_in(manager).get(f"{address}?format=csv")).decode()


# The customer


def test_customer_reads_it_first_until_the_next_status(
    sign_in: SignIn,
    lead: User,
    manager: User,
    told: ReportRevision,
    friday: time_machine.Traveller,
) -> None:
    engagement, client = told.report.engagement, sign_in(lead)
    address = reverse("status_detail", args=[engagement.ref])
    page = text_of(client.get(address))
    assert page.index(SAID) < page.index("Refunds are live.")
    assert "updated" in page
    friday.move_to(FRIDAY + WEEK)
    open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    publish(Report.objects.get(engagement=engagement, period__starts_on="2026-11-23"), manager)
    assert SAID not in text_of(client.get(address))


def test_seen_with_the_status(
    sign_in: SignIn, lead: User, manager: User, told: ReportRevision
) -> None:
    address = reverse("status_detail", args=[told.report.engagement.ref])
    sign_in(manager).get(address)
    assert not Receipt.objects.exists()
    sign_in(lead).get(address)
    assert set(Receipt.objects.values_list("revision", flat=True)) == set(
        ReportRevision.objects.values_list("pk", flat=True)
    )


def test_before_the_first_status_it_stands_alone(
    sign_in: SignIn, lead: User, manager: User, begun: Report
) -> None:
    publish(begun, manager)
    page = text_of(sign_in(lead).get(reverse("status_detail", args=[begun.engagement.ref])))
    assert SAID in page
    assert "Your first status comes by" in page


def test_permanent_link_shows_what_was_first_said(
    sign_in: SignIn, lead: User, manager: User, told: ReportRevision
) -> None:
    report = fresh(told.report)
    start_correction(report=report, reason="It was Tuesday.", by=manager)
    publish(report, manager)
    client = sign_in(lead)
    page = text_of(client.get(url(report, "status_update")))
    assert "This status was corrected" not in page
    assert "This update was corrected" in page
    second = reverse("status_update_revision", args=[report.engagement.ref, 1, 2])
    assert second in page
    assert "It was Tuesday." in text_of(client.get(second))


def test_archive_has_it_where_it_was_said(
    sign_in: SignIn, lead: User, told: ReportRevision
) -> None:
    address = reverse("status_archive", args=[told.report.engagement.ref])
    rows = sign_in(lead).get(address).context["listing"].rows
    assert [row[0].value for row in rows] == ["Update 1", "16–22 Nov"]


def test_lists_show_the_colour_that_was_said_last(
    sign_in: SignIn, lead: User, manager: User, told: ReportRevision
) -> None:
    (card,) = sign_in(manager).get("/status/").context["cards"]
    assert (card.shape, card.headline, card.week) == (
        "at_risk",
        "The test system is down.",
        "update",
    )
    engagement = Engagement.objects.with_standing().get(pk=told.report.engagement_id)
    assert engagement.said["colour"] == "amber"


def test_going_out_nobody_reads_it(
    sign_in: SignIn, lead: User, manager: User, begun: Report
) -> None:
    publish_report(report=begun, by=manager)
    client = sign_in(lead)
    assert SAID not in text_of(client.get(reverse("status_detail", args=[begun.engagement.ref])))
    assert client.get(url(begun, "status_update")).status_code == 404
    assert client.get(url(begun)).status_code == 404


def test_other_customers_find_nothing(
    sign_in: SignIn, other_lead: User, other_manager: User, told: ReportRevision
) -> None:
    assert sign_in(other_lead).get(url(told.report, "status_update")).status_code == 404
    assert sign_in(other_manager).get(url(told.report)).status_code == 404


def test_digest_names_it(told: ReportRevision, lead: User) -> None:
    said: Any = told_of(told)
    assert (said.about, said.word) == ("Atlas, update", "At risk")
    assert (said.headline, said.action) == (SAID, "Read the update")
    assert said.url.endswith(url(told.report, "status_update"))


def test_a_digest_counts_statuses_and_updates_apart(
    told: ReportRevision, published_47: ReportRevision
) -> None:
    update, status = (WaitingStatus(revision=each) for each in (told, published_47))

    leads = [values(rows, needed={})["lead"] for rows in ([update], [status, update])]
    assert leads == [
        "1 update was published for you since the last of these mails.",
        "1 status and 1 update were published for you since the last of these mails.",
    ]
