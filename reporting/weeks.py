"""The figures of one local week, or of a part of it, as our own pages show them.

Read models: they put the figures of ``reporting.figures`` beside the titles and the pages of the
items. Nothing here reads the database, and nothing is shown to a customer.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from dm_portal.shell.dates import day_words
from dm_portal.shell.pictures import Bars, BarWeek, BurnUp, BurnUpWeek
from dm_portal.shell.wording import count
from reporting import facts
from reporting.figures import flow
from reporting.figures.dated import Window, instant
from reporting.figures.timelines import AT_WORK, Timeline
from reporting.item_lines import SHOWN, Items, Names
from reporting.last_status import Told
from reporting.periods import monday_named
from reporting.week_lines import Aged, Plan
from reporting.wording import share

Row = dict[str, Any]
# Half a year: what a picture of weeks can hold on a phone.
PICTURED_WEEKS = 26
MOMENT = timedelta(microseconds=1)


class Week:
    """The figures of a body of schema 7: of its window, and as of its end."""

    def __init__(self, body: Row, sources: Mapping[int, str] | None = None) -> None:
        """``sources`` names the engagement's sources by their numbers."""
        self._ref = body["engagement"]
        self._schema = body["schema"]
        self._inputs = body["inputs"]
        self.figures = body["figures"]
        self.window = self.figures["window"]
        self._zone = ZoneInfo(self._inputs["zone"])
        self._told_until = instant(self.window["known_until"])
        self._names = Names(body, sources or {})
        self.line, self.items = self._names.line, self._names.items

    @property
    def is_imported(self) -> bool:
        """Whether anything was ever imported; if not, no figure of work can be told."""
        return self.figures["total"] is not None

    @property
    def is_known(self) -> bool:
        """Whether any file tells of the window: else it is unknown, not empty."""
        return bool(self.window["is_known"])

    @property
    def is_first(self) -> bool:
        """Whether there is no status before: then it is of all that was, and nothing moved yet."""
        return self.window["since"] is None

    @property
    def told_until(self) -> str:
        """ "Mon 23 Nov": the last day that the files tell of; empty if the window ends with it."""
        is_all = self._told_day >= self._last_day
        return "" if is_all else day_words(self._told_day, today=self._to_day)

    @property
    def _told_day(self) -> date:
        told_until = self._told_until or datetime.fromisoformat(self.window["as_of"])
        return told_until.astimezone(self._zone).date()

    @property
    def _last_day(self) -> date:
        """The day of the last moment before the end."""
        as_of = datetime.fromisoformat(self.window["as_of"])
        return (as_of - MOMENT).astimezone(self._zone).date()

    @cached_property
    def listed(self) -> Row:
        """The figures as they list items: each by a name that no other item has."""
        if not self._names.are_shared:
            return self.figures
        return facts.figures_from(self._names.apart(), schema=self._schema)

    def moved(self, *, shown: int = SHOWN) -> list[Items]:
        """What was finished, added, reopened and withdrawn in the window; of nothing known, none.

        What went from the tracker or came back is named where something did; of the first status,
        only what is finished so far.

        Unit: items. Source: created dates and state changes.
        """
        total = self.listed["total"]
        if not total or not self.is_known:
            return []
        if self.is_first:
            return [self.items("Finished", total["finished"], shown=shown)]
        groups = [
            self.items(name, total[what], shown=shown)
            for name, what in MOVED.items()
            # of what was only first told of nobody knows whether it was added
            if total[what] or what != "created" or not total["first_told"]
        ]
        rare = [self.items(name, total[what], shown=shown) for name, what in MOVED_RARELY.items()]
        return [*groups, *(group for group in rare if group.number)]

    def late(self, told: Told | None = None, *, shown: int = SHOWN) -> list[Items]:
        """What had happened before the last status and was imported only after it.

        ``told`` is what that status knew; without it the status is the one at which the window
        begins. Empty lists are left out. Unit: items. Source: created dates and state changes,
        beside the rows that were frozen with that status.
        """
        found: dict[str, list[str]] = {name: [] for name in LATE.values()}
        for row in self._inputs["items"]:
            known = told.late_of(row)["late"] if told else row["late"]
            for name in ("decided",) if "decided" in known else known:
                is_undated = name == "created" and row.get("is_undated")
                found["first_told" if is_undated else name].append(self._names.of(row))
        groups = (self.items(name, found[what], shown=shown) for name, what in LATE.items())
        return [group for group in groups if group.number]

    def unmoved(self) -> str:
        """ "Nothing was reopened or withdrawn."; empty where something of everything was.

        It says up to which day, where the files do not tell of all days.
        """
        *names, last = ["", *(each.name.lower() for each in self.moved() if not each.number)]
        listed = ", ".join(name for name in names if name)
        nothing = f"Up to {self.told_until} nothing" if self.told_until else "Nothing"
        return f"{nothing} was {listed}{' or ' if listed else ''}{last}." if last else ""

    def blockers(self) -> list[Aged]:
        """What is blocked or flagged, the oldest first: by the age that its own page has.

        Unit: working days. Source: states and flags.
        """
        return [
            Aged(
                self.line(row["key"]),
                datetime.fromisoformat(row["since"]),
                row["working_days"],
                source=row["source"],
            )
            for row in self.listed["blockers"] or []
        ]

    @cached_property
    def at_work(self) -> list[Aged]:
        """Everything that was begun and is open, the oldest first, beside the cycle times.

        Unit: days. Source: state changes or started dates.
        """
        rows = (row for row in self._names.apart()["items"] if row["steps"][-1][1] in AT_WORK)
        window = Window.of(self._inputs)
        return self._aged(flow.oldest([Timeline.of(row) for row in rows], window, most=None))

    def oldest(self) -> list[Aged]:
        """The first few of them, as the figures have them."""
        return self._aged(self.listed["flow"]["oldest"]) if self.is_imported else []

    def _aged(self, rows: list[Row]) -> list[Aged]:
        return [
            Aged(
                self.line(row["key"]),
                date.fromisoformat(row["since"]),
                row["days"],
                self._slower(row["days"]),
            )
            for row in rows
        ]

    def _slower(self, days: int) -> str:
        """How an age compares with what was finished: only what is slow is worth a word."""
        taken = self.figures["flow"]["cycle_times"]
        if taken["p85"] is not None and days > taken["p85"]:
            return "longer than 85 % took"
        if taken["p50"] is not None and days > taken["p50"]:
            return "longer than half took"
        return ""

    @cached_property
    def finished(self) -> list[Row]:
        """Items finished by week, of the weeks that are told to their end."""
        weeks: list[Row] = self.figures["flow"]["throughput"]
        return weeks

    @property
    def pace(self) -> str:
        """ "0 to 9"; empty where there are too few weeks. See ``flow.pace``."""
        if self._pace is None:
            return ""
        least, most = self._pace["least"], self._pace["most"]
        return f"{least}" if least == most else f"{least} to {most}"

    @property
    def pace_of(self) -> str:
        """What the pace is of; empty where there is none."""
        middle = "items; half of the last {weeks} whole weeks had at most {middle}"
        return middle.format(weeks=flow.PACE_WEEKS, **self._pace) if self._pace else ""

    @property
    def _pace(self) -> Row | None:
        return flow.pace(self.finished)

    @property
    def pace_missing(self) -> str:
        return f"need {flow.PACE_WEEKS} weeks, have {len(self.finished)}"

    def took(self, rank: str) -> str:
        """ "5 days"; empty where too few items tell. See ``flow.cycle_times``."""
        days = self.figures["flow"]["cycle_times"][rank]
        return count(days, "day") if days is not None else ""

    @property
    def took_half(self) -> str:
        return self.took("p50")

    @property
    def took_most(self) -> str:
        return self.took("p85")

    @property
    def took_missing(self) -> str:
        have = self.figures["flow"]["cycle_times"]["items"]
        return f"need {flow.CYCLE_ITEMS} items with both dates, have {have}"

    @property
    def took_of(self) -> str:
        return f"of {self.figures['flow']['cycle_times']['items']} finished in 12 weeks"

    @property
    def unknown(self) -> str:
        """Why the window cannot be told."""
        return f"the last file is of {self.told_until}, before this week"

    @property
    def _to_day(self) -> date:
        return date.fromisoformat(self.window["to_day"])

    def throughput(self) -> Bars:
        """Items finished week by week."""
        weeks = self.finished[-PICTURED_WEEKS:]
        return Bars(
            name="throughput",
            title="Finished, week by week",
            unit="items",
            verb="finished",
            as_of=self._known_on,
            weeks=[BarWeek(monday_named(row["week"]), row["finished"]) for row in weeks],
        )

    def scope(self) -> BurnUp:
        """All work: what is in scope and what of it is done, week by week."""
        total = self.figures["total"]
        points = [
            BurnUpWeek(date.fromisoformat(row["ends_on"]), row["scope"], row["done"])
            for row in self.figures["burnup"][-PICTURED_WEEKS:]
        ]
        return BurnUp(
            name="scope",
            title="All work, week by week",
            unit="items",
            as_of=self._known_on,
            weeks=[*points, BurnUpWeek(self._known_on, total["items"], total["done"])],
        )

    @property
    def _known_on(self) -> date:
        """The last day of which anything is known."""
        return date.fromisoformat(self.window["until_day"])

    def plans(self) -> list[Plan]:
        """The milestones that have items, the next committed date first, those without last."""
        rows = [row for row in self.listed["milestones"] if row["items"]]
        rows.sort(key=lambda row: (row["committed_on"] or "9999", row["number"]))
        return [self._plan(row) for row in rows]

    def _plan(self, row: Row) -> Plan:
        committed_on = row["committed_on"]
        moves = [self.items(name, row[what]) for name, what in PLAN_MOVED.items() if row[what]]
        return Plan(
            name=row["name"],
            url=reverse("milestone_detail", args=[self._ref, row["number"]]),
            committed_on=date.fromisoformat(committed_on) if committed_on else None,
            stages=row["stages"],
            done=row["done"],
            open=row["open"],
            moves=tuple(moves) if self.is_known else (),
        )

    def sprint(self) -> list[Items]:
        """The running sprint by what became of it; empty where none with dates has begun.

        Unit: items. Source: sprint and state changes.
        """
        found = self.listed["sprint"]
        if not found:
            return []
        return [self.items(name, found[what]) for name, what in SPRINT.items()]

    @property
    def sprint_days(self) -> tuple[date, date]:
        found = self.figures["sprint"]
        return date.fromisoformat(found["starts_on"]), date.fromisoformat(found["ends_on"])

    @property
    def sprint_words(self) -> str:
        """How much of what was committed is done. A share never stands alone."""
        found = self.listed["sprint"]
        done = len({*found["committed"]} & {*found["done"]})
        if not found["committed"]:
            return "nothing was committed: it was empty at the end of its first day."
        return f"{share(done, len(found['committed']), 'committed item')} done."

    def by_stage(self) -> Plan:
        """All work by stage, as a row above those of the milestones."""
        stages, total = self.figures["flow"]["stages"], self.figures["total"]
        url = reverse("work_list", args=[self._ref])
        return Plan("All work", url, None, stages, total["done"], total["open"], ())

    def impossible(self) -> Items:
        """What was done before it was begun or created: it has no cycle time."""
        return self.items("Impossible dates", self.listed["flow"]["cycle_times"]["impossible"])

    @property
    def refused(self) -> str:
        """What is left out of every figure."""
        number = self.figures["left_out"]["refused"]
        return f"{count(number, 'refused row')} of the last imports" if number else ""

    @property
    def undated(self) -> str:
        """What may have been added at any time."""
        number = self.figures["left_out"]["undated"]
        items = f"{count(number, 'item')} without a created date"
        return f"of what was added, {items}" if number else ""

    @property
    def without_start(self) -> str:
        """What is left out of the cycle times, besides impossible dates."""
        number = self.figures["flow"]["cycle_times"]["without_start"]
        return f"{count(number, 'item')} never seen in progress" if number else ""

    @property
    def without_age(self) -> str:
        """What is in progress, and since when is not known."""
        number = self.figures["flow"]["wip"] - len(self.at_work)
        return f"{count(number, 'item')} in progress, not known since when" if number else ""

    @property
    def without_milestone(self) -> str:
        number = self.figures["left_out"]["no_milestone"]
        return f"{count(number, 'item')} in no milestone" if number else ""

    @property
    def first_day(self) -> date | None:
        """When the first item was created, by the clock of the engagement."""
        created = (datetime.fromisoformat(row["created_at"]) for row in self._inputs["items"])
        first = min(created, default=None)
        return first.astimezone(self._zone).date() if first else None


# What pages call it, and where it stands in the figures.
MOVED = {
    "Finished": "finished",
    "Added": "created",
    "Reopened": "reopened",
    "Withdrawn": "removed",
}
MOVED_RARELY = {
    "First told of": "first_told",
    "Gone from the tracker": "gone",
    "Added back": "back",
}
LATE = {
    "Finished earlier": "done",
    "Added earlier": "created",
    "First told of earlier": "first_told",
    "Reopened earlier": "reopened",
    "Withdrawn earlier": "removed",
    "Gone from the tracker earlier": "gone",
    "Added back earlier": "back",
    "Created only since": "redated",
    "Otherwise since their state was decided on": "decided",
}
PLAN_MOVED = {"moved in": "moved_in", "moved out": "moved_out"}
SPRINT = {
    "Committed": "committed",
    "Done": "done",
    "Added since it began": "added",
    "Taken out": "removed",
    "Carried from an earlier sprint": "carried",
}
