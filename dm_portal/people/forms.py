"""What admins type about people."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.db.models import QuerySet

from dm_portal.people.holiday_names import COUNTRIES
from dm_portal.people.leave_files import MAX_BYTES
from dm_portal.people.models import WEEKDAYS, PortalFunction, TimeOff, User, WorkCalendar
from dm_portal.people.workers import label
from dm_portal.shell.clock import today
from dm_portal.shell.forms import (
    FormMixin,
    PortalForm,
    PortalModelForm,
    VersionedModelForm,
    VersionMixin,
)

ZONES = sorted(name for name in available_timezones() if "/" in name or name == "UTC")


class InvitationForm(PortalForm):
    """One of us: who they are, and what they start with."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="The invitation goes there; it can be used once, within 14 days.",
    )
    grade = forms.ChoiceField(
        required=False,
        choices=[("", "None"), *User.Grade.choices],
        help_text="The step on the ladder. What a person may do follows their functions.",
    )
    functions = forms.MultipleChoiceField(
        label="Portal-wide functions",
        required=False,
        choices=PortalFunction.Function.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="They hold from today. Leave empty for whoever works in engagements only.",
    )


class PersonForm(VersionedModelForm):
    """A person's name, and for one of us the grade."""

    class Meta:
        model = User
        fields = ("name", "grade")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_customer:
            del self.fields["grade"]

    def changes(self) -> dict[str, Any]:
        """A customer's person has no grade, whatever was posted."""
        return {"grade": "", **super().changes()}


class PortalFunctionForm(PortalForm):
    """A portal-wide function, from a day on and perhaps up to another."""

    function = forms.ChoiceField(choices=PortalFunction.Function.choices)
    starts_on = forms.DateField(label="From", widget=forms.DateInput, initial=today)
    ends_on = forms.DateField(
        label="Until",
        required=False,
        widget=forms.DateInput,
        help_text="The first day on which it no longer holds. Empty: until somebody ends it.",
    )


class CalendarForm(VersionedModelForm):
    """The working week of a place."""

    class Meta:
        model = WorkCalendar
        fields = ("name", "time_zone", *WEEKDAYS, "country", "region")
        labels = {"country": "Public holidays of"}
        help_texts = {
            "name": "Every one of us can read it: name a place, not a customer.",
            "region": "Its name or its code, where holidays differ within the country.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.instance.time_zone
        zones = ZONES if chosen in ZONES else [chosen, *ZONES]
        self.fields["time_zone"].widget = forms.Select(choices=[(zone, zone) for zone in zones])
        countries = [("", "No country: no holidays"), *COUNTRIES.items()]
        self.fields["country"].widget = forms.Select(choices=countries)

    def changes(self) -> dict[str, Any]:
        """As the model keeps them: a region by its code, hours in one way of writing."""
        kept = {name: getattr(self.instance, name) for name in self.Meta.fields}
        return super().changes() | kept


class NewCalendarForm(CalendarForm):
    """A calendar that nobody can have changed in the meantime."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]


def offer_calendars(form: forms.ModelForm, calendars: QuerySet[WorkCalendar]) -> None:
    """Let the field "calendar" be chosen by references, beginning with what the row has."""
    field = form.fields["calendar"]
    field.queryset, field.to_field_name = calendars, "ref"
    # Django proposes the primary key, which is no reference
    form.initial["calendar"] = form.instance.calendar


class ChosenCalendarForm(VersionedModelForm):
    """By which calendar somebody works."""

    class Meta:
        model = User
        fields = ("calendar",)
        labels = {"calendar": "Working hours"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "calendar"
        ].empty_label = "None chosen: Monday to Friday, 09:00-17:00 in Berlin, no holidays"
        offer_calendars(self, WorkCalendar.objects.all())


class TimeOffForm(PortalModelForm):
    """From which day to which somebody is away, or in which part of one day."""

    class Meta:
        model = TimeOff
        fields = ("starts_on", "ends_on", "from_time", "until_time", "note")
        help_texts = {
            "ends_on": "The last day away; the same day for a single one.",
            "from_time": "Only for a part of one day, on the clock of whoever is away.",
            "until_time": "Empty: until the end of the day.",
            "note": "Colleagues of the pod can read it.",
        }
        widgets = {
            "starts_on": forms.DateInput,
            "ends_on": forms.DateInput,
            "from_time": forms.TimeInput,
            "until_time": forms.TimeInput,
        }

    def _get_validation_exclusions(self) -> set[str]:
        """What the service says of days and times, it says at the field that is wrong."""
        return super()._get_validation_exclusions() | set(self.Meta.fields[:4])


class OfPeople(FormMixin):
    """Chooses a ``person`` among ``people`` (users and specialists); without any, has no choice."""

    def __init__(self, *args: Any, people: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.ref: person for person in people}
        if not people:
            del self.fields["person"]
            return
        choices = [(ref, label(person)) for ref, person in self.people.items()]
        self.fields["person"].choices = [("", "Choose somebody"), *choices]

    def clean_person(self) -> Any:
        return self.people.get(self.cleaned_data["person"])


class NewTimeOffForm(OfPeople, TimeOffForm):
    """Leave of oneself; with ``people`` (users and specialists), of one of them."""

    person = forms.ChoiceField(label="Who is away")
    field_order = ("person",)


class LeaveFileForm(OfPeople, PortalForm):
    """A file of leave; ``people`` are those for whom the reader may enter a calendar of one."""

    file = forms.FileField(
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,.ics,text/csv,text/calendar"}),
        help_text=(
            f"A table (CSV) or a calendar (ICS) of at most {MAX_BYTES // 1024} KB. Nothing "
            "changes before you have seen what would."
        ),
        error_messages={"empty": "The file is empty."},
    )
    person = forms.ChoiceField(
        label="Whose calendar it is",
        required=False,
        help_text="For a calendar only: a table says itself who is away.",
    )
    only = forms.CharField(
        label="Only events with this word in their title",
        required=False,
        max_length=60,
        help_text="For a calendar that holds other things too, such as “vacation”. Titles are "
        "not kept.",
    )


class LeavePreviewForm(PortalForm):
    """The button below a preview, which carries what was seen."""

    seen = forms.CharField(widget=forms.HiddenInput)


class ChangedTimeOffForm(VersionMixin, TimeOffForm):
    """Leave as it was entered, to be ended earlier or moved."""
