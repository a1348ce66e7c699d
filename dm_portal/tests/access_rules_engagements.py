"""The access table's part on engagements, their plan, their people, their imports, and pods."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from dm_portal.shell.clock import today
from dm_portal.tests.access_matrix import (
    ADMIN,
    CREW,
    DIRECTOR,
    LEADERS,
    PLANNERS,
    READERS,
    US,
    Rule,
    act,
    actors,
    form,
    page,
)
from dm_portal.tests.world import Side, World
from engagements.forms.assignees import AssigneesForm
from engagements.forms.freshness import FreshnessForm
from engagements.forms.meanings import StatesForm
from engagements.forms.versions import VersionsForm
from engagements.models import Import, Source, WorkItem
from engagements.thresholds import DEFAULTS
from pods.models import Pod

SEES = CREW | READERS | ADMIN
LADDER = PLANNERS | DIRECTOR | actors("stranger other_manager")
EDITORS = PLANNERS | DIRECTOR
STAFFS = DIRECTOR | ADMIN


def within(**more: Any) -> Any:
    """The arguments of something in the side's engagement."""
    return lambda side: {"ref": side.engagement.ref, **more}


def import_in(state: str) -> Any:
    return lambda side: within(number=side.one(Import, state=state).number)(side)


def open_item(side: Side) -> dict[str, Any]:
    item = side.one(WorkItem, done_at=None)
    return within(number=side.one(Source).number, key=item.key)(side)


def function_of(role: str, function: str) -> Any:
    return lambda side: within(person=side.people[role].ref, function=function)(side)


def pod(side: Side) -> dict[str, Any]:
    return {"ref": side.one(Pod).ref}


def agreed(world: World) -> dict[str, Any]:
    """What a form of an engagement holds, filled in."""
    return {
        "name": "Atlas",
        "new_customer": "Acme",
        "starts_on": today(),
        "reporting_from": today(),
        "unit": "items",
        "sprint_days": 14,
        "status_weekday": 5,
        "status_hour": "15:00",
        "holiday_rule": "before",
        "time_zone": "Europe/Berlin",
        "version": 1,
    }


def milestone(world: World) -> dict[str, Any]:
    return {"name": "Release", "version": 1}


def criterion(world: World) -> dict[str, Any]:
    return {"statement": "It works", "verification": "seen", "version": 1}


def new_date(world: World) -> dict[str, Any]:
    return {"committed_on": today() + timedelta(days=99), "reason": "More scope", "version": 1}


def ending(world: World) -> dict[str, Any]:
    return {"ends_on": today()}


def file(world: World) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("work.csv", b"key,title\nX-1,It breaks\n")}


def versions(world: World) -> dict[str, Any]:
    form = VersionsForm(engagement=world.ours.engagement)
    return {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}


def sample(world: World) -> dict[str, Any]:
    return {"sample": SimpleUploadedFile("sheet.csv", b"nr,name,created\nX-1,It breaks,x\n")}


def meaning(world: World) -> dict[str, Any]:
    form = StatesForm(engagement=world.ours.engagement)
    return {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}


def people(world: World) -> dict[str, Any]:
    form = AssigneesForm(engagement=world.ours.engagement)
    return {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}


def limits(world: World) -> dict[str, Any]:
    """Other limits of the colours, of which it was seen what they would change."""
    numbers = DEFAULTS.stored | {"schedule_red_days": 9}
    seen = ",".join(str(number) for number in numbers.values())
    return numbers | {"version": 0, "seen": seen, "save": "1"}


def promise(world: World) -> dict[str, Any]:
    form = FreshnessForm(engagement=world.ours.engagement)
    return {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}


