"""What forms of the admin site share."""

from typing import Any

from django import forms


class VersionedAdminForm(forms.ModelForm):
    """Carries the version that the reader saw; name ``seen_version`` in the admin's ``fields``.

    The admin shows no "theirs beside yours": the second editor reads that somebody was first,
    loses nothing typed, and opens the page again.
    """

    # the model's own `version` is not editable, and the admin takes that to the letter
    seen_version = forms.IntegerField(label="", widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("seen_version", self.instance.version)
