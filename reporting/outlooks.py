"""The expected range of a milestone, as our own pages show it; from what is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from dm_portal.shell.clock import today
from dm_portal.shell.dates import day_words, range_words
from dm_portal.shell.pictures import Law, LawWeek
from dm_portal.shell.wording import count
from engagements.figures import is_done
from engagements.models import Milestone
from reporting.forecasts.days import days_ahead
from reporting.forecasts.finish import LIKELY, MIDDLE, NEARLY_SURE
from reporting.forecasts.moves import Basis, Move, moves
from reporting.forecasts.pace import Pace
from reporting.models import Forecast
from reporting.wording import capital

# So that the picture ends soon after nearly all doubt has gone.
PICTURED = 0.98
NO_FORECAST = (
    "the first range is worked out once this milestone is promised and its work is imported"
)


def expected_range(forecast: Forecast, *, day: date) -> tuple[date, date] | None:
    """From the middle date to the likely one, of what is not done by ``day``; None where no date
    is told, or the range is past.
    """
    if forecast.refusal:
        return None
    chances = MIDDLE, LIKELY
    return days_ahead(forecast.law, chances=chances, monday=forecast.starts_on, today=day)


def expected_words(forecast: Forecast | None, *, day: date) -> str:
    """What a customer reads: "expected 2–8 Dec"; empty where no range is told."""
    return _words(expected_range(forecast, day=day), day) if forecast else ""


def _words(found: tuple[date, date] | None, day: date) -> str:
    return f"expected {range_words(*found, today=day)}" if found else ""


@dataclass(frozen=True, slots=True)
class Moved:
    """One line of why a range moved: what, how it was and is, and what that did to the dates."""

    what: str
    then: str
    now: str
    middle: str
    likely: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """An earlier forecast beside the one that stands: ``since`` when, what was told then or why
    nothing was, and what moved it.
    """

    since: str
    words: str
    lines: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class MilestoneOutlook:
    """What is expected of a milestone by the ``forecast`` that stands; ``began`` is the one of its
    own week, if it rests on something else, ``before`` the one of the week before.
    """

    milestone: Milestone
    forecast: Forecast | None
    before: Forecast | None
    day: date
    began: Forecast | None = None

    @property
    def words(self) -> str:
        """ "Expected 2–8 Dec"; empty where no range is told."""
        return capital(expected_words(self.forecast, day=self.day))

    @property
    def reads(self) -> str:
        """What the two days of the range mean."""
        first = self.forecast.day(MIDDLE) if self.forecast else None
        if first and first < self.day:
            return "it may be done any day, and is probably not done after the last of these days"
        return (
            "as likely before the first of these days as after it, and probably not after the last"
        )

    @property
    def not_told(self) -> str:
        """Why no range is told."""
        if self.forecast is None:
            return NO_FORECAST
        last = self.forecast.day(LIKELY)
        if last is None:
            return self.forecast.refusal_words
        expected = f"it was expected by {day_words(last, today=self.day)} and is not done"
        return f"{expected}; the next range comes when a file tells of another whole week"

    @property
    def picture(self) -> Law | None:
        """The law itself; None where no date is told."""
        found = expected_range(self.forecast, day=self.day) if self.forecast else None
        if self.forecast is None or found is None:
            return None
        return Law(
            name="expected",
            title=f"When {self.milestone.name} will be done",
            as_of=self.day,
            weeks=_pictured(self.forecast),
            first=found[0],
            last=found[1],
            committed_on=self.milestone.committed_on,
        )

    def warnings(self) -> list[str]:
        """What whoever relies on the range has to know."""
        if self.forecast is None or self.forecast.refusal:
            return []
        found = []
        if self.forecast.has_low_evidence:
            weeks = count(len(self.forecast.inputs["weeks"]), "whole week")
            found.append(f"Low evidence: it rests on {weeks} only.")
        if self.forecast.is_winding_down:
            found.append(
                "The team is winding down: its last weeks brought less than half of what was usual."
                " A range is mostly too early then."
            )
        if self.forecast.inputs["growth"]:
            found.append(
                f"It takes for granted that {self.forecast.inputs['growth']:.1f} items a week go on"
                " being added. How well that foretells has not been tried on the past."
            )
        return found

    def rests_on(self) -> list[str]:
        """What the range follows from, in sentences."""
        if self.forecast is None:
            return []
        inputs, pace = self.forecast.inputs, Pace.of(self.forecast.inputs["weeks"])
        waits = inputs["before"]
        found = [f"{count(inputs['open'], 'open item')} of this milestone"]
        if waits:
            found.append(f"{count(waits, 'open item')} of milestones that are due before it")
        if pace.seen:
            weeks = count(pace.seen, "whole week")
            found.append(f"{pace.middle():.1f} items finished a week, by {weeks}")
        return found

    @property
    def can_be_promised(self) -> str:
        """The dates that hold with a good and with a high chance, in one sentence."""
        if not self.words or self.forecast is None:
            return ""
        likely, nearly_sure = (self.forecast.day(each) for each in (LIKELY, NEARLY_SURE))
        said = f"What can be committed: {self._day(likely)} holds with a chance of 85 %"
        if nearly_sure is None:
            return f"{said}."
        if nearly_sure == likely:
            return f"{said}, and of 95 %."
        return f"{said}, {self._day(nearly_sure)} with one of 95 %."

    def _day(self, day: Any) -> str:
        return day_words(day, today=self.day)

    def comparisons(self) -> list[Comparison]:
        """Why the range is another one than that of this week's beginning and of the week before;
        only what is kept.
        """
        if self.forecast is None:
            return []
        earlier = (("this week began", self.began), ("the week before", self.before))
        return [
            Comparison(since, self._as_told(then), tuple(_lines(then, self.forecast)))
            for since, then in earlier
            if then
        ]

    def _as_told(self, then: Forecast) -> str:
        """What was told, or why nothing was."""
        as_told = expected_range(then, day=then.starts_on)
        return _words(as_told, self.day) or f"not known: {then.refusal_words}"


def _lines(then: Forecast, now: Forecast) -> Iterator[Moved]:
    """What each change did to the dates; none where one of both tells no date."""
    if not (then.refusal or now.refusal):
        yield from (_line(move, then, now) for move in moves(_basis(then), _basis(now)))


def of_milestone(user: Any, milestone: Milestone) -> MilestoneOutlook | None:
    """Of what is promised and not done, whatever is kept; None where there is nothing to expect.

    ``milestone`` comes with its progress.
    """
    if milestone.committed_on is None or is_done(milestone):
        return None
    newest = _visible(user).filter(milestone=milestone).newest_first()
    forecast, here = newest.first(), today(milestone.engagement.time_zone)
    if forecast is None:
        return MilestoneOutlook(milestone, None, None, here)
    weeks = [forecast.starts_on, forecast.starts_on - timedelta(weeks=1)]
    kept = {row.starts_on: row for row in newest.filter(occasion="week", starts_on__in=weeks)}
    began, before = map(kept.get, weeks)
    if began and began.inputs == forecast.inputs:
        began = None
    return MilestoneOutlook(milestone, forecast, before, here, began)


def chance_by(user: Any, milestone: Milestone, day: date) -> Decimal | None:
    """By the forecast that stands; None where that tells no range, or one that is past."""
    forecast = _visible(user).filter(milestone=milestone).newest_first().first()
    if forecast is None or not expected_words(forecast, day=today(milestone.engagement.time_zone)):
        return None
    return Decimal(f"{forecast.chance_by(day):.3f}")


def _visible(user: Any) -> Any:
    found: QuerySet[Forecast] = Forecast.objects.visible_to(user)
    return found


def _pictured(forecast: Forecast) -> Sequence[LawWeek]:
    """Each Friday up to where nearly all doubt has gone, at least up to the range's end."""
    weeks = []
    for place, chance in enumerate(forecast.law):
        weeks.append(LawWeek(forecast.starts_on + timedelta(weeks=place, days=4), chance))
        if chance >= PICTURED:
            break
    return weeks


