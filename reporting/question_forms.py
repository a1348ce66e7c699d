"""What a customer asks about a paragraph, and what is answered."""

from typing import Any

from django import forms

from dm_portal.shell.forms import PortalForm, VersionedForm
from reporting.models import Question


class QuestionForm(PortalForm):
    """A short question."""

    text = forms.CharField(
        label="Your question",
        max_length=Question._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody who reads this page reads it, with your name, and its answer, too.",
    )


class QuestionAnswerForm(VersionedForm):
    """The answer; the version is that of the question as it was read."""

    answer = forms.CharField(
        label="Answer",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Everybody who may read the status reads it beside the paragraph, for ever.",
    )

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": version}, **kwargs)
