"""The main job in a browser, from the first sign-in to what the customer reads; without JavaScript
too: every step is a link or a form."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from dm_portal.people.models import OutgoingMail
from dm_portal.shell.clock import now, today
from dm_portal.tests.access_matrix import Rule
from dm_portal.tests.access_rules import TABLE
from dm_portal.tests.site import Site
from dm_portal.tests.world import PASSWORD
from engagements.services.imports import whole
from reporting.models import Report
from reporting.services import compiling, publishing, ticks

pytestmark = [pytest.mark.browser, pytest.mark.no_cover]

FILE = """key,type,title,state,milestone,created_at,done_at
PAY-1,Story,Refunds can be started,Done,2.1,{0}T09:00:00Z,{1}T09:00:00Z
PAY-2,Story,Refunds can be approved,Open,2.1,{0}T10:00:00Z,
"""
HEADLINE = "Refunds can be started; approving them is next."


def run_what_waits() -> None:
    """What the clock or the workers do behind the pages."""
    ticks.open_periods(at=now())
    for report in Report.objects.to_compile(now()):
        compiling.compile_report(report_id=report.pk)
    for report in Report.objects.to_publish(now()):
        publishing.finish_publication(report_id=report.pk)
    whole.run_waiting()


class Traveller:
    """Somebody in front of a browser, who complains about whatever the console says."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        context.set_default_timeout(10_000)
        self.page, self.url, self.said = context.new_page(), url, list[str]()
        self.home = ""  # the engagement's own page, once there is one
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def hear(self, message: ConsoleMessage) -> None:
        refused = "status of 422" in message.text  # a form that says what is missing
        if message.type in ("error", "warning") and not refused:
            self.said.append(message.text)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def fill(self, **values: str) -> None:
        """Type into the fields that have these names."""
        for name, value in values.items():
            self.page.locator(f"[name={name}]").fill(value)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).first.click()

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main")).to_contain_text(text)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def travellers(
    browser: Browser,
    site: Site,
    request: pytest.FixtureRequest,
    settings: Any,
) -> Iterator[tuple[Traveller, Traveller]]:
    """A DM and a customer's lead, each with a browser of their own."""
    settings.PUBLISH_DELAY = 0
    contexts = [browser.new_context(java_script_enabled=request.param) for _ in range(2)]
    dm, lead = (Traveller(context, site.url) for context in contexts)
    yield dm, lead
    for context in contexts:
        context.close()
    assert dm.said + lead.said == []


def test_from_a_file_to_a_status_that_its_customer_reads(
    site: Site,
    travellers: tuple[Traveller, Traveller],
) -> None:
    dm, lead = travellers
    sign_in(dm, site.world.actors["stranger"].email)
    name = begin_engagement(dm)
    import_work(dm)
    invite(dm, f"{name}@customer.example")
    publish(dm)
    come_in(lead, f"{name}@customer.example")
    lead.sees(HEADLINE)
    lead.sees("Refunds can be started")
    assert_seen(dm)


def sign_in(dm: Traveller, email: str) -> None:
    dm.go("/")
    dm.fill(login=email, password="wrong")
    dm.press("Sign in")
    dm.sees("There is a problem")
    dm.fill(login=email, password=PASSWORD)
    dm.press("Sign in")
    expect(dm.page).to_have_url(f"{dm.url}/")


def begin_engagement(dm: Traveller) -> str:
    """A new engagement for a new customer, which began two weeks ago; returns its name."""
    name = f"atlas{now():%H%M%S%f}"
    start = f"{today() - timedelta(days=14):%Y-%m-%d}"
    dm.go("/engagements/new/")
    dm.press("Begin it")
    dm.sees("There is a problem")
    form = dm.page.locator("form[method=post]").last
    form.locator("[name=name]").fill(name)
    form.locator("[name=new_customer]").fill(f"{name} bank")
    for field in ("starts_on", "reporting_from"):
        form.locator(f"[name={field}]").fill(start)
    dm.press("Begin it")
    expect(dm.page).to_have_url(re.compile(r"/engagements/[a-z2-7]{10}/$"))
    dm.home = dm.page.url.removeprefix(dm.url)
    return name


def import_work(dm: Traveller) -> None:
    dm.go(f"{dm.home}imports/new/")
    days = [f"{today() - timedelta(days=back):%Y-%m-%d}" for back in (13, 12)]
    file = {"name": "work.csv", "mimeType": "text/csv", "buffer": FILE.format(*days).encode()}
    dm.page.locator("[name=file]").set_input_files(file)  # type: ignore[arg-type]
    dm.press("Read the file")
    run_what_waits()
    dm.page.reload()
    dm.sees("2")
    dm.press("Apply")
    run_what_waits()
    dm.page.reload()
    dm.sees("Applied")
    dm.go(f"{dm.home}work/")
    dm.sees("Refunds can be approved")


def invite(dm: Traveller, email: str) -> None:
    dm.go(f"{dm.home}settings/contacts/")
    dm.fill(name="Lena Lead", email=email)
    dm.page.locator("[name=kind]").select_option("lead")
    dm.press("Send the invitation")
    dm.sees("Lena Lead")


