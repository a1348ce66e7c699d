"""What a file is, told by how it begins: text in UTF-8 or UTF-16, or something else."""

import bz2
import gzip
import io
import lzma
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dm_portal.shell.clock import now
from engagements.sources import encodings
from engagements.sources.changelog import Changelog
from engagements.sources.encodings import HEAD_BYTES, require_text
from engagements.sources.lines import Lines
from engagements.sources.maps import FileMap
from engagements.sources.refusal import FileRefused
from engagements.sources.samples import MAX_BYTES, Sample
from engagements.tests.work_files import BERLIN, changes, item, open_file, rows_of, work_csv

UTF_16 = ["utf-16-le", "utf-16-be"]
MARKED = [*UTF_16, "utf-16"]
TITLE = "Zahlung für Gäste, ein 💥 und \u0a00\u0d00 𝒳"
CURE = "Save the file as CSV UTF-8 and try again."


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        rows_of(content)
    return str(refused.value)


def marked(text: str, encoding: str) -> bytes:
    """As Windows programs write it."""
    return text.encode(encoding) if encoding == "utf-16" else f"\ufeff{text}".encode(encoding)


# UTF-16


@pytest.mark.parametrize("encoding", MARKED)
def test_a_file_in_utf_16_is_read(encoding: str) -> None:
    rows = [item("A-1", title=f'"{TITLE}\r\n\u2028 on"'), item("A-2")]
    text = work_csv(*rows).decode()
    for content in (marked(text, encoding), text.encode(encoding)):
        first, second = rows_of(content)
        assert (first.line, first.data["title"]) == (2, f"{TITLE}\r\n\u2028 on")
        assert (second.line, second.key) == (4, "A-2")


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters='\0"')),
    st.sampled_from(MARKED),
    st.integers(1, 600),
)
def test_every_text_survives_utf_16(title: str, encoding: str, block: int) -> None:
    content = marked(work_csv(item(title=f'"{title}"'), item("A-2")).decode(), encoding)
    first, second = open_file(content, block=block)
    assert (first.data["title"], second.key) == (title, "A-2")


@pytest.mark.parametrize("encoding", UTF_16)
def test_how_far_the_reading_is_in_utf_16(encoding: str) -> None:
    content = marked(work_csv(item(title=TITLE)).decode(), encoding)
    file = open_file(content)
    list(file)
    assert file.bytes_read == len(content)


@pytest.mark.parametrize("encoding", UTF_16)
@pytest.mark.parametrize(
    ("spoilt", "line"),
    [
        (lambda text, code: text.encode(code) + b"\0", 4),  # cut within a character
        (lambda text, code: text.rstrip().encode(code) + b"\0", 3),
        (lambda text, code: text.rstrip().encode(code) + "💥".encode(code)[:2], 3),
        (lambda text, code: text.replace("5", "\udc00", 1).encode(code, "surrogatepass"), 2),
        (lambda text, code: text.replace("A-2", "\ud83d").encode(code, "surrogatepass"), 3),
    ],
)
def test_broken_utf_16_is_named_by_its_line(spoilt: object, line: int, encoding: str) -> None:
    text = work_csv(item("A-1"), item("A-2")).decode()
    assert callable(spoilt)
    said = refusal("\ufeff".encode(encoding) + spoilt(text, encoding))
    assert said == f"Line {line} is not written in UTF-16. {CURE}"


@pytest.mark.parametrize("encoding", MARKED)
def test_a_changelog_in_utf_16_is_read(encoding: str) -> None:
    text = changes("A-1,2026-01-05,x,status,Geöffnet,Erledigt 💥").decode()
    [change] = Changelog([marked(text, encoding)], zone=BERLIN)
    assert (change.line, change.came, change.became) == (2, "Geöffnet", "Erledigt 💥")
    broken = marked(text, encoding) + b"\0"
    with pytest.raises(FileRefused, match="Line 3 is not written in UTF-16"):
        list(Changelog([broken], zone=BERLIN))


