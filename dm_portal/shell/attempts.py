"""Work that may die at any moment: five attempts, each noted on its row, then an admin is asked.

What is tried, and how a row keeps its error, each kind of work says for itself.
"""

import logging
import traceback
from datetime import datetime, timedelta
from types import TracebackType

from dm_portal.shell.clock import now

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
# Characters kept of an error: its end says what happened.
ERROR_LENGTH = 4000
DIED = "The process at work ended without a word: it was killed, or out of memory or time."


def next_attempt_at(attempts: int) -> datetime:
    """When work that failed so many times is tried again: after 2, 4, 8, 16 seconds."""
    return now() + timedelta(seconds=2**attempts)


class OutOfMemory(RuntimeError):
    """The work wanted more memory than its process may have.

    In place of MemoryError, at which Celery ends the whole worker and not only the task.
    """


class Attempt:
    """One attempt at a claimed row. An error is written to the row, and goes on."""

    def give_back(self, error: str) -> object:
        """Keep the error, and let the next attempt come, or nobody's any more."""
        raise NotImplementedError

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            logger.warning("An attempt failed: %s: %s", type(error).__name__, error)
            self.give_back("".join(traceback.format_exception(error))[-ERROR_LENGTH:])
        if isinstance(error, MemoryError):
            raise OutOfMemory(str(error)) from error
