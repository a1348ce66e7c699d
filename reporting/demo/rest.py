"""The collector of cycles, at rest while the demo world is made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def few_collections() -> Iterator[None]:
    """Let the collector of cycles rest between 20,000 new objects, not 700: this command makes
    millions, none of them in a cycle, and its process has no other thread.
    """
    usual = gc.get_threshold()
    gc.set_threshold(20_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
