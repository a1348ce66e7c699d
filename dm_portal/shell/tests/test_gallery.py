"""The gallery, and what holds for every page that is made of its components."""

from types import SimpleNamespace
from typing import Literal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from dm_portal.people.models import User
from dm_portal.shell.gallery import gallery, signatures
from dm_portal.shell.templatetags.portal import register
from dm_portal.tests.axe import violations

WIDTHS = [360, 1440]


@pytest.fixture
def gallery_url(live_server: LiveServer, page: Page, client: Client, admin: User) -> str:
    """The gallery, with an admin signed in to the browser."""
    client.force_login(admin)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([{**session, "url": live_server.url}])
    return f"{live_server.url}/gallery/"


def test_only_whom_the_policy_names_sees_it() -> None:
    request = RequestFactory().get("/gallery/")
    request.user = SimpleNamespace(name="Ada")
    with pytest.raises(PermissionDenied):
        gallery(request, allowed=lambda user: user.name == "Bo")


@pytest.mark.django_db
def test_it_shows_every_component_with_its_arguments(client: Client, admin: User) -> None:
    client.force_login(admin)
    html = client.get("/gallery/").content.decode()
    assert [name for name in register.tags if f"<code>{name}</code>" not in html] == []


def test_signatures_are_read_from_the_functions() -> None:
    progress = next(each for each in signatures() if each.name == "progress")
    assert progress.arguments == "label done=… total=… unit='rows' poll_url='' note=''"
    assert progress.summary.startswith("Long work: a bar")


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways(page: Page, gallery_url: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(gallery_url)
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, gallery_url: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(gallery_url)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert violations(page) == []


@pytest.mark.browser
def test_nothing_is_refused_by_the_policy(page: Page, gallery_url: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(gallery_url)
    assert said == []


@pytest.mark.browser
def test_the_first_key_leads_past_the_rail(page: Page, gallery_url: str) -> None:
    page.goto(gallery_url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.browser
def test_a_menu_closes_on_escape_and_gives_the_focus_back(page: Page, gallery_url: str) -> None:
    page.goto(gallery_url)
    page.locator(".menu summary").click()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator(".menu").get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


@pytest.mark.browser
def test_keys_list_themselves_and_lead_to_places(page: Page, gallery_url: str) -> None:
    page.goto(gallery_url)
    page.keyboard.press("?")
    assert page.get_by_role("heading", name="Keyboard shortcuts").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/pods/")


@pytest.mark.browser
def test_keys_are_letters_where_one_types(page: Page, gallery_url: str) -> None:
    page.goto(gallery_url)
    page.locator("#id_fresh-name").press_sequentially("?gp")
    assert page.locator("#id_fresh-name").input_value() == "?gp"
    assert page.url == gallery_url


@pytest.mark.browser
def test_every_wide_thing_scrolls_in_its_own_region(page: Page, gallery_url: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(gallery_url)
    region = page.get_by_role("region", name="Revisions of the committed date")
    assert region.evaluate("each => each.scrollWidth > each.clientWidth")
    assert region.get_attribute("tabindex") == "0"
