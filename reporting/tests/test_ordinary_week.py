"""An ordinary week in a browser, counted from sign-in to published; and by the keyboard alone."""

from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from dm_portal.people.models import User
from dm_portal.shell.clock import now, today
from dm_portal.tests.axe import violations
from engagements.models import Engagement
from reporting.models import Period, Report
from reporting.services.publishing import finish_publication
from reporting.tests.reports import commit_late, draft, fresh, import_work, publish, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery staple"
SENTENCE = "Refunds will probably be late: the bank’s test system is down."
MOST_ACTS, MOST_LETTERS = 8, 200


class Hands:
    """Counts what somebody does: a click, a tap, keys at once and filling a field are one each."""

    def __init__(self, page: Page) -> None:
        self.page, self.acts, self.letters = page, 0, 0

    def click(self, what: Locator) -> None:
        self.acts += 1
        what.click()

    def fill(self, name: str, text: str) -> None:
        self.acts, self.letters = self.acts + 1, self.letters + len(text)
        self.page.locator(f"[name={name}]").fill(text)


def report_of(engagement: Engagement, *, weeks_ago: int) -> Report:
    """Of a week that is due in an hour, or was."""
    day = today() - timedelta(weeks=weeks_ago)
    monday, due_at = day - timedelta(days=day.weekday()), now() + timedelta(hours=1)
    period = Period.objects.create(
        engagement=engagement,
        starts_on=monday,
        due_on=day,
        opens_at=due_at - timedelta(days=1, weeks=weeks_ago),
        due_at=due_at - timedelta(weeks=weeks_ago),
    )
    return Report.objects.create(engagement=engagement, period=period)


@pytest.fixture
def week(engagement: Engagement, manager: User, lead: User) -> Report:
    """At risk as it was said last time, with a move that goes on; the DM has a password."""
    manager.set_password(PASSWORD)
    manager.save(update_fields=["password"])
    begun = now() - timedelta(weeks=3)
    import_work(engagement, manager, **{"A-1": (begun, now()), "A-2": (begun, None)})
    commit_late(engagement, manager, on=today() - timedelta(days=2))
    publish(write(draft(report_of(engagement, weeks_ago=1)), manager, colour="amber"), manager)
    return draft(report_of(engagement, weeks_ago=0))


def sign_in(page: Page, client: Client, url: str, user: User) -> None:
    client.force_login(user)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([{**session, "url": url}])


def test_it_takes_one_sentence_and_few_hands(
    live_server: LiveServer, page: Page, week: Report, manager: User
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url)
    hands = Hands(page)
    hands.fill("login", manager.email)
    hands.fill("password", PASSWORD)
    hands.click(page.get_by_role("button", name="Sign in", exact=True))
    hands.click(page.get_by_role("link", name="Write").first)
    hands.fill("headline", SENTENCE)
    hands.click(page.get_by_role("button", name="Publish", exact=True))
    expect(page.locator("main")).to_contain_text("Going out")
    Report.objects.filter(pk=week.pk).update(publish_at=now() - timedelta(seconds=1))
    finish_publication(report_id=week.pk)
    said = fresh(week).revisions.get()
    assert (said.headline, said.colour) == (SENTENCE, "amber")
    assert said.text["our_move"] == "We test them with your bank on Monday."
    assert hands.acts <= MOST_ACTS
    assert hands.letters <= MOST_LETTERS


def test_the_keyboard_gets_everywhere_and_nothing_typed_is_lost(
    live_server: LiveServer, page: Page, client: Client, week: Report, manager: User, deputy: User
) -> None:
    sign_in(page, client, live_server.url, manager)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}{week.get_absolute_url()}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.keyboard.press("j")
    expect(page.locator("[name=headline]")).to_be_focused()
    page.keyboard.type("Refunds are late.")
    page.keyboard.press("Control+s")
    saved = page.locator("[data-saved]")
    expect(saved).to_contain_text("Saved at")
    assert (fresh(week).headline, fresh(week).colour) == ("Refunds are late.", "")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("[name=our_move]")).to_be_focused()
    write(fresh(week), deputy, colour="amber")
    page.keyboard.type(" And more.")
    page.keyboard.press("Control+s")
    expect(saved).to_contain_text("Not saved: Dario Deputy saved this")
    page.keyboard.press("Control+s")
    expect(page.locator(".conflict")).to_contain_text("And more.")
