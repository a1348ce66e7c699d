"""Reads the facts and the text of one revision as a customer reads them."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import dateformat

from dm_portal.shell import dates
from dm_portal.shell.components import Shape
from dm_portal.shell.pictures import BurnUp, Timeline
from dm_portal.shell.wording import count
from reporting import rag, sentences
from reporting.customer import pictures
from reporting.customer.pictures import is_done
from reporting.customer.texts import Text
from reporting.customer.values import Day, Line, Moment, Rules
from reporting.figures import days_after


class Page:
    """Reads one body and one text; every day is said as seen from the day of the facts."""

    def __init__(self, body: dict[str, Any], text: Text, *, speaker: str) -> None:
        self.figures = body["figures"]
        self.speaker = speaker
        self.text = text
        self.thresholds = rag.thresholds_of(body)
        self.schedule_before = body["inputs"].get("rules_before", {}).get("schedule")
        self.zone = ZoneInfo(body["inputs"]["zone"])
        self.today = date.fromisoformat(self.figures["window"]["to_day"])
        self.committed = [row for row in self.figures["milestones"] if row["committed_on"]]
        self.committed.sort(key=lambda row: (row["committed_on"], row["number"]))
        number = self.figures["next"]
        self.following = next((row for row in self.committed if row["number"] == number), None)
        self.earlier = self._done_earlier()
        self.outcomes = {row["name"]: row["outcome"] for row in self.committed}

    def lines(self, *keys: str) -> tuple[Line, ...]:
        """Sentences under these keys; a key that ends in a dot stands for all that begin so."""
        return _joined(self._rows(keys), self.outcomes)

    def texts(self, *keys: str) -> list[str]:
        return [row["text"] for row in self._rows(keys)]

    def _rows(self, keys: tuple[str, ...]) -> list[dict[str, Any]]:
        """Sentences under these keys; what no fact carries is said in the speaker's name."""
        return [
            row | {"text": f"{row['text']} ({self.speaker}’s view)"} if row.get("is_view") else row
            for row in self.text["sentences"]
            if sentences.is_under(row["key"], keys)
        ]

    def rules(self) -> Rules | None:
        """Said only where the DM's colour is kinder than the rules', or rests on no rule at all."""
        declared, computed = self.text["colour"], self.text["computed"]
        is_known = computed["colour"] != "unknown"
        if declared == computed["colour"] or (
            is_known and not rag.is_better(declared, computed["colour"])
        ):
            return None
        said = computed.get("for_customer") or computed["sentence"]
        return Rules(Shape(computed["colour"]).value, said, is_known)

    def reason(self) -> str:
        """Why the DM calls it otherwise than the rules; nothing where they agree."""
        agrees = self.text["colour"] == self.text["computed"]["colour"]
        return "" if agrees else self.text["colour_reason"]

    def milestones(self) -> tuple[Line, ...]:
        """Open ones, the next first, then what was done lately; then what no date covers."""
        lately = [row for row in self.committed if row not in self.earlier]
        lately.sort(key=is_done)
        return self._of(lately) + self.lines("beyond")

    def done_earlier(self) -> tuple[Line, ...]:
        """What was done before the last status, the last first."""
        return self._of(self.earlier[::-1])

    def _of(self, rows: list[dict[str, Any]]) -> tuple[Line, ...]:
        numbers = [row["number"] for row in rows]
        found = [self.lines(*sentences.of_milestone(number)) for number in numbers]
        return tuple(line for lines in found for line in lines)

    def _done_earlier(self) -> list[dict[str, Any]]:
        """Done before the window; the last one stays in sight where nothing else is committed."""
        since = self.figures["window"]["from_day"] or ""
        done = [row for row in self.committed if is_done(row) and row["done_on"] < since]
        return done[:-1] if len(done) == len(self.committed) else done

    def timeline(self) -> Timeline | None:
        """What is committed, and what was done last; nothing to draw without any."""
        return pictures.timeline(
            self.committed,
            today=self.today,
            thresholds=self.thresholds,
            before=self.schedule_before,
        )

    def burn_up(self) -> BurnUp | None:
        """Of the next committed milestone, or of all work while nothing is committed."""
        return pictures.burn_up(self.figures, self.following)

    def next_on(self) -> Day | None:
        """When the next committed milestone that is not done is due."""
        row = self.following
        is_open = row is not None and not row["is_done"]
        return self.day(date.fromisoformat(row["committed_on"])) if row and is_open else None

    def next_past(self) -> str:
        """How long that date has passed."""
        row = self.following
        if row is None or row["is_done"]:
            return ""
        # of work that was never imported no figure tells how late it is: the calendar does
        past = days_after(row["committed_on"], self.today)
        return f"{count(past, 'day')} past" if past else ""

    def next_expected(self) -> str:
        """Between which days it is expected."""
        found = pictures.expected(self.following)
        return dates.range_words(*found, today=self.today) if found else ""

    def moment(self, at: datetime) -> Moment:
        words = dateformat.format(at.astimezone(self.zone), "D j M Y, H:i")
        return Moment(words, at.isoformat(), dates.instant_title(at, zone=self.zone))

    def day(self, day: date | None) -> Day | None:
        return Day(dates.day_words(day, today=self.today), day.isoformat()) if day else None


def _joined(rows: list[dict[str, Any]], outcomes: dict[str, str]) -> tuple[Line, ...]:
    """What is about the same milestone is read as one paragraph, where its first sentence was."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        about = row["about"]
        found.setdefault((about, "" if about else row["key"]), []).append(row)
    return tuple(
        Line(about, tuple(row["text"] for row in said), outcomes.get(about, ""), said[0]["key"])
        for (about, _), said in found.items()
    )
