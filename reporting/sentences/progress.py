"""How far the committed milestones are, what is blocked of them, and what is open beside them."""

from collections.abc import Iterator

from dm_portal.shell.wording import count
from reporting.sentences.parts import BEYOND, Row, fact, sentence
from reporting.wording import capital, day, percent, share


def milestones(figures: Row) -> Iterator[Row]:
    """Each committed milestone: how far it is, its criteria that are met, what is blocked."""
    for row in figures["milestones"]:
        if row["committed_on"]:
            yield _milestone(row, figures["window"])
            if row["criteria"]:
                yield _criteria(row, figures["window"])
            if row["blocked"]:
                yield _blocked(row, figures)


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


def _blocked(row: Row, figures: Row) -> Row:
    """How many of its items are blocked, and the oldest with its age.

    What the DM has written of a blocker is internal, and stands in no sentence.
    """
    keys = row["blocked"]
    oldest = next(each for each in figures["blockers"] if row["number"] in each["milestones"])
    path, days = f"blockers.{oldest['source']}.{oldest['key']}", oldest["working_days"]
    since = day(oldest["since_day"], figures["window"])
    age = f"since {since}" + (f", for {count(days, 'working day')}" if days else "")
    said = f": {keys[0]}" if len(keys) == 1 else f", the first of them ({keys[0]})"
    return sentence(
        f"blocked.{row['number']}",
        f"{count(len(keys), 'item')} {'is' if len(keys) == 1 else 'are'} blocked{said} {age}.",
        fact(f"milestones.{row['number']}.blocked", len(keys), keys),
        fact(f"{path}.key", oldest["key"]),
        fact(f"{path}.since_day", oldest["since_day"]),
        fact(f"{path}.working_days", days),
        about=row["name"],
    )


def beyond(figures: Row) -> Iterator[Row]:
    """Open work in no committed milestone, where there are some to set it apart from."""
    row = figures["beyond"]
    if not row or not row["open"] or not any(m["committed_on"] for m in figures["milestones"]):
        return
    text = f"{count(row['open'], 'item')} {'is' if row['open'] == 1 else 'are'} open."
    yield sentence("beyond", text, fact("beyond.open", row["open"]), about=BEYOND)
