"""The table of the access matrix: one rule for every route, and no route without one."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from dm_portal.people.models import Invitation, OutgoingMail, TimeOff, WorkCalendar
from dm_portal.shell.clock import today
from dm_portal.tests.access_matrix import (
    ADMIN,
    AUDITOR,
    CONTACTS,
    CUSTOMERS,
    DM,
    LEADERS,
    NOBODY,
    PLANNERS,
    READERS,
    SIGNED_IN,
    US,
    Rule,
    act,
    actors,
    form,
    page,
    theirs,
)
from dm_portal.tests.access_rules_administration import ADMINISTRATION
from dm_portal.tests.access_rules_engagements import ENGAGEMENTS, IMPORTS, PLAN, PODS, SEES
from dm_portal.tests.access_rules_owed import OWED
from dm_portal.tests.world import Side, World
from pods.models import Specialist
from reporting.models import Note, Report


def person(role: str) -> Any:
    return lambda side: {"ref": side.people[role].ref}


def invitation(side: Side) -> dict[str, Any]:
    return {"ref": side.one(Invitation).ref}


def mail(side: Side) -> dict[str, Any]:
    return {"ref": side.one(OutgoingMail).ref}


def calendar(side: Side) -> dict[str, Any]:
    """One calendar, which belongs to no side."""
    return {"ref": WorkCalendar.objects.order_by("pk")[0].ref}


def hours(world: World) -> dict[str, Any]:
    return {"name": "Kiel", "time_zone": "UTC", "monday": "09:00-17:00"}


def leave(side: Side) -> dict[str, Any]:
    """Leave of a specialist who signs in."""
    return {"ref": side.one(TimeOff).ref}


def leave_file(world: World) -> dict[str, Any]:
    text = b"Person,First day,Last day\nNobody,2026-06-08,2026-06-09\n"
    return {"file": SimpleUploadedFile("leave.csv", text)}


LEAVE = ADMIN | actors("specialist")
SEES_LEAVE = LEAVE | READERS | DM
LATER = {"starts_on": today(), "ends_on": today()}

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
        at=lambda side: person("manager")(side) | {"function": "auditor", "starts_on": today()},
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
    "person_calendar": form(
        SEES_MANAGER,
        ADMIN | DM,
        at=person("manager"),
        data=lambda w: {"calendar": "", "version": 1},
    ),
    "calendar_list": page(US),
    "calendar_detail": page(US, at=calendar),
    "calendar_create": form(US, ADMIN, data=hours),
    "calendar_edit": form(US, ADMIN, at=calendar, data=lambda w: hours(w) | {"version": 1}),
    "calendar_removal": act(US, ADMIN, at=calendar),
    "time_off_list": page(US),
    "time_off_create": form(
        US, US, data=lambda w: LATER | {"person": w.ours.one(Specialist, user=None).ref}
    ),
    "leave_import": form(US, US, data=leave_file, does=200),
    # nothing was previewed: led back to where a file is chosen
    "leave_import_application": act(US, US),
    "time_off_edit": form(SEES_LEAVE, LEAVE, at=leave, data=lambda w: LATER | {"version": 1}),
    "time_off_withdrawal": act(SEES_LEAVE, LEAVE, at=leave),
    "gallery": page(US, ADMIN),
    "outbox_list": page(US, ADMIN),
    "health_detail": page(US, ADMIN),
    "outbox_detail": page(ADMIN, at=mail),
    "outbox_retry": act(ADMIN, ADMIN, at=mail),
    "outbox_html": page(ADMIN, at=mail),
    "outbox_retry_alike": act(US, ADMIN, data=lambda w: {"problem": "550"}),
    "letter_kinds": page(US, ADMIN),
    "letter_example": page(US, ADMIN, at=lambda side: {"kind": "status"}),
    "letter_html": page(US, ADMIN, at=lambda side: {"kind": "status"}),
    "audit_list": page(US, READERS),
}

ANYTHING = {"at": lambda side: {"token": "x" * 43}}
NEVER = "302 302 302 302 302"  # nothing to do here now: led on to where there is

ACCOUNTS = {
    "account_login": theirs(NEVER, outside="200 422 200 405 405"),
    "account_logout": theirs("200 302 405 405 405", outside="302 302 405 405 405"),
    "account_reauthenticate": theirs("200 422 200 405 405"),
    "account_email": theirs("200 422 405 405 405"),
    "account_email_confirmation": theirs("404 404 405 405 405", **ANYTHING),
    "account_mails": theirs("200 422 405 405 405"),
    "account_unsubscribe": theirs("404 404 405 405 405", outside="404 404 405 405 405", **ANYTHING),
    "account_change_password": theirs("200 422 200 405 405"),
    "account_reset_password": theirs("200 422 200 405 405", outside="200 422 200 405 405"),
    "account_reset_password_done": theirs("200 405 405 405 405", outside="200 405 405 405 405"),
    "account_reset_password_from_key": theirs(
        "200 422 200 200 200",
        outside="200 422 200 200 200",
        at=lambda side: {"uidb36": side.people["manager"].ref, "key": "abc-def"},
    ),
    "account_reset_password_from_key_done": theirs(
        "200 405 405 405 405", outside="200 405 405 405 405"
    ),
    "invitation_accept": theirs("404 404 405 405 405", outside="404 404 405 405 405", **ANYTHING),
    "usersessions_list": theirs("200 302 302 405 405"),
    "mfa_index": theirs("200 405 405 405 405"),
    "mfa_authenticate": theirs(NEVER),
    "mfa_reauthenticate": theirs(NEVER),
    "mfa_activate_totp": theirs(NEVER),
    "mfa_deactivate_totp": theirs("404 404 404 404 404"),
    "mfa_view_recovery_codes": theirs("404 405 405 405 405"),
    "mfa_generate_recovery_codes": theirs(NEVER),
    "mfa_download_recovery_codes": theirs("404 404 404 404 404"),
}


def week(state: str, **more: Any) -> Any:
    """The week that is in a state, in the side's engagement."""
    return lambda side: {
        "ref": side.engagement.ref,
        "week": side.reports[state].period.week,
        **more,
    }


