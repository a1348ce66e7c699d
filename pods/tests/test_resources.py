"""Rosters as CSV: out, and in again, through the admin site."""

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from pods.models import Membership, Pod, PodFunction, Specialist

pytestmark = pytest.mark.django_db

MODELS = ["specialist", "pod", "membership", "podfunction"]
DEC_1 = date(2026, 12, 1)


@pytest.fixture
def keeper(admin: User, sign_in: Any) -> Any:
    return sign_in(admin)


@pytest.fixture
def roster(pod: Pod, manager: User, specialist: User) -> None:
    """One row of each kind, with texts that a spreadsheet would run or mangle."""
    evil = Specialist.objects.create(name="=HYPERLINK(1)", skills="'+1, ünï", seniority="mid")
    Membership.objects.create(pod=pod, specialist=evil, trade="qa", allocation=60, starts_on=DEC_1)
    PodFunction.objects.create(pod=pod, user=manager, function="dm", starts_on=DEC_1)


def export(keeper: Any, model: str) -> str:
    response = keeper.get(reverse(f"admin:pods_{model}_export"))
    assert response["Content-Type"] == "text/csv"
    return response.content.decode()


def preview(keeper: Any, model: str, text: str) -> Any:
    file = SimpleUploadedFile("rows.csv", text.encode(), content_type="text/csv")
    return keeper.post(reverse(f"admin:pods_{model}_import"), {"import_file": file, "format": "0"})


def press(keeper: Any, model: str, page: Any, **instead: str) -> Any:
    """Press the button below the preview."""
    inputs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    return keeper.post(reverse(f"admin:pods_{model}_process_import"), dict(inputs) | instead)


def confirm(keeper: Any, model: str, page: Any) -> None:
    assert press(keeper, model, page).status_code == 302


def totals(page: Any) -> dict[str, int]:
    return {kind: count for kind, count in page.context["result"].totals.items() if count}


@pytest.mark.parametrize("model", MODELS)
def test_its_own_export_changes_nothing(keeper: Any, roster: None, model: str) -> None:
    text = export(keeper, model)
    page = preview(keeper, model, text)
    rows = len(text.splitlines()) - 1
    assert totals(page) == {"skip": rows}
    confirm(keeper, model, page)
    assert export(keeper, model) == text
    assert not AuditEvent.objects.exists()


def test_formulas_are_text(keeper: Any, roster: None) -> None:
    rows = list(csv.DictReader(io.StringIO(export(keeper, "specialist"))))
    assert [(row["name"], row["skills"]) for row in rows] == [
        ("'=HYPERLINK(1)", "''+1, ünï"),
        ("Sami Specialist", ""),
    ]


def test_new_and_changed_rows(keeper: Any, roster: None) -> None:
    text = export(keeper, "specialist").replace("Sami Specialist", "Sami Virtanen")
    page = preview(keeper, "specialist", f"{text},Nia,,junior,\r\n")
    assert totals(page) == {"new": 1, "update": 1, "skip": 1}
    assert not AuditEvent.objects.exists()
    confirm(keeper, "specialist", page)
    said = [sentence(event) for event in AuditEvent.objects.order_by("pk")]
    assert said == [
        "Adam Admin changed the specialist Sami Virtanen",
        "Adam Admin added the specialist Nia",
    ]
    assert Specialist.objects.get(name="Nia").seniority == "junior"


def test_the_preview_shows_what_changes_and_runs_nothing(keeper: Any, pod: Pod) -> None:
    text = f"ref,name,purpose\n{pod.ref},<b>Larch</b>,\n,Pod Elm,Refunds\n"
    page = preview(keeper, "pod", text).content.decode()
    assert "<del>Pod Larch</del> <ins>&lt;b&gt;Larch&lt;/b&gt;</ins>" in page
    assert "<ins>Pod Elm</ins>" in page
    assert "style=" not in page


def test_pods_come_in(keeper: Any, pod: Pod) -> None:
    page = preview(keeper, "pod", f"ref,name,purpose\n{pod.ref},Pod Larch,Refunds\n,Pod Elm,\n")
    confirm(keeper, "pod", page)
    assert set(Pod.objects.values_list("name", "purpose")) == {
        ("Pod Larch", "Refunds"),
        ("Pod Elm", ""),
    }


def test_places_come_in(keeper: Any, pod: Pod, other_pod: Pod) -> None:
    nia = Specialist.objects.create(name="Nia")
    Membership.objects.create(pod=pod, specialist=nia, trade="qa", starts_on=DEC_1)
    text = (
        "pod,specialist,trade,allocation,starts_on,ends_on\n"
        f"Pod Larch,{nia.ref},qa,100,2026-12-01,2027-01-04\n"
        f"Pod Birch,{nia.ref},developer,80,2027-01-04,\n"
    )
    confirm(keeper, "membership", preview(keeper, "membership", text))
    rows = Membership.objects.order_by("starts_on").values_list("pod__name", "allocation")
    assert list(rows) == [("Pod Larch", 100), ("Pod Birch", 80)]


