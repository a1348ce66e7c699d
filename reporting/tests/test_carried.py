"""What a draft begins with from the status before, and how long its publication can be stopped."""

from datetime import UTC, datetime, timedelta

import pytest

from reporting.drafting import Draft, our_move_of
from reporting.editor import stop_left
from reporting.models import Report
from reporting.tests.inputs import body

AS_OF = datetime(2026, 11, 20, 14, tzinfo=UTC)
LAST = Draft(None, AS_OF, body(), [], {"colour": "amber"}, carried="We test.")


@pytest.mark.parametrize(
    ("written", "saved_by", "colour", "begins"),
    [
        ("", None, "amber", "We test."),
        ("", None, "green", ""),  # nothing needs one
        ("", 1, "amber", ""),  # somebody emptied it
        ("We ask.", None, "amber", "We ask."),
        ("We ask.", 1, "red", "We ask."),
    ],
)
def test_what_the_page_begins_with(
    written: str, saved_by: int | None, colour: str, begins: str
) -> None:
    report = Report(our_move=written, saved_by_id=saved_by)
    assert our_move_of(report, LAST, colour=colour) == begins


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(300, "5 minutes"), (95, "2 minutes"), (60, "1 minute"), (59, "less than a minute"), (0, "")],
)
def test_how_long_it_can_be_stopped(seconds: int, words: str) -> None:
    report = Report(publish_at=AS_OF + timedelta(seconds=seconds))
    assert stop_left(report, at=AS_OF) == words


def test_what_is_not_on_its_way_out_is_not_stopped() -> None:
    assert stop_left(Report(), at=AS_OF) == ""
