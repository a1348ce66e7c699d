"""A map, made from a sample of a file."""

import base64
import binascii
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField

from dm_portal.shell.forms import PortalForm
from engagements.models import Engagement
from engagements.sources.maps import (
    DATES,
    DECIMALS,
    OF_INTERVALS,
    OF_ITEMS,
    ROWS,
    SEPARATORS,
    FileMap,
    MapRefused,
    read_map,
)
from engagements.sources.refusal import FileRefused
from engagements.sources.samples import MAX_BYTES, Sample

LABELS = {
    "key": "Key",
    "type": "Type",
    "title": "Title",
    "state": "State",
    "size": "Size",
    "milestones": "Milestones",
    "sprint": "Sprint",
    "assignee": "Assignee",
    "created_at": "Created on",
    "started_at": "Started on",
    "done_at": "Done on",
    "updated_at": "Updated on: since when the row is so",
    "flag": "Flag",
    "due": "Due on",
    "team": "Team",
    "seen_at": "Exported on",
    "days": "Days in the state",
    "until": "Day of the item's last move",
}
COLUMN = "column_"
LOST = "Choose the file again: its beginning was lost."
ROW_WORDS = {"items": "One item each", "intervals": "One stay of an item in a state each"}

DATE_WORDS = {
    "iso": "2026-11-23",
    "day first": "23/11/2026: day first",
    "month first": "11/23/2026: month first",
}
DECIMAL_WORDS = {"point": "0.5: point", "comma": "0,5: comma"}


class SampleForm(PortalForm):
    """A file of the kind that the map is for; only its beginning is looked at."""

    sample = forms.FileField(
        label="A file to make the map from",
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text="Only its beginning is looked at, and nothing of it is kept.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )

    def clean_sample(self) -> Sample:
        file: UploadedFile = self.cleaned_data["sample"]
        try:
            return Sample(file.read(MAX_BYTES + 1))
        except FileRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


class MapForm(PortalForm):
    """How the sample is written, and which of its columns holds what.

    ``columns_of`` says for which way of writing the columns are that were chosen from: written
    otherwise, the file ``has_other_columns``, and these choices are to be offered anew.
    """

    begun = forms.CharField(widget=forms.HiddenInput, error_messages={"required": LOST})
    columns_of = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        max_length=120,
        help_text=(
            "What the source is called, such as Support desk. By another name it is another "
            "source, with items of its own."
        ),
    )
    rows = forms.ChoiceField(label="Rows", choices=[(name, ROW_WORDS[name]) for name in ROWS])
    separator = forms.ChoiceField(
        label="Cells are separated by", choices=[(name, name.capitalize()) for name in SEPARATORS]
    )
    dates = forms.ChoiceField(
        label="Dates",
        choices=[(name, DATE_WORDS[name]) for name in DATES],
    )
    decimal = forms.ChoiceField(
        label="Decimals", choices=[(name, DECIMAL_WORDS[name]) for name in DECIMALS]
    )
    zone = forms.CharField(label="Time zone", required=False, max_length=100)
    state = forms.CharField(
        label="State of every row",
        required=False,
        max_length=100,
        help_text="Only for a file without a column for it, such as a list of finished items.",
    )
    teams = forms.CharField(
        label="Teams",
        required=False,
        max_length=1000,
        help_text="Whose rows are read, separated by commas. Empty: everybody's.",
    )

    def __init__(self, *args: Any, engagement: Engagement, sample: Sample | None = None) -> None:
        super().__init__(*args)
        self.sample = sample or _sample(self.data.get("begun", ""))
        self.engagement = engagement
        separator, rows = self._written()
        names = self.sample.header(separator) if self.sample else []
        guessed = self.sample.columns(separator, rows) if self.sample else {}
        choices = [("", "Not in the file"), *((name, name) for name in names)]
        self.data = dict(self.data.items())
        written = f"{separator} {rows}"
        self.has_other_columns = self.data.get("columns_of", written) != written
        self.data["columns_of"] = written
        for field in OF_ITEMS if rows == "items" else OF_INTERVALS:
            name = f"{COLUMN}{field}"
            self.fields[name] = forms.ChoiceField(
                label=LABELS[field], choices=choices, required=False
            )
            # Written otherwise, the file has other columns: what was chosen before is none of them.
            if self.data.get(name, "") not in ("", *names):
                self.data[name] = guessed.get(field, "")

    @classmethod
    def of(cls, sample: Sample, engagement: Engagement, name: str) -> "MapForm":
        """The form as the sample seems to be written, ready to be looked at."""
        separator, rows = sample.separator(), sample.rows()
        guessed = {f"{COLUMN}{k}": v for k, v in sample.columns(separator, rows).items()}
        first = {
            "begun": base64.b64encode(sample.content).decode(),
            "name": name,
            "rows": rows,
            "separator": separator,
            "dates": DATES[0],
            "decimal": "point",
            "zone": engagement.time_zone,
        }
        return cls(first | guessed, engagement=engagement, sample=sample)

    @property
    def written(self) -> list[BoundField]:
        """How the file is written."""
        return [each for each in self.visible_fields() if not each.name.startswith(COLUMN)]

    @property
    def columns(self) -> list[BoundField]:
        """Which column holds what."""
        return [each for each in self.visible_fields() if each.name.startswith(COLUMN)]

    def _written(self) -> tuple[str, str]:
        separator, rows = self.data.get("separator", ""), self.data.get("rows", "")
        return (
            separator if separator in SEPARATORS else "comma",
            rows if rows in ROWS else "items",
        )

    def clean_begun(self) -> str:
        if self.sample is None:
            raise forms.ValidationError(LOST)
        return str(self.cleaned_data["begun"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.map = self.told(found)
            except MapRefused as refused:
                raise forms.ValidationError(str(refused)) from refused
        return found

    @staticmethod
    def told(found: dict[str, Any]) -> FileMap:
        """The map that was chosen.

        Raises:
            MapRefused: something of it is missing or not possible.
        """
        columns = {
            name.removeprefix(COLUMN): value
            for name, value in found.items()
            if name.startswith(COLUMN) and value
        }
        teams = [name.strip() for name in found["teams"].split(",") if name.strip()]
        plain = ("name", "rows", "separator", "dates", "decimal", "zone", "state")
        return read_map(
            {name: found[name] for name in plain} | {"columns": columns, "teams": teams}
        )


def _sample(begun: str) -> Sample | None:
    """What was sent along; None for what is no sample."""
    if len(begun) > 2 * MAX_BYTES:
        return None
    try:
        return Sample(base64.b64decode(begun, validate=True)) if begun else None
    except (binascii.Error, ValueError, FileRefused):
        return None
