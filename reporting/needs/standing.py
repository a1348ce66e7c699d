"""What customers were last told of engagements: which are off track, and since when."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from reporting.models import Colour, ReportRevision
from reporting.needs.lines import Red

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def called(engagements: Any) -> Any:
    """These, each annotated with what its customer was last told.

    ``said``: a mapping of ``colour``, ``computed``, ``reason``, or None where nothing is out.
    ``red_since``: what the first red status or update after the last of another colour speaks of.
    """
    revisions = ReportRevision.objects.filter(report__engagement=OuterRef("pk")).in_force()
    last = revisions.last_said_first()
    said = JSONObject(colour=F("colour"), computed=F("computed_colour"), reason=F("colour_reason"))
    other = last.exclude(colour=Colour.RED).values("facts__as_of")
    reds = revisions.filter(colour=Colour.RED, facts__as_of__gt=OuterRef("other_at"))
    return engagements.select_related("customer").annotate(
        said=Subquery(last.values_list(said)[:1]),
        other_at=Coalesce(Subquery(other[:1]), Value(NEVER)),
        red_since=Subquery(reds.order_by("facts__as_of").values("facts__as_of")[:1]),
    )


def reds_of(engagements: Sequence[Any], at: datetime) -> Iterator[Red]:
    """Those that are called off track, and for how many days, of what ``called`` found."""
    for engagement in engagements:
        if engagement.red_since is not None and engagement.said["colour"] == Colour.RED:
            since, day = engagement.day_of(engagement.red_since), engagement.day_of(at)
            yield Red(engagement.name, (day - since).days)
