"""What admins type about people."""

from typing import Any

from django import forms

from dm_portal.people.models import PortalFunction, User
from dm_portal.shell.clock import today
from dm_portal.shell.forms import PortalForm, VersionedModelForm


class InvitationForm(PortalForm):
    """One of us: who they are, and what they start with."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="The invitation goes there; it can be used once, within 14 days.",
    )
    grade = forms.ChoiceField(
        required=False,
        choices=[("", "None"), *User.Grade.choices],
        help_text="The step on the ladder. What a person may do follows their functions.",
    )
    functions = forms.MultipleChoiceField(
        label="Portal-wide functions",
        required=False,
        choices=PortalFunction.Function.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="They hold from today. Leave empty for whoever works in engagements only.",
    )


class PersonForm(VersionedModelForm):
    """A person's name, and for one of us the grade."""

    class Meta:
        model = User
        fields = ("name", "grade")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_customer:
            del self.fields["grade"]

    def changes(self) -> dict[str, Any]:
        """A customer's person has no grade, whatever was posted."""
        return {"grade": "", **super().changes()}


class PortalFunctionForm(PortalForm):
    """A portal-wide function, from a day on and perhaps up to another."""

    function = forms.ChoiceField(choices=PortalFunction.Function.choices)
    starts_on = forms.DateField(label="From", widget=forms.DateInput, initial=today)
    ends_on = forms.DateField(
        label="Until",
        required=False,
        widget=forms.DateInput,
        help_text="The first day on which it no longer holds. Empty: until somebody ends it.",
    )
