"""Forms that lose nothing typed: errors on top and at the field, and a fair second editor.

    def milestone_edit(request, ref, number):
        milestone = get_object_or_404(...)
        form = MilestoneForm(request.POST or None, instance=milestone)
        if request.method == "POST" and form.is_valid():
            try:
                change_milestone(milestone=milestone, by=request.user, **form.changes())
            except Conflict:
                form.show_conflict(Milestone.objects.get(pk=milestone.pk), by="Mara Kern")
            else:
                return redirect(milestone)
        return render_form(request, "engagements/milestone_form.html", form, milestone=milestone)

The template: ``{% form form submit="Save milestone" cancel_url=milestone.url %}{% endform %}``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField
from django.forms.utils import pretty_name
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from dm_portal.shell import dates
from dm_portal.shell.clock import today
from dm_portal.shell.components import ConflictRow

VERSION_LOST = "Reload this page and send it again: it does not say what it was written over."
NATIVE = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    forms.TimeInput: ("time", "%H:%M"),
}


@dataclass(frozen=True, slots=True)
class ConflictPanel:
    """What somebody else saved while this form was open."""

    by: str
    at: datetime | None
    rows: list[ConflictRow]


class FormMixin:
    """Native date inputs, no colon after labels, and room for a conflict."""

    conflict: ConflictPanel | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            _make_native(field)
            _say_what_is_missing(field, str(field.label or pretty_name(name)))

    def changes(self) -> dict[str, Any]:
        """The cleaned values, as keyword arguments of a service."""
        return dict(self.cleaned_data)


class PortalForm(FormMixin, forms.Form):
    """A form of the portal."""


class PortalModelForm(FormMixin, forms.ModelForm):
    """A form over one model: it validates, a service saves its ``changes()``."""


class VersionMixin(FormMixin):
    """Carries the ``version`` that the reader saw, so that the second editor is told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = getattr(getattr(self, "instance", None), "version", None)
        self.fields["version"] = forms.IntegerField(
            widget=forms.HiddenInput, initial=seen, error_messages={"required": VERSION_LOST}
        )

    def show_conflict(
        self, current: Mapping[str, Any] | Any, *, by: str = "", at: datetime | None = None
    ) -> None:
        """Show what ``current`` (a row or a mapping) holds now beside what was typed.

        The hidden version becomes the current one: saving again is then a decision.
        """
        rows = [
            _conflict_row(bound, _current(current, bound.name)) for bound in self.visible_fields()
        ]
        self.conflict = ConflictPanel(by, at, [row for row in rows if row.theirs != row.yours])
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(_current(current, "version"))


class VersionedForm(VersionMixin, PortalForm):
    """A plain form over a row with a version; pass ``initial={"version": …}``."""


class VersionedModelForm(VersionMixin, PortalModelForm):
    """A model form over a row with a version."""


def render_form(
    request: HttpRequest, template: str, form: BaseForm, **context: object
) -> HttpResponse:
    """The page of ``form``: 200 when fresh, 422 with errors, 409 when somebody saved first."""
    status = 200
    if getattr(form, "conflict", None):
        status = 409
    elif form.is_bound and form.errors:
        status = 422
    return render(request, template, {"form": form, **context}, status=status)


def _make_native(field: forms.Field) -> None:
    """Let the browser's own date picker read and write the field: it speaks ISO only."""
    input_type, pattern = NATIVE.get(type(field.widget), ("", ""))
    if input_type:
        field.widget.input_type = input_type
        field.widget.format = pattern


def _say_what_is_missing(field: forms.Field, label: str) -> None:
    """ "Fill in “Name”." instead of Django's "This field is required." """
    if str(field.error_messages.get("required")) != str(
        forms.Field.default_error_messages["required"]
    ):
        return
    verb = "Fill in"
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField | forms.FileField):
        verb = "Choose"
    if isinstance(field.widget, forms.CheckboxInput):
        verb = "Tick"
    field.error_messages["required"] = f"{verb} “{label}”."


def _current(current: Mapping[str, Any] | Any, name: str) -> Any:
    value = current[name] if isinstance(current, Mapping) else getattr(current, name)
    return list(value.all()) if hasattr(value, "all") else value


def _conflict_row(bound: BoundField, theirs: Any) -> ConflictRow:
    form = bound.form
    yours = form.cleaned_data.get(bound.name, bound.value())
    return ConflictRow(str(bound.label), words(bound.field, theirs), words(bound.field, yours))


def words(field: forms.Field, value: Any) -> str:
    """A field's value as a person reads it; nothing is "(empty)"."""
    if value is None or value == "" or value == []:
        return "(empty)"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return dates.day_words(value, today=today())
    if isinstance(value, list | tuple | set) or hasattr(value, "all"):
        return ", ".join(words(field, each) for each in value)
    if isinstance(field, forms.ModelChoiceField):
        return field.label_from_instance(value)
    choices = dict(getattr(field, "choices", ()))
    return str(choices.get(value, value))
