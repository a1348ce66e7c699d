"""Rosters."""

from dm_portal.shell.clock import today
from dm_portal.tests.world import DAY, World
from pods import services
from pods.models import Membership, Pod, PodFunction, Specialist

SPECIALIST = {"name": "Sam", "user": None, "seniority": "", "skills": ""}
POD = {"name": "Larch", "purpose": "Payments"}


def place() -> dict:
    return {"trade": "qa", "allocation": 50, "starts_on": today(), "ends_on": None}


def pod(world: World) -> Pod:
    return world.ours.one(Pod)


def unused(world: World) -> Specialist:
    return Specialist.objects.create(name="Unused")


ACTS = {
    services.add_specialist: lambda w: services.add_specialist(by=w.actors["admin"], **SPECIALIST),
    services.change_specialist: lambda w: services.change_specialist(
        specialist=w.ours.one(Specialist), version=1, by=w.actors["admin"], **SPECIALIST
    ),
    services.remove_specialist: lambda w, idle: services.remove_specialist(
        specialist=idle, by=w.actors["admin"]
    ),
    services.create_pod: lambda w: services.create_pod(by=w.actors["admin"], **POD),
    services.change_pod: lambda w: services.change_pod(
        pod=pod(w), version=1, by=w.actors["admin"], **POD
    ),
    services.remove_pod: lambda w, empty: services.remove_pod(pod=empty, by=w.actors["admin"]),
    services.give_pod_function: lambda w: services.give_pod_function(
        pod=pod(w),
        user=w.actors["deputy"],
        function="deputy",
        starts_on=today(),
        by=w.actors["admin"],
    ),
    services.change_pod_function: lambda w: services.change_pod_function(
        row=w.ours.one(PodFunction),
        version=1,
        starts_on=today() - DAY,
        ends_on=today(),
        by=w.actors["admin"],
    ),
    services.remove_pod_function: lambda w: services.remove_pod_function(
        row=w.ours.one(PodFunction), by=w.actors["admin"]
    ),
    services.add_membership: lambda w, idle: services.add_membership(
        pod=pod(w), specialist=idle, by=w.actors["admin"], **place()
    ),
    services.change_membership: lambda w: services.change_membership(
        membership=w.ours.one(Membership), version=1, by=w.actors["admin"], **place()
    ),
    services.remove_membership: lambda w: services.remove_membership(
        membership=w.ours.one(Membership), by=w.actors["admin"]
    ),
}
READY = {
    services.remove_specialist: unused,
    services.remove_pod: lambda w: Pod.objects.create(name="Unused"),
    services.add_membership: unused,
}
