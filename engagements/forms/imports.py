"""A tracker's file, as it is chosen."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import get_current_timezone_name

from dm_portal.shell.forms import PortalForm
from engagements.services.imports import MAX_BYTES, TOO_LARGE, Attached, Export
from engagements.sources.encodings import HEAD_BYTES, require_text
from engagements.sources.maps import MAX_BYTES as MAX_MAP_BYTES
from engagements.sources.maps import FileMap, MapRefused, parse_map
from engagements.sources.refusal import FileRefused

NAME_TOO_LONG = "The file's name is too long: at most %(max)d characters."


def _attached(label: str, accept: str, help_text: str) -> forms.FileField:
    """A second file, that may come along."""
    empty = f"The {label.lower()} is empty."
    return forms.FileField(
        label=label,
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": accept}),
        help_text=help_text,
        error_messages={"empty": empty, "max_length": NAME_TOO_LONG},
    )


class ImportForm(PortalForm):
    """One file. One that is too large, or no text, is refused before anything of it is kept."""

    file = forms.FileField(
        label="File",
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=(
            "A Jira export, a work CSV, or a file with a map, in UTF-8 or UTF-16, of at most "
            f"{MAX_BYTES // 2**20} MB. "
            "Nothing changes before you have seen what would change."
        ),
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty.",
            "max_length": NAME_TOO_LONG,
        },
    )

    changelog = _attached(
        "Changelog",
        ".csv,text/csv",
        "What changed when, if your tracker exports it: columns key, created, field, from, to. "
        "Without it, changes count from the day on which a file shows them.",
    )
    exported_at = forms.DateTimeField(
        label="Exported at",
        required=False,
        help_text=(
            "When your tracker wrote the file, on the engagement's clock ({zone}). Without it, "
            "rows without an updated date count as of the latest instant that the file names."
        ),
    )
    is_whole = forms.BooleanField(
        label="It holds everything that the tracker has",
        required=False,
        help_text=(
            "Then open items that it lacks count as withdrawn from that instant on. Leave it "
            "out for an export of some items, or of a period."
        ),
    )
    map = _attached(
        "Map",
        ".toml,application/toml",
        "How the file is written and what its columns hold, in TOML: for any file that is "
        "neither a Jira export nor a work CSV. It is remembered for the next such file.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint, zone = str(self.fields["exported_at"].help_text), get_current_timezone_name()
        self.fields["exported_at"].help_text = hint.format(zone=zone)

    def clean_map(self) -> FileMap | None:
        file: UploadedFile | None = self.cleaned_data["map"]
        if file is None:
            return None
        try:
            return parse_map(file.read(MAX_MAP_BYTES + 1))
        except MapRefused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def clean_file(self) -> UploadedFile:
        return _readable(self.cleaned_data["file"])

    def clean_changelog(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["changelog"]
        return _readable(file) if file else None

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
            "export": Export(self.cleaned_data["exported_at"], self.cleaned_data["is_whole"]),
        }


def _readable(file: UploadedFile) -> UploadedFile:
    """The file, unless it is too large or no text: that is said at once, not after it was kept."""
    if (file.size or 0) > MAX_BYTES:
        raise forms.ValidationError(TOO_LARGE)
    try:
        require_text(file.read(HEAD_BYTES))
    except FileRefused as refused:
        raise forms.ValidationError(str(refused)) from refused
    file.seek(0)
    return file


class ApplicationForm(forms.Form):
    """The button that applies: which preview it stood under, and what was said to its warning."""

    seen = forms.IntegerField()
    loses_much = forms.BooleanField(required=False)

    def seen_preview(self) -> int:
        """Its number; 0, which is none of them, where that is not said."""
        return self.cleaned_data["seen"] if self.is_valid() else 0

    def is_meant(self) -> bool:
        """That much is gone by it."""
        return self.is_valid() and self.cleaned_data["loses_much"]
