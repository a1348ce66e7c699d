"""Why a file as a whole cannot be taken."""

from collections.abc import Iterator
from contextlib import contextmanager

from dm_portal.shell.errors import DomainError

CURE = "Save the file as CSV UTF-8 and try again."


class FileRefused(DomainError):
    """No row of the file can be trusted; the message names the line and the cure."""


@contextmanager
def of_changelog() -> Iterator[None]:
    """Say of a refusal that it is the changelog's.

    Raises:
        FileRefused: what was refused, said of which of the two files.
    """
    try:
        yield
    except FileRefused as refused:
        raise FileRefused(f"In the changelog: {refused}") from refused
