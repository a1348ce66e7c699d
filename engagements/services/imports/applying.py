"""Applying a previewed file: all of it in one short transaction, or nothing."""

from typing import cast

from django.db import connection, transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict
from dm_portal.shell.log_lines import about
from dm_portal.shell.wake import wake
from engagements.assignees import people_of_map
from engagements.models import (
    Import,
    ImportEvent,
    Milestone,
    Source,
)
from engagements.services import blocked_times
from engagements.services.imports import evidence, naming, statements, writing
from engagements.services.imports.attempts import Attempt
from engagements.services.imports.states import State, claim, move
from engagements.services.meanings import keep_map
from engagements.services.numbers import lock
from engagements.services.rebuilding import hold_sources
from engagements.sources.maps import MapRefused

STALE = (
    "Something else changed this work after the preview, so the file was read again. "
    "Look at the counts below, then apply."
)


class Stale(Conflict):
    """What was previewed is no longer what applying would do."""


def apply_import(*, import_id: int) -> bool:
    """Apply one file if that was asked for; False where there was nothing to do.

    An error is written to the import, and raised again for whoever runs this.
    """
    file = claim(import_id, State.APPLYING)
    if file is None:
        return False
    apply(file)
    return True


def apply(file: Import) -> None:
    """Apply a claimed file, or send it back to be read again where its preview is stale."""
    with about(file.audit_ref), Attempt(file):
        try:
            _apply(file)
        except Stale:
            _read_again(file)


@transaction.atomic
def _apply(file: Import) -> None:
    if file.mapping:  # its states may say something else of all the work of its source
        hold_sources(file.engagement)
    source = _hold(file)
    if evidence.decisions_of(file) != file.decisions_read or statements.is_stale(file):
        raise Stale(STALE)
    named = naming.named_by(file)
    found = naming.standing(file, named)
    _require_foretold(file, found)
    _require_people(file)
    writing.write_events(file)
    ImportEvent.objects.filter(of=file).delete()
    ids = naming.add_unnamed(file, named, found)
    writing.write_items(file, milestones=ids.milestones, sprints=ids.sprints)
    connection.check_constraints()  # here, rather than at the end while others wait
    lock(file.engagement)
    if naming.standing(file, named) != found:
        raise Stale(STALE)
    milestones, sprints = naming.give_names(file, named, found, ids)
    matched = _record_matches(file, named, found)
    blocked_times.write_of_file(file)
    if file.mapping:
        keep_map(source, file, by=cast("User", file.applied_by))
    added = {"milestones_added": milestones, "sprints_added": sprints}
    done = {
        "applied_at": now(),
        "lease_until": None,
        "problem": "",
        "source_version": source.version,
    }
    move(file, State.APPLIED, milestones_matched=matched, **done, **added)
    counts = ("new_count", "changed_count", "unchanged_count", "refused_count")
    told = {name: getattr(file, name) for name in counts} | added
    record("import.applied", file, by=file.applied_by, after=told)


def _require_foretold(file: Import, found: naming.Standing) -> None:
    """Milestones planned by hand may be promised to a customer, and get other items by this: none
    that the preview did not name.

    Raises:
        Stale: another would.
    """
    if not found.planned.keys() <= file.milestones_matched.keys():
        raise Stale(STALE)


def _require_people(file: Import) -> None:
    """Everybody whom the map of the file means can still be found: else the reading says who not.

    Raises:
        Stale: somebody cannot.
    """
    try:
        people_of_map(file.mapping.get("people", {}), file.engagement)
    except MapRefused as refused:
        raise Stale(STALE) from refused


def _record_matches(file: Import, named: naming.Named, found: naming.Standing) -> dict[str, int]:
    """Each milestone that became a version has its own record; in how many rows it is named."""
    milestones = Milestone.objects.select_related("engagement__customer").in_bulk(
        found.planned.values()
    )
    matched = {name: named.versions[name] for name in sorted(found.planned)}
    for name, items in matched.items():
        after = {"tracker_name": name, "import": file.number, "items": items}
        milestone = milestones[found.planned[name]]
        before = {"tracker_name": ""}
        record("milestone.matched", milestone, by=file.applied_by, before=before, after=after)
    return matched


def _hold(file: Import) -> Source:
    """Keep everybody else off this file and its source until the transaction ends.

    Returns the source, with the version that applying makes of it.

    Raises:
        Conflict: the lease was lost.
    """
    mine = Import.objects.filter(pk=file.pk, state=file.state, lease_until=file.lease_until)
    if mine.order_by().select_for_update(no_key=True).first() is None:
        raise Conflict(f"{file} was taken over by another process.")
    source = Source.objects.order_by().select_for_update(no_key=True).get(pk=file.source_id)
    source.version += 1
    source.save(update_fields=["version"])
    return source


@transaction.atomic
def _read_again(file: Import) -> None:
    move(file, State.UPLOADED, applied_by=None, lease_until=None, attempts=0, problem=STALE)
    record("import.reread", file, by=None)
    wake("engagements.tasks.read_import", file.pk)
