"""A map may say who the people are that a tracker names; that is decided with its application."""

from io import BytesIO
from pathlib import Path

import pytest
import tomli_w
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import now
from engagements.models import Engagement, Import, PersonMeaning, Source
from engagements.services import imports
from engagements.sources.maps import MapRefused, parse_map, read_map
from engagements.tests.pages import at
from engagements.tests.test_maps import bring
from pods.models import Specialist

pytestmark = pytest.mark.django_db

SHEET = b"Nr,Who,Begun\n1,sami.s,2026-01-02\n2,ci,2026-01-02\n3,Triage,2026-01-02\n4,x,2026-01-02\n"
ITEMS = b"""
name = "Sheet"
[columns]
key = "Nr"
assignee = "Who"
created_at = "Begun"
"""
PEOPLE = (
    ITEMS
    + b"""
[people]
"sami.s" = "Sami.Specialist@internal.example"
ci = "bot"
Triage = "ignore"
"""
)


@pytest.fixture(autouse=True)
def in_pods(specialist: User, other_specialist: User) -> None:
    """One who can be meant, and one who works for somebody else."""


def decided() -> list[str]:
    return [str(each) for each in PersonMeaning.objects.all()]


def previewed(engagement: Engagement, manager: User) -> Import:
    file = imports.receive_file(
        engagement=engagement,
        file_name="sheet.csv",
        content=BytesIO(SHEET),
        by=manager,
        by_map=parse_map(PEOPLE),
    )
    imports.read_import(import_id=file.pk)
    file.refresh_from_db()
    return file


def test_its_people_are_decided_when_it_is_applied(engagement: Engagement, manager: User) -> None:
    file = previewed(engagement, manager)
    assert (file.undecided_people, decided()) == (["x"], [])
    imports.request_application(file=file, seen=file.previews, by=manager)
    imports.apply_import(import_id=file.pk)
    assert decided() == ["Triage: nobody: ignored", "ci: a bot", "sami.s: Sami Specialist"]
    [kept] = AuditEvent.objects.filter(verb="source.people_decided")
    assert (kept.target_label, kept.after["sami.s"]) == ("Sheet", "Sami Specialist")


def test_whoever_does_not_sign_in_is_meant_by_name(engagement: Engagement, manager: User) -> None:
    Specialist.objects.filter(name="Sami Specialist").update(user=None)
    by_name = PEOPLE.replace(b"Sami.Specialist@internal.example", b" sami specialist ")
    bring(engagement, manager, SHEET, by_name)
    assert "sami.s: Sami Specialist" in decided()


def test_a_map_without_people_takes_no_decision_back(engagement: Engagement, manager: User) -> None:
    bring(engagement, manager, SHEET, PEOPLE)
    bring(engagement, manager, SHEET, ITEMS)
    assert len(decided()) == 3
    other = PEOPLE.replace(b'Triage = "ignore"', b'Triage = "bot"')
    bring(engagement, manager, SHEET, other)
    assert "Triage: a bot" in decided()
    mapped = AuditEvent.objects.filter(verb="source.mapped").order_by("pk")
    assert [list(each.after) for each in mapped] == [["people"], ["people"]]


def test_a_map_kept_before_maps_had_people_is_the_same(
    engagement: Engagement, manager: User
) -> None:
    bring(engagement, manager, SHEET, ITEMS)
    source = Source.objects.get()
    del source.mapping["people"]
    source.save(update_fields=["mapping"])
    assert read_map(source.mapping) == parse_map(ITEMS)
    bring(engagement, manager, SHEET, ITEMS)
    assert not AuditEvent.objects.filter(verb="source.mapped").exists()


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (b"mara@internal.example", "sami.s is mara@internal.example, and nobody in the pods"),
        (b"ona.otherspecialist@internal.example", "and nobody in the pods of this engagement"),
        (b"Sami Specialist", "sami.s is Sami Specialist, and 2 people in the pods"),
    ],
)
def test_somebody_who_cannot_be_meant_is_refused_by_name(
    engagement: Engagement, manager: User, who: bytes, said: str
) -> None:
    twin = Specialist.objects.create(name="Sami Specialist")
    engagement.pods.get().memberships.create(
        specialist=twin, trade="qa", starts_on=engagement.starts_on
    )
    unknown = PEOPLE.replace(b"Sami.Specialist@internal.example", who)
    with pytest.raises(MapRefused, match="Write a specialist's e-mail") as refused:
        bring(engagement, manager, SHEET, unknown)
    assert said in str(refused.value)
    assert not Import.objects.exists()


