"""Many rows of what is owed in a world."""

from dm_portal.tests.crowds import numbered, twins
from dm_portal.tests.world import World
from engagements.models import Ask


def asks(world: World, count: int) -> None:
    twins(world.ours.one(Ask, number=2), count, numbered)
