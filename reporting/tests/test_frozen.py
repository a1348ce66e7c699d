"""What was published rebuilds to the same hash, whatever becomes known later, by its own schema."""

from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dm_portal.people.models import User
from engagements.models import Engagement
from engagements.tests.trackers import files_of, lives
from engagements.tests.work_files import apply
from reporting import facts
from reporting.models import Facts
from reporting.tests.pages import url
from reporting.tests.reports import FRIDAY, WEEK, draft, import_work, open_reports, publish

pytestmark = pytest.mark.django_db


def rebuilds(stored: Facts) -> bool:
    again = facts.rebuild(stored.body)
    return again == stored.body and facts.digest(again) == stored.sha256


@pytest.mark.no_cover
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lives, st.randoms(use_true_random=False))
def test_whatever_arrives_late(
    friday: time_machine.Traveller, engagement: Engagement, manager: User, life: Any, chance: Any
) -> None:
    """Files in any order, some before the status and some after it: edits and deletions too."""
    files = list(files_of(life))
    chance.shuffle(files)
    known = chance.randrange(len(files))
    savepoint = transaction.savepoint()
    for each in files[:known]:
        apply(engagement, manager, each.content, changelog=each.changelog, export=each.export)
    first, second = open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    stored = publish(first, manager).facts
    for each in files[known:]:
        apply(engagement, manager, each.content, changelog=each.changelog, export=each.export)
    friday.move_to(FRIDAY + WEEK, tick=False)
    draft(second)
    kept = Facts.objects.get(pk=stored.pk)
    assert (kept.body, kept.sha256) == (stored.body, stored.sha256)
    assert rebuilds(kept)
    transaction.savepoint_rollback(savepoint)
    friday.move_to(FRIDAY, tick=False)


def test_a_further_schema_leaves_what_was_said_by_the_first(
    engagement: Engagement,
    friday: time_machine.Traveller,
    manager: User,
    sign_in: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def further(inputs: dict[str, Any]) -> dict[str, Any]:
        return facts.SCHEMAS[10](inputs) | {"further": 1}

    import_work(engagement, manager, **{"A-1": (FRIDAY - WEEK, None)})
    published = publish(open_reports(engagement)[0], manager)
    monkeypatch.setitem(facts.SCHEMAS, 11, further)
    monkeypatch.setattr(facts, "SCHEMA_VERSION", 11)
    friday.move_to(FRIDAY + WEEK, tick=False)
    _, second = open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    newer = publish(second, manager).facts
    assert (published.facts.schema_version, newer.schema_version) == (10, 11)
    assert '"further":1' in newer.body
    assert rebuilds(published.facts)
    assert rebuilds(newer)
    page = sign_in(manager).get(url(published.report, "status_weekly"))
    assert published.html in page.content.decode()
