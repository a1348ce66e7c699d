"""What a file is, told by how it begins; text in UTF-16 becomes text in UTF-8.

Nothing is ever unpacked, so that nothing can burst.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from engagements.sources.refusal import CURE, FileRefused

# How much of a file tells what it is.
HEAD_BYTES = 512
UTF_8, LITTLE, BIG = "utf-8", "utf-16-le", "utf-16-be"
# UTF-16 is known by its byte order mark, or by the NULs that are half of each plain letter.
MARKS = {codecs.BOM_UTF16_LE: LITTLE, codecs.BOM_UTF16_BE: BIG}
# No text in UTF-8 has this byte: what follows the last whole character is a fault of its line.
CUT_OFF = b"\xff"

UNPACK = "Unpack it, and bring the CSV file that is in it."
EXPORT = "Export the work as CSV instead."
OPEN = "Open it in a spreadsheet, save it as CSV UTF-8, and bring that."
# How files begin that are no text, and what to do with them.
FORMATS = {
    rb"PK(\x03\x04|\x05\x06|\x07\x08)": f"a workbook or a ZIP archive, not a CSV file. {CURE}",
    rb"\xd0\xcf\x11\xe0": f"an old Excel workbook, not a CSV file. {CURE}",
    rb"\x1f\x8b": f"compressed by gzip. {UNPACK}",
    rb"BZh[1-9](1AY&SY|\x17rE8P\x90)": f"compressed by bzip2. {UNPACK}",
    rb"\xfd7zXZ\0": f"compressed by xz. {UNPACK}",
    rb"\(\xb5/\xfd": f"compressed by Zstandard. {UNPACK}",
    rb"7z\xbc\xaf'\x1c": f"a 7-Zip archive, not a CSV file. {UNPACK}",
    rb"Rar!\x1a\x07": f"a RAR archive, not a CSV file. {UNPACK}",
    rb"%PDF-": f"a PDF, not a CSV file. {EXPORT}",
    rb"\{\\rtf": f"a text document, not a CSV file. {EXPORT}",
    rb"\xff\xfe\0\0|\0\0\xfe\xff": f"written in UTF-32. {CURE}",
}
# How texts begin, after any blanks, that have no rows and columns.
TEXTS = {
    rb"<\?(xml|mso)": f"written in XML, whatever its name says, not a CSV file. {OPEN}",
    rb"<(!doctype|!--|html|head|meta|style|body|table|div)": (
        f"a web page, whatever its name says, not a CSV file. {OPEN}"
    ),
    rb'\{\s*"|\[\s*[\[{]': f"written in JSON, not a CSV file. {EXPORT}",
}
BLANKS = b"\xef\xbb\xbf \t\r\n"


def require_text(head: bytes) -> None:
    """``head`` is how a file begins.

    Raises:
        FileRefused: it is no text with rows and columns.
    """
    _refuse(FORMATS, head)
    written = _encoding(head)
    text = head if written == UTF_8 else head.decode(written, "ignore").encode()
    _refuse(TEXTS, text.lstrip(BLANKS))


def _refuse(kinds: Mapping[bytes, str], head: bytes) -> None:
    for begins, words in kinds.items():
        if re.match(begins, head, re.IGNORECASE):
            raise FileRefused(f"The file is {words}")


def in_utf8(blocks: Iterable[bytes]) -> tuple[str, Iterator[bytes]]:
    """In what the file of these blocks is written, and its blocks in UTF-8.

    What is not well-formed is not well-formed there either, so that its line can be named.

    Raises:
        FileRefused: it is no text with rows and columns.
    """
    pieces = iter(blocks)
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= HEAD_BYTES:
            break
    require_text(head)
    written, whole = _encoding(head), chain([head], pieces)
    return written, whole if written == UTF_8 else _from_utf16(whole, written)


def _encoding(head: bytes) -> str:
    if head[:2] in MARKS:
        return MARKS[head[:2]]
    letters = head[: min(64, len(head) // 2 * 2)]
    first, second = (letters[side::2].count(0) * 4 > len(letters) for side in (0, 1))
    if first == second:
        return UTF_8
    return BIG if first else LITTLE


def _from_utf16(blocks: Iterable[bytes], written: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(written)("surrogatepass")
    for block in blocks:
        yield decoder.decode(block).encode(UTF_8, "surrogatepass")
    if decoder.getstate()[0]:
        yield CUT_OFF
