"""Who the people are that a tracker names: listed once, decided once, remembered, and shown."""

from typing import Any

import pytest
from django.test import Client

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.errors import Conflict, DomainError
from engagements.assignees import BOT, NOBODY, Who
from engagements.forms.assignees import MOST_NAMES, AssigneesForm
from engagements.models import Engagement, PersonMeaning, Source, WorkEvent, WorkItem
from engagements.services.imports.evidence import MOST_PEOPLE
from engagements.services.meanings import decide_people
from engagements.services.rebuilding import rebuild_work
from engagements.tests.pages import at, csv_rows, names
from engagements.tests.work_files import apply, changes, item, preview
from pods.models import Specialist
from pods.services import remove_specialist

pytestmark = pytest.mark.django_db

ROWS = [
    item("A-1", assignee="sami.s"),
    item("A-2", assignee="ci-runner"),
    item("A-3", assignee="Triage"),
    item("A-4", assignee="mara"),
    item("A-5"),
]
LOG = changes(
    "A-1,2026-01-06T10:00:00Z,x,assignee,,Gone Since",
    "A-1,2026-01-07T10:00:00Z,x,assignee,Gone Since,sami.s",
    "A-2,2026-01-07T10:00:00Z,x,assignee,Gone Since,ci-runner",
)


@pytest.fixture
def source(engagement: Engagement, manager: User, specialist: User) -> Source:
    """Five items: of a specialist, of a bot, of a queue, of a stranger, and of nobody."""
    apply(engagement, manager, ROWS, changelog=LOG)
    return Source.objects.get()


def sami() -> Who:
    return Who("specialist", Specialist.objects.get(name="Sami Specialist"))


def decide(source: Source, by: User, **people: Who) -> int:
    told = {name.replace("_", "-"): who for name, who in people.items()}
    version = PersonMeaning.objects.version()
    return decide_people(
        engagement=source.engagement, decisions={source: told}, version=version, by=by
    )


@pytest.fixture
def decided(source: Source, manager: User) -> Source:
    decide(source, manager, **{"sami.s": sami()}, ci_runner=BOT, Triage=NOBODY)
    return source


def sent(engagement: Engagement, **chosen: str) -> dict[str, Any]:
    """The form as a browser sends it, with these names chosen otherwise."""
    form = AssigneesForm(engagement=engagement)
    stands = {name: form.fields[name].initial for name in form.names}
    fields = {name: field for field, (_, name) in form.names.items()}
    changed = {fields[name]: choice for name, choice in chosen.items()}
    return stands | changed | {"version": form.initial["version"]}


def test_everybody_ever_assigned_is_listed_with_how_many_items(source: Source) -> None:
    assert WorkEvent.objects.all().items_of_assignees("source") == {
        (source.pk, "Gone Since"): 2,
        (source.pk, "sami.s"): 1,
        (source.pk, "ci-runner"): 1,
        (source.pk, "Triage"): 1,
        (source.pk, "mara"): 1,
    }


def test_names_that_nobody_has_decided_on_come_first(
    client: Client, source: Source, manager: User
) -> None:
    decide(source, manager, **{"Gone Since": NOBODY})
    client.force_login(manager)
    form = client.get(at("import_people", source.engagement)).context["form"]
    fields = [form.fields[name] for name in form.names]
    assert [(field.label, field.initial) for field in fields] == [
        ("Triage", "undecided"),
        ("ci-runner", "undecided"),
        ("mara", "undecided"),
        ("sami.s", "undecided"),
        ("Gone Since", "ignored"),
    ]
    assert (form.undecided, fields[-1].help_text) == (4, "2 items, Work CSV.")


def test_a_decision_is_kept_and_on_record(client: Client, source: Source, manager: User) -> None:
    client.force_login(manager)
    ref = Specialist.objects.get().ref
    data = sent(source.engagement, **{"sami.s": ref, "ci-runner": "bot"})
    assert client.post(at("import_people", source.engagement), data).status_code == 302
    assert [str(each) for each in PersonMeaning.objects.all()] == [
        "ci-runner: a bot",
        "sami.s: Sami Specialist",
    ]
    [kept] = AuditEvent.objects.filter(verb="source.people_decided")
    assert (kept.before, kept.after, kept.actor_name) == (
        {},
        {"ci-runner": "A bot", "sami.s": "Sami Specialist"},
        manager.name,
    )


