"""Hold the past against what would have been foretold."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from dm_portal.shell.clock import now
from dm_portal.shell.commands import SafeCommand
from engagements.management.arguments import engagement_of
from engagements.models import Engagement
from reporting import facts
from reporting.backtests import dates, files, sprints
from reporting.figures.expected import Known, past_sprints, weekly
from reporting.forecasts.sprint import SHARES

Figures = dict[float, float | None]


class Command(SafeCommand):
    help = (
        "Walks the history of every engagement in time order, forecasts from what was known, and "
        "says how often that held: the share done by the 50, 70, 85 and 95 % dates, the width from "
        "the middle date to the 85 % date and the error of the middle date, in weeks. The same of "
        "sprints, in items, or of a folder of sprints of other teams."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--engagement", default="", metavar="REF", help="of this one alone")
        parser.add_argument(
            "--sprints",
            type=Path,
            metavar="FOLDER",
            help="files named <organisation>_iteration_<0, 30, 50 or 80>.csv",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sprints"]:
            self._files(options["sprints"])
            return
        chosen = options["engagement"]
        every = Engagement.objects.order_by("name", "pk")
        self._engagements([engagement_of(chosen)] if chosen else list(every))

    def _engagements(self, engagements: Iterable[Engagement]) -> None:
        """Finish dates and sprints of each, then of all together."""
        tries: list[dates.Try] = []
        held: dict[int, list[sprints.Try]] = {share: [] for share in SHARES}
        for each in engagements:
            inputs = facts.read_inputs(each, since=None, as_of=now())
            known = Known.of(inputs)
            mine = list(dates.walk(weekly(known)))
            tries += mine
            self.say(_dates(each.name, dates.score(mine)))
            for share in SHARES:
                past = list(
                    sprints.walk(past_sprints(known, inputs["sprints"], share), share=share)
                )
                held[share] += past
                if past:
                    self.say(_sprints(f"{each.name}, sprints", share, sprints.score(past)))
        self.say(_dates("All", dates.score(tries)))
        for share, past in held.items():
            if past:
                self.say(_sprints("All, sprints", share, sprints.score(past)))

    def _files(self, folder: Path) -> None:
        names = files.organisations(folder)
        if not names:
            raise CommandError(f"{folder} holds no files named <organisation>_iteration_0.csv.")
        for share in SHARES:
            pooled: list[sprints.Try] = []
            for name in names:
                mine = [
                    each
                    for board in files.boards(folder, name, share)
                    for each in sprints.walk(board, share=share)
                ]
                pooled += mine
                self.say(_sprints(name, share, sprints.score(mine)))
            self.say(_sprints("All", share, sprints.score(pooled)))


def _dates(name: str, score: dates.Score) -> str:
    if not score.tried:
        return f"{name}: no forecast was told, {score.refused} refused."
    return (
        f"{name}: {score.tried} forecasts, {score.refused} refused; "
        f"done by the date of {_figures(score.coverage)}; width {_number(score.width)} weeks; "
        f"error of the middle date {_number(score.error)} weeks."
    )


def _sprints(name: str, share: int, score: sprints.Score) -> str:
    return (
        f"{name} at {share} %: {score.tried} sprints; "
        f"delivered what was told with {_figures(score.coverage)}; "
        f"within the band of {_figures(score.within)}; width {_number(score.width)}; "
        f"error of the middle {_number(score.error)}."
    )


def _figures(by_chance: Figures) -> str:
    """ "50 %: .41, 70 %: .57"."""
    return ", ".join(f"{chance:.0%}: {_number(held)}" for chance, held in by_chance.items())


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f}"