def engagement(side: Side) -> dict[str, Any]:
    return {"ref": side.engagement.ref}


def words(world: World) -> dict[str, Any]:
    """What a DM types in the editor, on the draft as it is."""
    draft = Report.objects.get(pk=world.ours.reports["draft"].pk)
    typed = {"headline": "On the way.", "our_move": "Go on.", "colour": "red"}
    return typed | {"colour_reason": "", "version": draft.version}


def update(state: str, **more: Any) -> Any:
    return lambda side: {
        "ref": side.engagement.ref,
        "number": side.reports[state].update_number,
        **more,
    }


def paragraph(world: World) -> dict[str, Any]:
    """What a DM types in an update that is begun."""
    begun = Report.objects.get(pk=world.ours.reports["begun"].pk)
    typed = {"paragraph": "It is late.", "colour": "red", "colour_reason": ""}
    return typed | {"version": begun.version}


def read_update(side: Side) -> dict[str, Any]:
    return {"ref": side.engagement.ref, "update": side.reports["told"].update_number}


def note(side: Side) -> dict[str, Any]:
    return {"ref": side.one(Note, purpose="friday").ref}


def retro(side: Side) -> dict[str, Any]:
    return {"ref": side.one(Note, purpose="retro").ref}


def noted(world: World) -> dict[str, Any]:
    return {"text": "A word", "purpose": "retro", "version": 1}


def said_first(side: Side) -> str:
    """What an address calls the first revision of the published week."""
    return f"{side.reports['published'].period.week}-1"


