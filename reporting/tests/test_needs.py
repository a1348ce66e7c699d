"""`/`: what waits for whom, in which order, and why now."""

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from dm_portal.people.models import OutgoingMail, User
from dm_portal.shell import leases
from dm_portal.tests.cast import give_function
from engagements.figures import is_done
from engagements.models import Engagement, Import, Milestone, WorkItem
from engagements.services.milestones import create_milestone
from engagements.services.thresholds import change_thresholds
from engagements.tests.events import tell
from reporting import facts, needs
from reporting.models import Period, Report, ReportRevision
from reporting.services.publishing import start_correction
from reporting.tests.pages import SignIn, statements, text_of, url
from reporting.tests.reports import FRIDAY, WEEK, draft, import_work, open_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday", "ticking")]

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ticking(friday: object) -> None:
    """The clock has just ticked."""
    leases.beat("tick")


def lines(user: User, *, at: datetime = FRIDAY) -> list[tuple[str, str, str]]:
    """Group, what and why of every line, in the order of the page."""
    groups = needs.groups(needs.needs_of(user, at=at))
    return [(group.name, need.what, need.why) for group in groups for need in group.needs]


def add_import(engagement: Engagement, by: User, **fields: Any) -> Import:
    values = {
        "number": 7,
        "file_name": "week.csv",
        "sha256": "0" * 64,
        "size": 1,
        "state": "previewed",
        "uploaded_at": FRIDAY - HOUR,
        "uploaded_by": by,
        "new_count": 12,
        "changed_count": 3,
        "refused_count": 1,
    }
    return Import.objects.create(engagement=engagement, **values | fields)


# Drafts


@pytest.mark.parametrize(
    ("at", "group", "why"),
    [
        (FRIDAY - timedelta(days=1), "this week", "due Fri 20 Nov, 15:00"),
        (FRIDAY, "today", "due today at 15:00"),
        (FRIDAY + 3 * HOUR, "overdue", "was due today at 15:00"),
        (FRIDAY + timedelta(days=3), "overdue", "was due Fri 20 Nov, 15:00"),
    ],
)
def test_a_draft_is_due(
    manager: User, draft_47: Report, at: datetime, group: str, why: str
) -> None:
    assert lines(manager, at=at) == [(group, "Publish the status of 16–22 Nov", why)]


@pytest.mark.parametrize(
    ("who", "number"),
    [
        ("manager", 1),
        ("deputy", 1),
        ("architect", 0),
        ("director", 0),
        ("auditor", 0),
        ("admin", 0),
        ("specialist", 0),
        ("other_manager", 0),
    ],
)
def test_whom_a_draft_needs(
    request: pytest.FixtureRequest, draft_47: Report, who: str, number: int
) -> None:
    assert len(lines(request.getfixturevalue(who))) == number


def test_what_is_published_needs_nobody(manager: User, published_47: ReportRevision) -> None:
    assert lines(manager) == []


def test_a_paused_engagement_needs_nobody(manager: User, draft_47: Report) -> None:
    Engagement.objects.update(state="paused")
    assert lines(manager) == []


def test_a_correction_is_to_be_finished_today(manager: User, published_47: ReportRevision) -> None:
    start_correction(report=published_47.report, by=manager, reason="Counted twice.")
    at = FRIDAY + WEEK
    assert lines(manager, at=at) == [
        ("today", "Finish the correction of 16–22 Nov", "opened again: Counted twice.")
    ]


def test_a_failed_report_needs_an_admin_and_tells_the_manager(
    manager: User, admin: User, week_47: Report
) -> None:
    Report.objects.update(state="parked", last_error="Traceback\nOSError: disk full")
    what = "The status of 16–22 Nov failed, needs an admin"
    assert lines(manager) == lines(admin) == [("overdue", what, "OSError: disk full")]
    [of_manager] = needs.needs_of(manager, at=FRIDAY)
    [of_admin] = needs.needs_of(admin, at=FRIDAY)
    assert (of_manager.url, of_manager.deed_url) == (url(week_47), "")
    assert (of_admin.url, of_admin.deed_url) == ("", url(week_47, "report_retry"))


def test_a_failure_without_a_word(admin: User, week_47: Report) -> None:
    Report.objects.update(state="parked")
    assert lines(admin)[0][2] == ""


