"""`manage.py create_admin EMAIL --name NAME`: how the first person comes in."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dm_portal.people import audit, services
from dm_portal.people.models import User
from dm_portal.shell.errors import DomainError


class Command(BaseCommand):
    help = "Invite the first admin, and print the link with which they come in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="as pages and records will call them")
        parser.add_argument(
            "--force", action="store_true", help="for when no admin can sign in any more"
        )

    def handle(self, *args: Any, email: str, name: str, force: bool, **options: Any) -> None:
        _require_name(name)
        try:
            User._meta.get_field("email").clean(email, None)
            _require_tables()
            with audit.coming_from("command create_admin"):
                invitation = services.invite_first_admin(
                    email=email, name=name, even_if_there_is_one=force
                )
        except ValidationError as error:
            raise CommandError(f"{email} is no e-mail address.") from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(services.invitation_url(invitation))


def _require_name(name: str) -> None:
    longest = User._meta.get_field("name").max_length or 0
    if not name.strip() or len(name) > longest:
        raise CommandError(f"--name takes 1 to {longest} characters: pages and records show it.")


def _require_tables() -> None:
    """Make the tables of a fresh embedded database; any other is its operator's to migrate.

    Raises:
        CommandError: it is not embedded, and not up to date.
    """
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if not settings.EMBEDDED:
        raise CommandError("The database is not up to date: run `manage.py migrate` first.")
    call_command("migrate", interactive=False, verbosity=0)
