"""From a form to a service, and back with what the service said."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from dm_portal.people.models import AuditEvent
from dm_portal.shell.errors import Conflict, DomainError

Saved = TypeVar("Saved")


def saved(
    form: BaseForm,
    service: Callable[..., Saved],
    *,
    theirs: Callable[[], Model | Mapping[str, Any]] | None = None,
    **arguments: Any,
) -> Saved | None:
    """What ``service`` made of the form; None when the form, or the service, says no.

    The form then says why: at the field that the refusal names, or on top. After a conflict it
    shows what ``theirs`` reads anew beside what was typed.
    """
    if not form.is_valid():
        return None
    try:
        return service(**form.changes(), **arguments)
    except Conflict as conflict:
        if theirs is None:
            form.add_error(None, str(conflict))
        else:
            _show(form, theirs())
    except DomainError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    return None


def _show(form: BaseForm, current: Model | Mapping[str, Any]) -> None:
    form.show_conflict(current, **_who(current))


def _who(current: Model | Mapping[str, Any]) -> dict[str, Any]:
    """Who did what is there now: the last act on record, or a later save that is none yet."""
    last = _last_act(current).first()
    saved_by, saved_at = getattr(current, "saved_by", None), getattr(current, "saved_at", None)
    if saved_by and saved_at and (last is None or last.occurred_at <= saved_at):
        return {"by": saved_by.name, "at": saved_at}
    return {"by": last.actor_name, "at": last.occurred_at} if last else {}


def _last_act(current: Model | Mapping[str, Any]) -> QuerySet[AuditEvent]:
    """What was done to the one ``row`` of a form, or by its ``verb`` to any row of its engagement;
    the newest first.
    """
    if isinstance(current, Mapping) and "verb" in current:
        acts = AuditEvent.objects.of_engagement(current["engagement"].ref)
        return acts.filter(verb=current["verb"])
    row = current["row"] if isinstance(current, Mapping) else current
    acts = AuditEvent.objects.of_engagement(row.engagement_ref)
    return acts.filter(target_kind=row._meta.label_lower, target_ref=audit_ref(row))


def audit_ref(row: Any) -> str:
    """What the record calls this row."""
    return str(getattr(row, "audit_ref", None) or row.ref)


def back_to(request: HttpRequest, row: Any) -> HttpResponse:
    """To the list of what needs one, where something was done from there; else to the row."""
    return redirect("needs_me" if request.POST.get("back") == "needs" else row)
