"""Every letter in a real browser, as mail programs show it: for every eye, at both widths."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from dm_portal.people import letters
from dm_portal.people.tests.letters import example
from dm_portal.tests.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.no_cover]

VIEWS = [(640, "light"), (640, "dark"), (390, "light"), (390, "dark")]
# A letter has no landmarks: mail programs put it into a page of their own.
OF_PAGES_ALONE = ("landmark-one-main", "region", "page-has-heading-one")


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.mark.parametrize("kind", sorted(letters.registered()))
def test_every_eye(page: Page, kind: str) -> None:
    html, wrong = example(kind).html, []
    for width, theme in VIEWS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_content(html)
        found = violations(page)
        wrong += [f"{theme} {width}: {each}" for each in found if not of_pages(each)]
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            wrong.append(f"{wide} pixels wide at {width}")
    assert wrong == []


def of_pages(violation: str) -> bool:
    return any(rule in violation for rule in OF_PAGES_ALONE)
