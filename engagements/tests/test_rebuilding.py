"""The work is what its events make of it: lost or falsified, it comes back as it was."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from dm_portal.people.models import AuditEvent, User
from dm_portal.tests.locks import NEVER, until_they_wait
from engagements.models import Engagement, Milestone, Source, WorkItem
from engagements.services.rebuilding import rebuild_work
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


@pytest.mark.django_db(transaction=True)
def test_it_holds_the_source_before_the_engagement(engagement: Engagement, manager: User) -> None:
    """As an import does: otherwise each of the two would wait for the other."""
    apply(engagement, manager, ROWS)

    def act() -> int:
        try:
            return rebuild_work(engagement=engagement, by=manager)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Source.objects.select_for_update(no_key=True).get()
            rebuilding = pool.submit(act)
            until_they_wait(rebuilding)
            mine = Engagement.objects.select_for_update(no_key=True, nowait=True)
            assert mine.order_by().get(pk=engagement.pk) == engagement
        assert rebuilding.result(timeout=NEVER) == 2
