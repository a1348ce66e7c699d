"""A look over the files up to their last lines, before anything is kept of them.

What refuses a file as a whole is so said within seconds, wherever in the file it stands.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import tzinfo

from engagements.models import Import
from engagements.services.imports.states import State, change, lease_end
from engagements.sources.changelog import Changelog
from engagements.sources.refusal import FileRefused
from engagements.sources.work_file import WorkFile

NOT_WHOLE = (
    "The file is said to be whole, and its map leaves out rows of other teams: what went to one of "
    "these would be told as gone from the tracker. Bring it without saying that it is whole, or "
    "export only what is your teams'."
)


def skim_work(file: Import, work: WorkFile) -> None:
    """Look over the rows of the work, and note how many there are.

    Raises:
        FileRefused: a row cannot be told from the next, or none of them is to be taken.
    """
    work.skim()
    if not work.rows_read:
        raise FileRefused("The file has column names and no rows.")
    if work.rows_read == work.other_teams:
        raise FileRefused("Every row of the file is another team's: the map leaves them all out.")
    if file.is_whole and work.other_teams:
        raise FileRefused(NOT_WHOLE)
    change(file, rows_total=work.rows_read, lease_until=lease_end(State.READING))


def skim_changelog(blocks: Iterable[bytes], zone: tzinfo) -> None:
    """Look over the changes.

    Raises:
        FileRefused: it is no changelog, or a row cannot be told from the next.
    """
    with of_changelog():
        Changelog(blocks, zone=zone).skim()


def renewing(file: Import, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks; with each of them the lease is renewed, since nothing else is written."""
    for block in blocks:
        change(file, lease_until=lease_end(State.READING))
        yield block


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
