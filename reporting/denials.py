"""Whether words say a thing, or deny it, suppose it or ask it: pure functions of a sentence.

Read narrowly: "Checkout is not late", "Checkout could be late", "Is Checkout late?" and "The delay
is made up" all hold the word and say nothing of the kind. So does what is too tangled to tell.
"""

import re

# Before a word: it is not so, or only may be.
DENIED = re.compile(
    r"\b(?:no|not|never|neither|nor|none|nobody|nothing|nowhere|without|cannot|hardly|barely|zero|0"
    r"|if|unless|would|could|might|may(?=\s+(?:not\s+)?[a-z])|should|in case|whether"
    r"|avoid\w*|prevent\w*|instead of|rather than|far from|anything but|den(?:y|ies|ied)"
    r"|wrong|untrue|false|rumou?rs?|unlikely)\b|n[’']t\b",
    re.IGNORECASE,
)
# After it: it is not so, or no longer.
UNDONE = re.compile(
    r"\b(?:no|not|never|untrue|wrong|false|over|made up|caught up|recover\w*|solved|resolved|gone"
    r"|ended|behind us|ruled out|unlikely|avoided|averted|prevented|rumou?rs?)\b|n[’']t\b",
    re.IGNORECASE,
)
# Where something else begins: what stands before it denies nothing of what comes after.
BEGINS = re.compile(
    r"[;:–]|,\s*(?:so|and)\b|\b(?:but|because|while|whereas|although|though)\b", re.IGNORECASE
)
ENDS = re.compile(
    r"[,;:–]|\b(?:but|and|because|since|as|so|until|which|while|whereas|although|though|by)\b",
    re.IGNORECASE,
)


def says(sentence: str, pattern: re.Pattern[str]) -> bool:
    """Whether ``pattern`` is somewhere in a sentence as a plain statement."""
    return any(is_said(sentence, *found.span()) for found in pattern.finditer(sentence))


def is_said(sentence: str, start: int, end: int) -> bool:
    """Whether what stands there in a sentence is stated: not denied, supposed, undone or asked."""
    if sentence.rstrip().endswith("?"):
        return False
    before = BEGINS.split(sentence[:start])[-1]
    after = ENDS.split(sentence[end:], maxsplit=1)[0]
    return not DENIED.search(before) and not UNDONE.search(after)
