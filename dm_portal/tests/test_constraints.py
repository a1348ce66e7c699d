"""Every rule that the database holds is broken once, and the database says which it was."""

from collections.abc import Iterator
from datetime import time
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from dm_portal.people.models import (
    WEEKDAYS,
    Invitation,
    OutgoingMail,
    PortalFunction,
    Preference,
    TimeOff,
    User,
    WorkCalendar,
)
from dm_portal.shell.clock import now, today
from dm_portal.shell.refs import new_ref
from dm_portal.tests.world import DAY, World
from engagements.models import (
    AcceptanceCriterion,
    Action,
    Ask,
    Blocker,
    ColourThresholds,
    Commitment,
    Customer,
    CustomerContact,
    Engagement,
    EngagementFunction,
    Escalation,
    Import,
    ImportChunk,
    ImportEvent,
    ImportRow,
    Milestone,
    MilestoneRevision,
    PersonMeaning,
    Risk,
    Source,
    Sprint,
    StateMeaning,
    TemplateMilestone,
    VersionMeaning,
    WorkEvent,
    WorkItem,
)
from pods.models import Membership, Pod, PodFunction, Specialist
from reporting.models import (
    Forecast,
    Note,
    Period,
    Question,
    Receipt,
    Reminder,
    Report,
    ReportRevision,
    Retraction,
    UntoldRed,
    WaitingStatus,
)

pytestmark = pytest.mark.django_db

OURS = ("shell", "people", "pods", "engagements", "reporting")
NO_DAY = {"starts_on": today(), "ends_on": today() - DAY}
ONE_DAY = {"starts_on": today(), "ends_on": today()}
SECOND = today().replace(day=2)
SHARED = {"shared_at": now(), "shared_by_id": 1}
TUESDAY = today() - today().weekday() * DAY + DAY

