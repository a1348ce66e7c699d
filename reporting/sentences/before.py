"""What a status said before its figures were corrected."""

from collections.abc import Iterator

from dm_portal.shell.wording import count
from reporting.sentences.parts import Row, fact, sentence

# What is said of how many items, and what of none.
SAID = {
    "finished": ("finished", "nothing finished"),
    "created": ("added", "nothing added"),
    "reopened": ("reopened", "nothing reopened"),
    "removed": ("withdrawn", "nothing withdrawn"),
}


def corrected(was: Row | None, figures: Row) -> Iterator[Row]:
    """The figures of the last revision, ``was``, where a correction brings others; None: it does
    not, or is none. Of its window only what it knew.
    """
    if was is None or not figures["total"]:
        return
    if was["total"] is None:
        text = "Until this correction nothing was known of the work."
        yield sentence("corrected", text, fact("before.total", None))
        return
    before, now = was["total"], figures["total"]
    said, facts = [], []
    if not was["window"]["is_known"]:
        said.append("what was finished and added was not known")
    told = [] if said else [name for name in SAID if name in before]  # older schemas told fewer
    for name in told:
        (verb, nothing), number = SAID[name], len(before[name])
        if number != len(now[name]):
            said.append(f"{count(number, 'item')} {verb}" if number else nothing)
            facts.append(fact(f"before.{name}", number))
    if (before["done"], before["items"]) != (now["done"], now["items"]):
        said.append(f"{before['done']} of {before['items']} done")
        facts += [fact(f"before.{name}", before[name]) for name in ("done", "items")]
    if facts:
        text = f"Until this correction it was counted otherwise: {', '.join(said)}."
        yield sentence("corrected", text, *facts)
