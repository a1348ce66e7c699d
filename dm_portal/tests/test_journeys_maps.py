"""A map is made in a real browser, while the answers are slow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dm_portal.tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.no_cover]

DESK = b"Nr;Was;Wo;Seit\n1;Brot;Offen;02/01/2026\n2;Salz;Fertig;03/01/2026\n"
SLOW = {"offline": False, "latency": 600, "downloadThroughput": -1, "uploadThroughput": -1}


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The form of a sample, each of whose previews takes its time."""
    context = browser.new_context()
    site.sign_in(context, "manager")
    page = context.new_page()
    page.goto(site.address("import_map"))
    page.get_by_label("A file to make the map from").set_input_files(
        {"name": "desk.csv", "mimeType": "text/csv", "buffer": DESK}
    )
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("heading", name="Which column holds what")).to_be_visible()
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    yield page
    context.close()


def test_what_is_typed_while_an_answer_is_under_way_stays(page: Page) -> None:
    name = page.get_by_label("Name")
    name.fill("")
    with page.expect_response("**/map/"):
        page.get_by_label("Dates").select_option("day first")
        name.focus()
        name.press_sequentially("Support desk ")
    page.wait_for_timeout(300)  # its swap is done
    name.press_sequentially("Berlin")
    expect(name).to_have_value("Support desk Berlin")
    expect(name).to_be_focused()
    expect(page.get_by_label("Dates")).to_have_value("day first")


def test_what_is_chosen_while_an_answer_is_under_way_counts(page: Page) -> None:
    for label, column in (("Key", "Nr"), ("Created on", "Seit"), ("Title", "Was")):
        page.get_by_label(label, exact=True).select_option(column)
        page.wait_for_timeout(100)
    page.get_by_label("Dates").select_option("day first")
    preview = page.locator("#map-preview")
    expect(preview).to_contain_text("Brot")
    expect(preview).to_contain_text("Fri 2 Jan")
    for label, column in (("Key", "Nr"), ("Created on", "Seit"), ("Title", "Was")):
        expect(page.get_by_label(label, exact=True)).to_have_value(column)


def test_written_otherwise_the_file_offers_other_columns(page: Page) -> None:
    key = page.get_by_label("Key", exact=True)
    page.get_by_label("Cells are separated by").select_option("comma")
    page.get_by_label("Name").fill("Desk")
    expect(key.locator("option")).to_have_text(["Not in the file", "Nr;Was;Wo;Seit"])
    expect(page.get_by_label("Name")).to_have_value("Desk")
    page.get_by_label("Cells are separated by").select_option("semicolon")
    page.get_by_label("Rows").select_option("intervals")
    expect(page.get_by_label("Days in the state")).to_be_visible()
    expect(key.locator("option")).to_have_count(5)
