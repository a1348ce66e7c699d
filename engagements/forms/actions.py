"""Forms of actions."""

from django import forms

from dm_portal.shell.forms import PortalModelForm, VersionedForm, VersionedModelForm
from engagements.crew import owners_of
from engagements.forms.owed import PeopleMixin
from engagements.models import Action


class ActionForm(PeopleMixin, VersionedModelForm):
    """Changes who does what by when."""

    people = {"owner": owners_of}

    class Meta:
        model = Action
        fields = ("what", "owner", "due_on")
        widgets = {"what": forms.Textarea(attrs={"rows": 2})}


class ActionCreateForm(PeopleMixin, PortalModelForm):
    """Plans an action."""

    people = ActionForm.people

    class Meta(ActionForm.Meta):
        pass


class DoneForm(VersionedForm):
    """Whether an action is done, as one button says."""

    is_done = forms.TypedChoiceField(
        choices=[("yes", "Done"), ("no", "Not done")], coerce=lambda said: said == "yes"
    )
