"""What was said cannot be emptied either. Tests that commit must, so that theirs is switched off:
see ``_let_tables_be_emptied`` in the plumbing. Here it is switched on again.
"""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from dm_portal.tests.test_constraints import WRITTEN_ONCE

pytestmark = pytest.mark.django_db
# pg_trigger.h: a trigger of the whole statement, before it, of TRUNCATE
BEFORE_TRUNCATE = 2 | 32


def guard(table: str) -> None:
    """As in production, until the transaction of the test ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_never_emptied")


def test_every_record_is_guarded() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgfoid = 'refuse_change'::regproc AND tgtype = %s",
            [BEFORE_TRUNCATE],
        )
        assert {table for (table,) in cursor.fetchall()} == WRITTEN_ONCE


@pytest.mark.parametrize(
    ("table", "emptied"),
    [
        *((table, table) for table in sorted(WRITTEN_ONCE)),
        # along with what it refers to; the history refers to nothing
        *((table, "people_user") for table in sorted(WRITTEN_ONCE - {"people_auditevent"})),
    ],
)
def test_what_was_said_is_not_emptied(table: str, emptied: str) -> None:
    guard(table)
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match=f"rows of {table} are written once"),
        transaction.atomic(),
    ):
        cursor.execute(f"TRUNCATE {emptied} CASCADE")


def test_flush_is_refused() -> None:
    for table in WRITTEN_ONCE:
        guard(table)
    with pytest.raises(CommandError, match="couldn't be flushed"):
        call_command("flush", verbosity=0, interactive=False)
