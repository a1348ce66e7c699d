"""What the last status knew of each item, so that the next one tells what it could not know."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.db.models import Q

from engagements.models import Engagement
from reporting import mentions, rag
from reporting.models import Facts
from reporting.stored_items import NOWHERE, STANDS_BY, late_kinds, stood


@dataclass(frozen=True)
class Told:
    """What the last status knew of each item, as it is stored with it.

    ``rules``: how the rules saw each dimension then, see ``rag.kept``; ``grave``: what had to be
    mentioned, see ``mentions.grades``.
    """

    since: datetime
    items: dict[tuple[int, str], dict[str, Any]]
    rules: dict[str, Any] = field(default_factory=dict)
    grave: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, since: datetime, body: str) -> Self:
        """From the body that was frozen with that status, which ended at ``since``."""
        said = json.loads(body)
        items = {(row["source"], row["key"]): row for row in said["inputs"]["items"]}
        grave = mentions.grades(said) if said["schema"] >= mentions.SINCE_SCHEMA else {}
        return cls(since, items, rag.kept(said), grave)

    def late_of(self, row: dict[str, Any]) -> dict[str, Any]:
        """What had become of a stored item before that status and was known only after it.

        ``late``: kinds, see ``late_kinds``; ``late_in`` and ``late_out``: the milestones, by
        number, in which it counted by then as one knows now, and those in which it did not.
        """
        then = self.items.get((row["source"], row["key"]))
        if then is not None and all(row.get(name) == then.get(name) for name in STANDS_BY):
            return NOTHING_LATE  # as mostly, and soon told
        now, known = stood(row, self.since), stood(then, self.since) if then else NOWHERE
        return {
            "late": late_kinds(known, now, self._decided_since(row)),
            "late_in": sorted(now.milestones - known.milestones),
            "late_out": sorted(known.milestones - now.milestones),
        }

    def _decided_since(self, row: dict[str, Any]) -> list[str]:
        """The states of an item of which people decided after that status what they mean."""
        decided = row.get("decided", {}).items()
        return [state for state, at in decided if datetime.fromisoformat(at) >= self.since]


# Of an item, where there was no status that could have known more or less of it.
NOTHING_LATE: dict[str, Any] = {"late": [], "late_in": [], "late_out": []}


def told_by_last_of(ends: Iterable[tuple[Engagement, datetime | None]]) -> dict[int, Told]:
    """What the statuses knew that ended at these instants (None: there was none), as last
    corrected, by engagement. One statement, none where there were none.
    """
    wanted = Q(pk__in=[])
    for engagement, since in ends:
        if since is not None:
            wanted |= Q(engagement=engagement, as_of=since)
    if not wanted:
        return {}
    frozen = Facts.objects.of_statuses().filter(wanted).order_by("engagement_id", "-pk")
    bodies = frozen.distinct("engagement_id").values_list("engagement_id", "as_of", "body")
    return {pk: Told.read(since, body) for pk, since, body in bodies}


def told_by_the_last(engagement: Engagement, *, as_of: datetime) -> Told | None:
    """What the last status before an instant knew, as last corrected; None before the first.

    One statement.
    """
    before = Facts.objects.of_statuses().filter(engagement=engagement, as_of__lt=as_of)
    frozen = before.order_by("-as_of", "-pk")
    last = frozen.values_list("as_of", "body").first()
    return Told.read(*last) if last else None
