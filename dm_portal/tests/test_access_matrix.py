"""Every route, every method, every actor: what is answered is what the table says, protected, and
asks little of the database.
"""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dm_portal.shell.clock import now
from dm_portal.shell.models import Lease
from dm_portal.tests.access_matrix import ACTORS, METHODS, Rule
from dm_portal.tests.access_rules import TABLE
from dm_portal.tests.routes import is_list, leaves
from dm_portal.tests.visitors import FRAMED, Visitor, is_personal, unprotected, visitor
from dm_portal.tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]


def test_every_route_has_its_rule() -> None:
    assert {route.name for route in leaves()} == set(TABLE)


# Which methods a page has is decided before who asks, so that one of each kind of actor is enough
# for those that hardly any page has.
ASK_EVERYTHING = {"anonymous", "lead", "manager", "admin"}


# How many statements a page may ask of the database.
ANY_PAGE, LIST = 15, 10


@pytest.mark.parametrize("actor", sorted(ACTORS))
def test_the_table_holds(
    world: World, actor: str, record_property: Callable[[str, object], None]
) -> None:
    Lease.objects.update(beaten_at=now())  # on a slow machine the world's own is stale by now
    who = visitor(world, actor)
    methods = METHODS if actor in ASK_EVERYTHING else ("GET", "POST")
    record_property("cells", len(TABLE) * len(methods))
    wrong = [
        f"{method} {name}: {each}"
        for name, rule in TABLE.items()
        for method in methods
        for each in wrong_with(who, name, rule, method)
    ]
    assert "\n".join(wrong) == ""


def wrong_with(who: Visitor, name: str, rule: Rule, method: str) -> Iterator[str]:
    """Of one cell: another answer than the table's, a header that is missing, many statements."""
    with CaptureQueriesContext(connection) as found:
        answer = who.visit(name, rule, method, who.world.ours)
    statements = [each for each in found if "SAVEPOINT" not in each["sql"]]
    if answer.status_code != (expected := rule.expected(who.actor, method)):
        yield f"{answer.status_code}, not {expected}"
    is_page = method == "GET" and answer.status_code == 200
    if lacking := unprotected(answer, is_framed=is_page and name in FRAMED):
        yield f"lacks {lacking}"
    if is_page and not rule.open and not is_personal(answer):
        yield "may be kept for somebody else"
    if is_page and len(statements) > (LIST if is_list(name) else ANY_PAGE):
        yield f"{len(statements)} statements"
