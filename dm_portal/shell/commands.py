"""Commands that print what files and people wrote, to terminals that obey some characters."""

import unicodedata
from typing import Any

from django.core.management.base import BaseCommand, CommandError

# Controls, what changes the direction of text, ends of lines, and halves of characters.
OBEYED = ("Cc", "Cf", "Zl", "Zp", "Cs")


def printable(text: str) -> str:
    r"""The text as one line that no terminal acts on: an escape stands there as ``\x1b``."""
    if text.isprintable():
        return text
    return "".join(
        letter.encode("unicode_escape").decode()
        if unicodedata.category(letter) in OBEYED
        else letter
        for letter in text
    )


class SafeCommand(BaseCommand):
    """A command whose lines, and whose refusal, may hold what somebody else wrote."""

    def say(self, line: str) -> None:
        self.stdout.write(printable(line))

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except CommandError as refused:
            refused.args = (printable(str(refused)),)
            raise
