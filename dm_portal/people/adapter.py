"""How allauth is tied to the portal: its doors open to nobody new, its writes go to services."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from dm_portal.people import services
from dm_portal.people.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Closed to sign-up; passwords are set, and letters written, by services."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This address and this password do not belong together.",
        "incorrect_password": "This is not your password.",
        "enter_current_password": "This is not your password.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        services.change_password(person=user, password=password)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Whatever allauth has to say is a row too: ``templates/mail/<end of the prefix>.txt``.

        The letters that we know of are written by services, in the transaction that causes them.
        """
        kind = template_prefix.rpartition("/")[2]
        person = User.objects.by_address(email)
        services.write_letter(kind, to=email, user=person, context=context)
