"""Every service done once in a world: what test_audit.py watches.

``ACTS`` maps a service to a function that does it, and only it, in a world. What an act needs
beforehand stands in ``READY``, done before the watching starts; its result is the act's argument.
"""

from collections.abc import Callable
from typing import Any

from dm_portal.tests.acts import engagements, imports, owed, people, pods, reporting
from dm_portal.tests.world import World

Act = Callable[..., Any]

ACTS: dict[Callable[..., Any], Act] = {
    **people.ACTS,
    **pods.ACTS,
    **engagements.ACTS,
    **owed.ACTS,
    **imports.ACTS,
    **reporting.ACTS,
}
READY: dict[Callable[..., Any], Callable[[World], Any]] = {
    **people.READY,
    **pods.READY,
    **engagements.READY,
    **owed.READY,
    **imports.READY,
    **reporting.READY,
}
