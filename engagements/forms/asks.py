"""Forms of asks."""

from django import forms

from dm_portal.shell.forms import PortalModelForm, VersionedModelForm
from engagements.crew import contacts_of, owners_of
from engagements.forms.owed import PeopleMixin
from engagements.models import Ask

ROWS = {"rows": 2}


class AskForm(PeopleMixin, VersionedModelForm):
    """Changes what is needed, from whom and by when."""

    people = {"asked_of": contacts_of, "owner": owners_of}

    class Meta:
        model = Ask
        fields = (
            *("question", "options", "recommendation", "without_answer"),
            *("asked_of", "needed_by", "owner"),
        )
        help_texts = {
            "question": "Ours, until it is shared in words for the customer.",
            "options": "One per line; empty where there is nothing to choose.",
            "recommendation": "The customer reads it once the ask is shared.",
            "without_answer": "The customer reads it, too: what is lost, and on which day.",
        }
        widgets = {
            "question": forms.Textarea(attrs=ROWS),
            "options": forms.Textarea(attrs=ROWS),
            "recommendation": forms.Textarea(attrs=ROWS),
            "without_answer": forms.Textarea(attrs=ROWS),
        }


class AskCreateForm(PeopleMixin, PortalModelForm):
    """Writes down what is needed."""

    people = AskForm.people

    class Meta(AskForm.Meta):
        pass
