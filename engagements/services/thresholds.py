"""From where on an engagement is at risk or off track by the rules: set by a person."""

from typing import Any

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import update_version
from engagements.models import ColourThresholds, Engagement
from engagements.services.numbers import lock
from engagements.thresholds import out_of_order


@transaction.atomic
def change_thresholds(
    *, engagement: Engagement, version: int, by: User, **limits: Any
) -> ColourThresholds:
    """Set the limits of an engagement's colours; the next draft that opens is the first by them.

    ``limits`` are whole numbers by the names of ``engagements.thresholds.Thresholds``; ``version``
    is of the limits that were read, 0 of the defaults.

    Raises:
        DomainError: they leave no room for "at risk".
        Conflict: somebody else changed them first.
    """
    for field, wrong in out_of_order(limits).items():
        raise DomainError(wrong, field=field)
    lock(engagement)
    row = ColourThresholds.objects.filter(engagement=engagement).first()
    if row is None:
        row = ColourThresholds(engagement=engagement)
        if all(getattr(row, name) == limit for name, limit in limits.items()):
            return row  # nobody has said anything yet
        row.save(force_insert=True)
    if change := update_version(row, version=version, **limits):
        record("thresholds.changed", row, by=by, before=change.before, after=change.after)
    return row
