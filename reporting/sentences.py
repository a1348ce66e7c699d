"""What a status says, written from the facts by rules: one sentence per fact, as people say it.

Each sentence carries the facts it rests on, so that no number stands in the text that none of
them holds; ``about`` is the milestone that it speaks of, if any, and is read before it. The text
is what the customer reads: it names committed milestones only, since a version of the tracker
that nobody promised is nobody's promise.

Keys: ``date.<n>.<revision>``, ``dates``, ``created``, ``late.<what>``, ``reopened``, ``removed``,
``scope.<n>``, ``milestone.<n>``,
``criteria.<n>``, ``beyond``, ``finished``, ``met.<n>.<criterion>``, ``delivered.<n>``,
``delivered.beyond``, ``left_out.<what>``, ``recorded``, ``freshness``.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from reporting.wording import between, capital, count, day, percent, share, was

Row = dict[str, Any]

BEYOND = "Other work"
# The families of sentences on what came back, went or moved.
SCOPE = ("reopened", "late.reopened", "removed", "scope.")


def write(body: Row) -> list[Row]:
    """Every sentence of a status, in the order in which it is read: key, about, text, facts."""
    figures = body["figures"]
    return [
        *_dates(figures),
        *_created(figures),
        *_late(figures, "created"),
        *_changed(figures, "reopened", "reopened"),
        *_late(figures, "reopened"),
        *_changed(figures, "removed", "withdrawn"),
        *_moved_items(figures),
        *_milestones(figures),
        *_beyond(figures),
        *_finished(figures),
        *_late(figures, "finished"),
        *_met(figures),
        *_delivered(figures),
        *_left_out(figures),
        *_recorded(figures),
        _freshness(figures),
    ]


def is_under(key: str, keys: Iterable[str]) -> bool:
    """Whether a sentence's key is one of these; one that ends in a dot stands for a family."""
    return any(key.startswith(each) if each.endswith(".") else key == each for each in keys)


def sentence(key: str, text: str, *facts: Row, about: str = "") -> Row:
    return {"key": key, "about": about, "text": text, "facts": list(facts)}


def fact(name: str, value: object, rows: Sequence[str] = ()) -> Row:
    """One value that a sentence says: where it stands in the figures, and the items behind it."""
    return {"name": name, "value": value, "rows": list(rows)}


def _window_facts(window: Row, until: str = "to_day") -> list[Row]:
    return [
        fact("window.from_day", window["from_day"]),
        fact(f"window.{until}", window[until]),
    ]


def _known_until(window: Row) -> Row:
    return fact("window.known_until_day", window["known_until_day"])


# What changed


def _dates(figures: Row) -> Iterator[Row]:
    """Which committed dates were given, moved or withdrawn: with the reason and the name."""
    window = figures["window"]
    for row in figures["moved"]:
        yield _moved(row, window)
    committed = [row for row in figures["milestones"] if row["committed_on"]]
    on_record = committed and not any(row["recorded_later"] for row in committed)
    if on_record and not figures["moved"] and window["from_day"]:
        text = f"No committed date was changed {between(window)}."
        yield sentence("dates", text, fact("moved", 0), *_window_facts(window))


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


def _created(figures: Row) -> Iterator[Row]:
    """What was added since the last status, and where to."""
    window, total = figures["window"], figures["total"]
    if total is None or window["from_day"] is None or not window["is_known"]:
        return
    keys = total["created"]
    facts = [fact("total.created", len(keys), keys), *_window_facts(window, "until_day")]
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


def _late(figures: Row, what: str) -> Iterator[Row]:
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


def _changed(figures: Row, what: str, verb: str) -> Iterator[Row]:
    """What became of items in the window besides being finished: "1 item was reopened"."""
    window, total = figures["window"], figures["total"]
    keys = total[what] if total else []
    if keys and window["is_known"]:
        text = f"{count(len(keys), 'item')} {was(keys)} {verb} {between(window, 'until_day')}."
        facts = _window_facts(window, "until_day")
        yield sentence(what, text, fact(f"total.{what}", len(keys), keys), *facts)


def _moved_items(figures: Row) -> Iterator[Row]:
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
            facts += _window_facts(window, "until_day")
            yield sentence(f"scope.{row['number']}", text, *facts, about=row["name"])


# How far the milestones are


