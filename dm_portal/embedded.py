"""The embedded PostgreSQL: a real server in `var/`, alive exactly as long as somebody uses it.

Three lock files make this true without a list of process ids, which a hard kill would leave wrong
(the wheel's own `get_server` keeps such a list, so one `kill -9` and its server never stops):

* `users.lock`: every process that uses the server holds it *shared*. The kernel gives it back
  when the process ends, however it ends; forked children share it with their parent.
* `keeper.lock`: held by the *keeper* (dm_portal.keeper), a small process that starts the server
  as its own child, restarts it should it die, and waits until it can lock `users.lock` for itself
  alone: then nobody is left, and it stops the server and ends.
* `ready.lock`: held by the keeper from when the server can be used.

The server listens on a Unix socket in a folder of its owner only; nothing listens on TCP.
Importing this module starts nothing. It knows nothing of Django, so that settings can ask it
where the socket is.
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
MAJOR_VERSION = 18
DATABASE = "portal"
# The portal's role owns its database and nothing else, as in production: what needs a superuser
# fails here too. It may create databases, because the tests do.
ROLE = "portal"
# sockaddr_un holds 104 bytes on macOS and 108 on Linux.
LONGEST_SOCKET_PATH = 100
# Recovery after a hard kill replays at most max_wal_size (1 GB): seconds, not minutes.
START_SECONDS = 90

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
        _shares[directory] = take(directory / "users.lock", fcntl.LOCK_SH)
    deadline = time.monotonic() + START_SECONDS
    keeper = None
    while not (_is_held(directory / "ready.lock") and _accepts_connections(directory)):
        # A keeper ends at once, without failing, where another is at work or just ending.
        failed = _has_failed(keeper) if keeper else False
        if failed or time.monotonic() > deadline:
            raise EmbeddedError(
                f"The embedded PostgreSQL in {directory} did not start. "
                f"The end of {_log(directory)}:\n{_end_of_log(directory)}"
            )
        if failed is False and not _is_held(directory / "keeper.lock"):
            keeper = _start_keeper(directory, throwaway=throwaway)
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


def take(path: Path, operation: int) -> int:
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


def _is_held(path: Path) -> bool:
    """Whether somebody holds this lock for itself alone; asking twice at once is no holding."""
    try:
        os.close(take(path, fcntl.LOCK_SH | fcntl.LOCK_NB))
    except BlockingIOError:
        return True
    return False


def _accepts_connections(directory: Path) -> bool:
    try:
        connect(directory, DATABASE, ROLE).close()
    except psycopg2.OperationalError:
        return False
    return True


def connect(directory: Path, database: str, user: str) -> "psycopg2.extensions.connection":
    """A new connection; psycopg2.OperationalError while there is none to be had."""
    # Port and passfile are named so that PGPORT and the like in the environment change nothing.
    return psycopg2.connect(
        host=str(socket_dir(directory)), port=5432, dbname=database, user=user, connect_timeout=5
    )


def _start_keeper(directory: Path, *, throwaway: bool) -> int:
    """The process id of a new keeper: in a session of its own, so that Ctrl-C is not for it.

    Not a Popen, which would complain of a child that is still running when its parent ends:
    to outlive us is what the keeper is for.
    """
    arguments = [sys.executable, "-P", "-m", "dm_portal.keeper", str(directory)]
    log = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        sys.executable,
        [*arguments, "--throwaway"] if throwaway else arguments,
        os.environ | {"PYTHONPATH": str(ROOT)},
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
