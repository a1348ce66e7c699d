"""Why a file as a whole cannot be taken."""

from dm_portal.shell.errors import DomainError

CURE = "Save the file as CSV UTF-8 and try again."


class FileRefused(DomainError):
    """No row of the file can be trusted; the message names the line and the cure."""
