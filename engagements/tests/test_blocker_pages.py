"""Blockers on pages: the list, one of them, what is said of it, and the overview."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import now
from engagements.models import Blocker, Engagement, WorkItem
from engagements.services.blockers import describe_blocker
from engagements.tests.pages import at, csv_rows, names, statements
from engagements.tests.work_files import apply, changes, item, preview

pytestmark = pytest.mark.django_db

ROWS = [
    item("A-1", title="Pay by card", state="Blocked", created_at="2026-01-01T09:00:00Z"),
    item("A-2", title="Refund", state="Blocked"),
    item("A-3", title="Search", state="Done"),
]
TOLD = changes(
    "A-1,2026-02-02T09:00:00Z,mara,state,Open,Blocked",
    "A-2,2026-01-12T09:00:00Z,mara,state,Open,Blocked",
    "A-3,2026-01-07T09:00:00Z,mara,state,Open,Blocked",
    "A-3,2026-01-13T09:00:00Z,mara,state,Blocked,Done",
)


@pytest.fixture
def blocked(engagement: Engagement, manager: User) -> Engagement:
    """A-2 is blocked for longest, A-1 for less; A-3 was."""
    apply(engagement, manager, ROWS, changelog=TOLD)
    return engagement


@pytest.fixture
def desk(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


def of(key: str) -> Blocker:
    return Blocker.objects.get(key=key)


def test_open_ones_come_first_the_oldest_before_the_others(
    desk: Client, blocked: Engagement
) -> None:
    assert names(desk.get(at("blocker_list", blocked))) == ["A-2", "A-1", "A-3"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=open", ["A-2", "A-1"]),
        ("?state=closed", ["A-3"]),
        ("?state=taken_back", []),
        ("?text=a-3", ["A-3"]),
        ("?words=missing", ["A-1", "A-3"]),
        ("?state=open&words=missing", ["A-1"]),
    ],
)
def test_filters_stand_in_the_address(
    desk: Client, blocked: Engagement, manager: User, query: str, found: list[str]
) -> None:
    describe_blocker(blocker=of("A-2"), version=1, impact="2.1 waits", owner="Ada", by=manager)
    assert names(desk.get(at("blocker_list", blocked) + query)) == found


def test_one_word_missing_is_missing(blocked: Engagement, manager: User) -> None:
    describe_blocker(blocker=of("A-2"), version=1, impact="2.1 waits", owner="", by=manager)
    describe_blocker(blocker=of("A-1"), version=1, impact="", owner="Ada", by=manager)
    assert Blocker.objects.without_words().count() == 3


def test_a_senseless_filter_is_said(desk: Client, blocked: Engagement) -> None:
    assert desk.get(at("blocker_list", blocked) + "?state=lost").status_code == 422


def test_the_download_holds_the_same(desk: Client, blocked: Engagement, manager: User) -> None:
    describe_blocker(blocker=of("A-3"), version=1, impact="=1+1", owner="Ada", by=manager)
    [row] = csv_rows(desk.get(at("blocker_list", blocked) + "?state=closed&format=csv"))
    assert (row["Item"], row["Title"], row["State"]) == ("A-3", "Search", "Closed")
    assert (row["Working days"], row["Impact"], row["Who must act"]) == ("4", "'=1+1", "Ada")


def test_an_empty_list_teaches(desk: Client, engagement: Engagement) -> None:
    assert "Nothing was ever blocked" in desk.get(at("blocker_list", engagement)).content.decode()


def test_lists_cost_the_same_for_one_and_three(desk: Client, blocked: Engagement) -> None:
    url = at("blocker_list", blocked)
    assert statements(desk, f"{url}?text=A-1") == statements(desk, url)


def test_one_blocker(desk: Client, blocked: Engagement) -> None:
    page = desk.get(of("A-3").get_absolute_url())
    text = page.content.decode()
    assert "Search" in text
    assert "Closed, 4 working days" in text
    assert at("work_detail", blocked, number=1, key="A-3") in text
    assert "Every time it was blocked" not in text
    assert "Nobody has said anything of it yet" in text


def test_every_time_of_the_same_item(desk: Client, blocked: Engagement, manager: User) -> None:
    again = changes(
        "A-3,2026-01-14T09:00:00Z,mara,state,Done,Blocked",
        "A-3,2026-01-16T09:00:00Z,mara,state,Blocked,Done",
    )
    apply(blocked, manager, ROWS, changelog=again)
    page = desk.get(Blocker.objects.filter(key="A-3").first().get_absolute_url())
    assert "Every time it was blocked" in page.content.decode()
    starts = [row[0].value.day for row in page.context["times"].rows]
    assert starts == [14, 7]


def test_the_page_of_an_item_names_its_blockers(desk: Client, blocked: Engagement) -> None:
    for key, words in (("A-1", "since"), ("A-3", "from")):
        text = desk.get(at("work_detail", blocked, number=1, key=key)).content.decode()
        assert f'<a href="{of(key).get_absolute_url()}">{words}' in text


def test_what_was_taken_back_says_so(desk: Client, blocked: Engagement) -> None:
    Blocker.objects.filter(key="A-2").update(is_told=False)
    text = desk.get(of("A-2").get_absolute_url()).content.decode()
    assert "Taken back" in text
    assert "Every time it was blocked" not in text
    assert names(desk.get(at("blocker_list", blocked)))[-1] == "A-2"
    assert names(desk.get(at("blocker_list", blocked) + "?state=taken_back")) == ["A-2"]


def test_what_was_taken_back_never_was_and_has_no_age(desk: Client, blocked: Engagement) -> None:
    open_text = desk.get(of("A-1").get_absolute_url()).content.decode()
    assert "still blocked" in open_text
    Blocker.objects.filter(key="A-1").update(is_told=False)
    text = " ".join(desk.get(of("A-1").get_absolute_url()).content.decode().split())
    assert "<dt>State</dt><dd>Taken back</dd>" in text
    assert "still blocked" not in text
    assert "As the tracker is understood now" in text
    rows = csv_rows(desk.get(at("blocker_list", blocked) + "?state=taken_back&format=csv"))
    assert [row["Working days"] for row in rows] == [""]


def test_an_item_that_no_export_names_any_more(desk: Client, blocked: Engagement) -> None:
    WorkItem.objects.filter(key="A-2").delete()
    assert "no export names it any more" in desk.get(of("A-2").get_absolute_url()).content.decode()


def test_saying_what_it_holds_up(desk: Client, blocked: Engagement) -> None:
    number = of("A-2").number
    url = at("blocker_edit", blocked, number=number)
    data = {"impact": "2.1 cannot be accepted.", "owner": "The bank", "version": 1}
    assert desk.post(url, data)["Location"] == at("blocker_detail", blocked, number=number)
    assert (of("A-2").impact, of("A-2").owner, of("A-2").version) == (*list(data.values())[:2], 2)
    [event] = AuditEvent.objects.filter(verb="blocker.described")
    assert event.after == {"impact": data["impact"], "owner": data["owner"]}
    assert f"said what blocker {number}, A-2 holds up" in sentence(event)
    acts = desk.get(of("A-2").get_absolute_url()).context["acts"]
    assert len(acts.rows) == 1


def test_who_comes_second_sees_both(desk: Client, blocked: Engagement) -> None:
    url = at("blocker_edit", blocked, number=of("A-2").number)
    data = {"impact": "Theirs", "owner": "", "version": 1}
    desk.post(url, data)
    response = desk.post(url, data | {"impact": "Yours"})
    assert response.status_code == 409
    rows = [(row.theirs, row.yours) for row in response.context["form"].conflict.rows]
    assert rows == [("Theirs", "Yours")]


def test_one_that_went_meanwhile_is_gone(
    desk: Client, blocked: Engagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody had said anything of it, and late evidence took it back while it was typed."""
    blocker = of("A-2")

    def go_first(**arguments: Any) -> Blocker:
        Blocker.objects.filter(pk=blocker.pk).delete()
        return describe_blocker(**arguments)

    monkeypatch.setattr("engagements.views.blockers.describe_blocker", go_first)
    url = at("blocker_edit", blocked, number=blocker.number)
    assert desk.post(url, {"impact": "x", "owner": "", "version": 1}).status_code == 404


