"""What changed since the last status: dates, what was added, reopened, withdrawn and moved."""

from collections.abc import Iterator
from datetime import date

from dm_portal.shell.wording import count
from reporting.sentences.parts import Row, fact, sentence, window_facts
from reporting.wording import between, day, was


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
    reason = " ".join(row["reason"].split())
    ending = "" if reason.endswith((".", "!", "?")) else "."
    return sentence(
        f"date.{row['milestone']}.{row['number']}",
        f"{_what_moved(row, window)} ({who}): {reason}{ending}",
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
    return (date.fromisoformat(row["new_on"]) - date.fromisoformat(row["old_on"])).days


def created(figures: Row) -> Iterator[Row]:
    """What was added since the last status, and where to."""
    window, total = figures["window"], figures["total"]
    if total is None or window["from_day"] is None or not window["is_known"]:
        return
    keys = total["created"]
    facts = [fact("total.created", len(keys), keys), *window_facts(window, "until_day")]
    lately = between(window, "until_day")
    if not keys:
        yield sentence("created", f"Nothing was added {lately}.", *facts)
        return
    where, more = _created_where(figures)
    text = f"{count(len(keys), 'item')} {was(keys)} added {lately}"
    yield sentence("created", f"{text}{where}.", *facts, *more)


def _created_where(figures: Row) -> tuple[str, list[Row]]:
    """ ": 1 to Release 2.1, 3 outside the committed milestones", with the facts."""
    committed = [row for row in figures["milestones"] if row["committed_on"] and row["created"]]
    places = [
        (f"to {row['name']}", f"milestones.{row['number']}.created", row["created"])
        for row in committed
    ]
    outside = figures["beyond"]["created"]
    if figures["promised"]["items"] and outside:
        places.append(("outside the committed milestones", "beyond.created", outside))
    facts = [fact(path, len(keys), keys) for _, path, keys in places]
    if len(places) == 1:
        [(place, _, keys)] = places
        return f", {place}" if len(keys) == 1 else f", all {place}", facts
    twice = sum(len(row["created"]) for row in committed) > len(figures["promised"]["created"])
    note = " (an item of two milestones counts in both)" if twice else ""
    parts = ", ".join(f"{len(keys)} {place}" for place, _, keys in places)
    return (f": {parts}{note}" if parts else ""), facts


def late(figures: Row, what: str) -> Iterator[Row]:
    """What the last status could not know: it happened before, and was imported after it."""
    keys = figures["total"][f"{what}_late"] if figures["total"] else []
    if keys:
        verb = {"created": "added"}.get(what, what)
        is_counted = "is counted" if len(keys) == 1 else "are counted"
        when, more = _late_when(figures, what)
        first = f"{count(len(keys), 'item')} {verb} before the last status{when} {was(keys)}"
        text = f"{first} imported only after it, and {is_counted} here for the first time."
        yield sentence(f"late.{what}", text, fact(f"total.{what}_late", len(keys), keys), *more)


def _late_when(figures: Row, what: str) -> tuple[str, list[Row]]:
    """ ", between 9 and 12 Nov,": when it was finished."""
    days = figures["late_days"]
    if what != "finished" or days is None:
        return "", []
    window = figures["window"] | {"from_day": days["first"], "to_day": days["last"]}
    facts = [fact(f"late_days.{end}", days[end]) for end in ("first", "last")]
    return f", {between(window)},", facts


def became(figures: Row, what: str, verb: str) -> Iterator[Row]:
    """What became of items in the window besides being finished: "1 item was reopened"."""
    window, total = figures["window"], figures["total"]
    keys = total[what] if total else []
    if keys and window["is_known"]:
        text = f"{count(len(keys), 'item')} {was(keys)} {verb} {between(window, 'until_day')}."
        facts = window_facts(window, "until_day")
        yield sentence(what, text, fact(f"total.{what}", len(keys), keys), *facts)


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