def _milestones(figures: Row) -> Iterator[Row]:
    """Each committed milestone: how far it is, and how many of its criteria are met."""
    for row in figures["milestones"]:
        if row["committed_on"]:
            yield _milestone(row, figures["window"])
            if row["criteria"]:
                yield _criteria(row, figures["window"])


def _milestone(row: Row, window: Row) -> Row:
    path = f"milestones.{row['number']}"
    facts = [fact(f"{path}.committed_on", row["committed_on"])]
    lead = f"Committed for {day(row['committed_on'], window)}"
    if row["first_committed_on"] != row["committed_on"]:
        lead += f" (first for {day(row['first_committed_on'], window)})"
        facts.append(fact(f"{path}.first_committed_on", row["first_committed_on"]))
    if row["days_past"]:
        lead += f", now {count(row['days_past'], 'day')} past"
        facts.append(fact(f"{path}.days_past", row["days_past"]))
    text, more = _progress(row, path, window)
    key = f"milestone.{row['number']}"
    return sentence(key, f"{lead}: {text}", *facts, *more, about=row["name"])


def _progress(row: Row, path: str, window: Row) -> tuple[str, list[Row]]:
    """The part after "Committed for Fri 10 Aug:", with its facts."""
    if row["items"] is None:
        return "how much is done is not known, since no work has been imported yet.", []
    if row["items"] == 0:
        yet = "" if row["is_done"] else " yet"
        return f"no items belong to it{yet}.", [fact(f"{path}.items", 0)]
    facts = [
        fact(f"{path}.done", row["done"]),
        fact(f"{path}.items", row["items"]),
        fact(f"{path}.done_share", percent(row["done"], row["items"])),
    ]
    text = f"{share(row['done'], row['items'], 'item')} done"
    if not row["open"]:
        late, more = _late_words(row, path) if row["items_done_on"] == row["done_on"] else ("", [])
        facts += [fact(f"{path}.items_done_on", row["items_done_on"]), *more]
        return f"{text} since {day(row['items_done_on'], window)}{late}.", facts
    if row["done"]:
        facts.append(fact(f"{path}.open", row["open"]))
        text += f", {row['open']} {'is' if row['open'] == 1 else 'are'} open"
    return f"{text}.", facts


def _late_words(row: Row, path: str) -> tuple[str, list[Row]]:
    """ ", 10 days late" of what is done, said once: with what was complete last."""
    if not row["days_late"]:
        return "", []
    words = f", {count(row['days_late'], 'day')} late"
    return words, [fact(f"{path}.days_late", row["days_late"])]


def _criteria(row: Row, window: Row) -> Row:
    """How many criteria are met; since when, where these came after the last item."""
    path, met, total = f"milestones.{row['number']}", row["criteria_met"], row["criteria"]
    since, more = "", list[Row]()
    if row["done_on"] and row["done_on"] != row["items_done_on"]:
        late, more = _late_words(row, path)
        since = f" since {day(row['criteria_met_on'], window)}{late}"
        more = [fact(f"{path}.criteria_met_on", row["criteria_met_on"]), *more]
    unmet, missing = _unmet(row, path)
    return sentence(
        f"criteria.{row['number']}",
        f"{capital(share(met, total, 'criterion'))} met{since}{unmet}.",
        fact(f"{path}.criteria_met", met),
        fact(f"{path}.criteria", total),
        fact(f"{path}.criteria_share", percent(met, total)),
        *more,
        *missing,
        about=row["name"],
    )


def _unmet(row: Row, path: str) -> tuple[str, list[Row]]:
    """ "; open: “…”, “…”": customers know what they agreed on by its words."""
    unmet = [
        (each["number"], " ".join(each["statement"].split())) for each in row["criteria_unmet"]
    ]
    if not unmet:
        return "", []
    quoted = ", ".join(f"“{statement.rstrip('.')}”" for _, statement in unmet)
    facts = [
        fact(f"{path}.criteria_unmet.{number}.statement", statement) for number, statement in unmet
    ]
    return f"{'; open' if row['criteria'] > 1 else ''}: {quoted}", facts


def _beyond(figures: Row) -> Iterator[Row]:
    """Open work in no committed milestone, where there are some to set it apart from."""
    row = figures["beyond"]
    if not row or not row["open"] or not any(m["committed_on"] for m in figures["milestones"]):
        return
    text = f"{count(row['open'], 'item')} {'is' if row['open'] == 1 else 'are'} open."
    yield sentence("beyond", text, fact("beyond.open", row["open"]), about=BEYOND)


# What was delivered


