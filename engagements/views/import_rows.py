"""Every row of an import and what was said of it: a page, and a CSV that can come in again."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from dm_portal.shell.components import Crumb
from dm_portal.shell.csv_export import csv_response
from dm_portal.shell.lists import CSV_CHUNK, Column, render_list
from engagements.filters_imports import ImportRowFilter
from engagements.models import Import, ImportRow
from engagements.sources.layouts import FIELDS
from engagements.views.doors import find_engagement
from engagements.views.import_words import changes
from engagements.views.pages import engagement_page

# A work CSV with what was said in front: corrected, it can be imported as it is.
CSV_HEADER = ("line", "verdict", "reason", "note", "key", *FIELDS[1:])


def _csv_rows(rows: QuerySet[ImportRow]) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=CSV_CHUNK):
        said = [row.place, row.verdict, row.reason, row.note, row.key]
        yield [*said, *(_cell(row.data.get(name)) for name in FIELDS[1:])]


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _said(row: ImportRow) -> str:
    """Why it is refused, what it changes, what is odd."""
    words = [row.reason, *(f"{change}." for change in changes(row)), row.note]
    return " ".join(each for each in words if each)


COLUMNS = [
    Column("Line", "place", kind="number"),
    Column("Key", "key"),
    Column("Title", lambda row: row.data.get("title"), missing="", is_long=True),
    Column("Verdict", lambda row: row.get_verdict_display(), note=_said),
]


@require_safe
def import_row_list(request: HttpRequest, ref: str, number: int) -> HttpResponseBase:
    """The rows in the order of the file."""
    engagement = find_engagement(request, ref)
    files = Import.objects.visible_to(request.user).filter(engagement=engagement)
    file = get_object_or_404(files, number=number)
    rows = ImportRow.objects.visible_to(request.user).filter(of=file).order_by("-part", "line")
    narrowed = ImportRowFilter(request.GET, queryset=rows, request=request)
    if request.GET.get("format") == "csv" and narrowed.is_valid():
        return csv_response("rows.csv", CSV_HEADER, _csv_rows(narrowed.qs))
    crumbs = [
        Crumb("Imports", reverse("import_list", kwargs={"ref": ref})),
        Crumb(file.file_name, file.get_absolute_url()),
    ]
    return render_list(
        request,
        "engagements/imports/import_row_list.html",
        rows,
        columns=COLUMNS,
        caption="Rows of the file",
        filename="rows.csv",
        filterset_class=ImportRowFilter,
        file=file,
        **engagement_page(request, engagement, "imports", *crumbs),
    )
