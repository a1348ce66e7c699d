"""What a status must mention: which facts are grave, when they are news, and what mentions them."""

from datetime import timedelta
from typing import Any

import pytest

from reporting import sentences
from reporting.editing import Edit, values_of, with_inserted
from reporting.mentions import Choice, choices_after, grades, news, unmentioned, unmentioned_words
from reporting.tests.inputs import (
    AS_OF,
    SINCE,
    ask,
    body,
    criterion,
    escalation,
    forecast,
    item,
    milestone,
    over_time,
    promise,
    revision,
    text,
)

DAY = timedelta(days=1)
EARLY = SINCE - 30 * DAY
CHECKOUT = {"milestones": [milestone(1, "Checkout")]}
RED = {"revisions": [revision(1, "2026-11-10")], "items": [item("A-1", 1, created=EARLY)]}
MOVED = {
    "items": [item("A-1", 1, created=EARLY)],
    "revisions": [
        revision(1, "2026-11-27"),
        revision(1, "2026-12-11", number=2, old_on="2026-11-27", at=SINCE + DAY),
    ],
}
ADDED = {"items": [item("A-1", 1, created=SINCE)], "revisions": [revision(1, "2026-12-04")]}
OVERDUE = ask(1, text="Which bank?", needed_by="2026-11-17")


def facts_of(**rows: Any) -> dict[str, Any]:
    before = rows.pop("before", {})
    given = body(**({"known_from": text(AS_OF - 90 * DAY)} | CHECKOUT | rows))
    given["inputs"]["grave_before"] = before
    return given


def keys(**rows: Any) -> list[str]:
    return [each.key for each in news(facts_of(**rows))]


def edited(given: dict[str, Any], key: str, words: str, left_out: str = "") -> dict[str, Edit]:
    [row] = [each for each in sentences.write(given) if each["key"] == key]
    edit = Edit(text=words, left_out=left_out, facts=values_of(row), about=row["about"])
    return {key: edit}


def left(given: dict[str, Any], *words: str, **more: Any) -> list[str]:
    """What is not mentioned, by keys."""
    rows, edits = sentences.write(given), more.get("edits", {})
    found = unmentioned(given, rows, edits, words, more.get("choices", {}))
    return [matter.key for matter, _ in found]


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        (RED, "red.1"),
        (
            {
                "revisions": [revision(1, "2026-11-27")],
                "items": [item("A-1", 1, created=EARLY)],
                "forecasts": [forecast(1, "0.300000", "0.900000")],
            },
            "red.1",
        ),
        (MOVED, "date.1.2"),
        (
            {"revisions": [revision(1, "2026-12-04")], "items": [item("A-1", 1, created=SINCE)]},
            "created.1",
        ),
        ({"asks": [OVERDUE]}, "ask.1"),
        ({"escalations": [escalation()]}, "escalation.1"),
        ({"commitments": [promise()]}, "promise.1"),
    ],
)
def test_what_is_grave_is_news_and_the_draft_mentions_it(rows: dict[str, Any], key: str) -> None:
    given = facts_of(**rows)
    assert [each.key for each in news(given)] == [key]
    assert left(given) == []


@pytest.mark.parametrize(
    "rows",
    [
        {"revisions": [revision(1, "2026-11-19")], "items": [item("A-1", 1, created=EARLY)]},
        {"revisions": [revision(1, "2026-11-10")], "criteria": [criterion(1, met=SINCE)]},
        {
            "revisions": [revision(1, "2026-12-18")],
            "items": [item("A-1", 1, created=EARLY)],
            "forecasts": [forecast(1, "0.300000", "0.900000")],
        },
        {"revisions": [revision(1, "2026-12-18", at=SINCE + DAY)]},
        {"items": [item("A-1", 1, created=SINCE)]},
        {"asks": [ask()]},
        {"commitments": [promise(due_on="2026-12-01"), promise(2, milestone=9)]},
    ],
)
def test_what_is_not_grave(rows: dict[str, Any]) -> None:
    assert keys(**rows) == []


def test_at_first_everything_is_new_and_nothing_was_added() -> None:
    rows = {"revisions": [revision(1, "2026-12-04")], "items": [item("A-1", 1, created=SINCE)]}
    assert keys(since=None, **rows) == []


@pytest.mark.parametrize(
    ("before", "found"),
    [({}, ["red.1"]), ({"red.1": 2}, ["red.1"]), ({"red.1": 3}, [])],
)
def test_news_is_what_is_new_or_worse(before: dict[str, int], found: list[str]) -> None:
    assert keys(before=before, **RED) == found
    assert grades(facts_of(**RED)) == {"red.1": 3}


def test_a_date_that_moved_is_news_whatever_was_told_before() -> None:
    assert keys(before={"date.1.2": 1}, **MOVED) == ["date.1.2"]


