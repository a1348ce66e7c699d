from datetime import timedelta

import pytest

from dm_portal.people import audit, services
from dm_portal.people.models import AuditEvent
from dm_portal.people.tests.statements import OF_A_LIST, statements
from dm_portal.shell.clock import today


def sentences(client, query=""):
    page = client.get(f"/audit/?{query}")
    return [cells[0].value for cells in page.context["listing"].rows]


@pytest.fixture
def events(admin, manager):
    services.invite_internal(email="i@internal.example", name="Ivo", by=admin)
    services.change_password(person=manager, password="a fine pass phrase")


INVITED = "Adam Admin invited i@internal.example: One of us"
CHANGED = "Mara Manager chose a new password"


@pytest.mark.parametrize("who", ["auditor", "director"])
def test_the_record_is_read_in_sentences_newest_first(who, request, sign_in, events):
    assert sentences(sign_in(request.getfixturevalue(who))) == [CHANGED, INVITED]


@pytest.mark.parametrize("who", ["admin", "manager"])
def test_nobody_else_reads_it(who, request, sign_in):
    assert sign_in(request.getfixturevalue(who)).get("/audit/").status_code == 403


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("actor=mara", [CHANGED]),
        ("target=i@internal", [INVITED]),
        ("about=person", [CHANGED, INVITED]),
        ("about=invitation", []),
        (f"since={today()}", [CHANGED, INVITED]),
        (f"since={today() + timedelta(days=1)}", []),
        (f"until={today()}", []),
        (f"until={today() + timedelta(days=1)}", [CHANGED, INVITED]),
    ],
)
def test_the_record_is_filtered_by_its_url(sign_in, auditor, events, query, expected):
    assert sentences(sign_in(auditor), query) == expected


def test_a_filter_that_makes_no_sense_finds_nothing_and_says_so(sign_in, auditor, events):
    page = sign_in(auditor).get("/audit/?since=yesterday")
    assert page.status_code == 422
    assert page.context["listing"].rows == []


def test_the_record_says_where_an_act_came_from(sign_in, auditor, admin, client):
    sign_in(admin).post("/people/invitations/new/", {"name": "N", "email": "n@internal.example"})
    assert AuditEvent.objects.get().origin == "web 127.0.0.1"
    assert b"web 127.0.0.1" in sign_in(auditor).get("/audit/?format=csv").getvalue()


def test_every_registered_verb_makes_a_sentence():
    for verb in audit.registered():
        event = AuditEvent(verb=verb, actor_name="Ada", target_label="it", before={}, after={})
        assert audit.sentence(event).startswith("Ada ")


def test_the_list_costs_the_same_for_one_and_for_three(sign_in, auditor, manager):
    client = sign_in(auditor)
    costs = []
    for _ in range(3):
        services.change_password(person=manager, password="a fine pass phrase")
        costs.append(statements(client, "/audit/"))
    assert costs[0] == costs[2] <= OF_A_LIST
