"""What a page asks of the database: the same however many rows there are.

How much that may be at most is a matter of each cell of the access matrix.
"""

from collections.abc import Callable

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dm_portal.tests import crowds, crowds_owed
from dm_portal.tests.access_rules import TABLE
from dm_portal.tests.routes import is_list
from dm_portal.tests.visitors import visitor
from dm_portal.tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

Crowd = Callable[[World, int], None]

# Every list, who reads it, and what makes it long.
LISTS: dict[str, tuple[str, Crowd]] = {
    "engagement_list": ("director", crowds.engagements),
    "milestone_list": ("manager", crowds.milestones),
    "sprint_list": ("manager", crowds.sprints),
    "blocker_list": ("manager", crowds.blockers),
    "ask_list": ("manager", crowds_owed.asks),
    "risk_list": ("manager", crowds_owed.risks),
    "action_list": ("manager", crowds_owed.actions),
    "commitment_list": ("manager", crowds_owed.commitments),
    "escalation_list": ("manager", crowds_owed.escalations),
    "work_list": ("manager", crowds.items),
    "import_list": ("manager", crowds.imports),
    "import_row_list": ("manager", crowds.import_rows),
    "report_list": ("manager", crowds.statuses),
    "engagement_history": ("manager", crowds.events),
    "note_list": ("manager", crowds.notes),
    "pod_list": ("admin", crowds.pods),
    "people_list": ("admin", crowds.people),
    "calendar_list": ("admin", crowds.calendars),
    "time_off_list": ("admin", crowds.leave),
    "outbox_list": ("admin", crowds.mails),
    "audit_list": ("auditor", crowds.events),
    "status_archive": ("lead", crowds.statuses),
    "status_ask_list": ("lead", crowds_owed.asks),
    "question_list": ("manager", crowds.questions),
    "status_question_list": ("lead", crowds.questions),
    "status_escalation_list": ("lead", crowds_owed.escalations),
    "status_risk_list": ("lead", crowds_owed.risks),
    "status_index": ("director", crowds.engagements),
    "needs_me": ("manager", crowds.engagements),
    "admin:pods_pod_changelist": ("admin", crowds.pods),
    "admin:pods_specialist_changelist": ("admin", crowds.pod_members),
    "admin:pods_membership_changelist": ("admin", crowds.pod_members),
    "admin:pods_podfunction_changelist": ("admin", crowds.pod_members),
    "admin:people_user_changelist": ("admin", crowds.people),
    "admin:people_invitation_changelist": ("admin", crowds.invitations),
    "admin:engagements_customer_changelist": ("admin", crowds.customers),
    "admin:engagements_engagementtemplate_changelist": ("admin", crowds.templates),
    "admin:engagements_statemeaning_changelist": ("admin", crowds.meanings),
    "admin:engagements_versionmeaning_changelist": ("admin", crowds.meanings),
    "admin:engagements_personmeaning_changelist": ("admin", crowds.meanings),
}
# Pages of one thing, who reads it, and what it may have many of.
DETAILS: dict[str, tuple[str, Crowd]] = {
    "engagement_detail": ("manager", crowds.milestones),
    "engagement_functions": ("director", crowds.staff),
    "engagement_contacts": ("manager", crowds.staff),
    "engagement_settings": ("manager", crowds.pods),
    "engagement_colours": ("manager", crowds.told_items),
    "engagement_create": ("manager", crowds.pods),
    "milestone_detail": ("manager", crowds.plan),
    "milestone_date": ("manager", crowds.plan),
    "sprint_detail": ("manager", crowds.items),
    "blocker_detail": ("manager", crowds.blockers),
    "ask_detail": ("manager", crowds_owed.asks),
    "risk_detail": ("manager", crowds_owed.risks),
    "action_detail": ("manager", crowds_owed.actions),
    "commitment_detail": ("manager", crowds_owed.commitments),
    "escalation_detail": ("manager", crowds_owed.escalations),
    "ask_create": ("manager", crowds.staff),
    "commitment_create": ("manager", crowds_owed.commitments),
    "escalation_create": ("manager", crowds.staff),
    "import_detail": ("manager", crowds.import_rows),
    "import_freshness": ("manager", crowds.sources),
    "import_people": ("manager", crowds.people_named),
    "import_states": ("manager", crowds.states),
    "import_versions": ("manager", crowds.milestones),
    "figures_detail": ("manager", crowds.told_items),
    "figures_week": ("manager", crowds.told_items),
    "rules_detail": ("manager", crowds.told_items),
    "report_edit": ("manager", crowds.plan),
    "report_preview": ("manager", crowds.milestones),
    "note_create": ("manager", crowds.pods),
    "update_create": ("manager", crowds.milestones),
    "update_detail": ("manager", crowds.milestones),
    "question_detail": ("manager", crowds.questions),
    "status_question_create": ("lead", crowds.questions),
    "status_update": ("lead", crowds.statuses),
    "status_detail": ("lead", crowds.statuses),
    "status_ask": ("lead", crowds_owed.asks),
    "status_weekly": ("lead", crowds.statuses),
    "pod_detail": ("admin", crowds.pod_members),
    "person_detail": ("admin", crowds.invitations),
    "person_calendar": ("manager", crowds.leave),
    "calendar_detail": ("admin", crowds.calendars),
    "time_off_create": ("admin", crowds.people),
    "admin:pods_pod_change": ("admin", crowds.pod_members),
    "admin:pods_specialist_change": ("admin", crowds.pods),
    "admin:people_user_change": ("admin", crowds.invitations),
    "admin:engagements_customer_change": ("admin", crowds.engagements),
    "admin:engagements_engagementtemplate_change": ("admin", crowds.template_milestones),
}


def statements(world: World, actor: str, name: str) -> list[str]:
    """The statements of a page that this actor may read."""
    who, url = visitor(world, actor), reverse(name, kwargs=TABLE[name].at(world.ours))
    ContentType.objects.clear_cache()  # which the administration fills, once a process
    with CaptureQueriesContext(connection) as found:
        response = who.ask("GET", url)
    assert response.status_code == 200
    return [each["sql"] for each in found if "SAVEPOINT" not in each["sql"]]


def test_every_list_is_made_long_here() -> None:
    lists = {name for name in TABLE if is_list(name)}
    assert lists - {"mfa_index", "usersessions_list", "admin:app_list"} <= set(LISTS)


def with_crowd(world: World, actor: str, name: str, crowd: Crowd, count: int) -> list[str]:
    """The statements of a page when there are ``count`` rows more, which leave again."""
    with transaction.atomic():
        crowd(world, count)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as autovacuum does within a minute
        asked = statements(world, actor, name)
        transaction.set_rollback(True)
    return asked


def growth(world: World, actor: str, name: str, crowd: Crowd, count: int) -> list[str]:
    """What a page asks with ``count`` rows more, and does not ask with one row more."""
    few, many = (with_crowd(world, actor, name, crowd, each) for each in (1, count))
    return many[len(few) :] or few[len(many) :]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_much_for_1000_rows_as_for_one(world: World, name: str) -> None:
    actor, crowd = LISTS[name]
    assert growth(world, actor, name, crowd, 1000) == []


@pytest.mark.parametrize("name", DETAILS)
def test_a_page_asks_as_much_for_50_children_as_for_one(world: World, name: str) -> None:
    actor, crowd = DETAILS[name]
    assert growth(world, actor, name, crowd, 50) == []
