"""The embedded PostgreSQL lives exactly as long as somebody uses it, however they end."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg2
import pytest

from dm_portal import embedded

USE = """
import sys
from pathlib import Path
from dm_portal import embedded
embedded.ensure_running(Path(sys.argv[1]))
print("up", flush=True)
sys.stdin.read()
"""
PATIENCE = 20  # seconds; what we wait for takes a fraction of one


class Users:
    """Processes that use the server of one directory, as web server and clock do."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.processes: list[subprocess.Popen[str]] = []

    def start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", USE, str(self.directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def use(self) -> subprocess.Popen[str]:
        """Another user, once the server answers it."""
        process = self.start()
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line == "up\n", process.communicate()[1]
        return process

    def end(self, *processes: subprocess.Popen[str]) -> None:
        for process in processes or self.processes:
            process.communicate()


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def directory() -> Iterator[Path]:
    # Not tmp_path: as root the server's own user must reach it, and pytest closes its folders.
    folder = Path(tempfile.mkdtemp(prefix="portal-embedded-"))
    yield folder / "var"
    shutil.rmtree(folder)


@pytest.fixture
def users(directory: Path) -> Iterator[Users]:
    users = Users(directory)
    yield users
    users.end()
    assert eventually(lambda: not servers(directory)), "a server was left behind"
    assert eventually(lambda: not keepers(directory)), "a keeper was left behind"


def processes_with(*words: str) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if set(words) <= set(process.info["cmdline"] or [])
    ]


def servers(directory: Path) -> list[psutil.Process]:
    return processes_with("-D", str(directory / "postgres"))


def keepers(directory: Path) -> list[psutil.Process]:
    return processes_with("dm_portal.keeper", str(directory))


def kill(*processes: psutil.Process) -> None:
    """As hard as it gets, and only return when they are gone."""
    for process in processes:
        process.kill()
    assert eventually(lambda: not any(is_alive(process) for process in processes))


def is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def query(directory: Path, statement: str) -> str:
    connection = embedded.connect(directory, embedded.DATABASE, embedded.ROLE)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return str(cursor.fetchone()[0]) if cursor.description else ""
    finally:
        connection.close()


def test_the_server_ends_with_its_last_user(users: Users, directory: Path) -> None:
    first, second = users.use(), users.use()
    users.end(first)
    time.sleep(1)  # longer than the keeper takes to look
    assert query(directory, "SELECT 1") == "1"
    users.end(second)
    assert eventually(lambda: not servers(directory))


def test_the_server_ends_with_users_that_were_killed(users: Users, directory: Path) -> None:
    users.use().kill()
    users.use().kill()
    assert eventually(lambda: not servers(directory))


def test_users_that_start_at_once_share_one_server(users: Users, directory: Path) -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: users.use(), range(5)))
    assert len(servers(directory)) == 1
    assert eventually(lambda: len(keepers(directory)) == 1)


def test_a_user_that_comes_while_the_server_ends(users: Users, directory: Path) -> None:
    for _ in range(5):
        users.end(users.use())
        time.sleep(0.15)
    users.use()
    assert query(directory, "SELECT 1") == "1"


def test_data_stays(users: Users, directory: Path) -> None:
    users.use()
    query(directory, "CREATE TABLE promise AS SELECT 'kept' AS state")
    users.end()
    assert eventually(lambda: not servers(directory))
    users.use()
    assert query(directory, "SELECT state FROM promise") == "kept"


def test_a_killed_server_comes_back_with_its_data(users: Users, directory: Path) -> None:
    users.use()
    query(directory, "CREATE TABLE promise AS SELECT 'kept' AS state")
    kill(*servers(directory))

    def back() -> bool:
        try:
            return query(directory, "SELECT state FROM promise") == "kept"
        except psycopg2.OperationalError:
            return False

    assert eventually(back)


def test_everything_killed_at_once_recovers(users: Users, directory: Path) -> None:
    user = users.use()
    query(directory, "CREATE TABLE promise AS SELECT 'kept' AS state")
    kill(*keepers(directory), *servers(directory), psutil.Process(user.pid))
    users.use()
    assert query(directory, "SELECT state FROM promise") == "kept"


