"""Who is behind an address and a password."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from dm_portal.people.models import User


class EmailBackend(ModelBackend):
    """Sign-in by address, whatever its case.

    Not allauth's own backend: that one keeps a second table of addresses, and takes a deactivated
    person who knows the password to a page that says so. Here an unknown, an invited and a
    deactivated person and a wrong password are one and the same; Django's own backend hashes the
    password for nobody too, so the time it takes does not tell either.
    """

    def authenticate(  # type: ignore[override]  # allauth names what it gives: an e-mail
        self,
        request: HttpRequest | None,
        email: str | None = None,
        password: str | None = None,
        **_kwargs: Any,
    ) -> User | None:
        return super().authenticate(request, username=email, password=password)
