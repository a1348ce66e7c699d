"""Forms about who works on an engagement, and who of the customer reads about it."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from dm_portal.shell.forms import PortalForm
from engagements.models import CustomerContact, EngagementFunction


class FunctionForm(PortalForm):
    """Names somebody of us in a function."""

    user = forms.ModelChoiceField(
        User.objects.none(), label="Person", to_field_name="ref", empty_label="Choose a person"
    )
    function = forms.ChoiceField(choices=EngagementFunction.Function)
    starts_on = forms.DateField(label="From")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"starts_on": today()}, **kwargs)
        self.fields["user"].queryset = self._ours(user)

    def _ours(self, user: Any) -> QuerySet[User]:
        """Ours who are here or invited; those who were deactivated hold nothing any more."""
        people = User.objects.visible_to(user)
        return people.filter(kind=User.Kind.INTERNAL, deactivated_at__isnull=True)


class EndForm(PortalForm):
    """The first day on which something no longer holds."""

    ends_on = forms.DateField(
        label="Until (not including)", help_text="Today ends it at once, at the next click."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"ends_on": today()}, **kwargs)


class DelegateForm(PortalForm):
    """Invites somebody who answers for the customer's lead."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(
        label="E-mail", max_length=254, help_text="They get a link with which they come in."
    )


class ContactForm(PortalForm):
    """Invites one of the customer's people."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="E-mail", max_length=254)
    kind = forms.ChoiceField(label="As", choices=CustomerContact.Kind)
