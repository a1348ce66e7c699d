"""The figures of a week as pages show them: from rows by hand, no database."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from reporting import weeks_csv
from reporting.item_lines import Items
from reporting.tests.inputs import AS_OF, body, imported, milestone
from reporting.tests.test_followed import line, on
from reporting.weeks import Week

DAY = timedelta(days=1)
FINISHED = line("A-1", (30, "in_progress"), (36, "done"))
OPEN = line("A-2", created=35)
REOPENED = line("A-3", (20, "done"), (36, "in_progress"))
# Days count from 40 days before the status, and its window from day 33.
SPRINT = {"number": 4, "name": "Sprint 4", "starts_on": "2026-11-16", "ends_on": "2026-11-29"}


def week(*items: dict[str, Any], **rows: Any) -> Week:
    return Week(body(items=list(items), **rows))


def named(groups: list[Items]) -> dict[str, list[str]]:
    return {each.name: [one.key for one in each.shown] for each in groups if each.number}


def test_what_moved_by_what_happened_to_it() -> None:
    moved = week(FINISHED, OPEN, REOPENED, line("A-4", (36, "withdrawn"))).moved()
    assert named(moved) == {
        "Finished": ["A-1"],
        "Added": ["A-2"],
        "Reopened": ["A-3"],
        "Withdrawn": ["A-4"],
    }


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], "Nothing was finished, added, reopened or withdrawn."),
        ([FINISHED, OPEN], "Nothing was reopened or withdrawn."),
        ([FINISHED, OPEN, REOPENED], "Nothing was withdrawn."),
        ([FINISHED, OPEN, REOPENED, line("A-4", (36, "withdrawn"))], ""),
    ],
)
def test_what_did_not_move_in_one_sentence(items: list[dict[str, Any]], words: str) -> None:
    assert week(*items).unmoved() == words


def test_without_a_file_nothing_is_known() -> None:
    found = week(imports=[])
    assert (found.is_imported, found.moved(), found.unmoved()) == (False, [], "")
    assert (found.blockers(), found.oldest(), found.sprint()) == ([], [], [])
    assert list(weeks_csv.rows(found)) == []


def test_a_window_after_the_last_file_is_not_known() -> None:
    found = week(FINISHED, milestones=[milestone(1)], imports=[imported(AS_OF - 10 * DAY)])
    assert found.moved() == []
    assert found.unknown == "the last file is of Tue 10 Nov, before this week"
    assert not any(row[0] == "Finished" for row in weeks_csv.rows(found))


def told_until(day: int, *items: dict[str, Any]) -> Week:
    """The week, of whose files the latest tells of noon of this day, as ``on`` counts them."""
    return week(*items, imports=[imported(told=datetime.fromisoformat(on(day)))])


def test_a_window_that_no_file_tells_of_is_not_known_however_late_it_came() -> None:
    found = told_until(30, FINISHED)
    assert (found.is_known, found.moved(), found.unmoved()) == (False, [], "")
    assert found.unknown == "the last file is of Tue 10 Nov, before this week"
    assert not any(row[0] == "Finished" for row in weeks_csv.rows(found))


def test_a_window_that_files_tell_of_in_part_says_up_to_when() -> None:
    found = told_until(37, FINISHED)
    assert found.unmoved() == "Up to Tue 17 Nov nothing was added, reopened or withdrawn."
    assert (found.told_until, week(FINISHED).told_until) == ("Tue 17 Nov", "")


def test_weeks_that_no_file_tells_of_to_their_end_are_left_out() -> None:
    told, whole = told_until(30, FINISHED), week(FINISHED)
    assert [row["week"] for row in told.finished] == [row["week"] for row in whole.finished][:-1]
    assert told.throughput().as_of == date(2026, 11, 10)
    assert len(told.scope().weeks) == len(whole.scope().weeks) - 1


def test_an_item_leads_to_its_page() -> None:
    [found] = week(FINISHED).moved()[0].shown
    assert (found.key, found.title) == ("A-1", "Title of A-1")
    assert found.url == "/engagements/abcdefghij/work/1/A-1/"


def of_two(**changes: Any) -> Week:
    """A-1 of two sources: finished in the one, open or as told in the other."""
    other = {**line("A-1", created=10), "source": 2, "title": "Another"} | changes
    items = [FINISHED, other, line("A-2", (36, "done"))]
    return Week(body(items=items, sprints=[SPRINT]), {1: "Jira export", 2: "Work CSV"})


def shown(items: Items) -> list[tuple[str, str, str]]:
    return [(one.name, one.title, one.url) for one in items.shown]


FIRST = ("A-1 (Jira export)", "Title of A-1", "/engagements/abcdefghij/work/1/A-1/")
SECOND = ("A-1 (Work CSV)", "Another", "/engagements/abcdefghij/work/2/A-1/")


def test_items_of_one_key_are_told_apart_by_their_sources() -> None:
    finished = of_two().moved()[0]
    assert shown(finished)[0] == FIRST
    assert [one.name for one in finished.shown] == ["A-1 (Jira export)", "A-2"]
    both = of_two(steps=FINISHED["steps"]).moved()[0]
    assert shown(both)[:2] == [FIRST, SECOND]


def test_items_of_one_key_have_their_own_ages_blockers_and_sprints() -> None:
    begun = on(20)
    steps = [[begun, "blocked", ""]]
    sprints = [[on(10), "Sprint 4"]]
    found = of_two(steps=steps, started_at=begun, sprints=sprints)
    assert [each.item.name for each in found.at_work] == ["A-1 (Work CSV)"]
    assert [each.item.name for each in found.oldest()] == ["A-1 (Work CSV)"]
    [blocked] = found.blockers()
    assert blocked.item.url == SECOND[2]
    assert (blocked.source, blocked.item.key) == (2, "A-1")
    assert shown(found.sprint()[0]) == [SECOND]
    rows = [tuple(row[:3]) for row in weeks_csv.rows(found)]
    assert ("Committed", "A-1 (Work CSV)", "Another") in rows
    assert ("Blocked", "A-1 (Work CSV)", "Another") in rows


def test_of_a_bare_key_that_two_sources_have_nobody_knows_which_is_meant() -> None:
    found = of_two().line("A-1")
    assert (found.name, found.title, found.url) == ("A-1", "Title of A-1 / Another", "")


def test_a_source_without_a_name_has_its_number() -> None:
    found = week(FINISHED, {**FINISHED, "source": 2})
    assert [one.source for one in found.moved()[0].shown] == ["source 1", "source 2"]


def test_what_the_last_status_could_not_know() -> None:
    late = line("A-1", (20, "done"), late=("created", "done"))
    found = week(late, line("A-2", (20, "done"), (30, "in_progress"), late=("reopened",)), OPEN)
    assert named(found.late()) == {
        "Finished earlier": ["A-1"],
        "Added earlier": ["A-1"],
        "Reopened earlier": ["A-2"],
    }
    assert week(OPEN).late() == []


def test_long_lists_are_cut_and_say_so() -> None:
    keys = [f"A-{n}" for n in range(120)]
    found = week(*(line(key) for key in keys)).items("Finished", keys)
    assert (len(found.shown), len(found.more), found.unlisted) == (8, 100, 12)
    assert (found.words, found.more_words) == ("120 items", "112 more")
    assert week(line("A-1")).items("Done", ["A-1"], shown=0).more_words == "1 item"


def test_work_in_progress_by_age_beside_what_was_finished() -> None:
    taken = [line(f"D-{n}", (20, "in_progress"), (20 + n, "done")) for n in range(1, 11)]
    slow = line("S-1", (5, "in_progress"))
    quick = line("Q-1", (39, "blocked"))
    between = line("B-1", (33, "in_progress"))
    found = week(*taken, slow, quick, between)
    assert [(each.item.key, each.days, each.note) for each in found.at_work] == [
        ("S-1", 36, "longer than 85 % took"),
        ("B-1", 8, "longer than half took"),
        ("Q-1", 2, ""),
    ]
    assert [each.item.key for each in found.oldest()] == ["S-1", "B-1", "Q-1"]
    assert (found.took_half, found.took_most) == ("6 days", "10 days")


def test_what_is_in_progress_since_nobody_knows_when_has_no_age() -> None:
    unknown = {**line("A-1", (5, "in_progress")), "started_at": None}
    found = week(unknown)
    assert found.at_work == []
    assert found.without_age == "1 item in progress, not known since when"
    assert week(FINISHED).without_age == ""


def test_blockers_have_the_age_that_their_own_pages_say() -> None:
    """Ten days, of which eight are from Monday to Friday."""
    [found] = week(line("A-1", (30, "blocked"))).blockers()
    assert (found.item.key, found.days) == ("A-1", 8)


def test_too_little_is_not_known_and_says_what_is_missing() -> None:
    found = week(FINISHED)
    assert (found.took_half, found.took_missing) == ("", "need 10 items with both dates, have 1")
    assert (found.pace, found.pace_of, found.pace_missing) == ("", "", "need 8 weeks, have 6")
    assert found.took_of == "of 1 finished in 12 weeks"


def test_a_pace_of_eight_whole_weeks() -> None:
    done = [line(f"A-{n}", (day, "done"), created=-30) for n, day in enumerate((-20, 1, 2, 2.1))]
    found = week(*done)
    assert found.pace == "0 to 3"
    assert found.pace_of == "items; half of the last 8 whole weeks had at most 0"
    assert week(line("A-1", created=-30)).pace == "0"


def test_pictures_end_where_the_file_does() -> None:
    found = week(FINISHED, OPEN)
    assert [bar.value for bar in found.throughput().weeks] == [0] * 6
    last = found.scope().weeks[-1]
    assert (last.on, last.scope, last.done) == (date(2026, 11, 20), 2, 1)


def test_milestones_by_stage_and_what_came_to_them() -> None:
    came = line("A-1", (38, "in_progress"), milestones=((36, [1]),))
    found = week(came, OPEN, milestones=[milestone(1, "2.1"), milestone(2, "3.0")])
    [plan] = found.plans()
    assert (plan.name, plan.at("in_progress"), plan.at("done"), plan.open) == ("2.1", 1, 0, 1)
    assert named(list(plan.moves)) == {"moved in": ["A-1"]}
    assert (found.by_stage().at("not_started"), found.without_milestone) == (
        1,
        "1 item in no milestone",
    )


def test_what_is_left_out_is_said_in_words() -> None:
    nothing = week(line("A-1", milestones=((0, [1]),)), milestones=[milestone(1)])
    assert (nothing.refused, nothing.without_start, nothing.without_milestone) == ("", "", "")
    backwards = line("A-2", (20, "in_progress"), (25, "done"), created=30)
    found = week(line("A-1", (36, "done")), backwards, imports=[imported(refused=2)])
    assert found.refused == "2 refused rows of the last imports"
    assert found.without_start == "1 item never seen in progress"
    assert [each.key for each in found.impossible().shown] == ["A-2"]


def test_the_sprint_by_what_became_of_it() -> None:
    committed = line("A-1", (38, "done"), sprints=((1, "Sprint 3"), (30, "Sprint 4")))
    added = line("A-2", sprints=((38, "Sprint 4"),))
    found = week(committed, added, sprints=[SPRINT])
    assert named(found.sprint()) == {
        "Committed": ["A-1"],
        "Done": ["A-1"],
        "Added since it began": ["A-2"],
        "Carried from an earlier sprint": ["A-1"],
    }
    assert found.sprint_words == "the only committed item is done."
    assert found.sprint_days == (date(2026, 11, 16), date(2026, 11, 29))


def test_a_sprint_that_was_empty_has_no_share() -> None:
    found = week(OPEN, sprints=[SPRINT])
    assert found.sprint_words.startswith("nothing was committed")


def test_the_first_day_is_that_of_the_engagements_clock() -> None:
    assert week(line("A-1", created=0.4)).first_day == date(2026, 10, 12)
    assert week().first_day is None


def test_the_csv_has_every_figure_with_its_unit() -> None:
    found = week(FINISHED, OPEN, milestones=[milestone(1)], sprints=[SPRINT])
    rows = [tuple(row[:5]) for row in weeks_csv.rows(found)]
    assert ("Finished", "", "", 1, "items") in rows
    assert ("Finished", "A-1", "Title of A-1", 1, "items") in rows
    assert ("Finished by week", "2026-W46", "", 0, "items") in rows
    assert ("Not started", "All work", "", 1, "items") in rows
    assert ("Cycle time, half took at most", "", "", None, "days") in rows
    assert ("In scope by week", "2026-W46", "", 2, "items") in rows
    assert {row[5] for row in weeks_csv.rows(found)} == {AS_OF}


def test_the_csv_names_the_age_of_what_is_stuck() -> None:
    rows = [tuple(row[:5]) for row in weeks_csv.rows(week(line("A-1", (30, "blocked"))))]
    assert ("Blocked", "A-1", "Title of A-1", 8, "working days") in rows
    assert ("In progress", "A-1", "Title of A-1", 11, "days") in rows
