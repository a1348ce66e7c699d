"""Commitments on pages."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from engagements.models import Ask, Commitment, Engagement
from engagements.services.commitments import make_commitment
from engagements.services.milestones import create_milestone
from engagements.services.thresholds import change_thresholds
from engagements.tests.pages import at, csv_rows, names, statements

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FRIDAY = date(2026, 11, 13)


@pytest.fixture
def desk(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


def said(**more: Any) -> dict[str, Any]:
    fields = {"promise": "A stand-in", "made_to": "Lena", "said_on": FRIDAY, "said_in": "Mail"}
    return fields | {"due_on": FRIDAY + 10 * DAY, "supersedes": None} | more


@pytest.fixture
def promises(engagement: Engagement, manager: User) -> list[Commitment]:
    """The second instead of the first, with 4 working days' notice; the third in a status."""
    first = make_commitment(engagement=engagement, by=manager, **said())
    later = {"said_on": FRIDAY + 4 * DAY, "due_on": date(2199, 1, 1), "supersedes": first}
    second = make_commitment(
        engagement=engagement, by=manager, **said(promise="The bank itself", **later)
    )
    more = {"promise": "=Names", "due_on": FRIDAY + 1 * DAY, "said_in": ""}
    third = make_commitment(engagement=engagement, week="2026-W46", by=manager, **said(**more))
    return [first, second, third]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["The bank itself", "A stand-in", "=Names"]),
        ("?state=moved_late", ["A stand-in"]),
        ("?state=missed", ["=Names"]),
        ("?text=bank", ["The bank itself"]),
    ],
)
def test_the_list(
    desk: Client, engagement: Engagement, promises: list[Commitment], query: str, found: list[str]
) -> None:
    assert names(desk.get(at("commitment_list", engagement) + query)) == found


def test_the_download_and_what_a_list_costs(
    desk: Client, engagement: Engagement, promises: list[Commitment]
) -> None:
    url = at("commitment_list", engagement)
    rows = csv_rows(desk.get(f"{url}?format=csv"))
    assert [(row["State"], row["Notice"], row["Where"]) for row in rows] == [
        ("Open", "", "Mail"),
        ("Moved late", "4 working days before; notice is 10", "Mail"),
        ("Missed", "", "Status 2026-W46"),
    ]
    assert rows[2]["What was promised"] == "'=Names"
    assert statements(desk, f"{url}?text=bank") == statements(desk, url)


def test_each_leads_to_what_it_replaced_and_where_it_was_said(
    desk: Client, engagement: Engagement, promises: list[Commitment], lead: User, manager: User
) -> None:
    ask = Ask.objects.create(
        engagement=engagement,
        number=1,
        question="x",
        without_answer="x",
        asked_of=lead,
        owner=manager,
        needed_by=today(),
    )
    make_commitment(engagement=engagement, ask=ask, by=manager, **said(said_in=""))
    pages = [
        desk.get(at("commitment_detail", engagement, number=number)).content.decode()
        for number in (1, 2, 3, 4)
    ]
    assert "Replaced by</dt><dd><a" in pages[0]
    assert promises[1].get_absolute_url() in pages[0]
    assert promises[0].get_absolute_url() in pages[1]
    assert at("report_edit", engagement, week="2026-W46") in pages[2]
    assert ask.get_absolute_url() in pages[3]


def test_a_promise_is_written_down_instead_of_another(
    desk: Client, engagement: Engagement, promises: list[Commitment], lead: User
) -> None:
    url = at("commitment_create", engagement)
    page = desk.get(f"{url}?instead_of=2")
    assert page.context["form"]["made_to"].value() == "Lena Lead"
    assert '<option value="2" selected>' in page.content.decode()
    sent = said(said_on=str(FRIDAY + 5 * DAY), due_on="", supersedes="2")
    assert desk.post(url, sent | {"promise": ""}).status_code == 422
    assert desk.post(url, sent | {"supersedes": "1"}).status_code == 422
    assert desk.post(url, sent).url == at("commitment_detail", engagement, number=4)
    assert "taken back" in desk.get(at("commitment_detail", engagement, number=4)).content.decode()


def test_without_a_lead_it_is_said_to_the_customer(desk: Client, engagement: Engagement) -> None:
    form = desk.get(at("commitment_create", engagement)).context["form"]
    assert form["made_to"].value() == engagement.customer.name


def test_what_came_of_it_is_said_and_taken_back(
    desk: Client, engagement: Engagement, promises: list[Commitment]
) -> None:
    url = at("commitment_fulfilment", engagement, number=2)
    assert desk.post(url, {"fulfilled_on": ""}).status_code == 422
    assert desk.post(url, {"fulfilled_on": "2099-01-01"}).status_code == 422
    states = []
    for day in (str(FRIDAY + 6 * DAY), ""):
        assert desk.post(url, {"fulfilled_on": day}).status_code == 302
        page = desk.get(at("commitment_detail", engagement, number=2))
        states.append(page.context["facts"][0].value)
    assert states == ["Kept", "Open"]


def test_what_moves_where(
    desk: Client, engagement: Engagement, promises: list[Commitment], manager: User
) -> None:
    milestone = create_milestone(
        engagement=engagement,
        name="2.1",
        outcome="",
        tracker_name="",
        planned_size=None,
        committed_on=FRIDAY,
        reason="x",
        by=manager,
    )
    deeds = [
        [
            deed.url
            for deed in desk.get(at("commitment_detail", engagement, number=number)).context[
                "deeds"
            ]
        ]
        for number in (1, 2, 4)
    ]
    assert deeds == [
        [],
        [
            at("commitment_fulfilment", engagement, number=2),
            f"{at('commitment_create', engagement)}?instead_of=2",
        ],
        [
            at("commitment_fulfilment", engagement, number=4),
            at("milestone_date", engagement, number=milestone.number),
        ],
    ]


def test_how_long_before_it_was_said(engagement: Engagement, manager: User, desk: Client) -> None:
    """Of one that moved with notice, and of one that was taken back: three and one working days."""
    limits = {"engagement": engagement, "by": manager}
    change_thresholds(version=0, notice_days=3, **limits)
    first, second = (make_commitment(engagement=engagement, by=manager, **said()) for _ in "12")
    moved = {"said_on": FRIDAY + 5 * DAY, "due_on": date(2199, 1, 1), "supersedes": first}
    make_commitment(engagement=engagement, by=manager, **said(**moved))
    gone = {"said_on": FRIDAY + 7 * DAY, "due_on": None, "supersedes": second}
    make_commitment(engagement=engagement, by=manager, **said(**gone))
    rows = csv_rows(desk.get(f"{at('commitment_list', engagement)}?format=csv"))
    assert sorted((row["State"], row["Notice"]) for row in rows) == [
        ("Moved with notice", "3 working days of notice"),
        ("Open", ""),
        ("Taken back", "1 working day before"),
        ("Takes one back", ""),
    ]


def test_who_only_reads_is_offered_nothing(
    client: Client, engagement: Engagement, promises: list[Commitment], specialist: User
) -> None:
    client.force_login(specialist)
    assert client.get(promises[1].get_absolute_url()).context["deeds"] == []
