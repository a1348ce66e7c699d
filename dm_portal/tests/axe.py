"""What axe finds on a page as it is shown: its size, its theme, what is open."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Only what is wrong is handed over: the whole report of a page weighs more than the page. Frames
# hold letters, which run nothing, not even this; they are looked at on their own.
FIND = """() => axe.run(document, { resultTypes: ["violations"], iframes: false }).then((report) =>
    report.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target}`)))"""


def violations(page: Page) -> list[str]:
    """``rule: element`` for each; axe comes to the page once, however often it is asked."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[str] = page.evaluate(FIND)
    return found
