"""What one page costs: statements, CPU of this process and of the database, bytes, seconds."""

import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dm_portal.people.models import User

TICKS = os.sysconf("SC_CLK_TCK")
BACKEND = "dm_portal.people.backends.EmailBackend"


@dataclass(frozen=True)
class Cost:
    """Of one page: what one request asks of the database, and what many requests cost on average.

    CPU and the 50th and 95th of a hundred are milliseconds; ``per_second`` is what two workers
    answer of four readers at a time. The database's CPU is None where its process is elsewhere.
    """

    name: str
    statements: int
    web_ms: float
    database_ms: float | None
    size: int
    p50_ms: float
    p95_ms: float
    per_second: float
    megabytes: float

    @property
    def cpu_ms(self) -> float:
        return self.web_ms + (self.database_ms or 0)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def cost_of(name: str, client: Client, url: str, *, requests: int, seconds: float) -> Cost:
    """What ``url`` costs whoever is signed in; asked so often, and then for so long by two workers.

    Raises:
        ValueError: the page does not answer with 200.
    """
    for _ in range(2):  # what a process reads once, and templates
        response = client.get(url)
        if response.status_code != 200:
            raise ValueError(f"{url} answers {response.status_code}.")
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
        statements = len(asked)  # the next request forgets them
    web, database, times = _repeat(lambda: client.get(url), requests)
    per_second, megabytes = _two_workers(lambda: client.get(url), seconds)
    return Cost(
        name,
        statements,
        web * 1000 / requests,
        None if database is None else database * 1000 / requests,
        len(response.content),
        statistics.median(times) * 1000,
        sorted(times)[int(len(times) * 0.95)] * 1000,
        per_second,
        megabytes,
    )


def _repeat(ask: Callable[[], object], requests: int) -> tuple[float, float | None, list[float]]:
    """CPU seconds of this process and of the database, and the seconds that each request took."""
    database, web, times = _database_seconds(), time.process_time(), []
    for _ in range(requests):
        begun = time.perf_counter()
        ask()
        times.append(time.perf_counter() - begun)
    web = time.process_time() - web
    after = _database_seconds()
    spent = None if after is None or database is None else after - database
    return web, spent, times


def _database_seconds() -> float | None:
    """CPU seconds of the process that serves this connection, if it runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists() or b"postgres" not in Path(f"/proc/{pid}/cmdline").read_bytes():
        return None
    fields = stat.read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _two_workers(ask: Callable[[], object], seconds: float) -> tuple[float, float]:
    """Requests a second of two processes that are never idle, as four readers at a time keep them;
    and the memory of the larger one, in MB.
    """
    connection.close()
    pipes = [_worker(ask, seconds) for _ in range(2)]
    told = []
    for pid, end in pipes:
        with os.fdopen(end) as lines:
            told.append(lines.read().split())
        os.waitpid(pid, 0)
    done = sum(int(count) for count, _ in told)
    return done / seconds, max(float(size) for _, size in told)


def _worker(ask: Callable[[], object], seconds: float) -> tuple[int, int]:
    """A child that asks for so long, and tells how often, and how large it was."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    count, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        ask()
        count += 1
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    os.write(writer, f"{count} {size}".encode())
    os._exit(0)
