"""What is owed between us and the customer: asks, escalations, risks, and promises of a day.

Only what is shared with the customer is in the figures, in the words that were written for them.
"""

from collections.abc import Callable, Iterator, Sequence

from dm_portal.shell.wording import count, ended, phrase
from reporting.sentences.parts import Row, fact, sentence
from reporting.wording import day


def answered(figures: Row) -> Iterator[Row]:
    """Asks that ended since the last status."""
    for row in figures.get("answered", ()):
        when = day(row["ended_on"], figures["window"])
        came = "was answered on" if row["is_answered"] else "has not been needed since"
        facts = _facts(f"answered.{row['number']}", row, ("title", "ended_on"))
        yield sentence(f"answered.{row['number']}", f"“{row['title']}” {came} {when}.", *facts)


def resolved(figures: Row) -> Iterator[Row]:
    """Escalations that were decided since the last status."""
    for row in figures.get("resolved", ()):
        when = day(row["resolved_on"], figures["window"])
        facts = _facts(f"resolved.{row['number']}", row, ("text", "resolved_on"))
        text = f"What was raised was decided on {when}: {ended(row['text'])}"
        yield sentence(f"resolved.{row['number']}", text, *facts)


def promises(figures: Row) -> Iterator[Row]:
    """What came of promises since the last status; of a milestone's date others tell."""
    for row in figures.get("commitments", ()):
        if row["milestone"] is None:
            text, names = SAID[row["state"]](row, figures["window"])
            facts = _facts(f"promise.{row['number']}", row, ("promise", "due_on", *names))
            yield sentence(f"promise.{row['number']}", text, *facts)


def _kept(row: Row, window: Row) -> tuple[str, Sequence[str]]:
    what, due, on = phrase(row["promise"]), day(row["due_on"], window), day(row["kept_on"], window)
    return f"We kept what we promised for {due}: {what}, done on {on}.", ("kept_on",)


def _moved(row: Row, window: Row) -> tuple[str, Sequence[str]]:
    what, due = phrase(row["promise"]), day(row["due_on"], window)
    days = row["notice"]
    notice = f"told {count(days, 'working day')} before" if days else "with no working day left"
    if row["state"] == "moved_late" and days:
        notice = f"told only {count(days, 'working day')} before"
    if row["moved_to"] is None:
        return f"We took back what we promised for {due}, {notice}: {what}.", ("notice",)
    to = day(row["moved_to"], window)
    return f"What we promised for {due} moved to {to}, {notice}: {what}.", ("moved_to", "notice")


def _missed(row: Row, window: Row) -> tuple[str, Sequence[str]]:
    what, due = phrase(row["promise"]), day(row["due_on"], window)
    text = f"We missed what we promised for {due}: {what}"
    if row["kept_on"] is None:
        return f"{text}.", ()
    return f"{text}, done on {day(row['kept_on'], window)}.", ("kept_on",)


SAID: dict[str, Callable[[Row, Row], tuple[str, Sequence[str]]]] = {
    "kept": _kept,
    "moved": _moved,
    "moved_late": _moved,
    "withdrawn": _moved,
    "missed": _missed,
}


def asks(figures: Row) -> Iterator[Row]:
    """What we need from whom by when, and what happens without an answer."""
    for row in figures.get("asks", ()):
        needed = day(row["needed_by"], figures["window"])
        text = f"Needed from {row['to']} by {needed}{_past(row)}: “{row['title']}”."
        names = ("title", "to", "needed_by", "asked_on", *_past_name(row), "without_answer")
        without = " ".join(row["without_answer"].split())
        facts = _facts(f"ask.{row['number']}", row | {"without_answer": without}, names)
        yield sentence(
            f"ask.{row['number']}", f"{text} Without an answer: {ended(without)}", *facts
        )


def escalations(figures: Row) -> Iterator[Row]:
    """What was raised and nobody has decided; never by its level, which is ours."""
    window = figures["window"]
    for row in figures.get("escalations", ()):
        raised, answer = day(row["raised_on"], window), day(row["answer_by"], window)
        text = f"Raised to {row['to']} on {raised}, an answer is needed by {answer}{_past(row)}"
        names = ("text", "to", "raised_on", "answer_by", *_past_name(row))
        facts = _facts(f"escalation.{row['number']}", row, names)
        yield sentence(f"escalation.{row['number']}", f"{text}: {ended(row['text'])}", *facts)


def risks(figures: Row) -> Iterator[Row]:
    """What may go wrong, with its age; beside the milestone that it threatens, if that is known."""
    names = {row["number"]: row["name"] for row in figures["milestones"] if row["committed_on"]}
    for row in figures.get("risks", ()):
        since, days = day(row["since_day"], figures["window"]), row["working_days"]
        age = f"since {since}" + (f", for {count(days, 'working day')}" if days else "")
        lead = f"New risk, {age}" if row["is_new"] else f"Risk {age}"
        facts = _facts(f"risk.{row['number']}", row, ("text", "since_day", "working_days"))
        text = f"{lead}: {ended(row['text'])}"
        about = names.get(row["milestone"], "")
        yield sentence(f"risk.{row['number']}", text, *facts, about=about)


def _past(row: Row) -> str:
    days = row["working_days_past"]
    return f", {count(days, 'working day')} ago" if days else ""


def _past_name(row: Row) -> tuple[str, ...]:
    return ("working_days_past",) if row["working_days_past"] else ()


def _facts(path: str, row: Row, names: Sequence[str]) -> list[Row]:
    return [fact(f"{path}.{name}", row[name]) for name in names]
