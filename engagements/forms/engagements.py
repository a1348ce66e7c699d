"""Forms that begin an engagement, change what is agreed, and pause or close it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode
from zoneinfo import available_timezones

from django import forms
from django.db.models import QuerySet
from django.forms import BoundField

from dm_portal.people.forms import offer_calendars
from dm_portal.people.models import WorkCalendar
from dm_portal.shell.clock import today
from dm_portal.shell.forms import PortalForm, PortalModelForm, VersionedForm, VersionedModelForm
from engagements.forms.days import InOrder
from engagements.models import Customer, Engagement, EngagementTemplate
from engagements.services.days import can_be_meant
from engagements.services.engagements import TRANSITIONS, PlannedMilestone
from engagements.services.templates import proposed
from pods.models import Pod

AGREED = (
    *("name", "outcome", "in_scope", "out_of_scope", "depends_on", "pods"),
    *("starts_on", "ends_on", "reporting_from"),
    *("unit", "sprint_days", "status_weekday", "status_hour", "time_zone"),
    *("calendar", "holiday_rule"),
)
CADENCE = (*("outcome", "unit", "sprint_days", "status_weekday", "status_hour", "time_zone"),)
ZONES = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
NO_FIRST_DAY = "Give a first day below that can be meant: the dates count from it."
ADD_A_CUSTOMER = "Choose a customer, or name a new one."


class AgreedForm(InOrder, PortalModelForm):
    """What is agreed of an engagement, and when it plans and reports."""

    class Meta:
        model = Engagement
        fields = AGREED
        help_texts = {
            "outcome": "What the customer has when it is done, in one or two sentences.",
            "depends_on": "What others must do or give first.",
            "pods": "Whoever works in these pods can read the engagement.",
            "ends_on": "",
            "reporting_from": "The week of this day gets the first weekly status, that of the "
            "last day gets the last.",
            "status_hour": "",
            "calendar": "They count on the clock of the time zone above, whatever theirs is.",
            "holiday_rule": "The status stays in its week; where that has no such day, it is due "
            "on the nearest working day.",
        }
        labels = {
            "in_scope": "In scope",
            "out_of_scope": "Out of scope",
            "depends_on": "Depends on",
            "reporting_from": "Reporting from",
            "status_weekday": "Status due on",
            "status_hour": "At",
            "time_zone": "Time zone",
            "calendar": "Working hours and holidays",
            "holiday_rule": "If that is a holiday, due on",
        }
        widgets = {
            "outcome": forms.Textarea(attrs={"rows": 2}),
            "in_scope": forms.Textarea(attrs={"rows": 3}),
            "out_of_scope": forms.Textarea(attrs={"rows": 3}),
            "depends_on": forms.Textarea(attrs={"rows": 3}),
            "pods": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["pods"]
        field.queryset = self._pods(user)
        field.to_field_name = "ref"
        self.fields[
            "calendar"
        ].empty_label = "None chosen: Monday to Friday, 09:00-17:00, no holidays"
        offer_calendars(self, WorkCalendar.objects.visible_to(user))
        chosen = self.instance.time_zone
        zones = ZONES if chosen in ZONES else [chosen, *ZONES]
        self.fields["time_zone"].widget = forms.Select(choices=[(zone, zone) for zone in zones])

    def _pods(self, user: Any) -> QuerySet[Pod]:
        return Pod.objects.visible_to(user)


class EngagementForm(VersionedModelForm, AgreedForm):
    """Changes what is agreed; pods that the engagement has can be kept by whoever sees it."""

    class Meta(AgreedForm.Meta):
        pass

    def _pods(self, user: Any) -> QuerySet[Pod]:
        theirs = self.instance.pods.values("pk")
        return (super()._pods(user) | Pod.objects.filter(pk__in=theirs)).distinct()


class StartForm(PortalForm):
    """What to begin with: a template, and the first day that its dates are counted from."""

    template = forms.ModelChoiceField(
        EngagementTemplate.objects.none(),
        to_field_name="ref",
        required=False,
        empty_label="Nothing: an empty form",
        help_text="It proposes milestones and a cadence; its dates count from the first day below.",
    )
    starts_on = forms.DateField(label="First day")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = EngagementTemplate.objects.visible_to(user)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day = cleaned.get("starts_on")
        if day is None or not can_be_meant(day):
            self.add_error("template", NO_FIRST_DAY)
        return cleaned

    @property
    def is_asked(self) -> bool:
        """Whether it says from what to begin, and from when on."""
        return self.is_bound and self.is_valid()

    def begin(self) -> dict[str, Any]:
        """``template`` and ``starts_on`` of the proposal; today from nothing, unless asked."""
        if not self.is_asked:
            return {"template": None, "starts_on": today()}
        return {name: self.cleaned_data[name] for name in ("template", "starts_on")}

    def address(self) -> str:
        """The query under which the same proposal is found again; "" without one."""
        names = ("template", "starts_on")
        return "?" + urlencode({n: self.data.get(n, "") for n in names}) if self.is_asked else ""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One proposed milestone in the form: whether to keep it, its name, its date."""

    planned: PlannedMilestone
    keep: BoundField
    name: BoundField
    committed_on: BoundField


