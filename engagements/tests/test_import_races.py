"""Two processes at the same import: one of them works, the other writes nothing."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection, transaction

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.tests.locks import NEVER, ends_without_waiting, until_they_wait
from engagements.models import Engagement, Import, Source, WorkItem
from engagements.services import imports
from engagements.services.imports.states import State, claim
from engagements.services.numbers import lock
from engagements.tests.work_files import apply, item, preview, receive, work_csv

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere() -> Iterator[Callable[..., "Future[Any]"]]:
    """Run something on another connection, as another process would."""

    def connected(act: Callable[..., Any], **arguments: Any) -> Any:
        try:
            return act(**arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        yield lambda act, **arguments: pool.submit(connected, act, **arguments)


def test_of_two_claims_one_is_given(
    engagement: Engagement, manager: User, elsewhere: Callable[..., "Future[Any]"]
) -> None:
    file = receive(engagement, manager, [item()])
    with transaction.atomic():
        assert claim(file.pk, State.READING)
        second = elsewhere(imports.read_import, import_id=file.pk)
        until_they_wait(second)
    assert second.result(timeout=NEVER) is False
    file.refresh_from_db()
    assert (file.state, file.attempts) == (State.READING, 1)


def test_whoever_is_overtaken_while_reading_stops(
    engagement: Engagement, manager: User, elsewhere: Callable[..., "Future[Any]"]
) -> None:
    file = receive(engagement, manager, [item()])
    with transaction.atomic():
        lock(engagement)
        slow = elsewhere(imports.run_waiting)
        until_they_wait(slow)
        # the lease ran out, and another process has it now
        Import.objects.update(lease_until=now() + timedelta(minutes=9), attempts=2)
    assert slow.result(timeout=NEVER) == 0
    file.refresh_from_db()
    assert (file.state, file.attempts, file.problem, file.rows_read) == (State.READING, 2, "", 0)
    assert not Source.objects.exists()


def test_two_first_files_of_a_kind_share_their_source(
    engagement: Engagement, manager: User, elsewhere: Callable[..., "Future[Any]"]
) -> None:
    first, second = (receive(engagement, manager, [item()]) for _ in range(2))
    with transaction.atomic():
        lock(engagement)
        reading = elsewhere(imports.read_import, import_id=second.pk)
        until_they_wait(reading)
        assert imports.read_import(import_id=first.pk)
    assert reading.result(timeout=NEVER) is True
    assert Source.objects.count() == 1


def test_of_two_files_applied_at_once_the_second_is_read_again(
    engagement: Engagement, manager: User, elsewhere: Callable[..., "Future[Any]"]
) -> None:
    """Both would add the same item: the second finds it, and asks to look again."""
    first, second = (preview(engagement, manager, [item(title=t)]) for t in ("First", "Second"))
    for file in (first, second):
        imports.request_application(file=file, seen=1, by=manager)
    with transaction.atomic():
        assert imports.apply_import(import_id=first.pk)
        applying = elsewhere(imports.apply_import, import_id=second.pk)
        until_they_wait(applying)
    assert applying.result(timeout=NEVER) is True
    assert set(Import.objects.values_list("number", "state")) == {(1, "applied"), (2, "uploaded")}
    assert WorkItem.objects.get().title == "First"


def test_rows_that_refer_to_an_engagement_keep_nobody_waiting(
    engagement: Engagement, manager: User, elsewhere: Callable[..., "Future[Any]"]
) -> None:
    """The lock under which numbers are given out is not the one that foreign keys take."""
    with transaction.atomic():
        Source.objects.create(engagement=engagement, number=9, kind="jira")
        other = elsewhere(apply, engagement=engagement, by=manager, content=[item()])
        assert ends_without_waiting(other).state == State.APPLIED


def test_a_mere_preview_and_the_lock_of_the_engagement_pass_each_other(
    engagement: Engagement, manager: User, elsewhere: Callable[..., "Future[Any]"]
) -> None:
    """Even the first file of a kind, which has no source yet."""
    content = BytesIO(work_csv(item(milestone="2.1")))
    with transaction.atomic():
        lock(engagement)
        file = elsewhere(previewed, engagement=engagement, content=content, by=manager)
        assert str(ends_without_waiting(file).source) == "Work CSV"
    with imports.preview_file(
        engagement=engagement, file_name="w.csv", content=BytesIO(work_csv(item())), by=manager
    ):
        ends_without_waiting(elsewhere(transaction.atomic(lock), engagement=engagement))


def previewed(**whole: Any) -> Import:
    with imports.preview_file(file_name="w.csv", **whole) as file:
        assert (file.state, file.new_count) == (State.PREVIEWED, 1)
    return file
