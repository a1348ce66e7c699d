"""Django's way to a mail server, with a hand on the line: whoever waits too long can cut it."""

import socket
from contextlib import suppress
from typing import Any

from django.core.mail.backends.smtp import EmailBackend as DjangoBackend


class EmailBackend(DjangoBackend):
    """Knows its socket from the first byte on, before the server has greeted us."""

    opened: socket.socket | None = None

    @property
    def connection_class(self) -> Any:
        backend, known = self, super().connection_class

        class Connection(known):  # type: ignore[misc, valid-type]  # plain or with TLS
            def _get_socket(self, *arguments: Any) -> socket.socket:
                backend.opened = super()._get_socket(*arguments)
                return backend.opened

        return Connection

    def cut(self) -> None:
        """End the conversation from another thread: whoever waits for the server reads its end."""
        sockets = (getattr(self.connection, "sock", None), self.opened)
        for opened in filter(None, sockets):
            with suppress(OSError):  # it has ended by itself, or speaks through another socket now
                opened.shutdown(socket.SHUT_RDWR)
