"""An import's way from the upload to its end: states, leases, attempts, and who is told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO

import pytest
import time_machine
from django.db import IntegrityError, connection

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.attempts import DIED, MAX_ATTEMPTS
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict, DomainError
from engagements import tasks
from engagements.models import Engagement, Import, ImportChunk, ImportRow, WorkItem
from engagements.services import imports
from engagements.services.imports import acts, attempts
from engagements.services.imports.applying import apply
from engagements.services.imports.reading import read
from engagements.services.imports.states import claim, claimed
from engagements.tests.work_files import apply as apply_file
from engagements.tests.work_files import item, preview, receive, work_csv

pytestmark = pytest.mark.django_db
State = Import.State
BROKEN_ZONE = "Nowhere/At_All"


def told() -> list[str]:
    """What the record says, the oldest first."""
    return [sentence(event) for event in AuditEvent.objects.order_by("pk")]


def again(file: Import) -> Import:
    return Import.objects.get(pk=file.pk)


@pytest.fixture
def waiting(engagement: Engagement, manager: User) -> Import:
    return receive(engagement, manager, [item()])


@pytest.fixture
def previewed(engagement: Engagement, manager: User) -> Import:
    return preview(engagement, manager, [item()])


@pytest.fixture
def broken(waiting: Import) -> Import:
    """A file whose reading fails for a reason that nobody foresaw."""
    Engagement.objects.filter(pk=waiting.engagement_id).update(time_zone=BROKEN_ZONE)
    return waiting


def fail(file: Import) -> None:
    with pytest.raises(KeyError, match=BROKEN_ZONE):
        imports.read_import(import_id=file.pk)


# Bytes


def test_bytes_are_kept_in_pieces(
    engagement: Engagement, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "CHUNK", 10)
    content = work_csv(item())
    file = receive(engagement, manager, content)
    pieces = ImportChunk.objects.filter(of=file).order_by("number")
    assert b"".join(bytes(piece.content) for piece in pieces) == content
    assert {len(piece.content) for piece in pieces[: pieces.count() - 1]} == {10}
    assert (file.size, len(file.sha256), file.number) == (len(content), 64, 1)
    assert told() == ["Mara Manager brought in import 1 (work.csv)"]
    assert imports.read_import(import_id=file.pk)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "The file is empty."), (b"x" * 101, "The file is larger than 50 MB.")],
)
def test_what_cannot_be_kept_leaves_nothing(
    engagement: Engagement,
    manager: User,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    said: str,
) -> None:
    monkeypatch.setattr(acts, "MAX_BYTES", 100)
    with pytest.raises(DomainError, match=said):
        receive(engagement, manager, content)
    assert not Import.objects.exists()
    assert receive(engagement, manager, b"x" * 100).size == 100


def test_a_long_name_keeps_its_end(engagement: Engagement, manager: User) -> None:
    file = receive(engagement, manager, [item()], name="x" * 300 + ".csv")
    assert (len(file.file_name), file.file_name[-5:]) == (255, "x.csv")


# The way through


def test_the_whole_way(engagement: Engagement, manager: User) -> None:
    file = apply_file(engagement, manager, [item("A-1"), item("A-2", size="x")])
    assert (file.state, file.applied_by, file.lease_until) == (State.APPLIED, manager, None)
    assert told() == [
        "Mara Manager brought in import 1 (work.csv)",
        "Mara Manager brought in the first file of the kind Work CSV",
        "The portal read import 1 (work.csv): 1 new, 0 changed, 0 unchanged, 1 refused",
        "Mara Manager asked for import 1 (work.csv) to be applied",
        (
            "Mara Manager applied import 1 (work.csv): 1 new, 0 changed, 0 unchanged, 1 refused; "
            "milestones added: 0, sprints added: 0"
        ),
    ]


@pytest.mark.parametrize("state", State.values)
def test_the_table_knows_every_state(state: str) -> None:
    assert state in imports.TRANSITIONS


def test_what_the_table_forbids_is_said(previewed: Import, manager: User) -> None:
    imports.discard_import(file=previewed, by=manager)
    with pytest.raises(DomainError, match="is “discarded” and cannot become “waiting to be app"):
        imports.request_application(file=again(previewed), seen=1, by=manager)
    with pytest.raises(DomainError, match="cannot become “waiting to be read”"):
        imports.retry_import(file=again(previewed), by=manager)


@pytest.mark.parametrize(
    "act", [partial(imports.request_application, seen=1), imports.discard_import]
)
def test_the_second_of_two_is_told(
    previewed: Import, manager: User, act: Callable[..., None]
) -> None:
    first, second = again(previewed), again(previewed)
    imports.request_application(file=first, seen=1, by=manager)
    with pytest.raises(Conflict, match="taken further by somebody else"):
        act(file=second, by=manager)
    assert again(previewed).state == State.REQUESTED


def test_who_saw_an_earlier_preview_is_told(
    engagement: Engagement, previewed: Import, manager: User, deputy: User
) -> None:
    """The first who applies it finds it stale; what is read anew the second has never seen."""
    apply_file(engagement, manager, [item(title="Theirs")])
    imports.request_application(file=previewed, seen=1, by=manager)
    assert [imports.run_waiting(), imports.run_waiting()] == [1, 1]
    file = again(previewed)
    assert (file.state, file.new_count, file.changed_count) == (State.PREVIEWED, 0, 1)
    with pytest.raises(Conflict, match="read again after the preview that you saw"):
        imports.request_application(file=file, seen=1, by=deputy)
    assert again(previewed).state == State.PREVIEWED
    imports.request_application(file=file, seen=2, by=deputy)
    assert again(previewed).state == State.REQUESTED


def test_a_preview_that_comes_in_between_is_not_applied(previewed: Import, manager: User) -> None:
    Import.objects.filter(pk=previewed.pk).update(previews=2)
    with pytest.raises(Conflict, match="taken further by somebody else"):
        imports.request_application(file=previewed, seen=1, by=manager)


def test_discarding_frees_the_space_and_stays_on_record(previewed: Import, manager: User) -> None:
    imports.discard_import(file=previewed, by=manager)
    assert again(previewed).state == State.DISCARDED
    assert not ImportChunk.objects.exists()
    assert not ImportRow.objects.exists()
    assert told()[-1] == "Mara Manager discarded import 1 (work.csv)"


def test_what_was_asked_for_can_be_taken_back(previewed: Import, manager: User) -> None:
    imports.request_application(file=previewed, seen=1, by=manager)
    imports.discard_import(file=again(previewed), by=manager)
    assert not imports.apply_import(import_id=previewed.pk)
    assert (again(previewed).applied_by, WorkItem.objects.count()) == (None, 0)


def test_where_every_row_is_refused_there_is_nothing_to_apply(
    engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, [item(size="x")])
    with pytest.raises(DomainError, match="Every row of this file is refused"):
        imports.request_application(file=file, seen=1, by=manager)


@pytest.mark.parametrize("state", [each for each in State if each != State.PREVIEWED])
def test_what_is_not_previewed_says_where_it_is(
    waiting: Import, manager: User, state: Import.State
) -> None:
    """Its counts say nothing: before it is read there are none yet."""
    waiting.state = state
    said = f"is “{state.label.lower()}” and cannot become “waiting to be applied”"
    with pytest.raises(DomainError, match=said):
        imports.request_application(file=waiting, seen=0, by=manager)
    assert again(waiting).applied_by is None


def test_a_refused_file_says_why_and_keeps_nothing(engagement: Engagement, manager: User) -> None:
    rows = [item(f"A-{number}") for number in range(600)]
    file = preview(engagement, manager, [*rows, '"'])
    assert file.state == State.REFUSED
    assert file.problem.startswith("Line 602: a quote is opened")
    assert not ImportRow.objects.exists()
    assert not ImportChunk.objects.exists()
    assert told()[-1] == f"The portal refused import 1 (work.csv): {file.problem}"


def test_column_names_alone_are_refused(engagement: Engagement, manager: User) -> None:
    file = preview(engagement, manager, [])
    assert (file.state, file.problem) == (
        State.REFUSED,
        "The file has column names and no rows.",
    )


# Leases and attempts


def test_a_claim_is_counted_and_leased_before_the_work(waiting: Import) -> None:
    file = claimed(waiting.pk, State.READING)
    assert (file.state, file.attempts) == (State.READING, 1)
    assert again(file).lease_until == file.lease_until
    assert not imports.read_import(import_id=file.pk)


def test_nobody_takes_what_is_not_there(waiting: Import) -> None:
    assert claim(waiting.pk + 1, State.READING) is None
    assert claim(waiting.pk, State.APPLYING) is None
    assert not imports.apply_import(import_id=waiting.pk)
    with pytest.raises(Conflict, match="taken this import over"):
        claimed(waiting.pk, State.APPLYING)


def test_what_a_dead_process_left_is_read_from_the_start(waiting: Import) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        dead = claimed(waiting.pk, State.READING)
        ImportRow.objects.create(of=dead, line=2, key="A-1", verdict="new")
    with time_machine.travel(start + timedelta(seconds=59), tick=False):
        assert not imports.read_import(import_id=waiting.pk)
    with time_machine.travel(start + timedelta(seconds=60), tick=False):
        assert imports.read_import(import_id=waiting.pk)
    file = again(waiting)
    assert (file.state, file.new_count, file.attempts) == (State.PREVIEWED, 1, 0)


def test_whoever_lost_the_lease_writes_nothing(waiting: Import) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        slow = claimed(waiting.pk, State.READING)
    with time_machine.travel(start + timedelta(minutes=2), tick=False):
        quick = claimed(waiting.pk, State.READING)
        with pytest.raises(Conflict):
            read(slow)
        read(quick)
    assert (again(waiting).state, again(waiting).problem) == (State.PREVIEWED, "")


def test_whoever_lost_the_lease_applies_nothing(previewed: Import, manager: User) -> None:
    imports.request_application(file=previewed, seen=1, by=manager)
    start = now()
    with time_machine.travel(start, tick=False):
        slow = claimed(previewed.pk, State.APPLYING)
    with time_machine.travel(start + timedelta(minutes=5), tick=False):
        quick = claimed(previewed.pk, State.APPLYING)
        with pytest.raises(Conflict, match="taken over by another process"):
            apply(slow)
        apply(quick)
    assert again(previewed).state == State.APPLIED


def test_an_error_is_kept_and_raised(broken: Import) -> None:
    with time_machine.travel(start := now(), tick=False):
        fail(broken)
    file = again(broken)
    assert BROKEN_ZONE in file.problem
    assert (file.state, file.attempts) == (State.READING, 1)
    assert file.lease_until == start + timedelta(seconds=2)


def fail_to_the_end(file: Import) -> datetime:
    """Five failed attempts, each as soon as it may be."""
    at = now()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with time_machine.travel(at, tick=False):
            fail(file)
        at += timedelta(seconds=2**attempt)
    return at


def test_the_fifth_error_parks(broken: Import) -> None:
    at = fail_to_the_end(broken)
    file = again(broken)
    assert (file.state, file.attempts, file.lease_until) == (State.PARKED, 5, None)
    failed = "The portal could not finish import 1 (work.csv) and needs an admin: "
    assert told()[-1].startswith(failed)
    assert BROKEN_ZONE in told()[-1]
    with time_machine.travel(at + timedelta(days=1), tick=False):
        assert not imports.read_import(import_id=file.pk)


def test_what_failed_can_be_tried_again(broken: Import, manager: User) -> None:
    fail_to_the_end(broken)
    imports.retry_import(file=again(broken), by=manager)
    assert told()[-1] == "Mara Manager let import 1 (work.csv) be read again"
    assert (again(broken).attempts, again(broken).problem) == (0, "")
    Engagement.objects.update(time_zone="Europe/Berlin")
    assert imports.read_import(import_id=broken.pk)
    assert again(broken).state == State.PREVIEWED


def test_an_error_that_did_not_come_back_is_forgotten(broken: Import) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        fail(broken)
    Engagement.objects.update(time_zone="Europe/Berlin")
    with time_machine.travel(start + timedelta(seconds=2), tick=False):
        assert imports.read_import(import_id=broken.pk)
    assert (again(broken).state, again(broken).problem) == (State.PREVIEWED, "")


def test_an_error_after_the_last_write_is_kept_too(previewed: Import, manager: User) -> None:
    imports.request_application(file=previewed, seen=1, by=manager)
    with connection.cursor() as cursor:  # the record of this one act cannot be written
        cursor.execute(
            "ALTER TABLE people_auditevent ADD CONSTRAINT broken"
            " CHECK (verb <> 'import.applied') NOT VALID"
        )
    with pytest.raises(IntegrityError):
        imports.apply_import(import_id=previewed.pk)
    file = again(previewed)
    assert (file.state, file.attempts, file.applied_at) == (State.APPLYING, 1, None)
    assert "broken" in file.problem


def test_an_import_that_another_process_took_is_not_given_back(waiting: Import) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        slow = claimed(waiting.pk, State.READING)
    with time_machine.travel(start + timedelta(minutes=2), tick=False):
        quick = claimed(waiting.pk, State.READING)
        assert not attempts.give_back(slow, "too late")
    assert (again(waiting).problem, again(waiting).lease_until) == ("", quick.lease_until)


def test_the_fifth_death_parks(waiting: Import) -> None:
    at = now()
    for _ in range(MAX_ATTEMPTS):
        with time_machine.travel(at, tick=False):
            claimed(waiting.pk, State.READING)
        at += timedelta(minutes=1)
    with time_machine.travel(at - timedelta(seconds=1), tick=False):
        assert attempts.park_dead() == 0
    with time_machine.travel(at, tick=False):
        assert imports.run_waiting() == 0
    assert (again(waiting).state, again(waiting).problem) == (State.PARKED, DIED)


# Who works


def test_whatever_waits_is_worked_on_the_oldest_first(
    engagement: Engagement, manager: User, previewed: Import
) -> None:
    imports.request_application(file=previewed, seen=1, by=manager)
    later = [receive(engagement, manager, [item(f"B-{number}")]) for number in range(3)]
    assert imports.run_waiting(limit=2) == 2
    assert again(previewed).state == State.APPLIED
    assert [again(file).state for file in later] == [
        State.PREVIEWED,
        State.UPLOADED,
        State.UPLOADED,
    ]
    assert [imports.run_waiting(), imports.run_waiting()] == [2, 0]


def test_tasks_carry_ids(waiting: Import, manager: User) -> None:
    tasks.read_import(waiting.pk)
    assert again(waiting).state == State.PREVIEWED
    imports.request_application(file=again(waiting), seen=1, by=manager)
    tasks.apply_import(waiting.pk)
    assert again(waiting).state == State.APPLIED


def test_a_whole_file_at_once(engagement: Engagement, manager: User) -> None:
    file = imports.import_file(
        engagement=engagement, file_name="w.csv", content=BytesIO(work_csv(item())), by=manager
    )
    assert (file.state, again(file).state, file.new_count) == (State.APPLIED, State.APPLIED, 1)


def test_a_whole_file_that_is_refused(engagement: Engagement, manager: User) -> None:
    file = imports.import_file(
        engagement=engagement, file_name="w.csv", content=BytesIO(b"ticket\n"), by=manager
    )
    assert (file.state, again(file).state) == (State.REFUSED, State.REFUSED)


def test_a_preview_leaves_nothing_behind(engagement: Engagement, manager: User) -> None:
    content = BytesIO(work_csv(item(milestone="2.1")))
    with imports.preview_file(
        engagement=engagement, file_name="w.csv", content=content, by=manager
    ) as file:
        assert (file.state, file.new_count, file.milestones_added) == (State.PREVIEWED, 1, 1)
        assert ImportRow.objects.filter(of=file).count() == 1
    assert not Import.objects.exists()
    assert not engagement.sources.exists()
    assert not AuditEvent.objects.exists()
