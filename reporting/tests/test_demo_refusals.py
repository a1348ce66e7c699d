"""Where the demo world is not made."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dm_portal.people.models import User
from engagements.models import Customer

pytestmark = pytest.mark.django_db


def test_refuses_where_real_customers_are(customer: Customer, settings: object) -> None:
    settings.DEMO_PASSWORD = "open sesame, twice"  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="real customers"):
        call_command("seed_demo")
    out = StringIO()
    call_command("seed_demo", "--if-empty", stdout=out)
    assert out.getvalue() == ""


def test_leaves_a_real_admin_alone(admin: User, settings: object) -> None:
    settings.DEMO_PASSWORD = "open sesame, twice"  # type: ignore[attr-defined]
    out = StringIO()
    call_command("seed_demo", "--if-empty", stdout=out)
    assert out.getvalue() == ""
    with pytest.raises(CommandError, match="or people here"):
        call_command("seed_demo")
    assert list(User.objects.all()) == [admin]


def test_needs_a_password_where_it_is_not_embedded(settings: object) -> None:
    settings.DEMO_PASSWORD = ""  # type: ignore[attr-defined]
    settings.EMBEDDED = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        call_command("seed_demo")
