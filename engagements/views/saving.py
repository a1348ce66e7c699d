"""From a form to a service, and back with what the service said."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import Model
from django.forms import BaseForm

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
    row = current["row"] if isinstance(current, Mapping) else current
    last = (
        AuditEvent.objects.of_engagement(row.engagement_ref)
        .filter(target_kind=row._meta.label_lower, target_ref=audit_ref(row))
        .first()
    )
    who = {"by": last.actor_name, "at": last.occurred_at} if last else {}
    form.show_conflict(current, **who)


def audit_ref(row: Any) -> str:
    """What the record calls this row."""
    return str(getattr(row, "audit_ref", None) or row.ref)
