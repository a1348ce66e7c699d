"""Schema 9: the figures of schema 8, and what is owed, expected and planned besides.

``asks``         what the customer was asked and has not answered, see ``open_asks``
``answered``     asks that were answered, or withdrawn, in the window
``escalations``  open ones that the customer is party to, see ``open_escalations``
``resolved``     those of which the window saw the end
``risks``        open ones that the customer reads, see ``open_risks``
``commitments``  promises of a day that came due or moved in the window, see ``commitments``
``ahead``        the sprint of the next week by milestone, see ``ahead``; None where none is known
``capacity``     days of the next two weeks, see ``roster.capacity``; None without a roster

Each milestone has ``on_time``: the chance to be done by its date, a decimal as text;
``expected_from`` and ``expected_to``: the days between which it is expected; and ``not_told``: why
nobody is told any of them. All are None where nothing was worked out.

Of asks, escalations and risks only what is shared with the customer is stored, and only the words
that were written for them. Working days are Monday to Friday, and whatever moved before its day
moved with notice: schema 10 has both otherwise, see ``agreed``.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from dm_portal.shell.wording import phrase
from reporting.figures.agreed import AS_BEFORE, Agreed
from reporting.figures.dated import Window, instant, text_day
from reporting.figures.roster import capacity
from reporting.figures.ruled import besides, for_rules
from reporting.figures.sprints import is_done, is_in
from reporting.figures.timelines import Timeline, before
from reporting.figures.told import as_told
from reporting.forecasts.days import chance_by, days_ahead
from reporting.forecasts.finish import LIKELY, MIDDLE

Row = dict[str, Any]

EXPECTED = ("on_time", "expected_from", "expected_to", "not_told")
CHANCE_PLACES = 4


def version_9(inputs: Row) -> Row:
    """The figures of schema 9; see the module for their meaning."""
    return figures_of(inputs, AS_BEFORE)


def figures_of(inputs: Row, agreed: Agreed) -> Row:
    """The figures of schema 9, by what is agreed of working days and of notice."""
    lines, window = [Timeline.of(row) for row in inputs["items"]], Window.of(inputs)
    found = as_told(inputs, lines) | besides(inputs, lines)
    expected = {row["milestone"]: row for row in inputs.get("forecasts", ())}
    for row in found["milestones"]:
        row |= _expected(expected.get(row["number"]), row["committed_on"], _today(window))
    known = found["total"] is not None
    return found | {
        "asks": open_asks(inputs, window, agreed),
        "answered": answered(inputs, window),
        "escalations": open_escalations(inputs, window, agreed),
        "resolved": resolved(inputs, window),
        "risks": open_risks(inputs, window, agreed),
        "commitments": commitments(inputs, found["milestones"], window, agreed),
        "ahead": ahead(lines, inputs["sprints"], found["milestones"], window) if known else None,
        **_capacity(inputs, window, agreed),
    }


def _capacity(inputs: Row, window: Window, agreed: Agreed) -> Row:
    """Facts that were stored before rosters were know nothing of it, and rebuild to the same."""
    if "roster" not in inputs:
        return {}
    return {"capacity": capacity(inputs["roster"], _today(window), agreed.working)}


def rules_look_at(inputs: Row, lines: list[Timeline], agreed: Agreed) -> Row:
    """Of the figures of schema 9 what the rules look at, of items that are read already."""
    found, window = for_rules(inputs, lines), Window.of(inputs)
    expected = {row["milestone"]: row for row in inputs["forecasts"]}
    for row in found["milestones"]:
        row |= _expected(expected.get(row["number"]), row["committed_on"], _today(window))
    return found | {"asks": open_asks(inputs, window, agreed)} | _capacity(inputs, window, agreed)


def _expected(forecast: Row | None, committed_on: str | None, today: date) -> Row:
    if forecast is None or committed_on is None:
        return dict.fromkeys(EXPECTED)
    if forecast["refusal"]:
        return dict.fromkeys(EXPECTED) | {"not_told": forecast["refusal_words"]}
    law, monday = [float(each) for each in forecast["law"]], _date(forecast["starts_on"])
    chance = chance_by(law, _date(committed_on), monday=monday)
    days = days_ahead(law, chances=(MIDDLE, LIKELY), monday=monday, today=today)
    first, last = days or (None, None)
    return {
        "on_time": f"{chance:.{CHANCE_PLACES}f}",
        "expected_from": text_day(first),
        "expected_to": text_day(last),
        "not_told": None,
    }


def open_asks(inputs: Row, window: Window, agreed: Agreed) -> list[Row]:
    """What was asked by the end of the window and had no answer then, the first needed first.

    ``title`` is the first line of what the customer reads, ``to`` who was asked,
    ``working_days_past`` how long the answer is overdue (0: it is not), ``is_new`` asked in the
    window. Source: asks that are shared.
    """
    rows = [row for row in inputs.get("asks", ()) if _is_open(row, window, "asked_at")]
    rows.sort(key=lambda row: (row["needed_by"], row["number"]))
    today = _today(window)
    return [
        {
            **{name: row[name] for name in ("number", "to", "needed_by", "without_answer")},
            "title": title(row["text"]),
            "asked_on": _day(row["asked_at"], window),
            "working_days_past": agreed.days(row["needed_by"], today),
            "is_new": window.holds(instant(row["asked_at"])),
        }
        for row in rows
    ]


def answered(inputs: Row, window: Window) -> list[Row]:
    """Asks that ended in the window: ``is_answered``, else they were withdrawn."""
    return [
        {
            **{name: row[name] for name in ("number", "to")},
            "title": title(row["text"]),
            "is_answered": row["state"] == "answered",
            "ended_on": text_day(window.day(ended_at)),
        }
        for row in inputs.get("asks", ())
        if window.holds(ended_at := instant(row["ended_at"]))
    ]


def open_escalations(inputs: Row, window: Window, agreed: Agreed) -> list[Row]:
    """What the customer is party to and nobody has decided, the first needed first.

    ``to`` is who decides, ``is_theirs`` whether that is one of the customer's people. Source:
    escalations that are shared.
    """
    rows = [row for row in inputs.get("escalations", ()) if _is_open(row, window, "shared_at")]
    rows.sort(key=lambda row: (row["answer_by"], row["number"]))
    today = _today(window)
    return [
        {
            **{name: row[name] for name in ("number", "level", "to", "answer_by")},
            "is_theirs": row["to_kind"] == "customer",
            "text": _line(row["text"]),
            "raised_on": _day(row["raised_at"], window),
            "working_days_open": agreed.days(_day(row["raised_at"], window), today),
            "working_days_past": agreed.days(row["answer_by"], today),
            "is_new": window.holds(instant(row["shared_at"])),
        }
        for row in rows
    ]


def resolved(inputs: Row, window: Window) -> list[Row]:
    """Escalations that were decided in the window; what was decided is not for the customer."""
    return [
        {
            "number": row["number"],
            "text": _line(row["text"]),
            "resolved_on": text_day(window.day(ended_at)),
        }
        for row in inputs.get("escalations", ())
        if window.holds(ended_at := instant(row["ended_at"]))
    ]


def open_risks(inputs: Row, window: Window, agreed: Agreed) -> list[Row]:
    """What the customer reads of what may go wrong, the oldest first.

    ``working_days`` since it was shared; ``is_new``: in the window. Source: risks that are shared.
    """
    rows = [row for row in inputs.get("risks", ()) if _is_open(row, window, "shared_at")]
    rows.sort(key=lambda row: (row["shared_at"], row["number"]))
    return [
        {
            "number": row["number"],
            "text": _line(row["text"]),
            "milestone": row["milestone"],
            "since_day": _day(row["shared_at"], window),
            "working_days": agreed.days(_day(row["shared_at"], window), _today(window)),
            "is_new": window.holds(instant(row["shared_at"])),
        }
        for row in rows
    ]


def commitments(
    inputs: Row, milestones: Sequence[Row], window: Window, agreed: Agreed
) -> list[Row]:
    """Promises of which something came in the window (``state``: ``kept``, ``missed``, or what
    ``Agreed.state_of`` says of one that was replaced before its day); in the order of their days.

    ``moved_to`` is the day that was promised instead (None: it was taken back), ``notice`` the
    working days before its own day on which that was said. Source: commitments, what was said of
    them, and of a milestone's date when it was done.
    """
    rows = {row["number"]: row for row in inputs.get("commitments", ())}
    stood = {}
    if agreed.is_told_once and window.since:
        stood = _came(inputs, milestones, replace(window, as_of=window.since), agreed)
    found = []
    for number, stands in _came(inputs, milestones, window, agreed).items():
        row = rows[number]
        if agreed.is_told_once:
            is_news = _is_news(stands, stood.get(number), row, window)
        else:
            is_news = _came_in(stands, row, window)
        if is_news:
            found.append({name: row[name] for name in COMMITMENT} | stands)
    return sorted(found, key=lambda each: (each["due_on"], each["number"]))


def _came(inputs: Row, milestones: Sequence[Row], window: Window, agreed: Agreed) -> dict[int, Row]:
    """What had come of promises by the end of the window, by their numbers."""
    rows = [row for row in inputs.get("commitments", ()) if _is_recorded(row, inputs, window)]
    instead = {row["supersedes"]: row for row in rows if row["supersedes"]}
    done_on = {row["number"]: row["done_on"] for row in milestones}
    found = {}
    for row in rows:
        later = instead.get(row["number"])
        stands = None
        if row["due_on"] and later and _is_in_time(later, row, inputs, window):
            stands = _replaced(row, later, agreed)
        elif row["due_on"]:
            ended_on = _ended_on(row, later, window, agreed)
            stands = _standing(row, _kept_on(row, done_on, window), ended_on)
        if stands:
            found[row["number"]] = stands
    return found


COMMITMENT = ("number", "promise", "made_to", "said_on", "due_on", "milestone")


def _is_recorded(row: Row, inputs: Row, window: Window) -> bool:
    """By the end of the window; a status of a time before the engagement was known here rests on
    what was written down afterwards.
    """
    if window.as_of < datetime.fromisoformat(inputs["known_from"]):
        return bool(row["said_on"] <= _today(window).isoformat())
    return datetime.fromisoformat(row["recorded_at"]) < window.as_of


def _is_in_time(later: Row, row: Row, inputs: Row, window: Window) -> bool:
    """Whether a promise was replaced, and that was written down, before its day came; of a day
    before the engagement was known here it is as it was said.
    """
    due_on = row["due_on"]
    if later["said_on"] >= due_on:
        return False
    written_on, known_on = (_day(at, window) for at in (later["recorded_at"], inputs["known_from"]))
    return bool(written_on < due_on or due_on < known_on)


NOTHING_CAME = {"moved_to": None, "moved_on": None, "kept_on": None, "notice": None}


def _replaced(row: Row, later: Row, agreed: Agreed) -> Row:
    moved_on, moved_to = later["said_on"], later["due_on"]
    notice = agreed.days(moved_on, _date(row["due_on"]))
    moved = {"moved_to": moved_to, "moved_on": moved_on, "notice": notice, "settled_on": moved_on}
    return NOTHING_CAME | moved | {"state": agreed.state_of(notice, moved_to)}


def _ended_on(row: Row, later: Row | None, window: Window, agreed: Agreed) -> str | None:
    """From which day on a promise is missed that was not kept; None where that is not so yet."""
    due_on = str(row["due_on"])
    if later and agreed.ends_on_its_day:
        written_on = _day(later["recorded_at"], window)
        if max(later["said_on"], written_on) == due_on:
            return due_on
    if due_on < _today(window).isoformat():
        return (_date(due_on) + timedelta(days=1)).isoformat()
    return None


def _standing(row: Row, kept_on: str | None, ended_on: str | None) -> Row | None:
    """What came by the end of the window of a promise that stands; None: nothing yet."""
    told = NOTHING_CAME | {"kept_on": kept_on}
    if kept_on and kept_on <= row["due_on"]:
        return told | {"state": "kept", "settled_on": kept_on}
    return told | {"state": "missed", "settled_on": ended_on} if ended_on else None


def _kept_on(row: Row, done_on: Row, window: Window) -> str | None:
    """The day on which it was fulfilled, by what was said of it last, else by the milestone."""
    said = [day for at, day in row["fulfilled"] if datetime.fromisoformat(at) < window.as_of]
    if said:
        return said[-1]
    day = done_on.get(row["milestone"])
    return day if day and day <= _today(window).isoformat() else None


def _is_news(stands: Row, stood: Row | None, row: Row, window: Window) -> bool:
    """Whether the last status could not tell what came of it; ``stood``: what had come then.

    What is over since before the last status, and was written down only after it, is no news.
    """
    if window.since is None:
        return True
    is_recorded_since = datetime.fromisoformat(row["recorded_at"]) >= window.since
    if is_recorded_since and stands["settled_on"] < str(text_day(window.day(window.since))):
        return False
    return stood is None or stood["state"] != stands["state"]


def _came_in(stands: Row, row: Row, window: Window) -> bool:
    """The same as schema 9 has it: by the day alone, and what was kept early until it was due."""
    since = text_day(window.day(window.since))
    if since is None:
        return True
    is_kept_early = stands["state"] == "kept" and row["due_on"] > since
    return bool(stands["settled_on"] >= since or is_kept_early)


def ahead(
    lines: list[Timeline], sprints: Sequence[Row], milestones: Sequence[Row], window: Window
) -> Row | None:
    """The sprint of the next week: keys of what is ``open`` in it and what is ``done``, of each
    committed milestone, and of all other work. None where no sprint with dates covers that week.

    An item of several milestones counts with the one that is due first. Source: sprint and state
    changes.
    """
    running = _of_next_week(sprints, _today(window))
    if running is None:
        return None
    due = sorted(
        (row for row in milestones if row["committed_on"]),
        key=lambda row: (row["committed_on"], row["number"]),
    )
    keys: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    for line in lines:
        if is_in(line, running["name"], window.as_of):
            mine = before(line.milestones, window.as_of)
            number = next((row["number"] for row in due if row["number"] in mine), 0)
            keys[number, "done" if is_done(line, window.as_of) else "open"].append(line.key)
    told = ("number", "name", "starts_on", "ends_on")
    return {
        **{name: running[name] for name in told},
        "goal": running.get("goal", ""),
        "milestones": [
            {"number": row["number"], "name": row["name"], **_open_and_done(keys, row["number"])}
            for row in due
            if keys.keys() & {(row["number"], "open"), (row["number"], "done")}
        ],
        "beyond": _open_and_done(keys, 0),
    }


def _open_and_done(keys: defaultdict[tuple[int, str], list[str]], number: int) -> Row:
    return {state: keys.get((number, state), []) for state in ("open", "done")}


def _of_next_week(sprints: Sequence[Row], today: date) -> Row | None:
    """The sprint that runs on the next Monday; else the one that runs today."""
    monday = today + timedelta(days=7 - today.weekday())
    for day in (monday.isoformat(), today.isoformat()):
        for row in sorted(sprints, key=lambda row: (row["starts_on"], row["number"]), reverse=True):
            if row["starts_on"] <= day <= row["ends_on"]:
                return row
    return None


def title(text: str) -> str:
    """The first line of what the customer reads, without its full stop."""
    first = next(iter(text.strip().splitlines()), "")
    return phrase(first)


def _line(text: str) -> str:
    return " ".join(text.split())


def _is_open(row: Row, window: Window, since: str) -> bool:
    ended_at = instant(row["ended_at"])
    is_over = ended_at is not None and ended_at < window.as_of
    return datetime.fromisoformat(row[since]) < window.as_of and not is_over


def _today(window: Window) -> date:
    return window.as_of.astimezone(window.zone).date()


def _day(at: str, window: Window) -> str:
    return datetime.fromisoformat(at).astimezone(window.zone).date().isoformat()


def _date(text: str) -> date:
    return date.fromisoformat(text)
