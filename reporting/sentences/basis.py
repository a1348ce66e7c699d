"""What a status rests on: what is left out, what was recorded later, and how fresh it is."""

from collections.abc import Iterator

from dm_portal.shell.wording import count
from reporting.sentences.parts import Row, fact, known_until, sentence
from reporting.wording import day, was


def left_out(figures: Row) -> Iterator[Row]:
    """What is not in the figures, so that nobody has to guess."""
    left_out = figures["left_out"]
    if left_out is None:
        return
    if number := left_out["no_milestone"]:
        verb, counts = ("belongs", "counts") if number == 1 else ("belong", "count")
        text = f"{count(number, 'item')} {verb} to no milestone and {counts} only in the totals."
        yield sentence("left_out.no_milestone", text, fact("left_out.no_milestone", number))
    if number := left_out["undated"]:
        yield _undated(number)
    if number := left_out["undecided"]:
        verb, counts = ("is", "counts") if number == 1 else ("are", "count")
        text = (
            f"{count(number, 'item')} {verb} in states of the tracker of which nobody has decided"
        )
        text += f" yet what they mean, and {counts} as not finished."
        yield sentence("left_out.undecided", text, fact("left_out.undecided", number))
    if number := left_out["refused"]:
        says = "it says" if number == 1 else "they say"
        unread = f"{count(number, 'row')} of the last import could not be read"
        text = f"{unread}: what {says} is left out."
        yield sentence("left_out.refused", text, fact("left_out.refused", number))


def _undated(number: int) -> Row:
    """Items that nobody can tell to have been added at some time."""
    they, were, count_ = ("it", "was", "counts") if number == 1 else ("they", "were", "count")
    text = f"Of {count(number, 'item')} no file says when {they} {were} created: "
    text += f"{they} {count_} from when {they} {were} first told of."
    return sentence("left_out.undated", text, fact("left_out.undated", number))


def recorded(figures: Row) -> Iterator[Row]:
    """Promises that nobody had written down here at the time: a reconstructed status says so."""
    rows = [row for row in figures["milestones"] if row["committed_on"] and row["recorded_later"]]
    if rows:
        last = max(row["recorded_later"] for row in rows)
        when = f"on {day(last, figures['window'])}, after the day that this status speaks of"
        text = f"{count(len(rows), 'committed date')} {was(rows)} recorded {when}."
        yield sentence("recorded", text, fact("recorded", len(rows)), fact("recorded_on", last))


def freshness(figures: Row) -> Row:
    """When the work was last brought in, and how far it tells, where that is less."""
    window = figures["window"]
    if window["known_until"] is None:
        return sentence("freshness", "No work has been imported yet.", fact("total", None))
    imported, told = window["imported_on"], window["known_until_day"]
    when = day(imported, window)
    text = f"The work was last imported on {when}"
    if imported > window["to_day"]:
        text = f"The work was imported on {when}, after the day that this status speaks of"
    facts = [fact("window.imported_on", imported)]
    if told < min(imported, window["to_day"]):
        comma = "," if imported > window["to_day"] else ""
        text += f"{comma} and tells of nothing after {day(told, window)}"
        facts.append(known_until(window))
    return sentence("freshness", f"{text}.", *facts)
