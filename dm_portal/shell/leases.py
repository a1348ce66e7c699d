"""Names that one process at a time may hold, heart-beats, and what has begun and not ended.

Leases run on the real clock. They keep two clocks from doing the same work twice for nothing;
that no work is done twice is held by each row's own state.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from dm_portal.shell.clock import now
from dm_portal.shell.models import Lease


def hold(name: str, *, holder: str, seconds: float) -> bool:
    """Take or keep the lease for so long from now; False while somebody else has it."""
    Lease.objects.bulk_create([Lease(name=name)], ignore_conflicts=True)
    at = now()
    free = Q(holder=holder) | Q(expires_at__isnull=True) | Q(expires_at__lte=at)
    expires_at = at + timedelta(seconds=seconds)
    mine = Lease.objects.filter(free, name=name)
    return bool(mine.update(holder=holder, expires_at=expires_at, beaten_at=at))


def let_go(name: str, *, holder: str) -> None:
    """Free the lease for whoever stands by; nothing happens to another holder's."""
    Lease.objects.filter(name=name, holder=holder).update(holder="", expires_at=None)


def take_turn(name: str) -> bool:
    """Be the only one who does this until the end of the transaction; False while another does."""
    Lease.objects.bulk_create([Lease(name=name)], ignore_conflicts=True)
    return Lease.objects.select_for_update(skip_locked=True).filter(name=name).first() is not None


def beat(name: str) -> None:
    """Write down that this has just been done."""
    Lease.objects.bulk_create(
        [Lease(name=name, beaten_at=now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beaten_at"],
    )


def begin(name: str) -> datetime:
    """Write down that this begins now, unless it has begun before; returns when."""
    at = now()
    Lease.objects.bulk_create([Lease(name=name, beaten_at=at)], ignore_conflicts=True)
    return since(name) or at  # another process may have ended it meanwhile


def since(name: str) -> datetime | None:
    """When this began; None where it has not, or has ended."""
    return Lease.objects.filter(name=name).values_list("beaten_at", flat=True).first()


def end(name: str) -> None:
    """Write down that this has ended, if it ever began."""
    Lease.objects.filter(name=name).delete()
