"""Working one batch ahead: the same results in the same order, and no further than one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import count

import pytest

from engagements.services.imports.ahead import on_disk, one_ahead


def test_results_come_in_order_from_a_thread_that_asks_for_nothing() -> None:
    asking, working = [], []

    def work(number: int) -> int:
        working.append(threading.current_thread())
        return number

    def calls() -> Iterator[Callable[[], int]]:
        for number in range(5):
            asking.append(threading.current_thread())
            yield partial(work, number)

    assert list(one_ahead(calls())) == [0, 1, 2, 3, 4]
    assert set(asking) == {threading.current_thread()}
    assert threading.current_thread() not in working


def test_nothing_is_worked_out_further_than_one_ahead() -> None:
    begun = []
    with closing(one_ahead(partial(begun.append, number) for number in count())) as results:
        for _ in range(3):
            next(results)
    assert begun == [0, 1, 2, 3]


def test_an_error_is_raised_in_its_turn() -> None:
    results = one_ahead(partial(divmod, 1, number) for number in (1, 0))
    assert next(results) == (1, 0)
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_nothing_to_do_gives_nothing() -> None:
    assert list(one_ahead([])) == []


@pytest.mark.parametrize("blocks", [[], [b""], [b"a", b"", b"b" * 300_000]])
def test_a_copy_holds_the_same_bytes(blocks: list[bytes]) -> None:
    with on_disk(blocks) as copy:
        assert b"".join(copy) == b"".join(blocks)