# Weeks that are told again


def told_again(engagement: Engagement, weeks: int) -> list[Report]:
    """Drafts of the last weeks before this one, which nobody owed when they were due."""
    *past, _ = open_reports(engagement, weeks=weeks + 1)
    Period.objects.update(is_reconstructed=True)
    return [draft(report) for report in past[-weeks:]]


@pytest.mark.parametrize(
    ("weeks", "what"),
    [
        (1, "1 past week is drafted and not published"),
        (3, "3 past weeks are drafted and not published"),
    ],
)
def test_weeks_told_again_are_one_line_at_the_end(
    manager: User, checkout: Milestone, engagement: Engagement, weeks: int, what: str
) -> None:
    told_again(engagement, weeks)
    whose = "it" if weeks == 1 else "they"
    why = f"over before {whose} could be told here: publish what the customer should read"
    *others, last = lines(manager)
    assert [group for group, *_ in others] == ["overdue"]
    assert last == ("no hurry", what, why)
    assert needs.summary(needs.groups(needs.needs_of(manager, at=FRIDAY))) == "1 overdue."


def test_they_lead_to_the_drafts(
    sign_in: SignIn, manager: User, engagement: Engagement, other_engagement: Engagement
) -> None:
    give_function(manager, other_engagement, "deputy")
    told_again(other_engagement, 2)
    [alone] = told_again(engagement, 1)
    found = {need.where: need.url for need in needs.needs_of(manager, at=FRIDAY)}
    listed = reverse("report_list", args=[other_engagement.ref])
    assert sorted(found.values()) == sorted([url(alone), f"{listed}?state=draft"])
    assert "2 past weeks are drafted" in text_of(sign_in(manager).get("/"))
    assert sign_in(manager).get(f"{listed}?state=draft").context["listing"].rows[1:]


def test_a_week_told_again_that_is_corrected_is_of_today(
    manager: User, published_47: ReportRevision
) -> None:
    Period.objects.update(is_reconstructed=True)
    start_correction(report=published_47.report, by=manager, reason="Counted twice.")
    assert [group for group, *_ in lines(manager, at=FRIDAY + WEEK)] == ["today"]


def test_a_week_opened_before_its_time_is_owed_as_any_other(
    manager: User, draft_47: Report
) -> None:
    Period.objects.update(is_reconstructed=True)
    assert [group for group, *_ in lines(manager)] == ["today"]


# Imports


def test_a_file_waits_for_a_decision(manager: User, engagement: Engagement) -> None:
    file = add_import(engagement, manager)
    assert lines(manager) == [
        ("today", "Decide on the import of week.csv", "12 new, 3 changed, 1 refused")
    ]
    [need] = needs.needs_of(manager, at=FRIDAY)
    assert need.url == file.get_absolute_url()


def test_a_file_of_another_engagement_is_not_ours(
    manager: User, architect: User, other_manager: User, other_engagement: Engagement
) -> None:
    add_import(other_engagement, other_manager)
    assert lines(manager) == lines(architect) == []


def test_a_failed_file_is_for_admins(manager: User, admin: User, engagement: Engagement) -> None:
    add_import(engagement, manager, state="parked", problem="The disk is full.")
    what = "Import of week.csv failed, needs an admin"
    assert lines(admin) == [("overdue", what, "The disk is full.")]
    assert lines(manager) == []


# Milestones


@pytest.mark.parametrize(
    ("days", "group", "why"),
    [
        (-3, "overdue", "3 days ago; 1 of 2 items open"),
        (0, "today", "today; 1 of 2 items open"),
        (7, "this week", "in 7 days; 1 of 2 items open"),
        (8, None, None),
    ],
)
def test_a_committed_date_comes_near(
    manager: User, checkout: Milestone, days: int, group: str | None, why: str | None
) -> None:
    Milestone.objects.update(committed_on=FRIDAY.date() + timedelta(days=days))
    found = [(group, why) for group, _, why in lines(manager)]
    assert found == ([(group, why)] if group else [])


