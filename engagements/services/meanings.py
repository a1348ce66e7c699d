"""What a tracker's states, versions and names of people mean: decided once, and remembered."""

from collections.abc import Mapping

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict, DomainError
from engagements.assignees import Who, people_of_map
from engagements.map_decisions import decided_people, settled_people, settled_states
from engagements.models import (
    Engagement,
    Import,
    Milestone,
    PersonMeaning,
    Source,
    StateMeaning,
    VersionMeaning,
)
from engagements.services.milestones import write_milestone
from engagements.services.numbers import lock
from engagements.services.rebuilding import hold_work, rebuild_work
from engagements.sources.maps import read_map

# By source: what its states mean, and who the people are that it names.
Decisions = Mapping[Source, Mapping[str, str]]
People = Mapping[Source, Mapping[str, Who]]


@transaction.atomic
def decide_states(*, engagement: Engagement, decisions: Decisions, version: int, by: User) -> int:
    """Say what states mean, and work the items out anew by that; returns how many are new.

    Statuses that are out stay as they were said. ``version`` is of the decisions that were read.

    Raises:
        Conflict: somebody has decided on states since.
    """
    hold_work(engagement)
    if StateMeaning.objects.filter(source__engagement=engagement).version() != version:
        raise Conflict("Somebody else has decided on states meanwhile.")
    count = sum(_decide(source, stages, by) for source, stages in decisions.items())
    if count:
        rebuild_work(engagement=engagement, by=by)
    return count


@transaction.atomic
def decide_versions(
    *, engagement: Engagement, decisions: Mapping[str, Milestone | None], version: int, by: User
) -> int:
    """Say whose milestone's versions are, and work the items out anew; returns how many are new.

    None: nobody's. A version's own milestone takes the decision back. Statuses that are out stay
    as they were said. ``version`` is of the decisions that were read.

    Raises:
        Conflict: somebody has decided on versions since.
        DomainError: a milestone is chosen whose own version is decided to be another's, or
            that was planned under the name of another's version.
    """
    hold_work(engagement)
    known = VersionMeaning.objects.filter(engagement=engagement)
    if known.version() != version:
        raise Conflict("Somebody else has decided on versions meanwhile.")
    before = {row.version: str(row.milestone or "") for row in known.select_related("milestone")}
    for name, milestone in sorted(decisions.items()):
        _decide_version(engagement, name, milestone, by)
    _refuse_chains(engagement)
    after = {name: str(milestone or "") for name, milestone in decisions.items()}
    if after:
        was = {name: before.get(name, name) for name in after}
        record("engagement.versions_decided", engagement, by=by, before=was, after=after)
        rebuild_work(engagement=engagement, by=by)
    return len(after)


def _decide_version(
    engagement: Engagement, version: str, milestone: Milestone | None, by: User
) -> None:
    if milestone and not milestone.tracker_name:  # planned by hand: the tracker's from now on
        write_milestone(
            milestone=milestone,
            version=milestone.version,
            by=by,
            name=milestone.name,
            outcome=milestone.outcome,
            tracker_name=milestone.name,
            planned_size=milestone.planned_size,
        )
    VersionMeaning.objects.update_or_create(
        engagement=engagement,
        version=version,
        defaults={"milestone": milestone, "decided_at": now(), "decided_by": by},
    )


def _refuse_chains(engagement: Engagement) -> None:
    """Whoever a version was given to has its own version too.

    Raises:
        DomainError: one has not.
    """
    meant = VersionMeaning.objects.by_version(engagement.pk)
    for version, name in meant.items():
        if name is not None and meant.get(name, name) != name:
            raise DomainError(
                f"{version} cannot belong to {name}: that version was given away itself."
            )


@transaction.atomic
def decide_people(*, engagement: Engagement, decisions: People, version: int, by: User) -> int:
    """Say who the people are that trackers name; returns how many decisions are new.

    The work keeps the tracker's words: whoever reads it is shown by this who they stand for.
    ``version`` is of the decisions that were read.

    Raises:
        Conflict: somebody has decided on people since.
    """
    lock(engagement)
    if PersonMeaning.objects.filter(source__engagement=engagement).version() != version:
        raise Conflict("Somebody else has decided on people meanwhile.")
    return sum(_decide_people(source, people, by) for source, people in decisions.items())


def _decide_people(source: Source, people: Mapping[str, Who], by: User) -> int:
    """One source. Needs the engagement's lock."""
    known = decided_people(source)
    new = {name: who for name, who in sorted(people.items()) if known.get(name) != who}
    if not new:
        return 0
    PersonMeaning.objects.bulk_create(
        [
            PersonMeaning(
                source=source, name=name, **who._asdict(), decided_at=now(), decided_by=by
            )
            for name, who in new.items()
        ],
        update_conflicts=True,
        unique_fields=["source", "name"],
        update_fields=["kind", "specialist", "decided_at", "decided_by"],
    )
    before = {name: str(known[name]) for name in new if name in known}
    after = {name: str(who) for name, who in new.items()}
    record("source.people_decided", source, by=by, before=before, after=after)
    return len(new)


def keep_map(source: Source, file: Import, *, by: User) -> None:
    """Read the next files of this source by the map that came with one; keep its states and people.

    What people decided otherwise stays, see ``map_decisions``. Needs ``hold_work``, the
    engagement's lock, and that the file's own items are written.
    """
    known, told = (read_map(each.mapping).as_json() for each in (source, file))
    if changed := [name for name in sorted(told) if told[name] != known.get(name)]:
        before, after = ({name: of.get(name) for name in changed} for of in (known, told))
        source.mapping = told
        source.save(update_fields=["mapping"])
        record("source.mapped", source, by=by, before=before, after=after)
    people = people_of_map(told["people"], file.engagement)
    _decide_people(source, settled_people(source, people).counts, by)
    decided = _decide(source, settled_states(source, told["states"]).counts, by)
    others = Import.objects.filter(source=source).applied().exclude(pk=file.pk)
    if decided and others.exists():
        rebuild_work(engagement=file.engagement, by=by)


def _decide(source: Source, stages: Mapping[str, str], by: User) -> int:
    """One source; previews that were made before are read again. Returns how many are new."""
    known = StateMeaning.objects.by_state(source.pk)
    new = {state: stage for state, stage in stages.items() if known.get(state) != stage}
    if not new:
        return 0
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
    return len(new)