def test_the_form_and_the_command_say_so(
    client: Client,
    engagement: Engagement,
    manager: User,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    unknown = PEOPLE.replace(b"Sami.Specialist", b"mara")
    client.force_login(manager)
    files = {
        "file": SimpleUploadedFile("sheet.csv", SHEET),
        "map": SimpleUploadedFile("sheet.toml", unknown),
    }
    answer = client.post(at("import_create", engagement), files)
    assert answer.status_code == 422
    assert "sami.s is mara@internal.example" in str(answer.context["form"].errors["map"])
    (tmp_path / "sheet.csv").write_bytes(SHEET)
    (tmp_path / "sheet.toml").write_bytes(unknown)
    arguments = ["import_work", engagement.ref, str(tmp_path / "sheet.csv"), "--as", manager.email]
    by_map = ["--map", str(tmp_path / "sheet.toml")]
    with pytest.raises(CommandError, match=r"sami\.s is mara@internal\.example"):
        call_command(*arguments, *by_map)
    (tmp_path / "sheet.toml").write_bytes(PEOPLE)
    call_command(*arguments, *by_map)
    assert "Nobody has decided yet who these are: x. They" in capsys.readouterr().out
    call_command(*arguments, *by_map, "--apply")
    assert len(decided()) == 3


def test_whoever_left_the_pods_since_the_preview_is_asked_for_again(
    engagement: Engagement, manager: User
) -> None:
    file = previewed(engagement, manager)
    engagement.pods.clear()
    imports.request_application(file=file, seen=file.previews, by=manager)
    imports.apply_import(import_id=file.pk)
    file.refresh_from_db()
    assert file.state == Import.State.UPLOADED
    imports.read_import(import_id=file.pk)
    file.refresh_from_db()
    assert (file.state, decided()) == (Import.State.REFUSED, [])
    assert "sami.s is Sami.Specialist@internal.example, and nobody" in file.problem


def test_it_is_written_and_read_as_the_same_map() -> None:
    made = parse_map(PEOPLE)
    assert read_map(made.as_json()) == made
    kept = {name: value for name, value in made.as_json().items() if value}
    assert parse_map(tomli_w.dumps(kept).encode()) == made


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (b'name="x"\npeople=3', "people of the map is a table"),
        (b'name="x"\n[people]\nmara.k="bot"', "people.mara of the map is a table: put names"),
        (b'name="x"\n[people]\nmara=3', "people.mara of the map is a text"),
        (b'name="x"\n[people]\nmara=" "', "does not say whose a name is"),
    ],
)
def test_what_a_map_cannot_say_of_people_is_refused_in_words(toml: bytes, said: str) -> None:
    with pytest.raises(MapRefused) as refused:
        parse_map(toml)
    assert said in str(refused.value)


def test_what_was_decided_since_its_preview_is_looked_at_again(
    engagement: Engagement, manager: User
) -> None:
    file = previewed(engagement, manager)
    source = file.source
    assert source is not None
    PersonMeaning.objects.create(
        source=source, name="ci", kind="ignored", decided_at=now(), decided_by=manager
    )
    imports.request_application(file=file, seen=file.previews, by=manager)
    imports.apply_import(import_id=file.pk)
    file.refresh_from_db()
    assert file.state == "uploaded"
    assert decided() == ["ci: nobody: ignored"]
