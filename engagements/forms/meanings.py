"""What the states of an engagement's trackers mean."""

from typing import Any

from django import forms

from dm_portal.shell.forms import PortalForm
from engagements.models import Engagement, Source, StateMeaning, WorkEvent
from engagements.stages import Stage, stage_of_word

UNDECIDED = ("", "Not decided yet")


class StatesForm(PortalForm):
    """One choice for each state that an item was ever in; those not decided yet come first."""

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.states: dict[str, tuple[Source, str]] = {}
        sources = {row.pk: row for row in engagement.sources.order_by("number")}
        rows = StateMeaning.objects.filter(source__in=sources)
        decided = {(row.source_id, row.state): row.stage for row in rows}
        found = WorkEvent.objects.filter(source__in=sources).states("source")
        found.sort(key=lambda each: (_meant(each, decided) is not None, each))
        for number, (source, state) in enumerate(found, start=1):
            self._add(f"state_{number}", sources[source], state, _meant((source, state), decided))

    def _add(self, name: str, source: Source, state: str, stage: str | None) -> None:
        self.states[name] = (source, state)
        self.fields[name] = forms.ChoiceField(
            label=state,
            required=False,
            choices=[*([] if stage else [UNDECIDED]), *Stage.choices],
            initial=stage or "",
            help_text=str(source),
        )

    @property
    def undecided(self) -> int:
        """How many states nobody has decided on yet."""
        return sum(not field.initial for field in self.fields.values())

    def changes(self) -> dict[str, Any]:
        """What was chosen and is not so anyway, in the words of ``decide_states``."""
        decisions: dict[Source, dict[str, str]] = {}
        for name, (source, state) in self.states.items():
            stage = self.cleaned_data[name]
            if stage and stage != self.fields[name].initial:
                decisions.setdefault(source, {})[state] = stage
        return {"decisions": decisions}


def _meant(name: tuple[int, str], decided: dict[tuple[int, str], str]) -> str | None:
    return decided.get(name) or stage_of_word(name[1])