def test_days_are_read_as_the_forms_read_them(keeper: Any, pod: Pod) -> None:
    """3 April: a spreadsheet writes days as its owner does, and the forms take the day first."""
    nia = Specialist.objects.create(name="Nia")
    header = "pod,specialist,trade,allocation,starts_on,ends_on"
    text = f"{header}\nPod Larch,{nia.ref},qa,100,03/04/2027,2027-05-01\n"
    confirm(keeper, "membership", preview(keeper, "membership", text))
    row = Membership.objects.get()
    assert (row.starts_on, row.ends_on) == (date(2027, 4, 3), date(2027, 5, 1))


def test_functions_come_in(keeper: Any, pod: Pod, manager: User) -> None:
    PodFunction.objects.create(pod=pod, user=manager, function="dm", starts_on=DEC_1)
    text = (
        "pod,user,function,starts_on,ends_on\n"
        f"Pod Larch,{manager.email},dm,2026-12-01,2027-01-04\n"
        f"Pod Larch,{manager.email},deputy,2027-01-04,\n"
    )
    confirm(keeper, "podfunction", preview(keeper, "podfunction", text))
    rows = PodFunction.objects.order_by("starts_on").values_list("function", "ends_on")
    assert list(rows) == [("dm", date(2027, 1, 4)), ("deputy", None)]


