"""A note in ten seconds, and why a milestone that turned red is not told at once."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from dm_portal.shell.forms import PortalForm, VersionedModelForm
from engagements.models import Engagement
from reporting.models import Note
from reporting.note_places import about_page

WORDS = forms.Textarea(attrs={"rows": 3, "autofocus": True})


class NoteForm(PortalForm):
    """A few words, what they are for, and of which engagement."""

    text = forms.CharField(
        label="Note", max_length=Note._meta.get_field("text").max_length, widget=WORDS
    )
    purpose = forms.ChoiceField(
        label="For", choices=Note.Purpose, initial=Note.Purpose.FRIDAY, widget=forms.RadioSelect
    )
    engagement = forms.ModelChoiceField(Engagement.objects.none(), to_field_name="ref")
    page = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(self, *args: Any, engagements: QuerySet[Engagement], **kwargs: Any) -> None:
        # in a dialog it stands on a page that may have a form of its own
        super().__init__(*args, auto_id="note-%s", **kwargs)
        field: Any = self.fields["engagement"]
        field.queryset = engagements
        field.empty_label = "Choose one"

    def changes(self) -> dict[str, Any]:
        """What ``write_note`` takes: of the page on which it was written what that is about."""
        words = super().changes()
        ref = words["engagement"].ref
        return words | {"about": about_page(words.pop("page"), engagement_ref=ref)}


class NoteEditForm(VersionedModelForm):
    """Its words and what it is for."""

    class Meta:
        model = Note
        fields = ("text", "purpose")
        widgets = {"text": forms.Textarea(attrs={"rows": 3}), "purpose": forms.RadioSelect}
        labels = {"text": "Note", "purpose": "For"}


class NotNowForm(PortalForm):
    """Why the customer need not hear now that a milestone turned red."""

    reason = forms.CharField(
        label="Why not now?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is kept in the history; the customer does not read it.",
    )
