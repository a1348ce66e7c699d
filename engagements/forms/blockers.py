"""What is said of a blocker."""

from django import forms

from dm_portal.shell.forms import VersionedModelForm
from engagements.models import Blocker


class BlockerForm(VersionedModelForm):
    """What it holds up, and who must act."""

    class Meta:
        model = Blocker
        fields = ("impact", "owner")
        widgets = {"impact": forms.Textarea(attrs={"rows": 3})}
