"""Strings that attack, in a real browser under the real policy: shown, and nothing happens."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dm_portal.shell.csv_export import csv_lines
from dm_portal.tests.site import Site
from engagements.models import WorkItem
from engagements.tests.pages import at
from engagements.tests.work_files import apply

pytestmark = [pytest.mark.browser, pytest.mark.no_cover]
FIELDS = ["key", "title", "type", "state", "milestone", "sprint", "assignee", "created_at"]
ATTACKS = ("<", ">", "javascript:", "onerror", "onload", "alert")
# Whatever an attack that succeeds would leave on the page.
TRACES = """() => [...document.querySelectorAll("*")].filter((each) =>
    ["IFRAME", "OBJECT", "EMBED", "IMG", "VIDEO", "BASE", "MARQUEE"].includes(each.tagName) ||
    [...each.attributes].some((has) => has.name.startsWith("on")) ||
    /^javascript:/i.test(each.getAttribute("href") || "")).map((each) => each.outerHTML)"""


@pytest.fixture
def attacks(real_data: Path) -> list[str]:
    path = real_data / "hostile" / "naughty_strings.json"
    found: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return [each for each in found if any(part in each.lower() for part in ATTACKS)]


def listening(page: Page) -> list[str]:
    """What the page does by itself: dialogs, errors, refusals of its policy, strange requests."""
    done: list[str] = []

    def dialog(each: Any) -> None:
        done.append(f"dialog: {each.message}")
        each.dismiss()

    page.on("dialog", dialog)
    page.on("pageerror", lambda error: done.append(str(error)))
    page.on("console", lambda each: done.append(each.text) if each.type == "error" else None)
    page.on("popup", lambda each: done.append(f"popup: {each.url}"))
    return done


def test_nothing_happens_where_they_are_shown(
    browser: Browser, site: Site, attacks: list[str]
) -> None:
    engagement, manager = site.world.ours.engagement, site.world.actors["manager"]
    rows = ([text] * (len(FIELDS) - 1) + ["2026-01-05"] for text in attacks)
    content = "".join(csv_lines([*FIELDS, *attacks], (row + [""] * len(attacks) for row in rows)))
    file = apply(engagement, manager, content.encode())
    assert file.new_count > 150
    item = WorkItem.objects.filter(title__contains="<script>alert(").first()
    assert item is not None
    context = browser.new_context()
    site.sign_in(context, "manager")
    page = context.new_page()
    done = listening(page)
    for address in (
        at("import_detail", engagement, number=file.number),
        at("import_row_list", engagement, number=file.number),
        at("work_list", engagement),
        at("import_states", engagement),
        at("figures_detail", engagement),
        at("work_detail", engagement, number=item.source.number, key=item.key),
    ):
        assert page.goto(site.url + address).ok  # type: ignore[union-attr]
        assert page.evaluate(TRACES) == []
        assert page.evaluate("location.origin") == site.url
    assert page.locator("h1, h2").first.is_visible()
    assert item.title in page.inner_text("main")
    context.close()
    assert done == []
