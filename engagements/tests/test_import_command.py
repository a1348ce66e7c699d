"""`manage.py import_work`: what it says, who it says did it, and how it ends."""

import unicodedata
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import today
from engagements.models import Engagement, EngagementFunction, Import, WorkItem
from engagements.services.milestones import create_milestone
from engagements.tests.work_files import item, work_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "work.csv"
    rows = [item("A-1", milestone='"1.0,2.0"', sprint="S 1"), item("A-2"), item("A-2")]
    path.write_bytes(work_csv(*rows))
    return path


def run(engagement: Engagement, file: Path, *options: str) -> list[str]:
    out = StringIO()
    call_command("import_work", engagement.ref, str(file), *options, stdout=out)
    return out.getvalue().splitlines()


def refusal(engagement: Engagement, file: Path, *options: str) -> str:
    with pytest.raises(CommandError) as refused:
        run(engagement, file, *options)
    assert refused.value.returncode == 1
    return str(refused.value)


def test_without_apply_it_only_says(engagement: Engagement, file: Path) -> None:
    assert run(engagement, file) == [
        "work.csv: Work CSV, 3 rows.",
        "2 new, 0 changed, 0 unchanged, 1 refused.",
        "2 milestones would be added, without a committed date; 1 sprints, without dates.",
        "Refused: line 4: The key A-2 is in line 3 already.",
        "Nothing was written. Run it again with --apply to import it.",
    ]
    assert not Import.objects.exists()
    assert not AuditEvent.objects.exists()


def test_with_apply_it_imports(engagement: Engagement, manager: User, file: Path) -> None:
    said = run(engagement, file, "--apply")
    assert said[1:3] == [
        "2 new, 0 changed, 0 unchanged, 1 refused.",
        "2 milestones were added, without a committed date; 1 sprints, without dates.",
    ]
    assert WorkItem.objects.count() == 2
    event = AuditEvent.objects.get(verb="import.applied")
    assert (event.actor_ref, event.origin) == (manager.ref, "command import_work")
    assert run(engagement, file, "--apply")[1] == "0 new, 0 changed, 2 unchanged, 1 refused."


def test_a_milestone_that_the_tracker_knows_is_named(
    engagement: Engagement, manager: User, file: Path
) -> None:
    fields = {"outcome": "", "tracker_name": "", "planned_size": None}
    create_milestone(engagement=engagement, by=manager, name="2.0", **fields)
    milestone = "The milestone 2.0, planned by hand,"
    items = "the tracker's version 2.0: 1 item of this file"
    said = run(engagement, file)
    assert said[2].startswith("1 milestones would be added")
    assert said[3] == f"{milestone} would become {items} would count for it."
    said = run(engagement, file, "--apply")
    assert said[3] == f"{milestone} became {items} came to count for it."


def test_columns_that_are_not_read_are_named(engagement: Engagement, tmp_path: Path) -> None:
    path = tmp_path / "jira.csv"
    path.write_text("Issue key,Created,Priority,Votes\nA-1,2026-01-05,High,3\n")
    said = run(engagement, path)
    assert said[0] == "jira.csv: Jira export, 1 rows."
    assert "Columns not read: Priority, Votes." in said


def test_what_is_done_in_the_future_is_named(engagement: Engagement, tmp_path: Path) -> None:
    path = tmp_path / "work.csv"
    path.write_bytes(work_csv(item("A-1"), item("A-2", done_at="2199-01-01")))
    said = run(engagement, path, "--apply")
    assert said[1] == "2 new, 0 changed, 0 unchanged, 0 refused."
    assert said[3:] == [
        "When the file was read, 1 row had a done date in the future (line 3): open until then."
    ]


def test_somebody_else_may_be_named(engagement: Engagement, deputy: User, file: Path) -> None:
    run(engagement, file, "--apply", "--as", deputy.email.upper())
    assert Import.objects.get().applied_by == deputy


@pytest.mark.parametrize("who", ["stranger", "lead", "other_manager"])
def test_who_may_not_import_may_not_be_named(
    request: pytest.FixtureRequest, engagement: Engagement, file: Path, who: str
) -> None:
    email = request.getfixturevalue(who).email
    assert refusal(engagement, file, "--as", email) == f"{email} may not import work into Atlas."
    assert refusal(engagement, file, "--as", "no@one.example").startswith("no@one.example may not")


def test_nobody_to_do_it(engagement: Engagement, manager: User, file: Path) -> None:
    User.objects.filter(pk=manager.pk).update(is_active=False)
    said = "Atlas has no delivery manager today: say who imports with --as."
    assert refusal(engagement, file) == said
    EngagementFunction.objects.update(ends_on=today())
    assert refusal(engagement, file) == said


def test_what_is_not_there(engagement: Engagement, tmp_path: Path) -> None:
    assert "cannot be read: No such file or directory." in refusal(engagement, tmp_path / "x.csv")
    assert "cannot be read: Is a directory." in refusal(engagement, tmp_path)
    engagement.ref = "aaaaaaaaaa"
    assert refusal(engagement, tmp_path).startswith("There is no engagement with the ref aaaa")


@pytest.mark.parametrize("options", [[], ["--apply"]])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"ticket\n", "Its columns are: ticket."),
        (work_csv('"'), "Line 2: a quote is opened in the row that starts here"),
    ],
)
def test_a_refused_file(
    engagement: Engagement, tmp_path: Path, content: bytes, said: str, options: list[str]
) -> None:
    path = tmp_path / "work.csv"
    path.write_bytes(content)
    assert said in refusal(engagement, path, *options)
    assert not WorkItem.objects.exists()


def controls(lines: list[str]) -> set[str]:
    return {letter for line in lines for letter in line if unicodedata.category(letter) == "Cc"}


def test_nothing_that_a_file_holds_is_obeyed_by_a_terminal(
    engagement: Engagement, tmp_path: Path
) -> None:
    path = tmp_path / "wo\x1b[5mrk.csv"
    header = "key,state,created_at,done_at,\x1b]52;c;cm0=\x07\n"
    rows = (
        "A-1,\x1b[5mOpen,2026-01-05,,\nA-2,Open,\x1b]0;PWN\x07,,\nA\x9b-3,Open,2026-01-05,,\n" * 2
    )
    path.write_text(header + rows)
    said = run(engagement, path)
    assert controls(said) == set()
    assert said[0] == r"wo\x1b[5mrk.csv: Work CSV, 6 rows."
    assert r"Columns not read: \x1b]52;c;cm0=\x07." in said
    assert r"Refused: line 7: The key A\x9b-3 is in line 4 already." in said


def test_nothing_that_a_refused_file_holds_is_obeyed_by_a_terminal(
    engagement: Engagement, tmp_path: Path
) -> None:
    path = tmp_path / "work.csv"
    path.write_text("key,key,created_at,\x1b[5mstate\n")
    toml = tmp_path / "map.toml"
    toml.write_text('name="x"\nzone="\\u001b[5mMars"')
    said = [refusal(engagement, path), refusal(engagement, path, "--map", str(toml))]
    assert controls(said) == set()
    assert said[1] == r"There is no time zone \x1b[5mMars, as in Europe/Berlin."
    assert controls([refusal(engagement, tmp_path / "\x1b[5m.csv")]) == set()


def test_a_name_that_is_no_text(engagement: Engagement, tmp_path: Path) -> None:
    path = tmp_path / "w\udcff.csv"
    path.write_bytes(work_csv(item()))
    run(engagement, path, "--apply")
    assert Import.objects.get().file_name == "w�.csv"
