"""Whose milestone's the versions of an engagement's trackers are."""

from collections.abc import Mapping
from typing import Any

from django import forms

from dm_portal.shell.forms import VersionedForm
from engagements.forms.decisions import field_of
from engagements.models import Engagement, Milestone, VersionMeaning

OWN, NOBODY = "own", "none"
# Each version has the choice of all milestones. With more of them the page lists them once, and a
# version is given to one by the number with which its line in that list begins.
MANY = 60
LIST = "milestones-to-choose"


class OwnerField(forms.CharField):
    """A line of the page's one list, or what it begins with; cleans to a choice."""

    def __init__(self, lines: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"list": LIST}), **kwargs)
        self.choice_of = {_begins(line): choice for choice, line in lines.items()}

    def clean(self, value: Any) -> str:
        typed = _begins(super().clean(value))
        if typed not in self.choice_of:
            raise forms.ValidationError("Choose a line of the list, or write its number.")
        return self.choice_of[typed]


def _begins(line: str) -> str:
    return line.partition(":")[0].strip().casefold()


class VersionsForm(VersionedForm):
    """One choice for each version that was imported: its own milestone, another's, or nobody's.

    ``lines`` is the list to choose from where there are many milestones, by their choices.
    """

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        decided = VersionMeaning.objects.filter(engagement=engagement)
        super().__init__(*args, initial={"version": decided.version()}, **kwargs)
        self.milestones = {str(m.number): m for m in engagement.milestones.order_by("number")}
        self.own = {m.tracker_name: m for m in self.milestones.values() if m.tracker_name}
        meant = {row.version: row.milestone_id for row in decided}
        numbers = {m.pk: number for number, m in self.milestones.items()}
        self.engagement = engagement
        self.versions: dict[str, str] = {}
        self.stands: dict[str, str] = {}
        self.lines = self._lines() if len(self.milestones) > MANY else {}
        for version, own in self.own.items():
            stands = OWN
            if version in meant and meant[version] != own.pk:
                stands = numbers.get(meant[version] or 0, NOBODY)
            self._add(version, own, stands)

    def _lines(self) -> dict[str, str]:
        each = {number: f"{number}: {m}" for number, m in self.milestones.items()}
        return {OWN: "Its own", NOBODY: "None"} | each

    def _add(self, version: str, own: Milestone, stands: str) -> None:
        name = field_of("version", version)
        self.versions[name], self.stands[name] = version, stands
        said = {
            "label": version,
            "error_messages": {"required": f"Choose whose “{version}” is."},
        }
        if self.lines:
            self.fields[name] = OwnerField(self.lines, initial=self.lines[stands], **said)
            return
        others = [(n, f"Belongs to {m}") for n, m in self.milestones.items() if m.pk != own.pk]
        choices = [(OWN, "A milestone of its own"), (NOBODY, "No milestone"), *others]
        self.fields[name] = forms.ChoiceField(choices=choices, initial=stands, **said)

    def changes(self) -> dict[str, Any]:
        """What was chosen and is not so anyway, in the words of ``decide_versions``."""
        decisions: dict[str, Milestone | None] = {}
        for name, version in self.versions.items():
            chosen = self.cleaned_data[name]
            if chosen != self.stands[name]:
                own = self.own[version] if chosen == OWN else None
                decisions[version] = own or self.milestones.get(chosen)
        return {"decisions": decisions, "version": self.cleaned_data["version"]}

    def stored(self) -> dict[str, Any]:
        """What is decided now, for whoever wrote over something else."""
        now = {name: self.fields[name].initial for name in self.versions}
        return now | {
            "version": self.initial["version"],
            "engagement": self.engagement,
            "verb": "engagement.versions_decided",
        }
