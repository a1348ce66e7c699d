"""Our word: what came of the commitments that were due by a status."""

from typing import Any

import pytest

from engagements.thresholds import DEFAULTS
from reporting.customer import Kept, Line
from reporting.customer.promises import kept_of
from reporting.facts import figures_from
from reporting.tests.inputs import body, followed, inputs, milestone, revision


def promise(number: int, due_on: str, *done: str, **more: Any) -> dict[str, Any]:
    """Told on 2 November; fulfilled on the day ``done``."""
    row = {
        "number": number,
        "promise": f"Promise {number}.",
        "made_to": "Lena",
        "said_on": "2026-11-02",
        "due_on": due_on,
        "supersedes": None,
        "milestone": None,
        "recorded_at": "2026-11-02T09:00:00Z",
        "fulfilled": [["2026-11-19T09:00:00Z", day] for day in done],
    }
    return row | more


def kept(*rows: dict[str, Any], **more: Any) -> Kept | None:
    return kept_of(body(commitments=list(rows), **more))


def test_before_anything_was_due_nothing_is_said() -> None:
    assert kept() is None
    assert kept(promise(1, "2026-12-04")) is None


def test_older_facts_hold_none() -> None:
    old = body()
    del old["figures"]["commitments"]
    assert kept_of(old) is None


def test_all_are_counted_whenever_they_were_due() -> None:
    found = kept(
        promise(1, "2026-11-04", "2026-11-03"),
        promise(2, "2026-11-18"),
        promise(3, "2026-11-25", said_on="2026-11-10", supersedes=2),
    )
    assert found == Kept("2 commitments were due: 1 kept, 1 moved 6 working days before.", ())


def test_what_came_early_counts_from_its_day_on() -> None:
    early = promise(1, "2027-01-29", "2026-11-19")
    moved = promise(3, "2027-02-26", said_on="2026-11-10", supersedes=2)
    assert kept(early, promise(2, "2027-01-29"), moved) is None
    found = kept(early, promise(4, "2026-11-20", "2026-11-19"))
    assert found == Kept("1 commitment was due: 1 kept.", ())


@pytest.mark.parametrize(
    ("days", "due_on", "words"),
    [
        (("2026-11-02",), "2026-11-25", "1 moved with 12 working days’ notice"),
        (("2026-11-02", "2026-10-30"), "2026-11-25", "2 moved with 12 to 13 working days’ notice"),
        (("2026-11-10", "2026-11-10"), "2026-11-25", "2 moved 6 working days before"),
        (("2026-11-10", "2026-11-17"), "2026-11-25", "2 moved 1 to 6 working days before"),
        (("2026-11-17",), "2026-11-25", "1 moved 1 working day before"),
        (("2026-11-17",), None, "1 taken back 1 working day before"),
        (("2026-11-18",), "2026-11-25", "1 missed"),
    ],
)
def test_how_long_before_it_was_said(days: tuple[str, ...], due_on: str | None, words: str) -> None:
    """Each promised for the 18th, a Wednesday, and replaced on one of the days."""
    rows = [
        promise(number, "2026-11-18", said_on="2026-10-26") for number in range(1, len(days) + 1)
    ]
    rows += [
        promise(9 + number, due_on or "", said_on=day, supersedes=number) | {"due_on": due_on}
        for number, day in enumerate(days, start=1)
    ]
    found = kept(*rows)
    assert found is not None
    were = "were" if len(days) > 1 else "was"
    assert found.summary == f"{len(days)} commitment{'s' * (len(days) > 1)} {were} due: {words}."


def test_over_a_weekend_no_working_day_is_left() -> None:
    """Promised for a Sunday, told on the Saturday."""
    later = promise(2, "2026-11-25", said_on="2026-11-14", supersedes=1)
    found = kept(promise(1, "2026-11-15"), later)
    assert found is not None
    assert found.summary == "1 commitment was due: 1 moved with no working day left."


def test_one_day_of_notice_where_one_is_agreed() -> None:
    later = promise(2, "2026-11-25", said_on="2026-11-17", supersedes=1)
    found = kept(promise(1, "2026-11-18"), later, thresholds=DEFAULTS.stored | {"notice_days": 1})
    assert found is not None
    assert found.summary == "1 commitment was due: 1 moved with 1 working day’s notice."


def test_what_was_said_by_schema_9_stays() -> None:
    later = promise(2, "2026-11-25", said_on="2026-11-10", supersedes=1)
    given = followed(inputs(commitments=[promise(1, "2026-11-18"), later]))
    older = body() | {"schema": 9, "inputs": given, "figures": figures_from(given, schema=9)}
    found = kept_of(older)
    assert found is not None
    assert found.summary == "1 commitment was due: 1 moved with 6 working days’ notice."


def test_schema_9_counts_what_came_early() -> None:
    given = followed(inputs(commitments=[promise(1, "2027-01-29", "2026-11-19")]))
    older = body() | {"schema": 9, "inputs": given, "figures": figures_from(given, schema=9)}
    assert kept_of(older) == Kept("1 commitment was due: 1 kept.", ())


def test_what_was_missed_is_named_with_its_reason() -> None:
    dates = [
        revision(1, "2026-11-11"),
        revision(1, "2026-12-04", number=2, old_on="2026-11-11"),
    ]
    found = kept(
        promise(1, "2026-11-11", milestone=1, promise="Checkout"),
        promise(2, "2026-11-16", "2026-11-18"),
        milestones=[milestone(1, "Checkout")],
        revisions=dates,
    )
    assert found is not None
    assert found.summary == "2 commitments were due: 2 missed."
    late, checkout = found.missed
    assert late == Line("Promise 2", ("Promised for Mon 16 Nov, done Wed 18 Nov.",))
    reason = dates[1]["reason"].rstrip(".")
    assert checkout == Line("Checkout", ("Promised for Wed 11 Nov, not done yet.", f"{reason}."))
