"""How much can be typed where it is read on every page, or held against the facts."""

from typing import Any

import pytest

from dm_portal.people.models import User
from reporting.models import Report
from reporting.tests.pages import SignIn, url
from reporting.tests.reports import fresh

pytestmark = pytest.mark.django_db

WORDS = {"headline": "Refunds are live.", "colour": "green"}


@pytest.mark.parametrize("name", ["our_move", "colour_reason"])
def test_words_that_are_held_against_the_facts_are_few(
    sign_in: SignIn, manager: User, draft_47: Report, friday: Any, name: str
) -> None:
    words = WORDS | {"version": draft_47.version, name: "5 items, " * 120}
    response = sign_in(manager).post(url(draft_47), words)
    assert response.status_code == 422
    assert "at most 1000 characters" in response.content.decode()
    assert fresh(draft_47).headline == ""
