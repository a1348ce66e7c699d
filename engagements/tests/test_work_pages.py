"""The work: the list with its filter, and one item."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import pytest

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from engagements.models import Engagement, Import, Milestone, Source, Sprint, WorkEvent, WorkItem
from engagements.services.rebuilding import rebuild_work
from engagements.tests.pages import at, csv_rows, make_import, make_item, names, statements

pytestmark = pytest.mark.django_db

CREATED = datetime(2026, 11, 2, 9, tzinfo=UTC)
DONE = datetime(2026, 11, 3, 9, tzinfo=UTC)


@pytest.fixture
def desk(manager: User, engagement: Engagement, sign_in: Any) -> Any:
    return sign_in(manager)


@pytest.fixture
def file(engagement: Engagement) -> Import:
    return make_import(engagement)


@pytest.fixture
def work(file: Import, other_engagement: Engagement) -> Import:
    """Two items that differ in everything, and a third that belongs to somebody else."""
    engagement = file.engagement
    release = Milestone.objects.create(engagement=engagement, number=1, name="2.1")
    other = Milestone.objects.create(engagement=engagement, number=2, name="3.x")
    sprint = Sprint.objects.create(engagement=engagement, number=1, name="S1")
    said = {"type": "Bug", "state": "Open", "assignee": "Sami", "sprint": sprint}
    make_item(file, "A-2", title="It breaks", created_at=DONE, milestones=[release, other], **said)
    make_item(file, "B-1", type="Story", state="Closed", created_at=CREATED, done_at=DONE)
    make_item(make_import(other_engagement), "X-9", title="It breaks too", type="Secret")
    return file


def test_the_newest_first(desk: Any, work: Import) -> None:
    assert names(desk.get(at("work_list", work.engagement))) == ["A-2", "B-1"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "a-2"}, ["A-2"]),
        ({"text": "BREAKS"}, ["A-2"]),
        ({"text": "%"}, []),
        ({"done": "yes"}, ["B-1"]),
        ({"done": "no"}, ["A-2"]),
        ({"state": "Open"}, ["A-2"]),
        ({"type": "Story"}, ["B-1"]),
        ({"milestone": "1"}, ["A-2"]),
        ({"sprint": "1"}, ["A-2"]),
        ({"assignee": "Sami"}, ["A-2"]),
        ({"assignee": "Sami", "type": "Story"}, []),
    ],
)
def test_list_is_filtered_by_its_url(
    desk: Any, work: Import, query: dict[str, str], found: list[str]
) -> None:
    url = at("work_list", work.engagement)
    assert names(desk.get(url, query)) == found
    assert [row["Key"] for row in csv_rows(desk.get(url, query | {"format": "csv"}))] == found


def test_what_is_dated_into_the_future_is_open(desk: Any, work: Import) -> None:
    WorkItem.objects.filter(key="A-2").update(done_at=now() + timedelta(days=1))
    url = at("work_list", work.engagement)
    assert [names(desk.get(url, {"done": done})) for done in ("no", "yes")] == [["A-2"], ["B-1"]]
    notes = [row[-1].note for row in desk.get(url).context["listing"].rows]
    assert notes == ["open until then", ""]
    pages = [
        desk.get(at("work_detail", work.engagement, number=1, key=key)).content.decode()
        for key in ("A-2", "B-1")
    ]
    assert ["(open until then)" in page for page in pages] == [True, False]


def test_a_state_says_that_nobody_has_decided_on_it(desk: Any, work: Import) -> None:
    WorkItem.objects.filter(key="A-2").update(state="Triage")
    url = at("work_list", work.engagement)
    assert [row[3].note for row in desk.get(url).context["listing"].rows] == ["", ""]
    Import.objects.filter(pk=work.pk).update(undecided_states=["Triage"])
    notes = [row[3].note for row in desk.get(url).context["listing"].rows]
    assert notes == ["not decided yet", ""]


def test_items_of_several_sources_name_theirs(desk: Any, work: Import) -> None:
    """So that two of one key can be told apart, on the page and in its CSV."""
    url = at("work_list", work.engagement)
    assert [row[0].note for row in desk.get(url).context["listing"].rows] == ["", ""]
    other = Source.objects.create(engagement=work.engagement, number=2, kind="work_csv")
    twin = Import.objects.get(pk=work.pk)
    twin.pk, twin.number, twin.source, twin._state.adding = None, 2, other, True
    twin.save()
    make_item(twin, "A-2", created_at=CREATED - timedelta(days=1))
    rows = [(row[0].value, row[0].note) for row in desk.get(url).context["listing"].rows]
    assert rows == [("A-2", "Jira export"), ("B-1", "Jira export"), ("A-2", "Work CSV")]
    told = [row["Source"] for row in csv_rows(desk.get(url, {"format": "csv"}))]
    assert told == ["Jira export", "Jira export", "Work CSV"]


def test_what_was_done_before_it_was_begun_or_created(desk: Any, file: Import) -> None:
    make_item(file, "A-1", created_at=DONE, done_at=CREATED)
    make_item(file, "A-2", created_at=CREATED, started_at=DONE, done_at=CREATED)
    make_item(file, "A-3", created_at=CREATED, started_at=CREATED, done_at=CREATED)
    make_item(file, "A-4", created_at=DONE)
    found = names(desk.get(at("work_list", file.engagement), {"dates": "impossible"}))
    assert sorted(found) == ["A-1", "A-2"]


def test_choices_are_what_this_engagement_has(desk: Any, work: Import) -> None:
    form = desk.get(at("work_list", work.engagement)).context["listing"].filter_form
    choices = {
        name: [label for _, label in field.choices]
        for name, field in form.fields.items()
        if name not in ("text", "done", "dates")
    }
    assert choices == {
        "state": ["All", "Closed", "Open"],
        "type": ["All", "Bug", "Story"],
        "milestone": ["All", "2.1", "3.x"],
        "sprint": ["All", "S1"],
        "assignee": ["All", "Sami"],
    }


@pytest.mark.parametrize(
    "query", [{"type": "Secret"}, {"milestone": "9"}, {"done": "perhaps"}, {"dates": "odd"}]
)
def test_a_choice_that_is_none_is_refused(desk: Any, work: Import, query: dict[str, str]) -> None:
    url = at("work_list", work.engagement)
    assert desk.get(url, query).status_code == 422
    assert desk.get(url, query | {"format": "csv"}).status_code == 422


def test_csv_holds_every_column_as_text(desk: Any, work: Import) -> None:
    WorkItem.objects.filter(key="A-2").update(title="=HYPERLINK(1)")
    rows = csv_rows(desk.get(at("work_list", work.engagement), {"format": "csv"}))
    assert rows[0] == {
        "Key": "A-2",
        "Title": "'=HYPERLINK(1)",
        "Type": "Bug",
        "State": "Open",
        "Milestones": "2.1, 3.x",
        "Sprint": "S1",
        "Assignee": "Sami",
        "Created": "2026-11-03T09:00:00Z",
        "Done": "",
        "Assignee in the tracker": "Sami",
        "Created is": "",
    }
    assert rows[1]["Done"] == "2026-11-03T09:00:00Z"


def test_what_no_file_says_to_be_created_is_said_to_be_first_told_of(
    desk: Any, file: Import
) -> None:
    """Of what one file says it, that counts; of another the last cell for it is empty."""
    make_item(file, "A-1")
    for key, created in [("A-2", None), ("A-3", None), ("A-3", "2026-01-05T10:00:00Z")]:
        said = {"source": file.source, "key": key, "of": file, "recorded_at": now()}
        told = {"became": json.dumps({"state": "Open", "created_at": created})}
        WorkEvent.objects.create(**said, **told, field="seen", occurred_at=now())
    rebuild_work(engagement=file.engagement, by=None)
    url = at("work_list", file.engagement)
    notes = {row[0].value: row[-2].note for row in desk.get(url).context["listing"].rows}
    assert notes == {"A-1": "", "A-2": "first told of", "A-3": ""}
    rows = csv_rows(desk.get(url, {"format": "csv"}))
    assert {row["Key"]: row["Created is"] for row in rows} == notes
    page = desk.get(at("work_detail", file.engagement, number=1, key="A-2")).content.decode()
    assert "first told of" in page


def test_twenty_five_a_page(desk: Any, file: Import) -> None:
    for number in range(26):
        make_item(file, f"A-{number}")
    url = at("work_list", file.engagement)
    assert len(names(desk.get(url))) == 25
    assert len(names(desk.get(url, {"page": 2}))) == 1
    assert len(csv_rows(desk.get(url, {"format": "csv"}))) == 26


def test_list_costs_the_same_for_one_and_three(desk: Any, file: Import) -> None:
    url = at("work_list", file.engagement)
    make_item(file, "A-1")
    assert statements(desk, url) == 10
    milestone = Milestone.objects.create(engagement=file.engagement, number=1, name="2.1")
    make_item(file, "A-2", milestones=[milestone])
    make_item(file, "A-3", milestones=[milestone])
    assert statements(desk, url) == 10


def test_it_teaches_where_there_is_nothing(desk: Any, engagement: Engagement) -> None:
    assert "No work is known yet" in desk.get(at("work_list", engagement)).content.decode()


def test_one_item(desk: Any, work: Import) -> None:
    url = at("work_detail", work.engagement, number=1, key="A-2")
    page = desk.get(url).content.decode()
    for words in ("It breaks", "Sami", "2.1</a>", "3.x</a>", "S1</a>", "work.csv</a>", "Bug"):
        assert words in page


def test_all_of_a_long_title_is_on_its_own_page(desk: Any, work: Import) -> None:
    WorkItem.objects.filter(key="A-2").update(title="It breaks " * 200)
    listed = desk.get(at("work_list", work.engagement)).content.decode()
    assert listed.count("It breaks") == 30
    page = desk.get(at("work_detail", work.engagement, number=1, key="A-2")).content.decode()
    assert page.count("It breaks") == 200


def test_what_is_not_known_of_an_item_is_said(desk: Any, work: Import) -> None:
    WorkItem.objects.filter(key="B-1").update(size=3)
    page = desk.get(at("work_detail", work.engagement, number=1, key="B-1")).content.decode()
    assert "nobody" in page
    assert "<dd>3</dd>" in page


@pytest.mark.parametrize(
    "key",
    [
        "é=1",
        "A/2",
        "A 2?x=1#y",
        "line\nbreak",
        "…",
        "%2F",
        ".",
        "..",
        "%2e%2e",
        "~QQ",
        " ",
        "../../x?y#z%00",
        "/",
        "//evil.example/",
        "\\..\\",
        "javascript:alert(1)",
        "https://evil.example",
    ],
)
def test_any_key_has_a_page(desk: Any, file: Import, key: str) -> None:
    make_item(file, key, title="Found it")
    link = desk.get(at("work_list", file.engagement)).context["listing"].rows[0][0].url
    assert urljoin("https://portal.example/", link) == "https://portal.example" + link
    assert "Found it" in desk.get(link).content.decode()


def test_a_key_that_no_item_can_have(desk: Any, work: Import) -> None:
    url = at("work_list", work.engagement)
    assert desk.get(f"{url}1/%00/").status_code == 404
    assert desk.get(f"{url}1/~QQB6/").status_code == 404  # "A", NUL, "z"
    assert desk.get(f"{url}99999999999999999999/A-2/").status_code == 404


def test_an_item_of_somebody_else(desk: Any, work: Import) -> None:
    assert desk.get(at("work_detail", work.engagement, number=1, key="X-9")).status_code == 404


@pytest.mark.parametrize(
    ("unit", "size", "words"),
    [("items", "5.00", "5"), ("points", "0.50", "0.5 points"), ("days", "20.00", "20 days")],
)
def test_a_size_as_people_write_it(
    desk: Any, work: Import, unit: str, size: str, words: str
) -> None:
    WorkItem.objects.filter(key="B-1").update(size=size)
    Engagement.objects.filter(pk=work.engagement_id).update(unit=unit)
    page = desk.get(at("work_detail", work.engagement, number=1, key="B-1")).content.decode()
    assert f"<dt>Size</dt><dd>{words}</dd>" in page