@pytest.mark.parametrize("encoding", MARKED)
@pytest.mark.parametrize("title", [TITLE, "印" * 40])
def test_a_sample_in_utf_16_is_read_and_kept_in_utf_8(encoding: str, title: str) -> None:
    rows = (item(f"A-{number}", title=f'"{title}"') for number in range(2000))
    content = marked(work_csv(*rows).decode(), encoding)
    by = FileMap("x", {"key": ["key"], "title": ["title"], "created_at": ["created_at"]})
    sample = Sample(content[: MAX_BYTES + 1])
    for each in (sample, Sample(sample.content)):
        assert each.header("comma")[:2] == ["key", "type"]
        [row] = each.read(by, zone=BERLIN, now=now(), count=1)
        assert row.data["title"] == title
        assert MAX_BYTES / 3 < len(each.content) <= MAX_BYTES
        assert each.content.endswith(b"\n")


@pytest.mark.parametrize("noise", [b"\0" * 600, b"key\0,created_at\n", b"\0key,created_at\n"])
def test_nul_is_not_taken_for_utf_16(noise: bytes) -> None:
    assert refusal(noise) == f"Line 1: the column names hold NUL characters. {CURE}"


# Everything else


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, content)
    return file.getvalue()


ZEROS = bytes(10 * 2**20)
HTML = b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>Key'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: zipped("zeros.csv", ZEROS), "a workbook or a ZIP archive"),
        (lambda: zipped("xl/worksheets/sheet1.xml", ZEROS), "a workbook or a ZIP archive"),
        (lambda: gzip.compress(ZEROS, mtime=0), "compressed by gzip"),
        (lambda: bz2.compress(ZEROS), "compressed by bzip2"),
        (lambda: lzma.compress(ZEROS, preset=0), "compressed by xz"),
    ],
)
def test_what_would_burst_is_never_unpacked(content: object, words: str) -> None:
    assert callable(content)
    packed = content()
    assert len(packed) < len(ZEROS) / 100
    said = refusal(packed)
    assert said.startswith(f"The file is {words}")
    assert "CSV" in said


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"PK\x05\x06" + bytes(18), "a workbook or a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook"),
        (bz2.compress(b""), "compressed by bzip2"),
        (b"(\xb5/\xfd\x04", "compressed by Zstandard"),
        (b"7z\xbc\xaf'\x1c\0\x04", "a 7-Zip archive"),
        (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"{\\rtf1\\ansi", "a text document"),
        ("key,created_at\n".encode("utf-32"), "written in UTF-32"),
        (b"\0\0\xfe\xff\0\0\0k", "written in UTF-32"),
        (b'<?xml version="1.0"?>', "written in XML"),
        (b"\xef\xbb\xbf\n <!DOCTYPE HTML>", "a web page"),
        (HTML, "a web page"),
        (marked(HTML.decode(), "utf-16-le"), "a web page"),
        (b'{"issues": []}', "written in JSON"),
        (b'[\n  {"key": "A-1"}]', "written in JSON"),
    ],
)
def test_what_is_no_csv_is_named_with_its_cure(start: bytes, words: str) -> None:
    said = refusal(start)
    assert said.startswith(f"The file is {words}")
    assert "CSV" in said
    with pytest.raises(FileRefused, match=said[:20]):
        require_text(start[:HEAD_BYTES])
    with pytest.raises(FileRefused, match=said[:20]):
        Changelog([start], zone=BERLIN)


@pytest.mark.parametrize("start", ["BZh,a", "PKey,a", "[Key],a", "{id},a", "<Key>,a", "7z,a"])
def test_a_name_that_only_looks_like_it_is_a_name(start: str) -> None:
    assert list(Lines([start.encode()])) == [start]


def test_only_the_beginning_is_looked_at() -> None:
    blocks = iter([b"\x1f\x8b" + bytes(HEAD_BYTES), b"never asked for"])
    with pytest.raises(FileRefused):
        encodings.in_utf8(blocks)
    assert next(blocks) == b"never asked for"
