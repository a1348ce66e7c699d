"""The pages that belong to no app: what stands where something went wrong."""

from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string

ERRORS = ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"]


class Outline(HTMLParser):
    """The text of the elements of one kind."""

    def __init__(self, html: str, tag: str) -> None:
        super().__init__()
        self.tag, self.inside, self.found = tag, False, list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag == self.tag

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found.append(data)
            self.inside = False


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_needs_nothing_and_leads_on(name: str) -> None:
    """No user, no request, no database: nothing else may work any more."""
    html = render_to_string(name)
    [heading] = Outline(html, "h1").found
    assert Outline(html, "title").found == [f"{heading} · Delivery portal"]
    assert 'href="/"' in html


def test_a_refusal_speaks_of_no_engagement_where_there_may_be_none() -> None:
    assert "Your part in the portal does not include it." in render_to_string("403.html")


def test_a_refusal_says_its_reason() -> None:
    html = render_to_string("403.html", {"exception": "Only the deputy may."})
    assert "<p>Only the deputy may.</p>" in html
