"""The letters of this app: about a person's own account, so that they always come."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from dm_portal.people.models import Invitation, User

SOMEBODY = User(name="Lena Lead", email="lena@northwind.example", kind=User.Kind.CUSTOMER)
SOMEBODY_OF_US = User(name="Mara Kern", email="mara@portal.example", kind=User.Kind.INTERNAL)
SOME_DAY = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)


def _link() -> Mapping[str, Any]:
    return {"person": SOMEBODY, "url": f"{settings.BASE_URL}/accounts/example/", "at": SOME_DAY}


def _when() -> Mapping[str, Any]:
    return {"person": SOMEBODY, "at": SOME_DAY, "where": "192.0.2.7"}


def _invitation() -> Mapping[str, Any]:
    invitation = Invitation(
        user=SOMEBODY,
        email=SOMEBODY.email,
        scope="customer lead of Northwind Bank",
        invited_by=SOMEBODY_OF_US,
        expires_at=SOME_DAY + timedelta(days=14),
    )
    return {**_link(), "invitation": invitation}


OWN = {
    "invitation": ("Invitation", _invitation),
    "password_link": ("Link for a new password", _link),
    "password_changed": ("Password changed", _when),
    "email_link": ("Link for a new address", _link),
    "email_changed": ("Address changed", lambda: {**_when(), "new_email": "lena@bank.example"}),
    "email_taken": ("Address taken", _when),
    "two_step_on": ("Two-step sign-in on", _when),
    "two_step_off": ("Two-step sign-in off", _when),
    "two_step_removed": ("Two-step sign-in removed", lambda: {**_when(), "by": SOMEBODY_OF_US}),
    "recovery_codes": ("New recovery codes", _when),
    "unknown_account": ("Address without account", _when),
}
