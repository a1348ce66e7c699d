"""The work is what its events make of it: lost or falsified, it comes back as it was."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dm_portal.people.models import AuditEvent, User
from engagements.models import Engagement, Milestone, WorkItem
from engagements.tests.work_files import apply, item

pytestmark = pytest.mark.django_db

ROWS = [
    item("A-1", milestone='"2.0,2.1"', sprint="S 1", size="3", state="Done", done_at="2026-01-09"),
    item("A-2", assignee="mara", state="Blocked"),
]


def rows() -> list[Any]:
    """Everything but the primary key, with the milestones."""
    items = WorkItem.objects.order_by("source", "key")
    names = [field.attname for field in WorkItem._meta.concrete_fields if field.name != "id"]
    linked = [sorted(each.milestones.values_list("name", flat=True)) for each in items]
    return list(zip(items.values_list(*names), linked, strict=True))


def test_rebuilt_they_are_the_same(engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, ROWS)
    before = rows()
    call_command("rebuild_work", engagement.ref)
    assert rows() == before
    assert AuditEvent.objects.filter(verb="work.rebuilt").count() == 1


def test_what_was_lost_or_falsified_comes_back(engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, ROWS)
    before = rows()
    first = WorkItem.objects.get(key="A-1")
    first.milestones.set([Milestone.objects.get(name="2.0")])
    WorkItem.objects.filter(key="A-1").update(state="Open", done_at=None, sprint=None, size=None)
    WorkItem.objects.filter(key="A-2").delete()
    WorkItem.objects.create(
        engagement=engagement,
        source=first.source,
        key="X-1",
        created_at=first.created_at,
        last_import=first.last_import,
    ).milestones.add(Milestone.objects.get(name="2.1"))
    call_command("rebuild_work")
    assert rows() == before


def test_a_real_project(
    engagement: Engagement, manager: User, real_data: Path, django_assert_max_num_queries: Any
) -> None:
    export, changelog = (
        (real_data / f"duracloud_{name}.csv").read_bytes() for name in ("jira_export", "changelog")
    )
    apply(engagement, manager, export, changelog=changelog)
    before = rows()
    with django_assert_max_num_queries(25):
        call_command("rebuild_work", engagement.ref)
    assert rows() == before


def test_an_unknown_engagement(db: None) -> None:
    with pytest.raises(CommandError, match="no engagement"):
        call_command("rebuild_work", "zzzzzzzzzz")
