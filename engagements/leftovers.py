"""Milestones that imports made of versions which were given away since."""

from typing import Any

from django.db.models import Exists, F, Model, OuterRef, QuerySet

from dm_portal.shell.relations import related

# What a person may have made of a milestone, or refers to it, besides its own columns.
PARTS = ("work_items", "revisions", "criteria", "versions")


def left_over(milestone: type[Model]) -> QuerySet[Any]:
    """Milestones as an import made them, whose versions were given away, and nothing is in them.

    No status names one in words: it never had a committed date.
    """
    mine = {"engagement": OuterRef("engagement"), "version": OuterRef("tracker_name")}
    given = related(milestone, "versions").objects.filter(**mine)
    as_made = {"tracker_name": F("name"), "version": 1, "outcome": "", "planned_size": None}
    rows: QuerySet[Any] = milestone._default_manager.filter(Exists(given), **as_made)
    return rows.filter(**dict.fromkeys(PARTS)).order_by()
