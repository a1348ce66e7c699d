"""`/` tells whoever may import that a source is older than promised."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dm_portal.people.models import User
from engagements.models import Engagement, Import, Source
from engagements.tests.pages import at, make_import
from reporting import needs
from reporting.tests.reports import FRIDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]


@pytest.fixture
def source(engagement: Engagement) -> Source:
    """Its newest file speaks of what was eleven days ago."""
    file = make_import(engagement)
    Import.objects.filter(pk=file.pk).update(as_of=FRIDAY - timedelta(days=11))
    return file.source


def found(user: User) -> list[needs.Need]:
    return needs.needs_of(user, at=FRIDAY)


def test_one_red_line_leads_to_the_import(manager: User, source: Source) -> None:
    [need] = found(manager)
    assert (need.group, need.shape, need.what, need.why) == (
        "overdue",
        "off_track",
        "Jira export has told nothing for 11 days",
        "its newest file speaks of nothing after Mon 9 Nov; promised: at most 7 days old",
    )
    assert (need.url, need.action) == (at("import_create", source.engagement), "Import")
    assert need.due == FRIDAY - timedelta(days=4)


def test_a_longer_promise_ends_it(manager: User, source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(promised_days=11)
    assert found(manager) == []


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_nothing_is_promised_of_what_does_not_run(
    manager: User, source: Source, state: str
) -> None:
    Engagement.objects.filter(pk=source.engagement_id).update(state=state)
    assert found(manager) == []


@pytest.mark.usefixtures("source")
def test_only_who_may_import_is_told(
    architect: User, specialist: User, other_manager: User
) -> None:
    assert [found(user) for user in (architect, specialist, other_manager)] == [[], [], []]


def test_it_stands_first_in_its_group(manager: User, source: Source) -> None:
    [line] = found(manager)
    older = replace(line, due=FRIDAY - timedelta(days=90), what="Older", leads=False)
    [group] = needs.groups([older, line])
    assert group.needs == (line, older)
