"""Open what has become due, and draft and publish what waits."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dm_portal.people import audit
from dm_portal.shell.clock import now
from reporting.jobs import FORECASTS, PUBLICATIONS, REPORTS
from reporting.services.ticks import tick
from reporting.work import drain


def an_instant(text: str) -> datetime:
    """ISO 8601; UTC where it names no offset."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(
            f"{text!r} is no instant: write one such as 2012-08-10T15:00Z."
        ) from error
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    if instant > now():
        raise ArgumentTypeError(f"{text} has not come yet: nothing can be said of it.")
    return instant


class Command(BaseCommand):
    help = (
        "Opens the weekly statuses that are due now, or at a chosen instant; then drafts and "
        "publishes whatever waits, and keeps the forecasts of weeks that are over. The clock does "
        "the same every minute."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at",
            type=an_instant,
            metavar="INSTANT",
            help="what is due at this instant, such as 2012-08-10T15:00Z (UTC unless it says "
            "otherwise); what it opens counts as reconstructed",
        )

    def handle(self, *, at: datetime | None, **options: Any) -> None:
        with audit.coming_from("command tick"):
            opened = tick(at=at)
        self.stdout.write(f"{opened} {'status' if opened == 1 else 'statuses'} opened.")
        # With a broker the tick has told the workers.
        jobs = [REPORTS, PUBLICATIONS, *([] if at else [FORECASTS])]
        done = [] if settings.CELERY_BROKER_URL else [drain(job) for job in jobs]
        if not all(done):
            raise CommandError(
                "Not everything that waited was done: the errors are above. "
                "The clock, or the next tick, tries again."
            )