def test_a_server_without_keeper_is_replaced(users: Users, directory: Path) -> None:
    user = users.use()
    kill(*keepers(directory))
    orphans = servers(directory)
    users.end(user)
    users.use()
    assert len(servers(directory)) == 1
    assert servers(directory) != orphans, "it would end under its user's hands"


def test_a_process_id_that_became_anothers_is_forgotten(users: Users, directory: Path) -> None:
    users.end(users.use())
    assert eventually(lambda: not keepers(directory))
    (directory / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    users.use()
    assert query(directory, "SELECT 1") == "1"


def test_the_keeper_stops_the_server_when_told_to_end(users: Users, directory: Path) -> None:
    users.use()
    keepers(directory)[0].send_signal(signal.SIGTERM)
    assert eventually(lambda: not servers(directory))


def test_nothing_listens_on_tcp(users: Users, directory: Path) -> None:
    users.use()
    assert query(directory, "SHOW listen_addresses") == ""
    assert not [
        connection
        for process in servers(directory)
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]


def test_only_the_owner_reaches_the_socket(users: Users, directory: Path) -> None:
    users.use()
    socket = embedded.socket_dir(directory) / ".s.PGSQL.5432"
    assert oct(socket.stat().st_mode & 0o777) == "0o700"
    assert oct(socket.parent.stat().st_mode & 0o777) == "0o700"


def test_the_role_is_no_superuser(users: Users, directory: Path) -> None:
    users.use()
    assert query(directory, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "False"


def test_a_long_path_gets_a_short_socket(directory: Path) -> None:
    deep = Users(directory / ("deep" * 25) / "var")
    deep.use()
    try:
        assert embedded.socket_dir(deep.directory).parent == Path("/tmp")  # noqa: S108
        assert query(deep.directory, "SELECT 1") == "1"
    finally:
        deep.end()
        assert eventually(lambda: not servers(deep.directory))
    embedded.socket_dir(deep.directory).rmdir()


def test_a_socket_folder_laid_by_somebody_else_is_refused(directory: Path) -> None:
    deep = Users(directory / ("deep" * 25) / "var")
    trap = embedded.socket_dir(deep.directory)
    trap.symlink_to("/tmp")  # noqa: S108
    try:
        errors = deep.start().communicate()[1]
    finally:
        trap.unlink()
    assert f"{trap} belongs to somebody else: remove it." in errors


def test_data_of_another_version_is_refused(users: Users, directory: Path) -> None:
    users.end(users.use())
    assert eventually(lambda: not keepers(directory))
    version = directory / "postgres" / "PG_VERSION"
    version.write_text("17\n")
    assert "was written by PostgreSQL 17" in users.start().communicate()[1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every file")
def test_data_of_another_user_is_refused(directory: Path) -> None:
    directory.mkdir()
    (directory / "users.lock").touch(mode=0o000)  # as good as another's
    with pytest.raises(embedded.EmbeddedError, match="belongs to another user"):
        embedded.ensure_running(directory)


def test_the_secret_key_is_made_once(directory: Path) -> None:
    with ThreadPoolExecutor() as pool:
        keys = set(pool.map(lambda _: embedded.secret_key(directory), range(8)))
    assert len(keys) == 1
    assert re.fullmatch(r"[\w-]{60,}", keys.pop())
    assert oct((directory / "secret_key").stat().st_mode & 0o777) == "0o600"
    assert [path.name for path in directory.iterdir()] == ["secret_key"]


def test_the_first_admin_of_a_fresh_folder_gets_their_link(users: Users, directory: Path) -> None:
    command = ["manage.py", "create_admin", "ada@internal.example", "--name", "Ada First"]
    outside = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    # Untraced, as all its migrations would take twice as long; the command has tests of its own.
    ours = {
        key: value
        for key, value in os.environ.items()
        if key not in outside and "COVERAGE" not in key
    }
    done = subprocess.run(
        [sys.executable, *command],
        env=ours | {"VAR_DIR": str(directory)},
        cwd=embedded.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("http://127.0.0.1:8000/invitations/"), done.stderr
