"""Watches every statement of every test: who writes to the product's tables, and when.

A write must come from a service, or from the test itself when it sets its scene; and no GET
writes. What breaks either rule raises where it happens, in whichever test it happens.
"""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.handlers import base
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = f"{Path(settings.BASE_DIR)}/"
LIBRARIES = f"{ROOT}.venv/"
OURS = ("shell", "people", "pods", "engagements", "reporting")
WRITE = re.compile(r'\s*(?:WITH\b.*?)?\b(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.DOTALL)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

# What a GET may write: who has seen a status, with its record; a session's own book-keeping.
WRITTEN_BY_GET = {"reporting_receipt", "django_session", "usersessions_usersession"}
RECEIPTS = "reporting/services/receipts.py"
# Who works on what says nothing about the work: no service, and no record.
NOT_WATCHED = {"shell_lease"}
# Signing in is allauth's; it notes when, and nothing else, on the person's row.
LAST_LOGIN = re.compile(r'UPDATE "people_user" SET "last_login" = %s WHERE')

# What stands on the stack between whoever writes and this watch, without being a test.
BETWEEN = {"writes.py", "tracing.py"}


class WroteOutsideServices(AssertionError):
    """Product rows were written by something that is no service."""


class WroteInGet(AssertionError):
    """A request that must only read has written."""


def product_tables() -> set[str]:
    models = (m for label in OURS for m in apps.get_app_config(label).get_models(True))
    return {model._meta.db_table for model in models} - NOT_WATCHED


class Watch:
    """The execute wrapper; one for all connections."""

    def __init__(self) -> None:
        self.product = product_tables()

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if write := WRITE.match(str(sql)):
            self.check(write[2], str(sql))
        return execute(sql, params, many, context)

    def check(self, table: str, sql: str) -> None:
        if (method := request_method()) in SAFE_METHODS and not may_be_written_by_get(table):
            raise WroteInGet(f"a {method} wrote: {sql[:200]}")
        if table in self.product and not LAST_LOGIN.match(sql) and (place := stranger()):
            raise WroteOutsideServices(f"{place} wrote: {sql[:200]}")


def frames() -> Iterator[FrameType]:
    """The stack, innermost first."""
    frame = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def request_method() -> str:
    """The method of the request being answered; empty outside of one."""
    for frame in frames():
        if frame.f_code is base.BaseHandler.get_response.__code__:
            return str(frame.f_locals["request"].method)
    return ""


def may_be_written_by_get(table: str) -> bool:
    is_receipt = any(frame.f_code.co_filename == ROOT + RECEIPTS for frame in frames())
    return table in WRITTEN_BY_GET or (table == "people_auditevent" and is_receipt)


def stranger() -> str:
    """Whoever of the product writes without a service; empty when that is as it should be."""
    innermost = ""
    for frame in frames():
        name = frame.f_code.co_filename
        if not name.startswith(ROOT) or name.startswith(LIBRARIES):
            continue
        parts = Path(name.removeprefix(ROOT)).parts
        if "tests" in parts or parts[-1] == "conftest.py":
            if parts[-1] in BETWEEN:
                continue
            return innermost
        if "services" in parts or parts[-1] == "services.py":
            return ""
        if "migrations" in parts:  # it brings rows to a new form, and runs before any service
            return ""
        if parts[-2:] == ("benchmark", "copies.py"):  # rows that are made to be measured
            return ""
        if parts[-2:] == ("people", "audit.py"):  # it writes for whoever calls it
            continue
        innermost = innermost or f"{'/'.join(parts)}:{frame.f_lineno}"
    return innermost


def watch_connection(connection: BaseDatabaseWrapper, watch: Watch) -> None:
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)


def watch_this_thread(watch: Watch) -> None:
    for connection in connections.all():
        watch_connection(connection, watch)
