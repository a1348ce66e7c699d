"""How old a source is, when that is too old, and what it leaves out of the figures."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.components import Sentence
from engagements.freshness import Freshness, freshness_of, oldest_words, stale_sources
from engagements.models import Engagement, Import, Source, StateMeaning
from engagements.tests.pages import at, make_import, make_item

pytestmark = pytest.mark.django_db

# A Friday in Berlin, where it is an hour later.
FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def file(engagement: Engagement) -> Import:
    """The one applied file of the one source; it speaks of Friday."""
    Engagement.objects.filter(pk=engagement.pk).update(time_zone="Europe/Berlin")
    engagement.refresh_from_db()
    return changed(make_import(engagement), as_of=FRIDAY)


def changed(file: Import, **fields: Any) -> Import:
    Import.objects.filter(pk=file.pk).update(**fields)
    file.refresh_from_db()
    return file


def another(file: Import, **fields: Any) -> Import:
    """One more applied file of the same source."""
    twin = Import.objects.get(pk=file.pk)
    twin.pk, twin.number, twin._state.adding = None, file.number + 1, True
    for name, value in fields.items():
        setattr(twin, name, value)
    twin.save()
    return twin


def read(file: Import, *, days: float = 0, may_import: bool = True) -> Freshness:
    """How it is told so many days after Friday."""
    when = FRIDAY + days * DAY
    [found] = freshness_of(file.engagement, at=when, may_import=may_import)
    return found


def left_out(file: Import, *, may_import: bool = True) -> list[tuple[str, str]]:
    return [(each.text, each.url) for each in read(file, may_import=may_import).basis.left_out]


@pytest.mark.parametrize(
    ("days", "age", "is_stale"), [(-3, 0, False), (0, 0, False), (7, 7, False), (8, 8, True)]
)
def test_a_source_is_stale_after_the_last_promised_day(
    file: Import, days: int, age: int, is_stale: bool
) -> None:
    found = read(file, days=days)
    assert (found.age_days, found.is_stale) == (age, is_stale)


def test_days_are_those_of_the_engagements_calendar(file: Import) -> None:
    changed(file, as_of=datetime(2026, 11, 19, 23, 30, tzinfo=UTC))  # Friday 00:30 in Berlin
    assert read(file).age_days == 0


def test_the_newest_file_is_the_one_that_speaks_of_the_latest_instant(file: Import) -> None:
    another(file, as_of=FRIDAY - 30 * DAY, file_name="late.csv")
    assert read(file).file == file
    newer = another(file, number=8, as_of=FRIDAY)
    assert read(file).file == newer


def test_a_file_of_few_of_the_open_items_makes_nothing_fresh(file: Import) -> None:
    part = another(
        file, as_of=FRIDAY + 8 * DAY, file_name="board.csv", open_count=60, missing_count=46
    )
    found = read(file, days=9)
    assert (found.file, found.is_stale) == (file, True)
    assert found.stale_words.startswith("its newest file of most open items speaks of nothing")
    assert found.basis.partly == Sentence(
        "14 of 60 open items are known as of Sat 28 Nov", url=part.get_absolute_url()
    )


@pytest.mark.parametrize(
    "fields", [{"open_count": 60, "missing_count": 30}, {"is_whole": True, "exported_at": FRIDAY}]
)
def test_a_file_of_most_or_of_all_there_is_counts(file: Import, fields: dict[str, Any]) -> None:
    whole = another(file, as_of=FRIDAY + DAY, **{"open_count": 9, "missing_count": 9} | fields)
    found = read(file, days=2)
    assert (found.file, found.basis.partly) == (whole, None)


def test_one_item_is_told_of_in_the_singular(file: Import) -> None:
    another(file, as_of=FRIDAY + DAY, open_count=3, missing_count=2)
    said = read(file, days=1).basis.partly
    assert said is not None
    assert said.text == "1 of 3 open items is known as of Sat 21 Nov"


def test_a_file_that_is_not_applied_makes_nothing_fresh(file: Import) -> None:
    another(file, as_of=FRIDAY + 20 * DAY, state="previewed", applied_at=None, applied_by=None)
    assert read(file, days=8).is_stale


def test_a_file_that_names_no_instant_is_as_of_its_handing_over(file: Import) -> None:
    changed(file, as_of=None, uploaded_at=FRIDAY - 2 * DAY)
    assert (read(file).as_of, read(file).age_days) == (FRIDAY - 2 * DAY, 2)


@pytest.mark.parametrize(("state", "is_stale"), [("active", True), ("paused", False)])
def test_only_an_active_engagement_needs_fresh_sources(
    file: Import, state: str, is_stale: bool
) -> None:
    Engagement.objects.filter(pk=file.engagement_id).update(state=state)
    assert read(file, days=40).is_stale is is_stale


def test_a_source_need_not_speak_of_days_after_the_last(file: Import) -> None:
    starts_on, ends_on = date(2026, 1, 1), date(2026, 11, 25)
    rows = Engagement.objects.filter(pk=file.engagement_id)
    rows.update(starts_on=starts_on, ends_on=ends_on)
    assert (read(file, days=3).age_days, read(file, days=400).age_days) == (3, 5)


def test_in_words(file: Import) -> None:
    found = read(file, days=8)
    assert found.stale_title == "Jira export has told nothing for 8 days"
    assert found.basis.late == "8 days old, promised: at most 7"
    assert (found.spoken_words, found.import_url) == (
        "Fri 20 Nov",
        at("import_create", file.engagement),
    )
    assert (read(file, days=1).age_words, read(file).basis.late) == ("1 day", "")


def test_nothing_left_out(file: Import) -> None:
    make_item(file, "A-1", created_at=FRIDAY, started_at=FRIDAY, done_at=FRIDAY)
    assert left_out(file) == []


def test_what_is_left_out_and_where_to_see_it(file: Import) -> None:
    states = ["Parked", "Shipped", "Triage"]
    changed(file, refused_count=3, rows_left_out=1, undecided_states=states)
    meant = {"source": file.source, "decided_at": now(), "decided_by": file.applied_by}
    StateMeaning.objects.create(state="Shipped", stage="done", **meant)
    make_item(file, "A-1", created_at=FRIDAY, done_at=FRIDAY - DAY)
    make_item(file, "A-2", created_at=FRIDAY - DAY, started_at=FRIDAY, done_at=FRIDAY - DAY)
    rows = at("import_row_list", file.engagement, number=1)
    assert left_out(file) == [
        ("3 refused rows", f"{rows}?verdict=refused"),
        ("1 row of other teams", file.get_absolute_url()),
        ("2 states not decided yet", at("import_states", file.engagement)),
        (
            "the cycle time of 2 items with impossible dates",
            f"{at('work_list', file.engagement)}?dates=impossible",
        ),
    ]


def test_who_may_not_import_is_led_to_no_closed_door(file: Import) -> None:
    changed(file, undecided_states=["Parked"])
    assert left_out(file, may_import=False) == [("1 state not decided yet", "")]


def test_every_source_of_its_own(file: Import) -> None:
    source = Source.objects.create(engagement=file.engagement, number=2, kind="work_csv")
    another(file, source=source, as_of=FRIDAY - 20 * DAY)
    found = freshness_of(file.engagement, at=FRIDAY, may_import=True)
    assert [(each.name, each.is_stale) for each in found] == [
        ("Jira export", False),
        ("Work CSV", True),
    ]
    assert [each.name for each in stale_sources([file.engagement], at=FRIDAY)] == ["Work CSV"]


@pytest.mark.parametrize(("days", "lines"), [(7, 0), (8, 1)])
def test_the_overview_says_so_first(
    client: Client, file: Import, manager: User, days: int, lines: int
) -> None:
    with time_machine.travel(FRIDAY + days * DAY, tick=False):
        client.force_login(manager)
        html = client.get(file.engagement.get_absolute_url()).content.decode()
    assert html.count("Jira export has told nothing for 8 days") == lines
    assert html.count("Import a newer file") == lines


def test_that_nothing_is_blocked_rests_on_a_source_too(
    client: Client, file: Import, manager: User
) -> None:
    client.force_login(manager)
    html = client.get(file.engagement.get_absolute_url()).content.decode()
    blockers, _, rest = html.partition('id="blockers-title"')[2].partition("</section>")
    assert "Nothing is blocked" in blockers
    assert (html.count("From Jira export"), rest.count("From Jira export")) == (1, 1)


def test_of_several_the_oldest_is_told(file: Import) -> None:
    source = Source.objects.create(engagement=file.engagement, number=2, kind="work_csv")
    another(file, source=source, as_of=FRIDAY - 20 * DAY)
    told = [
        oldest_words(freshness_of(file.engagement, at=FRIDAY + days * DAY, may_import=True))
        for days in (-20, 0, 10)
    ]
    assert told == ["", "as of Sat 31 Oct", "as of Sat 31 Oct"]


@pytest.mark.parametrize(
    ("route", "number"),
    [
        ("engagement_detail", None),
        ("work_list", None),
        ("sprint_list", None),
        ("sprint_detail", 1),
        ("milestone_list", None),
        ("milestone_detail", 1),
        ("blocker_list", None),
        ("figures_detail", None),
    ],
)
def test_every_page_of_figures_says_from_what_and_what_is_left_out(
    client: Client, file: Import, manager: User, route: str, number: int | None
) -> None:
    changed(file, refused_count=3)
    make_item(file, "A-1")
    for rows in (file.engagement.milestones, file.engagement.sprints):
        rows.create(number=1, name="One")
    client.force_login(manager)
    place = {"number": number} if number else {}
    html = client.get(at(route, file.engagement, **place)).content.decode()
    assert f'From Jira export (<a href="{file.get_absolute_url()}">work.csv</a>), as of' in html
    assert "Fri 20 Nov" in html
    assert ">3 refused rows</a>" in html


def test_states_that_any_of_its_files_named_wait_for_a_decision(file: Import) -> None:
    """But those that every tracker means alike by now."""
    changed(file, undecided_states=["Triage", "Parked"])
    another(file, as_of=FRIDAY + DAY, undecided_states=["Triage", "Done"])
    another(file, number=9, state="refused", applied_at=None, undecided_states=["Refused"])
    found = read(file).undecided
    assert (found.states, found.source) == (["Parked", "Triage"], "Jira export")


@pytest.mark.parametrize(
    ("states", "title"),
    [
        ("A", "Nobody has decided yet what the state “A” of Jira export means"),
        ("AB", "Nobody has decided yet what these states of Jira export mean: “A”, “B”"),
        (
            "ABCDEF",
            (
                "Nobody has decided yet what these states of Jira export mean: "
                "“A”, “B”, “C”, “D” and 2 more"
            ),
        ),
    ],
)
def test_what_nobody_has_decided_in_words(file: Import, states: str, title: str) -> None:
    changed(file, undecided_states=list(states))
    assert read(file).undecided.title == title


@pytest.mark.parametrize("route", ["engagement_detail", "work_list", "blocker_list"])
def test_a_state_that_nobody_decided_on_is_a_warning_where_it_shows(
    file: Import, manager: User, sign_in: Any, route: str
) -> None:
    desk = sign_in(manager)
    url, warning = at(route, file.engagement), "Nobody has decided yet what the state “Parked”"
    assert warning not in desk.get(url).content.decode()
    changed(file, undecided_states=["Parked"])
    page = desk.get(url).content.decode()
    assert warning in page
    assert f'<a href="{at("import_states", file.engagement)}">Decide what it means</a>' in page


def test_who_may_not_decide_is_told_who_does(file: Import, specialist: User, sign_in: Any) -> None:
    changed(file, undecided_states=["Parked", "Triage"])
    page = sign_in(specialist).get(at("work_list", file.engagement)).content.decode()
    assert "The delivery manager decides." in page
    assert "Decide what" not in page
