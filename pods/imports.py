"""A roster file between its preview and its confirmation.

What was previewed is what is imported: if the rows changed in between, nothing is written.
"""

from hashlib import sha256
from typing import Any
from uuid import uuid4

from django import forms
from django.core.cache import cache
from import_export.forms import ConfirmImportForm
from import_export.results import Result, RowResult
from import_export.tmp_storages import CacheStorage


class PreviewedFile(CacheStorage):
    """A file that one confirmation takes; a second click finds it gone."""

    def take(self) -> Any:
        """The content, once; None if it was taken, has expired or never was."""
        data = self.read()
        taken = f"{self.CACHE_PREFIX}{self.name}-taken"
        # of two clicks at once the cache lets one add the mark
        if data is None or not cache.add(taken, True, self.CACHE_LIFETIME):
            return None
        self.remove()
        return data

    def put_back(self, data: Any) -> str:
        """Keep what was taken for another preview; return its new name."""
        name = uuid4().hex
        cache.set(self.CACHE_PREFIX + name, data, self.CACHE_LIFETIME)
        return name


class ConfirmForm(ConfirmImportForm):
    """The button below a preview; ``seen`` stands for the rows as they were previewed."""

    import_file_name = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    format = forms.ChoiceField(choices=[("0", "CSV")], widget=forms.HiddenInput)
    resource = forms.ChoiceField(
        choices=[("", ""), ("0", "")], required=False, widget=forms.HiddenInput
    )
    seen = forms.CharField(widget=forms.HiddenInput)


def fingerprint(result: Result) -> str:
    """What a preview showed: each row's verdict, and its values before and after."""
    return sha256(repr([_verdict(row) for row in result.rows]).encode()).hexdigest()


def is_refused(result: Result) -> bool:
    """Whether a row, or the file, was refused."""
    return bool(result.has_errors() or result.has_validation_errors())


def _verdict(row: RowResult) -> tuple[str, list[str]]:
    # a new row has nothing before, and a reference that is drawn anew each time
    is_new = row.import_type == RowResult.IMPORT_TYPE_NEW
    return row.import_type, [] if is_new else [str(cell) for cell in row.diff or ()]
