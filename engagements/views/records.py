"""What was done to one row, for those who may read the record."""

from typing import Any

from django.http import HttpRequest

from dm_portal.people.audit import note, sentence
from dm_portal.people.models import AuditEvent
from dm_portal.shell.lists import Column
from engagements import policies
from engagements.models import Engagement
from engagements.views.saving import audit_ref
from engagements.views.tables import Table, table_of

ACTS = [Column("What", sentence, note=note), Column("When", "occurred_at", kind="instant")]


def acts_of(request: HttpRequest, engagement: Engagement, row: Any) -> Table | None:
    """Every act on a numbered row of an engagement; None for those who may not read it."""
    if not policies.can_read_history(request.user, engagement):
        return None
    events = AuditEvent.objects.of_engagement(engagement.ref)
    mine = events.filter(target_kind=row._meta.label_lower, target_ref=audit_ref(row))
    return table_of("The last act first", ACTS, mine)
