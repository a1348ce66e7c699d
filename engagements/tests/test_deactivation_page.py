"""What an admin reads before they deactivate somebody, and what lists say afterwards."""

from datetime import timedelta
from typing import Any

import pytest

from dm_portal.people.models import User
from dm_portal.people.services import deactivate_person
from dm_portal.shell.clock import today
from dm_portal.tests.cast import give_function
from engagements.models import Engagement
from pods.models import Pod, PodFunction

WARNING = "What they hold is not handed on."


@pytest.fixture
def parts(engagement: Engagement, other_engagement: Engagement, pod: Pod, manager: User) -> None:
    """Held today: DM and a pod; not any more: a deputy elsewhere."""
    PodFunction.objects.create(pod=pod, user=manager, function="tech_lead", starts_on=today())
    first = today() - timedelta(days=9)
    gone = give_function(manager, other_engagement, "deputy", starts_on=first)
    other_engagement.functions.filter(pk=gone.pk).update(ends_on=today())


def test_the_page_names_what_would_be_left(
    sign_in: Any, admin: User, manager: User, parts: None
) -> None:
    page = sign_in(admin).get(f"/people/{manager.ref}/")
    assert WARNING in page.content.decode()
    assert sorted(map(str, page.context["parts"])) == [
        "Mara Manager as delivery manager of Atlas",
        "Mara Manager as tech lead of Pod Larch",
    ]


def test_a_customers_lead_is_named_with_their_customer(
    sign_in: Any, admin: User, lead: User
) -> None:
    page = sign_in(admin).get(f"/people/{lead.ref}/").content.decode()
    assert "<li>Lena Lead as customer lead of " in page


def test_who_holds_nothing_is_let_go_without_a_warning(
    sign_in: Any, admin: User, stranger: User
) -> None:
    assert WARNING not in sign_in(admin).get(f"/people/{stranger.ref}/").content.decode()


def test_afterwards_the_list_and_the_header_name_nobody(
    sign_in: Any, admin: User, director: User, manager: User, engagement: Engagement
) -> None:
    deactivate_person(person=manager, by=admin)
    client = sign_in(director)
    listing = client.get("/engagements/").content.decode()
    assert "Mara Manager" not in listing
    assert "nobody" in listing
    header = client.get(f"/engagements/{engagement.ref}/").content.decode()
    assert "<strong>Nobody is delivery manager today</strong>" in header
