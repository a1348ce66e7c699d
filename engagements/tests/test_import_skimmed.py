"""Files of which only the last line tells that they cannot be taken: nothing of them is kept."""

from datetime import timedelta

import pytest

from dm_portal.people.models import User
from engagements.models import Engagement, Import
from engagements.services.imports import skimming
from engagements.services.imports.skimming import renewing
from engagements.services.imports.states import State, claimed
from engagements.tests.work_files import READ_AT, changes, item, preview, receive, work_csv

pytestmark = pytest.mark.django_db
ROWS = [item(f"A-{number}") for number in range(600)]
CHANGES = [f"A-{number},2026-01-06T10:00:00Z,a,status,Open,Done" for number in range(2100)]
FAULTS = [(b"\xff\n", "is not written in UTF-8"), (b'"B-1,', "a quote is opened in the row")]


@pytest.mark.parametrize(("last", "said"), FAULTS)
def test_a_fault_of_the_last_line_is_said_before_a_row_is_read(
    engagement: Engagement, manager: User, last: bytes, said: str
) -> None:
    file = preview(engagement, manager, work_csv(*ROWS) + last)
    assert file.state == State.REFUSED
    assert file.problem.startswith("Line 602")
    assert said in file.problem
    assert file.rows_read == 0


@pytest.mark.parametrize(("last", "said"), FAULTS)
def test_a_fault_of_the_last_change_is_said_before_a_change_is_read(
    engagement: Engagement, manager: User, last: bytes, said: str
) -> None:
    file = preview(engagement, manager, ROWS[:9], changelog=changes(*CHANGES) + last)
    assert file.state == State.REFUSED
    assert file.problem.startswith("In the changelog: Line 2102")
    assert said in file.problem
    assert file.changes_read == 0


def test_a_fault_of_the_last_row_is_said_before_a_change_is_read(
    engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, work_csv(*ROWS) + b"\xff", changelog=changes(*CHANGES))
    assert file.problem.startswith("Line 602")
    assert file.changes_read == 0


def test_a_flood_is_said_before_its_end(engagement: Engagement, manager: User) -> None:
    flood = [item(f"A-{number}", state=f"S {number}") for number in range(2100)]
    file = preview(engagement, manager, work_csv(*flood) + b"\xff")
    assert file.problem.startswith("Up to line 1002 the file names more than 1,000 states")
    times = [READ_AT + timedelta(seconds=number) for number in range(12_500)]
    log = changes(*(f"A-1,{at.isoformat()},a,size,1,2" for at in times)) + b"\xff"
    file = preview(engagement, manager, ROWS[:9], changelog=log)
    assert file.problem.startswith("In the changelog: Up to line 12001 the item A-1 has more than")


def test_rows_after_the_beginning_are_counted_and_looked_at(
    engagement: Engagement, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(skimming, "BEGINNING", 1000)
    many = work_csv(*(item(f"A-{number}") for number in range(2500)))
    assert preview(engagement, manager, many + b"\xff").problem.startswith("Line 2502 is not")
    file = preview(engagement, manager, many)
    assert (file.rows_total, file.rows_read, file.new_count) == (2500, 2500, 2500)


def test_whoever_looks_over_a_file_is_left_alone(engagement: Engagement, manager: User) -> None:
    file = claimed(receive(engagement, manager, ROWS).pk, State.READING)
    claimed_until = file.lease_until
    assert list(renewing(file, [b"a", b"b"])) == [b"a", b"b"]
    kept = Import.objects.get().lease_until
    assert claimed_until
    assert kept
    assert timedelta(0) < kept - claimed_until < timedelta(minutes=1)
