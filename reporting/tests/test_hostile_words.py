"""Strings that have broken other software, wherever a tracker may name things: on every page."""

import csv
import io
import json
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from dm_portal.people.models import User
from dm_portal.shell.csv_export import csv_lines, unprotect
from engagements.models import Engagement, Import, Milestone, Sprint, WorkItem
from engagements.tests.pages import at
from engagements.tests.work_files import apply
from reporting.tests.pages import SignIn, url
from reporting.tests.reports import FRIDAY, WEEK, draft, open_reports, publish, write

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
FIELDS = ["key", "type", "title", "state", "milestone", "sprint", "assignee"]


def strings(real_data: Path) -> list[str]:
    path = real_data / "hostile" / "naughty_strings.json"
    found: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def work_file(strings: list[str]) -> bytes:
    """Each string in every cell that names something, and as the name of a column."""
    created = (FRIDAY - 3 * WEEK).isoformat()
    rows = ([text] * len(FIELDS) + [created] + [""] * len(strings) for text in strings)
    return "".join(csv_lines([*FIELDS, "created_at", *strings], rows)).encode()


def changelog(strings: list[str]) -> bytes:
    """Each item into its own state from another, and to its own sprint and assignee."""
    rows = (
        [text, (FRIDAY - WEEK / 2).isoformat(), field, before, text]
        for text, before in zip(strings, reversed(strings), strict=True)
        for field in ("status", "sprint", "assignee", "fix version", text)
    )
    return "".join(csv_lines(["key", "created", "field", "from", "to"], rows)).encode()


class Shown(HTMLParser):
    """What a browser would show of a page, and whatever of it could act."""

    def __init__(self, response: Any) -> None:
        super().__init__(convert_charrefs=True)
        assert response.status_code == 200
        self.texts: list[str] = []
        self.acts: list[str] = []
        self.feed(response.content.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag in ("script", "iframe", "object", "embed", "svg", "base", "img", "video", "math"):
            self.acts.append(f"<{tag} {has.get('src', '')}>")
        self.acts += [f"{name}={value}" for name, value in has.items() if name.startswith("on")]
        self.acts += [
            value
            for name in ("href", "src", "action", "formaction", "style", "srcdoc")
            if (value := has.get(name, "")) and not value.startswith(("/", "?", "#"))
        ]
        self.texts += has.get("value", ""), has.get("title", ""), has.get("aria-label", "")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def lacks(self, wanted: Iterable[Any]) -> list[str]:
        """What of this is nowhere, each as a whole text."""
        there = {text.strip() for text in self.texts}
        return [text for each in wanted if (text := str(each).strip()) not in there]


@pytest.fixture
def file(real_data: Path, friday: object, engagement: Engagement, manager: User) -> Import:
    hostile = strings(real_data)
    return apply(engagement, manager, work_file(hostile), changelog=changelog(hostile))


# What every page has of its own.
OURS = {"<script /static/django_htmx/htmx-2.min.js>", "<script /static/js/app.js>", "<svg >"}
OURS |= {"<script /static/js/draft.js>"}
# Of the items whose own pages are looked at.
NASTY = [
    "<script",
    "javascript:",
    "{%",
    "../",
    "'\"",
    "onload",
    "\u202e",
    "%s",
    "=",
    "\n",
    "💥",
    "🇺",
]


def nasty() -> list[WorkItem]:
    """One item for each of these."""
    found = (WorkItem.objects.filter(title__contains=part).first() for part in NASTY)
    return [each for each in found if each]


def page_of(item: WorkItem) -> str:
    return at("work_detail", item.engagement, number=item.source.number, key=item.key)


def choices(engagement: Engagement) -> set[str]:
    """What the filters of the work offer."""
    items = WorkItem.objects.filter(engagement=engagement)
    fields = ("type", "state", "assignee", "sprint__name", "milestones__name")
    return {name for field in fields for name in items.values_list(field, flat=True) if name}


def test_every_page_shows_them_and_none_acts(
    file: Import, engagement: Engagement, manager: User, lead: User, sign_in: SignIn
) -> None:
    [report] = open_reports(engagement)
    drafted = draft(report)
    ours, theirs = sign_in(manager), at("status_detail", engagement)
    number, states = {"number": file.number}, WorkItem.objects.values_list("state", flat=True)
    pages: dict[str, Any] = {
        at("import_detail", engagement, **number): [", ".join(file.unknown_columns)],
        at("import_row_list", engagement, **number): [],
        at("work_list", engagement): choices(engagement),
        at("import_states", engagement): set(states),
        at("milestone_list", engagement): Milestone.objects.order_by("number")[:10],
        at("sprint_list", engagement): Sprint.objects.order_by("-number")[:10],
        at("engagement_detail", engagement): [],
        at("figures_detail", engagement): [],
        url(report): [],
        url(report, "report_preview"): [],
        **{page_of(item): [item.key, item.title, item.sprint] for item in nasty()},
    }
    shown = {page: Shown(ours.get(page)) for page in pages}
    publish(write(drafted, manager), manager)
    shown[theirs] = Shown(sign_in(lead).get(theirs))
    acting = {page: set(has.acts) - OURS for page, has in shown.items()}
    assert {page: acts for page, acts in acting.items() if acts} == {}
    lacking = {page: shown[page].lacks(wanted) for page, wanted in pages.items()}
    assert {page: texts for page, texts in lacking.items() if texts} == {}


def test_each_is_kept_as_it_came_and_no_download_holds_a_formula(
    real_data: Path, file: Import, engagement: Engagement, manager: User, sign_in: SignIn
) -> None:
    """Names without the blanks around them, titles with them; each refusal has its reason."""
    items = WorkItem.objects.select_related("sprint", "engagement", "source")
    refused = {
        row.data["title"]: row.reason for row in file.rows.filter(verdict="refused", part="work")
    }
    kept = {item.title: item for item in items}
    assert set(kept) | set(refused) == set(strings(real_data))
    assert all(refused.values())
    for text, item in kept.items():
        names = {item.key, item.type, item.state, item.assignee, str(item.sprint)}
        assert names == {text.strip()}
        assert resolve(page_of(item)).kwargs["key"] == item.key
    cells = downloaded(sign_in(manager), file)
    assert not {cell for cell in cells if cell[:1] in set("=+-@\t\r")}
    assert {*kept, *choices(engagement)} - {unprotect(cell) for cell in cells} == set()


def downloaded(client: Client, file: Import) -> set[str]:
    """The cells of every download that names work."""
    found = set[str]()
    for route in ("work_list", "milestone_list", "sprint_list", "import_row_list"):
        more = {"number": file.number} if route == "import_row_list" else {}
        answer: Any = client.get(at(route, file.engagement, **more), {"format": "csv"})
        rows = csv.reader(io.StringIO(answer.getvalue().decode(), newline=""))
        found |= {cell for row in rows for cell in row}
    return found
