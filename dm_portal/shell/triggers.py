"""Migration operations for rows that never change: all of a table, or those that came to an end."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are written once and never changed', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def insert_only(table: str) -> migrations.RunSQL:
    """Forbid UPDATE and DELETE on ``table``, whoever asks."""
    return migrations.RunSQL(
        FUNCTION
        + f"""
        CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change();
        """,
        reverse_sql=f"""
        DROP TRIGGER IF EXISTS {table}_insert_only ON {table};
        """,
    )


def never_emptied(table: str) -> migrations.RunSQL:
    """Forbid TRUNCATE on ``table``, also as part of others; needs ``insert_only`` before it."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """,
        reverse_sql=f"""
        DROP TRIGGER IF EXISTS {table}_never_emptied ON {table};
        """,
    )


FROZEN = """
CREATE OR REPLACE FUNCTION refuse_change_of_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this row of % came to its end and never changes', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def frozen_when(table: str, ended: str) -> migrations.RunSQL:
    """Forbid UPDATE and DELETE of rows of ``table`` of which ``ended`` (SQL about OLD) is true."""
    return migrations.RunSQL(
        FROZEN
        + f"""
        CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW WHEN ({ended}) EXECUTE FUNCTION refuse_change_of_ended();
        """,
        reverse_sql=f"""
        DROP TRIGGER IF EXISTS {table}_frozen ON {table};
        """,
    )
