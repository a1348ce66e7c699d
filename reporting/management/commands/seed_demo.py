"""Make the demo world, and say who can sign in."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dm_portal.people import audit
from dm_portal.shell.errors import DomainError
from reporting.demo import plans
from reporting.demo.seed import is_empty, is_here, seed


class Command(BaseCommand):
    help = "Make the demo world. Prints role, e-mail and password of each of its people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing where there are people or customers already; say who can sign in, "
            "if the demo world is here",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and not is_empty():
            if not is_here():
                return
        else:
            self._seed()
        for person in (*plans.INTERNAL, *(each for row in plans.CONTACTS.values() for each in row)):
            self.stdout.write(f"{person.role}\t{person.email}\t{_password()}")

    def _seed(self) -> None:
        try:
            with audit.coming_from("command seed_demo"):
                seed(password=_password())
        except DomainError as error:
            raise CommandError(str(error)) from error


def _password() -> str:
    """DEMO_PASSWORD, or one that is made once and kept beside the embedded database.

    Raises:
        CommandError: neither is there; a demo with a known password is nothing to leave running.
    """
    if settings.DEMO_PASSWORD:
        return settings.DEMO_PASSWORD
    if not settings.EMBEDDED:
        raise CommandError("Set DEMO_PASSWORD: the demo world's people sign in with it.")
    path = settings.VAR_DIR / "demo_password"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9))
    return path.read_text().strip()