@pytest.mark.parametrize("name", ["sami  specialist", "Sami.Specialist@internal.example"])
def test_the_same_name_or_address_is_proposed_and_not_decided(
    client: Client, engagement: Engagement, manager: User, specialist: User, name: str
) -> None:
    apply(engagement, manager, [item("A-1", assignee=name)])
    client.force_login(manager)
    url = at("import_people", engagement)
    form = client.get(url).context["form"]
    assert (form.undecided, form.proposed, PersonMeaning.objects.count()) == (1, 1, 0)
    assert client.post(url, sent(engagement)).status_code == 302
    assert PersonMeaning.objects.get().specialist == sami().specialist


def test_of_two_with_one_name_none_is_proposed(
    engagement: Engagement, manager: User, specialist: User
) -> None:
    twin = Specialist.objects.create(name="Sami Specialist")
    engagement.pods.get().memberships.create(
        specialist=twin, trade="qa", starts_on=engagement.starts_on
    )
    apply(engagement, manager, [item("A-1", assignee="Sami Specialist")])
    assert AssigneesForm(engagement=engagement).proposed == 0


def test_people_of_other_pods_are_no_choice(
    client: Client, source: Source, manager: User, other_specialist: User
) -> None:
    client.force_login(manager)
    url = at("import_people", source.engagement)
    assert other_specialist.name not in client.get(url).content.decode()
    ref = Specialist.objects.get(user=other_specialist).ref
    assert client.post(url, sent(source.engagement, mara=ref)).status_code == 422
    assert not PersonMeaning.objects.exists()


def test_whoever_was_decided_on_stays_a_choice_without_the_pod(
    decided: Source, manager: User
) -> None:
    decided.engagement.pods.clear()
    data = sent(decided.engagement, mara=Specialist.objects.get().ref)
    form = AssigneesForm(data, engagement=decided.engagement)
    assert form.is_valid()
    assert form.changes()["decisions"] == {decided: {"mara": sami()}}


def test_said_again_it_is_nothing_new(decided: Source, manager: User) -> None:
    assert decide(decided, manager, ci_runner=BOT) == 0
    assert AuditEvent.objects.filter(verb="source.people_decided").count() == 1
    assert decide(decided, manager, ci_runner=NOBODY) == 1
    last = AuditEvent.objects.filter(verb="source.people_decided").order_by("pk").last()
    assert last is not None
    assert (last.before, last.after) == ({"ci-runner": "A bot"}, {"ci-runner": "Nobody: ignored"})


def test_the_second_editor_is_told(client: Client, source: Source, manager: User) -> None:
    data = sent(source.engagement, mara="bot")
    decide(source, manager, Triage=NOBODY)
    client.force_login(manager)
    answer = client.post(at("import_people", source.engagement), data)
    assert (answer.status_code, PersonMeaning.objects.get().name) == (409, "Triage")
    rows = {row.label: (row.theirs, row.yours) for row in answer.context["form"].conflict.rows}
    assert rows == {
        "Triage": ("Nobody: ignored", "Not decided yet"),
        "mara": ("Not decided yet", "A bot"),
    }
    with pytest.raises(Conflict):
        decide_people(engagement=source.engagement, decisions={}, version=1, by=manager)


def test_it_is_remembered_and_the_work_keeps_the_trackers_word(
    decided: Source, manager: User
) -> None:
    file = apply(decided.engagement, manager, [*ROWS, item("A-6", assignee="sami.s")])
    assert (file.unchanged_count, file.undecided_people) == (5, ["mara"])
    rebuild_work(engagement=decided.engagement, by=manager)
    kept = dict(WorkItem.objects.values_list("key", "assignee"))
    assert (kept["A-1"], kept["A-6"]) == ("sami.s", "sami.s")
    assert PersonMeaning.objects.count() == 3


def shown(response: Any) -> dict[str, tuple[Any, str]]:
    """Of each item of a list: its assignee, and what stands below."""
    rows = [{cell.label: cell for cell in row} for row in response.context["listing"].rows]
    return {str(row["Key"].value): (row["Assignee"].value, row["Assignee"].note) for row in rows}


def test_lists_show_who_it_is(client: Client, decided: Source, manager: User) -> None:
    client.force_login(manager)
    url = at("work_list", decided.engagement)
    assert shown(client.get(url)) == {
        "A-1": ("Sami Specialist", "sami.s"),
        "A-2": ("ci-runner", "bot"),
        "A-3": (None, ""),
        "A-4": ("mara", ""),
        "A-5": (None, ""),
    }
    rows = {row["Key"]: row for row in csv_rows(client.get(url, {"format": "csv"}))}
    told = [(row["Assignee"], row["Assignee in the tracker"]) for _, row in sorted(rows.items())]
    assert told == [
        ("Sami Specialist", "sami.s"),
        ("ci-runner (bot)", "ci-runner"),
        ("", "Triage"),
        ("mara", "mara"),
        ("", ""),
    ]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("A-1", 'Sami Specialist <span class="quiet">(“sami.s” in the tracker)</span>'),
        ("A-2", 'ci-runner <span class="quiet">(bot)</span>'),
        ("A-3", 'nobody <span class="quiet">(“Triage” in the tracker)</span>'),
        ("A-4", "mara"),
        ("A-5", "nobody"),
    ],
)
def test_an_item_shows_who_it_is(
    client: Client, decided: Source, manager: User, key: str, said: str
) -> None:
    client.force_login(manager)
    page = client.get(at("work_detail", decided.engagement, number=decided.number, key=key))
    assert f"<dt>Assignee</dt><dd>{said}</dd>" in page.content.decode()


