"""Forms of escalations."""

from dm_portal.shell.forms import PortalModelForm, VersionedForm, VersionedModelForm
from engagements.crew import deciders_of
from engagements.forms.owed import PeopleMixin
from engagements.models import Escalation


class EscalationForm(PeopleMixin, VersionedModelForm):
    """Changes one that is not resolved."""

    people = {"decider": deciders_of}

    class Meta:
        model = Escalation
        fields = ("what", "level", "decider", "answer_by")
        help_texts = {
            "what": "What somebody must decide, and what hangs on it.",
            "decider": "One person, never a group.",
        }


class EscalationCreateForm(PeopleMixin, PortalModelForm):
    """Raises one: a sentence, and who decides by when."""

    people = EscalationForm.people

    class Meta(EscalationForm.Meta):
        pass


class AcknowledgeForm(VersionedForm):
    """One button."""
