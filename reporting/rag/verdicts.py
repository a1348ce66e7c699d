"""What a rule says of one dimension."""

from typing import Any

Verdict = dict[str, Any]


def verdict(
    dimension: str,
    colour: str,
    values: dict[str, Any],
    sentence: str,
    *,
    rule: str = "",
    for_customer: str = "",
) -> Verdict:
    """A colour, what it rests on, and why in a sentence; ``rule`` by the colour unless given.

    ``for_customer`` is said to a customer in place of a sentence that is ours alone.
    """
    found = {
        "dimension": dimension,
        "colour": colour,
        "rule": f"{dimension}.{rule or colour}",
        "values": values,
        "sentence": sentence,
    }
    return found | ({"for_customer": for_customer} if for_customer else {})


def unknown(dimension: str, missing: str) -> Verdict:
    """Without its fact there is no colour, and the sentence says which it is."""
    return verdict(dimension, "unknown", {}, f"Not known: {missing}.")


def no_source(dimension: str, missing: str) -> Verdict:
    """A dimension that nothing feeds yet."""
    return unknown(dimension, f"no source ({missing})")


def from_on(value: int, amber: int, red: int) -> str:
    """The colour of days: a limit itself is over it."""
    if value >= red:
        return "red"
    return "amber" if value >= amber else "green"