ENGAGEMENTS: dict[str, Rule] = {
    "engagement_list": page(US),
    "engagement_create": form(US, LADDER, data=agreed),
    "engagement_detail": page(SEES, at=within()),
    "rules_detail": page(SEES, PLANNERS | READERS, at=within()),
    "engagement_history": page(SEES, PLANNERS | READERS, at=within()),
    "engagement_settings": form(SEES, EDITORS, at=within(), data=agreed),
    "engagement_colours": form(SEES, EDITORS, at=within(), data=limits),
    "engagement_state": form(
        SEES,
        EDITORS,
        at=within(),
        data=lambda w: {"state": "paused", "reason": "Holidays", "version": 1},
    ),
    "engagement_functions": form(
        SEES,
        STAFFS,
        at=within(),
        data=lambda w: {
            "user": w.actors["stranger"].ref,
            "function": "deputy",
            "starts_on": today(),
        },
    ),
    "function_end": form(SEES, STAFFS, at=function_of("deputy", "deputy"), data=ending),
    "engagement_contacts": form(
        SEES,
        LEADERS,
        at=within(),
        data=lambda w: {"name": "Nora", "email": "nora@customer.example", "kind": "lead"},
    ),
    "contact_end": form(
        SEES, LEADERS, at=lambda side: within(person=side.people["lead"].ref)(side), data=ending
    ),
}
PLAN: dict[str, Rule] = {
    "milestone_list": page(SEES, at=within()),
    "milestone_create": form(SEES, PLANNERS, at=within(), data=milestone),
    "milestone_detail": page(SEES, at=within(number=1)),
    "milestone_edit": form(SEES, PLANNERS, at=within(number=1), data=milestone),
    "milestone_date": form(SEES, PLANNERS, at=within(number=1), data=new_date),
    "criterion_create": form(SEES, PLANNERS, at=within(number=1), data=criterion),
    "criterion_edit": form(SEES, PLANNERS, at=within(number=1, criterion_number=2), data=criterion),
    "criterion_result": act(
        SEES,
        PLANNERS,
        at=within(number=1, criterion_number=2),
        data=lambda w: {"is_met": "yes", "version": 1},
    ),
    "sprint_list": page(SEES, at=within()),
    "sprint_create": form(SEES, PLANNERS, at=within(), data=lambda w: {"name": "Sprint 9"}),
    "sprint_detail": page(SEES, at=within(number=1)),
    "sprint_edit": form(
        SEES, PLANNERS, at=within(number=1), data=lambda w: {"name": "Sprint 9", "version": 1}
    ),
    "blocker_list": page(SEES, at=within()),
    "blocker_detail": page(SEES, at=within(number=1)),
    "blocker_edit": form(
        SEES,
        PLANNERS,
        at=within(number=1),
        data=lambda w: {"impact": "2.1 waits", "owner": "Ada", "version": 1},
    ),
    "work_list": page(SEES, at=within()),
    "work_detail": page(SEES, at=open_item),
}
IMPORTS: dict[str, Rule] = {
    "import_list": page(SEES, at=within()),
    "import_create": form(SEES, LEADERS, at=within(), data=file),
    "import_freshness": form(SEES, LEADERS, at=within(), data=promise),
    "import_map": form(SEES, LEADERS, at=within(), data=sample, does=200),
    "import_versions": form(SEES, LEADERS, at=within(), data=versions),
    "import_people": form(SEES, LEADERS, at=within(), data=people),
    "import_states": form(SEES, LEADERS, at=within(), data=meaning),
    "import_detail": page(SEES, at=import_in("previewed")),
    "import_row_list": page(SEES, at=import_in("previewed")),
    "import_application": act(SEES, LEADERS, at=import_in("previewed")),
    "import_discard": act(SEES, LEADERS, at=import_in("previewed")),
    "import_retry": act(SEES, LEADERS | ADMIN, at=import_in("parked")),
}
# A pod is seen by whoever leads it or works in it, not by whoever merely works beside it.
POD = actors("manager specialist") | READERS | ADMIN
PODS: dict[str, Rule] = {
    "pod_list": page(US),
    "pod_detail": page(POD, at=pod),
}
