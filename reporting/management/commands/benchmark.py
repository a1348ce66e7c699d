"""Measure what pages cost in portals of several sizes, each in a database of its own."""

import logging
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import override_settings

from reporting.benchmark.run import measure, size_of
from reporting.benchmark.verdict import missed, not_flat, table

# One page more, and the name by which a test client asks.
SETTINGS = {"ROOT_URLCONF": "reporting.benchmark.bare", "ALLOWED_HOSTS": ["testserver"]}


class Command(BaseCommand):
    help = "Fill portals of several sizes and measure their pages. Touches no data of this one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sizes", default="20,200,2000", help="engagements, with commas")
        parser.add_argument("--requests", type=int, default=40, help="of each page")
        parser.add_argument("--seconds", type=float, default=3, help="of two workers, of each page")
        parser.add_argument("--report-only", action="store_true", help="fail of no missed target")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.disable(logging.INFO)  # a line for each request would hide the figures
        call_command("collectstatic", interactive=False, verbosity=0)  # pages name its files
        sizes = [int(each) for each in options["sizes"].split(",")]
        costs = {}
        for number in sizes:
            with _own_database(), override_settings(**SETTINGS):
                size = size_of(number)
                self.stdout.write(f"\n{number:,} engagements, {size.items} items each")
                costs[number] = measure(
                    size, requests=options["requests"], seconds=options["seconds"]
                )
            for line in table(costs[number]):
                self.stdout.write(line)
        main = 200 if 200 in costs else max(costs)
        wrong = [*missed(costs[main]), *(not_flat(costs) if len(costs) > 1 else ())]
        self.stdout.write("\nEvery target is met." if not wrong else "\nMissed:")
        for line in wrong:
            self.stdout.write(f"- {line}")
        if wrong and not options["report_only"]:
            raise CommandError(f"{len(wrong)} targets are missed.")


@contextmanager
def _own_database() -> Iterator[None]:
    """A database that is made for this, and dropped afterwards."""
    name = settings.DATABASES["default"]["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
