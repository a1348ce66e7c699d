"""What the states of a tracker mean: decided once by a person, and remembered."""

from collections.abc import Mapping

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from engagements.models import Engagement, Source, StateMeaning
from engagements.services.rebuilding import hold_work, rebuild_work

# By source: what its states mean.
Decisions = Mapping[Source, Mapping[str, str]]


@transaction.atomic
def decide_states(*, engagement: Engagement, decisions: Decisions, by: User) -> None:
    """Say what states mean, and work the items out anew by that. What says nothing new is left.

    Statuses that are out stay as they were said.
    """
    hold_work(engagement)
    is_new = [_decide(source, stages, by) for source, stages in decisions.items()]
    if any(is_new):
        rebuild_work(engagement=engagement, by=by)


def _decide(source: Source, stages: Mapping[str, str], by: User) -> bool:
    """One source; previews that were made before are read again. False: nothing new."""
    known = dict(source.meanings.values_list("state", "stage"))
    new = {state: stage for state, stage in stages.items() if known.get(state) != stage}
    if not new:
        return False
    StateMeaning.objects.bulk_create(
        [
            StateMeaning(source=source, state=state, stage=stage, decided_at=now(), decided_by=by)
            for state, stage in sorted(new.items())
        ],
        update_conflicts=True,
        unique_fields=["source", "state"],
        update_fields=["stage", "decided_at", "decided_by"],
    )
    before = {state: known[state] for state in new if state in known}
    record("source.states_decided", source, by=by, before=before, after=new)
    return True
