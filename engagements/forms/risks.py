"""Forms of risks."""

from typing import Any

from django import forms

from dm_portal.shell.forms import PortalModelForm, VersionedForm, VersionedModelForm
from engagements.crew import owners_of
from engagements.forms.owed import NumberedField, PeopleMixin
from engagements.models import Engagement, Risk

ROWS = {"rows": 2}


class AtMilestone(PeopleMixin):
    """Milestones of the engagement to choose from, by their numbers."""

    people = {"owner": owners_of}

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, engagement=engagement, **kwargs)
        self.fields["milestone"] = NumberedField(
            engagement.milestones.order_by("number"), says=str, nothing="None in particular"
        )
        self.initial["milestone"] = self.instance.milestone  # type: ignore[attr-defined]


class RiskForm(AtMilestone, VersionedModelForm):
    """Says anew how a risk stands."""

    class Meta:
        model = Risk
        fields = (
            *("what", "probability", "impact", "trend", "mitigation"),
            *("owner", "milestone"),
        )
        help_texts = {"what": "One thing that has not happened, and what it would do to us."}
        widgets = {
            "what": forms.Textarea(attrs=ROWS),
            "mitigation": forms.Textarea(attrs=ROWS),
        }


class RiskCreateForm(AtMilestone, PortalModelForm):
    """Writes down what may go wrong."""

    class Meta(RiskForm.Meta):
        pass


class SettleForm(VersionedForm):
    """Whether it happened or is none any more, and what came of it."""

    state = forms.ChoiceField(
        label="It",
        widget=forms.RadioSelect,
        choices=[("happened", "happened"), ("closed", "is no risk any more")],
    )
    reason = forms.CharField(label="What came of it", widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, risk: Risk, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": risk.version}, **kwargs)
