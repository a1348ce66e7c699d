"""Whose milestone's a tracker's version is: decided once, remembered, and followed."""

from typing import Any

import pytest
from django.test import Client

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.errors import Conflict, DomainError
from engagements.forms.versions import VersionsForm
from engagements.models import Engagement, Import, Milestone, VersionMeaning, WorkItem
from engagements.services.meanings import decide_versions
from engagements.services.rebuilding import rebuild_work
from engagements.tests.pages import at
from engagements.tests.work_files import apply, item, preview

pytestmark = pytest.mark.django_db

ROWS = [
    item("A-1", milestone="1.4+"),
    item("A-2", milestone="1.4"),
    item("A-3", milestone='"1.4,1.4+"'),
]


@pytest.fixture
def imported(engagement: Engagement, manager: User) -> Engagement:
    apply(engagement, manager, ROWS)
    return engagement


def named(name: str) -> Milestone:
    return Milestone.objects.get(name=name)


def decide(engagement: Engagement, by: User, **decisions: Milestone | None) -> int:
    version = VersionMeaning.objects.version()
    given = {name.replace("_", "."): each for name, each in decisions.items()}
    return decide_versions(engagement=engagement, decisions=given, version=version, by=by)


def merge(engagement: Engagement, by: User) -> int:
    version = VersionMeaning.objects.version()
    return decide_versions(
        engagement=engagement, decisions={"1.4+": named("1.4")}, version=version, by=by
    )


def belongs() -> dict[str, list[str]]:
    rows = WorkItem.objects.order_by("key")
    return {row.key: sorted(str(m) for m in row.milestones.all()) for row in rows}


def sent(engagement: Engagement, **chosen: str) -> dict[str, Any]:
    """The form as a browser sends it, with these versions chosen otherwise."""
    form = VersionsForm(engagement=engagement)
    stands = {name: form.fields[name].initial for name in form.versions}
    names = {version: name for name, version in form.versions.items()}
    changed = {names[version]: choice for version, choice in chosen.items()}
    return stands | changed | {"version": form.initial["version"]}


def test_a_version_may_belong_to_another_milestone(
    client: Client, imported: Engagement, manager: User
) -> None:
    client.force_login(manager)
    chosen = str(named("1.4").number)
    answer = client.post(at("import_versions", imported), sent(imported, **{"1.4+": chosen}))
    assert answer.status_code == 302
    assert belongs() == {"A-1": ["1.4"], "A-2": ["1.4"], "A-3": ["1.4"]}
    [kept] = AuditEvent.objects.filter(verb="engagement.versions_decided")
    assert (kept.before, kept.after) == ({"1.4+": "1.4+"}, {"1.4+": "1.4"})
    assert client.get(at("import_versions", imported)).context["form"].fields
    assert str(VersionMeaning.objects.get()) == "1.4+: 1.4"


def test_it_is_remembered_by_imports_and_by_a_rebuilding(
    imported: Engagement, manager: User
) -> None:
    merge(imported, manager)
    file = apply(imported, manager, [*ROWS, item("A-4", milestone="1.4+")])
    assert (file.new_count, file.unchanged_count, file.milestones_added) == (1, 3, 0)
    assert belongs()["A-4"] == ["1.4"]
    rebuild_work(engagement=imported, by=manager)
    assert belongs() == {f"A-{n}": ["1.4"] for n in (1, 2, 3, 4)}


def test_a_version_may_be_nobodys_and_its_own_again(imported: Engagement, manager: User) -> None:
    before = belongs()
    decide(imported, manager, **{"1_4": None})
    assert belongs() == {"A-1": ["1.4+"], "A-2": [], "A-3": ["1.4+"]}
    assert str(VersionMeaning.objects.get()) == "1.4: no milestone"
    assert VersionsForm(engagement=imported).stored()["version"] > 0
    decide(imported, manager, **{"1_4": named("1.4")})
    assert belongs() == before
    assert all(
        field.initial == "own"
        for name, field in VersionsForm(engagement=imported).fields.items()
        if name != "version"
    )


def test_a_milestone_planned_by_hand_takes_a_version(imported: Engagement, manager: User) -> None:
    planned = Milestone.objects.create(engagement=imported, number=9, name="Autumn")
    decide(imported, manager, **{"1_4": planned})
    planned.refresh_from_db()
    assert (planned.tracker_name, planned.version) == ("Autumn", 2)
    [changed] = AuditEvent.objects.filter(verb="milestone.changed")
    assert (changed.before, changed.after) == ({"tracker_name": ""}, {"tracker_name": "Autumn"})
    assert belongs() == {"A-1": ["1.4+"], "A-2": ["Autumn"], "A-3": ["1.4+", "Autumn"]}


def test_a_milestone_of_another_versions_name_is_refused(
    imported: Engagement, manager: User
) -> None:
    namesake = Milestone.objects.create(engagement=imported, number=9, name="1.4+")
    with pytest.raises(DomainError, match=r"1\.4\+ already stands for that name"):
        decide(imported, manager, **{"1_4": namesake})


