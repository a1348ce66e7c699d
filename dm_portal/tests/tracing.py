"""Where coverage looks away: in libraries that call nothing of ours, and in walks (no_cover).

Until Python 3.12 a tracer is asked before each instruction of every frame, those of libraries too,
though it records lines of ours only: a page took half as long again. The functions below are
entered thousands of times, work for long, and run no line of ours.
"""

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from coverage import Coverage
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler, SQLInsertCompiler
from django.test import client

LIBRARY: list[tuple[type | ModuleType, str]] = [
    (SQLCompiler, "execute_sql"),
    (SQLInsertCompiler, "execute_sql"),
    (QuerySet, "_fetch_all"),
    (QuerySet, "_filter_or_exclude_inplace"),
    (QuerySet, "_annotate"),
    (QuerySet, "_chain"),
    (client, "store_rendered_templates"),  # copies the context of each template of a page
]


@contextlib.contextmanager
def untraced() -> Iterator[None]:
    """What is done here is not measured, and takes half the time: see the mark no_cover."""
    measuring = Coverage.current()
    if measuring:
        measuring.stop()
    try:
        yield
    finally:
        if measuring:
            measuring.start()


def look_away() -> None:
    """Do not trace the functions of LIBRARY, in this process, from here on."""
    for owner, name in LIBRARY:
        setattr(owner, name, _looking_away(getattr(owner, name)))


def _looking_away(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def quiet(*args: Any, **kwargs: Any) -> Any:
        tracer = sys.gettrace()
        # None where nothing is measured, or further out it was put aside; a debugger has no stop.
        if not hasattr(tracer, "stop"):
            return function(*args, **kwargs)
        tracer.stop()
        try:
            return function(*args, **kwargs)
        finally:
            tracer.start()

    return quiet