@pytest.mark.parametrize(
    ("model", "line", "why"),
    [
        ("specialist", "aaaaaaaaaa,Nia,,,", "Nothing here has the reference aaaaaaaaaa."),
        ("specialist", ",Nia,nobody@x.example,,", "There is no user nobody@x.example."),
        ("specialist", ",Nia,,wise,", "Value &#x27;wise&#x27; is not a valid choice."),
        ("specialist", ",Lena,lena.lead@customer.example,,", "one of a customer"),
        ("pod", ",Pod Larch,", "Pod with this Name already exists."),
        ("membership", "Pod Elm,{ref},,qa,100,2026-12-01,", "There is no pod Pod Elm."),
        ("membership", "Pod Larch,{ref},,qa,100,2026-12-01,", "already in this pod"),
        ("membership", "Pod Birch,{ref},,qa,1,2026-12-01,", "would be at 101 %"),
        ("membership", "Pod Birch,{ref},,qa,101,2026-12-01,", "less than or equal to 100"),
        ("membership", "Pod Birch,{ref},,qa,50,12/31/2026,", "“12/31/2026” is no day: write it as"),
        ("membership", "Pod Birch,{ref},,qa,,2026-12-01,", "“” is no whole number of percent"),
        ("membership", "Pod Birch,{ref},,qa,33.7,2026-12-01,", "“33.7” is no whole number"),
        ("membership", "Pod Birch,{ref},,qa,half,2026-12-01,", "“half” is no whole number"),
        ("membership", "Pod Birch,{ref},,qa,50,soon,", "“soon” is no day: write it as 2026-12-31."),
    ],
)
def test_a_refused_row_says_why_and_nothing_comes_in(
    keeper: Any, pod: Pod, other_pod: Pod, lead: User, model: str, line: str, why: str
) -> None:
    sami = Specialist.objects.create(name="Sami")
    Membership.objects.create(pod=pod, specialist=sami, trade="qa", starts_on=date(2026, 11, 1))
    header = export(keeper, model).splitlines()[0]
    page = preview(keeper, model, f"{header}\n{line.format(ref=sami.ref)}\n")
    assert why in page.content.decode()
    assert "confirm_form" not in page.context
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ref;name;purpose\n;Pod Oak;\n", "The file has no column ref, name, purpose."),
        ("ref,name\n,Pod Oak\n", "The file has no column purpose."),
        ("ref,name,purpose,Purpose\n,Pod Oak,,\n", "Nothing here is called Purpose."),
        ("ref,name,purpose\n{ref},Pod Oak,\n{ref},Pod Elm,\n", "Lines 2 and 3 are about the"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_in_words(
    keeper: Any, pod: Pod, text: str, why: str
) -> None:
    page = preview(keeper, "pod", text.format(ref=pod.ref))
    assert why in page.content.decode()
    assert "Traceback" not in page.content.decode()
    assert "confirm_form" not in page.context


def test_a_person_is_found_whatever_the_case_of_their_address(
    keeper: Any, pod: Pod, manager: User
) -> None:
    text = (
        f"pod,user,function,starts_on,ends_on\nPod Larch,{manager.email.upper()},dm,2026-12-01,\n"
    )
    confirm(keeper, "podfunction", preview(keeper, "podfunction", text))
    assert PodFunction.objects.get().user == manager


def test_a_refused_row_is_called_by_its_line_in_the_file(keeper: Any, pod: Pod) -> None:
    page = preview(keeper, "pod", "ref,name,purpose\n,Pod Oak,\n,Pod Larch,\n").content.decode()
    assert "<th>Line</th>" in page
    assert "<td>3</td>" in page


def test_a_second_click_finds_the_file_gone(keeper: Any) -> None:
    page = preview(keeper, "specialist", "ref,name,user,seniority,skills\n,Nia,,,\n")
    confirm(keeper, "specialist", page)
    again = press(keeper, "specialist", page)
    assert again["Location"] == reverse("admin:pods_specialist_import")
    assert "This file is no longer here" in keeper.get(again["Location"]).content.decode()
    assert Specialist.objects.count() == 1


@pytest.mark.parametrize("field", ["import_file_name", "format", "resource", "seen"])
def test_a_senseless_confirmation_leads_back(keeper: Any, pod: Pod, field: str) -> None:
    page = preview(keeper, "pod", f"ref,name,purpose\n{pod.ref},Pod Larch,Refunds\n")
    value = "" if field == "seen" else "nope"
    answer = press(keeper, "pod", page, **{field: value})
    assert answer["Location"] == reverse("admin:pods_pod_import")
    assert not AuditEvent.objects.exists()


def test_a_change_since_the_preview_is_shown_and_not_undone(keeper: Any, pod: Pod) -> None:
    page = preview(keeper, "pod", f"ref,name,purpose\n{pod.ref},Pod Oak,\n,Pod Elm,\n")
    Pod.objects.filter(pk=pod.pk).update(purpose="Refunds", version=2)
    anew = press(keeper, "pod", page)
    assert anew.status_code == 409
    assert "Somebody changed these rows after your preview" in anew.content.decode()
    assert "<del>Refunds</del>" in anew.content.decode()
    assert list(Pod.objects.values_list("name", "purpose")) == [("Pod Larch", "Refunds")]
    assert not AuditEvent.objects.exists()
    confirm(keeper, "pod", anew)
    assert set(Pod.objects.values_list("name", "purpose")) == {("Pod Oak", ""), ("Pod Elm", "")}


def test_what_is_refused_since_the_preview_is_said(keeper: Any) -> None:
    page = preview(keeper, "pod", "ref,name,purpose\n,Pod Oak,\n,Pod Elm,\n")
    Pod.objects.create(name="Pod Elm")
    anew = press(keeper, "pod", page)
    assert anew.status_code == 409
    assert "Pod with this Name already exists." in anew.content.decode()
    assert "confirm_form" not in anew.context
    assert list(Pod.objects.values_list("name", flat=True)) == ["Pod Elm"]


@pytest.mark.parametrize("asked", ["x=1", "pod__id__exact=x", "trade__exact=%00"])
def test_an_export_with_a_senseless_filter(
    keeper: Any, pod: Pod, other_pod: Pod, asked: str
) -> None:
    answer = keeper.get(reverse("admin:pods_membership_export") + f"?{asked}")
    assert answer.status_code in (302, 400)


@pytest.fixture
def called_off(roster: None) -> None:
    """Each dated row of the roster stands beside one that was called off before it began."""
    for row in (Membership.objects.get(trade="qa"), PodFunction.objects.get()):
        row.pk, row.ends_on = None, row.starts_on
        row.save(force_insert=True)


@pytest.mark.parametrize("model", ["membership", "podfunction"])
def test_a_row_called_off_and_added_again_comes_back(
    keeper: Any, called_off: None, model: str
) -> None:
    text = export(keeper, model)
    page = preview(keeper, model, text)
    assert totals(page) == {"skip": len(text.splitlines()) - 1}


# What tells the row of the roster from others that begin today, whenever that is.
OF_THE_ROSTER: dict[str, tuple[Any, dict[str, str]]] = {
    "membership": (Membership, {"trade": "qa"}),
    "podfunction": (PodFunction, {"function": "dm"}),
}


@pytest.mark.parametrize("model", OF_THE_ROSTER)
def test_a_new_end_is_for_the_row_in_force(keeper: Any, called_off: None, model: str) -> None:
    lines = export(keeper, model).splitlines()
    table, what = OF_THE_ROSTER[model]
    [as_what] = what.values()
    line = next(line for line in lines if f",{as_what}," in line and line.endswith("2026-12-01,"))
    confirm(keeper, model, preview(keeper, model, f"{lines[0]}\n{line}2027-01-04\n"))
    rows = table.objects.filter(starts_on=DEC_1, **what).order_by("ends_on")
    assert list(rows.values_list("ends_on", flat=True)) == [DEC_1, date(2027, 1, 4)]