# A copy of a valid row that differs in these columns only breaks exactly this rule. A rule of
# uniqueness is broken by the copy itself; what else is unique is then given a new value.
VIOLATIONS: dict[str, tuple[type[models.Model], dict[str, Any]]] = {
    "user_customer_has_no_staff_rights": (User, {"kind": "customer", "is_staff": True}),
    "user_deactivated_is_not_active": (User, {"deactivated_at": now(), "deactivated_by_id": 1}),
    "user_deactivated_at_by": (User, {"is_active": False, "deactivated_at": now()}),
    "user_has_a_name": (User, {"name": ""}),
    "portal_function_ends_after_start": (PortalFunction, NO_DAY),
    "portal_function_open_once": (PortalFunction, {}),
    "invitation_accepted_at_by": (Invitation, {"accepted_at": now()}),
    "invitation_revoked_at_by": (Invitation, {"revoked_at": now()}),
    "invitation_accepted_or_revoked": (
        Invitation,
        {"accepted_at": now(), "accepted_by_id": 1, "revoked_at": now(), "revoked_by_id": 1},
    ),
    "invitation_expires_later": (Invitation, {"expires_at": now() - 999 * DAY}),
    "outgoing_mail_leased_while_sending": (OutgoingMail, {"state": "sending"}),
    "calendar_has_a_name": (WorkCalendar, {"name": ""}),
    "calendar_has_a_working_day": (WorkCalendar, dict.fromkeys(WEEKDAYS, "")),
    "calendar_hours_can_be_read": (WorkCalendar, {"monday": "nine to five"}),
    "calendar_region_of_a_country": (WorkCalendar, {"country": "", "region": "BE"}),
    "time_off_of_one_person": (TimeOff, {"user_id": None, "specialist_id": None}),
    "time_off_ends_after_start": (TimeOff, NO_DAY),
    "time_off_times_of_one_day": (TimeOff, {"from_time": time(9), "until_time": None}),
    "time_off_times_in_order": (TimeOff, ONE_DAY | {"from_time": time(9), "until_time": time(9)}),
    "time_off_lasts_a_minute": (TimeOff, ONE_DAY | {"from_time": None, "until_time": time(0)}),
    "time_off_withdrawn_at_by": (TimeOff, {"withdrawn_at": now()}),
    "time_off_once": (TimeOff, {}),
    "preference_once": (Preference, {}),
    "preference_can_be_chosen": (Preference, {"category": "security"}),
    "specialist_has_a_name": (Specialist, {"name": ""}),
    "pod_has_a_name": (Pod, {"name": ""}),
    "pod_function_ends_after_start": (PodFunction, NO_DAY),
    "pod_function_open_once": (PodFunction, {}),
    "membership_ends_after_start": (Membership, NO_DAY),
    "membership_allocation_1_to_100": (Membership, {"allocation": 101}),
    "membership_open_once": (Membership, {}),
    "customer_has_a_name": (Customer, {"name": ""}),
    "customer_contact_ends_after_start": (CustomerContact, NO_DAY),
    "customer_contact_open_once": (CustomerContact, {}),
    "engagement_has_a_name": (Engagement, {"name": ""}),
    "engagement_ends_after_start": (Engagement, NO_DAY),
    "engagement_status_weekday_1_to_7": (Engagement, {"status_weekday": 8}),
    "engagement_review_day_1_to_15": (Engagement, {"review_day": 16}),
    "engagement_holiday_rule_known": (Engagement, {"holiday_rule": "never"}),
    "engagement_sprint_5_to_42_days": (Engagement, {"sprint_days": 4}),
    "engagement_function_ends_after_start": (EngagementFunction, NO_DAY),
    "engagement_function_open_once": (EngagementFunction, {}),
    "template_milestone_number": (TemplateMilestone, {}),
    "milestone_number": (Milestone, {"tracker_name": ""}),
    "milestone_tracker_name_once": (Milestone, {"number": 99}),
    "milestone_has_a_name": (Milestone, {"name": ""}),
    "milestone_revision_number": (MilestoneRevision, {}),
    "milestone_revision_has_a_reason": (MilestoneRevision, {"reason": ""}),
    "milestone_revision_changes_the_date": (
        MilestoneRevision,
        {"old_on": today(), "new_on": today()},
    ),
    "criterion_number": (AcceptanceCriterion, {}),
    "criterion_has_a_statement": (AcceptanceCriterion, {"statement": ""}),
    "criterion_met_at_by": (AcceptanceCriterion, {"met_at": now(), "met_by_id": None}),
    "source_number": (Source, {"name": "Another"}),
    "source_kind_once": (Source, {"number": 99}),
    "source_mapped_by_a_map": (Source, {"kind": "jira", "number": 99}),
    "source_promised_days": (Source, {"name": "Another", "number": 99, "promised_days": 0}),
    "import_number": (Import, {}),
    "import_applied_at_by": (Import, {"applied_at": now(), "applied_by_id": None}),
    "import_applied_when_applied": (
        Import,
        {"state": "refused", "applied_at": now(), "applied_by_id": 1},
    ),
    "import_leased_while_working": (
        Import,
        {"state": "reading", "applied_at": None, "applied_by_id": None, "lease_until": None},
    ),
    "import_whole_as_of_an_instant": (Import, {"is_whole": True, "exported_at": None}),
    "import_chunk_number": (ImportChunk, {}),
    "import_event_line": (ImportEvent, {}),
    "import_row_line": (ImportRow, {}),
    "import_row_refused_with_reason": (ImportRow, {"verdict": "refused", "reason": ""}),
    "state_meaning_once": (StateMeaning, {}),
    "state_meaning_has_a_state": (StateMeaning, {"state": ""}),
    "person_meaning_once": (PersonMeaning, {}),
    "person_meaning_has_a_name": (PersonMeaning, {"name": ""}),
    "person_meaning_specialist_if_one": (PersonMeaning, {"name": "x", "kind": "specialist"}),
    "version_meaning_once": (VersionMeaning, {}),
    "version_meaning_has_a_version": (VersionMeaning, {"version": ""}),
    "blocker_number": (Blocker, {"opened_at": now()}),
    "blocker_once": (Blocker, {"number": 99}),
    "blocker_has_a_key": (Blocker, {"key": ""}),
    "blocker_closes_after_it_opened": (Blocker, {"closed_at": now() - 999 * DAY}),
    "ask_number": (Ask, {}),
    "ask_has_a_question": (Ask, {"question": ""}),
    "ask_says_what_follows": (Ask, {"without_answer": ""}),
    "ask_shared_at_by": (Ask, {"shared_at": now()}),
    "ask_shared_in_words": (Ask, SHARED | {"customer_text": ""}),
    "ask_answered_at_by": (
        Ask,
        SHARED | {"state": "answered", "answer": "Yes", "answered_at": now()},
    ),
    "ask_answered_with_an_answer": (Ask, {"answer": "Yes"}),
    "ask_answered_when_shared": (
        Ask,
        {"state": "answered", "answer": "Yes", "answered_at": now(), "answered_by_id": 1},
    ),
    "ask_withdrawn_at_by": (
        Ask,
        {"state": "withdrawn", "withdrawal_reason": "x", "withdrawn_at": now()},
    ),
    "ask_withdrawn_with_a_reason": (Ask, {"withdrawal_reason": "x"}),
    "risk_number": (Risk, {}),
    "risk_says_what": (Risk, {"what": ""}),
    "risk_shared_at_by": (Risk, {"shared_at": now()}),
    "risk_shared_in_words": (Risk, SHARED | {"customer_text": ""}),
    "risk_settled_at_by": (
        Risk,
        {"state": "closed", "settled_reason": "x", "settled_at": now()},
    ),
    "risk_settled_with_a_reason": (Risk, {"settled_reason": "x"}),
    "action_number": (Action, {}),
    "action_says_what": (Action, {"what": ""}),
    "action_done_at_by": (Action, {"done_at": now()}),
    "action_withdrawn_at_by": (Action, {"withdrawal_reason": "x", "withdrawn_at": now()}),
    "action_withdrawn_with_a_reason": (Action, {"withdrawal_reason": "x"}),
    "action_done_or_withdrawn": (
        Action,
        {
            "done_at": now(),
            "done_by_id": 1,
            "withdrawn_at": now(),
            "withdrawn_by_id": 1,
            "withdrawal_reason": "x",
        },
    ),
    "commitment_number": (Commitment, {}),
    "commitment_says_what": (Commitment, {"promise": ""}),
    "commitment_made_to_somebody": (Commitment, {"made_to": ""}),
    "commitment_due_or_taken_back": (Commitment, {"due_on": None}),
    "commitment_probability_0_to_1": (Commitment, {"probability": 2}),
    "commitment_due_after_it_was_said": (
        Commitment,
        {"number": 99, "supersedes_id": None, "due_on": SECOND, "said_on": SECOND + DAY},
    ),
    "commitment_said_somewhere": (Commitment, {"said_in": ""}),
    "escalation_number": (Escalation, {}),
    "escalation_says_what": (Escalation, {"what": ""}),
    "escalation_level_0_to_3": (Escalation, {"level": 4}),
    "escalation_shared_at_by": (Escalation, {"level": 2, "shared_at": now()}),
    "escalation_shared_in_words": (Escalation, SHARED | {"level": 2, "customer_text": ""}),
    "escalation_shared_from_level_2": (Escalation, SHARED),
    "escalation_acknowledged_at_by": (
        Escalation,
        {"state": "acknowledged", "acknowledged_at": now()},
    ),
    "escalation_resolved_at_by": (
        Escalation,
        {"state": "resolved", "resolution": "x", "resolved_at": now()},
    ),
    "escalation_stands_as_it_says": (Escalation, {"state": "acknowledged"}),
    "escalation_resolved_in_words": (Escalation, {"resolution": "x"}),
    "thresholds_schedule_in_order": (ColourThresholds, {"schedule_red_days": 1}),
    "thresholds_on_time_in_order": (ColourThresholds, {"on_time_red_percent": 75}),
    "thresholds_scope_in_order": (ColourThresholds, {"scope_red_percent": 301}),
    "thresholds_quality_in_order": (ColourThresholds, {"quality_amber_percent": 15}),
    "thresholds_team_in_order": (ColourThresholds, {"team_red_percent": 0}),
    "thresholds_waiting_in_order": (ColourThresholds, {"waiting_amber_days": 0}),
    "thresholds_blockers_in_order": (ColourThresholds, {"blockers_red_days": 91}),
    "thresholds_recovery_at_most_30_points": (
        ColourThresholds,
        {"on_time_recovery_points": 31},
    ),
    "thresholds_notice_of_1_to_90_days": (ColourThresholds, {"notice_days": 0}),
    "sprint_number": (Sprint, {"name": "Another"}),
    "sprint_name_once": (Sprint, {"number": 99}),
    "sprint_has_a_name": (Sprint, {"name": ""}),
    "sprint_ends_after_start": (Sprint, NO_DAY),
    "work_item_key_once": (WorkItem, {}),
    "work_item_has_a_key": (WorkItem, {"key": ""}),
    "work_item_size_not_negative": (WorkItem, {"size": -1}),
    "work_event_once": (WorkEvent, {}),
    "work_event_has_a_key": (WorkEvent, {"key": ""}),
    "work_event_changes_something": (WorkEvent, {"field": "state", "came": "x", "became": "x"}),
    "period_once": (Period, {}),
    "period_opens_before_due": (Period, {"opens_at": now(), "due_at": now() - DAY}),
    "period_week_starts_on_monday": (
        Period,
        {"starts_on": TUESDAY, "due_on": TUESDAY},
    ),
    "period_due_in_its_week": (Period, {"due_on": today() + 99 * DAY}),
    "period_month_starts_on_its_first": (
        Period,
        {"kind": "monthly", "starts_on": SECOND, "due_on": SECOND + 30 * DAY},
    ),
    "period_month_due_in_the_next": (
        Period,
        {"kind": "monthly", "starts_on": SECOND - DAY, "due_on": SECOND},
    ),
    "report_leased_while_at_work": (Report, {"state": "compiling", "lease_until": None}),
    "report_frozen_while_publishing": (Report, {"state": "publishing", "publish_at": None}),
    "report_corrects_figures_in_a_correction": (
        Report,
        {"corrects_figures": True, "correction_reason": ""},
    ),
    "report_of_a_period_or_an_update": (Report, {"update_number": 99}),
    "report_update_keeps_its_figures": (
        Report,
        {
            "period_id": None,
            "update_number": 99,
            "corrects_figures": True,
            "correction_reason": "Counted wrong.",
        },
    ),
    "report_update_number": (Report, {"period_id": None, "update_number": 1}),
    "note_has_a_text": (Note, {"text": ""}),
    "note_settled_at_by": (Note, {"outcome": "done"}),
    "question_number": (Question, {}),
    "question_has_a_text": (Question, {"number": 99, "text": ""}),
    "question_has_a_place": (Question, {"number": 99, "place": ""}),
    "question_answered_at_by": (Question, {"answered_at": now(), "answer": "x"}),
    "question_answered_with_an_answer": (Question, {"answer": "x"}),
    "untold_red_once": (UntoldRed, {}),
    "untold_red_has_a_reason": (UntoldRed, {"turned_on": SECOND, "reason": ""}),
    "revision_number": (ReportRevision, {"facts_id": 0}),
    "revision_correction_has_a_reason": (ReportRevision, {"number": 2, "correction_reason": ""}),
    "revision_has_a_headline": (ReportRevision, {"headline": ""}),
    "report_saved_at_by": (Report, {"saved_at": now(), "saved_by_id": None}),
    "report_typed_as_a_draft": (
        Report,
        {"unrecorded": {"headline": "It"}, "saved_at": None, "saved_by_id": None},
    ),
    "retraction_has_a_reason": (Retraction, {"reason": ""}),
    "receipt_once": (Receipt, {}),
    "receipt_last_after_first": (Receipt, {"last_seen": now() - 999 * DAY}),
    "reminder_once": (Reminder, {}),
    "reminder_step_known": (Reminder, {"step": "later"}),
    "waiting_status_once": (WaitingStatus, {}),
    "forecast_of_a_milestone_or_a_sprint": (
        Forecast,
        {"milestone_id": None, "starts_on": TUESDAY, "occasion": "share"},
    ),
    "forecast_week_starts_on_monday": (Forecast, {"starts_on": TUESDAY}),
    "forecast_refusal_in_words": (
        Forecast,
        {"refusal": "too_far", "refusal_words": "", "occasion": "status"},
    ),
    "forecast_once_a_week": (Forecast, {}),
}

