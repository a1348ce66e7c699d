"""What a status says, written from the facts by rules: one sentence per fact, as people say it.

Each sentence carries the facts it rests on, so that no number stands in the text that none of
them holds. The text is what the customer reads: it names committed milestones only, since a
version of the tracker that nobody promised is nobody's promise.

Keys: ``finished``, ``delivered.<n>``, ``delivered.beyond``, ``milestone.<n>``, ``criteria.<n>``,
``beyond``, ``created``, ``date.<n>.<revision>``, ``dates``, ``left_out.<what>``, ``freshness``.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils import dateformat

from dm_portal.shell.dates import day_words

Row = dict[str, Any]


def write(body: Row) -> list[Row]:
    """Every sentence of a status, in the order in which it is read: key, text, facts."""
    figures = body["figures"]
    return [
        *_finished(figures),
        *_delivered(figures),
        *_milestones(figures),
        *_beyond(figures),
        *_created(figures),
        *_dates(figures),
        *_left_out(figures),
        _freshness(figures),
    ]


def sentence(key: str, text: str, *facts: Row) -> Row:
    return {"key": key, "text": text, "facts": list(facts)}


def fact(name: str, value: object, rows: Sequence[str] = ()) -> Row:
    """One value that a sentence says: where it stands in the figures, and the items behind it."""
    return {"name": name, "value": value, "rows": list(rows)}


def _finished(figures: Row) -> Iterator[Row]:
    window, total = figures["window"], figures["total"]
    if total is None:
        return
    if not total["items"]:
        yield sentence("finished", "No items are on record yet.", fact("total.items", 0))
    elif window["from_day"] is None:
        text = f"So far {share(total['done'], total['items'], 'item')} finished."
        yield sentence("finished", text, *_share_facts("total", total))
    elif not window["is_known"]:
        last = _day(window["known_until_day"], window)
        lately = f"what was finished {_between(window)} is not known"
        text = f"No work was imported after {last}, so {lately}."
        yield sentence("finished", text, *_window_facts(window), _known_until(window))
    else:
        keys = total["finished"]
        subject = f"{count(len(keys), 'item')} {was(keys)}" if keys else "Nothing was"
        text = f"{subject} finished {_between(window)}."
        yield sentence(
            "finished", text, fact("total.finished", len(keys), keys), *_window_facts(window)
        )


def _delivered(figures: Row) -> Iterator[Row]:
    """Where the finished items belong; those of two milestones count in both."""
    window = figures["window"]
    if figures["total"] is None or window["from_day"] is None:
        return
    for row in figures["milestones"]:
        if row["committed_on"] and row["finished"]:
            path = f"milestones.{row['number']}.finished"
            yield _finished_in(f"delivered.{row['number']}", row["name"], path, row["finished"])
    finished = figures["beyond"]["finished"]
    if finished and figures["promised"]["items"]:
        name = "Outside the committed milestones"
        yield _finished_in("delivered.beyond", name, "beyond.finished", finished)


def _finished_in(key: str, name: str, path: str, keys: Sequence[str]) -> Row:
    text = f"{name}: {count(len(keys), 'item')} {was(keys)} finished."
    return sentence(key, text, fact(path, len(keys), keys))


def _milestones(figures: Row) -> Iterator[Row]:
    """Each committed milestone: how far it is, and which of its criteria are met."""
    for row in figures["milestones"]:
        if row["committed_on"]:
            yield _milestone(row, figures["window"])
            if row["criteria"]:
                yield _criteria(row)


def _milestone(row: Row, window: Row) -> Row:
    path = f"milestones.{row['number']}"
    facts = [fact(f"{path}.committed_on", row["committed_on"])]
    lead = f"{row['name']}, committed for {_day(row['committed_on'], window)}"
    if row["days_past"]:
        lead += f" and {count(row['days_past'], 'day')} past it"
        facts.append(fact(f"{path}.days_past", row["days_past"]))
    text, more = _progress(row, path, window)
    return sentence(f"milestone.{row['number']}", f"{lead}: {text}", *facts, *more)


def _progress(row: Row, path: str, window: Row) -> tuple[str, list[Row]]:
    """The part after "Release 2.1, committed for Fri 10 Aug:", with its facts."""
    if row["items"] is None:
        return "how much is done is not known, since no work has been imported yet.", []
    if row["items"] == 0:
        return "no items belong to it yet.", [fact(f"{path}.items", 0)]
    facts = _share_facts(path, row)
    if not row["open"]:
        facts.append(fact(f"{path}.done_on", row["done_on"]))
        whole = "its only item is" if row["items"] == 1 else f"all {row['items']} items are"
        return f"{whole} done since {_day(row['done_on'], window)}.", facts
    facts.append(fact(f"{path}.open", row["open"]))
    left = f"{row['open']} {'is' if row['open'] == 1 else 'are'} open"
    return f"{share(row['done'], row['items'], 'item')} done, {left}.", facts


def _criteria(row: Row) -> Row:
    path, met, total = f"milestones.{row['number']}", row["criteria_met"], row["criteria"]
    return sentence(
        f"criteria.{row['number']}",
        f"{row['name']}: {share(met, total, 'criterion')} met.",
        fact(f"{path}.criteria_met", met),
        fact(f"{path}.criteria", total),
        fact(f"{path}.criteria_share", _percent(met, total)),
    )


def _beyond(figures: Row) -> Iterator[Row]:
    """Open work in no committed milestone, where there are committed ones to set it apart from."""
    row = figures["beyond"]
    if not row or not row["open"] or not figures["promised"]["items"]:
        return
    verb = "is" if row["open"] == 1 else "are"
    text = f"Outside the committed milestones, {count(row['open'], 'item')} {verb} open."
    yield sentence("beyond", text, fact("beyond.open", row["open"]))


def _created(figures: Row) -> Iterator[Row]:
    """What was added since the last status, and where to."""
    window, total = figures["window"], figures["total"]
    if total is None or window["from_day"] is None or not window["is_known"]:
        return
    keys = total["created"]
    facts = [fact("total.created", len(keys), keys), *_window_facts(window)]
    if not keys:
        yield sentence("created", f"Nothing was added {_between(window)}.", *facts)
        return
    parts, part_facts = _created_where(figures)
    text = f"{count(len(keys), 'item')} {was(keys)} added {_between(window)}"
    yield sentence("created", f"{text}{parts}.", *facts, *part_facts)


def _created_where(figures: Row) -> tuple[str, list[Row]]:
    """ ": 1 to Release 2.1, 3 outside the committed milestones", with the facts."""
    committed = [row for row in figures["milestones"] if row["committed_on"] and row["created"]]
    parts = [f"{len(row['created'])} to {row['name']}" for row in committed]
    facts = [
        fact(f"milestones.{row['number']}.created", len(row["created"]), row["created"])
        for row in committed
    ]
    outside = figures["beyond"]["created"]
    if figures["promised"]["items"] and outside:
        parts.append(f"{len(outside)} outside the committed milestones")
        facts.append(fact("beyond.created", len(outside), outside))
    twice = sum(len(row["created"]) for row in committed) > len(figures["promised"]["created"])
    note = " (an item of two milestones counts in both)" if twice else ""
    return (f": {', '.join(parts)}{note}" if parts else ""), facts


def _dates(figures: Row) -> Iterator[Row]:
    """Which committed dates were given, moved or withdrawn: with the reason and the name."""
    window = figures["window"]
    for row in figures["moved"]:
        yield _moved(row, window)
    committed = [row for row in figures["milestones"] if row["committed_on"]]
    on_record = committed and not any(row["recorded_later"] for row in committed)
    if on_record and not figures["moved"] and window["from_day"]:
        text = f"No committed date was changed {_between(window)}."
        yield sentence("dates", text, fact("moved", 0), *_window_facts(window))


def _moved(row: Row, window: Row) -> Row:
    name, old, new = row["name"], row["old_on"], row["new_on"]
    if old is None:
        what = f"{name} was committed for {_day(new, window)}"
    elif new is None:
        what = f"The committed date of {name}, {_day(old, window)}, was withdrawn"
    else:
        days = (date.fromisoformat(new) - date.fromisoformat(old)).days
        how = f"{count(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"
        moved = f"moved from {_day(old, window)} to {_day(new, window)}, {how}"
        what = f"The committed date of {name} {moved}"
    who = f"{_day(row['changed_on'], window)}, {row['changed_by']}"
    reason = " ".join(row["reason"].split())
    ending = "" if reason.endswith((".", "!", "?")) else "."
    path = f"moved.{row['milestone']}.{row['number']}"
    facts = [fact(f"{path}.{field}", row[field]) for field in ("old_on", "new_on", "changed_on")]
    if old and new:
        facts.append(fact(f"{path}.days", abs(days)))
    facts += [fact(f"{path}.{field}", row[field]) for field in ("changed_by", "reason")]
    key = f"date.{row['milestone']}.{row['number']}"
    return sentence(key, f"{what} ({who}): {reason}{ending}", *facts)


def _left_out(figures: Row) -> Iterator[Row]:
    """What is not in the figures, so that nobody has to guess."""
    left_out = figures["left_out"]
    if left_out is None:
        return
    if number := left_out["no_milestone"]:
        verb = "belongs" if number == 1 else "belong"
        counts = "counts" if number == 1 else "count"
        text = f"{count(number, 'item')} {verb} to no milestone and {counts} only in the totals."
        yield sentence("left_out.no_milestone", text, fact("left_out.no_milestone", number))
    if number := left_out["refused"]:
        text = (
            f"{count(number, 'row')} of what was imported could not be read and "
            f"{'is' if number == 1 else 'are'} not counted."
        )
        yield sentence("left_out.refused", text, fact("left_out.refused", number))


def _freshness(figures: Row) -> Row:
    window = figures["window"]
    if window["known_until"] is None:
        return sentence("freshness", "No work has been imported yet.", fact("total", None))
    day = _day(window["known_until_day"], window)
    text = f"The work was last imported on {day}."
    if window["known_until_day"] > window["to_day"]:
        text = f"The work was imported on {day}, after the day that this status speaks of."
    return sentence("freshness", text, _known_until(window))


# How things are said


def count(number: int, noun: str) -> str:
    """ "1 item", "5 items", "2 criteria"."""
    plural = {"criterion": "criteria"}.get(noun, f"{noun}s")
    return f"{number} {noun if number == 1 else plural}"


def was(rows: Sequence[object]) -> str:
    return "was" if len(rows) == 1 else "were"


def share(part: int, whole: int, noun: str) -> str:
    """ "41 of 52 items (79 %) are": a share never stands alone. Of nothing there is none."""
    verb = "is" if part == 1 else "are"
    return f"{part} of {count(whole, noun)} ({_percent(part, whole)} %) {verb}"


def _percent(part: int, whole: int) -> int:
    """Whole per cent of something; 0 and 100 are kept for nothing and all."""
    if 0 < part < whole:
        return min(max(round(100 * part / whole), 1), 99)
    return 100 * part // whole


def _share_facts(name: str, row: Row) -> list[Row]:
    return [
        fact(f"{name}.done", row["done"]),
        fact(f"{name}.items", row["items"]),
        fact(f"{name}.done_share", _percent(row["done"], row["items"])),
    ]


def _window_facts(window: Row) -> list[Row]:
    return [
        fact("window.from_day", window["from_day"]),
        fact("window.to_day", window["to_day"]),
    ]


def _known_until(window: Row) -> Row:
    return fact("window.known_until_day", window["known_until_day"])


def _day(text: str, window: Row) -> str:
    """ "Fri 10 Aug", with the year only when the status speaks of another one."""
    return day_words(date.fromisoformat(text), today=date.fromisoformat(window["to_day"]))


def _between(window: Row) -> str:
    """ "between 3 and 10 Aug", "between 30 Jul and 3 Aug", "on 3 Aug"."""
    first, last = date.fromisoformat(window["from_day"]), date.fromisoformat(window["to_day"])
    end = dateformat.format(last, "j M")
    if first == last:
        return f"on {end}"
    if (first.year, first.month) == (last.year, last.month):
        return f"between {first.day} and {end}"
    start = dateformat.format(first, "j M" if first.year == last.year else "j M Y")
    return f"between {start} and {end if first.year == last.year else f'{end} {last.year}'}"
