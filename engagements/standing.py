"""How engagements stand: what was last said of them, by whoever says it.

The app that publishes statuses lies above this one in the order of imports, so it comes here at
start and says how a query is told; lists, headers and the rail then show it in the same
statement that reads the engagement.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import JSONField, Value

from dm_portal.shell.components import Shape

if TYPE_CHECKING:
    from engagements.querysets import EngagementQuerySet

Annotate = Callable[["EngagementQuerySet"], "EngagementQuerySet"]


def _nothing_said(engagements: "EngagementQuerySet") -> "EngagementQuerySet":
    return engagements.annotate(said=Value(None, output_field=JSONField()))


_annotate: list[Annotate] = [_nothing_said]


def told_by(annotate: Annotate) -> None:
    """Register what annotates ``said``.

    None before the first status; then a mapping of ``colour`` (green, amber, red or unknown),
    ``week`` (its Monday, ISO), ``headline`` and ``published_at`` (ISO).
    """
    _annotate[0] = annotate


def annotate(engagements: "EngagementQuerySet") -> "EngagementQuerySet":
    """The same rows, each with what was last said of it."""
    return _annotate[0](engagements)


def shape_of(engagement: Any) -> Shape:
    """The shape that an engagement with its standing shows."""
    return Shape(engagement.said["colour"]) if engagement.said else Shape.NOT_KNOWN
