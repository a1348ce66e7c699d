"""What forms with a first and a last day share."""

from typing import Any

from django import forms


class InOrder(forms.BaseForm):
    """Two days of which the last is not before the first; said at the field, not above the form."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day cannot be before the first.")
        return cleaned
