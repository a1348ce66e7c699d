"""A tracker's file, as it is chosen."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from dm_portal.shell.forms import PortalForm
from engagements.services.imports import MAX_BYTES, TOO_LARGE, Attached
from engagements.sources.maps import MAX_BYTES as MAX_MAP_BYTES
from engagements.sources.maps import FileMap, MapRefused, parse_map


class ImportForm(PortalForm):
    """One file. Too large a one is refused before anything of it is kept."""

    file = forms.FileField(
        label="File",
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=(
            "A Jira export, a work CSV, or a file with a map, in UTF-8, of at most "
            f"{MAX_BYTES // 2**20} MB. "
            "Nothing changes before you have seen what would change."
        ),
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty.",
            "max_length": "The file's name is too long: at most %(max)d characters.",
        },
    )

    changelog = forms.FileField(
        label="Changelog",
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=(
            "What changed when, if your tracker exports it: columns key, created, field, from, to. "
            "Without it, changes count from the day on which a file shows them."
        ),
        error_messages={
            "empty": "The changelog is empty.",
            "max_length": "The file's name is too long: at most %(max)d characters.",
        },
    )

    map = forms.FileField(
        label="Map",
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".toml,application/toml"}),
        help_text=(
            "How the file is written and what its columns hold, in TOML: for any file that is "
            "neither a Jira export nor a work CSV. It is remembered for the next such file."
        ),
        error_messages={
            "empty": "The map is empty.",
            "max_length": "The file's name is too long: at most %(max)d characters.",
        },
    )

    def clean_map(self) -> FileMap | None:
        file: UploadedFile | None = self.cleaned_data["map"]
        if file is None:
            return None
        try:
            return parse_map(file.read(MAX_MAP_BYTES + 1))
        except MapRefused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def clean_file(self) -> UploadedFile:
        return _within(self.cleaned_data["file"])

    def clean_changelog(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["changelog"]
        return _within(file) if file else None

    def changes(self) -> dict[str, Any]:
        """The files, in the words of ``receive_file``."""
        file: UploadedFile = self.cleaned_data["file"]
        changelog: UploadedFile | None = self.cleaned_data["changelog"]
        attached = Attached(changelog.name or "", changelog) if changelog else None
        by_map: FileMap | None = self.cleaned_data["map"]
        return {
            "file_name": file.name,
            "content": file,
            "changelog": attached,
            "by_map": by_map,
        }


def _within(file: UploadedFile) -> UploadedFile:
    """The file, unless it is too large."""
    if (file.size or 0) > MAX_BYTES:
        raise forms.ValidationError(TOO_LARGE)
    return file


class ApplicationForm(forms.Form):
    """The button that applies: which preview it stood under."""

    seen = forms.IntegerField()

    def seen_preview(self) -> int:
        """Its number; 0, which is none of them, where that is not said."""
        return self.cleaned_data["seen"] if self.is_valid() else 0
