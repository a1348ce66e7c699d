"""Web server, worker and beat as the compose file runs them, on a test database and a Valkey."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings

PROGRAMS = Path(sys.executable).parent
PATIENCE = 60  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(environment: dict[str, str], *command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [PROGRAMS / command[0], *command[1:]], cwd=settings.BASE_DIR, env=environment
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def answer(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except ConnectionRefusedError:
        return 0, ""
    finally:
        connection.close()


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def celery(environment: dict[str, str], *words: str) -> int:
    command = [PROGRAMS / "celery", "-A", "dm_portal", *words]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, check=False
    ).returncode


@pytest.fixture
def environment(process_env: dict[str, str], valkey: str) -> dict[str, str]:
    return process_env | {"REDIS_URL": valkey, "WEB_CONCURRENCY": "1"}


def test_the_web_server_is_alive_but_not_ready_without_ticks(environment: dict[str, str]) -> None:
    port = free_port()
    with running(environment, "gunicorn", "dm_portal.wsgi", "--bind", f"127.0.0.1:{port}"):
        assert eventually(lambda: answer(port, "/healthz") == (200, "alive\n"))
        status, words = answer(port, "/readyz")
    assert status == 503
    assert words.startswith("database: ok\nbroker: ok\ntick: never happened")


def test_a_worker_ticks_and_answers_its_health_check(environment: dict[str, str]) -> None:
    port = free_port()
    with (
        running(environment, "gunicorn", "dm_portal.wsgi", "--bind", f"127.0.0.1:{port}"),
        running(environment, "celery", "-A", "dm_portal", "worker", "--pool", "solo"),
    ):
        assert celery(environment, "call", "reporting.tasks.tick") == 0
        assert eventually(lambda: answer(port, "/readyz")[0] == 200)
        node = f"celery@{socket.gethostname()}"
        assert celery(environment, "inspect", "ping", "--destination", node) == 0
    assert celery(environment, "inspect", "ping", "--destination", node, "--timeout", "0.2") != 0


def test_beat_keeps_its_schedule_in_code(environment: dict[str, str], tmp_path: Path) -> None:
    pid_file = tmp_path / "beat.pid"
    words = ("beat", "--scheduler", "celery.beat:Scheduler", "--pidfile", str(pid_file))
    with running(environment, "celery", "-A", "dm_portal", *words) as beat:
        assert eventually(pid_file.exists)
        assert int(pid_file.read_text()) == beat.pid
        os.kill(beat.pid, 0)
    assert not list(settings.BASE_DIR.glob("celerybeat-schedule*"))
