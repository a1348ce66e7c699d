"""Which work counts, and which of it is done or open, as lists and counts ask for it."""

from django.db.models import Q

from dm_portal.shell.clock import now
from engagements.stages import Stage


def done_by_now(prefix: str = "") -> Q:
    """Work that is done; what a tracker dates into the future is open until then."""
    return Q(**{f"{prefix}done_at__lte": now()})


def counts_now(prefix: str = "") -> Q:
    """Work that is not withdrawn: that is no work any more, neither done nor to be done."""
    return ~Q(**{f"{prefix}stage": Stage.WITHDRAWN})


def open_now(prefix: str = "") -> Q:
    """Work that counts and is not ``done_by_now``: each that counts is in one of the two."""
    is_open = Q(**{f"{prefix}done_at__isnull": True}) | Q(**{f"{prefix}done_at__gt": now()})
    return counts_now(prefix) & is_open
