"""What the DM says of a blocker; when it opens and closes its tracker says."""

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.versions import update_version
from engagements.models import Blocker
from engagements.services.numbers import lock


@transaction.atomic
def describe_blocker(
    *, blocker: Blocker, version: int, impact: str, owner: str, by: User
) -> Blocker:
    """Say what a blocker holds up, and who must act. Internal: no customer reads it.

    Raises:
        Conflict: somebody else was faster, or its tracker says by now that it never was.
    """
    lock(blocker.engagement)
    if change := update_version(blocker, version=version, impact=impact, owner=owner):
        record("blocker.described", blocker, by=by, before=change.before, after=change.after)
    return blocker
