"""What belongs to others answers exactly as what does not exist: nothing can be learned from it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dm_portal.people.doors import FOR_CUSTOMERS
from dm_portal.tests.access_matrix import ACTORS, CUSTOMERS, NOT_SIGNED_IN, Rule
from dm_portal.tests.access_rules import TABLE
from dm_portal.tests.access_rules_engagements import SEES
from dm_portal.tests.routes import leaves
from dm_portal.tests.visitors import Visitor, visitor
from dm_portal.tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

# Ten characters of the alphabet of references that no row has.
NOBODYS = "zzzzzzzzzz"
NO_WEEK = "2001-W02"
WITH_REF = {
    route.name: TABLE[route.name]
    for route in leaves()
    if "ref" in route.arguments and route.name in TABLE
}


def test_there_are_routes_with_references() -> None:
    assert len(WITH_REF) > 20


def answer(who: Visitor, method: str, url: str, data: Any) -> tuple[int, bytes, dict, int]:
    """Status, body, headers and number of statements of one request."""
    with CaptureQueriesContext(connection) as statements:
        response = who.ask(method, url, data)
    headers = {name: value for name, value in response.items() if name != "X-Request-ID"}
    return response.status_code, response.content, headers, len(statements)


# Whoever is not let in is sent to sign in before anything is looked up, whoever they were.
ASKERS = sorted(ACTORS - NOT_SIGNED_IN | {"anonymous"})
# Our own pages do not exist for a customer's people, by their names: one of them asks for all.
ASKS_FOR_OURS = "lead"


def may_be_asked_for(actor: str, name: str) -> bool:
    return actor not in CUSTOMERS - {ASKS_FOR_OURS} or name.startswith(FOR_CUSTOMERS)


def unseen(world: World, actor: str) -> Iterator[tuple[str, Rule, dict[str, Any]]]:
    """Every route with a reference, at rows that this actor does not see."""
    for name, rule in WITH_REF.items():
        for side in (world.ours, world.theirs):
            if not sees(actor, rule, is_ours=side is world.ours) and may_be_asked_for(actor, name):
                yield name, rule, rule.at(side)


def sees(actor: str, rule: Rule, *, is_ours: bool) -> bool:
    """Whether the row of that side exists for them; the table speaks of ours."""
    if actor in NOT_SIGNED_IN:
        return False
    return (actor if is_ours else mirrored(actor)) in rule.exists_for


PORTAL_WIDE = {"admin", "director", "auditor"}


def mirrored(actor: str) -> str:
    """Whom of the table an actor is like on the other side, where ours are strangers."""
    if actor in PORTAL_WIDE:
        return actor
    return actor.removeprefix("other_") if actor.startswith("other_") else "stranger"


@pytest.mark.parametrize("actor", ASKERS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_one_does_not_see_is_not_there(world: World, actor: str, method: str) -> None:
    who = visitor(world, actor)
    told = []
    asked: dict[str, Any] = {}  # what is not there is the same from both sides
    for name, rule, arguments in unseen(world, actor):
        data = rule.data(world) if method == "POST" else None
        nowhere = reverse(name, kwargs=what_is_not_there(world, actor, arguments))
        theirs = answer(who, method, reverse(name, kwargs=arguments), data)
        if nowhere not in asked:
            asked[nowhere] = answer(who, method, nowhere, data)
        nobodys = asked[nowhere]
        if differs(theirs, nobodys, arguments["ref"]):
            told.append(f"{method} {name}: {told_by(theirs)}, not {told_by(nobodys)}")
    assert "\n".join(told) == ""


def what_is_not_there(world: World, actor: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The same place without anything there. Whoever sees an engagement and not its draft of a
    week compares it with a week that has none."""
    is_ours = arguments["ref"] == world.ours.engagement.ref
    sees_engagement = (actor if is_ours else mirrored(actor)) in SEES
    if sees_engagement and "week" in arguments:
        return arguments | {"week": NO_WEEK}
    return arguments | {"ref": NOBODYS}


def told_by(found: Any) -> str:
    return f"{found[0]} with {len(found[1])} bytes after {found[3]} statements"


def differs(theirs: Any, nobodys: Any, ref: str) -> bool:
    """Whether two answers tell the references apart; being sent to sign in names the address."""
    status, body, headers, statements = theirs
    plain = {name: value.replace(ref, NOBODYS) for name, value in headers.items()}
    return (status, body, plain, statements) != nobodys


def test_a_reset_link_does_not_tell_whose_it_is(world: World) -> None:
    who = visitor(world, "anonymous")
    url = "account_reset_password_from_key"
    known, unknown = (
        answer(who, "GET", reverse(url, kwargs={"uidb36": ref, "key": "abc-def"}), None)
        for ref in (world.actors["lead"].ref, NOBODYS)
    )
    assert known[:2] == unknown[:2]
