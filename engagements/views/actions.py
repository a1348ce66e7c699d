"""Actions: who does what by when."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dm_portal.shell.lists import Column, render_list
from engagements import policies
from engagements.filters_owed import ActionFilter
from engagements.forms.actions import ActionCreateForm, ActionForm, DoneForm
from engagements.forms.owed import WordsForm
from engagements.models import Action, Engagement
from engagements.services.actions import (
    change_action,
    finish_action,
    plan_action,
    withdraw_action,
)
from engagements.views.doors import find_engagement, posted, require
from engagements.views.owed import (
    WITHDRAWN,
    Deed,
    overdue_words,
    owed_page,
    render_owed_form,
    render_row,
    stored,
    today_of,
)
from engagements.views.pages import url_of
from engagements.views.saving import back_to, saved


def _remark(action: Action) -> str:
    today = today_of(action.engagement)
    return (
        overdue_words(action.engagement, action.due_on, today) if action.is_overdue(today) else ""
    )


STATE = Column("State", lambda row: row.state.capitalize(), note=_remark, note_label="Remark")
OWNER = Column("Who does it", "owner.name")
DUE = Column("Due", "due_on", kind="date")
ORIGIN = Column("Comes from", lambda row: row.get_origin_display())
COLUMNS = [
    Column("What is done", "what", url=Action.get_absolute_url, is_long=True),
    STATE,
    OWNER,
    DUE,
    ORIGIN,
]
FACTS = [STATE, OWNER, DUE, ORIGIN]
DONE = [Column("Done", "done_at", kind="instant", note=lambda row: f"says {row.done_by}")]


@require_safe
def action_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every action, the open ones first, the nearest day before the others."""
    engagement = find_engagement(request, ref)
    return render_list(
        request,
        "engagements/action_list.html",
        _actions(engagement),
        columns=COLUMNS,
        caption=f"Actions of {engagement}",
        filename="actions.csv",
        filterset_class=ActionFilter,
        may_keep=policies.can_keep_owed(request.user, engagement),
        **owed_page(request, engagement, "actions"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def action_create(request: HttpRequest, ref: str) -> HttpResponse:
    """A new action, by hand."""
    engagement = find_engagement(request, ref)
    require(policies.can_keep_owed(request.user, engagement))
    form = ActionCreateForm(posted(request), engagement=engagement, initial={"owner": request.user})
    if action := saved(form, plan_action, engagement=engagement, by=request.user):
        return redirect(action)
    title = "Plan an action"
    return render_owed_form(request, engagement, "actions", form, title=title, submit="Plan it")


@require_safe
def action_detail(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Who does what by when, and what became of it."""
    engagement = find_engagement(request, ref)
    action = get_object_or_404(_actions(engagement), number=number)
    parts = [
        *FACTS,
        *(DONE if action.done_at else []),
        *(WITHDRAWN if action.withdrawn_at else []),
    ]
    deeds, said = _deeds(request, action), action.what
    return render_row(request, engagement, "actions", action, said=said, facts=parts, deeds=deeds)


@require_http_methods(["GET", "HEAD", "POST"])
def action_edit(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Who does what by when."""
    engagement, action = _find(request, ref, number)
    require(policies.can_keep_owed(request.user, engagement))
    form = ActionForm(posted(request), instance=action, engagement=engagement)
    if saved(form, change_action, action=action, by=request.user, theirs=stored(action)):
        return redirect(action)
    title = f"Edit action {number}"
    return render_owed_form(
        request, engagement, "actions", form, row=action, title=title, submit="Save"
    )


@require_POST
def action_completion(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Say that it is done, or that it is not."""
    _, action = _find(request, ref, number)
    require(policies.can_finish_action(request.user, action))
    form = DoneForm(request.POST)
    if not saved(form, finish_action, action=action, by=request.user):
        for refused in form.errors.values():
            messages.error(request, refused[0])
    return back_to(request, action)


@require_http_methods(["GET", "HEAD", "POST"])
def action_withdrawal(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Why it is done no more."""
    engagement, action = _find(request, ref, number)
    require(policies.can_keep_owed(request.user, engagement))
    form = WordsForm(posted(request), row=action, name="reason", label="Why")
    if saved(form, withdraw_action, action=action, by=request.user):
        return redirect(action)
    title = f"Withdraw action {number}"
    return render_owed_form(
        request, engagement, "actions", form, row=action, title=title, submit="Withdraw it"
    )


def _actions(engagement: Engagement) -> QuerySet[Action]:
    return engagement.actions.select_related("owner", "done_by", "withdrawn_by")


def _find(request: HttpRequest, ref: str, number: int) -> tuple[Engagement, Action]:
    engagement = find_engagement(request, ref)
    return engagement, get_object_or_404(_actions(engagement), number=number)


def _deeds(request: HttpRequest, action: Action) -> list[Deed]:
    engagement, deeds = action.engagement, []
    if action.withdrawn_at is None and policies.can_finish_action(request.user, action):
        label, said = ("Done", "yes") if action.is_open else ("Not done after all", "no")
        sent = {"is_done": said, "version": action.version}
        deeds.append(Deed(label, url_of(engagement, "action_completion", action), sends=sent))
    if action.is_open and policies.can_keep_owed(request.user, engagement):
        deeds.append(Deed("Edit", url_of(engagement, "action_edit", action)))
        deeds.append(Deed("Withdraw", url_of(engagement, "action_withdrawal", action)))
    return deeds
