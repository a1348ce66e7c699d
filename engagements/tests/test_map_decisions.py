"""What a map says of states and people, beside what people decided on the pages."""

from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from dm_portal.people.models import AuditEvent, User
from engagements.assignees import BOT, NOBODY
from engagements.map_decisions import settle
from engagements.models import Engagement, Import, PersonMeaning, Source, StateMeaning, WorkItem
from engagements.services import imports
from engagements.services.meanings import decide_people, decide_states
from engagements.sources.maps import parse_map
from engagements.tests.pages import at
from engagements.tests.test_maps import bring
from engagements.views.map_words import _said, _who

pytestmark = pytest.mark.django_db

DESK = b"Nr,Where,Who,Begun\n1,Offen,mara.k,2026-01-02\n2,Fertig,ci,2026-01-02\n"
MAP = b"""
name = "Desk"
[columns]
key = "Nr"
state = "Where"
assignee = "Who"
created_at = "Begun"
[states]
not_started = ["Offen"]
done = ["Fertig"]
[people]
"mara.k" = "bot"
"""
EDITED = MAP.replace(b"not_started", b"blocked").replace(b'"bot"', b'"ignore"')
STAYS = "as made on the page"


@pytest.fixture
def source(engagement: Engagement, manager: User) -> Source:
    """Of which a map said everything, before somebody decided otherwise on the pages."""
    bring(engagement, manager, DESK, MAP)
    found = Source.objects.get()
    state_is(found, manager, "in_progress")
    person_is(found, manager, NOBODY)
    return found


def state_is(source: Source, by: User, stage: str) -> None:
    version = StateMeaning.objects.filter(source=source).version()
    decisions = {source: {"Offen": stage}}
    decide_states(engagement=source.engagement, decisions=decisions, version=version, by=by)


def person_is(source: Source, by: User, who: Any) -> None:
    version = PersonMeaning.objects.filter(source=source).version()
    decisions = {source: {"mara.k": who}}
    decide_people(engagement=source.engagement, decisions=decisions, version=version, by=by)


def meant() -> list[str]:
    return [str(each) for each in (*StateMeaning.objects.all(), *PersonMeaning.objects.all())]


def brought(engagement: Engagement, by: User, told: bytes) -> Import:
    """The same file with a map, up to its preview."""
    file = imports.receive_file(
        engagement=engagement,
        file_name="desk.csv",
        content=BytesIO(DESK),
        by=by,
        by_map=parse_map(told),
    )
    imports.read_import(import_id=file.pk)
    file.refresh_from_db()
    return file


