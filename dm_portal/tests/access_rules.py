"""The table of the access matrix: one rule for every route, and no route without one."""

from typing import Any

from dm_portal.people.models import Invitation, OutgoingMail
from dm_portal.shell.clock import today
from dm_portal.tests.access_matrix import (
    ADMIN,
    AUDITOR,
    DM,
    READERS,
    SIGNED_IN,
    US,
    Rule,
    act,
    form,
    page,
)
from dm_portal.tests.world import Side

PASSWORD = "correct horse battery staple"


def person(role: str) -> Any:
    return lambda side: {"ref": side.people[role].ref}


def invitation(side: Side) -> dict[str, Any]:
    return {"ref": side.one(Invitation).ref}


def mail(side: Side) -> dict[str, Any]:
    return {"ref": side.one(OutgoingMail).ref}


SEES_PEOPLE = ADMIN | READERS
# Everybody sees the row of themselves; the page about people is not theirs.
SEES_MANAGER = SEES_PEOPLE | DM

PEOPLE = {
    "people_list": page(US, SEES_PEOPLE),
    "person_detail": page(SEES_MANAGER, SEES_PEOPLE, at=person("manager")),
    "person_edit": form(
        SEES_MANAGER,
        ADMIN,
        at=person("manager"),
        data=lambda w: {"name": "Mara", "grade": "", "version": 1},
    ),
    "portal_function_create": form(
        SEES_MANAGER,
        ADMIN,
        at=person("manager"),
        data=lambda w: {"function": "auditor", "starts_on": today()},
    ),
    "portal_function_end": act(
        SEES_MANAGER,
        ADMIN,
        at=lambda side: person("manager")(side) | {"function": "auditor"},
        does=404,
    ),
    "person_deactivation": act(SEES_MANAGER, ADMIN, at=person("manager")),
    "person_reactivation": act(SEES_PEOPLE, ADMIN, at=person("deactivated")),
    "two_step_removal": act(SEES_MANAGER, ADMIN, at=person("manager")),
    "invitation_create": form(
        US, ADMIN, data=lambda w: {"name": "Nora", "email": "nora@internal.example"}
    ),
    "invitation_revocation": act(DM | ADMIN | AUDITOR, DM | ADMIN, at=invitation),
    "invitation_renewal": act(DM | ADMIN | AUDITOR, DM | ADMIN, at=invitation),
    "outbox_list": page(US, ADMIN),
    "outbox_detail": page(ADMIN, at=mail),
    "outbox_retry": act(ADMIN, ADMIN, at=mail),
    "audit_list": page(US, READERS),
}
TABLE: dict[str, Rule] = {
    "healthz": page(SIGNED_IN, open=True),
    "readyz": page(SIGNED_IN, open=True),
    **PEOPLE,
}
