"""Tell the weeks of the past again."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from dm_portal.people import audit
from dm_portal.people.models import User
from dm_portal.shell.commands import SafeCommand
from dm_portal.shell.errors import DomainError
from dm_portal.shell.wording import count
from engagements.management.arguments import engagement_of
from engagements.models import Engagement
from reporting import policies
from reporting.services.replays import replay


def a_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day: write one such as 2012-08-10.") from error


class Command(SafeCommand):
    help = (
        "Drafts the weekly statuses that were due between two days, from what the trackers tell "
        "of that time; with --publish-as, publishes them. They say that they are reconstructed. "
        "No mail is sent."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("engagement", help="the engagement's ref, as in its URL")
        parser.add_argument("--from", dest="first", type=a_day, required=True, metavar="DATE")
        parser.add_argument("--to", dest="last", type=a_day, required=True, metavar="DATE")
        parser.add_argument(
            "--publish-as", dest="email", default="", metavar="EMAIL", help="who publishes them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        engagement = engagement_of(options["engagement"])
        by = _publisher(engagement, options["email"]) if options["email"] else None
        if options["last"] < options["first"]:
            raise CommandError("--to is before --from.")
        told = changed = 0
        days = {"first": options["first"], "last": options["last"]}
        try:
            with audit.coming_from("command replay"):
                for week in replay(engagement=engagement, by=by, **days):
                    told, changed = told + 1, changed + week.is_new
                    self.say(f"{week.week}: {week.state.lower()}.")
        except DomainError as refused:
            raise CommandError(str(refused)) from refused
        if not told:
            self.say(f"No week that is past was due in these days. {_runs(engagement)}")
            return
        self.say(f"{count(told, 'week')}, {changed} of them changed.")


def _runs(engagement: Engagement) -> str:
    if engagement.ends_on is None:
        return f"{engagement} has no last day yet."
    return f"The last day of {engagement} is {engagement.ends_on}."


def _publisher(engagement: Engagement, email: str) -> User:
    user = User.objects.by_address(email)
    if user is None or not policies.can_publish_report(user, engagement):
        raise CommandError(f"{email} may not publish statuses of {engagement}.")
    return user
