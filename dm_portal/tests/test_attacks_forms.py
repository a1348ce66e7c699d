"""What somebody sends who means harm: other fields, others' rows, nonsense of every kind."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.forms import ModelChoiceField
from django.http import HttpResponse, QueryDict
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell import forms
from dm_portal.tests.access_matrix import SIGNED_IN, Rule
from dm_portal.tests.access_rules import TABLE
from dm_portal.tests.visitors import visitor
from dm_portal.tests.world import World
from engagements.models import Customer, Engagement, Import, Milestone
from pods.models import Pod
from reporting.models import Report

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

# Nonsense --------------------------------------------------------------------------------------

HOSTILE = ["", "\x00", "9" * 40, "-1", "💥" * 3000, "<script>", "2026-13-45", "a\r\nBcc: b@c.d"]
WORST = ["\x00", "9" * 40]
QUERIES = ["page=-1", "page=zz", f"page={'9' * 40}", "page=%00", "format=exe", "nothing=%ff"]
ODD_NUMBERS = [0, 10**6, 2**31, 2**63, 10**30]
ODD_WEEKS = ["0000-W00", "2026-W00", "2026-W54", "2026-W99", "9999-W53"]


def whoever_may(rule: Rule, method: str) -> str:
    """Somebody whom the rule lets through, or who comes closest to it."""
    first = [actor for actor in ("manager", "admin", "director") if actor in rule.exists_for]
    may = [a for a in first if rule.expected(a, method) not in (403, 404, 405)]
    return (may or first or sorted(SIGNED_IN))[0]


def one_by_one(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each field missing, and with the worst, while all others are as they should be."""
    for name in data:
        yield {other: value for other, value in data.items() if other != name}
        yield from (data | {name: nonsense} for nonsense in WORST)


POSTED = {name: rule for name, rule in TABLE.items() if rule.post is not None}


