"""The page of the figures: as of when, of which week, and where its lists lead."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.components import Turn
from engagements.models import Engagement, Import
from engagements.tests.work_files import apply, item
from reporting.tests.pages import SignIn, statements, text_of
from reporting.tests.reports import FRIDAY, WEEK, import_three, import_work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 15, 23, tzinfo=UTC)  # midnight in Berlin


@pytest.fixture
def atlas(engagement: Engagement, manager: User) -> Engagement:
    """Three weeks old: one item finished this week, one the week before, one open."""
    import_three(engagement, manager)
    return engagement


@pytest.fixture
def page(sign_in: SignIn, manager: User, atlas: Engagement) -> Any:
    """Reads the figures as the DM, of the week and query given."""
    client = sign_in(manager)

    def _page(week: str = "", **query: str) -> Any:
        route, more = ("figures_week", [week]) if week else ("figures_detail", [])
        return client.get(reverse(route, args=[atlas.ref, *more]), query)

    return _page


def moved(response: Any) -> dict[str, list[str]]:
    return {each.name: [one.key for one in each.shown] for each in response.context["moved"]}


def test_this_week_up_to_now(page: Any, atlas: Engagement) -> None:
    response = page()
    assert moved(response) == {"Finished": ["A-1"], "Added": ["A-3"]}
    said = text_of(response)
    assert "16–22 Nov, up to" in said
    assert f'<a href="/engagements/{atlas.ref}/work/1/A-1/">A-1</a> Title of A-1' in said
    assert "Nothing was reopened or withdrawn." in said


def test_lists_show_how_long_titles_begin(page: Any, atlas: Engagement, manager: User) -> None:
    created = (FRIDAY - DAY).isoformat()
    apply(atlas, manager, [item("B-1", title="Long " * 400, created_at=created)])
    said = text_of(page())
    assert "Long Long" in said
    assert "Long " * 61 not in said


def test_a_whole_week_as_of_its_end(page: Any) -> None:
    response = page("2026-W46")
    assert moved(response) == {"Finished": ["A-2"]}
    assert response.context["as_of"] == MONDAY
    assert "up to" not in text_of(response).split("<h2>")[1].split("</h2>")[0]


def test_the_running_week_is_told_up_to_now(page: Any) -> None:
    assert page("2026-W47").context["as_of"] == FRIDAY


@pytest.mark.parametrize("week", ["2026-W48", "1969-W10", "0001-W01", "2026-W99"])
def test_a_week_of_which_nothing_is_known_is_not_found(page: Any, week: str) -> None:
    assert page(week).status_code == 404


@pytest.mark.parametrize(
    ("at", "as_of"),
    [
        ("2026-11-13T12:00:00Z", FRIDAY - WEEK),
        ("2026-11-13T13:00", FRIDAY - WEEK),  # by the clock of the engagement
        ("2026-11-15", MONDAY),  # the whole day
        ("2026-11-20", FRIDAY),  # as far as it has come
        ("", FRIDAY),
    ],
)
def test_figures_as_of_an_instant(page: Any, at: str, as_of: datetime) -> None:
    response = page(at=at)
    assert (response.status_code, response.context["as_of"]) == (200, as_of)


def test_what_an_earlier_instant_did_not_know_is_not_there(page: Any) -> None:
    response = page(at="2026-11-11T12:00")
    assert moved(response) == {}
    assert response.context["week"].figures["total"]["open"] == 2


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-21", "That is still to come: figures are known up to now."),
        ("9999-12-31", "That is still to come: figures are known up to now."),
        ("1969-12-31T12:00", "Nothing is known of a time before 1970."),
        ("0001-01-01", "Nothing is known of a time before 1970."),
        ("yesterday", "Give a day, or a day and a time such as 2026-11-20T17:00."),
        ("2026-02-30", "Give a day, or a day and a time such as 2026-11-20T17:00."),
    ],
)
def test_a_senseless_instant_is_refused_in_words(page: Any, at: str, said: str) -> None:
    response = page(at=at, format="csv")
    assert response.status_code == 422
    assert said in text_of(response)


def test_weeks_lead_to_the_weeks_around_them(page: Any, atlas: Engagement) -> None:
    this, before = page().context, page("2026-W46").context
    base = f"/engagements/{atlas.ref}/figures/"
    assert (this["earlier"], this["later"]) == (Turn("9–15 Nov", f"{base}2026-W46/"), None)
    assert before["earlier"] == Turn("2–8 Nov", f"{base}2026-W45/")
    assert before["later"] == Turn("16–22 Nov", base)


def test_no_week_is_before_the_first_item(page: Any) -> None:
    assert page("2026-W44").context["earlier"] is None


def test_the_figures_as_a_table(page: Any) -> None:
    response = page("2026-W46", format="csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert response["Content-Disposition"] == 'attachment; filename="figures.csv"'
    assert lines[0] == "Figure,Of,Title,Value,Unit,As of"
    assert "Finished,A-2,Title of A-2,1,items,2026-11-15T23:00:00Z" in lines
    assert 'href="?format=csv"' in text_of(page("2026-W46"))


def test_the_table_is_of_the_instant_that_was_asked_for(page: Any) -> None:
    assert 'href="?at=2026-11-13&amp;format=csv"' in text_of(page(at="2026-11-13"))


def test_before_the_first_file_the_page_says_where_figures_come_from(
    sign_in: SignIn, manager: User, engagement: Engagement
) -> None:
    client = sign_in(manager)
    response = client.get(reverse("figures_detail", args=[engagement.ref]))
    assert "No work is known yet" in text_of(response)
    assert "data-flip" not in text_of(response)


def test_a_file_of_last_week_says_nothing_of_this_one(
    page: Any, friday: time_machine.Traveller
) -> None:
    friday.move_to(FRIDAY + WEEK, tick=False)
    assert "Not known: the last file is of Fri 20 Nov, before this week" in text_of(page())


def test_every_section_says_what_it_is_counted_from(page: Any) -> None:
    said = text_of(page())
    assert said.count("Counted in ") == said.count("export.csv</a>. As of ") == 5


@pytest.mark.parametrize("children", [1, 30])
def test_statements_of_the_figures(
    sign_in: SignIn, manager: User, engagement: Engagement, children: int
) -> None:
    work: dict[str, Any] = {f"A-{n}": (FRIDAY - WEEK, FRIDAY - DAY) for n in range(children)}
    import_work(engagement, manager, **work)
    assert statements(sign_in(manager), reverse("figures_detail", args=[engagement.ref])) == 12


def test_a_source_older_than_promised_is_told_above_the_figures(page: Any) -> None:
    Import.objects.update(as_of=FRIDAY - 8 * DAY)
    assert text_of(page()).count("Jira export has told nothing for 8 days") == 1
    assert "told nothing for" not in text_of(page("2026-W46"))


def test_figures_name_the_file_that_their_foot_names_however_late_an_older_came(
    page: Any, atlas: Engagement
) -> None:
    newest = Import.objects.get(engagement=atlas)
    older = Import.objects.get(pk=newest.pk)
    older.pk, older.number, older._state.adding = None, 2, True
    older.file_name, older.applied_at = "older.csv", FRIDAY
    older.as_of = FRIDAY - 30 * DAY
    older.save()
    said = text_of(page())
    assert "older.csv" not in said
    assert said.count(f">{newest.file_name}</a>") == 6


def test_a_week_that_the_files_do_not_tell_of_is_not_known(page: Any, atlas: Engagement) -> None:
    Import.objects.filter(engagement=atlas).update(as_of=MONDAY - DAY)
    response = page()
    assert (moved(response), "Nothing was" in text_of(response)) == ({}, False)
    assert "the last file is of Sun 15 Nov, before this week" in text_of(response)


def test_a_week_that_the_files_tell_of_in_part_says_up_to_when(
    page: Any, atlas: Engagement
) -> None:
    Import.objects.filter(engagement=atlas).update(as_of=MONDAY + DAY)
    said = text_of(page())
    assert "Up to Tue 17 Nov nothing was reopened or withdrawn." in said
    assert "What happened after Tue 17 Nov is not known yet" in said