def run(engagement: Engagement, folder: Path, by: bytes, *options: str) -> list[str]:
    (folder / "desk.csv").write_bytes(DESK)
    (folder / "desk.toml").write_bytes(by)
    out, named = StringIO(), ["--map", str(folder / "desk.toml"), *options]
    call_command("import_work", engagement.ref, str(folder / "desk.csv"), *named, stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("options", [[], ["--apply"]])
def test_a_weekly_import_by_the_same_map_leaves_decisions_alone(
    source: Source, tmp_path: Path, options: list[str]
) -> None:
    said = run(source.engagement, tmp_path, MAP, *options)
    assert said[1] == "0 new, 0 changed, 2 unchanged, 0 refused."
    assert [line for line in said if STAYS in line] == [
        (
            "1 decision stays as made on the page “What states mean”: "
            "“Offen” is in progress, the map says not started."
        ),
        (
            "1 decision stays as made on the page “Who the people are”: "
            "“mara.k” is nobody: ignored, the map says a bot."
        ),
    ]
    assert meant() == ["Fertig: done", "Offen: in progress", "mara.k: nobody: ignored"]
    assert WorkItem.objects.get(key="1").stage == "in_progress"


def test_a_map_that_its_author_changed_is_the_later_decision(
    source: Source, manager: User, tmp_path: Path
) -> None:
    person_is(source, manager, BOT)
    said = run(source.engagement, tmp_path, EDITED)
    assert said[1] == "0 new, 1 changed, 1 unchanged, 0 refused."
    assert [line for line in said if line.startswith("The map changes")] == [
        (
            "The map changes 1 decision of the page “What states mean”: "
            "“Offen” is in progress until now, and would be blocked."
        ),
        (
            "The map changes 1 decision of the page “Who the people are”: "
            "“mara.k” is a bot until now, and would be nobody: ignored."
        ),
    ]
    run(source.engagement, tmp_path, EDITED, "--apply")
    assert meant() == ["Fertig: done", "Offen: blocked", "mara.k: nobody: ignored"]
    changed = AuditEvent.objects.filter(verb="source.states_decided").latest("pk")
    assert (changed.before, changed.after) == ({"Offen": "in_progress"}, {"Offen": "blocked"})


def test_what_was_decided_before_any_map_said_it_stays(
    engagement: Engagement, manager: User
) -> None:
    silent = MAP[: MAP.index(b"[states]")]
    bring(engagement, manager, DESK, silent)
    source = Source.objects.get()
    state_is(source, manager, "in_progress")
    bring(engagement, manager, DESK, MAP)
    assert meant() == ["Fertig: done", "Offen: in progress", "mara.k: a bot"]


def test_the_preview_leads_to_the_decisions(
    sign_in: Callable[[User], Any], source: Source, manager: User
) -> None:
    engagement = source.engagement
    file = brought(engagement, manager, MAP)
    page = sign_in(manager).get(file.get_absolute_url())
    told = [each for each in page.context["warnings"] if "decision" in each.text]
    assert [(each.kind, each.url) for each in told] == [
        ("info", at("import_states", engagement)),
        ("info", at("import_people", engagement)),
    ]
    imports.discard_import(file=file, by=manager)
    page = sign_in(manager).get(brought(engagement, manager, EDITED).get_absolute_url())
    told = [each for each in page.context["warnings"] if "decision" in each.text]
    assert [each.kind for each in told] == ["warn"]


def test_of_an_applied_file_only_the_latest_map_is_told(
    sign_in: Callable[[User], Any], source: Source, manager: User
) -> None:
    browse, first = sign_in(manager), Import.objects.get()
    assert STAYS in browse.get(first.get_absolute_url()).content.decode()
    bring(source.engagement, manager, DESK, EDITED)
    assert STAYS not in browse.get(first.get_absolute_url()).content.decode()


def test_whoever_left_the_pods_since_stays_decided(
    source: Source, manager: User, specialist: User
) -> None:
    named = MAP.replace(b'"bot"', b'"Sami Specialist"')
    bring(source.engagement, manager, DESK, named)
    person_is(source, manager, BOT)
    PersonMeaning.objects.filter(kind="specialist").delete()
    source.engagement.pods.clear()
    bring(source.engagement, manager, DESK, MAP)
    assert "mara.k: a bot" in meant()


def test_many_are_counted(source: Source) -> None:
    names = [f"n{number:02}" for number in range(12)]
    settled = settle(dict.fromkeys(names, NOBODY), dict.fromkeys(names, BOT), {})
    [said] = _said("Who the people are", "import_people", settled, _who)
    assert said.text.startswith("12 decisions stay as made on the page “Who the people are”: “n00”")
    assert said.text.endswith("“n09” is a bot, the map says nobody: ignored; and 2 more.")


@pytest.mark.parametrize(
    ("decided", "last", "counts"),
    [
        (None, None, True),
        ("new", None, True),
        ("old", "old", True),
        ("page", "new", False),
        ("page", None, False),
        ("page", "old", True),
    ],
)
def test_what_counts(decided: str | None, last: str | None, counts: bool) -> None:
    known = {"word": decided} if decided else {}
    settled = settle({"word": "new"}, known, {"word": last} if last else {})
    assert (settled.counts, "word" in settled.stays) == (
        {"word": "new"} if counts else {},
        not counts,
    )
    assert ("word" in settled.changed) == (counts and decided in ("old", "page"))
