"""Beside which group of a draft a note belongs."""

from typing import Any

import pytest

from reporting.note_places import about_page, place_of


def row(key: str, about: str = "", said: str = "", *, left_out: str = "") -> dict[str, Any]:
    facts = [{"name": "asks.1.text", "value": said}, {"name": "asks.1.number", "value": 1}]
    return {"key": key, "about": about, "text": f"{key}.", "facts": facts, "left_out": left_out}


ROWS = [
    row("since"),
    row("milestone.1", "2.1 Refunds"),
    row("expected.1", "2.1 Refunds"),
    row("milestone.2", "3.0 Reporting"),
    row("milestone.3", "3.1 Reporting for finance"),
    row("milestone.4", "Left out", left_out="told"),
    row("ask.1", said="Who of your finance accepts the export of refunds?"),
    row("ask.2", said="Which stand-in may we test payments against?"),
    row("risk.1", said="The second fraud check may make refunds slower than shops accept."),
]


@pytest.mark.parametrize(
    ("text", "about", "key"),
    [
        ("Thank them", "", None),
        ("Thank them", "milestone.1", "expected.1"),
        ("Thank them", "ask.2", "ask.2"),
        ("Thank them", "escalation.7", None),
        ("2.1 refunds goes well", "", "expected.1"),
        ("the 2.1 is nearly there", "", "expected.1"),
        ("Thank them for the answer about the refund limits", "", "expected.1"),
        ("Reporting is fun", "", None),  # of two
        ("3.1 reporting for Finance next", "", "milestone.3"),
        ("3.0 and 2.1 together", "", None),
        ("see Ask 2", "", "ask.2"),
        ("risk 001 is over", "", "risk.1"),
        ("risk 9 is over", "", None),
        ("Their fraud checks are slower now", "", "risk.1"),
        ("Who accepts the export?", "", "ask.1"),
        ("Left out of it all", "", None),
    ],
)
def test_where_a_note_belongs(text: str, about: str, key: str | None) -> None:
    place = place_of(text, about, ROWS)
    assert (place.key if place else None) == key


def test_a_group_is_named_and_ends_with_its_last_sentence() -> None:
    assert place_of("2.1", "", ROWS) == ("2.1 Refunds", "expected.1", "expected.1.")
    assert place_of("ask 1", "", ROWS) == ("Ask 1", "ask.1", "ask.1.")
    assert place_of("ask 1", "", []) is None


@pytest.mark.parametrize(
    ("address", "about"),
    [
        ("http://testserver/engagements/aaaaaaaaaa/milestones/2/", "milestone.2"),
        ("/engagements/aaaaaaaaaa/asks/3/?page=2", "ask.3"),
        ("/engagements/aaaaaaaaaa/risks/4/", "risk.4"),
        ("/engagements/bbbbbbbbbb/risks/4/", ""),
        ("/engagements/aaaaaaaaaa/sprints/4/", ""),
        ("/engagements/aaaaaaaaaa/milestones/", ""),
        ("/engagements/aaaaaaaaaa/", ""),
        ("/nowhere/at/all", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_what_a_page_is_about(address: str, about: str) -> None:
    assert about_page(address, engagement_ref="aaaaaaaaaa") == about
