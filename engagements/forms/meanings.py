"""What the states of an engagement's trackers mean."""

from typing import Any

from django import forms

from dm_portal.shell.forms import VersionedForm
from dm_portal.shell.wording import count
from engagements.forms.decisions import field_of
from engagements.models import Engagement, Source, StateMeaning, WorkEvent
from engagements.stages import Stage, StageOf, decided_by

UNDECIDED = ("undecided", "Not decided yet")


class StatesForm(VersionedForm):
    """One choice for each state that an item was ever in; those not decided yet come first."""

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        decided = StateMeaning.objects.filter(source__engagement=engagement)
        super().__init__(*args, initial={"version": decided.version()}, **kwargs)
        self.engagement = engagement
        self.states: dict[str, tuple[Source, str]] = {}
        sources = {row.pk: row for row in engagement.sources.order_by("number")}
        meant = {pk: decided_by(decided.by_state(pk)) for pk in sources}
        items = WorkEvent.objects.filter(source__in=sources).items_of_states("source")
        found = sorted(items, key=lambda each: (meant[each[0]](each[1]) is not None, each))
        for each in found:
            source, state = each
            self._add(sources[source], state, items[each], meant[source])

    def _add(self, source: Source, state: str, items: int, stage_of: StageOf) -> None:
        name, stage = field_of("state", f"{source.number} {state}"), stage_of(state)
        # What was not decided when the form was read may be so by now: then that is a conflict.
        is_open = stage is None or self.is_bound
        self.states[name] = (source, state)
        self.fields[name] = forms.ChoiceField(
            label=state,
            choices=[*([UNDECIDED] if is_open else []), *Stage.choices],
            initial=stage or UNDECIDED[0],
            help_text=f"{count(items, 'item')}, {source}.",
            error_messages={"required": f"Choose what “{state}” means."},
        )

    @property
    def undecided(self) -> int:
        """How many states nobody has decided on yet."""
        return sum(self.fields[name].initial == UNDECIDED[0] for name in self.states)

    def changes(self) -> dict[str, Any]:
        """What was chosen and is not so anyway, in the words of ``decide_states``."""
        decisions: dict[Source, dict[str, str]] = {}
        for name, (source, state) in self.states.items():
            stage = self.cleaned_data[name]
            if stage not in (UNDECIDED[0], self.fields[name].initial):
                decisions.setdefault(source, {})[state] = stage
        return {"decisions": decisions, "version": self.cleaned_data["version"]}

    def stored(self) -> dict[str, Any]:
        """What is decided now, for whoever wrote over something else."""
        now = {name: self.fields[name].initial for name in self.states}
        return now | {
            "version": self.initial["version"],
            "engagement": self.engagement,
            "verb": "source.states_decided",
        }
