"""What commands print is text, whatever somebody else wrote in it."""

import pytest

from dm_portal.shell.commands import printable


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Pay by card, 5\N{NO-BREAK SPACE}€ 💥", "Pay by card, 5\N{NO-BREAK SPACE}€ 💥"),
        ("\x1b]52;c;cm0=\x07", r"\x1b]52;c;cm0=\x07"),
        ("\x9b5mOpen\x7f", r"\x9b5mOpen\x7f"),
        ("one\r\nRefused: two\tthree", r"one\r\nRefused: two\tthree"),
        ("\u202egnp.exe\u2028", r"\u202egnp.exe\u2028"),
        ("half \ud83d", r"half \ud83d"),
    ],
)
def test_no_character_is_one_that_a_terminal_obeys(text: str, printed: str) -> None:
    assert printable(text) == printed
