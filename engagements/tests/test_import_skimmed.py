"""Files of which only the last line tells that they cannot be taken: nothing of them is kept."""

from datetime import timedelta

import pytest

from dm_portal.people.models import User
from engagements.models import Engagement, Import
from engagements.services.imports.skimming import renewing
from engagements.services.imports.states import State, claimed
from engagements.tests.work_files import changes, item, preview, receive, work_csv

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


def test_whoever_looks_over_a_file_is_left_alone(engagement: Engagement, manager: User) -> None:
    file = claimed(receive(engagement, manager, ROWS).pk, State.READING)
    claimed_until = file.lease_until
    assert list(renewing(file, [b"a", b"b"])) == [b"a", b"b"]
    kept = Import.objects.get().lease_until
    assert claimed_until
    assert kept
    assert timedelta(0) < kept - claimed_until < timedelta(minutes=1)
