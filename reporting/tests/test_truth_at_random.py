"""Five hundred drafts with true sentences, views, and planted contradictions: each is found."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import dateformat

from reporting import sentences
from reporting.tests.inputs import AS_OF, SINCE, body, criterion, item, milestone, revision
from reporting.truth import Known, examine, known_of

pytestmark = pytest.mark.no_cover

DRAFTS = 500
DAY = timedelta(days=1)
COLOURS = {"green": "on track", "amber": "at risk", "red": "off track"}
# What only whoever writes it can know: no fact may be held against it.
VIEWS = [
    "The bank’s test system has been down since Tuesday.",
    "Two people work on a stand-in until Friday.",
    "If 3 items are added, we need about 5 more days.",
    "We propose to move {name} to {day}.",
    "We expect {name} between 2 and 8 Dec.",
    "{name} will probably be done on {day}.",
    "3 of the 5 items for the auditors are done.",
    "About 80 % of it is done, we think.",
    "Once 9 items are closed, the tests begin.",
    "Your answer of {day} unblocked us; thank you.",
    "By 15:30 on {day} we know more.",
    "We aim for {day}, without the refunds.",
    "{name} could be off track by then.",
    "It was at risk until the data came.",
    "The call on {day} took 45 minutes and settled 4 questions.",
    "At most 2 items may be left by then.",
]


def as_day(text: str) -> str:
    return dateformat.format(date.fromisoformat(text), "D j M Y")


def statements(row: dict[str, Any]) -> Iterator[Callable[[int], str]]:
    """What may be said of a milestone; each takes by how much it is wrong: 0 is true."""
    name = row["name"]
    if row["committed_on"]:
        day = date.fromisoformat(row["committed_on"])
        yield lambda off: f"{name} is committed for {as_day((day + off * DAY).isoformat())}."
        yield (
            lambda off: f"The deadline of {name} is {dateformat.format(day + off * DAY, 'j F Y')}."
        )
    if row["items"]:
        yield lambda off: f"{row['done'] + off} of {row['items']} items of {name} are done."
        yield lambda off: f"{name}: {row['done']} of {row['items'] + off} tickets are finished."
        yield lambda off: f"Of {name}, {row['open'] + off} items are open."
        yield lambda off: f"{name} has {row['open'] + off} open items."
        yield lambda off: f"In {name}, {row['done'] + off} items were delivered."
    if row["criteria"]:
        met, of = row["criteria_met"], row["criteria"]
        yield lambda off: f"{met + off} of {of} acceptance criteria of {name} are met."
        yield lambda off: f"{name}: {met} of {of + off} criteria are met."
    if row["days_past"]:
        yield lambda off: f"{name} is {row['days_past'] + off} days past its date."


def world(chance: random.Random) -> dict[str, Any]:
    numbers = range(1, chance.randint(2, 4))
    items, criteria, revisions = [], [], []
    for number in numbers:
        for each in range(chance.randint(3, 14)):
            done = SINCE + chance.randrange(-9, 6) * DAY if chance.random() < 0.5 else None
            created = min(SINCE + chance.randrange(-20, 3) * DAY, done or AS_OF)
            items.append(item(f"W-{number}-{each}", number, created=created, done=done))
        met = chance.randint(0, 5)
        criteria += [
            criterion(number, each, SINCE + DAY if each <= met else None) for each in range(1, 6)
        ]
        day = date(2026, 11, 20) + chance.randint(-12, 40) * DAY
        revisions.append(revision(number, day.isoformat()))
    names = [f"Release {number}.{chance.randint(0, 3)}" for number in numbers]
    rows = [milestone(number, name) for number, name in zip(numbers, names, strict=True)]
    return body(milestones=rows, items=items, criteria=criteria, revisions=revisions)


def passes(text: str, known: Known) -> bool:
    return not any(each.contradicts for each in examine(text, known))


def test_every_contradiction_is_found_and_true_edits_pass() -> None:
    chance, missed, blocked, planted = random.Random(5), [], [], 0
    for _ in range(DRAFTS):
        given = world(chance)
        declared, previous = chance.choice([*COLOURS]), chance.choice([*COLOURS])
        known = known_of(given, declared=declared, previous=previous, more_days=frozenset())
        rows = given["figures"]["milestones"]
        makers = [(row, make) for row in rows for make in statements(row)]
        true = [make(0) for _, make in chance.sample(makers, 4)]
        true += [
            view.format(name=chance.choice(rows)["name"], day=f"{chance.randint(1, 28)} Jan")
            for view in chance.sample(VIEWS, 3)
        ]
        true += [COLOURS[declared].capitalize() + ", as said.", f"Last week: {COLOURS[previous]}."]
        true += [row["text"] for row in sentences.write(given) if not row["about"]]
        chance.shuffle(true)
        blocked += [text for text in true if not passes(text, known)]
        for text in plants(chance, makers, declared):
            planted += 1
            drafted = true[:]
            drafted.insert(chance.randint(0, len(true)), text)
            findings = examine(" ".join(drafted), known)
            missed += [] if any(each.contradicts for each in findings) else [text]
    assert planted >= 2 * DRAFTS
    assert missed == []
    assert len(blocked) <= DRAFTS / 100, blocked[:20]


def plants(chance: random.Random, makers: list[Any], declared: str) -> Iterator[str]:
    """Untrue sentences: a number or a day that is no figure of its milestone, and a colour."""
    row, make = chance.choice(makers)
    counted = [row[name] for name in ("items", "done", "open", "criteria", "criteria_met")]
    counted += [len(row[name]) for name in ("finished", "finished_late")] + [row["days_past"] or 0]
    yield make(max(each or 0 for each in counted) + chance.randint(1, 5))
    said = chance.choice([colour for colour in COLOURS if colour != declared])
    yield f"{COLOURS[said].capitalize()}: we keep to the plan."
    yield f"Release 9.{chance.randint(4, 9)} is committed for 3 Dec."
