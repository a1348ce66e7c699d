"""Maps whose strings hide what they hold, or that would keep the portal busy."""

import time

import pytest
import tomli_w

from engagements.sources.maps import MAX_BYTES, MapRefused, parse_map

SHEET = b'name = "Sheet"\n[columns]\nkey = "Nr"\ncreated_at = "Begun"\n'
DOTTED = b"a" + b".a" * 129_000 + b" = 1"


@pytest.mark.parametrize(
    "before",
    [
        b'name = """\n\'\n"""\n',
        b"name = '''\n\"\n'''\n",
        b'name = """\n#""" \n',
        b'name = """ends with quotes"""""\n',
        b"name = '''ends with quotes'''''\n",
        b'name = """\\""""\n',
        b'name = """\\\\"""\n',
        b"name = 1  # '''\n",
        b"name = '#'\n\"'''\" = \"#\"\n",
    ],
)
def test_no_string_hides_a_deep_key(before: bytes) -> None:
    with pytest.raises(MapRefused) as refused:
        parse_map(before + DOTTED)
    assert str(refused.value).startswith("The map has tables in tables")


REFUSED_WITHIN = 5.0  # seconds of the processor


@pytest.mark.parametrize(
    ("start", "again", "end"),
    [
        (b"a = ", b"[{a = ", b""),
        (b"a = [", b"[" * 300 + b"]" * 300 + b",", b"]"),
        (b"a = [", b"{b = {c = {d = {e = {}}}}},", b"]"),
        (b"", b"[[a.b]]\nc.d = 1\n", b""),
        (b"a = ", b'"""\\', b""),
        (b"a = ", b"'''b", b""),
        (b'a = """', b"\\\n ", b'"""'),
        (b'a = """\n', b"a" + b".a" * 9 + b" = 1\n", b'"""'),
        (b"[states]\ndone = [", b"'a',", b"]"),
    ],
)
def test_what_fills_a_map_is_refused_soon(start: bytes, again: bytes, end: bytes) -> None:
    times = (MAX_BYTES - len(start) - len(end)) // len(again)
    began = time.process_time()
    with pytest.raises(MapRefused):
        parse_map(start + again * times + end)
    assert time.process_time() - began < REFUSED_WITHIN


@pytest.mark.parametrize("quotes", ["'''", '""', '"""', "a'''b # c", '\\"""'])
def test_quotes_in_a_name_of_a_column_begin_no_text(quotes: str) -> None:
    name = tomli_w.dumps({"size": quotes})
    by = parse_map(SHEET + name.encode())
    assert by.columns["size"] == (quotes,)


def test_dots_in_texts_of_several_lines_are_no_tables() -> None:
    odd = b'done = ["""\n1.2.3.4.5.6.7.8.9.10.11""", \'\'\'1.2.3.4.5.6.7.8.9.10.11"\'\'\']'
    by = parse_map(SHEET + b"[states]\n" + odd)
    assert {"1.2.3.4.5.6.7.8.9.10.11", '1.2.3.4.5.6.7.8.9.10.11"'} <= set(by.states)
