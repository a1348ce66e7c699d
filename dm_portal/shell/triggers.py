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


SHARED = """
CREATE OR REPLACE FUNCTION refuse_to_unshare() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this row of % is shared with the customer and stays so', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def shared_for_good(table: str) -> migrations.RunSQL:
    """Forbid to take back, to date anew and to delete what is shared in ``table``."""
    return migrations.RunSQL(
        SHARED
        + f"""
        CREATE TRIGGER {table}_shared_for_good BEFORE UPDATE ON {table}
            FOR EACH ROW WHEN (
                OLD.shared_at IS NOT NULL AND
                (NEW.shared_at, NEW.shared_by_id) IS DISTINCT FROM (OLD.shared_at, OLD.shared_by_id)
            ) EXECUTE FUNCTION refuse_to_unshare();
        CREATE TRIGGER {table}_shared_and_kept BEFORE DELETE ON {table}
            FOR EACH ROW WHEN (OLD.shared_at IS NOT NULL) EXECUTE FUNCTION refuse_to_unshare();
        """,
        reverse_sql=f"""
        DROP TRIGGER IF EXISTS {table}_shared_for_good ON {table};
        DROP TRIGGER IF EXISTS {table}_shared_and_kept ON {table};
        """,
    )
