"""Forms: what is wrong stands on top and at its field, and two editors are told of each other."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from dm_portal.shell.forms import PortalForm, VersionedForm, VersionedModelForm, render_form, words
from dm_portal.shell.models import Lease

YESNO = [("y", "Yes, please"), ("n", "No")]


class BookingForm(VersionedForm):
    title = forms.CharField(help_text="As on the door.")
    starts_on = forms.DateField(required=False)
    kind = forms.ChoiceField(choices=YESNO, widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="I agree")
    notes = forms.CharField(required=False, widget=forms.Textarea)


@dataclass
class Booking:
    title: str = "Ada's talk"
    starts_on: date | None = date(2026, 12, 2)
    kind: str = "n"
    agreed: bool = True
    notes: str = ""
    version: int = 7


TYPED = {"title": "Bo's talk", "kind": "y", "agreed": "on", "version": "6"}


def shown(form: forms.BaseForm) -> str:
    source = "{% load portal %}{% form form submit='Save' cancel_url='/' %}{% endform %}"
    return Template(source).render(Context({"form": form}))


def answer(form: forms.BaseForm) -> Any:
    request = RequestFactory().get("/")
    return render_form(request, "shell/gallery/form_sample.html", form)


def test_a_fresh_form_is_200_a_wrong_one_422_a_conflict_409() -> None:
    conflicting = BookingForm(TYPED)
    assert conflicting.is_valid()
    conflicting.show_conflict(Booking())
    forms_ = [BookingForm(), BookingForm({}), conflicting]
    assert [answer(form).status_code for form in forms_] == [200, 422, 409]


def test_errors_stand_on_top_with_links_and_at_their_fields() -> None:
    html = shown(BookingForm({"version": "6"}))
    assert '<a href="#id_title">Fill in “Title”.</a>' in html
    assert '<a href="#id_kind_0">Choose “Kind”.</a>' in html
    assert '<a href="#id_agreed">Tick “I agree”.</a>' in html
    assert 'id="id_title_error"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_on_top_a_message_names_its_field() -> None:
    html = shown(BookingForm({**TYPED, "starts_on": "soon"}))
    assert '<a href="#id_starts_on">Starts on: Enter a valid date.</a>' in html


def test_a_message_about_the_whole_form_has_no_link() -> None:
    form = BookingForm(TYPED)
    form.add_error(None, "The room is taken.")
    assert "<li>The room is taken.</li>" in shown(form)


def test_a_lost_hidden_field_is_told_without_a_link() -> None:
    form = BookingForm({"title": "x", "kind": "y", "agreed": "on"})
    assert "<li>Reload this page and send it again:" in shown(form)


def test_an_own_required_message_stays() -> None:
    class OwnWords(PortalForm):
        why = forms.CharField(error_messages={"required": "Say why."})

    assert OwnWords({}).errors["why"] == ["Say why."]


def test_what_was_typed_is_there_again_after_an_error() -> None:
    html = shown(BookingForm({"title": "", "notes": "Bring <cake>", "version": "6"}))
    assert "Bring &lt;cake&gt;</textarea>" in html


def test_dates_speak_the_language_of_the_browsers_picker() -> None:
    form = BookingForm(initial={"starts_on": date(2026, 12, 2)})
    assert 'type="date"' in str(form["starts_on"])
    assert 'value="2026-12-02"' in str(form["starts_on"])


def test_a_page_may_give_a_field_its_hint_and_width() -> None:
    source = "{% load portal %}{% field form.title hint='Short.' width='short' hide_label=True %}"
    html = Template(source).render(Context({"form": BookingForm()}))
    assert 'class="field field--short"' in html
    assert '<div class="field__hint" id="id_title_helptext">Short.</div>' in html
    assert 'class="field__label visually-hidden"' in html


def test_a_placeholder_is_never_shown() -> None:
    form = BookingForm()
    form.fields["title"].widget.attrs["placeholder"] = "Title"
    assert "placeholder" not in shown(form)


def test_optional_fields_say_so_and_boxes_do_not() -> None:
    html = shown(BookingForm())
    assert html.count("(optional)") == 2


def test_the_second_editor_sees_theirs_beside_yours_and_may_decide() -> None:
    form = BookingForm(TYPED)
    assert form.is_valid()
    form.show_conflict(Booking(), by="Ada", at=datetime(2026, 11, 23, 12, tzinfo=UTC))
    html = shown(form)
    assert "Ada saved this while you were writing" in html
    assert [(row.label, row.theirs, row.yours) for row in form.conflict.rows] == [
        ("Title", "Ada's talk", "Bo's talk"),
        ("Starts on", words(form.fields["starts_on"], date(2026, 12, 2)), "(empty)"),
        ("Kind", "No", "Yes, please"),
    ]
    assert '<input type="hidden" name="version" value="7"' in html
    assert 'value="Bo&#x27;s talk"' in html


def test_a_conflict_over_nothing_says_so() -> None:
    form = BookingForm({**TYPED, "title": "Ada's talk", "starts_on": "2026-12-02", "kind": "n"})
    assert form.is_valid()
    form.show_conflict(vars(Booking()))
    assert "What they saved is the same as what you typed." in shown(form)


@pytest.mark.django_db
def test_a_model_form_carries_the_version_it_was_opened_with() -> None:
    class LeaseForm(VersionedModelForm):
        class Meta:
            model = Lease
            fields = ("name",)

    lease = Lease(name="clock")
    lease.version = 3  # type: ignore[attr-defined]
    form = LeaseForm({"name": "tick", "version": "3"}, instance=lease)
    assert form["version"].initial == 3
    assert form.is_valid()
    assert form.changes() == {"name": "tick", "version": 3}


class Many(list):
    """What a relation to many looks like."""

    def all(self) -> list[Any]:
        return list(self)


class NamedChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"<{obj.name}>"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (forms.CharField(), None, "(empty)"),
        (forms.CharField(), "", "(empty)"),
        (forms.BooleanField(), True, "Yes"),
        (forms.BooleanField(), False, "No"),
        (forms.DateTimeField(), datetime(2026, 11, 23, 12, tzinfo=UTC), "2026-11-23 12:00"),
        (forms.ChoiceField(choices=YESNO), "y", "Yes, please"),
        (forms.MultipleChoiceField(choices=YESNO), ["y", "n"], "Yes, please, No"),
        (NamedChoice(Lease.objects.none()), Lease(name="clock"), "<clock>"),
        (NamedChoice(Lease.objects.none()), Many([Lease(name="a"), Lease(name="b")]), "<a>, <b>"),
        (forms.IntegerField(), 3, "3"),
    ],
)
def test_values_in_words(field: forms.Field, value: Any, said: str) -> None:
    assert words(field, value) == said


def test_a_conflict_reads_relations_to_many() -> None:
    form = BookingForm(TYPED)
    assert form.is_valid()
    booking = Booking()
    booking.notes = Many(["a", "b"])  # type: ignore[assignment]
    form.show_conflict(booking)
    assert ("Notes", "a, b") in [(row.label, row.theirs) for row in form.conflict.rows]
