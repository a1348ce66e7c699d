"""From where on an engagement is at risk or off track by the rules."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from dm_portal.shell.forms import VersionedForm
from engagements.models import ColourThresholds
from engagements.thresholds import (
    BANDS,
    DEFAULTS,
    LABELS,
    LEAST_NOTICE,
    MOST_NOTICE,
    MOST_RECOVERY,
    NOTICE,
    RECOVERY,
    Band,
    Thresholds,
    out_of_order,
)


@dataclass(frozen=True, slots=True)
class BandFields:
    """One dimension in the form: its limits, each with its name here, and what is usual."""

    name: str
    unit: str
    fields: tuple[tuple[BoundField, str], ...]
    usual: str


NOTICE_UNIT = "Working days before its day on which it is said that a commitment moves"


class ThresholdsForm(VersionedForm):
    """Two limits of each dimension, and of notice one; saved only with the numbers whose outlook
    was seen.
    """

    def __init__(self, *args: Any, stored: ColourThresholds, **kwargs: Any) -> None:
        stands = stored.values.stored | {"version": stored.version}
        super().__init__(*args, initial=stands, **kwargs)
        for band in BANDS.values():
            for name in (band.amber, band.red):
                self.fields[name] = _number(name, band.least, band.most)
        self.fields[RECOVERY] = _number(RECOVERY, 0, MOST_RECOVERY)
        self.fields[NOTICE] = _number(NOTICE, LEAST_NOTICE, MOST_NOTICE)
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, wrong in out_of_order(cleaned).items():
            self.add_error(name, wrong)
        return cleaned

    def limits(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in DEFAULTS.stored}

    def thresholds(self) -> Thresholds:
        return Thresholds(**self.limits())

    def changes(self) -> dict[str, Any]:
        """The arguments of ``change_thresholds`` but the engagement and the person."""
        return self.limits() | {"version": self.cleaned_data["version"]}

    def fingerprint(self) -> str:
        """What names the numbers that were sent, so that no others are saved than were seen."""
        return ",".join(str(number) for number in self.limits().values())

    @property
    def is_seen(self) -> bool:
        """Whether what these numbers would change was shown before."""
        return bool(self.cleaned_data["seen"] == self.fingerprint())

    def bands(self) -> list[BandFields]:
        """The dimensions, for the template, and then the notice."""
        bands = [
            BandFields(band.name, _unit(band), self._of(band), _usual(band))
            for band in BANDS.values()
        ]
        usual = str(getattr(DEFAULTS, NOTICE))
        field = (self[NOTICE], "Moved with notice from")
        return [*bands, BandFields("Commitments", NOTICE_UNIT, (field,), usual)]

    def _of(self, band: Band) -> tuple[tuple[BoundField, str], ...]:
        fields = [
            (self[band.amber], f"At risk {band.word}"),
            (self[band.red], f"Off track {band.word}"),
        ]
        if band is BANDS["on_time"]:
            fields.append((self[RECOVERY], "Points before it improves"))
        return tuple(fields)


def _usual(band: Band) -> str:
    """ "1 and 6"; of a forecast also how far it has to recover."""
    usual = f"{getattr(DEFAULTS, band.amber)} and {getattr(DEFAULTS, band.red)}"
    more = f", and {DEFAULTS.on_time_recovery_points} points before it improves"
    return usual + more if band is BANDS["on_time"] else usual


def _unit(band: Band) -> str:
    """ "Working days blocked", "Per cent added after the sprint began"."""
    words = band.unit.replace("%", "per cent", 1)
    return words[0].upper() + words[1:]


def _number(name: str, least: int, most: int) -> forms.IntegerField:
    label = LABELS[name]
    said = f"“{label}” is a whole number from {least} to {most}."
    errors = dict.fromkeys(("required", "invalid", "min_value", "max_value"), said)
    return forms.IntegerField(label=label, min_value=least, max_value=most, error_messages=errors)