class EngagementCreateForm(AgreedForm):
    """Begins an engagement. Dates of a template are proposed here, and promised by saving."""

    customer = forms.ModelChoiceField(
        Customer.objects.none(), to_field_name="ref", required=False, empty_label="A new customer"
    )
    new_customer = forms.CharField(
        label="New customer", max_length=120, required=False, help_text="Only if it is not above."
    )
    field_order = ("customer", "new_customer")

    def __init__(
        self,
        *args: Any,
        user: Any,
        template: EngagementTemplate | None,
        starts_on: date,
        **kwargs: Any,
    ) -> None:
        self.user, self.template = user, template
        self.plan = proposed(template, starts_on=starts_on) if template else []
        cadence = {name: getattr(template, name) for name in CADENCE} if template else {}
        begin = {"starts_on": starts_on, "reporting_from": max(starts_on, today())}
        super().__init__(*args, user=user, initial=cadence | begin, **kwargs)
        self.fields["customer"].queryset = Customer.objects.planned_by(user)
        for number, planned in enumerate(self.plan, start=1):
            self._add_plan_fields(f"plan_{number}", planned)

    def anew(self, start: StartForm) -> Self:
        """What ``start`` proposes, with what was typed: all that is not as this form showed it.

        What was typed into the milestones of another template is about nothing any more.
        """
        begin = start.begin()
        fresh = type(self)(user=self.user, **begin)
        stays = begin["template"] == self.template
        fresh.initial |= {
            name: self[name].value()
            for name in self.changed_data
            if stays or not name.startswith("plan_")
        }
        return fresh

    def _add_plan_fields(self, prefix: str, planned: PlannedMilestone) -> None:
        keep = forms.BooleanField(label="Plan this milestone", required=False, initial=True)
        name = forms.CharField(label="Name", max_length=120, required=False, initial=planned.name)
        day = forms.DateField(
            label="Committed date",
            required=False,
            initial=planned.committed_on,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            help_text="Leave it empty to commit later.",
        )
        self.fields |= {f"{prefix}_keep": keep, f"{prefix}_name": name, f"{prefix}_on": day}

    @property
    def plan_rows(self) -> list[PlanRow]:
        return [
            PlanRow(planned, self[f"plan_{n}_keep"], self[f"plan_{n}_name"], self[f"plan_{n}_on"])
            for n, planned in enumerate(self.plan, start=1)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        chosen, new = cleaned.get("customer"), cleaned.get("new_customer")
        if bool(chosen) == bool(new) and "customer" not in self.errors:
            self.add_error("customer", ADD_A_CUSTOMER)
        for number in range(1, len(self.plan) + 1):
            if cleaned.get(f"plan_{number}_keep") and not cleaned.get(f"plan_{number}_name"):
                self.add_error(f"plan_{number}_name", "Give the milestone a name.")
        return cleaned

    def changes(self) -> dict[str, Any]:
        """The arguments of ``create_engagement`` but the person."""
        values = {name: self.cleaned_data[name] for name in AGREED}
        customer = self.cleaned_data["customer"] or self.cleaned_data["new_customer"]
        return values | {"customer": customer, "milestones": self._kept()}

    def _kept(self) -> Sequence[PlannedMilestone]:
        cleaned = self.cleaned_data
        counts = cleaned["starts_on"] == self.initial["starts_on"]
        return [
            _as_entered(planned, cleaned[f"plan_{n}_name"], cleaned[f"plan_{n}_on"], counts=counts)
            for n, planned in enumerate(self.plan, start=1)
            if cleaned[f"plan_{n}_keep"]
        ]


class StateForm(VersionedForm):
    """Where an engagement goes from here, and why."""

    state = forms.ChoiceField(label="It becomes", widget=forms.RadioSelect)
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), help_text="It is kept in the history."
    )

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": engagement.version}, **kwargs)
        self.fields["state"].choices = [
            (state, Engagement.State(state).label) for state in TRANSITIONS[engagement.state]
        ]


def _as_entered(
    planned: PlannedMilestone, name: str, day: date | None, *, counts: bool
) -> PlannedMilestone:
    """The row as it stands in the form; ``counts``: from the first day that was proposed from."""
    is_proposed = counts and day == planned.committed_on
    reason = planned.reason if is_proposed else "Agreed when the engagement began."
    return replace(planned, name=name, committed_on=day, reason=reason)
