"""What the scripts that measure have in common: a PostgreSQL of their own, and Django upon it."""

import fcntl
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dm_portal import embedded  # noqa: E402 (only now can it be found)

MANAGER = "mara@example.com"
OURS = (
    *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "ALLOWED_HOSTS", "EMAIL_URL"),
    *("DEFAULT_FROM_EMAIL", "DEMO_PASSWORD", "VAR_DIR", "PUBLISH_DELAY", "WORK_LEASE"),
    "DJANGO_SETTINGS_MODULE",
)


def own_database(name: str, *, durable_in: Path | None = None) -> Path:
    """A server of our own, and an environment that names only that; children inherit it.

    Returns its folder, which the server deletes at the end; not the one in which it is to keep
    what it acknowledged, whatever ends it.
    """
    for variable in OURS:
        os.environ.pop(variable, None)
    directory = durable_in or Path(tempfile.mkdtemp(prefix=f"{name}-db-"))
    embedded.ensure_running(directory, throwaway=durable_in is None)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "dm_portal.settings", "VAR_DIR": str(directory)}
    return directory


def keep_until_its_database_ends(name: str) -> int:
    """Run this script again ``--inside`` a folder, and clear it away once its database has ended.

    Returns what that returned: a durable database outlives who started it by a moment.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    try:
        return subprocess.run([sys.executable, *sys.argv, "--inside", str(folder)]).returncode
    finally:
        os.close(embedded.take(folder / "keeper.lock", fcntl.LOCK_EX))
        shutil.rmtree(folder)


def set_up_django() -> None:
    """Django in this process, which says only what is amiss."""
    import django

    django.setup()
    logging.disable(logging.INFO)


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def make_engagement(name: str, *, begun: datetime) -> Any:
    """An engagement of the one customer and the one manager that a measurement needs."""
    from dm_portal.people.models import User
    from engagements.models import Customer, Engagement

    manager, _ = User.objects.get_or_create(
        email=MANAGER, defaults={"name": "Mara", "kind": "internal"}
    )
    return Engagement.objects.create(
        name=name,
        customer=Customer.objects.get_or_create(name="Northwind")[0],
        starts_on=begun.date(),
        reporting_from=begun.date(),
        created_at=begun,
        created_by=manager,
    )
