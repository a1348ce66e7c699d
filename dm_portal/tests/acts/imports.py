"""A file on its way in."""

from io import BytesIO
from typing import Any

from dm_portal.tests.world import World
from engagements.assignees import BOT
from engagements.models import Import, PersonMeaning, Source, StateMeaning, VersionMeaning
from engagements.services import freshness, meanings, rebuilding
from engagements.services.imports import acts, applying, reading, whole

FILE = b"key,type,title,state,created_at\nX-1,Bug,It breaks,Open,2026-01-05T10:00:00Z\n"


def uploaded(world: World) -> Import:
    return acts.receive_file(
        engagement=world.ours.engagement,
        file_name="work.csv",
        content=BytesIO(FILE),
        by=world.actors["manager"],
    )


def previewed(world: World) -> Import:
    file = uploaded(world)
    reading.read_import(import_id=file.pk)
    file.refresh_from_db()
    return file


def requested(world: World) -> Import:
    file = previewed(world)
    acts.request_application(file=file, seen=1, by=world.actors["manager"])
    return file


def parked(world: World) -> Import:
    return world.ours.one(Import, state="parked")


ACTS: dict[Any, Any] = {
    acts.receive_file: uploaded,
    acts.request_application: lambda w, file: acts.request_application(
        file=file, seen=1, by=w.actors["manager"]
    ),
    acts.discard_import: lambda w, file: acts.discard_import(file=file, by=w.actors["manager"]),
    acts.retry_import: lambda w: acts.retry_import(file=parked(w), by=w.actors["manager"]),
    reading.read_import: lambda w, file: reading.read_import(import_id=file.pk),
    applying.apply_import: lambda w, file: applying.apply_import(import_id=file.pk),
    whole.import_file: lambda w: whole.import_file(
        engagement=w.ours.engagement,
        file_name="work.csv",
        content=BytesIO(FILE),
        by=w.actors["manager"],
    ),
    meanings.decide_states: lambda w: meanings.decide_states(
        engagement=w.ours.engagement,
        decisions={w.ours.one(Source): {"Peer QA": "in_progress"}},
        version=StateMeaning.objects.filter(source__engagement=w.ours.engagement).version(),
        by=w.actors["manager"],
    ),
    meanings.decide_people: lambda w: meanings.decide_people(
        engagement=w.ours.engagement,
        decisions={w.ours.one(Source): {"ci-runner": BOT}},
        version=PersonMeaning.objects.filter(source__engagement=w.ours.engagement).version(),
        by=w.actors["manager"],
    ),
    meanings.decide_versions: lambda w: meanings.decide_versions(
        engagement=w.ours.engagement,
        decisions={"1.4+": None},
        version=VersionMeaning.objects.filter(engagement=w.ours.engagement).version(),
        by=w.actors["manager"],
    ),
    freshness.promise_freshness: lambda w: freshness.promise_freshness(
        engagement=w.ours.engagement,
        promises={w.ours.one(Source): 14},
        version=Source.objects.filter(engagement=w.ours.engagement).promises_version(),
        by=w.actors["manager"],
    ),
    rebuilding.rebuild_work: lambda w: rebuilding.rebuild_work(
        engagement=w.ours.engagement, by=w.actors["admin"]
    ),
}
READY: dict[Any, Any] = {
    acts.request_application: previewed,
    acts.discard_import: previewed,
    reading.read_import: uploaded,
    applying.apply_import: requested,
}
