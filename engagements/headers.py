"""Engagements with what each page says of them: in its header, and in the rail beside it."""

from typing import Any

from dm_portal.shell.kept import Kept, ids_in
from engagements.models import Engagement
from engagements.querysets import EngagementQuerySet, held_by, places_of

# As many as fit beside a page; the list has them all.
RAIL_ENGAGEMENTS = 12


def with_header_for(user: Any, ref: str) -> Engagement | None:
    """The engagement with its people, its next date and what was last said of it; None for whoever
    it is not visible to.
    """
    places = places_of(user)
    if places is None:
        found: Engagement | None = ANY.first(ref=ref)
    else:
        found = ONE_OF.first(ref=ref, places=places) if places else None
    return found


def in_rail_of(user: Any) -> list[Engagement]:
    """Open engagements of one of us, with what was last said of them. One statement, or none."""
    mine = sorted({engagement for engagement, _ in held_by(user)})
    return RAIL.rows(mine=mine) if mine else []


def _headers(ref: str) -> EngagementQuerySet:
    return Engagement.objects.filter(ref=ref).with_people_and_date().with_standing()


def _rail(mine: list[int]) -> EngagementQuerySet:
    here = Engagement.objects.filter(pk__in=ids_in(mine)).with_standing()
    return here.exclude(state=Engagement.State.CLOSED).order_by("name", "pk")[:RAIL_ENGAGEMENTS]


ANY = Kept(_headers, ref=str)
ONE_OF = Kept(lambda ref, places: _headers(ref).filter(pk__in=ids_in(places)), ref=str, places=list)
RAIL = Kept(_rail, mine=list)
