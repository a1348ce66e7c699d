"""What the DM adds to a draft: a sentence, one colour, and what follows from it; and as of when."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import dateformat
from django.utils.safestring import SafeString

from dm_portal.shell.clock import now
from dm_portal.shell.components import Shape
from dm_portal.shell.forms import PortalForm, VersionedForm
from engagements.models import Ask
from reporting import editing, rag
from reporting.calls import Start, lapsed_words, start_words
from reporting.drafting import Draft
from reporting.mentions import Matter, unmentioned_words
from reporting.models import Colour, Report
from reporting.truth import Known
from reporting.wording import OWN_WORDS_LENGTH, SENTENCE_LENGTH

ANSWER_LENGTH = 5000


@dataclass(frozen=True, slots=True)
class Call:
    """One colour to choose: its radio button, its form, and whether the rules say so."""

    tag: SafeString
    id: str
    shape: str
    by_the_rules: bool
    is_better: bool


class CallForm(VersionedForm):
    """One colour, and why where it is kinder than the rules'.

    ``draft`` tells the colour by the rules, from which the call starts, and the last reason.
    """

    colour = forms.ChoiceField(label="Your call", required=False, widget=forms.RadioSelect)
    colour_reason = forms.CharField(
        label="Why your call is better than the rules’",
        max_length=SENTENCE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The customer reads both, and this reason.",
    )

    def __init__(self, *args: Any, draft: Draft, start: Start | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft, self.start = draft, start
        self.computed = computed = draft.computed
        # "Not known" is no call where the rules know.
        self.fields["colour"].choices = [
            choice
            for choice in Colour.choices
            if choice[0] != Colour.UNKNOWN or computed == Colour.UNKNOWN
        ]

    def calls(self) -> list[Call]:
        """The colours to choose from, for the template."""
        return [
            Call(
                tag=radio.tag(),
                id=radio.id_for_label,
                shape=Shape(radio.data["value"]).value,
                by_the_rules=radio.data["value"] == self.computed,
                is_better=rag.is_better(radio.data["value"], self.computed),
            )
            for radio in self["colour"]
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        colour, reason = cleaned.get("colour", ""), cleaned.get("colour_reason", "")
        if colour and rag.is_better(colour, self.computed) and not reason:
            self.add_error("colour_reason", "Say why your call is better than the rules’.")
        by = {"colour": colour or self.computed, "computed": self.computed, "reason": reason}
        if lapsed := lapsed_words(self.draft.given, **by):
            self.add_error("colour_reason", lapsed)
        return cleaned

    @property
    def keeps_reason(self) -> bool:
        """Whether the reason is shown beside a call that needs none: one that was typed is, one
        that is only carried waits for a better call.
        """
        given = self.draft.given
        typed = self["colour_reason"].value()
        is_carried = not self.is_bound and given is not None and typed == given.text
        return bool(self.errors.get("colour_reason") or (typed and not is_carried))

    @property
    def started(self) -> str:
        """What changed under a call that was confirmed already."""
        return start_words(self.start, self.computed) if self.start else ""

    @property
    def lapsed(self) -> str:
        """The last reason, where it does not hold any more."""
        return self.start.lapsed if self.start else ""


class DraftForm(CallForm):
    """The DM's words on a draft. Anything may be missing but the reason of a kinder colour.

    ``edits`` are what the DM made of the rules' sentences so far: each may get other words, or be
    left out.
    """

    headline = forms.CharField(
        max_length=Report._meta.get_field("headline").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One sentence, the answer first: how it stands, and why.",
    )
    our_move = forms.CharField(
        max_length=SENTENCE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Who does what by when. Needed unless it is on track.",
    )
    own_words = forms.CharField(
        label="In your own words",
        max_length=OWN_WORDS_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What the facts cannot say. It stands under your name; a blank line begins a "
        "new paragraph, and Markdown makes lists, **strong words** and [links](https://…).",
    )
    field_order = ("headline", "colour", "colour_reason", "our_move", "own_words")

    def __init__(self, *args: Any, edits: Mapping[str, editing.Edit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edits = edits
        self.rows = editing.merged(self.draft.sentences, edits)
        for row in self.rows:
            self._add_sentence(row)

    def _add_sentence(self, row: editing.Row) -> None:
        """Two fields: the words, with those that the page began with, and whether it is said."""
        begins = f"{row['about']}: " if row["about"] else ""
        self.fields[f"text-{row['key']}"] = forms.CharField(
            label=f"{begins}your words",
            required=False,
            max_length=SENTENCE_LENGTH,
            initial=row["text"],
            show_hidden_initial=True,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        leave_out = [(name, f"Leave out: {words}") for name, words in editing.LEAVE_OUT.items()]
        self.fields[f"out-{row['key']}"] = forms.ChoiceField(
            label=f"{begins}in the status?",
            required=False,
            initial=row["left_out"],
            choices=[("", "Say it"), *leave_out],
        )

    @property
    def is_carried(self) -> bool:
        """Whether our move reads as the last status said it."""
        return bool(self.draft.carried) and self["our_move"].value() == self.draft.carried

    def changes(self) -> dict[str, Any]:
        """What ``save_draft`` takes; of the sentences those that were changed on this page."""
        words = {
            name: value
            for name, value in super().changes().items()
            if not name.startswith(("text-", "out-"))
        }
        return words | {"sentences": self._changed_sentences()}

    def _changed_sentences(self) -> dict[str, editing.Wanted]:
        found = {}
        for row in self.rows:
            text, out = f"text-{row['key']}", f"out-{row['key']}"
            if text in self.changed_data or out in self.changed_data:
                typed = self.cleaned_data if text in self.changed_data else {}
                left_out = self.cleaned_data.get(out) if out in self.data else row["left_out"]
                found[row["key"]] = editing.Wanted(
                    text=typed.get(text, row["text"]), left_out=left_out or ""
                )
        return found

    def show_conflict(
        self, current: Mapping[str, Any] | Any, *, by: str = "", at: datetime | None = None
    ) -> None:
        """Beside the words also the sentences, as whoever saved first has them."""
        theirs = {name: getattr(current, name) for name in (*Report.WORDS, "colour", "version")}
        for row in editing.merged(self.draft.sentences, current.edits):
            theirs |= {f"text-{row['key']}": row["text"], f"out-{row['key']}": row["left_out"]}
        mine = {name: theirs.get(name, "") for name in (*self.fields, "version")}
        super().show_conflict(mine, by=by, at=at)

    def clean_headline(self) -> str:
        """One line: a headline is set as a heading, also in mails and lists."""
        return " ".join(self.cleaned_data["headline"].split())


class UpdateForm(CallForm):
    """What is told between two statuses: one paragraph, and the colour that holds from now on."""

    paragraph = forms.CharField(
        label="What you tell the customer",
        max_length=Report._meta.get_field("paragraph").max_length,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="One paragraph, the answer first: what happened, and what you do about it.",
    )
    field_order = ("paragraph", "colour", "colour_reason")

    def clean_paragraph(self) -> str:
        return " ".join(self.cleaned_data["paragraph"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "colour" in cleaned and not cleaned["colour"]:
            self.add_error("colour", "Choose the colour.")
        return cleaned


class TypedSoFar(CallForm):
    """A form that is saved while it is being typed: a call whose reason is not there yet waits, and
    the words beside it are kept. ``report`` tells which call stays until then.
    """

    def __init__(self, *args: Any, report: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report, self.call_waits = report, False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.has_error("colour_reason"):
            self.call_waits = True
            del self.errors["colour_reason"]
            stays = {name: getattr(self.report, name) for name in ("colour", "colour_reason")}
            cleaned |= stays
        return cleaned


class TypedDraftForm(TypedSoFar, DraftForm):
    """A draft as far as it is typed."""


class TypedUpdateForm(TypedSoFar, UpdateForm):
    """An update as far as it is typed."""


class PublicationForm(DraftForm):
    """The same, when it is to go out: nothing that the customer needs may be missing, and nothing
    may contradict the facts, and what must be mentioned is.

    ``known`` tells those, by the colour that is declared; ``unmentioned`` what these words and
    edits pass over.
    """

    def __init__(
        self,
        *args: Any,
        known: Callable[[str], Known],
        unmentioned: Callable[..., list[tuple[Matter, editing.Row]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.unmentioned = known, unmentioned

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "headline" in cleaned and not cleaned["headline"]:
            self.add_error("headline", "Write the headline: one sentence, the answer first.")
        if "colour" in cleaned and not cleaned["colour"]:
            self.add_error("colour", "Choose the colour.")
        if cleaned.get("colour") not in ("", Colour.GREEN, None) and not cleaned.get("our_move"):
            self.add_error("our_move", "Say what our move is: it is not on track.")
        words = {name: cleaned.get(name, "") for name in Report.WORDS}
        changed = self._changed_sentences()
        edits = editing.with_changes(self.draft.sentences, self.edits, changed)
        self._require_true(cleaned, words, edits)
        for matter, row in self.unmentioned(words=words, edits=edits, changed=changed.keys()):
            self.add_error(f"text-{row['key']}", unmentioned_words(matter, row))
        return cleaned

    def _require_true(
        self, cleaned: dict[str, Any], words: dict[str, str], edits: dict[str, editing.Edit]
    ) -> None:
        """Name every contradiction at its field, so that one look shows them all."""
        known = self.known(cleaned.get("colour") or self.computed)
        rules = self.draft.sentences
        for name, findings in editing.contradictions(words, rules, edits, known).items():
            for finding in findings:
                self.add_error(name, editing.finding_words(finding))


class DueDayForm(VersionedForm):
    """Another due day for one week, out of those that are left of it."""

    due_on = forms.TypedChoiceField(label="Due on", coerce=date.fromisoformat)
    reason = forms.CharField(
        label="Why",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is kept in the history; the customer does not read it.",
    )

    def __init__(self, *args: Any, days: Sequence[date], version: int, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": version}, **kwargs)
        words = [(day.isoformat(), dateformat.format(day, "D j M Y")) for day in days]
        self.fields["due_on"].choices = words


class CorrectionForm(PortalForm):
    """Why what was published is published again."""

    reason = forms.CharField(
        label="What was wrong?",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The customer reads this beside the correction. What was published stays.",
    )
    corrects_figures = forms.BooleanField(
        label="Bring its figures up to date, too",
        required=False,
        help_text=(
            "Then the customer also reads what they were. Otherwise only words change, and what "
            "became known since is told by the next status."
        ),
    )


class UpdateCorrectionForm(PortalForm):
    """The same of an update, whose figures the next status tells."""

    reason = CorrectionForm.base_fields["reason"]


class RetractionForm(PortalForm):
    """Why what was published is withdrawn."""

    reason = forms.CharField(
        label="Why is it withdrawn?",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The customer reads this in its place, and by mail.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # beside the form of a correction, whose field is called alike
        super().__init__(*args, auto_id="id_retraction_%s", **kwargs)


# Before any tracker, and late enough that its week can be told.
EARLIEST = datetime(1970, 1, 12, tzinfo=UTC)
DAY = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*")


class AsOfForm(PortalForm):
    """As of when figures are shown: a local time, an instant with its offset, or a whole day."""

    at = forms.DateTimeField(
        label="As of",
        required=False,
        error_messages={"invalid": "Give a day, or a day and a time such as 2026-11-20T17:00."},
    )

    def clean_at(self) -> datetime | None:
        """The end of a day where only a day is given, and never the future."""
        at: datetime | None = self.cleaned_data["at"]
        if at is None:
            return None
        if at > now():
            raise forms.ValidationError("That is still to come: figures are known up to now.")
        if at < EARLIEST:
            raise forms.ValidationError("Nothing is known of a time before 1970.")
        if DAY.fullmatch(self.data["at"]):
            at = min(at + timedelta(days=1), now())
        return at


class AnswerForm(VersionedForm):
    """What the customer answers to an ask; the version is that of what they read."""

    answer = forms.CharField(
        label="Your answer",
        max_length=ANSWER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It is kept as you give it, with your name.",
    )

    def __init__(self, *args: Any, ask: Ask, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": ask.version}, **kwargs)