@pytest.mark.parametrize(
    ("rows", "first", "second"),
    [
        ({"asks": [OVERDUE]}, 1, {"asks": [ask(1, needed_by="2026-11-10")]}),
        (
            {"escalations": [escalation()]},
            1,
            {"escalations": [escalation(answer_by="2026-11-17")]},
        ),
    ],
)
def test_what_waits_too_long_is_worse(
    rows: dict[str, Any], first: int, second: dict[str, Any]
) -> None:
    assert list(grades(facts_of(**rows)).values()) == [first]
    assert list(grades(facts_of(**second)).values()) == [first + 1]


# Whether other words mention it


@pytest.mark.parametrize(
    ("rows", "key", "words"),
    [
        (RED, "milestone.1", "Checkout is ten days late."),
        (RED, "milestone.1", "It is overdue; we catch up."),
        (RED, "milestone.1", "Checkout is late because the bank has not answered."),
        (RED, "milestone.1", "The bank has not answered, so Checkout is behind schedule."),
        (RED, "milestone.1", "Checkout will not be done in time."),
        (RED, "milestone.1", "Checkout can’t keep its committed date."),
        (RED, "milestone.1", "Checkout is ten days past its date, and is red."),
        (ADDED, "created", "12 items were added to Checkout; none of them is large."),
        (ADDED, "created", "Checkout has three new items."),
        (MOVED, "date.1.2", "We moved it to Fri 11 Dec, as you asked."),
        ({"asks": [OVERDUE]}, "ask.1", "Lena Lead, we wait for your answer."),
        ({"asks": [OVERDUE]}, "ask.1", "Which bank? We still have to know."),
        ({"asks": [OVERDUE]}, "ask.1", "Your answer was needed by 17 Nov."),
        ({"asks": [OVERDUE]}, "ask.1", "Lena Lead has not answered yet."),
        ({"escalations": [escalation()]}, "escalation.1", "Erik Executive decides on it."),
        ({"escalations": [escalation()]}, "escalation.1", "Erik Executive has not decided."),
        ({"commitments": [promise()]}, "promise.1", "A stand-in for tests comes later."),
    ],
)
def test_other_words_may_mention_it(rows: dict[str, Any], key: str, words: str) -> None:
    given = facts_of(**rows)
    assert left(given, edits=edited(given, key, words)) == []


@pytest.mark.parametrize(
    ("rows", "key", "words"),
    [
        (RED, "milestone.1", "Checkout goes on."),
        (RED, "milestone.1", "Checkout is not late."),
        (RED, "milestone.1", "Checkout isn’t late, nor red."),
        (RED, "milestone.1", "Checkout will not miss its date."),
        (RED, "milestone.1", "Checkout went well in the past week."),
        (RED, "milestone.1", "Nobody thinks that Checkout is late."),
        (RED, "milestone.1", "The delay of Checkout is made up."),
        (RED, "milestone.1", "Without the bank Checkout would slip."),
        (RED, "milestone.1", "Is Checkout late? We go on."),
        (RED, "milestone.1", "Checkout was tested late last week."),
        (RED, "milestone.1", "It is not true that Checkout is not in time."),
        (ADDED, "created", "Checkout has no new scope."),
        (ADDED, "created", "Nothing was added to Checkout."),
        (ADDED, "created", "Checkout has a new lead; its scope is stable."),
        (ADDED, "created", "Three more items of Checkout are done."),
        (MOVED, "date.1.2", "Checkout does not move to 11 Dec."),
        (MOVED, "date.1.2", "We moved it."),
        ({"asks": [OVERDUE]}, "ask.1", "We are looking at banks."),
        ({"asks": [OVERDUE]}, "ask.1", "Your answer of 17 Nov unblocked us."),
        ({"asks": [OVERDUE]}, "ask.1", "We no longer wait for Lena Lead."),
        ({"escalations": [escalation()]}, "escalation.1", "We talk."),
        ({"escalations": [escalation()]}, "escalation.1", "Nothing was raised to Erik Executive."),
        ({"escalations": [escalation()]}, "escalation.1", "Erik Executive decided on it."),
        ({"commitments": [promise()]}, "promise.1", "Tests go on."),
        ({"commitments": [promise()]}, "promise.1", "Nothing of 18 Nov was missed."),
    ],
)
def test_words_that_pass_over_it(rows: dict[str, Any], key: str, words: str) -> None:
    given = facts_of(**rows)
    edits = edited(given, key, words)
    [missing] = left(given, edits=edits)
    [row] = [each for each in sentences.write(given) if each["key"] == key]
    assert left(given, edits=with_inserted(row, edits)) == []
    assert left(given, edits=edits, choices={missing: Choice(why="told", grade=9)}) == []


