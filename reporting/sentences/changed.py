"""What changed since the last status: dates, and what was added, reopened, withdrawn or moved."""

from collections.abc import Iterator, Sequence
from datetime import date

from dm_portal.shell.wording import count, ended
from reporting.sentences.parts import Row, fact, sentence, window_facts
from reporting.wording import between, day, was

# Up to so many days after a status the next one is that of the week after it.
USUAL_DAYS = 8


def since(figures: Row) -> Iterator[Row]:
    """Since which status things are told, where that is longer ago than a week: a week of which
    none was published is told here.
    """
    window = figures["window"]
    if window["from_day"] and _days(window["from_day"], window["to_day"]) > USUAL_DAYS:
        text = f"This tells what happened since the status of {day(window['from_day'], window)}."
        yield sentence("since", text, *window_facts(window))


def dates(figures: Row) -> Iterator[Row]:
    """Which committed dates were given, moved or withdrawn: with the reason and the name."""
    window = figures["window"]
    for row in figures["moved"]:
        yield _moved(row, window)
    committed = [row for row in figures["milestones"] if row["committed_on"]]
    on_record = committed and not any(row["recorded_later"] for row in committed)
    if on_record and not figures["moved"] and window["from_day"]:
        text = f"No committed date was changed {between(window)}."
        yield sentence("dates", text, fact("moved", 0), *window_facts(window))


def _moved(row: Row, window: Row) -> Row:
    """One change of a promise, told by the reason that was given for it."""
    path = f"moved.{row['milestone']}.{row['number']}"
    facts = [fact(f"{path}.{field}", row[field]) for field in ("old_on", "new_on", "changed_on")]
    facts += [fact(f"{path}.{field}", row[field]) for field in ("changed_by", "reason")]
    if row["old_on"] and row["new_on"]:
        facts.append(fact(f"{path}.days", abs(_days_moved(row))))
    who = f"{row['changed_by']}, {day(row['changed_on'], window)}"
    reason = ended(" ".join(row["reason"].split()))
    return sentence(
        f"date.{row['milestone']}.{row['number']}",
        f"{_what_moved(row, window)} ({who}): {reason}",
        *facts,
        about=row["name"],
    )


def _what_moved(row: Row, window: Row) -> str:
    old, new = row["old_on"], row["new_on"]
    if old is None:
        return f"Committed for {day(new, window)}"
    if new is None:
        return f"The committed date, {day(old, window)}, was withdrawn"
    days = _days_moved(row)
    how = f"{count(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"
    return f"The committed date moved from {day(old, window)} to {day(new, window)}, {how}"


def _days_moved(row: Row) -> int:
    """Calendar days; negative when the date came nearer."""
    return _days(row["old_on"], row["new_on"])


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def created(figures: Row) -> Iterator[Row]:
    """What was added since the last status, and where to."""
    window, total = figures["window"], figures["total"]
    if total is None or window["from_day"] is None or not window["is_known"]:
        return
    if not total["created"] and total["first_told"]:
        return  # of some of what is new nobody knows whether it was added
    if not total["created"]:
        facts = [fact("total.created", 0), *window_facts(window, "until_day")]
        text = f"Nothing was added {between(window, 'until_day')}"
        before = "; what came before that, and was told only since, is named on its own"
        yield sentence("created", f"{text}{before if _came_late(figures) else ''}.", *facts)
        return
    yield _came(figures, "created", "added")


def _came_late(figures: Row) -> bool:
    """Whether anything came before the last status, which could not know it."""
    committed = [row for row in figures["milestones"] if row["committed_on"]]
    return bool(
        figures["total"].get("created_late") or any(row.get("late_in") for row in committed)
    )


def first_told(figures: Row) -> Iterator[Row]:
    """What is new since the last status, and of which no file says when it was created."""
    window, total = figures["window"], figures["total"]
    if total and window["from_day"] and window["is_known"] and total["first_told"]:
        yield _came(figures, "first_told", "first told of", "in")


def back(figures: Row) -> Iterator[Row]:
    """What did not count at the last status, had been withdrawn or was gone, and counts again."""
    if figures["total"] and figures["window"]["is_known"] and figures["total"]["back"]:
        yield _came(figures, "back", "added back, no longer withdrawn or gone from the tracker,")


def _came(figures: Row, what: str, verb: str, way: str = "to") -> Row:
    """ "4 items were added between 13 and 20 Nov: 1 to Release 2.1, 3 outside …"."""
    window, keys = figures["window"], figures["total"][what]
    where, more = _where(figures, what, way)
    text = f"{count(len(keys), 'item')} {was(keys)} {verb} {between(window, 'until_day')}{where}."
    facts = [fact(f"total.{what}", len(keys), keys), *window_facts(window, "until_day")]
    return sentence(what, text, *facts, *more)


def _where(figures: Row, what: str, way: str) -> tuple[str, list[Row]]:
    """ ": 1 to Release 2.1, 3 outside the committed milestones", with the facts."""
    committed = [row for row in figures["milestones"] if row["committed_on"] and row[what]]
    places = [
        (f"{way} {row['name']}", f"milestones.{row['number']}.{what}", row[what])
        for row in committed
    ]
    outside = figures["beyond"][what]
    if figures["promised"]["items"] and outside:
        places.append(("outside the committed milestones", f"beyond.{what}", outside))
    facts = [fact(path, len(keys), keys) for _, path, keys in places]
    if len(places) == 1:
        [(place, _, keys)] = places
        return f", {place}" if len(keys) == 1 else f", all {place}", facts
    twice = sum(len(row[what]) for row in committed) > len(figures["promised"][what])
    note = " (an item of two milestones counts in both)" if twice else ""
    parts = ", ".join(f"{len(keys)} {place}" for place, _, keys in places)
    return (f": {parts}{note}" if parts else ""), facts