DRAFTS = PLANNERS | READERS
READS_STATUS = CONTACTS | SEES
LEAD = actors("lead")
REPORTS = {
    "needs_me": page(US, led_on=CUSTOMERS),
    "figures_detail": page(SEES, at=engagement),
    "figures_week": page(SEES, at=week("published")),
    "report_list": page(SEES, at=engagement),
    "report_edit": Rule(DRAFTS, get=DRAFTS, post=LEADERS, at=week("draft"), data=words),
    # another week's day
    "report_due_day": form(
        DRAFTS,
        LEADERS,
        at=week("draft"),
        data=lambda w: words(w) | {"due_on": "2000-01-01"},
        does=422,
    ),
    "report_preview": page(DRAFTS, at=week("draft")),
    # another week is on its way out, and so the editor says
    "report_publication": act(DRAFTS, LEADERS, at=week("draft"), data=words, does=422),
    "report_stop": act(DRAFTS, LEADERS, at=week("leaving")),
    "report_correction": act(
        DRAFTS, LEADERS, at=week("published"), data=lambda w: {"reason": "A wrong date."}
    ),
    "report_correction_removal": act(
        DRAFTS, LEADERS, at=week("corrected"), data=lambda w: {"version": 1}
    ),
    "report_retraction": act(
        DRAFTS, LEADERS, at=week("published"), data=lambda w: {"reason": "The wrong week."}
    ),
    # an admin sends it round again without reading it
    "report_retry": act(DRAFTS | ADMIN, ADMIN, at=week("parked")),
    "report_note": act(
        DRAFTS,
        LEADERS,
        at=lambda side: (
            week("draft")(side) | {"note": side.one(Note, purpose="friday").ref, "act": "done"}
        ),
        data=words,
    ),
    # nothing of that draft must be mentioned, and so the page says
    "report_mention": act(
        DRAFTS,
        LEADERS,
        at=lambda side: week("draft")(side) | {"key": "red.9", "act": "told"},
        data=words,
        does=422,
    ),
    "note_list": page(US),
    "note_create": form(US, US, data=lambda w: {"text": "A word", "purpose": "friday"}, does=422),
    "note_edit": Rule(LEADERS, get=LEADERS, post=DM, at=note, data=noted),
    "note_removal": act(DM, DM, at=retro, data=lambda w: {"version": 1}),
    # no milestone of the world is red
    "milestone_not_now": form(
        SEES,
        LEADERS,
        at=lambda side: {"ref": side.engagement.ref, "number": 1},
        data=lambda w: {"reason": "They know."},
        shows=404,
        does=404,
    ),
    "update_create": form(SEES, LEADERS, at=engagement, data=paragraph),
    "update_detail": Rule(DRAFTS, get=DRAFTS, post=LEADERS, at=update("begun"), data=paragraph),
    # a status is on its way out, and so the page says
    "update_publication": act(DRAFTS, LEADERS, at=update("begun"), data=paragraph, does=422),
    "update_removal": act(DRAFTS, LEADERS, at=update("begun"), data=lambda w: {"version": 0}),
    "update_stop": act(DRAFTS, LEADERS, at=update("told")),
    "update_correction": act(
        DRAFTS, LEADERS, at=update("told"), data=lambda w: {"reason": "A wrong date."}
    ),
    "update_correction_removal": act(
        DRAFTS, LEADERS, at=update("told"), data=lambda w: {"version": 1}
    ),
    "update_retraction": act(
        DRAFTS, LEADERS, at=update("told"), data=lambda w: {"reason": "The wrong week."}
    ),
    # an admin may only send round again what failed: this one did not
    "update_retry": act(DRAFTS, NOBODY, at=update("begun")),
    "status_update": page(READS_STATUS, at=read_update),
    "status_update_revision": page(READS_STATUS, at=lambda side: read_update(side) | {"number": 1}),
    "status_index": page(SIGNED_IN, led_on=CUSTOMERS),
    "status_detail": page(READS_STATUS, at=engagement),
    "status_archive": page(READS_STATUS, at=engagement),
    "question_list": page(SEES, at=engagement),
    "question_detail": Rule(
        SEES,
        get=SEES,
        post=LEADERS,
        at=lambda side: engagement(side) | {"number": 1},
        data=lambda w: {"answer": "It holds.", "version": 1},
    ),
    "status_question_list": page(READS_STATUS, at=engagement),
    "status_question_create": Rule(
        READS_STATUS,
        get=CONTACTS,
        post=CONTACTS,
        at=lambda side: engagement(side) | {"said": said_first(side), "place": "headline"},
        data=lambda w: {"text": "Does it hold?"},
    ),
    "status_delegates": Rule(
        READS_STATUS,
        get=LEAD,
        post=LEAD,
        at=engagement,
        data=lambda w: {"name": "Nora", "email": "nora@customer.example"},
    ),
    "status_delegate_removal": act(
        READS_STATUS,
        LEAD,
        at=lambda side: engagement(side) | {"person": side.people["delegate"].ref},
    ),
    "status_calendar": page(READS_STATUS, at=engagement),
    "status_ask_list": page(READS_STATUS, at=engagement),
    "status_escalation_list": page(READS_STATUS, at=engagement),
    "status_risk_list": page(READS_STATUS, at=engagement),
    "status_ask": Rule(
        READS_STATUS,
        get=READS_STATUS,
        post=actors("lead delegate"),
        at=lambda side: engagement(side) | {"number": 2},
        data=lambda w: {"answer": "The first", "version": 1},
    ),
    "status_weekly": page(READS_STATUS, at=week("published")),
    "status_revision": page(READS_STATUS, at=week("corrected", number=2)),
}

TABLE: dict[str, Rule] = {
    "healthz": page(SIGNED_IN, open=True),
    "readyz": page(SIGNED_IN, open=True),
    **PEOPLE,
    **ACCOUNTS,
    **ADMINISTRATION,
    **REPORTS,
    **ENGAGEMENTS,
    **PLAN,
    **OWED,
    **IMPORTS,
    **PODS,
    "gallery": page(US, ADMIN),
}
