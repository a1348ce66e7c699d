"""Many rows of what is owed in a world."""

from dm_portal.tests.crowds import numbered, twins
from dm_portal.tests.world import World
from engagements.models import Action, Ask, Commitment, Escalation, Risk


def asks(world: World, count: int) -> None:
    twins(world.ours.one(Ask, number=2), count, numbered)


def risks(world: World, count: int) -> None:
    twins(world.ours.one(Risk, number=2), count, numbered)


def actions(world: World, count: int) -> None:
    twins(world.ours.one(Action, number=2), count, numbered)


def commitments(world: World, count: int) -> None:
    twins(world.ours.one(Commitment, number=1), count, numbered)


def escalations(world: World, count: int) -> None:
    twins(world.ours.one(Escalation, number=2), count, numbered)
