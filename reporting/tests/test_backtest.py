"""The past held against what would have been foretold: in time order, on real data too."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dm_portal.people.models import User
from engagements.models import Engagement, Sprint
from reporting.backtests import dates, files, sprints
from reporting.forecasts.finish import Finish
from reporting.forecasts.sprint import Snapshot
from reporting.tests.forecasts import plan_sprints, work_steadily

STEADY = [3, 5, 4, 6, 2, 5, 4, 3, 6, 5, 4, 4] * 4

# What forecasting of these organisations came to where the method was developed: mean absolute
# errors at the beginning, and when 30 % are over.
ERRORS = {
    ("apache", 0): 6.58,
    ("jboss", 0): 4.55,
    ("jira", 0): 3.88,
    ("apache", 30): 6.39,
    ("jboss", 30): 3.96,
    ("jira", 30): 3.36,
}


def run(*options: Any) -> list[str]:
    out = StringIO()
    call_command("backtest", *options, stdout=out)
    return out.getvalue().splitlines()


def test_each_forecast_knows_only_the_weeks_before_it():
    tries = list(dates.walk(STEADY))
    again = list(dates.walk(STEADY[:30]))

    assert [each.found for each in again] == [each.found for each in tries[: len(again)]]
    assert tries[-1].left == 0
    assert next(iter(tries)).took == 4


def test_a_steady_team_is_foretold():
    found = dates.score(dates.walk(STEADY))

    assert found.tried > 80
    assert found.coverage[0.95] >= found.coverage[0.85] >= 0.85
    assert found.error < 2
    assert found.width > 0


def law(*chances, left=9, took=None):
    return dates.Try(Finish(chances), took, left)


@pytest.mark.parametrize(
    ("tried", "held"),
    [
        (law(0.2, 0.9, took=2), True),
        (law(0.2, 0.9, took=3), False),
        (law(0.2, 0.9, left=2), False),
        (law(0.2, 0.9, left=1), None),
        (law(0.2, 0.9, took=1, left=1), None),
        (law(0.2, left=9), None),
        (law(0.2, took=9), None),
    ],
    ids=[
        "in time",
        "late",
        "not yet and late",
        "not yet",
        "done, and the date is to come",
        "never foretold",
        "never foretold, done",
    ],
)
def test_what_is_not_known_yet_counts_for_nothing(tried, held):
    assert tried.held(0.85) is held


def test_the_middle_date_is_wrong_by_what_is_known():
    tries = [
        law(0.6, 0.9, took=3),
        law(0.6, 0.9, left=5),
        law(0.6, 0.9, took=1, left=1),
    ]

    assert [each.missed_by for each in tries] == [2, 4, 0]
    assert dates.score(tries).error == 3


def test_of_nothing_nothing_is_known():
    found = dates.score(dates.walk([0] * 20))

    assert (found.tried, found.width, found.error) == (0, None, None)
    assert set(found.coverage.values()) == {None}
    assert list(dates.walk([1] * 7)) == []


def test_the_first_five_sprints_are_not_held_against_anything():
    board = [Snapshot(20, 0, 20)] * 9

    tries = list(sprints.walk(board, share=0))

    assert len(tries) == 4
    assert sprints.score(tries).error < 2
    assert sprints.score([]).error is None


@pytest.fixture(scope="module")
def tried(real_sprints):
    """Every sprint of the organisations at each share, in order of time."""
    return {
        (name, share): [
            each
            for board in files.boards(real_sprints, name, share)
            for each in sprints.walk(board, share=share)
        ]
        for name in files.organisations(real_sprints)
        for share in (0, 30, 50, 80)
    }


@pytest.fixture(scope="module")
def real_sprints(real_data: Path) -> Path:
    return real_data / "sprints"


def test_real_sprints_are_foretold_as_well_as_where_the_method_was_developed(tried):
    errors = {key: sprints.score(tried[key]).error for key in ERRORS}

    assert {key: error for key, error in errors.items() if error > ERRORS[key]} == {}
    assert sum(len(tried[name, 0]) for name in ("apache", "jboss", "jira")) == 2024


def test_bands_of_real_sprints_hold_what_they_say(tried):
    for key, each in tried.items():
        within = sprints.score(each).within
        assert 0.60 <= within[0.70] <= 0.80, key
        assert 0.85 <= within[0.90] <= 0.94, key


def test_the_command_reads_a_folder(tmp_path: Path):
    header = "boardid,sprintid,name,vel_diff,planday,a,vel_starttime,b,vel_added,c,vel_removed"
    header += ",d,e,f,g,h,vel_done,i,j\n"
    lines = [f"1,{n},A name, with a comma,0,10,0,8,0,1,0,1,0,0,0,0,0,2,0,0\n" for n in range(9)]
    for share in (0, 30, 50, 80):
        (tmp_path / f"ours_iteration_{share}.csv").write_text(header + "".join(lines))

    said = run("--sprints", tmp_path)

    assert [line.split(";")[0] for line in said][:2] == [
        "ours at 0 %: 4 sprints",
        "All at 0 %: 4 sprints",
    ]
    assert len(said) == 8


def test_a_folder_without_sprints_is_refused(tmp_path: Path):
    (tmp_path / "ours_iteration_0.csv").write_text("boardid\n")
    with pytest.raises(CommandError, match="holds no files"):
        run("--sprints", tmp_path)


@pytest.mark.django_db
@pytest.mark.usefixtures("friday")
def test_the_command_walks_every_engagement(
    engagement: Engagement, other_engagement: Engagement, manager: User
):
    work_steadily(engagement, manager, weeks=30)
    plan_sprints(engagement)

    atlas, borealis, everything = run()
    assert atlas.startswith("Atlas: 67 forecasts, 2 refused; done by the date of 50%: ")
    assert borealis == "Borealis: no forecast was told, 0 refused."
    assert everything.startswith("All: 67 forecasts, 2 refused; ")

    assert run("--engagement", engagement.ref)[0] == atlas


@pytest.mark.django_db
@pytest.mark.usefixtures("friday")
def test_the_command_walks_the_sprints_of_an_engagement(engagement: Engagement, manager: User):
    work_steadily(engagement, manager)
    for number in range(1, 9):
        first = date(2026, 11, 9) - number * timedelta(weeks=1)
        Sprint.objects.create(
            engagement=engagement,
            number=number,
            name=f"S{number}",
            starts_on=first,
            ends_on=first + timedelta(days=6),
        )

    said = run()

    assert said[2].startswith("Atlas, sprints at 30 %: 3 sprints; delivered what was told with 50%")
    assert said[-1].startswith("All, sprints at 80 %: 3 sprints; ")