# What had become of an item, by the name of the figure; and what that means from here on.
LATE = {
    "created": ("added", "imported only after it", "counted here for the first time"),
    "first_told": ("first told of", "imported only after it", "counted here for the first time"),
    "finished": ("finished", "imported only after it", "counted here for the first time"),
    "reopened": ("reopened", "imported only after it", "counted here for the first time"),
    "back": ("added back", "imported only after it", "counted here again"),
    "removed": ("withdrawn", "reported only after it", "counted here no longer"),
    "gone": ("gone from the tracker", "reported only after it", "counted here no longer"),
}


def late(figures: Row, what: str) -> Iterator[Row]:
    """What the last status could not know: it happened before, and was told only after it."""
    keys = figures["total"][f"{what}_late"] if figures["total"] else []
    if not keys:
        return
    is_ = "is" if len(keys) == 1 else "are"
    items, facts = count(len(keys), "item"), [fact(f"total.{what}_late", len(keys), keys)]
    if what == "redated":
        text = f"{items} that the last status counted {is_} by now said to be created later."
    else:
        (verb, told, counts), (when, more) = LATE[what], _late_when(figures, what)
        first = f"{items} {verb} before the last status{when} {was(keys)} {told}"
        text = f"{first}, and {is_} {counts}."
        facts += more
    yield sentence(f"late.{what}", text, *facts)


# How an item stood at the last status by what its state is decided to mean since.
DECIDED = {
    "finished": "had been finished",
    "reopened": "had not been finished",
    "removed": "had been withdrawn",
    "back": "had not been withdrawn",
}


def decided(figures: Row) -> Iterator[Row]:
    """What counts otherwise than in the last status though its tracker said the same then."""
    told = figures["total"]["decided"] if figures["total"] else {}
    said = [f"{count(len(keys), 'item')} {DECIDED[what]}" for what, keys in told.items() if keys]
    if said:
        begins = "It was decided after the last status what states of the tracker mean"
        facts = [fact(f"total.decided.{what}", len(keys), keys) for what, keys in told.items()]
        used = [each for each in facts if each["value"]]
        yield sentence("late.decided", f"{begins}: by that, {', '.join(said)} before it.", *used)


def _late_when(figures: Row, what: str) -> tuple[str, list[Row]]:
    """ ", between 9 and 12 Nov,": when it happened."""
    days = figures["late_days"][what]
    window = figures["window"] | {"from_day": days["first"], "to_day": days["last"]}
    facts = [fact(f"late_days.{what}.{end}", days[end]) for end in ("first", "last")]
    return f", {between(window)},", facts


def became(figures: Row, what: str, verb: str) -> Iterator[Row]:
    """What became of items in the window besides being finished: "1 item was reopened"."""
    window, total = figures["window"], figures["total"]
    keys = total[what] if total else []
    if keys and window["is_known"]:
        where, more = _where(figures, what, "in")
        text = (
            f"{count(len(keys), 'item')} {was(keys)} {verb} {between(window, 'until_day')}{where}."
        )
        facts = [fact(f"total.{what}", len(keys), keys), *window_facts(window, "until_day")]
        yield sentence(what, text, *facts, *more)


def moved_items(figures: Row) -> Iterator[Row]:
    """Items that were there before and came to a committed milestone, or left it."""
    window = figures["window"]
    for row in figures["milestones"]:
        if figures["total"] is None or not row["committed_on"] or not window["is_known"]:
            continue
        moves = [(way, row[f"moved_{way}"]) for way in ("in", "out") if row[f"moved_{way}"]]
        if moves:
            said = ", ".join(f"{count(len(keys), 'item')} moved {way}" for way, keys in moves)
            path = f"milestones.{row['number']}.moved"
            facts = [fact(f"{path}_{way}", len(keys), keys) for way, keys in moves]
            text = f"{said} {between(window, 'until_day')}."
            facts += window_facts(window, "until_day")
            yield sentence(f"scope.{row['number']}", text, *facts, about=row["name"])


# How a milestone's counts changed before the last status, which did not know it.
WAYS = ("late_in", "late_out", "finished_late")


def moved_late(figures: Row) -> Iterator[Row]:
    """What moves the counts of a committed milestone, and the last status could not know."""
    for row in figures["milestones"]:
        ways = [(way, row[way]) for way in WAYS if row["committed_on"] and row[way]]
        if ways:
            said = ", ".join(_way_words(way, keys) for way, keys in ways)
            text = f"{said} before the last status, which could not know it yet."
            path = f"milestones.{row['number']}"
            facts = [fact(f"{path}.{way}", len(keys), keys) for way, keys in ways]
            yield sentence(f"late.scope.{row['number']}", text, *facts, about=row["name"])


def _way_words(way: str, keys: Sequence[str]) -> str:
    items = count(len(keys), "item")
    if way == "finished_late":
        return f"{items} of it {was(keys)} finished"
    return f"{items} {'came to it' if way == 'late_in' else 'left it'}"
