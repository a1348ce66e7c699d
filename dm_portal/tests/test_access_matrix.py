"""Every route, every method, every actor: what is answered is what the table says, protected."""

from collections.abc import Callable

import pytest

from dm_portal.shell.clock import now
from dm_portal.shell.models import Lease
from dm_portal.tests.access_matrix import ACTORS, METHODS
from dm_portal.tests.access_rules import TABLE
from dm_portal.tests.routes import leaves
from dm_portal.tests.visitors import FRAMED, unprotected, visitor
from dm_portal.tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]


def test_every_route_has_its_rule() -> None:
    assert {route.name for route in leaves()} == set(TABLE)


# Which methods a page has is decided before who asks, so that one of each kind of actor is enough
# for those that hardly any page has.
ASK_EVERYTHING = {"anonymous", "lead", "manager", "admin"}


@pytest.mark.parametrize("actor", sorted(ACTORS))
def test_the_table_holds(
    world: World, actor: str, record_property: Callable[[str, object], None]
) -> None:
    Lease.objects.update(beaten_at=now())  # on a slow machine the world's own is stale by now
    who = visitor(world, actor)
    methods = METHODS if actor in ASK_EVERYTHING else ("GET", "POST")
    record_property("cells", len(TABLE) * len(methods))
    wrong = []
    for name, rule in TABLE.items():
        for method in methods:
            answer = who.visit(name, rule, method, world.ours)
            if answer.status_code != (expected := rule.expected(actor, method)):
                wrong.append(f"{method} {name}: {answer.status_code}, not {expected}")
            is_framed = name in FRAMED and answer.status_code == 200
            if lacking := unprotected(answer, is_framed=is_framed):
                wrong.append(f"{method} {name} lacks {lacking}")
    assert "\n".join(wrong) == ""
