"""While the database writes one batch, the next is worked out in a thread beside it.

That thread never asks the database: a connection belongs to whoever writes. So it reads a file
from a copy on disk.
"""

import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

T = TypeVar("T")

BLOCK = 256 * 1024


def one_ahead(calls: Iterable[Callable[[], T]]) -> Generator[T, None, None]:
    """What each call gives, in their order: it is made while what the one before gave is in use.

    The calls themselves come from the thread that asks for the results. Two results are held at
    once. What a call raises is raised in its turn.
    """
    before: Future[T] | None = None
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as pool:
        for call in calls:
            coming = pool.submit(call)
            if before:
                yield before.result()
            before = coming
        if before:
            yield before.result()


@contextmanager
def on_disk(blocks: Iterable[bytes]) -> Iterator[Iterator[bytes]]:
    """The same bytes, to be read from a file that is gone afterwards."""
    with tempfile.TemporaryFile() as copy:
        for block in blocks:
            copy.write(block)
        copy.seek(0)
        yield iter(partial(copy.read, BLOCK), b"")
