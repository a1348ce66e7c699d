"""The customer's page on paper: an ordinary week is one sheet."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from playwright.sync_api import Browser

from dm_portal.shell.components import Shape
from dm_portal.shell.pictures import BurnUp, BurnUpWeek, Timeline, TimelineMilestone
from reporting import customer
from reporting.live import Live, Raised
from reporting.own_letters import FIRST, STATUS
from reporting.questions import Part

TODAY = date(2026, 11, 20)
STYLE = Path(settings.BASE_DIR) / "static" / "css" / "portal.css"
LIVE = Live(
    needed=FIRST.needed,
    since=FIRST.since,
    risks=("The second fraud check may make refunds slower than shops accept.",),
    raised=(Raised("The export needs an owner.", "you", "Fri 4 Dec", "2026-12-04", "", "Raised"),),
)


def ordinary() -> customer.Status:
    """A week with two open milestones, both pictures, and something to say in every section."""
    drawn = [
        TimelineMilestone(
            name=f"{number}.0 Release",
            shape=Shape.NOT_KNOWN,
            word="10 of 17 items done",
            committed_on=TODAY + timedelta(weeks=number),
            original_on=None,
            done_on=None,
        )
        for number in range(4)
    ]
    weeks = [BurnUpWeek(TODAY - timedelta(weeks=10 - n), 20 + n, 2 * n) for n in range(11)]
    burn_up = BurnUp(
        "burn-up", "2.1 Refunds, week by week", "items", TODAY, weeks, TODAY + timedelta(days=10)
    )
    missed = (customer.Line("A draft", ("Promised for Fri 6 Nov, done Mon 9 Nov.",)),)
    return replace(
        STATUS,
        correction_reason="",
        timeline=Timeline(
            name="milestones", title="Committed milestones", as_of=TODAY, milestones=drawn
        ),
        burn_up=burn_up,
        our_word=customer.Kept("7 commitments were due: 6 kept, 1 missed.", missed),
    )


@pytest.mark.browser
def test_an_ordinary_week_is_one_sheet_with_nothing_cut(browser: Browser) -> None:
    article = SafeString(customer.article_of(ordinary()))
    parts = [Part(each.html, each.seam, None) for each in customer.pieces(article)]
    said = render_to_string("status/article.html", {"parts": parts, "live": LIVE})
    page = browser.new_page()
    page.set_content(
        f"<style>{STYLE.read_text()}</style><body class='customer'>"
        f"<main class='page page--report'>{said}</main>"
    )
    sheet = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", sheet)) == 1
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1032})
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    page.close()