@pytest.mark.parametrize("name", POSTED)
def test_nonsense_in_a_form_is_an_answer_never_a_crash(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = POSTED[name]
    who, url = visitor(world, whoever_may(rule, "POST")), reverse(name, kwargs=rule.at(world.ours))
    data = rule.data(world)

    def crashes(data: dict[str, Any]) -> bool:
        return who.ask("POST", url, data).status_code >= 500

    assert [each for each in HOSTILE if crashes(dict.fromkeys(data, each))] == []
    # That a page can show them all is known by now: it is not drawn again for each alone.
    monkeypatch.setattr(forms, "render", lambda *_, status, **_more: HttpResponse(status=status))
    assert [each for each in one_by_one(data) if crashes(each)] == []


READ = {name: rule for name, rule in TABLE.items() if rule.get is not None}
QUERIES += [f"{field}=%00" for field in ("q", "state", "kind", "template")]


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of which a query was looked at."""
    found = []
    read = WSGIRequest.__dict__["GET"].func

    def looking(request: WSGIRequest) -> QueryDict:
        found.append(request.path)
        return read(request)

    monkeypatch.setattr(WSGIRequest, "GET", property(looking))
    return found


@pytest.mark.parametrize("name", READ)
def test_nonsense_in_a_query_is_an_answer_never_a_crash(
    world: World, name: str, looked_at: list[str]
) -> None:
    """All of it at once; where a page of ours looks at its query, each alone too."""
    rule = READ[name]
    who, url = visitor(world, whoever_may(rule, "GET")), reverse(name, kwargs=rule.at(world.ours))

    def crashes(query: str) -> bool:
        return who.ask("GET", f"{url}?{query}").status_code >= 500

    assert not crashes("&".join(QUERIES))
    alone = QUERIES if looked_at and ":" not in name else []
    assert [query for query in alone if crashes(query)] == []


def odd_arguments(arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in arguments:
        odd = ODD_WEEKS if name == "week" else ODD_NUMBERS if "number" in name else []
        yield from ({**arguments, name: value} for value in odd)


@pytest.mark.parametrize("name", [name for name in TABLE if ":" not in name])
def test_odd_addresses_lead_nowhere(world: World, name: str) -> None:
    rule = TABLE[name]
    for method in ("GET", "POST"):
        who = visitor(world, whoever_may(rule, method))
        for arguments in odd_arguments(rule.at(world.ours)):
            answer = who.ask(method, reverse(name, kwargs=arguments), {})
            assert answer.status_code in (404, 405), arguments


FILES = {
    "../../etc/passwd": b"key,title\n1,x\n",
    'a"\r\nSet-Cookie: x=1.csv': b"key,title\n1,x\n",
    "zeros.csv": b"\x00" * 5000,
    "noise.csv": bytes(range(256)) * 50,
    "one-line.csv": b"," * 100_000,
    "quote.csv": b'key,title\n"never closed' + b"x" * 10_000,
    "utf-16.csv": "key,title\n1,x\n".encode("utf-16"),
    "=cmd|' /C calc'!A0.csv": b"key,title\n=1+1,@x\n",
}


@pytest.mark.parametrize("file_name", FILES)
def test_a_hostile_file_is_taken_or_refused(world: World, file_name: str) -> None:
    who = visitor(world, "manager")
    file = SimpleUploadedFile(file_name, FILES[file_name], content_type="text/csv")
    url = reverse("import_create", kwargs={"ref": world.ours.engagement.ref})
    assert who.client.post(url, {"file": file}).status_code in (302, 422)
    made = Import.objects.filter(engagement=world.ours.engagement).latest("number")
    assert not {"/", "\\", "\r", "\n"} & set(made.file_name)


# Fields that no form has -----------------------------------------------------------------------

EXTRA: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "engagement_settings": (
        Engagement,
        {"customer": "2", "customer_id": 2, "state": "closed", "ref": "a" * 10, "created_by": 1},
    ),
    "milestone_edit": (
        Milestone,
        {"committed_on": "2030-01-01", "number": 77, "engagement": 2, "engagement_id": 2},
    ),
    "person_edit": (
        User,
        {
            "is_staff": "on",
            "is_superuser": "on",
            "kind": "customer",
            "email": "evil@evil.example",
            "is_active": "",
            "password": "x",
        },
    ),
    "report_edit": (
        Report,
        {"state": "published", "engagement": 2, "frozen_facts": "{}", "drafted": "{}"},
    ),
}


def stored(world: World, name: str, model: type[Any]) -> Any:
    rows: dict[str, Any] = {
        "engagement_settings": world.ours.engagement,
        "milestone_edit": world.ours.one(Milestone),
        "person_edit": world.actors["manager"],
        "report_edit": world.ours.reports["draft"],
    }
    return model.objects.filter(pk=rows[name].pk).values().get()


@pytest.mark.parametrize("name", EXTRA)
def test_a_form_takes_its_own_fields_only(world: World, name: str) -> None:
    model, extra = EXTRA[name]
    rule = TABLE[name]
    columns = [
        f.attname for f in model._meta.concrete_fields if f.name in extra or f.attname in extra
    ]
    before = stored(world, name, model)
    client = visitor(world, whoever_may(rule, "POST")).client
    answer = client.post(reverse(name, kwargs=rule.at(world.ours)), rule.data(world) | extra)
    assert answer.status_code == 302
    after = stored(world, name, model)
    assert {name: after[name] for name in columns} == {name: before[name] for name in columns}
    assert after != before


# Rows of others --------------------------------------------------------------------------------


def test_a_foreign_customer_is_as_unknown_as_none(world: World) -> None:
    who, url = visitor(world, "manager"), reverse("engagement_create")
    data = TABLE["engagement_create"].data(world) | {"new_customer": ""}
    refs = (world.theirs.one(Customer).ref, "zzzzzzzzzz")
    answers = [who.ask("POST", url, data | {"customer": ref}) for ref in refs]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert told(answers[0], refs[0]) == told(answers[1], refs[1])


def test_a_foreign_pod_is_as_unknown_as_none(world: World) -> None:
    who, url = visitor(world, "manager"), reverse("engagement_create")
    data = TABLE["engagement_create"].data(world)
    pod = Pod.objects.create(pk=987654, name="Somebody else's")
    for values in ((str(pod.pk), "987655"), (pod.ref, "zzzzzzzzzz")):
        answers = [who.ask("POST", url, data | {"pods": [value]}) for value in values]
        assert [answer.status_code for answer in answers] == [422, 422]
        assert told(answers[0], values[0]) == told(answers[1], values[1])


def told(answer: Any, typed: str) -> list[str]:
    """The page without what was typed and without the token of its form."""
    lines = answer.content.decode().replace(typed, "").splitlines()
    return [line for line in lines if "csrfmiddlewaretoken" not in line]


@pytest.mark.parametrize("name", [name for name in READ if ":" not in name])
def test_choices_are_named_by_references(world: World, name: str) -> None:
    """Neither order nor count of rows can be read from what a form or a filter offers."""
    answer = visitor(world, whoever_may(READ[name], "GET")).visit(
        name, READ[name], "GET", world.ours
    )
    context = answer.context or {}
    listing = context.get("listing")
    shown = [context.get("form"), context.get("start"), listing and listing.filter_form]
    by_key = {
        field_name
        for form in shown
        if form
        for field_name, field in form.fields.items()
        if isinstance(field, ModelChoiceField) and field.to_field_name != "ref"
    }
    assert by_key == set()


@pytest.mark.parametrize("role", ["other_lead", "other_manager", "admin", "deactivated", "lead"])
def test_nobody_who_is_here_is_taken_as_a_contact(world: World, role: str) -> None:
    """Somebody of another customer, or of ours, cannot be made to read this customer's status."""
    client = visitor(world, "manager").client
    url = reverse("engagement_contacts", kwargs={"ref": world.ours.engagement.ref})
    person = world.actors[role]
    data = {"name": "Nora", "email": person.email.upper(), "kind": "lead"}
    answer = client.post(url, data)
    assert answer.status_code == 422
    assert role == "lead" or person.name not in answer.content.decode()
    assert person.customer_contacts.count() == (1 if "lead" in role else 0)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_numbers_count_within_their_engagement(world: World, number: int) -> None:
    """A number of theirs under our reference is ours or nothing."""
    extra = Milestone.objects.create(
        engagement=world.theirs.engagement, number=50 + number, name="Theirs alone"
    )
    who = visitor(world, "manager")
    here = {"ref": world.ours.engagement.ref, "number": extra.number}
    there = {"ref": world.theirs.engagement.ref, "number": 1}
    for arguments in (here, there):
        assert who.ask("GET", reverse("milestone_detail", kwargs=arguments)).status_code == 404
