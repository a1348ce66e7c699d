"""Questions that the form components ask of Django's bound fields."""

from dataclasses import dataclass

from django import forms
from django.forms import BaseForm, BoundField


@dataclass(frozen=True, slots=True)
class SummaryError:
    """A line of the error summary; ``target`` is the id of the input it is about, or empty."""

    message: str
    target: str = ""


def field_kind(bound: BoundField) -> str:
    """How the field is laid out: "check" (one box), "group" (a fieldset) or "line"."""
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return "check"
    return "group" if bound.use_fieldset else "line"


def optional(bound: BoundField) -> bool:
    """Whether the label says "(optional)"; a box to tick needs no such word."""
    return not bound.field.required and field_kind(bound) in {"line", "group"}


def summary_errors(form: BaseForm) -> list[SummaryError]:
    """All errors in the order of the fields, those of the form itself first."""
    found = [SummaryError(str(message)) for message in form.non_field_errors()]
    for bound in form:
        target = "" if bound.is_hidden else _input_id(bound)
        found += [SummaryError(_named(bound, str(message)), target) for message in bound.errors]
    return found


def _named(bound: BoundField, message: str) -> str:
    """On top, a message must say which field it means: "Committed date: Enter a valid date."."""
    label = str(bound.label)
    return message if bound.is_hidden or label in message else f"{label}: {message}"


def _input_id(bound: BoundField) -> str:
    """The id of what takes the focus: in a group of boxes the first of them."""
    if isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id