def _finished(figures: Row) -> Iterator[Row]:
    window, total = figures["window"], figures["total"]
    if total is None:
        return
    if not total["items"]:
        yield sentence("finished", "No items are on record yet.", fact("total.items", 0))
    elif window["from_day"] is None:
        yield sentence(
            "finished",
            f"So far {share(total['done'], total['items'], 'item')} finished.",
            fact("total.done", total["done"]),
            fact("total.items", total["items"]),
            fact("total.done_share", percent(total["done"], total["items"])),
        )
    elif not window["is_known"]:
        last = day(window["known_until_day"], window)
        lately = f"what was finished {between(window)} is not known"
        text = f"No work was imported after {last}, so {lately}."
        yield sentence("finished", text, *_window_facts(window), _known_until(window))
    else:
        keys = total["finished"]
        subject = f"{count(len(keys), 'item')} {was(keys)}" if keys else "Nothing was"
        yield sentence(
            "finished",
            f"{subject} finished {between(window, 'until_day')}.",
            fact("total.finished", len(keys), keys),
            *_window_facts(window, "until_day"),
        )


def _met(figures: Row) -> Iterator[Row]:
    """Criteria met since the last status: the best that can be delivered."""
    window = figures["window"]
    for row in figures["milestones"]:
        if row["committed_on"] and window["from_day"]:
            yield from (_met_criterion(row, each, window) for each in row["criteria_met_lately"])


def _met_criterion(row: Row, criterion: Row, window: Row) -> Row:
    path = f"met.{row['number']}.{criterion['number']}"
    statement = " ".join(criterion["statement"].split())
    return sentence(
        path,
        f"Criterion met on {day(criterion['met_on'], window)}: “{statement}”",
        fact(f"{path}.met_on", criterion["met_on"]),
        fact(f"{path}.statement", statement),
        about=row["name"],
    )


def _delivered(figures: Row) -> Iterator[Row]:
    """Where the finished items belong; those of two milestones count in both."""
    if figures["total"] is None or figures["window"]["from_day"] is None:
        return
    for row in figures["milestones"]:
        if row["committed_on"] and row["finished"]:
            path = f"milestones.{row['number']}.finished"
            yield _finished_in(f"delivered.{row['number']}", row["name"], path, row["finished"])
    finished = figures["beyond"]["finished"]
    if finished and figures["promised"]["items"]:
        yield _finished_in("delivered.beyond", BEYOND, "beyond.finished", finished)


def _finished_in(key: str, about: str, path: str, keys: Sequence[str]) -> Row:
    text = f"{count(len(keys), 'item')} {was(keys)} finished."
    return sentence(key, text, fact(path, len(keys), keys), about=about)


# What it rests on


def _left_out(figures: Row) -> Iterator[Row]:
    """What is not in the figures, so that nobody has to guess."""
    left_out = figures["left_out"]
    if left_out is None:
        return
    if number := left_out["no_milestone"]:
        verb, counts = ("belongs", "counts") if number == 1 else ("belong", "count")
        text = f"{count(number, 'item')} {verb} to no milestone and {counts} only in the totals."
        yield sentence("left_out.no_milestone", text, fact("left_out.no_milestone", number))
    if number := left_out["refused"]:
        says = "it says" if number == 1 else "they say"
        unread = f"{count(number, 'row')} of the last import could not be read"
        text = f"{unread}: what {says} is left out."
        yield sentence("left_out.refused", text, fact("left_out.refused", number))


def _recorded(figures: Row) -> Iterator[Row]:
    """Promises that nobody had written down here at the time: a reconstructed status says so."""
    rows = [row for row in figures["milestones"] if row["committed_on"] and row["recorded_later"]]
    if rows:
        last = max(row["recorded_later"] for row in rows)
        when = f"on {day(last, figures['window'])}, after the day that this status speaks of"
        text = f"{count(len(rows), 'committed date')} {was(rows)} recorded {when}."
        yield sentence("recorded", text, fact("recorded", len(rows)), fact("recorded_on", last))


def _freshness(figures: Row) -> Row:
    window = figures["window"]
    if window["known_until"] is None:
        return sentence("freshness", "No work has been imported yet.", fact("total", None))
    when = day(window["known_until_day"], window)
    text = f"The work was last imported on {when}."
    if window["known_until_day"] > window["to_day"]:
        text = f"The work was imported on {when}, after the day that this status speaks of."
    return sentence("freshness", text, _known_until(window))
