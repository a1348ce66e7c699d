"""Whose milestone's the versions of an engagement's trackers are."""

from typing import Any

from django import forms

from dm_portal.shell.forms import VersionedForm
from engagements.forms.decisions import field_of
from engagements.models import Engagement, Milestone, VersionMeaning

OWN, NOBODY = "own", "none"


class VersionsForm(VersionedForm):
    """One choice for each version that was imported: its own milestone, another's, or nobody's."""

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        decided = VersionMeaning.objects.filter(engagement=engagement)
        super().__init__(*args, initial={"version": decided.version()}, **kwargs)
        self.milestones = {str(m.number): m for m in engagement.milestones.order_by("number")}
        self.own = {m.tracker_name: m for m in self.milestones.values() if m.tracker_name}
        meant = {row.version: row.milestone_id for row in decided}
        numbers = {m.pk: number for number, m in self.milestones.items()}
        self.engagement = engagement
        self.versions: dict[str, str] = {}
        for version, own in self.own.items():
            initial = OWN
            if version in meant and meant[version] != own.pk:
                initial = numbers.get(meant[version] or 0, NOBODY)
            self._add(version, own, initial)

    def _add(self, version: str, own: Milestone, initial: str) -> None:
        name = field_of("version", version)
        others = [(n, f"Belongs to {m}") for n, m in self.milestones.items() if m.pk != own.pk]
        self.versions[name] = version
        self.fields[name] = forms.ChoiceField(
            label=version,
            choices=[(OWN, "A milestone of its own"), (NOBODY, "No milestone"), *others],
            initial=initial,
            error_messages={"required": f"Choose whose “{version}” is."},
        )

    def changes(self) -> dict[str, Any]:
        """What was chosen and is not so anyway, in the words of ``decide_versions``."""
        decisions: dict[str, Milestone | None] = {}
        for name, version in self.versions.items():
            chosen = self.cleaned_data[name]
            if chosen != self.fields[name].initial:
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
