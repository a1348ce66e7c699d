"""What was finished since the last status, and which criteria were met."""

from collections.abc import Iterator, Sequence

from dm_portal.shell.wording import count
from reporting.sentences.parts import BEYOND, Row, fact, known_until, sentence, window_facts
from reporting.wording import between, day, percent, share, was


def finished(figures: Row) -> Iterator[Row]:
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
        text = f"What was imported tells of nothing after {last}, so {lately}."
        yield sentence("finished", text, *window_facts(window), known_until(window))
    else:
        keys = total["finished"]
        subject = f"{count(len(keys), 'item')} {was(keys)}" if keys else "Nothing was"
        yield sentence(
            "finished",
            f"{subject} finished {between(window, 'until_day')}{_again(total)}.",
            fact("total.finished", len(keys), keys),
            *window_facts(window, "until_day"),
            *_again_facts(total),
        )


def _again(total: Row) -> str:
    """ "; 1 of them had been finished before, and was reopened in between"."""
    number = len(total["finished_again"])
    if not number:
        return ""
    is_all = number == len(total["finished"]) == 1
    return (
        f"; {'it' if is_all else f'{number} of them'} had been finished before, and "
        f"{was(total['finished_again'])} reopened in between"
    )


def _again_facts(total: Row) -> list[Row]:
    keys = total["finished_again"]
    return [fact("total.finished_again", len(keys), keys)] if keys else []


def met(figures: Row) -> Iterator[Row]:
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


def where(figures: Row) -> Iterator[Row]:
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
