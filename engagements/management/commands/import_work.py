"""Bring a tracker's file in from the command line."""

import os
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError
from django.utils import timezone

from dm_portal.people import audit
from dm_portal.people.models import User
from dm_portal.shell.commands import SafeCommand
from dm_portal.shell.errors import DomainError
from engagements import policies
from engagements.management.arguments import engagement_of
from engagements.models import Engagement, EngagementFunction, Import, ImportRow
from engagements.services import imports
from engagements.sources.maps import MAX_BYTES as MAX_MAP_BYTES
from engagements.sources.maps import parse_map
from engagements.views.import_words import (
    changelog,
    done_later,
    mapped,
    matches,
    missing,
    missing_done,
    older,
    strangers,
    undecided,
)
from engagements.views.map_words import another_source, decided_otherwise


class Command(SafeCommand):
    """Preview a file, or apply it; refusals end with code 1 and a sentence."""

    help = "Preview a Jira export or a work CSV; with --apply, import it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("engagement", help="the engagement's ref, as in its URL")
        parser.add_argument(
            "file", type=Path, help="a Jira export, a work CSV, or a file with a map"
        )
        parser.add_argument("--changelog", type=Path, help="the changelog of the same items")
        parser.add_argument(
            "--map", type=Path, help="how the file is written and what its columns hold, in TOML"
        )
        parser.add_argument(
            "--exported-at",
            type=_instant,
            metavar="INSTANT",
            help="when the tracker wrote the file, such as 2026-11-23T15:00:00+01:00; without an "
            "offset in the engagement's time zone",
        )
        parser.add_argument(
            "--whole",
            action="store_true",
            help="it holds all that the tracker has: open items that it lacks are withdrawn as of "
            "--exported-at",
        )
        parser.add_argument(
            "--loses-much",
            action="store_true",
            help="that over a third of the open items is gone by it is meant so",
        )
        parser.add_argument(
            "--apply", action="store_true", help="import it (default: only say what would change)"
        )
        parser.add_argument(
            "--as", dest="email", default="", help="who imports (default: the engagement's DM)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        engagement = engagement_of(options["engagement"])
        by = _person(engagement, options["email"])
        zone = ZoneInfo(engagement.time_zone)  # what is said of instants is in it, too
        try:
            with (
                audit.coming_from("command import_work"),
                timezone.override(zone),
                ExitStack() as opened,
            ):
                name, content = _open(options["file"], opened)
                whole = {"engagement": engagement, "by": by, "file_name": name, "content": content}
                whole["export"] = _export(options["exported_at"], options["whole"], zone)
                if options["changelog"]:
                    whole["changelog"] = _open(options["changelog"], opened)
                if options["map"]:
                    told = _open(options["map"], opened).content
                    whole["by_map"] = parse_map(told.read(MAX_MAP_BYTES + 1))
                self._import(options["apply"], options["loses_much"], **whole)
        except DomainError as refused:
            raise CommandError(str(refused)) from refused

    def _import(self, apply: bool, loses_much: bool, **whole: Any) -> None:
        if apply:
            self._tell(imports.import_file(**whole, loses_much=loses_much), "were")
            return
        with imports.preview_file(**whole) as file:
            self._tell(file, "would be")
        self.say("Nothing was written. Run it again with --apply to import it.")

    def _tell(self, file: Import, would_be: str) -> None:
        """The four counts, what comes along, every refused line, what is done later."""
        if file.state not in (Import.State.PREVIEWED, Import.State.APPLIED):
            raise CommandError(file.problem.strip().splitlines()[-1])
        self.say(f"{file.file_name}: {file.source}, {file.rows_read} rows.")
        self.say(
            f"{file.new_count} new, {file.changed_count} changed, "
            f"{file.unchanged_count} unchanged, {file.refused_count} refused."
        )
        self.say(
            f"{file.milestones_added} milestones {would_be} added, without a committed date; "
            f"{file.sprints_added} sprints, without dates."
        )
        told = (
            mapped,
            another_source,
            missing,
            missing_done,
            older,
            matches,
            changelog,
            undecided,
            strangers,
        )
        for said in (sentence for tell in told for sentence in tell(file)):
            self.say(said)
        for decided in decided_otherwise(file):
            self.say(decided.text)
        if file.unknown_columns:
            self.say(f"Columns not read: {', '.join(file.unknown_columns)}.")
        rows = ImportRow.objects.filter(of=file).order_by("-part", "line")
        for row in rows.filter(verdict=ImportRow.Verdict.REFUSED).iterator():
            self.say(f"Refused: line {row.place}: {row.reason}")
        for said in done_later(file):
            self.say(said)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no instant, such as 2026-11-23T15:00") from error


def _export(at: datetime | None, is_whole: bool, zone: ZoneInfo) -> imports.Export:
    if at and at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    return imports.Export(at, is_whole)


def _open(path: Path, opened: ExitStack) -> imports.Attached:
    """The file, with its name as text: file systems allow bytes that no encoding knows."""
    try:
        content = opened.enter_context(path.open("rb"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    return imports.Attached(os.fsencode(path.name).decode(errors="replace"), content)


def _person(engagement: Engagement, email: str) -> User:
    """Who imports: the one named, or the engagement's DM; both must be allowed to."""
    if email:
        user = User.objects.by_address(email)
        if user is None or not policies.can_import_work(user, engagement):
            raise CommandError(f"{email} may not import work into {engagement}.")
        return user
    dm = EngagementFunction.Function.DM
    holding = EngagementFunction.objects.holding().filter(engagement=engagement, function=dm)
    for row in holding.select_related("user").order_by("starts_on", "pk"):
        if policies.can_import_work(row.user, engagement):
            return row.user
    raise CommandError(f"{engagement} has no delivery manager today: say who imports with --as.")
