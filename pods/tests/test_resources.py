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


def confirm(keeper: Any, model: str, page: Any) -> None:
    """Press the button below the preview."""
    inputs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    response = keeper.post(reverse(f"admin:pods_{model}_process_import"), dict(inputs))
    assert response.status_code == 302


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
