"""How old the newest file of a source may become: promised by a person, told by every page."""

from collections.abc import Mapping

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.errors import Conflict
from engagements.models import Engagement, Source
from engagements.services.numbers import lock


@transaction.atomic
def promise_freshness(
    *, engagement: Engagement, promises: Mapping[Source, int], version: int, by: User
) -> int:
    """Say how many days old sources may become; returns of how many that is new.

    ``version`` is of the promises that were read. Previews of files still hold.

    Raises:
        Conflict: somebody has changed a promise since.
    """
    lock(engagement)
    if engagement.sources.promises_version() != version:
        raise Conflict("Somebody else has changed how old files may be meanwhile.")
    changed = 0
    for source in engagement.sources.filter(pk__in=[each.pk for each in promises]):
        if source.promised_days != (days := promises[source]):
            _promise(source, days, by)
            changed += 1
    return changed


def _promise(source: Source, days: int, by: User) -> None:
    before = {"promised_days": source.promised_days}
    source.promised_days = days
    source.promises_made += 1
    source.save(update_fields=["promised_days", "promises_made"])
    record("source.promised", source, by=by, before=before, after={"promised_days": days})
