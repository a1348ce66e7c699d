"""Forms of sprints."""

from datetime import timedelta
from typing import Any

from django import forms

from dm_portal.shell.forms import PortalModelForm, VersionedModelForm
from engagements.forms.days import InOrder
from engagements.models import Engagement, Sprint


class SprintForm(InOrder, VersionedModelForm):
    """Changes a sprint, or gives one that the tracker named its dates."""

    class Meta:
        model = Sprint
        fields = ("name", "goal", "starts_on", "ends_on")
        help_texts = {"goal": "What is true at its end that is not true now."}
        widgets = {"goal": forms.Textarea(attrs={"rows": 2})}


class SprintCreateForm(InOrder, PortalModelForm):
    """Plans a sprint."""

    class Meta(SprintForm.Meta):
        pass


def next_sprint(engagement: Engagement) -> dict[str, Any]:
    """A sprint after the last that has dates, as long as agreed; nothing where there is none."""
    dated = engagement.sprints.filter(ends_on__isnull=False).order_by("ends_on")
    if (last := dated.last()) is None:
        return {}
    starts_on = last.ends_on + timedelta(days=1)
    return {
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=engagement.sprint_days - 1),
    }
