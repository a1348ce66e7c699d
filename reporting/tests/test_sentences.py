"""What the rules write: as people say it, and never a number that no fact carries."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import sentences, wording
from reporting.editor import LABELS
from reporting.tests.inputs import (
    AS_OF,
    SINCE,
    body,
    criterion,
    imported,
    item,
    milestone,
    over_time,
    revision,
    text,
)

DAY = timedelta(days=1)


def written(**rows: Any) -> dict[str, str]:
    """Every sentence by its key; with what it is about in front, as it is read."""
    found = sentences.write(body(**rows))
    said = {row["key"]: f"{row['about']}: {row['text']}".lstrip(": ") for row in found}
    return {key: text.replace("\N{NO-BREAK SPACE}", " ") for key, text in said.items()}


def promised(**rows: Any) -> dict[str, Any]:
    """One milestone, committed for 4 December."""
    return {
        "milestones": [milestone(1, "Checkout")],
        "revisions": [revision(1, "2026-12-04")],
    } | rows


def done(number: int, *milestones: int, at: datetime | None = SINCE) -> list[dict[str, Any]]:
    """So many items, created long ago, finished at that instant."""
    early = SINCE - 30 * DAY
    return [item(f"A-{n}", *milestones, created=early, done=at) for n in range(number)]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "Nothing was finished between 13 and 20 Nov."),
        (1, "1 item was finished between 13 and 20 Nov."),
        (5, "5 items were finished between 13 and 20 Nov."),
    ],
)
def test_what_was_finished(number: int, said: str) -> None:
    rest = [item("B-1", created=SINCE - DAY)]
    assert written(items=done(number) + rest)["finished"] == said


def test_the_first_status_says_how_far_it_is() -> None:
    rows = done(41) + [item(f"B-{n}") for n in range(11)]
    said = written(since=None, items=rows)
    assert said["finished"] == "So far 41 of 52 items (79 %) are finished."
    assert "created" not in said
    assert "dates" not in said


def test_no_items_at_all() -> None:
    assert written()["finished"] == "No items are on record yet."


def test_nothing_is_said_of_a_window_after_the_last_import() -> None:
    said = written(items=done(1), imports=[imported(SINCE - 3 * DAY)])
    assert said["finished"] == (
        "What was imported tells of nothing after Tue 10 Nov, so what was finished between 13 "
        "and 20 Nov is not known."
    )
    assert "created" not in said


def test_work_is_told_up_to_the_last_import() -> None:
    said = written(**promised(items=done(1), imports=[imported(SINCE + 3 * DAY)]))
    assert said["finished"] == "1 item was finished between 13 and 16 Nov."
    assert said["created"] == "Nothing was added between 13 and 16 Nov."
    assert said["dates"] == "No committed date was changed between 13 and 20 Nov."


def test_nothing_imported() -> None:
    said = written(**promised(imports=[]))
    assert said["freshness"] == "No work has been imported yet."
    assert said["milestone.1"] == (
        "Checkout: Committed for Fri 4 Dec: how much is done is not known, since no work has "
        "been imported yet."
    )
    assert not {"finished", "created", "beyond"} & set(said)


@pytest.mark.parametrize(
    ("finished", "still_open", "said"),
    [
        (0, 0, "no items belong to it yet."),
        (0, 1, "the only item is not done."),
        (1, 0, "the only item is done since Fri 13 Nov."),
        (0, 7, "none of the 7 items is done."),
        (2, 0, "both items are done since Fri 13 Nov."),
        (7, 0, "all 7 items are done since Fri 13 Nov."),
        (1, 6, "1 of 7 items (14 %) is done, 6 are open."),
        (6, 1, "6 of 7 items (86 %) are done, 1 is open."),
    ],
)
def test_how_far_a_milestone_is(finished: int, still_open: int, said: str) -> None:
    rows = done(finished, 1) + [item(f"B-{n}", 1, created=SINCE - DAY) for n in range(still_open)]
    found = written(**promised(items=rows))["milestone.1"]
    assert found == f"Checkout: Committed for Fri 4 Dec: {said}"


def test_a_milestone_past_its_date() -> None:
    rows = promised(items=[item("A-1", 1)], revisions=[revision(1, "2026-11-17")])
    assert written(**rows)["milestone.1"] == (
        "Checkout: Committed for Tue 17 Nov, now 3 days past: the only item is not done."
    )


@pytest.mark.parametrize(
    ("committed_on", "said"),
    [
        ("2026-11-13", "the only item is done since Fri 13 Nov."),
        ("2026-11-12", "the only item is done since Fri 13 Nov, 1 day late."),
        ("2026-11-03", "the only item is done since Fri 13 Nov, 10 days late."),
    ],
)
def test_what_was_done_late_says_so(committed_on: str, said: str) -> None:
    rows = promised(items=done(1, 1), revisions=[revision(1, committed_on)])
    assert written(**rows)["milestone.1"].endswith(f": {said}")


@pytest.mark.parametrize(
    ("met", "of_items", "of_criteria"),
    [
        (SINCE - DAY, "the only item is done since Fri 13 Nov, 10 days late.", "is met."),
        (SINCE, "the only item is done since Fri 13 Nov, 10 days late.", "is met."),
        (
            SINCE + DAY,
            "the only item is done since Fri 13 Nov.",
            "is met since Sat 14 Nov, 11 days late.",
        ),
        (None, "the only item is done since Fri 13 Nov.", "is not met: “Statement 1”."),
    ],
)
def test_late_is_said_once_of_what_came_last(
    met: datetime | None, of_items: str, of_criteria: str
) -> None:
    rows = {"criteria": [criterion(1, met=met)], "revisions": [revision(1, "2026-11-03")]}
    found = written(**promised(items=done(1, 1), **rows))
    assert found["milestone.1"].endswith(f": {of_items}")
    assert found["criteria.1"] == f"Checkout: The only criterion {of_criteria}"


def test_a_milestone_of_criteria_alone_is_done_since_the_last() -> None:
    found = written(**promised(criteria=[criterion(1, met=SINCE)]))
    assert found["milestone.1"] == "Checkout: Committed for Fri 4 Dec: no items belong to it."
    assert found["criteria.1"] == "Checkout: The only criterion is met since Fri 13 Nov."


def test_a_milestone_that_moved_keeps_its_first_date_in_sight() -> None:
    moved = revision(1, "2026-12-11", number=2, old_on="2026-12-04", at=SINCE - DAY)
    rows = promised(items=done(1, 1), revisions=[revision(1, "2026-12-04"), moved])
    assert written(**rows)["milestone.1"].startswith(
        "Checkout: Committed for Fri 11 Dec (first for Fri 4 Dec): "
    )


def test_a_date_of_another_year_says_so() -> None:
    rows = promised(revisions=[revision(1, "2027-01-15")])
    assert "Committed for Fri 15 Jan 2027:" in written(**rows)["milestone.1"]


@pytest.mark.parametrize(
    ("met", "total", "said"),
    [
        (0, 1, "The only criterion is not met: “Statement 0”."),
        (1, 1, "The only criterion is met since Fri 13 Nov."),
        (
            0,
            4,
            (
                "None of the 4 criteria is met; open: "
                "“Statement 0”, “Statement 1”, “Statement 2”, “Statement 3”."
            ),
        ),
        (3, 4, "3 of 4 criteria (75 %) are met; open: “Statement 3”."),
        (4, 4, "All 4 criteria are met since Fri 13 Nov."),
    ],
)
def test_criteria(met: int, total: int, said: str) -> None:
    rows = [criterion(1, n, met=SINCE if n < met else None) for n in range(total)]
    assert written(**promised(criteria=rows))["criteria.1"] == f"Checkout: {said}"


def test_a_criterion_met_lately_is_told_by_its_statement() -> None:
    rows = promised(criteria=[criterion(1, 1, met=AS_OF - DAY), criterion(1, 2, met=SINCE - DAY)])
    said = written(**rows)
    assert said["met.1.1"] == "Checkout: Criterion met on Thu 19 Nov: “Statement 1”"
    assert "met.1.2" not in said
    assert "met.1.1" not in written(**rows, since=None)


def test_delivered_by_milestone_and_beyond() -> None:
    rows = [*done(2, 1), item("B-1", created=SINCE - DAY, done=SINCE)]
    said = written(**promised(items=rows))
    assert said["delivered.1"] == "Checkout: 2 items were finished."
    assert said["delivered.beyond"] == "Other work: 1 item was finished."


def test_a_milestone_that_nobody_promised_is_not_named() -> None:
    rows = promised(
        items=[item("A-1", 1, done=SINCE), item("A-2", 2), item("A-3", 2)],
        milestones=[milestone(1, "Checkout"), milestone(2, "FutureRelease")],
        criteria=[criterion(2, 1, met=SINCE)],
    )
    said = written(**rows)
    assert not any("FutureRelease" in each for each in said.values())
    assert said["beyond"] == "Other work: 2 items are open."


def test_beyond_says_nothing_where_all_is_beyond() -> None:
    said = written(items=[item("A-1"), item("A-2", done=SINCE)])
    assert not {"beyond", "delivered.beyond"} & set(said)


def test_open_work_is_told_where_nothing_committed_holds_any() -> None:
    """A commitment that no item belongs to hides none of them."""
    assert written(**promised(items=[item("A-1"), item("A-2", 2)]))["beyond"] == (
        "Other work: 2 items are open."
    )


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([item("A-1", 1, created=SINCE - DAY)], "Nothing was added between 13 and 20 Nov."),
        ([item("A-1", 1)], "1 item was added between 13 and 20 Nov, to Checkout."),
        (
            [item("A-1", 1), item("A-2", 1)],
            "2 items were added between 13 and 20 Nov, all to Checkout.",
        ),
        (
            [item("A-1", 1), item("A-2", 1), item("A-3")],
            (
                "3 items were added between 13 and 20 Nov: 2 to Checkout, "
                "1 outside the committed milestones."
            ),
        ),
    ],
)
def test_what_was_added(items: list[dict[str, Any]], said: str) -> None:
    assert written(**promised(items=items))["created"] == said


def test_what_was_added_to_two_milestones_at_once() -> None:
    said = written(
        items=[item("A-1", 1, 2)],
        milestones=[milestone(1, "Checkout"), milestone(2, "Refunds")],
        revisions=[revision(1, "2026-12-04"), revision(2, "2026-12-04")],
    )
    assert said["created"].endswith(
        ": 1 to Checkout, 1 to Refunds (an item of two milestones counts in both)."
    )


def test_what_came_back_went_or_moved() -> None:
    before, lately = text(SINCE - DAY), text(SINCE + DAY)
    open_, stages = {"late": ("reopened",)}, [[text(SINCE - 3 * DAY), "not_started", "Open"]]
    reopened = over_time(item("A-1", **open_)) | {
        "steps": [*stages, [before, "done", "Closed"], [lately, "not_started", "Open"]]
    }
    withdrawn = over_time(item("A-2")) | {"steps": [*stages, [lately, "withdrawn", "Rejected"]]}
    moved = over_time(item("A-3")) | {"milestones": [[before, [1]], [lately, [2]]]}
    old = {"created_at": text(SINCE - 3 * DAY)}
    said = written(
        items=[each | old for each in (reopened, withdrawn, moved)],
        milestones=[milestone(1, "Checkout"), milestone(2, "Refunds")],
        revisions=[revision(1, "2026-12-04"), revision(2, "2026-12-04")],
    )
    outside = "between 13 and 20 Nov, outside the committed milestones."
    assert said["reopened"] == f"1 item was reopened {outside}"
    assert said["late.reopened"].startswith(
        "1 item reopened before the last status, on 10 Nov, was imported"
    )
    assert said["removed"] == f"1 item was withdrawn {outside}"
    assert said["scope.1"] == "Checkout: 1 item moved out between 13 and 20 Nov."
    assert said["scope.2"] == "Refunds: 1 item moved in between 13 and 20 Nov."


def test_what_came_in_after_the_last_status() -> None:
    early = SINCE - 3 * DAY
    said = written(
        items=[
            item("A-1", created=early, done=early, late=("created", "done")),
            item("A-2", created=early - DAY, done=early, late=("done",)),
            item("A-3", created=early),
        ]
    )
    assert said["late.finished"] == (
        "2 items finished before the last status, on 10 Nov, were imported only after it, "
        "and are counted here for the first time."
    )
    assert said["late.created"] == (
        "1 item added before the last status, on 10 Nov, was imported only after it, "
        "and is counted here for the first time."
    )
    assert said["finished"] == "Nothing was finished between 13 and 20 Nov."
    assert not {key for key in written() if key.startswith("late")}


@pytest.mark.parametrize(
    ("old_on", "new_on", "said"),
    [
        (None, "2026-12-04", "Committed for Fri 4 Dec"),
        (
            "2026-11-30",
            "2026-12-04",
            "The committed date moved from Mon 30 Nov to Fri 4 Dec, 4 days later",
        ),
        (
            "2026-12-04",
            "2026-12-03",
            "The committed date moved from Fri 4 Dec to Thu 3 Dec, 1 day earlier",
        ),
        ("2026-12-04", None, "The committed date, Fri 4 Dec, was withdrawn"),
    ],
)
def test_a_date_moves_with_a_name_and_a_reason(
    old_on: str | None, new_on: str | None, said: str
) -> None:
    change = revision(1, new_on, number=2, old_on=old_on, at=SINCE + DAY, reason="The bank\nasked")
    rows = promised(revisions=[revision(1, "2026-11-30"), change])
    assert written(**rows)["date.1.2"] == (
        f"Checkout: {said} (Mara Manager, Sat 14 Nov): The bank asked."
    )


def test_that_no_date_moved_is_said() -> None:
    assert written(**promised())["dates"] == (
        "No committed date was changed between 13 and 20 Nov."
    )


def test_of_a_promise_recorded_afterwards_nothing_is_said_to_have_stood() -> None:
    said = written(**promised(revisions=[revision(1, "2026-12-04", at=AS_OF + DAY)]))
    assert "dates" not in said
    assert said["recorded"] == (
        "1 committed date was recorded on Sat 21 Nov, after the day that this status speaks of."
    )
    assert not {"dates", "recorded"} & set(written())


@pytest.mark.parametrize(
    ("items", "refused", "said"),
    [
        (1, 0, {"no_milestone": "1 item belongs to no milestone and counts only in the totals."}),
        (3, 0, {"no_milestone": "3 items belong to no milestone and count only in the totals."}),
        (
            0,
            1,
            {"refused": "1 row of the last import could not be read: what it says is left out."},
        ),
        (
            0,
            2,
            {"refused": "2 rows of the last import could not be read: what they say is left out."},
        ),
    ],
)
def test_what_was_left_out(items: int, refused: int, said: dict[str, str]) -> None:
    rows = written(items=done(items), imports=[imported(refused=refused)])
    found = {key.split(".")[1]: text for key, text in rows.items() if key.startswith("left_out")}
    assert found == said


def test_freshness() -> None:
    assert written()["freshness"] == "The work was last imported on Fri 20 Nov."
    assert written(imports=[imported(AS_OF + 3 * DAY)])["freshness"] == (
        "The work was imported on Mon 23 Nov, after the day that this status speaks of."
    )


@pytest.mark.parametrize(
    ("handed_over", "said"),
    [
        (AS_OF, "The work was last imported on Fri 20 Nov and tells of nothing after Wed 18 Nov."),
        (
            AS_OF + 3 * DAY,
            (
                "The work was imported on Mon 23 Nov, after the day that this status speaks of, "
                "and tells of nothing after Wed 18 Nov."
            ),
        ),
    ],
)
def test_freshness_says_how_far_the_files_tell(handed_over: datetime, said: str) -> None:
    told = imported(handed_over, told=AS_OF - 2 * DAY)
    found = written(items=[item("A-1", created=SINCE - DAY)], imports=[told])
    assert found["freshness"] == said
    assert found["finished"] == "Nothing was finished between 13 and 18 Nov."


@pytest.mark.parametrize(
    ("since", "as_of", "said"),
    [
        (datetime(2026, 11, 20, 8, tzinfo=UTC), AS_OF, "on 20 Nov"),
        (SINCE, AS_OF, "between 13 and 20 Nov"),
        (datetime(2026, 10, 30, tzinfo=UTC), AS_OF, "between 30 Oct and 20 Nov"),
        (
            datetime(2025, 12, 31, 8, tzinfo=UTC),
            datetime(2026, 1, 2, 8, tzinfo=UTC),
            "between 31 Dec 2025 and 2 Jan 2026",
        ),
    ],
)
def test_the_window_in_words(since: datetime, as_of: datetime, said: str) -> None:
    rows = {"items": [item("A-1", created=since - DAY)], "imports": [imported(as_of)]}
    found = written(since=text(since), as_of=text(as_of), **rows)
    assert found["finished"] == f"Nothing was finished {said}."


@pytest.mark.parametrize(
    ("part", "whole", "per_cent"),
    [(0, 300, 0), (1, 300, 1), (299, 300, 99), (300, 300, 100), (1, 2, 50), (2, 3, 67), (1, 8, 13)],
)
def test_nothing_is_rounded_to_nothing_or_to_all(part: int, whole: int, per_cent: int) -> None:
    assert wording.percent(part, whole) == per_cent


# Property: whatever the facts, the text holds no number that they do not.

NUMBERS = st.integers(min_value=0, max_value=3)
WHEN = st.sampled_from([None, SINCE - DAY, SINCE + DAY, AS_OF + DAY])
ITEM = st.tuples(st.sets(NUMBERS, max_size=2), st.sampled_from([SINCE - DAY, SINCE]), WHEN)
DATES = st.sampled_from(["2026-11-02", "2026-11-20", "2026-12-04", "2027-01-08"])


def numbers_in(said: str) -> set[int]:
    """Every number of the text but those inside quotes, which are somebody's words."""
    return {int(found) for found in re.findall(r"\d+", re.sub(r"“.*?”", "", said))}


