"""Our word: what came of the commitments that were due by a status."""

from typing import Any

import pytest

from reporting.customer import Kept, Line
from reporting.customer.promises import kept_of
from reporting.tests.inputs import body, milestone, revision


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
    assert found == Kept("2 commitments were due: 1 kept, 1 moved with 6 working days’ notice.", ())


@pytest.mark.parametrize(
    ("said_on", "notice"),
    [("2026-11-17", "1 to 6 working days’"), ("2026-11-10", "6 working days’")],
)
def test_notice_is_told_as_a_span(said_on: str, notice: str) -> None:
    found = kept(
        promise(1, "2026-11-18"),
        promise(2, "2026-11-18"),
        promise(3, "2026-11-25", said_on="2026-11-10", supersedes=1),
        promise(4, "2026-11-25", said_on=said_on, supersedes=2),
    )
    assert found is not None
    assert found.summary == f"2 commitments were due: 2 moved with {notice} notice."


def test_one_day_of_notice() -> None:
    later = promise(2, "2026-11-25", said_on="2026-11-17", supersedes=1)
    found = kept(promise(1, "2026-11-18"), later)
    assert found is not None
    assert found.summary == "1 commitment was due: 1 moved with 1 working day’s notice."


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
