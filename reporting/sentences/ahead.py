"""When milestones are expected, and what the next week's sprint holds of them."""

from collections.abc import Iterator
from datetime import date, timedelta

from dm_portal.shell.dates import range_words
from dm_portal.shell.wording import count
from engagements.thresholds import Thresholds
from reporting.rag.schedule import chance_colour
from reporting.rag.verdicts import Verdict
from reporting.sentences.parts import BEYOND, Row, fact, sentence
from reporting.wording import day

# How a chance to be in time is said: a customer reads no percentage that no record supports.
LIKELY = {
    "green": "it will probably be in time",
    "amber": "it may be late",
    "red": "it will probably be late",
}


def expected(figures: Row, thresholds: Thresholds, before: Verdict | None = None) -> Iterator[Row]:
    """The expected range of each committed milestone that is not done, in words, and whether it is
    in time as the rule of the schedule says it; ``before``: what that rule said in the last status.
    """
    for row in figures["milestones"]:
        if row.get("expected_to") is None or row["is_done"]:
            continue
        first, last = (date.fromisoformat(row[f"expected_{end}"]) for end in ("from", "to"))
        today = date.fromisoformat(figures["window"]["to_day"])
        text = f"Expected {range_words(first, last, today=today)}"
        if not row["days_past"]:
            text += f": {LIKELY[chance_colour(row, thresholds, before)]}"
        path = f"milestones.{row['number']}"
        facts = [fact(f"{path}.expected_{end}", row[f"expected_{end}"]) for end in ("from", "to")]
        yield sentence(f"expected.{row['number']}", f"{text}.", *facts, about=row["name"])


def next_week(figures: Row) -> Iterator[Row]:
    """What is open in the sprint of the next week, by milestone; the sprint's name is ours."""
    sprint = figures.get("ahead")
    if sprint is None:
        return
    for row in sprint["milestones"]:
        if row["open"]:
            path = f"ahead.{row['number']}"
            yield _planned(f"next.{row['number']}", path, row, sprint, figures, row["name"])
    if sprint["beyond"]["open"]:
        beyond = sprint["beyond"]
        yield _planned("next.beyond", "ahead.beyond", beyond, sprint, figures, BEYOND)


def _planned(key: str, path: str, row: Row, sprint: Row, figures: Row, about: str) -> Row:
    window, keys = figures["window"], row["open"]
    today = date.fromisoformat(window["to_day"])
    monday = today + timedelta(days=7 - today.weekday())
    ends = day(sprint["ends_on"], window)
    how = f"{'is' if len(keys) == 1 else 'are'} planned in the sprint to {ends}"
    if sprint["ends_on"] < monday.isoformat():
        how = f"remain{'s' if len(keys) == 1 else ''} in the sprint that ends on {ends}"
    facts = [fact(f"{path}.open", len(keys), keys), fact(f"{path}.ends_on", sprint["ends_on"])]
    return sentence(key, f"{count(len(keys), 'item')} {how}.", *facts, about=about)
