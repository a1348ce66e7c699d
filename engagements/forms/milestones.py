"""Forms of milestones, their dates and their criteria."""

from typing import Any

from django import forms

from dm_portal.shell.forms import PortalModelForm, VersionedForm, VersionedModelForm
from engagements.models import AcceptanceCriterion, Milestone

FIELDS = ("name", "outcome", "tracker_name", "planned_size")
HELP = {
    "outcome": "What the customer has when it is there.",
    "tracker_name": "Such as a fix version; imported items that name it belong here.",
    "planned_size": "In the engagement's unit.",
}
REASON = "The customer reads it in the next status, with your name. It is kept for ever."


class MilestoneForm(VersionedModelForm):
    """Changes what a milestone is."""

    class Meta:
        model = Milestone
        fields = FIELDS
        help_texts = HELP
        widgets = {"outcome": forms.Textarea(attrs={"rows": 2})}


class MilestoneCreateForm(PortalModelForm):
    """Plans a milestone, and promises its date at once where there is one."""

    committed_on = forms.DateField(
        label="Committed date", required=False, help_text="Leave it empty to commit later."
    )
    reason = forms.CharField(
        label="Why this date",
        required=False,
        help_text=REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    class Meta:
        model = Milestone
        fields = FIELDS
        help_texts = HELP
        widgets = {"outcome": forms.Textarea(attrs={"rows": 2})}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("committed_on") and not cleaned.get("reason"):
            self.add_error("reason", "Say why it is this date.")
        return cleaned


class DateForm(VersionedForm):
    """Promises a date, moves it, or withdraws it."""

    committed_on = forms.DateField(label="Committed date", required=False)
    reason = forms.CharField(
        label="Why", help_text=REASON, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        initial = {"committed_on": milestone.committed_on, "version": milestone.version}
        super().__init__(*args, initial=initial, **kwargs)
        if milestone.committed_on:
            self.fields["committed_on"].help_text = "Leave it empty to withdraw the date."
        else:
            self.fields["committed_on"].required = True


class CriterionForm(VersionedModelForm):
    """Words what must hold, and how one finds out."""

    class Meta:
        model = AcceptanceCriterion
        fields = ("statement", "verification")
        help_texts = {
            "statement": "Testable: somebody else can say yes or no.",
            "verification": "A test, a measurement, a demo, a document.",
        }
        widgets = {
            "statement": forms.Textarea(attrs={"rows": 2}),
            "verification": forms.Textarea(attrs={"rows": 2}),
        }


class CriterionCreateForm(PortalModelForm):
    """Agrees on one more criterion."""

    class Meta(CriterionForm.Meta):
        pass


class ResultForm(VersionedForm):
    """Whether a criterion is met, as one button says."""

    is_met = forms.TypedChoiceField(
        choices=[("yes", "Met"), ("no", "Not met")], coerce=lambda said: said == "yes"
    )
