"""What went wrong, in words that the user may read."""


class DomainError(Exception):
    """A rule of the field forbids it; ``str(error)`` is shown to the user."""


class Conflict(DomainError):
    """Somebody else changed the row first, or another process took the work."""
