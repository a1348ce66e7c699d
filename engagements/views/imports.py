"""A tracker's file comes in: chosen, previewed, applied or discarded, and kept on record."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from dm_portal.shell.components import Crumb
from dm_portal.shell.errors import DomainError
from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column, render_list
from engagements import policies
from engagements.filters_imports import ImportFilter
from engagements.forms.imports import ApplicationForm, ImportForm
from engagements.models import Engagement, Import, Source
from engagements.services import imports
from engagements.views.doors import find_engagement, posted, require
from engagements.views.import_preview import at_work, preview
from engagements.views.map_words import how_read
from engagements.views.pages import engagement_page
from engagements.views.saving import saved
from engagements.views.tables import table_of

COLUMNS = [
    Column("File", "file_name", url=lambda file: file.get_absolute_url()),
    Column("State", lambda file: file.get_state_display()),
    Column("Brought in", "uploaded_at", kind="instant", note="uploaded_by.name"),
    Column("New", "new_count", kind="number"),
    Column("Changed", "changed_count", kind="number"),
    Column("Unchanged", "unchanged_count", kind="number"),
    Column("Refused", "refused_count", kind="number"),
    Column("Applied", "applied_at", kind="instant", missing="not applied"),
]
SOURCES = [
    Column("Source", str),
    Column("Kind", lambda source: source.get_kind_display()),
    Column("How its next file is read", how_read),
]


@require_safe
def import_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every file that came in, the latest first."""
    engagement = find_engagement(request, ref)
    return render_list(
        request,
        "engagements/imports/import_list.html",
        _visible(request, engagement).order_by("-number"),
        columns=COLUMNS,
        caption="Imports",
        filename="imports.csv",
        filterset_class=ImportFilter,
        can_import=policies.can_import_work(request.user, engagement),
        table=table_of("Where the work comes from", SOURCES, _sources(engagement)),
        **engagement_page(request, engagement, "imports"),
    )


@require_http_methods(["GET", "POST"])
def import_create(request: HttpRequest, ref: str) -> HttpResponse:
    """Choose a file."""
    engagement = find_engagement(request, ref)
    require(policies.can_import_work(request.user, engagement))
    form = ImportForm(posted(request), request.FILES or None)
    file = saved(form, imports.receive_file, engagement=engagement, by=request.user)
    if file:
        return redirect(file)
    page = engagement_page(request, engagement, "imports", _crumb(engagement))
    return render_form(request, "engagements/imports/import_form.html", form, **page)


@require_safe
def import_detail(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """What the file would do, how far the work is, or what it did; HTMX asks for the progress."""
    engagement = find_engagement(request, ref)
    file = get_object_or_404(_visible(request, engagement), number=number)
    if request.htmx:
        response = _progress(request, file)
    else:
        page = engagement_page(request, engagement, "imports", _crumb(engagement))
        response = render(
            request, "engagements/imports/import_detail.html", page | preview(file, request.user)
        )
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
def import_application(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Apply the file as it was previewed: the button carries which preview that was."""
    file = _file_to_act_on(request, ref, number, policies.can_import_work)
    form = ApplicationForm(request.POST)
    apply = partial(
        imports.request_application, seen=form.seen_preview(), loses_much=form.is_meant()
    )
    return _acted(request, apply, file)


@require_POST
def import_discard(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Leave the file out."""
    file = _file_to_act_on(request, ref, number, policies.can_import_work)
    return _acted(request, imports.discard_import, file)


@require_POST
def import_retry(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Let a file that failed be read again."""
    file = _file_to_act_on(request, ref, number, policies.can_retry_import)
    return _acted(request, imports.retry_import, file)


def _visible(request: HttpRequest, engagement: Engagement) -> QuerySet[Import]:
    files = Import.objects.visible_to(request.user).filter(engagement=engagement)
    names = ("source", "uploaded_by", "applied_by", "engagement__customer")
    found: QuerySet[Import] = files.select_related(*names)
    return found


def _sources(engagement: Engagement) -> QuerySet[Source]:
    return Source.objects.filter(engagement=engagement).applied().order_by("number")


def _file_to_act_on(
    request: HttpRequest, ref: str, number: int, may: Callable[[Any, Any], bool]
) -> Import:
    engagement = find_engagement(request, ref)
    file = get_object_or_404(_visible(request, engagement), number=number)
    require(may(request.user, engagement))
    return file


def _acted(request: HttpRequest, act: Callable[..., None], file: Import) -> HttpResponse:
    """Do it, and show the import again; what forbids it is said on top."""
    try:
        act(file=file, by=request.user)
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect(file)


def _progress(request: HttpRequest, file: Import) -> HttpResponse:
    """The bar alone; the whole page again once there is something to see."""
    if not at_work(file):
        return HttpResponseClientRefresh()
    return render(request, "engagements/imports/progress.html", {"file": file})


def _crumb(engagement: Engagement) -> Crumb:
    return Crumb("Imports", reverse("import_list", kwargs={"ref": engagement.ref}))
