"""The figures of schema 7: what was finished twice. How far files tell: ``test_figures``."""

from typing import Any

import pytest

from reporting import facts, sentences
from reporting.tests.inputs import inputs
from reporting.tests.test_followed import line

AGAIN = ((30, "done"), (36, "in_progress"), (38, "done"))
ONCE = ((30, "in_progress"), (38, "done"))


def finished(*steps: tuple[tuple[float, str], ...], **rows: Any) -> tuple[list[str], str]:
    """The keys that were finished again, and what is said of what was finished."""
    items = [line(f"A-{number}", *each) for number, each in enumerate(steps, 1)]
    figures = facts.figures_from(inputs(items=items, **rows))
    [said] = [
        row
        for row in sentences.write({"inputs": {}, "figures": figures})
        if row["key"] == "finished"
    ]
    return figures["total"]["finished_again"], said["text"]


@pytest.mark.parametrize(
    ("steps", "keys", "ending"),
    [
        ([ONCE], [], "13 and 20 Nov."),
        ([AGAIN], ["A-1"], "20 Nov; it had been finished before, and was reopened in between."),
        (
            [AGAIN, ONCE],
            ["A-1"],
            "20 Nov; 1 of them had been finished before, and was reopened in between.",
        ),
        (
            [AGAIN, AGAIN],
            ["A-1", "A-2"],
            "20 Nov; 2 of them had been finished before, and were reopened in between.",
        ),
        # reopened before the window: it was open at the last status
        ([((20, "done"), (30, "in_progress"), (38, "done"))], [], "13 and 20 Nov."),
        # done before the window, and not again
        ([((20, "done"),), ONCE], [], "13 and 20 Nov."),
    ],
)
def test_what_the_last_status_counted_as_done_is_told(
    steps: Any, keys: list[str], ending: str
) -> None:
    found, said = finished(*steps)
    assert found == keys
    assert said.endswith(ending)


def test_in_the_first_status_nothing_is_finished_again() -> None:
    assert finished(AGAIN, since=None) == ([], "So far the only item is finished.")