@pytest.mark.parametrize(
    ("days", "shape"), [(0, ""), (1, "at_risk"), (5, "at_risk"), (6, "off_track")]
)
def test_a_late_milestone_has_its_shape(
    manager: User, checkout: Milestone, days: int, shape: str
) -> None:
    Milestone.objects.update(committed_on=FRIDAY.date() - timedelta(days=days))
    [need] = needs.needs_of(manager, at=FRIDAY)
    assert need.shape == shape


def test_a_late_milestone_has_the_shape_of_its_own_limits(
    manager: User, checkout: Milestone, engagement: Engagement
) -> None:
    change_thresholds(engagement=engagement, version=0, by=manager, schedule_red_days=2)
    assert [need.shape for need in needs.needs_of(manager, at=FRIDAY)] == ["off_track"]


def test_a_milestone_that_is_done_needs_nobody(manager: User, checkout: Milestone) -> None:
    WorkItem.objects.update(done_at=FRIDAY)
    assert lines(manager) == []


def test_a_milestone_of_which_nothing_is_known(manager: User, engagement: Engagement) -> None:
    Milestone.objects.create(
        engagement=engagement, number=1, name="Checkout", committed_on=date(2026, 11, 20)
    )
    assert lines(manager) == [
        ("today", "Checkout is committed for Fri 20 Nov", "today; no items yet")
    ]


@pytest.mark.parametrize(
    ("done", "met", "why"),
    [
        (True, (True, False), "2 days ago; 1 of 2 criteria not met"),
        (True, (False,), "2 days ago; 1 of 1 criterion not met"),
        (False, (False,), "2 days ago; 1 of 2 items open"),
        (False, (True,), "2 days ago; 1 of 2 items open"),
        (True, (True,), None),
    ],
)
def test_a_criterion_that_is_not_met_is_open_work(
    manager: User, checkout: Milestone, done: bool, met: tuple[bool, ...], why: str | None
) -> None:
    WorkItem.objects.filter(key="A-2").update(done_at=FRIDAY - HOUR if done else None)
    add_criteria(checkout, manager, *met)
    assert [said for _, _, said in lines(manager)] == ([why] if why else [])


def add_criteria(milestone: Milestone, by: User, *met: bool) -> None:
    for number, is_met in enumerate(met):
        judged = {"met_at": FRIDAY - HOUR, "met_by": by} if is_met else {}
        milestone.criteria.create(number=number, statement="It works.", **judged)


@pytest.fixture
def every_kind(engagement: Engagement, manager: User) -> Engagement:
    """Milestones of the past with every mixture of items and criteria, done or not."""
    later = {"A-1": FRIDAY - HOUR, "A-2": None, "A-3": FRIDAY + HOUR}
    import_work(engagement, manager, **{key: (FRIDAY - WEEK, at) for key, at in later.items()})
    mixtures = product(
        [("A-1",), (), ("A-2",), ("A-3",), ("A-1", "A-2")],
        [(True,), (), (False,), (True, False)],
    )
    for number, (keys, met) in enumerate(mixtures, start=1):
        milestone = create_milestone(
            engagement=engagement,
            by=manager,
            name=f"{'+'.join(keys) or 'none'} {met}",
            committed_on=FRIDAY.date() - timedelta(days=30 - number),
            reason="As agreed.",
        )
        milestone.work_items.set(WorkItem.objects.filter(key__in=keys))
        add_criteria(milestone, manager, *met)
    tell(*WorkItem.objects.all())
    return engagement


def test_what_is_not_done_by_the_rules_is_listed_and_nothing_else(
    manager: User, every_kind: Engagement
) -> None:
    figures = facts.collect(every_kind, since=None, as_of=FRIDAY + MINUTE)["figures"]
    by_rules = [row for row in figures["milestones"] if not row["is_done"]]
    names = {row["name"] for row in by_rules}
    assert len(names) == 20 - 3
    assert {row.name for row in Milestone.objects.unfinished()} == names
    assert {row.name for row in Milestone.objects.with_progress() if not is_done(row)} == names
    assert {what.split(" is committed")[0] for _, what, _ in lines(manager)} == names


def test_the_next_date_is_that_of_the_rules(every_kind: Engagement) -> None:
    figures = facts.collect(every_kind, since=None, as_of=FRIDAY + MINUTE)["figures"]
    assert figures["next"] == 3, "two that are done come before it"
    found = Engagement.objects.with_people_and_date().get(pk=every_kind.pk)
    assert found.next_on.isoformat() == figures["milestones"][2]["committed_on"]


