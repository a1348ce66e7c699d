"""How old a source may become: a week at first, then what its DM promises."""

from typing import Any

import pytest
from django.test import Client

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.errors import Conflict
from engagements.forms.freshness import FreshnessForm
from engagements.models import Engagement, Source
from engagements.services import imports
from engagements.services.freshness import promise_freshness
from engagements.tests.pages import at
from engagements.tests.work_files import apply, item, preview

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(engagement: Engagement, manager: User) -> Source:
    apply(engagement, manager, [item("A-1")])
    return Source.objects.get()


def promise(source: Source, by: User, days: int) -> int:
    version = source.engagement.sources.promises_version()
    return promise_freshness(
        engagement=source.engagement, promises={source: days}, version=version, by=by
    )


def sent(engagement: Engagement, **changed: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    form = FreshnessForm(engagement=engagement)
    stands = {name: form.fields[name].initial for name in form.sources}
    return stands | {"version": form.initial["version"]} | changed


def test_a_source_may_be_a_week_old_until_somebody_says_otherwise(source: Source) -> None:
    assert (source.promised_days, source.promises_made) == (7, 0)


def test_the_manager_promises_a_month(client: Client, source: Source, manager: User) -> None:
    client.force_login(manager)
    url = at("import_freshness", source.engagement)
    assert client.post(url, sent(source.engagement, days_1=31)).status_code == 302
    source.refresh_from_db()
    assert source.promised_days == 31
    [act] = AuditEvent.objects.filter(verb="source.promised")
    assert (act.before, act.after) == ({"promised_days": 7}, {"promised_days": 31})


@pytest.mark.parametrize("days", ["0", "367", "", "a week"])
def test_what_is_no_age_is_refused(
    client: Client, source: Source, manager: User, days: str
) -> None:
    client.force_login(manager)
    url = at("import_freshness", source.engagement)
    assert client.post(url, sent(source.engagement, days_1=days)).status_code == 422
    source.refresh_from_db()
    assert source.promised_days == 7


def test_the_second_editor_is_told(client: Client, source: Source, manager: User) -> None:
    stale = sent(source.engagement, days_1=14)
    promise(source, manager, 3)
    client.force_login(manager)
    answer = client.post(at("import_freshness", source.engagement), stale)
    assert answer.status_code == 409
    [row] = answer.context["form"].conflict.rows
    assert (row.theirs, row.yours) == ("3", "14")
    with pytest.raises(Conflict):
        promise_freshness(engagement=source.engagement, promises={source: 9}, version=0, by=manager)


def test_the_second_editor_is_told_who_was_last(
    client: Client, source: Source, manager: User, deputy: User
) -> None:
    sheet = Source.objects.create(engagement=source.engagement, number=2, kind="jira")
    stale = sent(source.engagement, days_1=14)
    for days in (3, 4):
        promise(source, manager, days)
    promise(sheet, deputy, 5)
    client.force_login(manager)
    answer = client.post(at("import_freshness", source.engagement), stale)
    assert answer.context["form"].conflict.by == deputy.name


def test_the_same_again_changes_nothing(source: Source, manager: User) -> None:
    assert promise(source, manager, 7) == 0
    assert not AuditEvent.objects.filter(verb="source.promised").exists()


def test_a_preview_made_before_it_still_holds(source: Source, manager: User) -> None:
    file = preview(source.engagement, manager, [item("A-2")])
    assert promise(source, manager, 14) == 1
    imports.request_application(file=file, seen=file.previews, by=manager)
    imports.apply_import(import_id=file.pk)
    file.refresh_from_db()
    assert file.state == "applied"


def test_before_any_import_the_page_says_what_comes(
    client: Client, engagement: Engagement, manager: User
) -> None:
    client.force_login(manager)
    url = at("import_freshness", engagement)
    assert "No sources yet" in client.get(url).content.decode()
    assert client.post(url, {"version": 5}).status_code == 409