def publish(dm: Traveller) -> None:
    """The oldest week: preview, publish, and see that it is out."""
    run_what_waits()
    dm.go(f"{dm.home}reports/")
    dm.page.locator("main table a").last.click()
    dm.fill(headline=HEADLINE, our_move="We show approving on Friday.")
    dm.page.locator("[name=colour][value=amber]").check(force=True)
    reason = dm.page.locator("[name=colour_reason]")
    if reason.is_visible():
        reason.fill("The rest is small.")
    dm.press("Preview as the customer")
    dm.sees(HEADLINE)
    dm.press("Publish")
    run_what_waits()
    dm.page.reload()
    dm.sees("Published")


def come_in(lead: Traveller, email: str) -> None:
    """By the link of the letter, with a password of one's own."""
    letter = OutgoingMail.objects.get(recipient=email).text
    link = next(line for line in letter.splitlines() if "/invitations/" in line)
    lead.go("/" + link.strip().split("/", 3)[3])
    lead.fill(password="another good password", again="another good password")
    lead.press("Come in")
    expect(lead.page).to_have_url(re.compile(r"/status/"))


def assert_seen(dm: Traveller) -> None:
    dm.go(f"{dm.home}reports/")
    dm.sees("Lena Lead")


# Forms say what is wrong, and lead there ---------------------------------------------------------


SENDERS = ("manager", "admin", "director", "lead")


def may_send(rule: Rule, actor: str) -> bool:
    """Reads the page, and is let in with what is sent."""
    return rule.expected(actor, "GET") == 200 and rule.expected(actor, "POST") != 403


def forms() -> list[tuple[str, str]]:
    """Every page with a form that refuses to be empty, as somebody who may send it."""
    found = []
    for name, rule in TABLE.items():
        may = [actor for actor in SENDERS if may_send(rule, actor)]
        if may and rule.post is not None and name not in MAY_BE_EMPTY:
            found.append((may[0], name))
    return found


# Nothing is missing in them as they are: what was there is proposed, or nothing need be said.
MAY_BE_EMPTY = {"report_edit", "blocker_edit", "person_calendar"}


@pytest.fixture(scope="module")
def tabs(browser: Browser, site: Site) -> Iterator[dict[str, Page]]:
    """One open tab for each actor, signed in."""
    opened = {}
    for actor in {actor for actor, _ in forms()}:
        context = browser.new_context()
        site.sign_in(context, actor)
        opened[actor] = context.new_page()
    yield opened
    for page in opened.values():
        page.context.close()


@pytest.mark.parametrize(("actor", "name"), forms())
def test_the_error_summary_takes_the_focus(
    tabs: dict[str, Page], site: Site, actor: str, name: str
) -> None:
    page = tabs[actor]
    page.goto(site.address(name))
    form = page.locator("main form[method=post]").last
    form.evaluate(EMPTY)
    form.evaluate("form => form.requestSubmit()")
    page.wait_for_load_state()
    expect(page.locator(".error-summary")).to_be_focused()
    assert page.title().startswith("Error: ")
    target = page.locator(".error-summary a").first
    if target.count():
        target.click()
        assert page.evaluate("document.activeElement.matches('input, select, textarea, fieldset')")


EMPTY = """form => { for (const each of form.elements) {
    if (each.type === "hidden" || each.tagName === "BUTTON") continue;
    if (each.type === "checkbox" || each.type === "radio") each.checked = false;
    else each.value = "";
} }"""


def test_weeks_are_turned_by_the_arrow_keys(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    site.sign_in(context, "lead")
    page = context.new_page()
    page.goto(site.address("status_detail"))
    earlier = page.get_by_role("link", name="Earlier:").get_attribute("href")
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(f"{site.url}{earlier}")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="Earlier:")).to_have_attribute("href", str(earlier))
    context.close()


@pytest.fixture
def draft_page(browser: Browser, site: Site) -> Iterator[Page]:
    """The draft of a week between two others, before its DM."""
    context = browser.new_context()
    site.sign_in(context, "manager")
    page = context.new_page()
    page.goto(site.address("report_edit"))
    yield page
    context.close()


TURNS = [("prev", "ArrowLeft", "ArrowRight"), ("next", "ArrowRight", "ArrowLeft")]


def test_our_weeks_are_turned_by_the_arrow_keys_and_say_so(draft_page: Page) -> None:
    weeks = draft_page.get_by_role("navigation", name="Weeks")
    expect(weeks).to_contain_text("The keys ← → turn the weeks.")
    here = draft_page.url
    for relation, there, back in TURNS:
        neighbour = weeks.locator(f"a[rel={relation}]").get_attribute("href")
        draft_page.keyboard.press(there)
        expect(draft_page).to_have_url(re.compile(f"{neighbour}$"))
        draft_page.keyboard.press(back)
        expect(draft_page).to_have_url(here)


def test_a_week_is_not_turned_while_somebody_writes_or_chooses(draft_page: Page) -> None:
    here = draft_page.url
    for name in ("headline", "our_move", "colour"):
        draft_page.locator(f"[name={name}]").first.focus()
        draft_page.keyboard.press("ArrowLeft")
        draft_page.keyboard.press("ArrowRight")
    draft_page.wait_for_timeout(300)
    assert draft_page.url == here


def test_our_weeks_are_turned_by_links_without_javascript(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    site.sign_in(context, "manager")
    page = context.new_page()
    page.goto(site.address("report_edit"))
    expect(page.get_by_text("turn the weeks")).to_be_hidden()
    page.locator("a[rel=prev]").click()
    page.locator("a[rel=next]").click()
    expect(page).to_have_url(site.address("report_edit"))
    context.close()
