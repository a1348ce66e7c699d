"""Migration operations for tables whose rows may be written once and never changed."""

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