def test_too_many_characters_are_refused_in_words(desk: Client, blocked: Engagement) -> None:
    url = at("blocker_edit", blocked, number=of("A-2").number)
    response = desk.post(url, {"impact": "", "owner": "x" * 121, "version": 1})
    assert response.status_code == 422
    assert "at most 120 characters" in response.content.decode()


def test_who_works_on_it_reads_and_does_not_write(
    client: Client, blocked: Engagement, specialist: User
) -> None:
    client.force_login(specialist)
    page = client.get(of("A-2").get_absolute_url())
    assert (page.status_code, page.context["acts"]) == (200, None)
    assert "Say what it holds up" not in page.content.decode()
    url = at("blocker_edit", blocked, number=of("A-2").number)
    assert client.get(url).status_code == 403


def test_the_overview_names_the_oldest(desk: Client, blocked: Engagement) -> None:
    text = desk.get(blocked.get_absolute_url()).content.decode()
    assert "2 open" in text
    assert text.index(of("A-2").get_absolute_url()) < text.index(of("A-1").get_absolute_url())


def test_the_overview_without_any(desk: Client, engagement: Engagement) -> None:
    assert "Nothing is blocked" in desk.get(engagement.get_absolute_url()).content.decode()


def test_what_is_to_be_closed_is_open_until_then(blocked: Engagement) -> None:
    Blocker.objects.filter(key="A-1").update(closed_at=now() + timedelta(days=3))
    assert {row.key for row in Blocker.objects.open()} == {"A-1", "A-2"}
    assert {row.key for row in Blocker.objects.closed()} == {"A-3"}
    assert of("A-1").is_open
    assert of("A-1").state == "open"


def test_a_preview_says_when_an_item_was_blocked(
    desk: Client, blocked: Engagement, manager: User
) -> None:
    late = changes("A-2,2026-01-14T09:00:00Z,mara,state,Blocked,Open")
    file = preview(blocked, manager, [item("A-2", title="Refund", state="Open")], changelog=late)
    text = desk.get(file.get_absolute_url()).content.decode()
    assert "since Mon 12 Jan, 10:00" in text
    assert "from Mon 12 Jan, 10:00 to Wed 14 Jan, 10:00" in text


def test_the_same_words_again_change_nothing(blocked: Engagement, manager: User) -> None:
    words = {"impact": "2.1 waits", "owner": "Ada"}
    describe_blocker(blocker=of("A-2"), version=1, by=manager, **words)
    describe_blocker(blocker=of("A-2"), version=2, by=manager, **words)
    assert AuditEvent.objects.filter(verb="blocker.described").count() == 1
