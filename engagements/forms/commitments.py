"""Forms of commitments: a new one, and what came of one."""

from typing import Any

from django import forms

from dm_portal.shell.forms import PortalForm
from dm_portal.shell.wording import abridged
from engagements.forms.owed import NumberedField
from engagements.models import Engagement


class CommitmentForm(PortalForm):
    """Writes down what was promised, or what is promised instead of something else."""

    promise = forms.CharField(label="What was promised", widget=forms.Textarea(attrs={"rows": 2}))
    made_to = forms.CharField(label="To whom", max_length=200)
    said_on = forms.DateField(label="Said on")
    said_in = forms.CharField(
        label="Where it was said",
        max_length=300,
        help_text="A mail, a call, a document: so that one can look it up.",
    )
    due_on = forms.DateField(
        label="Due",
        required=False,
        help_text="Empty only where an earlier promise is taken back.",
    )

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_hand = engagement.commitments.filter(revision__isnull=True, due_on__isnull=False)
        self.fields["supersedes"] = NumberedField(
            by_hand.not_superseded().order_by("number"),
            says=lambda row: f"{row.number}: {abridged(row.promise, 80)}",
            nothing="Nothing that was promised before",
            label="Instead of",
        )


class FulfilmentForm(PortalForm):
    """On which day it was fulfilled."""

    fulfilled_on = forms.DateField(label="Fulfilled on")
    note = forms.CharField(
        label="How one can tell", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, is_told: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_told:
            self.fields["fulfilled_on"].required = False
            self.fields["fulfilled_on"].help_text = "Leave it empty: not fulfilled after all."
