"""Who is in the pods of an engagement and when they are away, as facts store it: days and shares.

No name and no reason of a leave leaves the database.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from dm_portal.people.models import TimeOff
from pods.models import Membership

Row = dict[str, Any]
# The days of which the facts tell, from theirs on.
AHEAD = timedelta(days=14)


def roster() -> ArraySubquery:
    """The memberships of each engagement's pods, with the whole days on which they are away: to be
    read with it, in the same statement.
    """
    of_member = Q(specialist=OuterRef("specialist")) | Q(user=OuterRef("specialist__user"))
    away = TimeOff.objects.filter(of_member, withdrawn_at__isnull=True, from_time__isnull=True)
    leave = JSONObject(first="starts_on", last="ends_on", added_at="added_at")
    held = Membership.objects.filter(pod__engagements=OuterRef("pk")).order_by("pk")
    member = JSONObject(
        allocation="allocation",
        starts_on="starts_on",
        ends_on="ends_on",
        away=ArraySubquery(away.order_by("starts_on", "pk").values_list(leave)),
    )
    return ArraySubquery(held.values_list(member))


def roster_at(rows: list[Row], as_of: datetime, zone: ZoneInfo) -> list[Row]:
    """Those of the two weeks from the day of the facts on, with the leave that was known then."""
    first = as_of.astimezone(zone).date()
    end = first + AHEAD
    return [
        {
            **{name: row[name] for name in ("allocation", "starts_on", "ends_on")},
            "away": [
                [each["first"], each["last"]]
                for each in row["away"]
                if _meets(each["first"], each["last"], first, end)
                and datetime.fromisoformat(each["added_at"]) < as_of
            ],
        }
        for row in rows
        if date.fromisoformat(row["starts_on"]) < end
        and (row["ends_on"] is None or date.fromisoformat(row["ends_on"]) > first)
    ]


def _meets(starts_on: str, ends_on: str, first: date, end: date) -> bool:
    return date.fromisoformat(starts_on) < end and date.fromisoformat(ends_on) >= first
