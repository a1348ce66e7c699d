"""Tags for forms and actions."""

from django.forms import BaseForm, BoundField
from django.template import Context

from dm_portal.shell.fields import field_kind, optional, summary_errors
from dm_portal.shell.tags import one_of, register, render_around

BUTTONS = ("normal", "primary", "quiet", "danger")
WIDTHS = ("", "short", "full")


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm, *, takes_focus: bool = True) -> dict:
    """Everything wrong with a form, linked to its fields; takes focus. Nothing when all is well."""
    return {"errors": summary_errors(form), "takes_focus": takes_focus}


@register.inclusion_tag("components/conflict.html")
def conflict(form: BaseForm, *, takes_focus: bool = True) -> dict:
    """Theirs beside yours, when somebody else saved first; nothing otherwise."""
    return {"conflict": getattr(form, "conflict", None), "takes_focus": takes_focus}


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    *,
    hint: str = "",
    label: str = "",
    hide_label: bool = False,
    mark_optional: bool = True,
    width: str = "",
) -> dict:
    """One field: label, hint, error, input. ``width`` is "", "short" or "full"."""
    one_of("width", width, WIDTHS)
    if hint:
        bound.help_text = hint
    # a placeholder is no label: it repeats one or vanishes with the first letter
    bound.field.widget.attrs.pop("placeholder", None)
    return {
        "field": bound,
        "kind": field_kind(bound),
        "label": label or bound.label,
        "optional": mark_optional and optional(bound),
        "hide_label": hide_label,
        "width": width,
    }


@register.inclusion_tag("components/form_fields.html")
def form_fields(form: BaseForm) -> dict:
    """The visible fields of a form, in its own order."""
    return {"form": form}


@register.simple_block_tag(takes_context=True)
def form(
    context: Context,
    content: str,
    form: BaseForm,
    *,
    submit: str,
    action: str = "",
    cancel_url: str = "",
    warn_unsaved: bool = True,
    takes_focus: bool = True,
) -> str:
    """A whole POST form: error summary, conflict, fields, submit and cancel.

    What stands between the tags replaces the list of fields; the hidden ones come by themselves.
    """
    return render_around(
        context,
        "components/form.html",
        content=content if content.strip() else "",
        form=form,
        submit=submit,
        action=action,
        cancel_url=cancel_url,
        warn_unsaved=warn_unsaved,
        takes_focus=takes_focus,
    )


@register.simple_block_tag(takes_context=True)
def action_button(
    context: Context,
    content: str,
    label: str,
    *,
    url: str,
    kind: str = "normal",
    disabled: bool = False,
) -> str:
    """A button that does something: its own POST form. Hidden inputs may stand between the tags."""
    one_of("kind", kind, BUTTONS)
    return render_around(
        context,
        "components/action_button.html",
        content=content,
        label=label,
        url=url,
        kind=kind,
        disabled=disabled,
    )
