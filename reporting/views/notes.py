"""Notes: written in ten seconds from any page of ours, listed, and sorted into a status."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dm_portal.people import standing
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from dm_portal.shell.forms import VERSION_LOST, VersionedForm, render_form
from dm_portal.shell.lists import Column, render_list
from engagements.models import Engagement
from engagements.views.doors import posted, require
from engagements.views.saving import saved
from reporting import policies
from reporting.drafting import draft_of
from reporting.filters import NoteFilter, noted_engagements
from reporting.forms import DraftForm
from reporting.models import Note
from reporting.note_forms import NoteEditForm, NoteForm
from reporting.note_places import place_of
from reporting.services.notes import change_note, place_note, take_back_note, write_note
from reporting.views.autosaves import stored_report
from reporting.views.reports import find_report, render_editor

ACTS = ("insert", "carry", "done")
COLUMNS = [
    Column("Engagement", "engagement.name"),
    Column("Note", "text", url=Note.get_absolute_url),
    Column("For", "get_purpose_display"),
    Column("Written", "written_at", kind="instant"),
    Column("State", lambda row: row.get_outcome_display() or "Open"),
]


@require_safe
def note_list(request: HttpRequest) -> HttpResponseBase:
    """One's own notes, by engagement."""
    _require_one_of_us(request)
    notes = Note.objects.written_by(request.user).not_taken_back()
    return render_list(
        request,
        "reporting/note_list.html",
        notes.select_related("engagement"),
        columns=COLUMNS,
        caption="My notes",
        filename="notes.csv",
        filterset_class=NoteFilter,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def note_create(request: HttpRequest) -> HttpResponse:
    """A new note, on a page of its own or in the dialog of any other page."""
    _require_one_of_us(request)
    engagements = _to_write_of(request)
    initial = {"engagement": request.GET.get("engagement") or _only(engagements)}
    initial["page"] = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    form = NoteForm(posted(request), engagements=engagements, initial=initial)
    note = saved(form, write_note, by=request.user)
    if note is not None and not request.htmx:
        messages.success(request, f"Noted for {note.engagement}.")
        return redirect("note_list")
    context = {"note": note, "engagements": engagements, "in_dialog": request.htmx}
    answer = render_form(request, "reporting/note_create.html", form, **context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def note_edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Other words, while nothing came of it yet."""
    note = _find(request, ref)
    form = NoteEditForm(posted(request), instance=note)
    stored = Note.objects.select_related("engagement").filter(pk=note.pk)
    if request.method == "POST":
        require(policies.can_change_note(request.user, note))
        fresh = stored.get()
        if saved(form, _change, note=fresh, by=request.user, theirs=stored.get):
            messages.success(request, "The note is changed.")
            return redirect("note_list")
    can_change = policies.can_change_note(request.user, note) and note.is_open
    context = {"note": note, "can_change": can_change}
    return render_form(request, "reporting/note_edit.html", form, **context)


def _change(**words: Any) -> bool:
    change_note(**words)
    return True


@require_POST
def note_removal(request: HttpRequest, ref: str) -> HttpResponse:
    """Take it back: nobody reads it any more."""
    note = _find(request, ref)
    require(policies.can_change_note(request.user, note))
    form = VersionedForm(request.POST)
    if not form.is_valid():
        messages.error(request, VERSION_LOST)
        return redirect(note)
    try:
        take_back_note(note=note, by=request.user, **form.changes())
        messages.success(request, "The note is taken back.")
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("note_list")


@require_POST
def report_note(request: HttpRequest, ref: str, week: str, note: str, act: str) -> HttpResponse:
    """Save the draft as it was typed, and take a note into it, leave it for later, or be done."""
    report = find_report(request, ref, week)
    require(policies.can_write_report(request.user, report.engagement))
    notes = Note.objects.visible_to(request.user).filter(engagement=report.engagement)
    chosen = get_object_or_404(notes.select_related("engagement__customer"), ref=note)
    if act not in ACTS:
        raise Http404
    draft = draft_of(report, at=now())
    form = DraftForm(request.POST, draft=draft, edits=report.edits)
    stored = stored_report(report)
    what = {"note": chosen, "act": act, "report": report, "by": request.user}
    what["place"] = place_of(chosen.text, chosen.about, form.rows)
    if saved(form, place_note, theirs=stored, **what) is None:
        return render_editor(request, report, draft, form)
    return redirect(report)


def _require_one_of_us(request: HttpRequest) -> None:
    if not standing.is_present(request.user) or not request.user.is_internal:
        raise Http404


def _to_write_of(request: HttpRequest) -> QuerySet[Engagement]:
    """Of which one may write: those in which one has a part, while they are not closed."""
    mine = noted_engagements(request).exclude(state=Engagement.State.CLOSED)
    return mine.select_related("customer")


def _only(engagements: QuerySet[Engagement]) -> str:
    """The one that there is, where there is one alone."""
    refs = [engagement.ref for engagement in engagements[:2]]
    return refs[0] if len(refs) == 1 else ""


def _find(request: HttpRequest, ref: str) -> Note:
    notes = Note.objects.visible_to(request.user).not_taken_back()
    return get_object_or_404(notes.select_related("engagement__customer", "written_by"), ref=ref)
