"""List pages: filter in the URL, 25 rows a page, CSV with the same filter and rights.

    COLUMNS = [
        Column("Name", "name", url=lambda row: row.get_absolute_url()),
        Column("Due", "due_on", kind="date", missing="no date"),
        Column("Status", "shape", kind="shape"),
        Column("Open items", "open_count", kind="number"),
    ]

    def engagement_list(request):
        rows = Engagement.objects.visible_to(request.user).with_open_count()
        return render_list(request, "engagements/engagement_list.html", rows, columns=COLUMNS,
                           caption="Engagements", filename="engagements.csv",
                           filterset_class=EngagementFilter)

The template: ``{% filter_bar listing %}{% list_table listing noun="engagement" %}what to say
when there is none{% endlist_table %}``. Two statements, whatever the number of rows.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django_filters import FilterSet

from dm_portal.shell.components import Shape
from dm_portal.shell.csv_export import csv_response
from dm_portal.shell.wording import abridged

PAGE_SIZE = 25
CSV_CHUNK = 500
KINDS = ("text", "number", "date", "instant", "shape")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``value`` is an attribute path ("customer.name") or a function of the row.

    ``kind`` is text, number, date, instant or shape; ``url`` makes the cell a link;
    ``missing`` is what is shown for None; ``note`` is a second, quieter line, and a column of
    the CSV under ``note_label``; ``plain`` is what the CSV gets in place of ``value``. Of a text
    that ``is_long``, and of its note, only the beginning is shown; the CSV gets all of it.
    """

    label: str
    value: str | Callable[[Any], object]
    kind: str = "text"
    url: Callable[[Any], str] | None = None
    missing: str = "—"
    note: str | Callable[[Any], object] = ""
    note_label: str = ""
    plain: Callable[[Any], object] | None = None
    is_long: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")

    def read(self, row: object) -> object:
        """The bare value."""
        return _read(self.value, row)

    def headings(self) -> list[str]:
        """What the CSV calls it, and its note if it has one there."""
        return [self.label, self.note_label] if self.note_label else [self.label]

    def plainly(self, row: object) -> list[object]:
        """What the CSV gets: a shape is its word, as whoever cannot see it reads it."""
        value = self.plain(row) if self.plain else self.read(row)
        said = value.word if isinstance(value, Shape) else value
        return [said, _read(self.note, row)] if self.note_label else [said]

    def cell(self, row: object) -> "Cell":
        note = str(_read(self.note, row)) if self.note else ""
        url = self.url(row) if self.url else ""
        value = self.read(row)
        if self.is_long:
            value = abridged(value) if isinstance(value, str) else value
            note = abridged(note)
        return Cell(self.label, self.kind, value, url, self.missing, note)


def _read(path: str | Callable[[Any], object], row: object) -> object:
    return path(row) if callable(path) else attrgetter(path)(row)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as the table shows it; ``label`` is repeated beside it on a phone."""

    label: str
    kind: str
    value: object
    url: str
    missing: str
    note: str


@dataclass(frozen=True)
class Listing:
    """A page of a list, ready for ``filter_bar`` and ``list_table``."""

    caption: str
    columns: Sequence[Column]
    queryset: QuerySet[Any]
    page: Page[Any]
    filename: str
    links: "PageLinks"
    csv_url: str = ""
    filterset: FilterSet | None = None
    filtered: bool = False

    @cached_property
    def rows(self) -> list[list[Cell]]:
        """The cells of this page; read when they are shown, which a CSV never does."""
        return [[column.cell(row) for column in self.columns] for row in self.page]

    @property
    def filter_form(self) -> Form | None:
        return self.filterset.form if self.filterset else None

    @property
    def valid(self) -> bool:
        return self.filterset is None or not self.filterset.is_bound or self.filterset.is_valid()

    def csv(self) -> StreamingHttpResponse:
        """Every row of the filter, streamed."""
        return csv_response(
            self.filename,
            [heading for column in self.columns for heading in column.headings()],
            self._csv_rows(),
        )

    def _csv_rows(self) -> Iterator[list[object]]:
        for row in self.queryset.iterator(chunk_size=CSV_CHUNK):
            yield [value for column in self.columns for value in column.plainly(row)]


def build_list(
    request: HttpRequest,
    queryset: QuerySet[Any],
    *,
    columns: Sequence[Column],
    caption: str,
    filename: str,
    filterset_class: type[FilterSet] | None = None,
    page_size: int = PAGE_SIZE,
) -> Listing:
    """The page of ``queryset`` that the URL asks for; a senseless filter finds nothing."""
    filterset, filtered = None, False
    if filterset_class:
        filterset = filterset_class(request.GET, queryset=queryset, request=request)
        filtered = any(request.GET.get(name) for name in filterset.form.fields)
        queryset = filterset.qs if filterset.is_valid() else queryset.none()
    page = Paginator(queryset, page_size).get_page(request.GET.get("page"))
    return Listing(
        caption=caption,
        columns=columns,
        queryset=queryset,
        page=page,
        filename=filename,
        links=page_links(request, page),
        csv_url=_with(request, format="csv", page=None),
        filterset=filterset,
        filtered=filtered,
    )


def render_list(
    request: HttpRequest,
    template: str,
    queryset: QuerySet[Any],
    *,
    columns: Sequence[Column],
    caption: str,
    filename: str,
    filterset_class: type[FilterSet] | None = None,
    page_size: int = PAGE_SIZE,
    **context: object,
) -> HttpResponse | StreamingHttpResponse:
    """The whole list page, or its CSV for ``?format=csv``; a senseless filter answers 422."""
    listing = build_list(
        request,
        queryset,
        columns=columns,
        caption=caption,
        filename=filename,
        filterset_class=filterset_class,
        page_size=page_size,
    )
    if request.GET.get("format") == "csv" and listing.valid:
        return listing.csv()
    status = 200 if listing.valid else 422
    return render(request, template, {"listing": listing, **context}, status=status)


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Where the earlier and the later page are; empty when there is none."""

    earlier: str
    later: str


def page_links(request: HttpRequest, page: Page[Any]) -> PageLinks:
    """The neighbours of ``page`` with the rest of the URL's query kept."""
    earlier = _with(request, page=page.previous_page_number()) if page.has_previous() else ""
    later = _with(request, page=page.next_page_number()) if page.has_next() else ""
    return PageLinks(earlier, later)


def _with(request: HttpRequest, **changes: object) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"
