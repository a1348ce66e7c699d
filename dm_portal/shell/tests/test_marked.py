"""What people write in Markdown: on a page, in a letter, in plain words; and what may not pass."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dm_portal.shell.marked import ATTRIBUTES, SCHEMES, TAGS, to_html, to_line, to_text


class Read(HTMLParser):
    """What a browser makes of a text: its words, and whatever is not on our list."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words, self.strange = "", list[str]()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        self.strange += [tag] if tag not in TAGS else []
        self.strange += [name for name, _ in attrs if name not in known]
        address = dict(attrs).get("href")
        if address and address.partition(":")[0].lower() not in SCHEMES:
            self.strange.append(address)

    def handle_data(self, data: str) -> None:
        self.words += data

    def unknown_decl(self, data: str) -> None:
        self.strange.append(data)

    handle_comment = handle_decl = handle_pi = unknown_decl


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("", ""),
        ("One\nline.\n\nAnother.", "<p>One\nline.</p>\n<p>Another.</p>"),
        (
            "*soft* **strong** `code`",
            "<p><em>soft</em> <strong>strong</strong> <code>code</code></p>",
        ),
        ("# A\n\n### B", "<h3>A</h3>\n<h3>B</h3>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        (
            "[plan](https://x.example)",
            '<p><a href="https://x.example" rel="noopener noreferrer">plan</a></p>',
        ),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](//evil.example)", "<p>[x](//evil.example)</p>"),
        ("<b>x</b> 2 < 3", "<p>&lt;b&gt;x&lt;/b&gt; 2 &lt; 3</p>"),
        ("A\n---\n    B", "<p>A\n---\nB</p>"),
        ("snake_case 5 * 3 * 2", "<p>snake_case 5 * 3 * 2</p>"),
    ],
)
def test_on_a_page(typed: str, html: str) -> None:
    assert to_html(typed) == html


def test_within_a_line() -> None:
    assert to_html("We **wait**.\n\n# No", in_line=True) == "We <strong>wait</strong>.\n\n# No"


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        (
            "See [the *plan*](https://x.example).",
            "<p>See the <em>plan</em> (https://x.example).</p>",
        ),
        ("<https://x.example>", "<p>https://x.example</p>"),
        ("# No link", "<h3>No link</h3>"),
    ],
)
def test_a_letter_has_no_links_of_its_own(typed: str, html: str) -> None:
    assert to_html(typed, links=False) == html


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("", ""),
        ("One\nline  \nbroken.\n\n**Another**.", "One line\nbroken.\n\nAnother."),
        ("# Head\n> said\n>\n> again", "Head\n\nsaid\n\nagain"),
        ("- a\n  - b\n- c", "- a\n  - b\n- c"),
        ("9. a\n10. b\n    c", "9. a\n10. b c"),
        ("See [the plan](https://x.example).", "See the plan (https://x.example)."),
        ("<https://x.example>", "https://x.example"),
    ],
)
def test_in_plain_words(typed: str, text: str) -> None:
    assert to_text(typed) == text


def test_on_one_line() -> None:
    assert to_line("See [2.1](https://x.example/99).\n\n- **a**") == "See 2.1. - a"


def test_strings_that_broke_other_software(real_data: Path) -> None:
    path = real_data / "hostile" / "naughty_strings.json"
    for text in json.loads(path.read_text(encoding="utf-8")):
        for typed in (text, f"[{text}]({text})", f"<{text}>"):
            for html in (to_html(typed), to_html(typed, in_line=True), to_html(typed, links=False)):
                assert Read(html).strange == [], typed


@given(st.text(st.sampled_from("a1*_`#>-[](){}<>!&;:/\\\"'= \n\t")))
def test_whatever_is_typed_is_harmless(typed: str) -> None:
    assert Read(to_html(typed)).strange == []
    assert Read(to_html(typed, links=False)).strange == []
    to_text(typed)