def test_today_is_the_engagements_own(manager: User, checkout: Milestone) -> None:
    """At 13:00 in Berlin it is already Saturday on Kiritimati."""
    Engagement.objects.update(time_zone="Pacific/Kiritimati")
    Milestone.objects.update(committed_on=date(2026, 11, 20))
    assert lines(manager)[0][0] == "overdue"


@pytest.mark.parametrize(("who", "number"), [("architect", 1), ("tech_lead", 0), ("director", 0)])
def test_whom_a_milestone_needs(
    request: pytest.FixtureRequest, checkout: Milestone, who: str, number: int
) -> None:
    assert len(lines(request.getfixturevalue(who))) == number


# Mails


@pytest.mark.parametrize(
    ("number", "what"),
    [(1, "1 mail failed, needs an admin"), (2, "2 mails failed, needs an admin")],
)
def test_failed_mails_are_for_admins(admin: User, manager: User, number: int, what: str) -> None:
    for n in range(number):
        OutgoingMail.objects.create(
            kind="invitation",
            recipient="lena@example.com",
            dedup_key=f"key-{n}",
            message_id=f"<{n}@example.com>",
            subject="Welcome",
            text="Welcome.",
            state="parked",
            next_attempt_at=FRIDAY,
        )
    assert [line[:2] for line in lines(admin)] == [("overdue", what)]
    assert lines(manager) == []


# The page


def test_groups_come_by_urgency_and_lines_by_age(
    sign_in: SignIn, manager: User, checkout: Milestone, engagement: Engagement
) -> None:
    for report in open_reports(engagement, weeks=2):
        draft(report)
    response = sign_in(manager).get("/")
    groups = response.context["groups"]
    assert [(group.name, [need.what for need in group.needs]) for group in groups] == [
        (
            "overdue",
            ["Publish the status of 9–15 Nov", "Release 2.1 is committed for Wed 18 Nov"],
        ),
        ("today", ["Publish the status of 16–22 Nov"]),
    ]
    assert response.context["summary"] == "2 overdue, 1 due today."


def test_nothing_to_do_teaches(sign_in: SignIn, stranger: User) -> None:
    page = text_of(sign_in(stranger).get("/"))
    assert "Nothing needs you now" in page


@pytest.mark.parametrize("who", ["lead", "executive", "delegate"])
def test_customers_are_led_to_what_they_read(
    request: pytest.FixtureRequest, sign_in: SignIn, who: str
) -> None:
    response = sign_in(request.getfixturevalue(who)).get("/")
    assert (response.status_code, response["Location"]) == (302, "/status/")


def test_whoever_is_not_signed_in_is_asked_to(client: Client) -> None:
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_reading_only(sign_in: SignIn, manager: User) -> None:
    assert sign_in(manager).post("/").status_code == 405


@pytest.mark.parametrize("number", [1, 12])
def test_statements(
    sign_in: SignIn,
    manager: User,
    other_manager: User,
    engagement: Engagement,
    other_engagement: Engagement,
    number: int,
) -> None:
    give_function(manager, other_engagement, "deputy")
    for each in (engagement, other_engagement):
        import_work(each, manager, **{"A-1": (FRIDAY - WEEK, None)})
        for n in range(number):
            add_import(each, manager, number=10 + n)
            milestone = Milestone.objects.create(
                engagement=each, number=n + 1, name=f"R{n}", committed_on=FRIDAY.date()
            )
            milestone.work_items.set(each.work_items.all())
        for report in open_reports(each, weeks=number):
            draft(report)
    client = sign_in(manager)
    assert len(client.get("/").context["groups"]) >= 1
    assert statements(client, "/") == 15


def test_statements_of_an_admin(sign_in: SignIn, admin: User, draft_47: Report) -> None:
    assert statements(sign_in(admin), "/") == 11


def test_a_month_later_a_draft_is_still_there(
    manager: User, draft_47: Report, friday: time_machine.Traveller
) -> None:
    [(group, *_)] = lines(manager, at=FRIDAY + 6 * WEEK)
    assert group == "overdue"
