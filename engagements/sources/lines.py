"""The bytes of a file, as counted lines of text."""

from collections.abc import Iterable, Iterator

from engagements.sources.refusal import CURE, FileRefused

MAX_ROW_BYTES = 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
OTHER_FORMATS = {
    b"\xff\xfe": "The file is written in UTF-16.",
    b"\xfe\xff": "The file is written in UTF-16.",
    b"PK\x03\x04": "The file is a workbook or a ZIP archive, not a CSV file.",
    b"\xd0\xcf\x11\xe0": "The file is an old Excel workbook, not a CSV file.",
}


class Lines:
    """An iterator over the lines of ``blocks``, each with its ending, decoded from UTF-8.

    Lines are told apart before they are decoded, so that a wrong byte is named by its exact line.
    ``number`` is the line last given, counted from 1; ``bytes_read`` how much of the file that
    was. Never more than one row is held, of at most ``MAX_ROW_BYTES``.

    Raises:
        FileRefused: not UTF-8, or a row that does not end.
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.number = 0
        self.bytes_read = 0
        self._row_starts_at = 0
        self._row_starts_on = 1
        self._raw = self._split(blocks)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = next(self._raw)
        self.number += 1
        self.bytes_read += len(raw)
        if self.number == 1:
            raw = _without_mark(raw)
        self._require_end_of_row(self.bytes_read)
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise FileRefused(f"Line {self.number} is not written in UTF-8. {CURE}") from error

    def start_row(self) -> int:
        """Say that a new row begins with the next line; returns that line's number."""
        self._row_starts_at, self._row_starts_on = self.bytes_read, self.number + 1
        return self._row_starts_on

    def _split(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        rest = b""
        for block in blocks:
            pieces = (rest + block).splitlines(keepends=True) or [b""]
            # The last piece may go on in the next block, be it with the \n of its \r.
            rest = pieces.pop()
            yield from pieces
            self._require_end_of_row(self.bytes_read + len(rest))
        if rest:
            yield rest

    def _require_end_of_row(self, end: int) -> None:
        if end - self._row_starts_at > MAX_ROW_BYTES:
            raise FileRefused(
                f"Line {self._row_starts_on}: the row that starts here is longer than 1 MB. "
                "Perhaps a quote is opened in it and never closed."
            )


def _without_mark(line: bytes) -> bytes:
    """The first line without its byte order mark.

    Raises:
        FileRefused: what stands there is no UTF-8 text.
    """
    for start, sentence in OTHER_FORMATS.items():
        if line.startswith(start):
            raise FileRefused(f"{sentence} {CURE}")
    return line.removeprefix(BYTE_ORDER_MARK)
