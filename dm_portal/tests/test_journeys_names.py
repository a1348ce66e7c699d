"""Names of trackers that are one long word, on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.plugin import DjangoDbBlocker

from dm_portal.shell.clock import now, today
from dm_portal.tests.site import Site
from engagements.models import Milestone, Sprint
from engagements.tests.work_files import HEADER, apply

pytestmark = [pytest.mark.browser, pytest.mark.no_cover]

WIDTH = 390
# What sticks out of the page, so that a failure says where to look.
WIDE = """() => [...document.querySelectorAll("main *")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => `${each.tagName} ${each.className}`).slice(0, 5)"""
PAGES = [
    *("engagement_detail", "import_list", "import_states", "import_people", "import_versions"),
    *("work_list", "milestone_list", "sprint_list", "blocker_list", "figures_detail"),
]


@pytest.fixture(scope="module")
def page(browser: Browser, site: Site, django_db_blocker: DjangoDbBlocker) -> Iterator[Page]:
    """A phone of whoever leads an engagement, all of whose names are as long as they may be."""
    with django_db_blocker.unblock():
        bring_long_names(site)
    context = browser.new_context(viewport={"width": WIDTH, "height": 844})
    site.sign_in(context, "manager")
    yield context.new_page()
    context.close()


def bring_long_names(site: Site) -> None:
    engagement = site.world.ours.engagement
    cells = ["K" * 200, "t" * 100, "x" * 2000, "S" * 100, "", "v" * 120, "s" * 120, "a" * 200]
    row = ",".join([*cells, now().isoformat(), "", ""])
    file = apply(engagement, site.world.actors["manager"], (HEADER + row).encode(), name="f" * 255)
    assert file.new_count == 1
    Milestone.objects.filter(name__startswith="vv").update(committed_on=today())
    Sprint.objects.filter(name__startswith="ss").update(starts_on=today(), ends_on=today())


@pytest.mark.parametrize("name", PAGES)
def test_a_word_of_any_length_breaks(page: Page, site: Site, name: str) -> None:
    page.goto(site.address(name))
    assert " ; ".join(wide(page)) == ""


def test_it_does_on_the_pages_of_the_file_too(page: Page, site: Site) -> None:
    page.goto(site.address("import_list"))
    page.get_by_role("link", name="f" * 255).first.click()
    assert " ; ".join(wide(page)) == ""
    page.goto(f"{page.url}rows/")
    assert " ; ".join(wide(page)) == ""


def wide(page: Page) -> list[str]:
    """What makes the page wider than the phone, first how wide it is."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{width} pixels", *page.evaluate(WIDE)] if width > WIDTH else []