def _basis(forecast: Forecast) -> Basis:
    inputs = forecast.inputs
    need = inputs["open"] + inputs["before"]
    return Basis(inputs["weeks"], need, inputs["growth"], forecast.starts_on)


WHAT = {"remaining": "To do", "pace": "Pace", "spread": "How uneven weeks are"}


def _line(move: Move, then: Forecast, now: Forecast) -> Moved:
    told = _came_and_went(then.inputs, now.inputs) if move.what == "remaining" else ""
    return Moved(
        what=WHAT[move.what],
        then=_amount(move.what, move.then),
        now=_amount(move.what, move.now) + told,
        middle=_later(move.middle_days),
        likely=_later(move.likely_days),
    )


def _came_and_went(then: dict[str, Any], now: dict[str, Any]) -> str:
    """ ": 6 taken out, 2 done"; empty where nothing was, or an older forecast does not tell."""
    if "items" not in then or "items" not in now:
        return ""
    added = now["items"] - then["items"]
    done = then["open"] + then["before"] + added - now["open"] - now["before"]
    said = [f"{abs(added)} {'added' if added > 0 else 'taken out'}"] if added else []
    said += [f"{abs(done)} {'done' if done > 0 else 'opened again'}"] if done else []
    return f": {', '.join(said)}" if said else ""


def _amount(what: str, value: float) -> str:
    if what == "remaining":
        return count(round(value), "item")
    if what == "pace":
        return f"{value:.1f} a week"
    return f"± {value:.1f}"


def _later(days: int | None) -> str:
    """ "3 days later", "1 day earlier", "the same"."""
    if days is None:
        return "not known"
    if days == 0:
        return "the same"
    return f"{count(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"