@pytest.mark.parametrize(
    ("assignee", "found"),
    [
        ("Sami Specialist", ["A-1"]),
        ("ci-runner", ["A-2"]),
        ("mara", ["A-4"]),
    ],
)
def test_the_list_is_narrowed_by_who_it_is(
    client: Client, decided: Source, manager: User, assignee: str, found: list[str]
) -> None:
    client.force_login(manager)
    url = at("work_list", decided.engagement)
    assert names(client.get(url, {"assignee": assignee})) == found


@pytest.mark.parametrize("gone", ["sami.s", "Triage", "Gone Since"])
def test_names_that_stand_for_others_are_no_choice(
    client: Client, decided: Source, manager: User, gone: str
) -> None:
    client.force_login(manager)
    url = at("work_list", decided.engagement)
    choices = client.get(url).context["listing"].filter_form.fields["assignee"].choices
    assert list(choices) == [
        ("", "All"),
        ("ci-runner", "ci-runner (bot)"),
        ("mara", "mara"),
        ("Sami Specialist", "Sami Specialist"),
    ]
    assert client.get(url, {"assignee": gone}).status_code == 422


def test_two_names_of_one_specialist_are_one(
    client: Client, decided: Source, manager: User
) -> None:
    decide(decided, manager, mara=sami())
    client.force_login(manager)
    url = at("work_list", decided.engagement)
    found = names(client.get(url, {"assignee": "Sami Specialist"}))
    assert sorted(found) == ["A-1", "A-4"]


def test_the_preview_names_them_until_they_are_decided_on(
    client: Client, engagement: Engagement, manager: User
) -> None:
    file = preview(engagement, manager, ROWS)
    client.force_login(manager)
    page = client.get(file.get_absolute_url()).content.decode()
    assert "Nobody has decided yet who these are: Triage, ci-runner, mara, sami.s." in page
    assert at("import_people", engagement) in page
    assert file.source is not None
    decide(file.source, manager, **dict.fromkeys(file.undecided_people, BOT))
    assert "Nobody has decided yet" not in client.get(file.get_absolute_url()).content.decode()


def test_of_many_the_first_ten_are_named(
    client: Client, engagement: Engagement, manager: User, architect: User
) -> None:
    file = preview(engagement, manager, [item(f"A-{n}", assignee=f"p{n:02}") for n in range(12)])
    client.force_login(architect)
    page = client.get(file.get_absolute_url()).content.decode()
    assert "p08, p09 and 2 more. They stand" in page
    assert "Say who they are" not in page


def test_before_anything_was_imported(
    client: Client, engagement: Engagement, manager: User
) -> None:
    client.force_login(manager)
    url = at("import_people", engagement)
    assert "No names yet" in client.get(url).content.decode()
    assert client.post(url, {"version": 5}).status_code == 409


def test_whoever_a_name_stands_for_is_not_removed(decided: Source, admin: User) -> None:
    person = Specialist.objects.get()
    person.memberships.all().delete()
    with pytest.raises(DomainError, match="whom a tracker means by a name"):
        remove_specialist(specialist=person, by=admin)


def test_of_very_many_some_are_asked_for_at_a_time(
    client: Client, engagement: Engagement, manager: User
) -> None:
    many = MOST_PEOPLE + 1
    file = apply(engagement, manager, [item(f"A-{n}", assignee=f"p{n:04}") for n in range(many)])
    assert file.undecided_people == [f"p{n:04}" for n in range(MOST_PEOPLE)]
    client.force_login(manager)
    answer = client.get(at("import_people", engagement))
    listed = [name for _, name in answer.context["form"].names.values()]
    assert listed == [f"p{n:04}" for n in range(MOST_NAMES)]
    assert f"Of {many} names these are listed" in answer.content.decode()
    assert file.source is not None
    decide(file.source, manager, **dict.fromkeys(listed, NOBODY))
    form = AssigneesForm(engagement=engagement)
    assert next(iter(form.names.values())) == (file.source, f"p{MOST_NAMES:04}")
