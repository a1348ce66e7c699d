"""What the record's page and its CSV show of a changed roster."""

import csv
import io
from typing import Any

import pytest

from dm_portal.people.models import AuditEvent, User
from pods import services
from pods.models import Pod, PodFunction
from pods.tests.test_services import DEC_1, DEC_7, JAN_4, put

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_november(time_machine: Any) -> None:
    time_machine.move_to("2026-11-25T12:00Z")


def newest(client: Any) -> tuple[str, str, str]:
    """Sentence and note of the page's first row, and the changes of the CSV's."""
    cell = client.get("/audit/").context["listing"].rows[0][0]
    text = client.get("/audit/?format=csv").getvalue().decode()
    return cell.value, cell.note, next(csv.DictReader(io.StringIO(text)))["Changes"]


def test_a_specialist_before_and_after(sign_in: Any, auditor: User, admin: User) -> None:
    fields = {"user": None, "seniority": "", "skills": ""}
    anja = services.add_specialist(name="Anja", by=admin, **fields)
    fields |= {"seniority": "senior", "skills": "SQL"}
    services.change_specialist(specialist=anja, version=1, name="Anja", by=admin, **fields)
    assert newest(sign_in(auditor)) == (
        "Adam Admin changed the specialist Anja",
        "Skills: SQL · Seniority: Senior",
        "skills: nothing → SQL; seniority: nothing → senior",
    )


def test_a_place_before_and_after_and_removed(
    sign_in: Any, auditor: User, admin: User, pod: Pod
) -> None:
    fields = {"user": None, "seniority": "", "skills": ""}
    place = put(pod, services.add_specialist(name="Anja", by=admin, **fields), admin)
    changed = {"trade": "qa", "allocation": 60, "starts_on": DEC_1, "ends_on": JAN_4}
    services.change_membership(membership=place, version=1, by=admin, **changed)
    client = sign_in(auditor)
    sentence, note, changes = newest(client)
    assert sentence == "Adam Admin changed the place of Anja in Pod Larch"
    assert note == (
        "Trade: QA (was Developer) · Until: Mon 4 Jan 2027 · Allocation %: 60 (was 100)"
    )
    assert changes == ("trade: developer → qa; ends on: nothing → 2027-01-04; allocation: 100 → 60")
    services.remove_membership(membership=place, by=admin)
    sentence, note, _ = newest(client)
    assert sentence == "Adam Admin removed the place of Anja in Pod Larch"
    assert note == "Trade: QA · Until: Mon 4 Jan 2027 · From: Tue 1 Dec · Allocation %: 60"


def test_a_function_before_and_after(
    sign_in: Any, auditor: User, admin: User, pod: Pod, manager: User
) -> None:
    row = services.give_pod_function(
        pod=pod, user=manager, function=PodFunction.Function.DM, starts_on=DEC_1, by=admin
    )
    services.change_pod_function(row=row, version=1, starts_on=DEC_7, ends_on=JAN_4, by=admin)
    assert newest(sign_in(auditor))[1:] == (
        "Until: Mon 4 Jan 2027 · From: Mon 7 Dec (was Tue 1 Dec)",
        "ends on: nothing → 2027-01-04; starts on: 2026-12-01 → 2026-12-07",
    )


def test_what_is_new_says_so_in_its_sentence_alone(
    sign_in: Any, auditor: User, admin: User
) -> None:
    services.create_pod(name="Pod Elm", purpose="", by=admin)
    assert newest(sign_in(auditor))[1] == ""
    assert AuditEvent.objects.get().after == {"name": "Pod Elm", "purpose": ""}