# Tested on their own below: one is about case, not about a value, one about a further row.
BROKEN_ELSEWHERE = {"user_email_unique", "forecast_once_a_share"}


def our_models() -> Iterator[type[models.Model]]:
    for label in OURS:
        yield from apps.get_app_config(label).get_models()


def test_every_rule_is_broken_by_some_test() -> None:
    rules = {rule.name for model in our_models() for rule in model._meta.constraints}
    assert rules == set(VIOLATIONS) | BROKEN_ELSEWHERE


def copy_of(model: type[models.Model], changes: dict[str, Any]) -> models.Model:
    """An unsaved twin of the first row, with a reference and unique values of its own."""
    twin = model._default_manager.order_by("pk").first()
    assert twin is not None, f"the world holds no {model._meta.label}"
    twin.pk, twin._state.adding = None, True
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key and not field.is_relation:
            setattr(twin, field.attname, new_ref())
    for name, value in changes.items():
        setattr(twin, name, value)
    return twin


def broken_by(row: models.Model) -> str:
    """The name of the rule with which the database refuses to insert ``row``."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        row.save(force_insert=True)
    return str(refused.value.__cause__.diag.constraint_name)


@pytest.mark.parametrize("name", sorted(VIOLATIONS))
def test_the_database_refuses(world: World, name: str) -> None:
    model, changes = VIOLATIONS[name]
    assert broken_by(copy_of(model, changes)) == name


def test_addresses_are_one_whatever_their_case(world: World) -> None:
    address = world.actors["lead"].email.upper()
    assert broken_by(copy_of(User, {"email": address})) == "user_email_unique"


def test_a_share_of_a_sprint_is_forecast_once(world: World) -> None:
    twin = Forecast.objects.filter(occasion="share")[0]
    twin.pk = None
    assert broken_by(twin) == "forecast_once_a_share"


def unique_columns() -> list[tuple[type[models.Model], str]]:
    return [
        (model, field.name)
        for model in our_models()
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key
    ]


@pytest.mark.parametrize(("model", "column"), unique_columns())
def test_unique_columns_hold_a_value_once(
    world: World, model: type[models.Model], column: str
) -> None:
    field = model._meta.get_field(column)
    twin = copy_of(model, {})
    held = model._default_manager.exclude(**{column: None}).values_list(field.attname, flat=True)
    setattr(twin, field.attname, held.order_by("pk")[0])
    assert f"_{field.column}_" in broken_by(twin)


WRITTEN_ONCE = {
    "engagements_commitment",
    "engagements_fulfilment",
    "engagements_milestonerevision",
    "engagements_workevent",
    "people_auditevent",
    "reporting_facts",
    "reporting_forecast",
    "reporting_reportrevision",
    "reporting_retraction",
}


def test_every_record_is_guarded_by_its_trigger(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = 'refuse_change'::regproc"
        )
        assert {table for (table,) in cursor.fetchall()} == WRITTEN_ONCE


@pytest.mark.parametrize("table", sorted(WRITTEN_ONCE))
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_was_said_is_neither_changed_nor_deleted(world: World, table: str, act: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 (a name from the list above)
        assert cursor.fetchone()[0] > 0
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
            cursor.execute(act.format(table))


@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_was_answered_is_neither_changed_nor_deleted(world: World, act: str) -> None:
    table, answered = Ask._meta.db_table, Ask.objects.filter(state="answered").first()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET id = id WHERE state = 'open'")  # noqa: S608 (ours)
        with pytest.raises(IntegrityError, match="came to its end"), transaction.atomic():
            cursor.execute(f"{act.format(table)} WHERE id = %s", [answered.pk])


def insert_and_look(row: models.Model) -> None:
    """Insert ``row``, and look at once at what is otherwise looked at with the commit."""
    row.save(force_insert=True)
    connection.check_constraints()


@pytest.mark.parametrize("stray", [{"source_id": 0}, {"of_id": 0}])
def test_an_event_is_of_an_import_of_its_source(world: World, stray: dict[str, int]) -> None:
    event = copy_of(WorkEvent, {"key": "X-9", **stray})
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        insert_and_look(event)
    assert refused.value.__cause__.diag.constraint_name == "work_event_of_import_of_source"


@pytest.mark.parametrize(
    ("of", "changes"),
    [("milestone", {"occasion": "status"}), ("sprint", {"share": 0})],
)
def test_a_forecast_is_of_its_engagement(world: World, of: str, changes: dict[str, Any]) -> None:
    forecast = Forecast.objects.filter(**{f"{of}__isnull": False})[0]
    other = Engagement.objects.exclude(pk=forecast.engagement_id)[0]
    forecast.pk = None
    for name, value in {**changes, "engagement": other}.items():
        setattr(forecast, name, value)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        insert_and_look(forecast)
    rule = refused.value.__cause__.diag.constraint_name
    assert rule == f"forecast_of_{of}_of_engagement"


ENDED = {Risk: {"state": "closed"}, Escalation: {"state": "resolved"}}


@pytest.mark.parametrize("model", list(ENDED))
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_came_to_its_end_stays(world: World, model: Any, act: str) -> None:
    table, ended = model._meta.db_table, model.objects.filter(**ENDED[model])[0]
    refused = pytest.raises(IntegrityError, match="came to its end")
    with connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(f"{act.format(table)} WHERE id = %s", [ended.pk])


@pytest.mark.parametrize("model", [Ask, Risk, Escalation])
@pytest.mark.parametrize(
    "act",
    [
        "UPDATE {} SET shared_at = NULL, shared_by_id = NULL",
        "UPDATE {} SET shared_at = shared_at - interval '1 day'",
        "DELETE FROM {}",
    ],
)
def test_what_is_shared_stays_so(world: World, model: Any, act: str) -> None:
    table, shared = model._meta.db_table, model.objects.open().shared()[0]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET version = version + 1 WHERE id = %s", [shared.pk])  # noqa: S608 (ours)
        with pytest.raises(IntegrityError, match="stays so"), transaction.atomic():
            cursor.execute(f"{act.format(table)} WHERE id = %s", [shared.pk])
