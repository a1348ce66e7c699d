"""The bytes of a file, as counted lines of text."""

from collections.abc import Iterable, Iterator

from engagements.sources.encodings import UTF_8, in_utf8
from engagements.sources.refusal import CURE, FileRefused

MAX_ROW_BYTES = 1024 * 1024
BYTE_ORDER_MARK = "\ufeff"


class Lines:
    """An iterator over the lines of ``blocks``, each with its ending, decoded from UTF-8 or UTF-16.

    Lines are told apart before they are decoded, so that a wrong byte is named by its exact line.
    ``number`` is the line last given, counted from 1; ``bytes_read`` how much of the file that
    was. Never more than one row is held, of at most ``MAX_ROW_BYTES`` in UTF-8.

    Raises:
        FileRefused: neither of the two, no text at all, or a row that does not end.
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.number = 0
        self.bytes_read = 0
        self._written = UTF_8
        self._end = self._row_starts_at = 0
        self._row_starts_on = 1
        self._lines = self._decoded(blocks)

    def __iter__(self) -> Iterator[str]:
        """What gives the lines, without a call for each of them: a file has millions."""
        return self._lines

    def __next__(self) -> str:
        return next(self._lines)

    def start_row(self) -> int:
        """Say that a new row begins with the next line; returns that line's number."""
        self._row_starts_at, self._row_starts_on = self._end, self.number + 1
        return self._row_starts_on

    def _decoded(self, blocks: Iterable[bytes]) -> Iterator[str]:
        for raw in self._split(blocks):
            self.number += 1
            self._end += len(raw)
            if self._end - self._row_starts_at > MAX_ROW_BYTES:
                self._refuse_long_row()
            try:
                line = raw.decode()
            except UnicodeDecodeError as error:
                written = "UTF-8" if self._written == UTF_8 else "UTF-16"
                said = f"Line {self.number} is not written in {written}. {CURE}"
                raise FileRefused(said) from error
            self.bytes_read += len(raw if self._written == UTF_8 else line.encode(self._written))
            yield line.removeprefix(BYTE_ORDER_MARK) if self.number == 1 else line

    def _split(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        self._written, pieces_of_text = in_utf8(blocks)
        rest = b""
        for block in pieces_of_text:
            pieces = (rest + block).splitlines(keepends=True) or [b""]
            # The last piece may go on in the next block, be it with the \n of its \r.
            rest = pieces.pop()
            yield from pieces
            if self._end + len(rest) - self._row_starts_at > MAX_ROW_BYTES:
                self._refuse_long_row()
        if rest:
            yield rest

    def _refuse_long_row(self) -> None:
        raise FileRefused(
            f"Line {self._row_starts_on}: the row that starts here is longer than 1 MB. "
            "Perhaps a quote is opened in it and never closed."
        )
