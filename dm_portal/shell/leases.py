"""Names that one process at a time may hold, and the heart-beat of the tick.

Leases run on the real clock. They keep two clocks from doing the same work twice for nothing;
that no work is done twice is held by each row's own state.
"""

from datetime import timedelta

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
