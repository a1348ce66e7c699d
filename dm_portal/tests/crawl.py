"""Fetches whatever a signed-in person can reach: by links, by GET forms, by downloads."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.http import HttpResponseBase
from django.test import Client

# Leaving, and what is the same for everybody.
NOT_FOLLOWED = ("/accounts/logout/", "/static/")
# How many queries of one path are worth reading: pages, filters, orders, downloads.
VARIANTS = 6
# The Django admin's way back to a list, which changes nothing on the page that carries it.
WAYS_BACK = {"_changelist_filters", "_popup", "_to_field", "next"}


@dataclass
class Form:
    """A GET form: what each of its fields may say."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    def queries(self) -> Iterator[str]:
        """The form as it stands, then with each option of each field, one at a time."""
        plain = {name: values[0] for name, values in self.fields.items()}
        yield urlencode(plain)
        for name, values in self.fields.items():
            for value in values[1:]:
                yield urlencode(plain | {name: value})


class Links(HTMLParser):
    """The addresses that a page offers."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.form: Form | None = None
        self.select = ""
        self.forms: list[Form] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.found += [has[name] for name in ("href", "src", "hx-get", "data-url") if has.get(name)]
        if tag == "form" and has.get("method", "get").lower() == "get":
            self.form = Form(has.get("action", ""))
            self.forms.append(self.form)
        elif self.form and has.get("name") and tag in ("input", "select"):
            self.select = has["name"]
            values = [has.get("value", "")] if tag == "input" else []
            self.form.fields.setdefault(has["name"], []).extend(values)
        elif self.form and tag == "option":
            self.form.fields[self.select].append(has.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None

    def addresses(self) -> Iterator[str]:
        yield from self.found
        for form in self.forms:
            yield from (f"{form.action.split('?')[0]}?{query}" for query in form.queries())


@dataclass(frozen=True)
class Page:
    """One answer, with everything in it that could be read."""

    url: str
    status: int
    kind: str
    text: str


def text_of(response: HttpResponseBase) -> str:
    """Body and headers: a file name or an address may tell too."""
    body = b"".join(response) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return f"{headers}\n\n{body.decode('utf-8', 'replace')}"


def crawl(client: Client, starts: list[str]) -> list[Page]:
    """Every page that can be reached from ``starts``, each once, and its downloads."""
    seen, pages, waiting = set(starts), [], deque(starts)
    variants: dict[str, int] = {}
    while waiting:
        url = waiting.popleft()
        response = client.get(url)
        kind = response.headers.get("Content-Type", "").split(";")[0]
        page = Page(url, response.status_code, kind, text_of(response))
        pages.append(page)
        for found in _found_on(page, response):
            path = urlsplit(found).path
            if found not in seen and variants.get(path, 0) < VARIANTS:
                seen.add(found)
                variants[path] = variants.get(path, 0) + 1
                waiting.append(found)
    return pages


def _found_on(page: Page, response: HttpResponseBase) -> Iterator[str]:
    if location := response.headers.get("Location"):
        yield from _ours(page.url, [location])
    if page.kind in ("text/html", "image/svg+xml"):
        yield from _ours(page.url, Links(page.text).addresses())


def _ours(base: str, addresses: Iterator[str] | list[str]) -> Iterator[str]:
    """Absolute paths on this portal, their queries in one order, without fragments."""
    for address in islice(addresses, 2000):
        parts = urlsplit(urljoin(f"http://testserver{base}", address))
        if parts.netloc != "testserver" or parts.scheme not in ("http", "https"):
            continue
        if parts.path.startswith(NOT_FOLLOWED):
            continue
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        query = urlencode(sorted(pair for pair in pairs if pair[0] not in WAYS_BACK))
        yield f"{parts.path}?{query}" if query else parts.path
