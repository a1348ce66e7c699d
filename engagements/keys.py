"""A tracker's keys in the URLs of our pages."""

import base64
import re

# Stands in a path as it is: a browser resolves no "." or ".." in it, and nothing is quoted.
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
ENCODED = "~"  # begins no plain key


class KeyConverter:
    """Path converter ``<key:key>``: one segment for a key, whatever characters it holds.

    ``ABC-12`` is written as it is. A browser would follow the ``..`` of other keys, quoted or
    not, to another page: they are written as ``~`` and base64url.
    """

    regex = r"~?[A-Za-z0-9._-]+"

    def to_python(self, value: str) -> str:
        """The key of a segment; ValueError, which is a 404, if ``to_url`` never writes it."""
        key = _decoded(value[1:]) if value.startswith(ENCODED) else value
        if "\x00" in key:
            raise ValueError("NUL no database holds")
        if self.to_url(key) != value:
            raise ValueError("not as we write it")
        return key

    def to_url(self, value: str) -> str:
        return value if PLAIN.fullmatch(value) else ENCODED + _encoded(value)


def _encoded(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _decoded(text: str) -> str:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True).decode()
