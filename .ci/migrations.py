"""Check migrations: none is missing, and none locks or breaks a portal that is running.

Works on an embedded PostgreSQL of its own, thrown away at the end.
"""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR_DIR = tempfile.mkdtemp(prefix="portal-migrations-")
# Written before the first release: there is no running portal that they could break.
BEFORE_THE_FIRST_RELEASE = [
    "0003_user_version",
    "0004_import_additions",
    "0004_addresses_alike",
    "0005_period_due_on",
    "0007_months",
    "0009_criterion_created_at",
    "0010_work_events",
    "0013_source_maps",
    "0015_sprints_are_renamed_during_imports",
    "0026_events_of_an_import",
    "0031_kept_by_the_database",
    "0023_due_days",
    "0011_updates",
    "0015_typed_and_withdrawn",
    "0017_forecast_changes",
]
OURS = ["shell", "people", "pods", "engagements", "reporting"]


def main() -> None:
    sys.path.insert(0, str(ROOT))
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "dm_portal.settings", "VAR_DIR": VAR_DIR}

    import django
    from django.core.management import call_command
    from django_migration_linter import MigrationLinter

    from dm_portal import embedded

    embedded.ensure_running(Path(VAR_DIR), throwaway=True)
    django.setup()
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    linter = MigrationLinter(
        str(ROOT),
        include_apps=OURS,
        no_cache=True,
        ignore_name=BEFORE_THE_FIRST_RELEASE,
        ignore_initial_migrations=True,
    )
    linter.lint_all_migrations()
    linter.print_summary()
    if linter.has_errors:
        sys.exit("A migration is not safe to run beside the version before it.")


if __name__ == "__main__":
    main()
