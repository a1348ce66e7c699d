"""What a tracker's states mean: listed once, decided once, remembered, and followed."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import now
from engagements.forms.meanings import StatesForm
from engagements.models import Engagement, Source, StateMeaning, WorkItem
from engagements.services import imports
from engagements.services.meanings import decide_states
from engagements.tests.pages import at
from engagements.tests.work_files import apply, changes, item, preview, receive

pytestmark = pytest.mark.django_db

LOG = changes(
    "A-1,2026-01-06T10:00:00Z,x,status,Received,Open",
    "A-1,2026-01-07T10:00:00Z,x,status,Open,Shipped",
)


@pytest.fixture
def source(engagement: Engagement, manager: User) -> Source:
    """An item that its tracker calls shipped, which every tracker means otherwise."""
    apply(engagement, manager, [item("A-1", state="Shipped")], changelog=LOG)
    return Source.objects.get()


def decide(source: Source, by: User, stages: dict[str, str]) -> None:
    version = StateMeaning.objects.filter(source=source).version()
    decide_states(engagement=source.engagement, decisions={source: stages}, version=version, by=by)


def sent(engagement: Engagement, **chosen: str) -> dict[str, Any]:
    """The form as a browser sends it, with these states chosen otherwise."""
    form = StatesForm(engagement=engagement)
    stands = {name: form.fields[name].initial for name in form.states}
    names = {state: name for name, (_, state) in form.states.items()}
    changed = {names[state]: stage for state, stage in chosen.items()}
    return stands | changed | {"version": form.initial["version"]}


def test_states_that_nobody_has_decided_on_come_first(
    client: Client, source: Source, manager: User
) -> None:
    client.force_login(manager)
    form = client.get(at("import_states", source.engagement)).context["form"]
    fields = [form.fields[name] for name in form.states]
    assert [(field.label, field.initial) for field in fields] == [
        ("Received", "undecided"),
        ("Shipped", "undecided"),
        ("Open", "not_started"),
    ]
    assert form.undecided == 2


def test_a_decision_works_the_items_out_anew(client: Client, source: Source, manager: User) -> None:
    assert WorkItem.objects.get().stage == "not_started"
    client.force_login(manager)
    data = sent(source.engagement, Shipped="done")
    answer = client.post(at("import_states", source.engagement), data)
    assert answer.status_code == 302
    done = WorkItem.objects.get()
    assert (done.stage, f"{done.done_at:%Y-%m-%d}") == ("done", "2026-01-07")
    [meaning] = StateMeaning.objects.all()
    assert (meaning.state, meaning.decided_by) == ("Shipped", manager)


def test_it_is_remembered_by_the_next_file(source: Source, manager: User) -> None:
    decide(source, manager, {"Shipped": "done"})
    log = changes("A-2,2026-01-09T10:00:00Z,x,status,Open,Shipped")
    apply(source.engagement, manager, [item("A-2", state="Shipped")], changelog=log)
    assert WorkItem.objects.get(key="A-2").stage == "done"


def test_a_preview_by_an_older_meaning_is_read_again(source: Source, manager: User) -> None:
    log = changes("A-2,2026-01-09T10:00:00Z,x,status,Open,Shipped")
    file = preview(source.engagement, manager, [item("A-2", state="Shipped")], changelog=log)
    decide(source, manager, {"Shipped": "done"})
    imports.request_application(file=file, seen=file.previews, by=manager)
    imports.apply_import(import_id=file.pk)
    file.refresh_from_db()
    assert (file.state, WorkItem.objects.count()) == ("uploaded", 1)


def test_said_again_it_is_nothing_new(source: Source, manager: User) -> None:
    for _ in range(2):
        decide(source, manager, {"Shipped": "done"})
    assert AuditEvent.objects.filter(verb="source.states_decided").count() == 1


def test_what_all_trackers_mean_alike_can_be_decided_otherwise(
    source: Source, manager: User
) -> None:
    decide(source, manager, {"Open": "in_progress"})
    assert WorkItem.objects.get().started_at is not None


def test_a_choice_that_there_is_not(client: Client, source: Source, manager: User) -> None:
    client.force_login(manager)
    data = sent(source.engagement, Shipped="lost")
    answer = client.post(at("import_states", source.engagement), data)
    assert (answer.status_code, StateMeaning.objects.count()) == (422, 0)


def test_a_choice_stays_with_its_state_whatever_comes_in_meanwhile(
    client: Client, source: Source, manager: User
) -> None:
    data = sent(source.engagement, Shipped="done")
    log = changes("A-1,2026-01-08T10:00:00Z,x,status,Shipped,Accepted")
    apply(source.engagement, manager, [item("A-1", state="Accepted")], changelog=log)
    client.force_login(manager)
    answer = client.post(at("import_states", source.engagement), data)
    assert (answer.status_code, StateMeaning.objects.count()) == (422, 0)
    assert "Choose what “Accepted” means." in answer.content.decode()


def test_the_second_editor_is_told(client: Client, source: Source, manager: User) -> None:
    data = sent(source.engagement, Received="not_started")
    decide(source, manager, {"Shipped": "done"})
    client.force_login(manager)
    answer = client.post(at("import_states", source.engagement), data)
    assert answer.status_code == 409
    assert StateMeaning.objects.get().state == "Shipped"
    [theirs, _] = answer.context["form"].conflict.rows
    assert (theirs.label, theirs.theirs, theirs.yours) == (
        *("Received", "Not decided yet"),
        "Not started",
    )


def test_before_anything_was_imported(
    client: Client, engagement: Engagement, manager: User
) -> None:
    client.force_login(manager)
    assert "No states yet" in client.get(at("import_states", engagement)).content.decode()


def test_the_preview_names_them(client: Client, engagement: Engagement, manager: User) -> None:
    file = preview(engagement, manager, [item("A-1", state="Shipped")], changelog=LOG)
    client.force_login(manager)
    page = client.get(at("import_detail", engagement, number=file.number)).content.decode()
    assert "Nobody has decided yet what these states mean: Received, Shipped." in page
    link = f'<a href="{at("import_states", engagement)}">Decide what they mean</a>'
    assert page.index(link) > page.index("notice--warn")


def test_what_is_decided_since_is_not_asked(
    client: Client, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, [item("A-1", state="Shipped")])
    meant = {"decided_at": now(), "decided_by": manager}
    StateMeaning.objects.create(source=file.source, state="Shipped", stage="done", **meant)
    client.force_login(manager)
    page = client.get(at("import_detail", engagement, number=file.number)).content.decode()
    assert "Nobody has decided" not in page


def test_states_are_asked_before_people(
    client: Client, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, [item("A-1", state="Shipped", assignee="sami")])
    client.force_login(manager)
    page = client.get(at("import_detail", engagement, number=file.number)).content.decode()
    assert page.index("Decide what they mean") < page.index("Say who they are")


@pytest.mark.parametrize("route", ["import_states", "import_versions"])
def test_nothing_is_decided_before_anything_was_imported(
    client: Client, engagement: Engagement, manager: User, route: str
) -> None:
    client.force_login(manager)
    assert client.post(at(route, engagement), {"version": 5}).status_code == 409


def test_each_state_says_how_many_items_were_ever_in_it(
    engagement: Engagement, manager: User
) -> None:
    apply(engagement, manager, [item("A-1", state="Shipped"), item("A-2", state="Shipped")])
    apply(engagement, manager, [item("A-1", state="Closed")])
    told = {field.label: field.help_text for field in StatesForm(engagement=engagement)}
    assert told["Shipped"] == "2 items, Work CSV."
    assert told["Closed"] == "1 item, Work CSV."


@pytest.mark.django_db(transaction=True)
def test_a_decision_that_is_being_written_while_a_file_is_read_counts(
    engagement: Engagement, manager: User
) -> None:
    """It was made before the reading began, and is there only after it."""
    apply(engagement, manager, [item("A-1", state="Shipped")])
    source = Source.objects.get()
    file = receive(engagement, manager, [item("A-2", state="QA")])

    def read() -> None:
        try:
            imports.read_import(import_id=file.pk)
        finally:
            connection.close()

    with transaction.atomic():
        decide(source, manager, {"QA": "done"})
        with ThreadPoolExecutor(1) as pool:
            pool.submit(read).result(timeout=60)
    file.refresh_from_db()
    imports.request_application(file=file, seen=file.previews, by=manager)
    imports.apply_import(import_id=file.pk)
    file.refresh_from_db()
    assert (file.state, file.applied_at) == ("uploaded", None)
