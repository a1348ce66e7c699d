"""Work anew from events."""

from argparse import ArgumentParser
from typing import Any

from dm_portal.people import audit
from dm_portal.shell.commands import SafeCommand
from engagements.management.arguments import engagement_of
from engagements.models import Engagement
from engagements.services.rebuilding import rebuild_work


class Command(SafeCommand):
    help = (
        "Writes the work items anew from what the sources said of them, for one engagement or all."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("engagement", nargs="?", help="the engagement's ref; default: all")

    def handle(self, *args: Any, **options: Any) -> None:
        ref = options["engagement"]
        everything = Engagement.objects.select_related("customer").order_by("pk")
        engagements = [engagement_of(ref)] if ref else everything
        with audit.coming_from("command rebuild_work"):
            for engagement in engagements:
                count = rebuild_work(engagement=engagement, by=None)
                self.say(f"{engagement}: {count} items.")
