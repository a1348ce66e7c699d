"""A look over the files up to their last lines, before anything is kept of them.

What refuses a file as a whole is so said within seconds, wherever in the file it stands. What
floods does so from the beginning: this is read, too, so that nobody waits for the end of a flood.
"""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from itertools import islice

from engagements.models import Import
from engagements.services.imports.bounds import Bounds
from engagements.services.imports.states import State, change, lease_end
from engagements.sources.changelog import Changelog
from engagements.sources.refusal import FileRefused, of_changelog
from engagements.sources.work_file import WorkFile

# So many rows of the work and of the changelog are read as they will be later, a batch at a time.
BEGINNING, CHANGES, BATCH = 12_000, 20_000, 2000
NOT_WHOLE = (
    "The file is said to be whole, and its map leaves out rows of other teams: what went to one of "
    "these would be told as gone from the tracker. Bring it without saying that it is whole, or "
    "export only what is your teams'."
)


def skim_work(file: Import, work: WorkFile, bounds: Bounds) -> None:
    """Look over the rows of the work, and note how many there are.

    Raises:
        FileRefused: a row cannot be told from the next, none of them is to be taken, or there are
            too many names of a kind from the beginning.
    """
    for row in work:
        bounds.take_rows([row])
        if work.rows_read >= BEGINNING:
            break
    work.skim()
    if not work.rows_read:
        raise FileRefused("The file has column names and no rows.")
    if work.rows_read == work.other_teams:
        raise FileRefused("Every row of the file is another team's: the map leaves them all out.")
    if file.is_whole and work.other_teams:
        raise FileRefused(NOT_WHOLE)
    change(file, rows_total=work.rows_read, lease_until=lease_end(State.READING))


def skim_changelog(blocks: Iterable[bytes], zone: tzinfo, bounds: Bounds) -> None:
    """Look over the changes.

    Raises:
        FileRefused: it is no changelog, a row cannot be told from the next, or there is too much of
            something from the beginning.
    """
    with of_changelog():
        changes = Changelog(blocks, zone=zone)
        beginning = islice(changes, CHANGES)
        while batch := list(islice(beginning, BATCH)):
            bounds.take_changes(batch)
        changes.skim()


def renewing(file: Import, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks; with each of them the lease is renewed, since nothing else is written."""
    for block in blocks:
        change(file, lease_until=lease_end(State.READING))
        yield block
