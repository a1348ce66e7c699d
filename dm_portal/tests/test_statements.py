"""What a page asks of the database: little, and the same however many rows there are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dm_portal.tests.access_matrix import METHODS, Rule, Theirs
from dm_portal.tests.access_rules import TABLE
from dm_portal.tests.visitors import visitor
from dm_portal.tests.world import World

pytestmark = pytest.mark.django_db

ANY_PAGE, LIST = 15, 10


def is_list(name: str) -> bool:
    return name.endswith(("_list", "_archive", "_index", "_history"))


def statements(world: World, actor: str, name: str, rule: Rule) -> int:
    """The number of statements of a page that this actor may read; 0 where they may not."""
    if rule.expected(actor, "GET") != 200:
        return 0
    who = visitor(world, actor)
    who.visit(name, rule, "GET", world.ours)  # what is done once per process is done
    with CaptureQueriesContext(connection) as found:
        response = who.visit(name, rule, "GET", world.ours)
    assert response.status_code == 200
    own = [each for each in found if "SAVEPOINT" not in each["sql"]]
    return len(own)


@pytest.mark.parametrize("actor", ["manager", "specialist", "director", "admin", "lead"])
def test_no_page_asks_much(world: World, actor: str) -> None:
    asked = {name: statements(world, actor, name, rule) for name, rule in TABLE.items()}
    too_many = {
        name: count
        for name, count in asked.items()
        if count > (LIST if is_list(name) else ANY_PAGE)
    }
    assert too_many == {}
