"""What people write in Markdown: as a page shows it, as a letter does, and in plain words.

A short list of what there may be: paragraphs, headings of one rank, lists, quotations, emphasis,
code within a line, and links by http, https and mailto. Whatever else looks like a mark stays the
words that it is, so that nothing typed is lost. HTML is text. What was rendered is sanitised again
by a list of its own (nh3): two libraries would have to err at once.
"""

from collections.abc import Iterable, Iterator
from itertools import count, repeat

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

SCHEMES = ("http", "https", "mailto")
TAGS = {"p", "h3", "ul", "ol", "li", "blockquote", "strong", "em", "code", "a", "br"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
UNKNOWN = ("html_block", "html_inline", "image", "code", "fence", "hr", "lheading", "reference")
# Under a section of a page, whatever rank was typed.
HEADING = "h3"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).disable(list(UNKNOWN))
    parser.validateLink = _may_link  # type: ignore[method-assign]
    return parser


def _may_link(url: str) -> bool:
    return url.partition(":")[0].lower() in SCHEMES


PARSER = _parser()


def to_html(text: str, *, in_line: bool = False, links: bool = True) -> SafeString:
    """As a page shows it; ``in_line`` without paragraphs, for a place that is one already.

    Without ``links`` an address stands beside its words: a letter links to the portal alone.
    """
    tokens = _demoted(PARSER.parseInline(text) if in_line else PARSER.parse(text))
    if not links:
        for token in tokens:
            token.children = list(_unlinked(token.children or []))
    html = PARSER.renderer.render(tokens, PARSER.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=set(SCHEMES))
    return SafeString(clean.strip())  # by the list above


def to_text(text: str, *, addresses: bool = True) -> str:
    """The words alone, a blank line between paragraphs; with the addresses of links, or without."""
    tree = SyntaxTreeNode(PARSER.parse(text))
    return "\n\n".join(_block(each, addresses) for each in tree.children)


def to_line(text: str) -> str:
    """The words alone, on one line, without the addresses of links."""
    return " ".join(to_text(text, addresses=False).split())


def _demoted(tokens: list[Token]) -> list[Token]:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = HEADING
    return tokens


def _unlinked(tokens: Iterable[Token]) -> Iterator[Token]:
    """The same words; each address in brackets behind its own, where it is another."""
    address, words = "", ""
    for token in tokens:
        if token.type == "link_open":
            address, words = str(token.attrGet("href")), ""
        elif token.type != "link_close":
            words += token.content
            yield token
        elif address != words:
            yield Token("text", "", 0, content=f" ({address})")


def _block(node: SyntaxTreeNode, addresses: bool) -> str:
    if node.type in ("bullet_list", "ordered_list"):
        start = int(str(node.attrs.get("start", 1)))
        marks = map("{}. ".format, count(start)) if node.type == "ordered_list" else repeat("- ")
        blocks = (
            "\n".join(_block(each, addresses) for each in item.children) for item in node.children
        )
        return "\n".join(
            mark + words.replace("\n", "\n" + " " * len(mark))
            for mark, words in zip(marks, blocks, strict=False)
        )
    if node.type == "blockquote":
        return "\n\n".join(_block(each, addresses) for each in node.children)
    tokens = [child for inline in node.to_tokens() for child in inline.children or []]
    return _line(_unlinked(tokens) if addresses else tokens)


def _line(tokens: Iterable[Token]) -> str:
    breaks = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(breaks.get(token.type, token.content) for token in tokens)
