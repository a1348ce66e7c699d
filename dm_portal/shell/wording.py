"""How counts are said, in sentences and beside figures. Pure functions."""

from decimal import Decimal


def count(number: int, noun: str) -> str:
    """ "1 item", "5 items", "2 criteria"."""
    return f"{number} {noun if number == 1 else plural(noun)}"


def plain(number: Decimal) -> str:
    """ "3" of 3.00, "0.5" of 0.50."""
    return f"{number.normalize():f}"


def abridged(text: str, most: int = 300) -> str:
    """The text as a list shows it: where it is longer, its beginning and "…"."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text that say something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def phrase(text: str) -> str:
    """The text on one line and without its full stop, to stand within a sentence."""
    return " ".join(text.split()).rstrip(".")


IRREGULAR = {
    "criterion": "criteria",
    "entry": "entries",
    "person": "people",
    "status": "statuses",
}


def plural(noun: str) -> str:
    return IRREGULAR.get(noun, f"{noun}s")


def ended(sentence: str) -> str:
    """The sentence with a full stop, unless it ends in one or the like already."""
    told = sentence.rstrip()
    return told if told.endswith((".", "!", "?")) else f"{told}."
