"""A map is made from a sample of a file, with what it would read beside it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomli_w
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from dm_portal.shell.clock import now
from dm_portal.shell.components import Crumb
from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column
from engagements import policies
from engagements.forms.maps import MapForm, SampleForm
from engagements.models import Engagement
from engagements.same_tracker import name_for
from engagements.sources.layouts import FIELDS
from engagements.sources.refusal import FileRefused
from engagements.sources.rows import Row
from engagements.views.doors import find_engagement, posted, require
from engagements.views.import_words import LABELS, said
from engagements.views.pages import engagement_page
from engagements.views.tables import table_of

SHOWN = 8
CAPTION = "The first items, as they would be read"


@require_http_methods(["GET", "POST"])
def import_map(request: HttpRequest, ref: str) -> HttpResponse:
    """Choose a sample, say how it is written, look at what is read, and save the map."""
    engagement = find_engagement(request, ref)
    require(policies.can_import_work(request.user, engagement))
    crumb = Crumb("Imports", reverse("import_list", kwargs={"ref": ref}))
    page = engagement_page(request, engagement, "imports", crumb)
    if request.method == "POST" and "begun" in request.POST:
        form = MapForm(request.POST, engagement=engagement)
        if form.is_valid() and "save" in request.POST:
            return _saved(form)
        return _shown(request, form, page)
    sample = SampleForm(posted(request), request.FILES or None)
    if sample.is_bound and sample.is_valid():
        begun = sample.cleaned_data["sample"]
        name = name_for(begun, engagement) or Path(request.FILES["sample"].name or "").stem[:100]
        form = MapForm.of(begun, engagement, name)
        return _shown(request, form, page)
    return render_form(request, "engagements/imports/map_sample.html", sample, **page)


def _saved(form: MapForm) -> HttpResponse:
    """The map as a file, for the form of the import and for the command."""
    kept = {name: value for name, value in form.map.as_json().items() if value}
    response = HttpResponse(tomli_w.dumps(kept), content_type="application/toml; charset=utf-8")
    name = slugify(form.map.name) or "map"
    response["Content-Disposition"] = f'attachment; filename="{name}.toml"'
    return response


def _shown(request: HttpRequest, form: MapForm, page: dict[str, Any]) -> HttpResponse:
    """The form with its preview; what is missing yet is an error only once it is saved."""
    shown = {"form": form, **page, **_preview(form, form.engagement)}
    status = 422 if form.errors and "save" in request.POST else 200
    return render(request, "engagements/imports/map.html", shown, status=status)


def _preview(form: MapForm, engagement: Engagement) -> dict[str, Any]:
    if not form.is_valid() or form.sample is None:
        return {}
    zone = ZoneInfo(engagement.time_zone)
    try:
        rows = form.sample.read(form.map, zone=zone, now=now(), count=SHOWN)
    except FileRefused as refused:
        return {"problem": str(refused)}
    fields = [
        name for name in FIELDS[1:] if any(name in row.data for row in rows if not row.reason)
    ]
    columns = [
        Column("Key", "key"),
        *(
            Column(LABELS.get(name, name).capitalize(), _cell(name, zone), is_long=name == "title")
            for name in fields
        ),
        Column("Line", "line", kind="number"),
        Column("What is odd", _odd),
    ]
    return {"rows": rows, "table": table_of(CAPTION, columns, rows)}


def _cell(name: str, zone: ZoneInfo) -> Callable[[Row], str]:
    """A field of a row as a person reads it."""
    return lambda row: said(row.data.get(name), zone)


def _odd(row: Row) -> str:
    return f"Refused: {row.reason}" if row.reason else row.note or "nothing"
