"""Pictures of every page and letter of the demo world, wide and narrow, light and dark.

Makes the demo world in a folder of its own, serves it, looks at it with Chromium, and ends what it
began. Everything goes to ``var/pictures/``, which git ignores; the dozen that the repository keeps
goes to ``docs/pictures/`` as well. The customer's page is printed, too.

Prints how many pictures there are, and exits 1 where a page is wider than its window, or the
customer's page takes more than one sheet.

    python .ci/pictures.py [--world FOLDER] [--port 8190] [--only WORD]
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
ALL, CHOSEN = ROOT / "var" / "pictures", ROOT / "docs" / "pictures"
PASSWORD = os.environ.get("DEMO_PASSWORD", "a-picture-a-day")
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser")
SIZES = {"1440": (1440, 900), "390": (390, 844)}
SHEET = re.compile(rb"/Type\s*/Page[^s]")

# name, who looks, address; {Atlas payments} is the reference of the engagement of that name
PAGES = (
    ("sign-in", "", "/accounts/login/"),
    ("needs-me", "dm@portal.example", "/"),
    ("needs-me-architect", "architect@portal.example", "/"),
    ("needs-me-director", "director@portal.example", "/"),
    ("needs-me-admin", "admin@portal.example", "/"),
    ("needs-me-specialist", "specialist@portal.example", "/"),
    ("engagements", "director@portal.example", "/engagements/"),
    ("engagement", "dm@portal.example", "/engagements/{Atlas payments}/"),
    ("milestones", "dm@portal.example", "/engagements/{Atlas payments}/milestones/"),
    ("milestone", "dm@portal.example", "/engagements/{Atlas payments}/milestones/3/"),
    ("sprints", "dm@portal.example", "/engagements/{Atlas payments}/sprints/"),
    ("work", "dm@portal.example", "/engagements/{Atlas payments}/work/"),
    ("blockers", "dm@portal.example", "/engagements/{Atlas payments}/blockers/"),
    ("asks", "dm@portal.example", "/engagements/{Atlas payments}/asks/"),
    ("risks", "dm@portal.example", "/engagements/{Atlas payments}/risks/"),
    ("actions", "dm@portal.example", "/engagements/{Atlas payments}/actions/"),
    ("commitments", "dm@portal.example", "/engagements/{Atlas payments}/commitments/"),
    ("escalations", "dm@portal.example", "/engagements/{Atlas payments}/escalations/"),
    ("statuses", "dm@portal.example", "/engagements/{Atlas payments}/reports/"),
    ("rules", "dm@portal.example", "/engagements/{Atlas payments}/rules/"),
    ("figures", "dm@portal.example", "/engagements/{Atlas payments}/figures/"),
    ("imports", "dm@portal.example", "/engagements/{Atlas payments}/imports/"),
    ("history", "dm@portal.example", "/engagements/{Atlas payments}/history/"),
    ("settings", "dm@portal.example", "/engagements/{Atlas payments}/settings/"),
    ("drifting", "dm4@portal.example", "/engagements/{Quayside gates}/rules/"),
    ("young", "dm3@portal.example", "/engagements/{Lantern archive}/"),
    ("notes", "dm@portal.example", "/notes/"),
    ("pods", "admin@portal.example", "/pods/"),
    ("people", "admin@portal.example", "/people/"),
    ("health", "admin@portal.example", "/health/"),
    ("leave", "admin@portal.example", "/leave/"),
    ("customer", "lead@larkfield.example", "/status/{Atlas payments}/"),
    ("customer-asks", "lead@larkfield.example", "/status/{Atlas payments}/asks/"),
    ("customer-archive", "lead@larkfield.example", "/status/{Atlas payments}/archive/"),
    ("customer-recovered", "lead@osterby.example", "/status/{Harbour bookings}/"),
    ("customer-finished", "lead@larkfield.example", "/status/{Kestrel cards}/"),
)
# found on a page of its own: the address of the first link that matches
FOUND = (
    ("editor", "dm@portal.example", "/", r"/engagements/\w+/reports/\d{4}-W\d\d/$"),
    ("pod", "dm@portal.example", "/pods/", r"/pods/\w{10}/$"),
)
KEPT = {
    *("needs-me-1440-light", "needs-me-390-dark", "engagement-1440-light", "editor-1440-light"),
    *("editor-390-light", "customer-1440-light", "customer-390-light", "customer-390-dark"),
    *(
        "customer-asks-390-light",
        "rules-1440-light",
        "commitments-1440-dark",
        "letter-status-390-light",
    ),
}
# What one sees without scrolling, for the README.
FIRST_SCREENS = {"customer-1440-light": "status"}


def main() -> int:
    arguments = parse()
    shutil.rmtree(ALL, ignore_errors=True)
    ALL.mkdir(parents=True)
    CHOSEN.mkdir(exist_ok=True)
    with served(arguments) as url, sync_playwright() as playwright:
        program = next(filter(None, map(shutil.which, CHROMIUMS)))
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        wrong = list(take(browser, url, arguments.only))
        browser.close()
    taken = len(list(ALL.iterdir()))
    print(f"{taken} pictures in {ALL.relative_to(ROOT)}: {'; '.join(wrong) or 'fine'}")
    return 1 if wrong else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--world", type=Path, help="a folder in which the demo world may stay")
    parser.add_argument("--port", type=int, default=8190)
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    return parser.parse_args()


@contextmanager
def served(arguments: argparse.Namespace) -> Iterator[str]:
    """The demo world behind a web server of our own, without its clock."""
    folder = arguments.world or Path(tempfile.mkdtemp(prefix="pictures-"))
    url = f"http://127.0.0.1:{arguments.port}"
    own = {"VAR_DIR": str(folder), "DEMO_PASSWORD": PASSWORD, "BASE_URL": url}
    environment = os.environ | own
    manage = [sys.executable, str(ROOT / "manage.py")]
    for command in (
        ["migrate", "-v0"],
        ["collectstatic", "--no-input", "-v0"],
        ["seed_demo", "--if-empty"],
    ):
        subprocess.run([*manage, *command], env=environment, check=True, stdout=subprocess.DEVNULL)
    gunicorn = [sys.executable, "-m", "gunicorn", "dm_portal.wsgi", "--bind", url.split("//")[1]]
    server = subprocess.Popen(gunicorn, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"{url}/healthz")
        yield url
    finally:
        server.terminate()
        server.wait()
        if not arguments.world:
            shutil.rmtree(folder, ignore_errors=True)


def wait_for(url: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 -- our own
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit(f"{url} does not answer.")


def take(browser: Browser, url: str, only: str) -> Iterator[str]:
    """Every picture; yields what is wrong with a page."""
    states = {who: signed_in(browser, url, who) for who in {row[1] for row in (*PAGES, *FOUND)}}
    refs = references(browser, url, states["director@portal.example"])
    pages = [(name, who, path) for name, who, path in PAGES]
    pages += [found(browser, url, states[row[1]], row) for row in FOUND]
    pages += letters(browser, url, states["admin@portal.example"])
    for name, who, path in pages:
        if only in name:
            address = url + re.sub(r"\{(.+?)\}", lambda match: refs[match[1]], path)
            yield from look(browser, states[who], name, address)
            if name == "customer":
                yield from printed(browser, states[who], address)


def signed_in(browser: Browser, url: str, who: str) -> Any:
    """The cookies of somebody."""
    context = browser.new_context()
    page = context.new_page()
    if who:
        page.goto(f"{url}/accounts/login/")
        page.fill("[name=login]", who)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
    state = context.storage_state()
    context.close()
    return state


def references(browser: Browser, url: str, state: Any) -> dict[str, str]:
    """The reference of each engagement, by its name."""
    with opened(browser, state) as page:
        page.goto(f"{url}/engagements/?state=")
        rows = page.locator("main a[href^='/engagements/']")
        read = [(each.inner_text(), each.get_attribute("href") or "") for each in rows.all()]
    return {name.strip(): href.split("/")[2] for name, href in read}


def found(browser: Browser, url: str, state: Any, row: Any) -> tuple[str, str, str]:
    name, who, path, pattern = row
    with opened(browser, state) as page:
        page.goto(url + path)
        links = [each.get_attribute("href") or "" for each in page.locator("main a").all()]
    return name, who, next(link for link in links if re.search(pattern, link))


def letters(browser: Browser, url: str, state: Any) -> list[tuple[str, str, str]]:
    """One page for each kind of letter."""
    with opened(browser, state) as page:
        page.goto(f"{url}/outbox/letters/")
        links = {each.get_attribute("href") or "" for each in page.locator("main a").all()}
    kinds = sorted(link for link in links if re.search(r"/outbox/letters/[\w-]+/$", link))
    admin = "admin@portal.example"
    return [(f"letter-{link.split('/')[3]}", admin, f"{link}html/") for link in kinds]


@contextmanager
def opened(browser: Browser, state: Any, **options: Any) -> Iterator[Page]:
    context = browser.new_context(storage_state=state, **options)
    yield context.new_page()
    context.close()


def look(browser: Browser, state: Any, name: str, address: str) -> Iterator[str]:
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            options = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
            with opened(browser, state, **options) as page:
                answer = page.goto(address)
                if answer is None or answer.status != 200:
                    yield f"{name} answers {answer and answer.status}"
                    return
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    yield f"{name} is {wide} wide at {width}"
                if first := FIRST_SCREENS.get(f"{name}-{size}-{scheme}"):
                    page.screenshot(path=CHOSEN / f"{first}.png")
                tall = page.evaluate("document.documentElement.scrollHeight")
                # as tall as the page, so that bars at an edge are at that of the picture
                page.set_viewport_size({"width": width, "height": max(height, tall)})
                keep(page, f"{name}-{size}-{scheme}")


def keep(page: Page, name: str) -> None:
    path = ALL / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    if name in KEPT:
        shutil.copy(path, CHOSEN)


def printed(browser: Browser, state: Any, address: str) -> Iterator[str]:
    """The customer's page on paper: one sheet of A4."""
    with opened(browser, state) as page:
        page.goto(address)
        content = page.pdf(path=CHOSEN / "customer-printed.pdf", format="A4")
    if (sheets := len(SHEET.findall(content))) != 1:
        yield f"the customer's page takes {sheets} sheets"


if __name__ == "__main__":
    sys.exit(main())
