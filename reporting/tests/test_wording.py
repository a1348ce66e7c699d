"""Sentences as they are cut out of what people typed."""

import pytest

from reporting.wording import first_sentence


@pytest.mark.parametrize(
    ("paragraph", "first"),
    [
        ("It is down. We wait.", "It is down."),
        ("Release 2.1 is out! More on Friday.", "Release 2.1 is out!"),
        ("No full stop", "No full stop"),
        ("Two\nlines and\n\nmore", "Two lines and more"),
        ("", ""),
    ],
)
def test_first_sentence(paragraph: str, first: str) -> None:
    assert first_sentence(paragraph) == first


def test_a_long_one_is_cut_to_a_headline() -> None:
    cut = first_sentence("word " * 100)
    assert len(cut) == 200
    assert cut.endswith("…")


def test_a_headline_is_as_long_as_its_column_counts() -> None:
    struck_out = "a\N{COMBINING LONG STROKE OVERLAY}" * 150
    assert len(first_sentence(struck_out)) == 200
