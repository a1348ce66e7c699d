"""Five hundred drafts with true sentences, views, planted contradictions, and planted omissions:
each is found.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import dateformat

from engagements.thresholds import DEFAULTS
from reporting import sentences
from reporting.editing import Edit, values_of
from reporting.mentions import Matter, news, unmentioned
from reporting.sentences import is_under
from reporting.tests.inputs import (
    AS_OF,
    SINCE,
    ask,
    body,
    criterion,
    escalation,
    forecast,
    item,
    milestone,
    promise,
    revision,
    text,
)
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
        if chance.random() < 0.3:
            later = (day + chance.randint(1, 20) * DAY).isoformat()
            moved = {"number": 2, "old_on": day.isoformat(), "at": SINCE + DAY}
            revisions.append(revision(number, later, **moved))
    names = [f"Release {number}.{chance.randint(0, 3)}" for number in numbers]
    rows = [milestone(number, name) for number, name in zip(numbers, names, strict=True)]
    given = body(
        known_from=text(SINCE - 90 * DAY),
        milestones=rows,
        items=items,
        criteria=criteria,
        revisions=revisions,
        **owed(chance, numbers),
    )
    given["inputs"]["grave_before"] = {}
    return given


def owed(chance: random.Random, numbers: range) -> dict[str, Any]:
    """What is asked, raised, promised and forecast; some of it overdue, missed or unlikely."""

    def day() -> str:
        return (AS_OF.date() + chance.randint(-9, 9) * DAY).isoformat()

    some = {name: range(1, chance.randint(1, 3)) for name in ("asks", "escalations", "commitments")}
    return {
        "asks": [ask(n, text=f"Which bank, no. {n}?", needed_by=day()) for n in some["asks"]],
        "escalations": [escalation(n, answer_by=day()) for n in some["escalations"]],
        "commitments": [promise(n, day(), promise=f"Guide {n}") for n in some["commitments"]],
        "forecasts": [forecast(n, f"{chance.random():.6f}", "0.950000") for n in numbers],
    }


@pytest.fixture(scope="module")
def drafts() -> list[dict[str, Any]]:
    chance = random.Random(5)
    return [world(chance) for _ in range(DRAFTS)]


def passes(text: str, known: Known) -> bool:
    return not any(each.contradicts for each in examine(text, known))


def test_every_contradiction_is_found_and_true_edits_pass(drafts: list[dict[str, Any]]) -> None:
    chance, missed, blocked, planted = random.Random(5), [], [], 0
    for given in drafts:
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
        true += [f"{row['name']} is {COLOURS[colour_of(row)]}." for row in rows]
        chance.shuffle(true)
        blocked += [said for said in true if not passes(said, known)]
        for plant in plants(chance, makers, declared):
            planted += 1
            drafted = true[:]
            drafted.insert(chance.randint(0, len(true)), plant)
            findings = examine(" ".join(drafted), known)
            missed += [] if any(each.contradicts for each in findings) else [plant]
    assert planted >= 2 * DRAFTS
    assert missed == []
    assert len(blocked) <= DRAFTS / 100, blocked[:20]


def plants(chance: random.Random, makers: list[Any], declared: str) -> Iterator[str]:
    """Untrue sentences: a number or a day that is no figure of its milestone, and colours: of the
    whole, and kinder ones of the milestone.
    """
    row, make = chance.choice(makers)
    counted = [row[name] for name in ("items", "done", "open", "criteria", "criteria_met")]
    counted += [len(row[name]) for name in ("finished", "finished_late")] + [row["days_past"] or 0]
    yield make(max(each or 0 for each in counted) + chance.randint(1, 5))
    said = chance.choice([colour for colour in COLOURS if colour != declared])
    yield f"{COLOURS[said].capitalize()}: we keep to the plan."
    for kinder in list(COLOURS)[: list(COLOURS).index(colour_of(row))]:
        if kinder != declared:
            yield f"{row['name']} is {COLOURS[kinder]}."
    yield f"Release 9.{chance.randint(4, 9)} is committed for 3 Dec."


def colour_of(row: dict[str, Any]) -> str:
    """As the table of colours says: by days past a date that is gone, else by the chance."""
    if row["is_done"]:
        return "green"
    if days := row["days_past"]:
        is_red = days >= DEFAULTS.schedule_red_days
        return "red" if is_red else "amber" if days >= DEFAULTS.schedule_amber_days else "green"
    percent = 100 * float(row["on_time"] or 1)
    is_red = percent < DEFAULTS.on_time_red_percent
    return "red" if is_red else "amber" if percent < DEFAULTS.on_time_amber_percent else "green"


# Nothing of what is grave: neither its name, nor its day, nor what it is; or its denial.
SILENT = [
    *("We go on as agreed.", "The work goes well.", "Thank you for the quick call.", "No news."),
    *("{name} is not late.", "{name} will not miss its date.", "It isn’t behind schedule."),
    *("{name} went well in the past week.", "{name} would slip without the bank.", "Is it late?"),
    *("{name} has no new scope.", "Nothing was added to {name}.", "The scope of it is stable."),
    *("No promise was missed.", "Nothing was raised.", "We need not wait for any answer."),
]


def omissions(
    chance: random.Random, rows: list[dict[str, Any]], grave: list[Matter]
) -> tuple[dict[str, Edit], set[str]]:
    """Every sentence of some of what is grave, said in words that pass over it or left out."""
    edits: dict[str, Edit] = {}
    for matter in grave:
        name = matter.about or "The first one"
        if chance.random() < 0.5:
            for row in rows:
                if is_under(row["key"], matter.families):
                    edits[row["key"]] = Edit(
                        text=chance.choice(SILENT).format(name=name),
                        left_out=chance.choice(["", "", "told"]),
                        facts=values_of(row),
                        about=row["about"],
                    )
    return edits, {
        matter.key
        for matter in grave
        if all(row["key"] in edits for row in rows if is_under(row["key"], matter.families))
    }


def test_every_omission_is_listed_and_what_is_said_is_not(
    drafts: list[dict[str, Any]],
) -> None:
    chance, planted, wrong = random.Random(7), 0, []
    for given in drafts:
        rows, grave = sentences.write(given), news(given)
        assert unmentioned(given, rows, {}, [], {}) == []
        edits, omitted = omissions(chance, rows, grave)
        planted += len(omitted)
        names = [row["name"] for row in given["figures"]["milestones"]]
        words = [each.format(name=chance.choice(names)) for each in chance.sample(SILENT, 2)]
        listed = {matter.key for matter, _ in unmentioned(given, rows, edits, words, {})}
        wrong += [(given, listed, omitted)] if listed != omitted else []
    assert planted >= DRAFTS
    assert [(listed, omitted) for _, listed, omitted in wrong[:5]] == []