def numbers_of(facts: list[dict[str, Any]]) -> set[int]:
    """The numbers that facts carry: counts, and the days and years of dates."""
    found: set[int] = set()
    for fact in facts:
        value = fact["value"]
        if isinstance(value, int):
            found.add(value)
        elif isinstance(value, str):
            found |= {int(each) for each in re.findall(r"\d+", value)}
    return found


@given(
    st.lists(ITEM, max_size=12),
    st.dictionaries(NUMBERS, DATES, max_size=4),
    st.lists(st.tuples(NUMBERS, WHEN), max_size=4),
    st.booleans(),
)
def test_no_number_without_a_fact(
    items: list[tuple[set[int], datetime, datetime | None]],
    dates: dict[int, str],
    criteria: list[tuple[int, datetime | None]],
    is_first: bool,
) -> None:
    facts_body = body(
        since=None if is_first else text(SINCE),
        items=[item(f"A-{n}", *m, created=c, done=d) for n, (m, c, d) in enumerate(items)],
        milestones=[milestone(n, f"Release {'abcd'[n]}") for n in range(4)],
        revisions=[
            revision(n, day, at=SINCE + DAY if n == 1 else SINCE - DAY) for n, day in dates.items()
        ],
        criteria=[criterion(m, n, met=met) for n, (m, met) in enumerate(criteria)],
    )
    rows = sentences.write(facts_body)
    assert len({row["key"] for row in rows}) == len(rows)
    for row in rows:
        assert numbers_in(row["text"]) <= numbers_of(row["facts"]), row
        assert row["facts"], "a sentence rests on something"
        assert {fact["name"].rsplit(".", 1)[-1] for fact in row["facts"]} <= set(LABELS)
        assert row["text"].endswith((".", "”")), row
