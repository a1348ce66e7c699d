"""Every page in a real browser: for every eye, every width, every hand."""

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from dm_portal.tests.access_rules import TABLE
from dm_portal.tests.axe import violations
from dm_portal.tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.no_cover]

DESK, PHONE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}, 360
# 1440 pixels at 200 % are 720 of the page's own.
ZOOMED = {"width": 720, "height": 450}
# Both themes and both widths, once each: the gallery's tests look at every component in all four.
VIEWS = [(DESK, "light"), (PHONE, "dark")]

# The gallery has tests of its own, of every component in every view, and so have letters.
OF_NO_PAGE = {"healthz", "readyz", "status_calendar", "mfa_download_recovery_codes", "gallery"}
OF_NO_PAGE |= {"outbox_html", "letter_html"}
# Pages that come instead of another: what is not there, what is not allowed, and to us what a
# customer sees.
INSTEAD = {
    ("anonymous", "/nothing/"),
    ("anonymous", "invitation_accept"),
    ("anonymous", "/invitations/used/"),
    ("lead", "/nothing/"),
    ("lead", "/people/"),
    ("manager", "/nothing/"),
    ("manager", "/people/"),
    ("manager", "status_detail"),
    ("manager", "status_archive"),
}


def is_ours(name: str) -> bool:
    """A page of the portal's own: the administration brings Django's own pages along."""
    return name not in OF_NO_PAGE and not name.startswith("admin:")


def pages() -> list[tuple[str, str]]:
    """Every page once, as the first of these actors who may read it."""
    found = []
    for name, rule in TABLE.items():
        readers = [
            actor
            for actor in ("anonymous", "lead", "manager", "admin", "director")
            if rule.expected(actor, "GET") == 200
        ]
        if is_ours(name) and readers:
            found.append((readers[0], name))
    return sorted({*found, *INSTEAD})


@pytest.fixture(scope="module")
def tabs(browser: Browser, site: Site) -> Iterator[dict[str, Page]]:
    """One open tab for each actor, signed in; what its console says is kept on the page."""
    opened: dict[str, Page] = {}
    for actor in {actor for actor, _ in pages()}:
        context = browser.new_context()
        site.sign_in(context, actor)
        opened[actor] = page = context.new_page()
        page.said = said = []  # type: ignore[attr-defined]
        page.emulate_media(reduced_motion="reduce")  # colours are read when they stand
        page.on("console", partial(hear, said))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
    yield opened
    for page in opened.values():
        page.context.close()


def hear(said: list[str], message: ConsoleMessage) -> None:
    """Keep what is wrong. Its advice on passwords is not, nor that a page is not there."""
    if message.type in ("error", "warning") and "the server responded with" not in message.text:
        said.append(message.text)


def open_page(tabs: dict[str, Page], site: Site, actor: str, name: str) -> Page:
    page = tabs[actor]
    page.said.clear()  # type: ignore[attr-defined]
    page.goto(site.address(name))
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    return page


@pytest.mark.parametrize(("actor", "name"), pages())
def test_every_eye_and_every_hand(tabs: dict[str, Page], site: Site, actor: str, name: str) -> None:
    page = open_page(tabs, site, actor, name)
    wrong = [*missed_by_hands(page), *missed_by_eyes(page), *too_wide(page)]
    assert wrong + page.said == []  # type: ignore[attr-defined]


def missed_by_eyes(page: Page) -> Iterator[str]:
    """What axe finds, in every view."""
    for size, theme in VIEWS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        yield from violations(page)


def too_wide(page: Page) -> Iterator[str]:
    """Where one has to scroll sideways."""
    for width in (NARROW, ZOOMED["width"]):
        page.set_viewport_size({"width": width, "height": 800})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            yield f"{wide} pixels wide at {width}"


FOCUS = """() => {
    const at = document.activeElement, style = getComputedStyle(at);
    if (!at || at === document.body) return null;
    const box = at.getBoundingClientRect();
    return {
        what: at.outerHTML.slice(0, 120),
        shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
            || style.boxShadow !== "none",
        seen: box.width > 0 && box.height > 0,
        order: [...document.querySelectorAll("*")].indexOf(at),
    };
}"""
STEPS = 15


def missed_by_hands(page: Page) -> Iterator[str]:
    """Where the keyboard goes out of the page's order, or one does not see where it is."""
    page.set_viewport_size(DESK)
    stops = []
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        if (stop := page.evaluate(FOCUS)) is None or stop in stops:
            break  # past the end, or at the beginning again
        stops.append(stop)
    yield from (stop["what"] for stop in stops if not (stop["shown"] and stop["seen"]))
    orders = [stop["order"] for stop in stops]
    if orders != sorted(orders):
        yield f"the keyboard goes {orders}"
