"""Who the people are that an engagement's trackers name."""

from typing import Any

from django import forms

from dm_portal.shell.forms import VersionedForm
from dm_portal.shell.wording import count
from engagements.assignees import BOT, NOBODY, Who, called, candidates
from engagements.forms.decisions import field_of
from engagements.models import Engagement, PersonMeaning, Source, WorkEvent

UNDECIDED = ("undecided", "Not decided yet")
Kind = PersonMeaning.Kind
# A person decides on some of them at a time; a form has no room for all that a file may name.
MOST_NAMES = 300


class AssigneesForm(VersionedForm):
    """One choice for each name that items were ever assigned to; the undecided come first.

    Where the name or e-mail of exactly one specialist is the same, they are proposed. Of very many
    the first ``MOST_NAMES`` are listed; those with the most items come first.
    """

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        decided = PersonMeaning.objects.filter(source__engagement=engagement)
        super().__init__(*args, initial={"version": decided.version()}, **kwargs)
        self.engagement = engagement
        self.people = {each.ref: each for each in candidates(engagement)}
        self.names: dict[str, tuple[Source, str]] = {}
        self.kept: dict[str, str] = {}
        sources = {row.pk: row for row in engagement.sources.order_by("number")}
        rows = decided.select_related("specialist")
        meant = {(row.source_id, row.name): _choice(row) for row in rows}
        items = WorkEvent.objects.filter(source__in=sources).items_of_assignees("source")
        self.found = len(items)
        listed = sorted(items, key=lambda each: (each in meant, -items[each], each))
        for each in listed[:MOST_NAMES]:
            source, name = each
            self._add(sources[source], name, items[each], meant.get(each))

    def _add(self, source: Source, name: str, items: int, kept: str | None) -> None:
        field, proposed = field_of("person", f"{source.number} {name}"), None
        if kept is None and len(found := called(self.people.values(), name)) == 1:
            proposed = found[0]
        # What was not decided when the form was read may be so by now: then that is a conflict.
        is_open = kept is None or self.is_bound
        self.names[field], self.kept[field] = (source, name), kept or UNDECIDED[0]
        self.fields[field] = forms.ChoiceField(
            label=name,
            choices=[*([UNDECIDED] if is_open else []), *self._choices()],
            initial=proposed.ref if proposed else self.kept[field],
            help_text=_told(source, items, is_proposed=proposed is not None),
            error_messages={"required": f"Choose who “{name}” is."},
        )

    def _choices(self) -> list[tuple[str, str]]:
        ours = [(ref, person.name) for ref, person in self.people.items()]
        return [*ours, (Kind.BOT.value, Kind.BOT.label), (Kind.IGNORED.value, Kind.IGNORED.label)]

    @property
    def undecided(self) -> int:
        """How many names nobody has decided on yet."""
        return sum(kept == UNDECIDED[0] for kept in self.kept.values())

    @property
    def proposed(self) -> int:
        """For how many of them somebody is proposed."""
        return sum(self.fields[name].initial != kept for name, kept in self.kept.items())

    def changes(self) -> dict[str, Any]:
        """What was chosen and is not so anyway, in the words of ``decide_people``."""
        decisions: dict[Source, dict[str, Who]] = {}
        for field, (source, name) in self.names.items():
            chosen = self.cleaned_data[field]
            if chosen not in (UNDECIDED[0], self.kept[field]):
                decisions.setdefault(source, {})[name] = self._who(chosen)
        return {"decisions": decisions, "version": self.cleaned_data["version"]}

    def _who(self, chosen: str) -> Who:
        none_of_ours = {Kind.BOT.value: BOT, Kind.IGNORED.value: NOBODY}
        return none_of_ours.get(chosen) or Who(Kind.SPECIALIST, self.people[chosen])

    def stored(self) -> dict[str, Any]:
        """What is decided now, for whoever wrote over something else."""
        return self.kept | {
            "version": self.initial["version"],
            "engagement": self.engagement,
            "verb": "source.people_decided",
        }


def _choice(row: PersonMeaning) -> str:
    return row.specialist.ref if row.specialist else row.kind


def _told(source: Source, items: int, *, is_proposed: bool) -> str:
    """ "12 items, Jira export." """
    found = f"{count(items, 'item')}, {source}."
    return f"{found} Proposed: it is the same name or e-mail." if is_proposed else found
