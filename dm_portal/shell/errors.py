"""What went wrong, in words that the user may read."""


class DomainError(Exception):
    """A rule of the field forbids it; ``str(error)`` is shown to the user.

    ``field`` names the form field that it is about, if any.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Conflict(DomainError):
    """Somebody else changed the row first, or another process took the work."""
