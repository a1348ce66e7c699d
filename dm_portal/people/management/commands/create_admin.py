"""`manage.py create_admin EMAIL --name NAME`: how the first person comes in."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from dm_portal.people import audit, services
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
        try:
            validate_email(email)
            with audit.coming_from("command create_admin"):
                invitation = services.invite_first_admin(
                    email=email, name=name, even_if_there_is_one=force
                )
        except ValidationError as error:
            raise CommandError(f"{email} is no e-mail address.") from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(services.invitation_url(invitation))