def test_the_words_of_the_manager_and_of_updates_mention_it_by_name() -> None:
    given = facts_of(**RED)
    edits = edited(given, "milestone.1", "It goes on.")
    assert left(given, "Checkout slips by two weeks.", edits=edits) == []
    assert left(given, "Everything is late. Checkout goes on.", edits=edits) == ["red.1"]


def test_a_date_that_was_withdrawn() -> None:
    given = facts_of(
        revisions=[
            revision(1, "2026-11-27"),
            revision(1, None, number=2, old_on="2026-11-27", at=SINCE + DAY),
        ]
    )
    assert left(given, edits=edited(given, "date.1.2", "It has no date any more.")) == []
    for words in ("We think about it.", "The date is not withdrawn.", "It is no longer at risk."):
        assert left(given, edits=edited(given, "date.1.2", words)) == ["date.1.2"]


def test_the_name_of_a_milestone_says_nothing_of_it() -> None:
    given = facts_of(**RED | {"milestones": [milestone(1, "No late fees")]})
    words = {"No late fees goes well.": ["red.1"], "No late fees is ten days late.": []}
    for text_of, found in words.items():
        assert left(given, edits=edited(given, "milestone.1", text_of)) == found


def test_what_came_into_a_milestone_is_told_of_it() -> None:
    row = over_time(item("A-1", created=EARLY))
    row["milestones"].append([text(SINCE + DAY), [1]])
    given = facts_of(items=[row], revisions=[revision(1, "2026-12-04")])
    assert [each.key for each in news(given)] == ["moved_in.1"]
    assert left(given, edits=edited(given, "scope.1", "Refunds came to it.")) == []
    assert left(given, edits=edited(given, "scope.1", "As agreed.")) == ["moved_in.1"]


def test_what_came_before_the_last_status_and_was_told_since_is_news() -> None:
    given = facts_of(
        items=[over_time(item("A-1", 1, created=EARLY)) | {"late_in": [1], "late_out": []}],
        revisions=[revision(1, "2026-12-04")],
    )
    assert [each.key for each in news(given)] == ["late_in.1"]
    told = {row["key"]: row["text"] for row in sentences.write(given)}
    assert told["created"].startswith("Nothing was added between")
    assert "; what came before that, and was told only since, is named" in told["created"]
    assert left(given) == []
    words = {"As agreed.": ["late_in.1"], "An item was added to it before.": []}
    for text_of, missing in words.items():
        assert left(given, edits=edited(given, "late.scope.1", text_of)) == missing


def test_the_missed_date_of_a_milestone_is_told_where_it_is() -> None:
    given = facts_of(
        commitments=[promise(milestone=1)],
        items=[item("A-1", 1, created=EARLY)],
        revisions=[revision(1, "2026-11-18")],
    )
    assert [each.key for each in news(given)] == ["promise.1"]
    assert left(given) == []
    assert left(given, edits=edited(given, "milestone.1", "We test.")) == ["promise.1"]
    assert left(given, edits=edited(given, "milestone.1", "We test, two days late.")) == []


# Leaving it out


def test_leaving_out_its_sentence_is_a_choice_until_it_gets_worse() -> None:
    given = facts_of(**RED)
    edits, rows = edited(given, "milestone.1", "", left_out="told"), sentences.write(given)
    assert left(given, edits=edits) == ["red.1"]
    choices = choices_after(given, rows, edits, {}, edits.keys())
    assert choices == {"red.1": {"why": "told", "grade": 3}}
    assert left(given, edits=edits, choices=choices) == []
    assert choices_after(given, rows, edits, {}, set()) == {}
    worse = facts_of(**RED | {"revisions": [revision(1, "2026-11-03")]})
    assert left(worse, edits=edits, choices=choices) == ["red.1"]
    assert choices_after(given, rows, {}, {}, {"milestone.1"}) == {}


def test_inserted_it_is_said_again() -> None:
    given = facts_of(**RED)
    [row] = [each for each in sentences.write(given) if each["key"] == "milestone.1"]
    assert with_inserted(row, edited(given, "milestone.1", "", left_out="told")) == {}
    assert with_inserted(row, {}) == {}
    kept = with_inserted(row, edited(given, "milestone.1", "It goes on."))
    assert kept["milestone.1"]["text"] == f"It goes on. {row['text']}"


def test_it_is_said_with_the_sentence_of_the_rules() -> None:
    given = facts_of(**RED)
    [(matter, row)] = unmentioned(
        given,
        sentences.write(given),
        edited(given, "milestone.1", "It goes on."),
        [],
        {},
    )
    assert unmentioned_words(matter, row) == (
        "It must be mentioned, or left out: Checkout is off track. By the facts: Checkout: "
        "Committed for Tue 10 Nov, now 10 days past: the only item is not done."
    )