def test_a_version_cannot_go_to_one_that_was_given_away(
    client: Client, imported: Engagement, manager: User
) -> None:
    merge(imported, manager)
    client.force_login(manager)
    chosen = {"1.4": str(named("1.4+").number)}
    answer = client.post(at("import_versions", imported), sent(imported, **chosen))
    assert answer.status_code == 422
    assert "that version was given away itself" in answer.content.decode()
    assert belongs()["A-2"] == ["1.4"]


def test_the_second_editor_is_told(client: Client, imported: Engagement, manager: User) -> None:
    stale = sent(imported, **{"1.4+": "none"})
    merge(imported, manager)
    client.force_login(manager)
    assert client.post(at("import_versions", imported), stale).status_code == 409
    with pytest.raises(Conflict):
        decide_versions(engagement=imported, decisions={}, version=1, by=manager)


def test_nothing_new_changes_nothing(imported: Engagement, manager: User) -> None:
    assert decide(imported, manager) == 0
    assert not AuditEvent.objects.filter(verb="engagement.versions_decided").exists()


def test_a_preview_made_before_a_decision_is_read_again(
    imported: Engagement, manager: User
) -> None:
    from engagements.services import imports

    file = preview(imported, manager, [item("A-5", milestone="1.4+")])
    merge(imported, manager)
    imports.request_application(file=file, seen=file.previews, by=manager)
    imports.apply_import(import_id=file.pk)
    file.refresh_from_db()
    assert file.state == Import.State.UPLOADED


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch, imported: Engagement) -> Engagement:
    """More milestones than every version can offer each for itself."""
    monkeypatch.setattr("engagements.forms.versions.MANY", 1)
    return imported


def test_many_milestones_are_listed_once(client: Client, many: Engagement, manager: User) -> None:
    client.force_login(manager)
    page = client.get(at("import_versions", many)).content.decode()
    first, second = named("1.4+").number, named("1.4").number
    for line in ("Its own", "None", f"{first}: 1.4+", f"{second}: 1.4"):
        assert page.count(f'<option value="{line}"></option>') == 1
    assert page.count('list="milestones-to-choose"') == 2
    assert page.count('value="Its own"') == 3
    assert client.post(at("import_versions", many), sent(many)).status_code == 302
    assert not VersionMeaning.objects.exists()


@pytest.mark.parametrize(
    ("typed", "belongs_to"),
    [("{}: 1.4", ["1.4"]), (" {} ", ["1.4"]), ("none", []), ("ITS OWN", ["1.4+"])],
)
def test_of_many_one_is_chosen_by_its_line_or_its_number(
    client: Client, many: Engagement, manager: User, typed: str, belongs_to: list[str]
) -> None:
    client.force_login(manager)
    chosen = {"1.4+": typed.format(named("1.4").number)}
    answer = client.post(at("import_versions", many), sent(many, **chosen))
    assert (answer.status_code, belongs()["A-1"]) == (302, belongs_to)
    shown = sent(many).values()
    assert client.post(at("import_versions", many), sent(many)).status_code == 302
    assert list(sent(many).values()) == list(shown)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("1.4", "Choose a line of the list, or write its number."), ("", "Choose whose “1.4+” is.")],
)
def test_of_many_what_is_not_there_is_said(
    client: Client, many: Engagement, manager: User, typed: str, said: str
) -> None:
    client.force_login(manager)
    answer = client.post(at("import_versions", many), sent(many, **{"1.4+": typed}))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert belongs()["A-1"] == ["1.4+"]


def test_before_any_import_the_page_says_what_comes(
    client: Client, engagement: Engagement, manager: User
) -> None:
    client.force_login(manager)
    assert "No versions yet" in client.get(at("import_versions", engagement)).content.decode()


def names_listed() -> set[str]:
    return {str(each) for each in Milestone.objects.listed()}


def test_what_was_given_away_leaves_no_empty_milestone_in_lists(
    client: Client, imported: Engagement, manager: User
) -> None:
    merge(imported, manager)
    client.force_login(manager)
    page = client.get(at("milestone_list", imported)).content.decode()
    assert ">1.4</a>" in page
    assert ">1.4+</a>" not in page
    choices = client.get(at("work_list", imported)).content.decode()
    assert f'<option value="{named("1.4+").number}">1.4+</option>' not in choices
    decide(imported, manager, **{"1_4+": named("1.4+")})
    assert names_listed() == {"1.4", "1.4+"}


@pytest.mark.parametrize(
    "wrote", [{"outcome": "It pays."}, {"version": 2}, {"planned_size": 3}, {"name": "Autumn"}]
)
def test_what_somebody_wrote_stays_listed(
    imported: Engagement, manager: User, wrote: dict[str, Any]
) -> None:
    merge(imported, manager)
    Milestone.objects.filter(name="1.4+").update(**wrote)
    assert len(names_listed()) == 2


def test_what_has_a_criterion_stays_listed(imported: Engagement, manager: User) -> None:
    named("1.4+").criteria.create(number=1, statement="It works.")
    merge(imported, manager)
    assert names_listed() == {"1.4", "1.4+"}
